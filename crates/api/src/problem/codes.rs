//! The one table of error codes: what a client can be told, with which status, and what it can do about it.
//!
//! The specification and `docs/errors.md` are made from it. A code never changes its meaning; new ones may come.

use std::fmt::Write;

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($variant:ident = $name:literal, $status:literal, $title:literal, $advice:literal;)*) => {
        /// The stable code of an error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code itself: `not_found`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it means, in a few words; the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What a client can do about it.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }

            /// The status that it comes with.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::from_u16($status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),)* }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request", 400, "The request is not understood",
        "Correct what `detail` and `errors` name: the body is no valid JSON, or a field is unknown, missing or of the wrong type.";
    InvalidParameter = "invalid_parameter", 400, "A parameter is not valid",
        "Correct the parameter that `errors` names, in the path, the query or a header.";
    Unauthenticated = "unauthenticated", 401, "Sign in first",
        "Send `Authorization: Bearer` with a valid token or API key, or a fresh ticket. The reason is not told in detail.";
    TokenExpired = "token_expired", 401, "The token has expired",
        "Get a new token and repeat the request.";
    CapabilityRequired = "capability_required", 403, "A capability is missing",
        "Ask an owner of the organisation to give your role the capability that `capability` names.";
    NotFound = "not_found", 404, "There is no such thing",
        "Check the id. What belongs to another organisation is not found either.";
    RouteNotFound = "route_not_found", 404, "There is no such path",
        "Check the path against the specification at `/openapi.json`.";
    MethodNotAllowed = "method_not_allowed", 405, "The path does not know this method",
        "Use one of the methods that the header `Allow` names.";
    NotAcceptable = "not_acceptable", 406, "The answer can't be given in this form",
        "Ask for a form that the operation has, with `Accept` and `Accept-Encoding`.";
    RunBusy = "run_busy", 409, "Somebody else works on the run",
        "Wait for it to finish, or try again in a minute if it was stopped.";
    WrongState = "wrong_state", 409, "The state does not allow this",
        "Load it again, and look what its state allows.";
    PasswordNeeded = "password_needed", 409, "A file waits for its password",
        "Unlock the file or remove it.";
    SourceUnconfirmed = "source_unconfirmed", 409, "The files seem to be from another source",
        "`errors` has the first records that would become other people or cars. Confirm the source with the option `source_confirmation`, or name another one as `source_system`.";
    DuplicatesUndecided = "duplicates_undecided", 409, "Likely duplicates wait for a decision",
        "Decide on them, or set what happens with all of them.";
    RequestRunning = "request_running", 409, "The first request with this key is still being answered",
        "Wait a little and repeat the request with the same `Idempotency-Key`.";
    NotLocked = "not_locked", 409, "The file does not wait for a password",
        "Nothing is to be done: the file is open, or can't be opened at all.";
    NothingToImport = "nothing_to_import", 409, "Nothing can be imported",
        "Give a table a type, include one, or add a file.";
    NothingToRollBack = "nothing_to_roll_back", 409, "The run wrote nothing",
        "Nothing is to be done: there is nothing that could be taken back.";
    Expired = "expired", 410, "The files of the run were removed",
        "Upload the files again.";
    ChangedMeanwhile = "changed_meanwhile", 412, "It was changed in between",
        "Load it again, and repeat the change with its new `ETag`.";
    PayloadTooLarge = "payload_too_large", 413, "The body is too large",
        "Send less: `limit` says how much is taken.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The body has the wrong type",
        "Send the media type that the specification names in `Content-Type`.";
    ValidationFailed = "validation_failed", 422, "A value can't be taken",
        "Correct the values that `errors` points to.";
    WrongPassword = "wrong_password", 422, "The password does not open the file",
        "Check the password and try again; the file stays as it is.";
    NoUsableSheets = "no_usable_sheets", 422, "The workbook has no worksheet with a header and rows",
        "Check that it is the right file.";
    UnreadableFile = "unreadable_file", 422, "The file can't be read",
        "`detail` says why. Get a new copy of the file, or save it in another form, and upload it again.";
    MissingRequiredColumn = "missing_required_column", 422, "Missing required column",
        "Export the file again with the columns that `detail` names, or leave `source_system` out and map the columns.";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The key was used for another request",
        "Use a new `Idempotency-Key` for each new request.";
    RateLimited = "rate_limited", 429, "Too many requests",
        "Wait as many seconds as the header `Retry-After` says; `limit` names the limit.";
    Internal = "internal", 500, "The service failed",
        "Try again later. If it stays so, report `request_id`: the log has the reason.";
    DatabaseUnavailable = "database_unavailable", 503, "The database can't be used now",
        "Try again in a few seconds; `detail` says whether it does not answer or can't be written to.";
    SignInUnavailable = "sign_in_unavailable", 503, "Tokens can't be checked now",
        "Try again in a few seconds: the keys of the issuer could not be loaded.";
    NotReady = "not_ready", 503, "The service is not ready",
        "`detail` names what does not work.";
}

impl Code {
    /// The code with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code of an error that the framework found, by its status.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::RouteNotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            400..=499 => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }

    /// Where the code is explained.
    pub fn link(self) -> String {
        format!(
            "{}/blob/main/docs/errors.md#{}",
            env!("CARGO_PKG_REPOSITORY"),
            self.name()
        )
    }
}

/// The page that explains every code, `docs/errors.md`.
pub fn errors_page() -> String {
    let mut page = String::from(
        "# Errors of the REST service\n\n\
         Every error is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with the media type\n\
         `application/problem+json`. Programs go by `code`; people read `title` and `detail`. `request_id` is the id under\n\
         which the log has the request. `errors` points to what is wrong: a JSON pointer into the body, the name of a\n\
         parameter, or a place in a file.\n\n\
         This page is made from the table of codes in `crates/api/src/problem/codes.rs`.\n",
    );
    for code in Code::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n**{}** {}.\n\n{}\n",
            code.name(),
            code.status().as_u16(),
            code.title(),
            code.advice()
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_statuses_are_errors() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert!(
                code.status().is_client_error() || code.status().is_server_error(),
                "{code:?}"
            );
        }
    }
}
