//! Cleans text and shows what comes out, in one line per row.

use std::io::Cursor;

use torqueflow_model::EntityKind;
use torqueflow_pipeline::{CleanOptions, CleanRow, OpenOptions, OpenedFile, Sources, clean_file, id_text};

/// A row as it was cleaned, and the type of its table.
pub struct Cleaned {
    pub table_type: String,
    pub row: CleanRow,
}

impl Cleaned {
    /// What a record of the row says of this field.
    pub fn text(&self, entity: EntityKind, field: &str) -> Option<&str> {
        let mut records = self.row.records.iter().filter(|record| record.slot.entity() == entity);
        records.find_map(|record| record.text(field))
    }

    /// The id of a record of the row.
    pub fn id(&self, entity: EntityKind) -> Option<String> {
        let mut records = self.row.records.iter().filter(|record| record.slot.entity() == entity);
        records.next().map(|record| id_text(&record.source_id, 0))
    }

    /// The codes of its findings.
    pub fn codes(&self) -> Vec<&'static str> {
        self.row.findings.iter().map(|finding| finding.code.code()).collect()
    }
}

/// Cleans a text.
pub fn clean(text: &str) -> (OpenedFile, Vec<Cleaned>) {
    let bytes = text.as_bytes().to_vec();
    let open = || Ok(Box::new(Cursor::new(bytes.clone())) as _);
    let options = CleanOptions::new(time::macros::date!(2026 - 11 - 22));
    let mut rows = Vec::new();
    let file = clean_file(
        "file.csv",
        &open,
        &OpenOptions::default(),
        &Sources::built_in(),
        &options,
        &mut |table, row| {
            rows.push(Cleaned {
                table_type: table.plan.type_id.clone().unwrap_or_default(),
                row,
            });
            Ok(())
        },
    )
    .unwrap();
    (file, rows)
}
