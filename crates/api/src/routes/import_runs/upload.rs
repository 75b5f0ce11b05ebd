//! Uploads, and the files of a run.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, delete, post, web};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use torqueflow_app::options::{RunMode, RunOptions};
use torqueflow_app::runs::{self, RunDetails};
use torqueflow_app::uploads::Upload;
use torqueflow_pipeline::Password;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::options::{OptionsRequest, source_system};
use super::view::RunView;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::Body;
use crate::idempotency::{IdempotencyKey, Outcome};
use crate::problem::{ApiError, Code, pointer_part};
use crate::service::Service;

/// The longest field of a form that is not a file.
const MAX_FIELD_BYTES: usize = 64 * 1024;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_import_run)
        .service(add_files)
        .service(remove_file)
        .service(unlock_file);
}

/// The fields of a form that makes a run, beside its files.
const TO_CREATE: &[&str] = &["source_system", "mode", "password", "options"];
/// The fields of a form that adds files to a run, beside the files: the rest was said when it was made.
const TO_ADD: &[&str] = &["password"];

/// The form of an upload.
#[derive(ToSchema)]
#[schema(examples(json!({
    "files": ["(the bytes of a file)"],
    "source_system": "techman",
    "mode": "refresh",
    "options": { "on_duplicate": "skip" }
})))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only describes the form; its parts are read as they come")]
struct UploadForm {
    /// The files: CSV and workbooks in any mix. Repeat the field for several.
    #[schema(value_type = Vec<String>, format = Binary, content_media_type = "application/octet-stream")]
    files: Vec<String>,
    /// The source system, instead of detecting it: one of those that are known, or a name for one that is not. Files of a
    /// program that nobody recognises belong together by it.
    source_system: Option<String>,
    /// `initial` or `refresh`, instead of `mode` in `options`.
    #[schema(pattern = "^(initial|refresh)$")]
    mode: Option<String>,
    /// The password of encrypted workbooks. It is used at once and kept nowhere.
    #[schema(format = Password)]
    password: Option<String>,
    /// More options, as JSON.
    options: Option<OptionsRequest>,
}

/// The form of files that join a run.
#[derive(ToSchema)]
#[schema(examples(json!({ "files": ["(the bytes of a file)"], "password": "from-the-second-e-mail" })))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only describes the form; its parts are read as they come")]
struct AddFilesForm {
    /// The files: CSV and workbooks in any mix. Repeat the field for several.
    #[schema(value_type = Vec<String>, format = Binary, content_media_type = "application/octet-stream")]
    files: Vec<String>,
    /// The password of encrypted workbooks. It is used at once and kept nowhere.
    #[schema(format = Password)]
    password: Option<String>,
}

/// What a form has said beside its files.
#[derive(Default)]
struct Said {
    source_system: Option<String>,
    mode: Option<RunMode>,
    password: Option<Password>,
    options: OptionsRequest,
}

/// What makes two uploads the same; the password is left out.
#[derive(Serialize)]
struct Asked<'a> {
    files: Vec<(String, String)>,
    options: &'a RunOptions,
}

impl Said {
    fn run_options(&self) -> RunOptions {
        let mut options = self.options.over(RunOptions::default());
        options.source_system.clone_from(&self.source_system);
        options.mode = self.mode.or(options.mode);
        options
    }
}

/// Upload files as an import run
///
/// Any mix of CSV files and workbooks. Answers when the bytes are stored, with what the heads of the files say; the rest is
/// found out in the background. A file that can't be opened is a file with an error and does not keep the others back.
#[utoipa::path(
    tag = "import-runs",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request harmless.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body(content = UploadForm, content_type = "multipart/form-data", description = "The files and what is said of them."),
    responses((
        status = 201,
        description = "The run.",
        body = RunView,
        headers(("Location" = String, description = "The path of the run."))
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["request_running", "validation_failed", "missing_required_column", "idempotency_key_reused"]))
    )
)]
#[post("/import-runs")]
async fn create_import_run(
    caller: Allowed<ToManageImports>,
    key: IdempotencyKey,
    form: Multipart,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut upload = Upload::begin(&service.app, &caller.caller);
    let said = receive(&service, form, TO_CREATE, &mut upload).await?;
    let options = said.run_options();
    let asked = Asked {
        files: upload.fingerprints(),
        options: &options,
    };
    let password = said.password.as_ref();
    let kept = |details: &RunDetails| (StatusCode::CREATED.as_u16(), text_of(details));
    let outcome = key
        .once(&service, &caller, "create_import_run", &asked, &kept, async |once| {
            upload.create(&options, password, once).await
        })
        .await?;
    Ok(match outcome {
        Outcome::Replayed(answer) => answer,
        Outcome::Created(details) => HttpResponse::Created()
            .insert_header((LOCATION, format!("/v1/import-runs/{}", details.run.id)))
            .json(RunView::from(&details)),
    })
}

fn text_of(details: &RunDetails) -> String {
    serde_json::to_string(&RunView::from(details)).unwrap_or_default()
}

/// Add files to a run
///
/// Before its start. The run looks at the new files, and analyses what they may match.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    request_body(content = AddFilesForm, content_type = "multipart/form-data", description = "The files, and a password for them."),
    responses((status = 201, description = "The run with its new files.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy", "validation_failed"]))
    )
)]
#[post("/import-runs/{run_id}/files")]
async fn add_files(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    form: Multipart,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let mut upload = Upload::join(&service.app, &caller.caller, *run_id).await?;
    let said = receive(&service, form, TO_ADD, &mut upload).await?;
    let details = upload.add_to_run(said.password.as_ref()).await?;
    Ok(HttpResponse::Created().json(RunView::from(&details)))
}

/// Remove a file from a run
///
/// Before its start. Its tables leave the run with it.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        ("file_id" = Uuid, Path, description = "The file's id.")
    ),
    responses((status = 200, description = "The run without the file.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy"]))
    )
)]
#[delete("/import-runs/{run_id}/files/{file_id}")]
async fn remove_file(
    caller: Allowed<ToManageImports>,
    path: web::Path<(Uuid, Uuid)>,
    service: web::Data<Service>,
) -> Result<web::Json<RunView>, ApiError> {
    let (run_id, file_id) = path.into_inner();
    let details = runs::remove_file(&service.app, &caller.caller, run_id, file_id).await?;
    Ok(web::Json(RunView::from(&details)))
}

/// The password of a workbook.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "password": "from-the-second-e-mail" })))]
struct UnlockRequest {
    /// The password. It is used at once and kept nowhere.
    #[serde(deserialize_with = "password")]
    #[schema(value_type = String, format = Password, max_length = 255)]
    password: Password,
}

fn password<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Password, D::Error> {
    String::deserialize(deserializer).map(Password::new)
}

/// Unlock an encrypted workbook
///
/// Its worksheets become jobs. A wrong password leaves the file as it is, to be tried again.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        ("file_id" = Uuid, Path, description = "The file's id.")
    ),
    request_body = UnlockRequest,
    responses((status = 200, description = "The run with the file's worksheets.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy", "not_locked", "wrong_password", "no_usable_sheets", "unreadable_file"]))
    )
)]
#[post("/import-runs/{run_id}/files/{file_id}/unlock")]
async fn unlock_file(
    caller: Allowed<ToManageImports>,
    path: web::Path<(Uuid, Uuid)>,
    request: Body<UnlockRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<RunView>, ApiError> {
    let (run_id, file_id) = path.into_inner();
    // Opening goes on when the client goes away: the password is here once.
    let (app, caller, password) = (service.app.clone(), caller.caller.clone(), request.0.password);
    let opening = actix_web::rt::spawn(async move { runs::unlock(&app, &caller, run_id, file_id, &password).await });
    let details = opening.await.map_err(ApiError::internal)??;
    Ok(web::Json(RunView::from(&details)))
}

/// Takes in what a form brings, piece by piece: files, and these fields.
async fn receive(
    service: &Service,
    mut form: Multipart,
    fields: &[&str],
    upload: &mut Upload,
) -> Result<Said, ApiError> {
    let mut said = Said::default();
    while let Some(mut field) = form.try_next().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "files" {
            let disposition = field.content_disposition();
            let file_name = disposition
                .and_then(|disposition| disposition.get_filename())
                .unwrap_or_default();
            let mut file = upload.file(file_name)?;
            while let Some(piece) = field.try_next().await.map_err(|error| broken(&error))? {
                file.write(&piece).await?;
            }
            file.finish().await?;
            continue;
        }
        if !fields.contains(&name.as_str()) {
            let message = format!(
                "the form has no field `{name}`; it takes `files`, `{}`",
                fields.join("`, `")
            );
            return Err(ApiError::value(Code::ValidationFailed, pointer(&name), message));
        }
        let mut text = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(|error| broken(&error))? {
            if text.len() + piece.len() > MAX_FIELD_BYTES {
                let detail = format!("the field `{name}` may have {MAX_FIELD_BYTES} bytes at most");
                return Err(
                    ApiError::new(Code::PayloadTooLarge, detail).over("form_field_bytes", MAX_FIELD_BYTES as u64)
                );
            }
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8(text)
            .map_err(|_| ApiError::value(Code::ValidationFailed, pointer(&name), "it is not UTF-8"))?;
        take(service, &mut said, &name, text)?;
    }
    if upload.is_empty() {
        let message = "the form has no file";
        return Err(ApiError::value(Code::ValidationFailed, "/files", message));
    }
    Ok(said)
}

/// The JSON pointer to a field of a form.
fn pointer(name: &str) -> String {
    format!("/{}", pointer_part(name))
}

/// Takes in a field that is not a file.
fn take(service: &Service, said: &mut Said, name: &str, text: String) -> Result<(), ApiError> {
    match name {
        "source_system" => {
            said.source_system = Some(source_system(service, &text)?);
        }
        "mode" => {
            said.mode = Some(text.parse().map_err(|_| {
                let message = format!("`{text}` is no mode; it is `initial` or `refresh`");
                ApiError::value(Code::ValidationFailed, "/mode", message)
            })?);
        }
        "password" => said.password = Some(Password::new(text)),
        "options" => {
            said.options = serde_json::from_str(&text)
                .map_err(|error| ApiError::value(Code::ValidationFailed, "/options", error.to_string()))?;
        }
        // `receive` has let no other through.
        _ => {}
    }
    Ok(())
}

fn broken(error: &actix_multipart::MultipartError) -> ApiError {
    let detail = "the body is no valid multipart/form-data, or did not arrive whole";
    ApiError::new(Code::InvalidRequest, detail).caused_by(error.to_string())
}
