//! Workbooks out of their parts, sound or not.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of one sheet, out of the XML of its rows and of its shared strings.
pub fn workbook_of(rows: &str, shared_strings: &str) -> Vec<u8> {
    package(&[
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes(),
        ),
        ("xl/sharedStrings.xml", shared_strings.as_bytes().to_vec()),
    ])
}

/// A row of texts.
pub fn row_of(number: u32, texts: &[&str]) -> String {
    let cells = texts.iter().map(|text| format!("<c t=\"str\"><v>{text}</v></c>"));
    let cells: Vec<String> = cells.collect();
    format!("<row r=\"{number}\">{}</row>", cells.concat())
}

/// A workbook of one sheet out of these parts and those that every workbook has.
pub fn package(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let root = relations(&[("officeDocument", "xl/workbook.xml")]);
    let of_workbook = relations(&[
        ("worksheet", "worksheets/sheet1.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    ]);
    let workbook = "<workbook><sheets><sheet name=\"Customers\" sheetId=\"1\" r:id=\"r0\"/></sheets></workbook>";
    let usual = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", root),
        ("xl/workbook.xml", workbook.to_owned()),
        ("xl/_rels/workbook.xml.rels", of_workbook),
    ];
    let usual = usual.map(|(name, text)| (name, text.into_bytes()));
    zip_of(usual.iter().chain(parts).map(|(name, part)| (*name, part.as_slice())))
}

fn relations(targets: &[(&str, &str)]) -> String {
    let relations = targets.iter().enumerate().map(|(index, (kind, target))| {
        format!("<Relationship Id=\"r{index}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    });
    let relations: Vec<String> = relations.collect();
    format!("<Relationships>{}</Relationships>", relations.concat())
}

/// A zip archive.
pub fn zip_of<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        archive.start_file(name, options).unwrap();
        archive.write_all(part).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The archive with one part replaced.
pub fn with_part(archive: &[u8], name: &str, change: impl FnOnce(String) -> String) -> Vec<u8> {
    let mut source = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let part = std::io::read_to_string(source.by_name(name).unwrap()).unwrap();
    let changed = change(part);
    let mut target = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..source.len() {
        let part = source.by_index_raw(index).unwrap();
        if part.name().unwrap() != name {
            target.raw_copy_file(part).unwrap();
        }
    }
    target.start_file(name, SimpleFileOptions::default()).unwrap();
    target.write_all(changed.as_bytes()).unwrap();
    target.finish().unwrap().into_inner()
}
