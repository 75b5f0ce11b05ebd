//! Results as people read them in a terminal.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use torqueflow_app::duplicates::DuplicateView;
use torqueflow_app::replaced::SourceConfirmation;
use torqueflow_app::rollback::RollbackReport;
use torqueflow_app::summary::{RunListItem, RunSummary, Totals};

/// The width of a terminal, in characters, that does not say how wide it is.
const USUAL_WIDTH: u16 = 80;

/// A table of a file, as detection sees it.
pub struct TableLine {
    pub name: String,
    pub label: Option<String>,
    pub noun: Option<String>,
    pub rows: Option<i64>,
    pub confidence: String,
    pub notes: Vec<String>,
}

impl TableLine {
    /// A file that could not be opened.
    pub fn unopened(name: &str, message: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: None,
            noun: None,
            rows: None,
            confidence: String::new(),
            notes: vec![message.to_owned()],
        }
    }
}

/// The lines of a run.
pub fn lines_of(summary: &RunSummary) -> Vec<TableLine> {
    summary
        .files
        .iter()
        .map(|file| match &file.error {
            Some(error) if file.row_count.is_none() => TableLine::unopened(&file.file, &error.message),
            _ => TableLine {
                name: file.sheet.clone().unwrap_or_else(|| file.file.clone()),
                label: file.label.clone(),
                noun: file.noun.clone(),
                rows: file.row_count,
                confidence: format!("{:.0} %", file.confidence * 100.0),
                notes: file.warnings.clone(),
            },
        })
        .collect()
}

/// 9,408
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}

/// "1 file", "11 files"
pub fn counted(number: i64, one: &str, several: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { several })
}

/// `Found 11 files: 9,408 customer-vehicle rows, 7,339 jobs, 3,667 products`
pub fn summary_line(lines: &[TableLine]) -> String {
    let mut parts: Vec<(String, i64)> = Vec::new();
    for line in lines {
        let (Some(noun), Some(rows)) = (&line.noun, line.rows) else {
            continue;
        };
        match parts.iter_mut().find(|(known, _)| known == noun) {
            Some((_, sum)) => *sum += rows,
            None => parts.push((noun.clone(), rows)),
        }
    }
    let mut parts: Vec<String> = parts
        .into_iter()
        .map(|(noun, rows)| format!("{} {noun}", thousands(rows)))
        .collect();
    let unopened = lines.iter().filter(|line| line.rows.is_none()).count();
    let unrecognised = lines
        .iter()
        .filter(|line| line.rows.is_some() && line.noun.is_none())
        .count();
    if unrecognised > 0 {
        parts.push(format!("{unrecognised} not recognised"));
    }
    if unopened > 0 {
        parts.push(format!("{unopened} not opened"));
    }
    format!(
        "Found {}: {}",
        counted(lines.len() as i64, "file", "files"),
        parts.join(", ")
    )
}

/// An empty table with this header.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    // Elsewhere each cell stays on one line, as those who read it by program want it. Some terminals, serial lines above all,
    // do not know how wide they are.
    if let Some((_, columns)) = console::Term::stdout().size_checked() {
        table.set_width(if columns == 0 { USUAL_WIDTH } else { columns });
    }
    table
}

/// A number in a table.
pub fn number(value: i64) -> Cell {
    Cell::new(thousands(value)).set_alignment(CellAlignment::Right)
}

/// A table of text.
pub fn text_table<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = table(&header);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// What was found in the files.
pub fn detection_table(lines: &[TableLine]) -> String {
    let mut table = table(&["File or sheet", "Detected as", "Rows", "Confidence", "Notes"]);
    for line in lines {
        let label = match (&line.label, line.rows) {
            (Some(label), _) => label.as_str(),
            (None, Some(_)) => "not recognised",
            (None, None) => "not opened",
        };
        table.add_row([
            Cell::new(&line.name),
            Cell::new(label),
            line.rows.map_or_else(|| Cell::new(""), number),
            Cell::new(&line.confidence).set_alignment(CellAlignment::Right),
            Cell::new(line.notes.join("\n")),
        ]);
    }
    table.to_string()
}

/// Matches that wait for a decision.
pub fn duplicates_table(duplicates: &[DuplicateView]) -> String {
    let mut table = table(&["Row", "Incoming", "Matches", "How sure", "Because"]);
    for duplicate in duplicates {
        let place = duplicate.sheet.as_ref().unwrap_or(&duplicate.file);
        table.add_row([
            Cell::new(format!("{place}, row {}", duplicate.row)),
            Cell::new(&duplicate.incoming),
            Cell::new(&duplicate.matches),
            Cell::new(format!(
                "{} ({:.0} %)",
                duplicate.confidence_level.name(),
                duplicate.confidence * 100.0
            )),
            Cell::new(duplicate.reasons.join("; ")),
        ]);
    }
    table.to_string()
}

/// What an analysis found, per table.
pub fn findings_table(summary: &RunSummary) -> String {
    let mut table = table(&["File or sheet", "Rows", "No records", "Commonest findings"]);
    for job in &summary.jobs {
        let reasons: Vec<_> = job.reasons.iter().map(reason).collect();
        table.add_row([
            Cell::new(table_name(job.sheet.as_ref().unwrap_or(&job.file), job.table)),
            number(job.totals.rows),
            Cell::new(left_out(&job.totals).join("\n")),
            Cell::new(reasons.join("\n")),
        ]);
    }
    table.to_string()
}

fn reason(reason: &torqueflow_app::summary::Reason) -> String {
    format!(
        "{} × {}: {}",
        thousands(reason.count),
        reason.severity,
        reason.message()
    )
}

/// What a person calls a table: its worksheet or file, and of several that stand below each other which one.
pub fn table_name(sheet_or_file: &str, table: usize) -> String {
    match table {
        1 => sheet_or_file.to_owned(),
        further => format!("{sheet_or_file}, table {further}"),
    }
}

/// The rows that hold no record, a line per class.
pub fn left_out(totals: &Totals) -> Vec<String> {
    let classes = totals.left_out.iter();
    classes
        .map(|(class, count)| format!("{} {}", thousands(*count as i64), class.name().replace('_', " ")))
        .collect()
}

/// What became of a run: totals per entity, then per table, rows in the file = in the database + skipped + failed, and beside
/// them the rows that hold no record.
pub fn report(summary: &RunSummary) -> String {
    let mut entities = table(&[
        "Records",
        "Created",
        "Updated",
        "Merged",
        "Preserved",
        "Unchanged",
        "Skipped",
        "Failed",
    ]);
    for (name, counts) in &summary.entities {
        entities.add_row([
            Cell::new(name.replace('_', " ")),
            number(counts.created),
            number(counts.updated),
            number(counts.merged),
            number(counts.preserved),
            number(counts.unchanged),
            number(counts.skipped),
            number(counts.failed),
        ]);
    }
    let mut jobs = table(&[
        "File or sheet",
        "Rows in file",
        "In database",
        "Skipped",
        "Failed",
        "No records",
        "Commonest findings",
    ]);
    for job in &summary.jobs {
        let mut reasons: Vec<_> = job.reasons.iter().map(reason).collect();
        reasons.extend(job.error.iter().map(|error| error.message.clone()));
        jobs.add_row([
            Cell::new(table_name(job.sheet.as_ref().unwrap_or(&job.file), job.table)),
            number(job.totals.rows),
            number(job.totals.in_database()),
            number(job.totals.skipped()),
            number(job.totals.counts.failed),
            Cell::new(left_out(&job.totals).join("\n")),
            Cell::new(reasons.join("\n")),
        ]);
    }
    let mut text = format!("{entities}\n{jobs}\n");
    for line in not_imported(summary).into_iter().chain(problems(summary)) {
        text.push_str(&line);
        text.push('\n');
    }
    let _ = write!(
        text,
        "Run {} ({}): {}{} in {:.1} s.",
        summary.run_id,
        summary.status.name().replace('_', " "),
        counted(summary.totals.rows, "row", "rows"),
        besides(&summary.totals),
        summary.duration_ms as f64 / 1000.0,
    );
    text
}

/// ` and 3 that hold no record (2 blank, 1 total)`
fn besides(totals: &Totals) -> String {
    let count: u64 = totals.left_out.values().sum();
    match count {
        0 => String::new(),
        1 => format!(" and 1 that holds no record ({})", left_out(totals).join(", ")),
        _ => format!(
            " and {} that hold no record ({})",
            thousands(count as i64),
            left_out(totals).join(", ")
        ),
    }
}

/// What keeps files or the run from being imported.
pub fn problems(summary: &RunSummary) -> Vec<String> {
    let mut lines: Vec<String> = summary
        .files
        .iter()
        .filter_map(|file| {
            let error = file.error.as_ref()?;
            let place = file
                .sheet
                .as_ref()
                .map(|sheet| format!(", sheet {sheet}"))
                .unwrap_or_default();
            Some(format!("{}{place}: {}", file.file, error.message))
        })
        .collect();
    for table in &summary.unrecognised {
        let place = table
            .sheet
            .as_ref()
            .map(|sheet| format!(", sheet {sheet}"))
            .unwrap_or_default();
        lines.push(format!(
            "{}{place}: This file wasn't recognised. Check the format and try again.",
            table.file
        ));
    }
    lines
}

/// The tables that are left out although it is known what they are.
fn not_imported(summary: &RunSummary) -> Vec<String> {
    let tables = summary.not_imported.iter();
    tables
        .map(|table| {
            format!(
                "{}, {}: {}",
                table_name(table.sheet.as_ref().unwrap_or(&table.file), table.table),
                counted(table.rows, "row", "rows"),
                table.message
            )
        })
        .collect()
}

/// The runs.
pub fn runs_table(runs: &[RunListItem]) -> String {
    let mut table = table(&["Run", "Started", "Status", "Files", "Rows", "Failed"]);
    for run in runs {
        table.add_row([
            Cell::new(run.run_id),
            Cell::new(&run.created_at),
            Cell::new(run.status.name().replace('_', " ")),
            Cell::new(run.files.join(", ")),
            number(run.rows),
            number(run.failed),
        ]);
    }
    table.to_string()
}

/// The first records that would become other people or cars.
pub fn replaced_table(confirmation: &SourceConfirmation) -> String {
    let mut table = table(&["Row", "Id", "Was imported as", "Would become"]);
    for pair in &confirmation.pairs {
        let place = pair.sheet.as_ref().unwrap_or(&pair.file);
        table.add_row([
            format!("{place}, row {}", thousands(pair.row)),
            pair.source_id.clone(),
            pair.before.clone(),
            pair.after.clone(),
        ]);
    }
    table.to_string()
}

/// What a person is asked before records become other people or cars.
pub fn source_question(confirmation: &SourceConfirmation) -> String {
    let SourceConfirmation { mapped, replaced, .. } = confirmation;
    format!(
        "{} of {} that were imported before would become other people or cars; nothing was written. If the files are from \
         another program, name it: --source NAME. If they are from the same one all the same: --confirm-source.",
        thousands(*replaced as i64),
        counted(*mapped as i64, "record", "records"),
    )
}

/// What became, or would become, of what a run wrote: a line per kind of record, then the reasons of what stays.
pub fn rollback_table(report: &RollbackReport) -> String {
    let mut table = table(&["", "Deleted", "Put back", "Unlinked", "Kept", "Blocked", "Failed"]);
    for (entity, outcomes) in &report.entities {
        let counts = [
            outcomes.deleted,
            outcomes.restored,
            outcomes.unlinked,
            outcomes.kept,
            outcomes.blocked,
            outcomes.failed,
        ];
        table.add_row(std::iter::once(Cell::new(entity)).chain(counts.map(number)));
    }
    let mut text = table.to_string();
    if report.confirmations > 0 {
        let confirmed = thousands(report.confirmations);
        let _ = write!(
            text,
            "\n{confirmed} records of earlier imports that it found unchanged are no longer kept by it"
        );
    }
    for reason in &report.reasons {
        let _ = write!(
            text,
            "\n{} {} {}: {}",
            thousands(reason.count),
            reason.entity,
            reason.outcome.name(),
            reason.message
        );
        if let Some(example) = reason.examples.first() {
            let sheet = example.sheet.as_ref().unwrap_or(&example.file);
            let _ = write!(text, " (first: {sheet}, row {})", thousands(example.row));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (9408, "9,408"),
            (1_234_567, "1,234,567"),
            (-1200, "-1,200"),
        ];
        for (number, expected) in cases {
            assert_eq!(thousands(number), expected);
        }
    }

    #[test]
    fn the_summary_adds_up_by_kind() {
        let line = |noun: Option<&str>, rows| TableLine {
            name: String::new(),
            label: None,
            noun: noun.map(str::to_owned),
            rows,
            confidence: String::new(),
            notes: Vec::new(),
        };
        let lines = [
            line(Some("jobs"), Some(7000)),
            line(Some("jobs"), Some(339)),
            line(None, Some(3)),
            line(None, None),
        ];
        assert_eq!(
            summary_line(&lines),
            "Found 4 files: 7,339 jobs, 1 not recognised, 1 not opened"
        );
    }
}
