//! Entity tags: the version of a thing in the headers `ETag`, `If-Match` and `If-None-Match`.

use actix_web::HttpRequest;
use actix_web::http::header::{ETag, EntityTag, Header, IF_MATCH, IfNoneMatch};

use crate::problem::ApiError;

/// The `ETag` of a version: `"3"`.
pub fn etag(version: i64) -> ETag {
    ETag(EntityTag::new_strong(version.to_string()))
}

/// The version that `If-Match` names, where it is there: an [`etag`] as we give it. What matches any version would
/// overwrite what was never seen, so neither `*` nor a list is taken.
pub fn if_match(request: &HttpRequest) -> Result<Option<i64>, ApiError> {
    let Some(value) = request.headers().get(IF_MATCH) else {
        return Ok(None);
    };
    let version = value
        .to_str()
        .ok()
        .and_then(|text| version_of(&text.trim().parse().ok()?));
    version.map(Some).ok_or_else(|| {
        ApiError::parameter(
            "If-Match",
            "it must be the `ETag` of an earlier answer, quotes included",
        )
    })
}

/// Whether the client has this version already, by `If-None-Match`. A proxy that compresses answers makes their tags weak.
pub fn has_seen(request: &HttpRequest, version: i64) -> bool {
    let ETag(current) = etag(version);
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&current)),
        Err(_) => false,
    }
}

fn version_of(tag: &EntityTag) -> Option<i64> {
    let version = i64::try_from(tag.tag().parse::<u64>().ok()?).ok()?;
    etag(version).0.strong_eq(tag).then_some(version)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::IF_NONE_MATCH;
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
            "\"03\"",
            "*",
            "W/\"3\"",
            "\"3\", \"4\"",
            "\"99999999999999999999\"",
        ] {
            check(wrong, None);
        }
        let without = TestRequest::default().to_http_request();
        assert_eq!(if_match(&without).unwrap(), None);
    }

    #[track_caller]
    fn check_seen(value: &str, expected: bool) {
        let request = TestRequest::default()
            .insert_header((IF_NONE_MATCH, value))
            .to_http_request();
        assert_eq!(has_seen(&request, 3), expected, "{value}");
    }

    #[test]
    fn a_version_was_seen_by_whoever_names_it_in_any_way() {
        for known in ["\"3\"", "W/\"3\"", "\"2\", \"3\"", "\"a,b\", W/\"3\"", "*"] {
            check_seen(known, true);
        }
        for other in ["", "3", "\"2\"", "\"2\", \"4\"", "\"33\""] {
            check_seen(other, false);
        }
        assert!(!has_seen(&TestRequest::default().to_http_request(), 3));
    }
}
