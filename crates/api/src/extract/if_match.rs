//! The header `If-Match`: which version of a thing somebody has seen.

use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;

use crate::problem::ApiError;

/// The version that `If-Match` names, where it is there: `"3"`, an `ETag` as we give it.
pub fn if_match(request: &HttpRequest) -> Result<Option<i64>, ApiError> {
    let Some(value) = request.headers().get(IF_MATCH) else {
        return Ok(None);
    };
    let quoted = value.to_str().ok().map(str::trim);
    let digits = quoted.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let version = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    version.and_then(|text| text.parse().ok()).map(Some).ok_or_else(|| {
        ApiError::parameter(
            "If-Match",
            "it must be the `ETag` of an earlier answer, quotes included",
        )
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<i64>) {
        let request = TestRequest::default()
            .insert_header((IF_MATCH, value))
            .to_http_request();
        let found = if_match(&request);
        assert_eq!(found.ok().flatten(), expected, "{value}");
    }

    #[test]
    fn versions_are_read_from_etags() {
        check("\"3\"", Some(3));
        check(" \"17\" ", Some(17));
        for wrong in [
            "",
            "3",
            "\"\"",
            "\"-3\"",
            "\"3",
            "\"+3\"",
            "*",
            "W/\"3\"",
            "\"99999999999999999999\"",
        ] {
            check(wrong, None);
        }
        let without = TestRequest::default().to_http_request();
        assert_eq!(if_match(&without).unwrap(), None);
    }
}
