//! What errors of the use cases mean over HTTP. The only place that knows both.
//!
//! Their enums may grow, so every match needs a last arm; the first lint names what such an arm would swallow.

#![warn(clippy::wildcard_enum_match_arm)]
#![expect(
    clippy::match_same_arms,
    reason = "what is known to be a failure of ours is named, beside the arm for what does not exist yet"
)]

use actix_web::http::header;
use torqueflow_app::access::AccessError;
use torqueflow_app::customers::CustomerError;
use torqueflow_app::replaced::SourceConfirmation;
use torqueflow_app::tables::ChoiceError;
use torqueflow_app::{AppError, StoreError};
use torqueflow_pipeline::OpenError;

use super::{ApiError, Code, Place, pointer_part};

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let detail = error.to_string();
        let needs_room = error.needs_room();
        let code = match error {
            AppError::Store(error) => return of_store(error),
            _ if needs_room => return not_ready("there is no room for what was sent").caused_by(error),
            AppError::Customer(error) => return of_customer(&error),
            AppError::Open(error) => return of_file(error),
            AppError::Choice(error) => return of_choice(&error),
            AppError::NotFound { .. } | AppError::NoSuchTable { .. } => Code::NotFound,
            AppError::Busy { .. } | AppError::Interrupted => Code::RunBusy,
            AppError::WrongState { .. } => Code::WrongState,
            AppError::UndecidedDuplicates { .. } => Code::DuplicatesUndecided,
            AppError::SourceUnconfirmed(confirmation) => return of_source(&confirmation),
            AppError::PasswordNeeded => Code::PasswordNeeded,
            AppError::NotLocked => Code::NotLocked,
            AppError::NothingToImport => Code::NothingToImport,
            AppError::NothingToRollBack => Code::NothingToRollBack,
            AppError::Expired => Code::Expired,
            AppError::Stale => Code::ChangedMeanwhile,
            AppError::MissingRequiredColumn { file, sheet, message } => {
                return Self::table(Code::MissingRequiredColumn, detail, &file, sheet.as_deref(), &message);
            }
            AppError::NoSuchLocation { .. } => {
                return Self::value(Code::ValidationFailed, "/options/location_id", detail);
            }
            AppError::InvalidCountry(_) => return Self::value(Code::ValidationFailed, "/options/country", detail),
            AppError::InvalidSettings(settings) => {
                let places = settings.into_iter().map(|one| (format!("/{}", one.field), one.message));
                return Self::values(Code::ValidationFailed, detail, places);
            }
            AppError::LimitExceeded { limit, maximum } => {
                return Self::new(Code::PayloadTooLarge, detail).over(limit.name, maximum);
            }
            AppError::InvalidCursor => return Self::parameter("cursor", "it is none that this list gave"),
            AppError::AuditBusy | AppError::WorkerDead => return not_ready(detail),
            AppError::Bucket { .. } => return not_ready("the store of uploads does not answer").caused_by(error),
            AppError::Io { .. }
            | AppError::BucketSettings(_)
            | AppError::Staged(_)
            | AppError::AuditKey { .. }
            | AppError::AuditHead { .. }
            | AppError::Wish(_)
            | AppError::Internal(_) => return Self::internal(error),
            _ => return Self::internal(error),
        };
        Self::new(code, detail)
    }
}

/// What can go wrong with the database.
fn of_store(error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound { .. } => ApiError::new(Code::NotFound, error.to_string()),
        StoreError::LeaseLost => ApiError::new(Code::RunBusy, error.to_string()),
        StoreError::Transient(_) | StoreError::Outdated => {
            ApiError::new(Code::DatabaseUnavailable, "the database does not answer")
                .header(header::RETRY_AFTER, "2")
                .caused_by(error)
        }
        StoreError::Unwritable(_) => ApiError::new(Code::DatabaseUnavailable, error.to_string())
            .header(header::RETRY_AFTER, "5")
            .caused_by(error),
        StoreError::Connect(_) | StoreError::Refused(_) | StoreError::Database(_) | StoreError::Damaged { .. } => {
            ApiError::internal(error)
        }
        _ => ApiError::internal(error),
    }
}

/// What would be replaced, pair by pair.
fn of_source(confirmation: &SourceConfirmation) -> ApiError {
    let mut error = ApiError::new(Code::SourceUnconfirmed, confirmation.to_string());
    error.0.errors.extend(confirmation.pairs.iter().map(|pair| Place {
        message: format!("row {}: {pair}", pair.row),
        file: Some(pair.file.clone()),
        sheet: pair.sheet.clone(),
        ..Place::default()
    }));
    error
}

/// Why a file can't be opened with its password.
fn of_file(error: OpenError) -> ApiError {
    let unreadable = || ApiError::new(Code::UnreadableFile, error.message());
    match error {
        OpenError::NeedsPassword | OpenError::WrongPassword => ApiError::new(Code::WrongPassword, error.message()),
        OpenError::NoUsableSheets => ApiError::new(Code::NoUsableSheets, error.message()),
        OpenError::LimitExceeded { limit, maximum } => unreadable().over(limit.name, maximum),
        OpenError::IntegrityFailed
        | OpenError::Unsupported { .. }
        | OpenError::NotATable { .. }
        | OpenError::Empty
        | OpenError::Malformed { .. }
        | OpenError::ConversionFailed { .. } => unreadable(),
        OpenError::NoSuchTable { .. } | OpenError::Io(_) => ApiError::internal(error),
        _ => ApiError::internal(error),
    }
}

/// Which values of the body can't be taken of a person's choices for a table.
fn of_choice(error: &ChoiceError) -> ApiError {
    let pointer = match error {
        ChoiceError::Mapping(errors) => {
            let places = errors.iter().map(|wrong| {
                let header = pointer_part(&wrong.header);
                (format!("/mapping/{header}{}", wrong.pointer), wrong.message.clone())
            });
            return ApiError::values(Code::ValidationFailed, error.to_string(), places);
        }
        ChoiceError::NoHeader | ChoiceError::InvalidName => "/save_mapping_as",
        ChoiceError::UnknownType { .. } | ChoiceError::NoType | _ => "/type",
    };
    ApiError::value(Code::ValidationFailed, pointer, error.to_string())
}

fn not_ready(detail: impl Into<String>) -> ApiError {
    ApiError::new(Code::NotReady, detail).header(header::RETRY_AFTER, "5")
}

/// What can go wrong with customers.
fn of_customer(error: &CustomerError) -> ApiError {
    let code = match error {
        CustomerError::Invalid(fields) => {
            let places = fields
                .iter()
                .map(|field| (format!("/fields{}", field.pointer), field.message.clone()));
            return ApiError::values(Code::ValidationFailed, error.to_string(), places);
        }
        CustomerError::VersionConflict { .. } => Code::ChangedMeanwhile,
        CustomerError::NoSuchCustomer(_) | CustomerError::NoSuggestion(_) => Code::NotFound,
        CustomerError::TooFew | CustomerError::TooMany { .. } => {
            return ApiError::value(Code::ValidationFailed, "/secondary_ids", error.to_string());
        }
        CustomerError::BadCursor => return ApiError::parameter("cursor", error.to_string()),
        CustomerError::Merged { .. }
        | CustomerError::UndoneAlready(_)
        | CustomerError::UndoFirst { .. }
        | CustomerError::Ambiguous { .. } => Code::WrongState,
        _ => Code::WrongState,
    };
    ApiError::new(code, error.to_string())
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Refused => Self::new(Code::Unauthenticated, "the key or ticket is not known, or has ended"),
            AccessError::Beyond(capability) => Self::forbidden(capability),
            AccessError::Invalid { field, message } => {
                Self::value(Code::ValidationFailed, format!("/{field}"), message)
            }
            AccessError::App(error) => error.into(),
            _ => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::RunStatus;
    use uuid::Uuid;

    use super::*;

    #[track_caller]
    fn check(error: impl Into<AppError>, expected: Code) {
        let error = error.into();
        let message = error.to_string();
        let error = ApiError::from(error);
        assert_eq!(error.code(), expected);
        let detail = error.to_string();
        assert_eq!(detail == message, expected.status().is_client_error(), "{detail}");
    }

    #[test]
    fn clients_are_told_what_they_can_do_something_about() {
        let not_found = StoreError::NotFound {
            entity: "run",
            id: "x".to_owned(),
        };
        check(not_found, Code::NotFound);
        let no_table = AppError::NoSuchTable {
            file: "a.csv".to_owned(),
            sheet: None,
        };
        check(no_table, Code::NotFound);
        let busy = AppError::Busy {
            run_id: Uuid::nil(),
            owner: "worker".to_owned(),
        };
        check(busy, Code::RunBusy);
        let wrong_state = AppError::WrongState {
            status: RunStatus::Completed,
            action: "started",
        };
        check(wrong_state, Code::WrongState);
        let full = AppError::Io {
            path: "uploads/1".to_owned(),
            source: std::io::ErrorKind::StorageFull.into(),
        };
        check(full, Code::NotReady);
        check(AppError::UndecidedDuplicates { count: 3 }, Code::DuplicatesUndecided);
        check(AppError::PasswordNeeded, Code::PasswordNeeded);
        check(AppError::NotLocked, Code::NotLocked);
        check(AppError::Internal("a secret of ours"), Code::Internal);
        check(StoreError::Damaged { what: "run status" }, Code::Internal);
    }
    #[test]
    fn a_password_is_wrong_only_where_it_does_not_fit() {
        let malformed = OpenError::Malformed {
            what: "it ends too early".to_owned(),
        };
        check(AppError::Open(OpenError::WrongPassword), Code::WrongPassword);
        check(AppError::Open(OpenError::NoUsableSheets), Code::NoUsableSheets);
        check(AppError::Open(OpenError::IntegrityFailed), Code::UnreadableFile);
        check(AppError::Open(malformed), Code::UnreadableFile);
        check(
            AppError::Open(OpenError::Io(std::io::Error::other("a secret of ours"))),
            Code::Internal,
        );
        let too_long = OpenError::LimitExceeded {
            limit: &torqueflow_pipeline::FILE_BYTES,
            maximum: 7,
        };
        let limit = ApiError::from(AppError::Open(too_long)).problem("/", "").limit;
        assert_eq!(limit.map(|limit| limit.maximum), Some(7));
    }

    #[test]
    fn what_passes_is_to_be_tried_again() {
        let gone = || std::io::Error::other("a secret of ours");
        let bucket = AppError::Bucket {
            action: "read",
            key: "k".to_owned(),
            source: gone().into(),
        };
        for (error, expected) in [
            (AppError::AuditBusy, Code::NotReady),
            (bucket, Code::NotReady),
            (StoreError::Outdated.into(), Code::DatabaseUnavailable),
        ] {
            let error = ApiError::from(error);
            assert_eq!(error.code(), expected);
            let answer = actix_web::ResponseError::error_response(&error);
            assert!(answer.headers().contains_key(header::RETRY_AFTER), "{error}");
        }
    }
}
