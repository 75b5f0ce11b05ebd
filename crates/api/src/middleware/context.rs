//! What is known of a request before anybody looks at it.

use std::net::{IpAddr, SocketAddr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

/// The header with the id of the request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header in which proxies say where a request comes from.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// The longest id that is taken over.
const MAX_REQUEST_ID_CHARS: usize = 100;

/// Which request it is, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// The id under which the log has it: the client's own if that is a plain word, else a new one.
    pub request_id: String,
    /// The address that it comes from.
    pub ip: String,
}

impl RequestContext {
    /// Looks at a request that has just arrived.
    pub fn new(request: &ServiceRequest, behind_proxy: bool) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let given = header(REQUEST_ID.as_str()).filter(|id| is_plain(id));
        let forwarded = behind_proxy.then(|| forwarded_for(request)).flatten();
        let peer = || request.peer_addr().map(|address| address.ip().to_string());
        Self {
            request_id: given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned),
            ip: forwarded
                .map(|address| address.to_string())
                .or_else(peer)
                .unwrap_or_else(|| "unknown".to_owned()),
        }
    }

    /// What was known of a request when it arrived.
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(|| Self {
            request_id: Uuid::now_v7().to_string(),
            ip: "unknown".to_owned(),
        })
    }
}

/// Where the last proxy says that a request comes from. It adds its word behind the others, or in a header of its own;
/// those before it are the client's word.
fn forwarded_for(request: &ServiceRequest) -> Option<IpAddr> {
    let list = request.headers().get_all(FORWARDED_FOR).last()?.to_str().ok()?;
    let address = list.rsplit(',').next()?.trim();
    let with_port = || Some(address.parse::<SocketAddr>().ok()?.ip());
    address.parse().ok().or_else(with_port)
}

fn is_plain(id: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.:/".contains(character);
    (1..=MAX_REQUEST_ID_CHARS).contains(&id.len()) && id.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], behind_proxy: bool, expected: (Option<&str>, &str)) {
        let mut request = TestRequest::get().peer_addr("192.0.2.7:4000".parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        let context = RequestContext::new(&request.to_srv_request(), behind_proxy);
        let given = Uuid::parse_str(&context.request_id).is_err();
        let id = given.then_some(context.request_id.as_str());
        assert_eq!((id, context.ip.as_str()), expected, "{headers:?}");
    }

    #[test]
    fn a_sane_id_of_the_client_is_kept() {
        check(&[("x-request-id", "web-42")], false, (Some("web-42"), "192.0.2.7"));
        check(&[("x-request-id", "two words")], false, (None, "192.0.2.7"));
        check(&[("x-request-id", &"x".repeat(101))], false, (None, "192.0.2.7"));
        check(&[("x-request-id", "")], false, (None, "192.0.2.7"));
        check(&[], false, (None, "192.0.2.7"));
    }

    #[test]
    fn only_a_proxy_is_believed_about_addresses() {
        let (peer, client, proxy) = ("192.0.2.7", "203.0.113.9", "198.51.100.1");
        let forwarded = |list: &[&str], behind_proxy, expected| {
            let headers: Vec<_> = list.iter().map(|value| ("x-forwarded-for", *value)).collect();
            check(&headers, behind_proxy, (None, expected));
        };
        let both = format!("{client}, {proxy}");
        forwarded(&[&both], false, peer);
        forwarded(&[&both], true, proxy);
        forwarded(&[client, proxy], true, proxy);
        forwarded(&["198.51.100.1:4711"], true, proxy);
        forwarded(&["[2001:db8::1]:4711"], true, "2001:db8::1");
        forwarded(&["whoever 1"], true, peer);
        check(&[], true, (None, "192.0.2.7"));
    }
}
