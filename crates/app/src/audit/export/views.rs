//! The lines of the export.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use torqueflow_model::{EntityKind, LeftOut, Slot};
use torqueflow_persistence::{
    Duplicate, DuplicateAction, EntityCounts, ExportedFills, ExportedJournal, ExportedMapping, FindingCell, ImportFile,
    Job, JobCounts, Place, StoredFinding,
};
use uuid::Uuid;

use crate::reports::Places;
use crate::work::plan_of;

/// File, sheet and row.
#[derive(Serialize)]
pub(super) struct RowPlace {
    pub file: String,
    pub sheet: Option<String>,
    /// `None` for what stands on a column.
    pub row: Option<i64>,
}

impl RowPlace {
    pub fn new(places: &Places, job_id: Uuid, row: i64) -> Self {
        let (file, sheet) = places.table(job_id);
        let row = (row > 0).then_some(row);
        Self { file, sheet, row }
    }
}

pub(super) fn upload(file: &ImportFile) -> Json {
    json!({
        "file": file.name,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "encrypted": file.encrypted,
        "status": file.status.name(),
        "notes": file.notes,
        "error": file.error,
    })
}

/// What a table was taken for, and which column became which field.
#[derive(Serialize)]
pub(super) struct TableView<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    #[serde(rename = "type")]
    table_type: Option<&'a str>,
    label: Option<&'a str>,
    source_system: Option<&'a str>,
    entities: &'a [EntityKind],
    confidence: f64,
    header_row: Option<i64>,
    encoding: Option<&'a str>,
    delimiter: Option<&'a str>,
    status: torqueflow_model::JobStatus,
    /// The rows that hold records.
    rows: Option<i64>,
    /// The rows that hold none, by class: how many, and the first ones.
    left_out: &'a LeftOut,
    #[serde(flatten)]
    counts: JobCounts,
    entity_counts: &'a std::collections::BTreeMap<String, EntityCounts>,
    /// The columns from the left: header, field, how that was found, order of day and month.
    columns: Vec<torqueflow_pipeline::PlannedColumn>,
    /// What people said of the table.
    choices: Option<&'a Json>,
    warnings: &'a Json,
    error: Option<&'a (String, String)>,
}

impl<'a> TableView<'a> {
    pub fn new(places: &'a Places, job: &'a Job) -> Self {
        let plan = plan_of(job);
        Self {
            file: places.file(job),
            sheet: job.sheet.as_deref(),
            table_type: job.table_type.as_deref(),
            label: job.label.as_deref(),
            source_system: job.source_system.as_deref(),
            entities: &job.entities,
            confidence: job.confidence,
            header_row: job.header_row,
            encoding: job.encoding.as_deref(),
            delimiter: job.delimiter.as_deref(),
            status: job.status,
            rows: job.row_count,
            left_out: &job.left_out,
            counts: job.counts,
            entity_counts: &job.entity_counts,
            columns: plan.map(|plan| plan.columns).unwrap_or_default(),
            choices: job.choices.as_ref(),
            warnings: &job.warnings,
            error: job.error.as_ref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct DuplicateLine {
    #[serde(flatten)]
    place: RowPlace,
    slot: String,
    label: String,
    record_id: Uuid,
    match_record_id: Uuid,
    level: &'static str,
    confidence: f64,
    reasons: Vec<String>,
    decision: Option<DuplicateAction>,
    effective: Option<DuplicateAction>,
}

impl DuplicateLine {
    pub fn new(places: &Places, duplicate: Duplicate, effective: Option<DuplicateAction>) -> Self {
        Self {
            place: RowPlace::new(places, duplicate.job_id, duplicate.row_number),
            slot: duplicate.slot,
            label: duplicate.label,
            record_id: duplicate.record_id,
            match_record_id: duplicate.match_record_id,
            level: duplicate.level.name(),
            confidence: duplicate.confidence,
            reasons: duplicate.reasons,
            decision: duplicate.action,
            effective,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FindingLine<'a> {
    #[serde(flatten)]
    pub place: RowPlace,
    pub column: Option<&'a str>,
    pub field: Option<String>,
    pub code: String,
    pub severity: String,
    pub value: String,
    pub detail: String,
    pub cells: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<FindingCell>,
}

impl<'a> FindingLine<'a> {
    pub fn new(place: RowPlace, headers: &'a [String], finding: StoredFinding) -> Self {
        let header = finding.column_index.and_then(|index| headers.get(index as usize));
        Self {
            place,
            column: header.map(String::as_str),
            field: finding.field,
            code: finding.code,
            severity: finding.severity,
            value: finding.value,
            detail: finding.detail,
            cells: finding.cells,
            examples: finding.examples,
        }
    }
}

#[derive(Serialize)]
pub(super) struct JournalLine {
    #[serde(flatten)]
    place: RowPlace,
    ordinal: i64,
    action: String,
    entity: String,
    record_id: Uuid,
    version_after: Option<i64>,
    before: Option<Json>,
    source_system: Option<String>,
    source_id: Option<String>,
    mapping_before: Option<Json>,
}

impl JournalLine {
    pub fn new(places: &Places, entry: ExportedJournal) -> Self {
        let Place {
            job_id,
            row_number,
            ordinal,
        } = entry.place;
        let (source_system, source_id) = entry.mapping.unzip();
        Self {
            place: RowPlace::new(places, job_id, row_number),
            ordinal,
            action: entry.action,
            entity: entry.entity,
            record_id: entry.record_id,
            version_after: entry.version_after,
            before: entry.before,
            source_system,
            source_id,
            mapping_before: entry.mapping_before,
        }
    }
}

#[derive(Serialize)]
pub(super) struct MappingLine {
    #[serde(flatten)]
    place: RowPlace,
    source_system: String,
    entity: String,
    /// The slot of the record in its row, by which tables name its fields.
    slot: String,
    source_id: String,
    derived: bool,
    origin: String,
    record_id: Uuid,
    superseded: bool,
    values: Map<String, Json>,
}

impl MappingLine {
    pub fn new(places: &Places, entry: &ExportedJournal, source: (String, String), mapping: ExportedMapping) -> Self {
        let values = expanded(mapping.imported_values);
        Self {
            place: RowPlace::new(places, entry.place.job_id, entry.place.row_number),
            source_system: source.0,
            slot: slot(&entry.entity, &values),
            entity: entry.entity.clone(),
            source_id: source.1,
            derived: mapping.derived,
            origin: mapping.origin,
            record_id: mapping.record_id,
            superseded: mapping.superseded,
            values,
        }
    }
}

/// An address stands in the slot of its type; every other record in that of its entity.
fn slot(entity: &str, values: &Map<String, Json>) -> String {
    let address_type = values.get("address_type").and_then(|entry| entry.get("value"));
    let slots = [Slot::BillingAddress, Slot::ShippingAddress];
    let slot = slots.iter().find(|slot| {
        entity == EntityKind::CustomerAddress.name()
            && address_type
                .and_then(Json::as_str)
                .is_some_and(|given| slot.address_type() == Some(given))
    });
    slot.map_or(entity, |slot| slot.name()).to_owned()
}

/// The values of a mapping, each with its text and what became of it spelled out.
fn expanded(values: Json) -> Map<String, Json> {
    let Json::Object(values) = values else {
        return Map::new();
    };
    let expand = |entry: Json| match entry.as_array().map(Vec::as_slice) {
        Some([raw, value]) => json!({"raw": text(raw), "value": value}),
        Some([raw, value, mark]) => json!({"raw": text(raw), "value": value, "kept": mark == "kept"}),
        // The cell says just that.
        _ => {
            let raw = entry.as_str().map_or_else(|| entry.to_string(), str::to_owned);
            json!({"raw": raw, "value": entry})
        }
    };
    let entry = |(name, entry): (String, Json)| {
        let mut expanded = expand(entry);
        // A link's value is a record, which no cell says.
        if name.ends_with("_id")
            && let Some(raw) = expanded.get_mut("raw")
        {
            *raw = Json::Null;
        }
        (name, expanded)
    };
    values.into_iter().map(entry).collect()
}

/// What no single cell says has no text.
fn text(raw: &Json) -> Option<&str> {
    raw.as_str().filter(|raw| !raw.is_empty())
}

/// Values that later rows added, each with the row that it comes from.
pub(super) fn fills_line(places: &Places, job_id: Uuid, fills: ExportedFills) -> Json {
    let mut values = Map::new();
    if let Json::Object(entries) = fills.fills {
        for (name, entry) in entries {
            let part = |place: usize| entry.get(place).cloned().unwrap_or_default();
            let job = entry
                .get(2)
                .and_then(Json::as_str)
                .and_then(|id| Uuid::parse_str(id).ok());
            let row = entry.get(3).and_then(Json::as_i64).unwrap_or_default();
            let place = job.map(|job| RowPlace::new(places, job, row));
            let filled = json!({"raw": text(&part(0)), "value": part(1), "from": place});
            values.insert(name, filled);
        }
    }
    let place = RowPlace::new(places, job_id, fills.row_number);
    json!({
        "file": place.file, "sheet": place.sheet, "row": place.row,
        "slot": fills.slot, "record_id": fills.record_id, "values": values,
    })
}
