//! Says of a value in the database where it came from, by nothing but an audit export.

use std::collections::HashMap;

use serde_json::Value;
use torqueflow_model::{EntityKind, Storage};

use crate::support::Export;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// A cell: file, sheet and row, the columns that it can stand in, its text.
    Cell {
        file: String,
        sheet: Option<String>,
        row: usize,
        headers: Vec<String>,
        raw: String,
    },
    /// Other fields of the record in this row, and not these columns of its own.
    Made {
        file: String,
        sheet: Option<String>,
        row: usize,
        headers: Vec<String>,
    },
    /// The record that a link of the row led to.
    Link { record_id: String },
}

/// An export, ready to be asked.
pub struct Explainer {
    /// The lines of mappings that lead to a record.
    mappings: HashMap<String, Vec<Value>>,
    /// What later rows added to a record.
    fills: HashMap<String, Value>,
    tables: Vec<Value>,
}

impl Explainer {
    pub fn new(export: &Export) -> Self {
        let mut mappings: HashMap<String, Vec<Value>> = HashMap::new();
        for line in export.lines("mappings.ndjson") {
            if line["origin"] != "skipped" {
                mappings.entry(text(&line["record_id"])).or_default().push(line);
            }
        }
        let fills = export.lines("fills.ndjson").into_iter();
        Self {
            mappings,
            fills: fills.map(|line| (text(&line["record_id"]), line)).collect(),
            tables: export.json("tables.json").as_array().unwrap().clone(),
        }
    }

    /// The records that the run wrote: id and entity.
    pub fn records(&self) -> Vec<(String, EntityKind)> {
        let mut records: Vec<_> = self
            .mappings
            .iter()
            .map(|(id, lines)| {
                (
                    id.clone(),
                    EntityKind::from_name(lines[0]["entity"].as_str().unwrap()).unwrap(),
                )
            })
            .collect();
        records.sort();
        records
    }

    /// Where the value of a field came from; `None` when the export does not say.
    ///
    /// A field is named as the catalogue names it; a link by its column.
    pub fn explain(&self, record_id: &str, field: &str, value: &Value) -> Option<Origin> {
        for line in self.mappings.get(record_id)? {
            let entry = &line["values"][field];
            if entry.is_null() || entry["kept"] == true || !is_same(&entry["value"], value) {
                continue;
            }
            if field.ends_with("_id") {
                let record_id = text(&entry["value"]);
                return self
                    .mappings
                    .contains_key(&record_id)
                    .then_some(Origin::Link { record_id });
            }
            let filled = &self.fills.get(record_id).unwrap_or(&Value::Null)["values"][field];
            let slot = text(&line["slot"]);
            return Some(if is_same(&filled["value"], value) && !filled["from"].is_null() {
                self.origin(&filled["from"], &slot, field, &filled["raw"])
            } else {
                self.origin(line, &slot, field, &entry["raw"])
            });
        }
        None
    }

    fn origin(&self, place: &Value, slot: &str, field: &str, raw: &Value) -> Origin {
        let file = text(&place["file"]);
        let sheet = place["sheet"].as_str().map(str::to_owned);
        let row = place["row"].as_u64().unwrap() as usize;
        let columns = self.columns(&file, sheet.as_deref());
        let own: Vec<String> = of_field(&columns, &format!("{slot}.{field}"));
        match raw.as_str() {
            Some(raw) => {
                let family = columns.iter().filter(|(of, _)| of.starts_with(&format!("{slot}.")));
                let headers = if own.is_empty() || is_sorted_out(field) {
                    family.map(|(_, header)| header.clone()).collect()
                } else {
                    own
                };
                Origin::Cell {
                    file,
                    sheet,
                    row,
                    headers,
                    raw: raw.to_owned(),
                }
            }
            None => Origin::Made {
                file,
                sheet,
                row,
                headers: own,
            },
        }
    }

    /// Fields and headers of a table.
    fn columns(&self, file: &str, sheet: Option<&str>) -> Vec<(String, String)> {
        let mut tables = self.tables.iter();
        let table = tables
            .find(|table| table["file"] == file && table["sheet"].as_str() == sheet)
            .unwrap();
        let columns = table["columns"].as_array().unwrap().iter();
        columns
            .filter_map(|column| Some((column["field"].as_str()?.to_owned(), text(&column["header"]))))
            .collect()
    }
}

/// Names, telephone numbers and addresses are sorted out over the columns of their record.
pub fn is_sorted_out(field: &str) -> bool {
    let families = [
        "name", "company", "title", "phone", "landline", "line_", "city", "region", "post", "country",
    ];
    families.iter().any(|part| field.contains(part))
}

fn of_field(columns: &[(String, String)], field: &str) -> Vec<String> {
    let own = columns.iter().filter(|(of, _)| of == field);
    own.map(|(_, header)| header.clone()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Decimals are text in the export and scaled integers in the database.
fn is_same(exported: &Value, stored: &Value) -> bool {
    let digits = |text: &str| text.replace('.', "").parse::<i64>().ok();
    exported == stored || (stored.is_i64() && exported.as_str().and_then(digits) == stored.as_i64())
}

/// The fields of a stored record that have a value, as the export names them.
pub fn fields(entity: EntityKind, column: &str, value: &Value) -> Vec<(String, Value)> {
    let keys = entity.fields().iter().filter_map(|spec| match spec.storage {
        Storage::Json { column: of, key } if of == column => Some((spec.name.to_owned(), value.get(key)?.clone())),
        _ => None,
    });
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() {
        vec![(column.to_owned(), value.clone())]
    } else {
        keys
    }
}
