#![doc = include_str!("../README.md")]

mod assess;
mod keys;

pub use assess::{Match, MatchLevel, SharedKey, assess};
pub use keys::{KeyKind, MAX_HOLDERS, MatchKey, match_keys};
