#![doc = include_str!("../README.md")]

mod assess;
mod compare;
mod differ;
mod explain;
mod given_names;
mod index;
mod judge;
mod keys;
mod level;
mod matcher;
mod model;
mod nicknames;
mod normal;
mod role;
mod scope;

pub use assess::{Match, MatchLevel, SharedKey, assess};
pub use differ::{Car, Person, are_other_cars, are_other_people};
pub use explain::{Explanation, Term, TermKind};
pub use index::{Index, RecordKind, RecordNumber};
pub use judge::Hold;
pub use keys::{KeyKind, MAX_HOLDERS, MatchKey, keys_of, match_keys, match_values};
pub use level::Level;
pub use matcher::{Found, Matcher, Relation, Suggestion};
pub use model::Model;
pub use normal::Cells;
pub use role::{Field, Role, UnknownRole};
pub use scope::Scope;
