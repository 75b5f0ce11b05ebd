//! Every limit at its edge: what just keeps it is read, and one more is refused, or repaired with a finding.

use std::io::{self, Cursor};

use torqueflow_tabular::{Limits, OpenError, OpenOptions, Password};

use crate::encrypted::encrypted;
use crate::support::{Table, package, read_with, xlsx};

/// Reads the first table with one limit set.
fn read_limited(bytes: &[u8], name: &str, value: u64) -> Result<Table, OpenError> {
    let password = Password::new("secret");
    let mut options = OpenOptions {
        password: Some(&password),
        ..OpenOptions::default()
    };
    let setting = Limits::settings().iter().find(|known| known.limit.name == name);
    (setting.unwrap().set)(&mut options.limits, value);
    read_with(bytes, 0, &options)
}

/// Checks that `edge` is the least value with which the file is read, and that less is refused with what to do.
#[track_caller]
fn refused_below(name: &str, edge: u64, bytes: &[u8]) {
    read_limited(bytes, name, edge).unwrap_or_else(|error| panic!("{name} {edge}: {error}"));
    let error = read_limited(bytes, name, edge - 1).expect_err(name);
    assert_eq!(error.code(), "limit_exceeded", "{name}: {error}");
    let limit = Limits::settings()
        .iter()
        .find(|known| known.limit.name == name)
        .unwrap()
        .limit;
    let message = error.message();
    let maximum = limit.unit.show(edge - 1);
    for part in [
        limit.what,
        &format!("the limit of {maximum}."),
        &format!("raise the limit `{name}`"),
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

/// Checks that `edge` is the least value with which nothing is found in the file, and that less is repaired.
#[track_caller]
fn repaired_below(name: &str, edge: u64, bytes: &[u8], finding: &str) {
    let shown = |value| read_limited(bytes, name, value).unwrap().rows.join("\n");
    assert!(!shown(edge).contains('['), "{name}: {}", shown(edge));
    assert!(shown(edge - 1).contains(finding), "{name}: {}", shown(edge - 1));
}

fn two_sheets() -> Vec<u8> {
    let workbook =
        "<workbook xmlns:r='r'><sheets><sheet name='A' r:id='r1'/><sheet name='B' r:id='r1'/></sheets></workbook>";
    let sheet = "<worksheet><sheetData><row><c t='str'><v>Name</v></c></row></sheetData></worksheet>";
    package(&[("xl/workbook.xml", workbook), ("xl/worksheets/sheet1.xml", sheet)])
}

/// A workbook with these shared strings, all of them used.
fn shared(strings: &[&str]) -> Vec<u8> {
    let items: Vec<String> = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let cells: Vec<String> = (0..strings.len())
        .map(|index| format!("<row><c t='s'><v>{index}</v></c></row>"))
        .collect();
    package(&[
        (
            "xl/sharedStrings.xml",
            &format!("<sst uniqueCount='1'>{}</sst>", items.concat()),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><sheetData>{}</sheetData></worksheet>", cells.concat()),
        ),
    ])
}

/// The sizes, inflated and packed, of the parts of a package whose names end so.
fn sizes(bytes: &[u8], ending: &str) -> (u64, u64) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let (mut inflated, mut packed) = (0, 0);
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        if part.name().unwrap().ends_with(ending) {
            packed += part.compressed_size();
            inflated += io::copy(&mut part, &mut io::sink()).unwrap();
        }
    }
    (inflated, packed)
}

#[test]
fn what_just_keeps_a_limit_is_read_and_one_more_is_refused() {
    let csv = b"Name,Age\nAda,36\nBob,40\n";
    refused_below("file_bytes", csv.len() as u64, csv);
    refused_below("columns", 2, csv);
    refused_below("rows", 3, csv);
    refused_below("row_bytes", 9, b"A,B\nabc,defghi\nabcd,efgh\n");
    refused_below("sheets", 2, &two_sheets());
    let sheet = xlsx(
        "<row><c t='str'><v>Name</v></c></row><row><c t='str'><v>Ada Augusta King, Countess of Lovelace</v></c><c><v>36</v></c></row>",
    );
    refused_below("rows", 2, &sheet);
    refused_below("row_bytes", 40, &sheet);
    let (inflated, _) = sizes(&sheet, "");
    let (unread, _) = sizes(&sheet, "[Content_Types].xml");
    refused_below("inflated_bytes", inflated - unread, &sheet);
    refused_below("shared_strings_bytes", 13 + 2 * 4, &shared(&["Name", "Ada Lovel"]));
    let merged = "<mergeCell ref='A2:A3'/><mergeCell ref='B2:B9'/><mergeCell ref='A1:B1'/>";
    let merged = format!(
        "<worksheet><sheetData><row><c t='str'><v>Name</v></c></row></sheetData><mergeCells>{merged}</mergeCells></worksheet>"
    );
    refused_below("merged_cells", 2, &package(&[("xl/worksheets/sheet1.xml", &merged)]));
    refused_below("spin_count", 100_000, &encrypted("secret"));
}

#[test]
fn a_piece_of_xml_is_as_long_as_the_limit_at_most() {
    for length in [1_000, 300_000] {
        let text = "x".repeat(length);
        let sheet = xlsx(&format!(
            "<row><c t='str'><v>Name</v></c></row><row><c t='str'><v>{text}</v></c></row>"
        ));
        refused_below("token_bytes", length as u64, &sheet);
        let tag = format!("<c a='{}'>", "x".repeat(length - 8));
        refused_below(
            "token_bytes",
            length as u64,
            &xlsx(&format!("<row>{tag}<v>1</v></c></row>")),
        );
    }
}

#[test]
fn a_part_inflates_to_its_packed_size_times_the_limit_at_most() {
    let blank = format!("<worksheet><!--{}--><sheetData/></worksheet>", " ".repeat(33 << 20));
    let bytes = package(&[("xl/worksheets/sheet1.xml", &blank)]);
    let (inflated, packed) = sizes(&bytes, "sheet1.xml");
    refused_below("inflation_ratio", inflated.div_ceil(packed), &bytes);
}

#[test]
fn what_can_be_repaired_is_repaired_below_a_limit() {
    repaired_below(
        "cell_chars",
        6,
        "Name,Age\nÄdaÄda,36\nBob,40\n".as_bytes(),
        "[cell_truncated@0]",
    );
    let sheet = xlsx("<row><c t='str'><v>Name</v></c></row><row><c t='str'><v>ÄdaÄda</v></c></row>");
    repaired_below("cell_chars", 6, &sheet, "[cell_truncated@0]");
    let wide =
        xlsx("<row><c t='str'><v>A</v></c><c t='str'><v>B</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>");
    repaired_below("columns", 2, &wide, "[row_too_long]");
    repaired_below(
        "quoted_lines",
        2,
        b"Name,Note\nAda,\"a\nb\nc\"\nBob,d\n",
        "[quote_unclosed]",
    );
}

#[test]
fn texts_that_are_used_again_and_again_count_each_time() {
    let text = "x".repeat(1_000);
    let strings = format!("<sst><si><t>{text}</t></si></sst>");
    let rows = "<row><c t='s'><v>0</v></c></row>".repeat(1_000);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let bytes = package(&[("xl/sharedStrings.xml", &strings), ("xl/worksheets/sheet1.xml", &sheet)]);
    refused_below("inflated_bytes", 1_000 * (1_000 + 16), &bytes);
}

#[test]
fn parts_that_are_read_again_and_again_count_each_time() {
    let sheets: Vec<String> = (0..50)
        .map(|index| format!("<sheet name='{index}' r:id='r1'/>"))
        .collect();
    let workbook = format!("<workbook xmlns:r='r'><sheets>{}</sheets></workbook>", sheets.concat());
    let rows = "<row><c><v>12345678901234567890</v></c></row>".repeat(1_000);
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let bytes = package(&[("xl/workbook.xml", &workbook), ("xl/worksheets/sheet1.xml", &sheet)]);
    let mut options = OpenOptions::default();
    options.limits.max_inflated_bytes = 20 * sheet.len() as u64;
    let mut document = torqueflow_tabular::open("a.xlsx", Box::new(Cursor::new(&bytes)), &options).unwrap();
    let read = (0..50).map_while(|index| {
        let mut table = document.read_table(index).ok()?;
        let (mut row, mut findings) = (torqueflow_model::Row::default(), Vec::new());
        while table.next_row(&mut row, &mut findings).ok()? {}
        Some(())
    });
    assert_eq!(read.count(), 19);
}
