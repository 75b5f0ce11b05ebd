//! Fields: what a record is made of, and how each is cleaned and kept.

use std::fmt;

use crate::entity::{EntityKind, Slot};

/// One row of the field catalogue.
#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row of a table, of which each says yes or no to several questions"
)]
pub struct FieldSpec {
    /// The stable name within its entity; for [`Storage::Column`] also the name of the database column (see [`FieldSpec::column`]).
    pub name: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What it holds, and so which cleanup rule applies.
    pub kind: FieldKind,
    /// Where it is kept.
    pub storage: Storage,
    /// A column of a file can be mapped to it. False for what cleanup makes from other fields.
    pub mappable: bool,
    /// It belongs to the system it came from and a later import may update it, as long as nobody changed it here.
    pub source_owned: bool,
    /// It is an amount of money, in the currency of the business.
    pub is_money: bool,
    /// It refers to the record that owns this one.
    pub is_owner: bool,
    /// What its number counts, where that decides how the number is written and what is plausible.
    pub measure: Option<Measure>,
    /// A valid value, for templates and docs.
    pub example: &'static str,
}

impl FieldSpec {
    /// The database column: `customer_id` for the reference `customer`, otherwise the name.
    /// `None` for fields that have no column of their own.
    pub fn column(&self) -> Option<String> {
        match (self.storage, self.kind) {
            (Storage::Column, FieldKind::Reference { .. }) => Some(format!("{}_id", self.name)),
            (Storage::Column, _) => Some(self.name.to_owned()),
            (Storage::Json { .. } | Storage::Input, _) => None,
        }
    }
}

/// Where a field's value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// In a column of the entity's table.
    Column,
    /// Under this key of a JSON column.
    Json {
        /// The JSON column.
        column: &'static str,
        /// The key in it.
        key: &'static str,
    },
    /// Nowhere: it feeds other fields (a full name becomes title, first and last name).
    Input,
}

/// What a field holds. It selects the cleanup rule and the type of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Short text on one line.
    Text,
    /// Text that may span lines.
    LongText,
    /// An identifier given by a system: kept as it is shown, leading zeros and all.
    Code,
    /// The record's id at its source, where no field of ours says it (a GUID column). Not stored on the record.
    SourceId,
    /// Mr, Mrs, Dr …
    Title,
    /// A first or last name.
    PersonName,
    /// A whole name, of a person or a company: split into its parts.
    FullName,
    /// A company's name.
    CompanyName,
    /// An e-mail address.
    Email,
    /// A telephone number, preferably a mobile: landlines found here move to the landline field when that is free.
    Phone,
    /// A telephone number, preferably a landline.
    Landline,
    /// Yes or no; unknown is null.
    Boolean,
    /// A calendar date.
    Date(DateRole),
    /// A date with a time of day, in the garage's own local time.
    DateTime(DateRole),
    /// A vehicle registration mark (number plate).
    Vrm,
    /// A vehicle identification number or chassis number.
    Vin,
    /// A postcode, British or foreign.
    Postcode,
    /// A country: its name or code, kept as ISO 3166-1 alpha-2.
    Country,
    /// A decimal number kept as an integer scaled by a power of ten: money, hours, percentages.
    Decimal {
        /// Digits after the point.
        scale: u8,
    },
    /// A whole number.
    Integer,
    /// A word of a fixed list in snake case; other words are kept as they are, with a finding.
    Choice(&'static [&'static str]),
    /// A link to another record, given by that record's id at the source (for lookups, by its name).
    Reference {
        /// What is linked to.
        to: EntityKind,
        /// What happens when it is nowhere.
        on_missing: OnMissing,
    },
    /// Structured data, made by cleanup.
    Json,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Hundredths: 20 for 20 %.
    Percent,
    /// Hours, with fractions: 1.5 for an hour and a half.
    Hours,
    /// Miles on the clock.
    Miles,
    /// Cubic centimetres of an engine.
    CubicCentimetres,
    /// A year of the calendar.
    Year,
}

/// What becomes of a record whose reference leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMissing {
    /// It is an orphan: it fails, or is imported unlinked when the option says so.
    FailRow,
    /// It is imported without the link, with a warning.
    Warn,
    /// The lookup is made, or, where that is switched off, there is a warning.
    CreateLookup,
}

/// Where in time a date is expected, which decides the century of two-digit years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateRole {
    /// Something that has happened: never in the future.
    Past,
    /// Something that happens around now: jobs, invoices.
    Event,
    /// Something that falls due, typically in the near future.
    Due,
}

/// The type of a database column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Unbounded text.
    Text,
    /// A 64-bit integer; decimals too, scaled.
    BigInteger,
    /// A nullable truth value.
    Boolean,
    /// A calendar date.
    Date,
    /// A date and time without a zone.
    DateTime,
    /// A moment in UTC.
    Timestamp,
    /// JSON text.
    Json,
    /// A floating-point number; never for money.
    Float,
    /// A 128-bit id or hash.
    Uuid,
}

impl FieldKind {
    /// The type of the column that keeps such a field.
    pub fn column_type(self) -> ColumnType {
        match self {
            Self::Boolean => ColumnType::Boolean,
            Self::Date(_) => ColumnType::Date,
            Self::DateTime(_) => ColumnType::DateTime,
            Self::Decimal { .. } | Self::Integer => ColumnType::BigInteger,
            Self::Reference { .. } => ColumnType::Uuid,
            Self::Json => ColumnType::Json,
            _ => ColumnType::Text,
        }
    }
}

/// A field in its place in a row: `customer.phone`, `billing_address.line_1`.
#[derive(Debug, Clone, Copy)]
pub struct FieldRef {
    /// Which of the row's records.
    pub slot: Slot,
    /// Which field of it.
    pub spec: &'static FieldSpec,
}

impl FieldRef {
    /// The field of this slot with this name.
    pub fn new(slot: Slot, name: &str) -> Option<Self> {
        slot.entity()
            .fields()
            .iter()
            .find(|spec| spec.name == name)
            .map(|spec| Self { slot, spec })
    }

    /// Reads the form that [`Display`](fmt::Display) writes.
    ///
    /// ```
    /// use torqueflow_model::FieldRef;
    /// let field = FieldRef::parse("billing_address.postal_code").unwrap();
    /// assert_eq!(field.to_string(), "billing_address.postal_code");
    /// assert!(FieldRef::parse("customer.shoe_size").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (slot, name) = text.split_once('.')?;
        Self::new(Slot::from_name(slot)?, name)
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.slot.name(), self.spec.name)
    }
}

impl PartialEq for FieldRef {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && self.spec.name == other.spec.name
    }
}

impl Eq for FieldRef {}

impl std::hash::Hash for FieldRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.slot.hash(state);
        self.spec.name.hash(state);
    }
}

impl serde::Serialize for FieldRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for FieldRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a field of the catalogue")))
    }
}
