//! What requests bring, checked: bodies, queries, paths, pages. What is wrong is named with its place.

mod body;
mod if_match;
mod page;
mod query;

pub use body::{Body, object};
pub use if_match::if_match;
pub use page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest, encode_cursor};
pub use query::Params;
