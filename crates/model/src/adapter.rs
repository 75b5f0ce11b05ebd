//! Adapters: the code for what data can't say of a source's structure.

use crate::cell::Cell;
use crate::field::FieldRef;
use crate::source::SourceDefinition;

/// A cell of a row that knows which field it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedCell {
    /// The field that it feeds.
    pub field: FieldRef,
    /// The column it stands in, from 0; `None` for what an adapter made.
    pub column: Option<usize>,
    /// The value, not cleaned.
    pub cell: Cell,
}

/// A source system: its definition, and where needed code that rearranges its rows.
///
/// Adapters translate structure, they do not clean: they see raw cells, and cleanup comes after them.
pub trait SourceAdapter: Send + Sync {
    /// What is known of the system as data.
    fn definition(&self) -> &SourceDefinition;

    /// Moves cells of one row between fields where the system's columns mean different things in different rows.
    /// `type_id` is that of the row's [`TableSignature`](crate::TableSignature).
    fn arrange(&self, type_id: &str, cells: &mut Vec<MappedCell>) {
        let _ = (type_id, cells);
    }
}

/// A definition without code is an adapter that leaves rows as they are.
impl SourceAdapter for SourceDefinition {
    fn definition(&self) -> &SourceDefinition {
        self
    }
}
