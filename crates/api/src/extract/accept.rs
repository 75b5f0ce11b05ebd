//! The header `Accept`: in which form an answer is wanted.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};

/// Whether CSV is wanted rather than JSON, which is what those get who want neither more.
pub fn prefers_csv(request: &HttpRequest) -> bool {
    Accept::parse(request).is_ok_and(|accept| quality(&accept, "text", "csv") > quality(&accept, "application", "json"))
}

/// How welcome a media type is: what is said of the narrowest range that it falls under (RFC 9110, section 12.5.1).
fn quality(accept: &Accept, kind: &str, subtype: &str) -> Quality {
    let ranges = accept.iter().filter_map(|range| {
        let narrowness = match (range.item.type_().as_str(), range.item.subtype().as_str()) {
            ("*", "*") => 0,
            (of_kind, "*") if of_kind == kind => 1,
            both if both == (kind, subtype) => 2,
            _ => return None,
        };
        Some((narrowness, range.quality))
    });
    ranges.max().map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT;
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(accept: &str, expected: bool) {
        let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
        assert_eq!(prefers_csv(&request), expected, "{accept}");
    }

    #[test]
    fn csv_is_for_those_who_want_it_more_than_json() {
        for wants_csv in [
            "text/csv",
            "TEXT/CSV; charset=utf-8",
            "text/*",
            "text/csv, application/json;q=0.5",
            "application/json;q=0.5, text/csv;q=0.6",
            "text/csv, */*;q=0.1",
            "*/*, application/json;q=0",
        ] {
            check(wants_csv, true);
        }
        for wants_json in [
            "",
            "*/*",
            "application/json",
            "application/*, text/*",
            "text/csv;q=0",
            "text/csv;q=0, */*",
            "application/json, text/csv;q=0.5",
            "application/json, text/csv",
            "text/*, text/csv;q=0.2, application/json;q=0.5",
            "text/csvx",
            "image/png",
            "no media type",
        ] {
            check(wants_json, false);
        }
        assert!(!prefers_csv(&TestRequest::default().to_http_request()));
    }
}
