//! What requests bring, checked: bodies, queries, paths, pages. What is wrong is named with its place.

mod accept;
mod body;
mod etag;
mod page;
mod query;

pub use accept::prefers_csv;
pub use body::{Body, OptionalBody, object};
pub use etag::{etag, has_seen, if_match};
pub use page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest, encode_cursor};
pub use query::Params;
