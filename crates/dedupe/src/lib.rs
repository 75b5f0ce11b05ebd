#![doc = include_str!("../README.md")]

mod assess;
mod differ;
mod keys;
mod nicknames;

pub use assess::{Match, MatchLevel, SharedKey, assess};
pub use differ::{Car, Person, are_other_cars, are_other_people};
pub use keys::{KeyKind, MAX_HOLDERS, MatchKey, keys_of, match_keys, match_values};
