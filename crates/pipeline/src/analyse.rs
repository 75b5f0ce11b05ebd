//! Whole files without a database: cleaned rows, and what an analysis says of them.

use std::collections::BTreeMap;
use std::io;

use time::Date;
use torqueflow_cleanup::Country;
use torqueflow_model::{Finding, FindingCode, LeftOutRows, Row, RowClass};
use torqueflow_tabular::{Document, OpenError, OpenOptions, ReadSeek, TableReader, open};

use crate::clean::{CleanRow, Cleaner};
use crate::column_findings::{ColumnFindings, ColumnTally};
use crate::open::{DiscardRows, OpenedFile, OpenedTable, open_tables_as};
use crate::owners::OwnerTracker;
use crate::sources::Sources;
use crate::understand::TableChoice;

/// How files are cleaned.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CleanOptions {
    /// The date that counts as today.
    pub as_of: Date,
    /// The source system, when the person says it.
    pub source_system: Option<String>,
    /// The country of numbers and postcodes that name none, where neither their row nor their column shows one.
    pub default_country: Country,
    /// What a person says of tables, by their [`OpenedTable::index`].
    pub choices: BTreeMap<usize, TableChoice>,
}

impl CleanOptions {
    /// Cleans British data as of this date, detecting the source system.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of,
            source_system: None,
            default_country: Country::GB,
            choices: BTreeMap::new(),
        }
    }
}

/// A table that is being cleaned.
pub type CleanedTable = OpenedTable;

/// Cleans every recognised table of a file, row by row. Unrecognised tables, and those of a type that is not imported, are
/// left out; what they are is in the result. So are rows that hold no record, empty ones among them. The file is opened twice: how its columns are meant is
/// settled over all rows before the first is cleaned. One that has other rows the second time is an error.
///
/// What holds for a whole column is in [`OpenedTable::column_findings`] of the result, and not among the findings of rows. For
/// that, tables of more than a few rows are cleaned once more beforehand.
pub fn clean_file(
    name: &str,
    open_reader: &dyn Fn() -> io::Result<Box<dyn ReadSeek>>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    clean: &CleanOptions,
    each: &mut dyn FnMut(&CleanedTable, CleanRow) -> io::Result<()>,
) -> Result<OpenedFile, OpenError> {
    let system = clean.source_system.as_deref();
    let choose = |index| clean.choices.get(&index).cloned();
    let rows = &mut DiscardRows;
    let mut file = open_tables_as(name, open_reader()?, options, sources, system, &choose, rows)?;
    let mut document = open(name, open_reader()?, options)?;
    let mut cleaning = Cleaning {
        document: &mut document,
        sources,
        options: clean,
    };
    let mut settled: BTreeMap<usize, ColumnFindings> = BTreeMap::new();
    let mut empty: BTreeMap<usize, LeftOutRows> = BTreeMap::new();
    for tables in file.tables.chunk_by(|a, b| a.sheet_index == b.sheet_index) {
        let mut tallies: BTreeMap<usize, ColumnTally> = BTreeMap::new();
        if tables.iter().any(|table| ColumnFindings::are_possible(table.row_count)) {
            cleaning.each_row(tables, &mut |table, row, mut clean| {
                let tally = tallies.entry(table.index);
                let tally = tally.or_insert_with(|| ColumnTally::new(Some(table.row_count)));
                tally.observe(row, &mut clean.findings);
                Ok(())
            })?;
        }
        settled.extend(tallies.into_iter().map(|(index, tally)| (index, tally.settle())));
        empty.extend(cleaning.each_row(tables, &mut |table, _, mut clean| {
            if let Some(of_columns) = settled.get(&table.index) {
                clean.findings.retain(|finding| !of_columns.cover(finding));
            }
            each(table, clean)
        })?);
    }
    for table in &mut file.tables {
        let of_columns = settled.remove(&table.index);
        table.column_findings = of_columns.map(ColumnFindings::into_vec).unwrap_or_default();
        table.column_findings.extend(table.plan.findings());
        if let Some(empty) = empty.remove(&table.index).filter(|empty| empty.count > 0) {
            table.row_count -= empty.count;
            table.left_out.replace(RowClass::EmptyRecord, empty);
            table.findings = table.left_out.findings();
        }
    }
    Ok(file)
}

/// The rows of an open file on their way to be cleaned.
struct Cleaning<'a, 'b> {
    document: &'a mut Document<'b>,
    sources: &'a Sources,
    options: &'a CleanOptions,
}

/// Takes a row of a table, as it is and as it was cleaned.
type EachRow<'a> = &'a mut dyn FnMut(&CleanedTable, &Row, CleanRow) -> io::Result<()>;

impl Cleaning<'_, '_> {
    /// Cleans the rows of those of a worksheet's tables that are recognised. Says which rows of each are empty records.
    fn each_row(
        &mut self,
        tables: &[CleanedTable],
        each: EachRow<'_>,
    ) -> Result<BTreeMap<usize, LeftOutRows>, OpenError> {
        let mut empty = BTreeMap::new();
        let Some(sheet_index) = tables.first().map(|table| table.sheet_index) else {
            return Ok(empty);
        };
        let mut reader = self.document.read_table(sheet_index)?;
        for table in tables {
            while reader.ordinal() < table.ordinal {
                if !reader.next_table()? {
                    return Err(changed());
                }
            }
            if table.detection.is_imported() {
                let cleaned = clean_table(table, &mut reader, self.sources, self.options, each)?;
                empty.insert(table.index, cleaned);
            }
        }
        Ok(empty)
    }
}

/// Cleans the rows of a table. Says which of them are empty records.
fn clean_table(
    table: &CleanedTable,
    reader: &mut TableReader<'_>,
    sources: &Sources,
    clean: &CleanOptions,
    each: EachRow<'_>,
) -> Result<LeftOutRows, OpenError> {
    let system = table.plan.source_system.as_deref();
    let adapter = system.and_then(|system| sources.adapter(system));
    let cleaner = Cleaner::new(&table.plan, adapter, clean.as_of).with_default_country(clean.default_country);
    let mut owners = OwnerTracker::of(&table.plan);
    let (mut row, mut findings) = (Row::default(), Vec::<Finding>::new());
    let mut rows = 0;
    let mut empty = LeftOutRows::default();
    while reader.next_row(&mut row, &mut findings)? {
        let owner = owners.owner_of(&row);
        let mut clean_row = cleaner.clean_owned(&row, owner.as_ref());
        rows += 1;
        if !clean_row.is_record() {
            empty.add(row.number);
            continue;
        }
        findings.retain(|finding| cleaner.concerns(finding));
        clean_row.findings.splice(0..0, findings.drain(..));
        each(table, &row, clean_row)?;
    }
    if rows == table.row_count {
        Ok(empty)
    } else {
        Err(changed())
    }
}

fn changed() -> OpenError {
    io::Error::other("it changed while it was read").into()
}

/// What an analysis says of one table.
#[derive(Debug)]
pub struct Analysis {
    /// The table.
    pub table: OpenedTable,
    /// Rows that can't be imported.
    pub failed_rows: u64,
    /// How often each finding occurs, whether it stands on its rows or on a column.
    pub findings: BTreeMap<FindingCode, u64>,
    /// How many records of each slot there are, repeats counted.
    pub records: BTreeMap<&'static str, u64>,
}

/// Cleans a file and counts what comes out, table by table.
pub fn analyse_file(
    name: &str,
    open_reader: &dyn Fn() -> io::Result<Box<dyn ReadSeek>>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    clean: &CleanOptions,
) -> Result<Vec<Analysis>, OpenError> {
    let mut counted: BTreeMap<usize, Counts> = BTreeMap::new();
    let file = clean_file(name, open_reader, options, sources, clean, &mut |table, row| {
        counted.entry(table.index).or_default().add(&row);
        Ok(())
    })?;
    Ok(file
        .tables
        .into_iter()
        .map(|table| {
            let mut counts = counted.remove(&table.index).unwrap_or_default();
            for of_column in &table.column_findings {
                *counts.findings.entry(of_column.finding.code).or_default() += of_column.cells;
            }
            Analysis {
                table,
                failed_rows: counts.failed_rows,
                findings: counts.findings,
                records: counts.records,
            }
        })
        .collect())
}

#[derive(Default)]
struct Counts {
    failed_rows: u64,
    findings: BTreeMap<FindingCode, u64>,
    records: BTreeMap<&'static str, u64>,
}

impl Counts {
    fn add(&mut self, row: &CleanRow) {
        self.failed_rows += u64::from(row.has_error());
        for finding in &row.findings {
            *self.findings.entry(finding.code).or_default() += 1;
        }
        for record in &row.records {
            *self.records.entry(record.slot.name()).or_default() += 1;
        }
    }
}
