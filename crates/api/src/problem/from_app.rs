//! What errors of the use cases mean over HTTP. The only place that knows both.

use actix_web::http::header;
use torqueflow_app::access::AccessError;
use torqueflow_app::customers::CustomerError;
use torqueflow_app::tables::ChoiceError;
use torqueflow_app::{AppError, StoreError};

use super::{ApiError, Code};

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let code = match &error {
            AppError::Store(StoreError::NotFound { .. }) | AppError::NoSuchTable { .. } | AppError::NotFound { .. } => {
                Code::NotFound
            }
            AppError::Store(store) if store.is_transient() => return unavailable(error),
            AppError::Store(StoreError::Unwritable(_)) => {
                return Self::new(Code::DatabaseUnavailable, error.to_string())
                    .header(header::RETRY_AFTER, "5")
                    .caused_by(error);
            }
            _ if error.needs_room() => {
                return Self::new(Code::NotReady, "there is no room for what was sent")
                    .header(header::RETRY_AFTER, "5")
                    .caused_by(error);
            }
            AppError::Bucket { .. } => {
                return Self::new(Code::NotReady, "the store of uploads does not answer")
                    .header(header::RETRY_AFTER, "5")
                    .caused_by(error);
            }
            AppError::Busy { .. } | AppError::Interrupted | AppError::Store(StoreError::LeaseLost) => Code::RunBusy,
            AppError::WrongState { .. } => Code::WrongState,
            AppError::UndecidedDuplicates { .. } => Code::DuplicatesUndecided,
            AppError::PasswordNeeded => Code::PasswordNeeded,
            AppError::NothingToImport => Code::NothingToImport,
            AppError::NothingToRollBack => Code::NothingToRollBack,
            AppError::Customer(customer) => return of_customer(customer),
            AppError::Expired => Code::Expired,
            AppError::Stale => Code::ChangedMeanwhile,
            AppError::MissingRequiredColumn { file, sheet, message } => {
                let code = Code::MissingRequiredColumn;
                return Self::table(code, error.to_string(), file, sheet.as_deref(), message);
            }
            AppError::Open { code, .. } => Code::from_name(code).unwrap_or(Code::WrongPassword),
            AppError::Choice(choice) => {
                let pointer = match choice {
                    ChoiceError::UnknownType(_) | ChoiceError::NoType => "/type",
                    _ => "/mapping",
                };
                return Self::value(Code::ValidationFailed, pointer, error.to_string());
            }
            AppError::NoSuchLocation { .. } => {
                return Self::value(Code::ValidationFailed, "/options/location_id", error.to_string());
            }
            AppError::LimitExceeded { limit, maximum } => {
                let (name, maximum) = (limit.name, *maximum);
                return Self::new(Code::PayloadTooLarge, error.to_string()).over(name, maximum);
            }
            AppError::InvalidCursor => return Self::parameter("cursor", "it is none that this list gave"),
            _ => return Self::internal(error),
        };
        Self::new(code, error.to_string())
    }
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
        _ => Code::WrongState,
    };
    ApiError::new(code, error.to_string())
}

fn unavailable(error: AppError) -> ApiError {
    ApiError::new(Code::DatabaseUnavailable, "the database does not answer")
        .header(header::RETRY_AFTER, "2")
        .caused_by(error)
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
            error => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::RunStatus;
    use uuid::Uuid;

    use super::*;

    #[track_caller]
    fn check(error: AppError, expected: Code) {
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
        check(not_found.into(), Code::NotFound);
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
        check(AppError::Internal("a secret of ours"), Code::Internal);
        check(StoreError::Damaged { what: "run status" }.into(), Code::Internal);
    }
}
