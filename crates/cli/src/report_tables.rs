//! Reports and the audit log as people read them in a terminal.

use comfy_table::{Cell, CellAlignment};
use torqueflow_app::audit::AuditEntry;
use torqueflow_app::reports::{Changes, DataQuality, Reconciliation, RowReconciliation};

use crate::render::{left_out, number, table, table_name};

/// Where the rows of a run went, per table; and what it did, per entity and per field.
pub fn reconciliation(report: &Reconciliation) -> String {
    let mut rows = table(&[
        "File or sheet",
        "Rows in file",
        "No records",
        "With records",
        "In database",
        "Skipped",
        "Failed",
    ]);
    for table in &report.tables {
        let name = table_name(table.sheet.as_ref().unwrap_or(&table.file), table.table);
        rows.add_row(row_cells(name, &table.rows));
    }
    if report.tables.len() > 1 {
        rows.add_row(row_cells("All".to_owned(), &report.totals));
    }
    let mut table = table(&[
        "",
        "Created",
        "Updated",
        "Preserved",
        "Flagged",
        "Merged",
        "Skipped",
        "Unchanged",
        "Failed",
    ]);
    for entity in &report.entities {
        table.add_row(cells(entity.label, &entity.changes));
        for field in &entity.fields {
            table.add_row(cells(&format!("  {}", field.label), &field.changes));
        }
    }
    format!("{rows}\n{table}")
}

fn row_cells(name: String, rows: &RowReconciliation) -> [Cell; 7] {
    [
        Cell::new(name),
        number(rows.rows_in_file),
        Cell::new(left_out(&rows.totals).join("\n")),
        number(rows.totals.rows),
        number(rows.in_database),
        number(rows.skipped),
        number(rows.totals.counts.failed),
    ]
}

fn cells(label: &str, changes: &Changes) -> Vec<Cell> {
    let counts = [
        changes.created,
        changes.updated,
        changes.preserved,
        changes.flagged,
        changes.merged,
        changes.skipped,
        changes.unchanged,
        changes.failed,
    ];
    let shown = |count: i64| if count == 0 { Cell::new("") } else { number(count) };
    std::iter::once(Cell::new(label)).chain(counts.map(shown)).collect()
}

/// What was found in which column, and how complete the records are.
pub fn data_quality(report: &DataQuality) -> String {
    let mut findings = table(&[
        "File or sheet",
        "Column",
        "Rows",
        "Share",
        "What is wrong",
        "What to do",
        "For example",
    ]);
    for line in &report.findings {
        let examples = line
            .examples
            .iter()
            .take(2)
            .map(|example| format!("row {}: {}", example.row, example.value));
        findings.add_row([
            Cell::new(line.sheet.as_deref().unwrap_or(&line.file)),
            Cell::new(line.column.as_deref().unwrap_or_default()),
            number(line.rows),
            percent(line.share),
            Cell::new(&line.message),
            Cell::new(&line.fix),
            Cell::new(examples.collect::<Vec<_>>().join("\n")),
        ]);
    }
    let mut completeness = table(&["Record", "Field", "Records", "With a value", "Share"]);
    for line in &report.completeness {
        completeness.add_row([
            Cell::new(line.entity),
            Cell::new(&line.label),
            number(line.records),
            number(line.filled),
            percent(line.share),
        ]);
    }
    format!("{findings}\n{completeness}")
}

fn percent(share: f64) -> Cell {
    Cell::new(format!("{:.1} %", share * 100.0)).set_alignment(CellAlignment::Right)
}

/// Entries of the audit log.
pub fn audit_log(entries: &[AuditEntry]) -> String {
    let mut table = table(&["No.", "When", "Who", "What", "Run", "More"]);
    for entry in entries {
        let detail = entry.detail.as_object().is_some_and(|detail| !detail.is_empty());
        table.add_row([
            Cell::new(entry.seq.map_or_else(|| "not sealed".to_owned(), |seq| seq.to_string())),
            Cell::new(&entry.occurred_at),
            Cell::new(&entry.actor),
            Cell::new(&entry.action),
            Cell::new(entry.run_id.map(|id| id.to_string()).unwrap_or_default()),
            Cell::new(if detail {
                entry.detail.to_string()
            } else {
                String::new()
            }),
        ]);
    }
    table.to_string()
}
