//! What is known of a source system: the tables that it exports and the headers that they have.

use serde::{Deserialize, Serialize};

use crate::entity::{EntityKind, Slot};
use crate::field::FieldRef;

/// A source system, as data. Parsed from one TOML file per system.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceDefinition {
    /// The stable name: `techman`.
    pub id: String,
    /// What people call it: `Techman`.
    pub label: String,
    /// The tables that it exports.
    pub tables: Vec<TableSignature>,
    /// Folded headers that are no field of any of its tables, however much they look like one.
    pub not_fields: Vec<String>,
    /// The words of all its spellings, in lower case: what is spelled in them is not mistyped.
    pub words: Vec<String>,
}

/// One table of a source system: how to recognise it and what its columns mean.
#[derive(Debug, Clone, PartialEq)]
pub struct TableSignature {
    /// The stable name: `techman.jobs`.
    pub type_id: String,
    /// What people call it: `Techman Jobs`.
    pub label: String,
    /// What its rows are called in a summary: `jobs`.
    pub noun: String,
    /// The columns that it may have.
    pub columns: Vec<ColumnSignature>,
    /// Columns that it must have: of each group (indices into `columns`) at least one.
    pub required: Vec<Vec<usize>>,
    /// Fields of which each row must have at least one per group, beyond what the catalogue asks.
    pub required_values: Vec<Vec<FieldRef>>,
    /// Folded headers that prove that it is *not* this table.
    pub excluded: Vec<String>,
    /// The order of day and month, where the system is known to keep one.
    pub date_order: Option<DateOrder>,
    /// What people call such a table, in lower case: words of file names, sheets and titles that speak for it.
    pub names: Vec<String>,
    /// Folded headers of columns of yes and no that say whether a row is of this kind.
    pub flags: Vec<String>,
    /// It is this table only where something names it: a header, a flag, or the words around it.
    pub must_be_named: bool,
    /// Folded headers of which one says that it is this table, where it must be named: `Employee ID`.
    pub signs: Vec<String>,
    /// Folded headers of which two together say that it may be this table: `Role`, `Department`.
    pub hints: Vec<String>,
    /// Folded headers that feed a field only where the words around the table name it, with the fields they may feed, best
    /// first: in a file of jobs, `Order Number` is the job's.
    pub when_named: Vec<(String, Vec<FieldRef>)>,
    /// Why tables of this type are left out, as half a sentence: `quotes are no invoices`. Such a table has no fields.
    pub not_imported: Option<String>,
}

impl TableSignature {
    /// The slots that its columns fill, in import order, without repeats.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self
            .columns
            .iter()
            .filter_map(|column| column.field)
            .map(|field| field.slot)
            .collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// The kinds of record in it, in import order. Addresses count as part of their customer.
    pub fn entities(&self) -> Vec<EntityKind> {
        self.slots()
            .into_iter()
            .filter_map(|slot| match slot {
                Slot::Main(kind) => Some(kind),
                Slot::BillingAddress | Slot::ShippingAddress => None,
            })
            .collect()
    }
}

/// A column that a table may have.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSignature {
    /// The header as the source writes it, for messages.
    pub header: String,
    /// Folded spellings of the header, the first being `header`'s own.
    pub aliases: Vec<String>,
    /// Where its values go; `None` for a column that is known and not imported.
    pub field: Option<FieldRef>,
}

/// The order of the parts of a numeric date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2024, as in Britain.
    DayFirst,
    /// 12/31/2024, as in America.
    MonthFirst,
}
