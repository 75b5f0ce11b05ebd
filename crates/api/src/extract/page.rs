//! Pages of lists, by keys: nothing is left out or given twice while the list grows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::ApiError;

/// How many items a page has by default.
pub const DEFAULT_LIMIT: u64 = 50;
/// How many items a page has at most.
pub const MAX_LIMIT: u64 = 200;

/// Which page: how many items, and behind which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// How many items.
    pub limit: u64,
    /// The key of the last item of the page before.
    pub after: Option<K>,
}

impl<K: DeserializeOwned> PageRequest<K> {
    /// Reads the parameters `limit` and `cursor`.
    pub fn parse(limit: Option<u64>, cursor: Option<&str>) -> Result<Self, ApiError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::parameter("limit", format!("it must be 1 to {MAX_LIMIT}")));
        }
        Ok(Self {
            limit,
            after: cursor.map(decode_cursor).transpose()?,
        })
    }
}

impl<K: Serialize> PageRequest<K> {
    /// One more than a page, to see whether there is a next one.
    pub fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// Cuts what was fetched to the page, and gives the cursor of the next one.
    pub fn cut<T>(&self, items: &mut Vec<T>, key: impl Fn(&T) -> K) -> Option<String> {
        let limit = self.limit as usize;
        if items.len() <= limit {
            return None;
        }
        items.truncate(limit);
        items.last().map(|last| encode_cursor(&key(last)))
    }
}

/// A cursor: the key of the last item, in a form that nobody is tempted to read.
pub fn encode_cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key in a cursor.
fn decode_cursor<K: DeserializeOwned>(cursor: &str) -> Result<K, ApiError> {
    let key = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.ok_or_else(|| ApiError::parameter("cursor", "it is none that this list gave"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_and_tells_where_the_next_one_begins() {
        let page = PageRequest::<u32>::parse(Some(2), None).unwrap();
        let mut items = vec![1, 2, 3];
        let cursor = page.cut(&mut items, |item| *item).unwrap();
        assert_eq!(items, [1, 2]);
        let next = PageRequest::<u32>::parse(None, Some(&cursor)).unwrap();
        assert_eq!((next.limit, next.after), (DEFAULT_LIMIT, Some(2)));
        assert_eq!(page.cut(&mut vec![1, 2], |item| *item), None);
    }

    #[test]
    fn cursors_of_other_lists_and_limits_out_of_range_are_refused() {
        let cursor = encode_cursor(&"text");
        assert!(PageRequest::<u32>::parse(None, Some(&cursor)).is_err());
        assert!(PageRequest::<u32>::parse(None, Some("%%%")).is_err());
        for limit in [0, MAX_LIMIT + 1] {
            assert!(PageRequest::<u32>::parse(Some(limit), None).is_err());
        }
    }
}
