#![doc = include_str!("../README.md")]

mod address;
mod boolean;
mod choice;
mod choice_words;
mod clean;
mod consent;
mod context;
mod country;
mod damage;
mod date;
mod email;
mod evidence;
mod house_number;
mod left_out;
mod name;
mod number;
mod opt_out;
mod origin;
mod phone;
mod postcode;
mod profile;
mod rules;
mod text;
mod vat_number;
mod verdict;
mod vin;
mod vrm;

pub use boolean::truth;
pub use clean::{Cleaned, clean_record};
pub use context::{ColumnFacts, Context};
pub use country::{Country, CountryVote};
pub use damage::{CodePageVote, ColumnText, Damage, TextVote};
pub use date::{ColumnDateOrder, DateNumbers, DateVote};
pub use name::{ColumnNames, NameVote, TitleVote};
pub use number::{ColumnDecimalMark, ColumnNumbers, ColumnUnit, DecimalMark, NumberVote, Proof};
pub use origin::{Origin, PlateVote, PostcodeVote};
pub use phone::{NumberKind, PhoneVote, number_kind};
pub use postcode::is_uk_postcode;
pub use profile::{
    ColumnProfiler, ConflictingId, Expected, IdVerdict, IdentityVote, Portrait, PortraitRule, has_lost_digits, whole_id,
};
pub use rules::{RULES, Rule};
pub use text::{is_never_said, machine_blank, may_stand_for_no_code, stands_for_blank};
pub use vin::vin_check_digit_fits;
pub use vrm::{VrmShape, vrm_shape};
