//! The audit export of a run: a zip of everything that it did, enough to say of each value that it left in the database
//! where that came from. The files themselves are not in it, nor are passwords.

mod archive;
mod members;
mod views;

use std::io::Write;

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use torqueflow_persistence::{AuditEvent, Run};
use uuid::Uuid;

use crate::error::AppError;
use crate::reports::Places;
use crate::{App, Caller, boxed};
use archive::Archive;
use members::Exporter;

/// The version of the form of the export. It changes when a reader would have to.
const FORMAT: &str = "torqueflow-audit-export-1";
/// What is in the export and how to read it.
const README: &str = include_str!("README.txt");

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The members of the zip, without the manifest.
    pub members: Vec<Member>,
    /// Where the audit log ended when the export was made, `COUNT:MAC`.
    pub audit_head: Option<String>,
}

/// A file in the zip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size_bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Writes the audit export of a run as a zip, piece by piece, and says so in the audit log.
///
/// The log is sealed first, so that the export holds its head.
#[boxed]
pub async fn export(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    writer: &mut (dyn Write + Send),
) -> Result<Exported, AppError> {
    let organization = caller.organization;
    let run = app.store.run_get(organization, run_id).await?;
    let places = Places::load(app, organization, run_id).await?;
    let event = AuditEvent::now(&caller.actor, "import_run.exported").in_run(run_id);
    app.store.audit_append(organization, &event).await?;
    super::seal::seal_organization(app, organization).await?;
    let head = app.store.audit_head(organization).await?;
    let audit_head = head.map(|head| format!("{}:{}", head.count, head.mac));

    let mut archive = Archive::new(writer);
    archive.member("README.txt", README.as_bytes())?;
    let exporter = Exporter {
        app,
        organization,
        run: &run,
        places: &places,
    };
    exporter.write(&mut archive).await?;
    let manifest = manifest(organization.0, &run, audit_head.as_deref(), archive.members());
    let members = archive.members().to_vec();
    archive.member("manifest.json", &pretty(&manifest)?)?;
    archive.finish()?;
    Ok(Exported { members, audit_head })
}

fn manifest(organization: Uuid, run: &Run, audit_head: Option<&str>, members: &[Member]) -> serde_json::Value {
    let time = |moment: Option<OffsetDateTime>| moment.and_then(|moment| moment.format(&Rfc3339).ok());
    json!({
        "format": FORMAT,
        "program": {"name": "torqueflow", "version": env!("CARGO_PKG_VERSION")},
        "exported_at": time(Some(OffsetDateTime::now_utc())),
        "organization_id": organization,
        "audit_head": audit_head,
        "run": {
            "id": run.id,
            "status": run.status,
            "mode": run.mode,
            "options": run.options,
            "as_of": run.as_of.to_string(),
            "created_by": run.created_by,
            "created_at": time(Some(run.created_at)),
            "analysed_at": time(run.analysed_at),
            "started_at": time(run.started_at),
            "finished_at": time(run.finished_at),
            "error": run.error,
            "rollback": run.rollback,
        },
        "members": members,
    })
}

/// JSON for people.
fn pretty(value: &impl Serialize) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec_pretty(value).map_err(|error| AppError::io("the export".as_ref())(error.into()))
}
