//! How often each quirk occurs, in per mille: one table, held by the tests.
//!
//! Measured in published accounts of real imports where there is a figure, else our judgement.

use crate::sample::customers::{CustomerRole, MailKind};
use crate::sample::people::NameStyle;
use crate::sample::phones::PhoneQuirk;
use crate::sample::plates::{RegistrationQuirk, VinQuirk};

/// Of customers: the cell for the mobile.
pub const PHONE: [(PhoneQuirk, u32); 12] = [
    (PhoneQuirk::Blank, 60),
    (PhoneQuirk::Placeholder, 10),
    (PhoneQuirk::Drama, 10),
    (PhoneQuirk::ContactName, 12),
    (PhoneQuirk::LostZero, 25),
    (PhoneQuirk::Scientific, 5),
    (PhoneQuirk::International, 25),
    (PhoneQuirk::BracketedZero, 8),
    (PhoneQuirk::DoubleZero, 8),
    (PhoneQuirk::Extension, 4),
    (PhoneQuirk::TwoNumbers, 8),
    (PhoneQuirk::Landline, 40),
];

/// Of customers: there is a landline in its own column.
pub const LANDLINE: u32 = 420;

/// Of customers: how the name is written.
pub const NAMES: [(NameStyle, u32); 7] = [
    (NameStyle::TitleFirstLast, 250),
    (NameStyle::TitleLast, 60),
    (NameStyle::Couple, 40),
    (NameStyle::TwoFirstNames, 8),
    (NameStyle::Capitals, 50),
    (NameStyle::LastFirst, 10),
    (NameStyle::Company, 90),
];

/// Of customers: how they belong together. Families share telephone and address, fleets their e-mail.
pub const ROLES: [(CustomerRole, u32); 3] = [
    (CustomerRole::Family, 60),
    (CustomerRole::Fleet, 30),
    (CustomerRole::Repeat, 10),
];

/// Of customers who belong to no family or fleet: their e-mail. With those who do, 860 of 1,000 have none of their own.
pub const MAIL: [(MailKind, u32); 2] = [(MailKind::Own, 155), (MailKind::Placeholder, 55)];

/// Of e-mails: typed wrongly, or two in one cell.
pub const BROKEN_MAIL: u32 = 20;

/// Of customers: no vehicle.
pub const WITHOUT_VEHICLE: u32 = 60;

/// Of customers: a small fleet of 5 to 25 vehicles. A third of the firms of a fleet has one as well.
pub const MANY_VEHICLES: u32 = 8;

/// Of the rows that repeat a customer: one cell of the customer differs.
pub const DIFFERING_REPEATS: u32 = 10;

/// Of rows: out of order, far from the other rows of the same customer.
pub const DISPLACED_ROWS: u32 = 20;

/// Of vehicles: listed twice.
pub const TWICE_LISTED: u32 = 5;

/// Of vehicles: the cell for the registration.
pub const REGISTRATION: [(RegistrationQuirk, u32); 6] = [
    (RegistrationQuirk::Blank, 12),
    (RegistrationQuirk::Placeholder, 8),
    (RegistrationQuirk::LowerCase, 25),
    (RegistrationQuirk::Punctuated, 4),
    (RegistrationQuirk::Foreign, 3),
    (RegistrationQuirk::HeldByTwo, 3),
];

/// Of vehicles: the cell for the VIN.
pub const VIN: [(VinQuirk, u32); 3] = [(VinQuirk::Blank, 240), (VinQuirk::Short, 10), (VinQuirk::LetterO, 3)];

/// Of dates that somebody should have typed: a null date.
pub const NULL_DATES: u32 = 30;

/// Of jobs: the customer is not in the file.
pub const ORPHAN_JOBS: u32 = 1;

/// Of jobs: invoiced.
pub const INVOICED: u32 = 900;

/// Of invoices: paid.
pub const PAID: u32 = 950;

/// Jobs per 1,000 customers.
pub const JOBS: usize = 1334;

/// Products per 1,000 customers.
pub const PRODUCTS: usize = 667;
