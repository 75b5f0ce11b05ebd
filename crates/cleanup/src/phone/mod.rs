//! Telephone numbers.
//!
//! What: whatever people and spreadsheets do to a number is undone, and the number is written in E.164 (ITU-T E.164).
//! A mobile belongs into the mobile field and a landline into the landline field; what the cell held is kept beside it.
//! Why: reminders go to mobiles, numbers match customers, and a lost leading zero must not lose the number.
//! Example: `07911 123456 MARIA` becomes `+447911123456` with `phone_has_text`; `7911123456` is repaired;
//! `00000000000` becomes null with `phone_placeholder`.
//!
//! Of several numbers the mobile and the landline field each get the first that belongs there, by its digits or, where those
//! can't tell, by what the file calls it; a number of a fax or a pager gets none.
//!
//! A number is good when it is valid in one of the four regions of +44 (Great Britain and Northern Ireland, Guernsey,
//! Jersey, Isle of Man) by the metadata of libphonenumber, or stands in one of the ranges that Ofcom keeps for drama.

mod label;
mod number;
mod reading;
mod scan;
mod slots;
mod vote;

pub use number::{NumberKind, number_kind};
pub(crate) use slots::assign;
pub use vote::PhoneVote;

#[cfg(test)]
mod tests;
