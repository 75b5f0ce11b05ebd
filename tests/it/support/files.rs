//! Files to import.

use torqueflow_test_support::delimited::{CsvStyle, write_csv};
use torqueflow_test_support::sample::SampleTable;
use torqueflow_test_support::workbook::{encrypt_xlsx, xlsx_bytes};

/// A password for workbooks. Long and odd, so that it is nowhere by chance.
pub const PASSWORD: &str = "Kestrel-7731-Lantern";

/// A table from its text: a line per row, the header first, `|` between cells.
pub fn table(tab: &'static str, text: &'static str) -> SampleTable {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().unwrap().split('|').map(str::trim).collect();
    let rows: Vec<Vec<String>> = lines
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    for row in &rows {
        assert_eq!(row.len(), header.len(), "{tab}: {row:?}");
    }
    SampleTable::new(tab, &header, rows)
}

/// The table as a CSV file.
pub fn csv_file(table: &SampleTable) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, table, CsvStyle::default()).unwrap();
    bytes
}

/// The tables as a workbook.
pub fn workbook(tables: &[SampleTable]) -> Vec<u8> {
    xlsx_bytes(tables).unwrap()
}

/// The tables as a workbook that opens with [`PASSWORD`].
pub fn encrypted_workbook(tables: &[SampleTable]) -> Vec<u8> {
    encrypt_xlsx(&workbook(tables), PASSWORD).unwrap()
}
