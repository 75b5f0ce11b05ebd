//! The query of a URL.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::auth::TICKET_PARAMETER;
use crate::problem::ApiError;

/// The parameters of the query. Unknown ones are refused by the types themselves.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    // A ticket is none of the operation's parameters; signing in has looked at it.
    let own = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != TICKET_PARAMETER);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(own)
        .finish();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let name = error.path().iter().find_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            _ => None,
        });
        // serde speaks of fields.
        let message = error.inner().to_string().replace("field", "parameter");
        ApiError::parameter(name.as_deref().unwrap_or("query"), message)
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        limit: Option<u64>,
        flag: Option<bool>,
        name: Option<String>,
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let found = match parse::<Query>(query) {
            Ok(query) => format!("{:?} {:?} {:?}", query.limit, query.flag, query.name),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn parameters_are_read_by_their_type() {
        check("", "None None None");
        check("limit=7&flag=true&name=a%20b+c", "Some(7) Some(true) Some(\"a b c\")");
        check("name=12", "None None Some(\"12\")");
        check("limit=7&ticket=tft_a", "Some(7) None None");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("limit=x", "`limit`: invalid digit found in string");
        check("limit=-1", "`limit`: invalid digit found in string");
        check("flag=yes", "`flag`: provided string was not `true` or `false`");
        check("limit=1&limit=2", "`query`: duplicate parameter `limit`");
        check(
            "limits=1",
            "`limits`: unknown parameter `limits`, expected one of `limit`, `flag`, `name`",
        );
    }
}
