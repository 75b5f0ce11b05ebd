use std::io::{Cursor, Write as _};

use torqueflow_model::{Cell, CellKind, Row};
use torqueflow_tabular::legacy::convert;
use torqueflow_tabular::staging::StagingWriter;
use torqueflow_tabular::{Format, Isolate, OpenError, OpenOptions, ReadSeek, Visibility, open};

use crate::support::read_with;

/// Converts in this process, which is fine for files made here.
struct InProcess;

impl Isolate for InProcess {
    fn convert(&self, format: Format, workbook: &mut dyn ReadSeek) -> Result<Box<dyn ReadSeek>, OpenError> {
        let mut output = Vec::new();
        convert(workbook, format, &mut output)?;
        Ok(Box::new(Cursor::new(output)))
    }
}

/// A child that hands back junk.
struct Broken(Vec<u8>);

impl Isolate for Broken {
    fn convert(&self, _format: Format, _workbook: &mut dyn ReadSeek) -> Result<Box<dyn ReadSeek>, OpenError> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

/// The smallest `OpenDocument` spreadsheet that holds a table of people.
fn ods() -> Vec<u8> {
    let age = "<table:table-cell office:value-type='float' office:value='36'><text:p>36</text:p></table:table-cell>";
    ods_of(&format!(
        "<table:table-row>{}{}</table:table-row><table:table-row>{}{age}</table:table-row>",
        text("Name"),
        text("Age"),
        text("Ada"),
    ))
}

fn text(text: &str) -> String {
    format!("<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>")
}

/// A spreadsheet of these rows.
fn ods_of(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version='1.0'?><office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
         xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>\
         <office:body><office:spreadsheet><table:table table:name='People'>{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>",
    );
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
        ),
        ("content.xml", &content),
    ];
    for (name, part) in parts {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What a converter hands back that wrote these rows as its one table.
fn converted(rows: &[Row]) -> Vec<u8> {
    let mut writer = StagingWriter::new(Vec::new(), &[]).unwrap();
    for row in rows {
        writer.write(row).unwrap();
    }
    let (mut bytes, info) = writer.finish().unwrap();
    let directory = [&info.bytes.to_le_bytes()[..], &[0, 3, 0, 0, 0], b"a\0b", &[0; 4]].concat();
    bytes.extend(&directory);
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend((directory.len() as u64).to_le_bytes());
    bytes.extend(b"TFLEGACY");
    bytes
}

#[test]
fn what_a_converter_wrote_is_repaired_or_refused() {
    let row = |number, kind| Row {
        number,
        cells: vec![Cell {
            text: "a\0b".to_owned(),
            kind,
        }],
    };
    let read = |rows: &[Row]| {
        let broken = Broken(converted(rows));
        let options = OpenOptions {
            isolate: Some(&broken),
            ..OpenOptions::default()
        };
        let document = open("a.ods", Box::new(Cursor::new(ods())), &options)?;
        assert_eq!(document.tables()[0].name.as_deref(), Some("a\u{FFFD}b"));
        read_with(&ods(), 0, &options)
    };
    let rows = [row(1, CellKind::Text), row(2, CellKind::Number(f64::NAN))];
    let table = read(&rows).unwrap();
    let expected = [
        "1: a\u{FFFD}b [text_nul_replaced@0]",
        "2: a\u{FFFD}b [text_nul_replaced@0]",
    ];
    assert_eq!(table.rows, expected);
    for rows in [
        [row(2, CellKind::Text), row(2, CellKind::Text)],
        [row(0, CellKind::Text), row(1, CellKind::Text)],
    ] {
        assert_eq!(read(&rows).unwrap_err().code(), "malformed_file");
    }
}

#[test]
fn without_an_isolate_they_are_refused_by_name() {
    let error = open("a.ods", Box::new(Cursor::new(ods())), &OpenOptions::default())
        .err()
        .unwrap();
    assert_eq!(error.code(), "unsupported_format");
    assert!(
        error.message().contains("OpenDocument") && error.message().contains(".xlsx or CSV"),
        "{}",
        error.message()
    );
}

#[test]
fn through_an_isolate_they_are_tables_like_any_other() {
    let options = OpenOptions {
        isolate: Some(&InProcess),
        ..OpenOptions::default()
    };
    let document = open("a.ods", Box::new(Cursor::new(ods())), &options).unwrap();
    assert_eq!(document.format(), Format::Ods);
    assert_eq!(document.tables()[0].name.as_deref(), Some("People"));
    assert_eq!(document.tables()[0].visible, Visibility::Visible);
    let table = read_with(&ods(), 0, &options).unwrap();
    assert_eq!(
        (table.head.columns.join("|").as_str(), table.rows),
        ("Name|Age", vec!["2: Ada|36".to_owned()])
    );
}

#[test]
fn percentages_and_durations_say_what_they_are() {
    let cell = |attributes: &str| format!("<table:table-cell {attributes}><text:p>shown</text:p></table:table-cell>");
    let percent = |value: &str| cell(&format!("office:value-type='percentage' office:value='{value}'"));
    let time = |value: &str| cell(&format!("office:value-type='time' office:time-value='{value}'"));
    let plain = cell("office:value-type='float' office:value='0.5'");
    let row = |cells: &[&str]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let twice = percent("0.05").replace(
        "<table:table-cell ",
        "<table:table-cell table:number-columns-repeated='2' ",
    );
    let rows = [
        row(&[&text("Rate"), &text("Hours"), &text("Other")]),
        row(&[&percent("0.175"), &time("PT01H30M00S"), &plain]),
        row(&[&twice, &time("PT36H00M00S")])
            .replace("<table:table-row>", "<table:table-row table:number-rows-repeated='2'>"),
        row(&[&plain, &time("P1DT12H"), &percent("1")]),
    ];
    let options = OpenOptions {
        isolate: Some(&InProcess),
        ..OpenOptions::default()
    };
    let table = read_with(&ods_of(&rows.concat()), 0, &options).unwrap();
    assert_eq!(
        table.rows,
        [
            "2: 17.5%|01:30:00|0.5",
            "3: 5%|5%|36:00:00",
            "4: 5%|5%|36:00:00",
            "5: 0.5|36:00:00|100%"
        ]
    );
}

#[test]
fn what_an_isolate_hands_back_is_not_trusted() {
    let mut good = Vec::new();
    convert(Cursor::new(ods()), Format::Ods, &mut good).unwrap();
    for length in 0..good.len() {
        let isolate = Broken(good[..length].to_vec());
        let options = OpenOptions {
            isolate: Some(&isolate),
            ..OpenOptions::default()
        };
        assert!(read_with(&ods(), 0, &options).is_err(), "{length}");
    }
    for index in 0..good.len() {
        let mut changed = good.clone();
        changed[index] ^= 0x81;
        let isolate = Broken(changed);
        let options = OpenOptions {
            isolate: Some(&isolate),
            ..OpenOptions::default()
        };
        let _ = read_with(&ods(), 0, &options);
    }
}
