//! Workbooks to measure with, written row by row in the form that Excel gives them (ECMA-376 Part 1, 18).

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use torqueflow_test_support::rng::Rng;
use zip::write::{SimpleFileOptions, ZipWriter};

/// What is in the cells below the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Texts, each in its cell.
    Inline,
    /// Texts of which there are a thousand.
    FewShared,
    /// Texts of which no two are the same.
    AllShared,
    /// Whole numbers, dates, amounts of money, phone numbers and computed numbers of many digits, in turns.
    Numbers,
}

const SCHEMA: &str = "http://schemas.openxmlformats.org";
const STYLES: &str = r##"<numFmts count="2"><numFmt numFmtId="164" formatCode="00000000000"/><numFmt numFmtId="165" formatCode="#,##0.00"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs>"##;
const WORDS: [&str; 16] = [
    "brake", "disc", "oil", "filter", "front", "rear", "left", "timing", "belt", "service", "wheel", "bearing",
    "clutch", "exhaust", "valve", "Smith",
];
/// Different texts of [`Content::FewShared`].
const FEW: u32 = 1_000;

type Archive = ZipWriter<BufWriter<File>>;

/// Writes a workbook of one sheet with a header row. The same arguments give the same bytes.
pub fn write(file: &Path, content: Content, rows: u32, columns: u32) -> anyhow::Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(File::create(file)?));
    let types = format!("{SCHEMA}/package/2006/relationships");
    let office = format!("{SCHEMA}/officeDocument/2006/relationships");
    let relation = |number: u32, kind: &str, target: &str| {
        format!(r#"<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>"#)
    };
    let relations = |inside: String| format!(r#"<Relationships xmlns="{types}">{inside}</Relationships>"#);
    let main = format!("{SCHEMA}/spreadsheetml/2006/main");
    let sheets = format!(
        r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let parts = [
        relation(1, "worksheet", "worksheets/sheet1.xml"),
        relation(2, "styles", "styles.xml"),
        relation(3, "sharedStrings", "sharedStrings.xml"),
    ];
    let content_types = format!(r#"<Types xmlns="{SCHEMA}/package/2006/content-types"/>"#);
    let styles = format!(r#"<styleSheet xmlns="{main}">{STYLES}</styleSheet>"#);
    let root = relations(relation(1, "officeDocument", "xl/workbook.xml"));
    part(&mut archive, "[Content_Types].xml", &content_types)?;
    part(&mut archive, "_rels/.rels", &root)?;
    part(&mut archive, "xl/workbook.xml", &sheets)?;
    part(&mut archive, "xl/_rels/workbook.xml.rels", &relations(parts.concat()))?;
    part(&mut archive, "xl/styles.xml", &styles)?;
    write_strings(&mut archive, &main, content, rows, columns)?;
    write_sheet(&mut archive, &main, content, rows, columns)?;
    archive.finish()?.flush()?;
    Ok(())
}

fn start(archive: &mut Archive, name: &str) -> anyhow::Result<()> {
    archive.start_file(name, SimpleFileOptions::default())?;
    archive.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")?;
    Ok(())
}

fn part(archive: &mut Archive, name: &str, content: &str) -> anyhow::Result<()> {
    start(archive, name)?;
    Ok(archive.write_all(content.as_bytes())?)
}

fn write_strings(archive: &mut Archive, main: &str, content: Content, rows: u32, columns: u32) -> anyhow::Result<()> {
    let strings = match content {
        Content::FewShared => FEW,
        Content::AllShared => rows * columns,
        Content::Inline | Content::Numbers => 0,
    };
    start(archive, "xl/sharedStrings.xml")?;
    write!(
        archive,
        r#"<sst xmlns="{main}" count="{}" uniqueCount="{strings}">"#,
        rows * columns
    )?;
    for number in 0..strings {
        write!(archive, "<si><t>{}</t></si>", text(number))?;
    }
    Ok(archive.write_all(b"</sst>")?)
}

fn write_sheet(archive: &mut Archive, main: &str, content: Content, rows: u32, columns: u32) -> anyhow::Result<()> {
    start(archive, "xl/worksheets/sheet1.xml")?;
    write!(archive, r#"<worksheet xmlns="{main}"><sheetData>"#)?;
    let letters: Vec<String> = (0..columns).map(letters).collect();
    let mut line = String::new();
    for row in 0..=rows {
        line.clear();
        write!(line, r#"<row r="{}" spans="1:{columns}">"#, row + 1)?;
        for (column, letters) in (0..).zip(&letters) {
            let place = format!("{letters}{}", row + 1);
            match row.checked_sub(1) {
                None => inline(&mut line, &place, &format!("Column {column}"))?,
                Some(row) => cell(&mut line, &place, content, row, column, columns)?,
            }
        }
        line.push_str("</row>");
        archive.write_all(line.as_bytes())?;
    }
    Ok(archive.write_all(b"</sheetData></worksheet>")?)
}

fn cell(
    line: &mut String,
    place: &str,
    content: Content,
    row: u32,
    column: u32,
    columns: u32,
) -> Result<(), std::fmt::Error> {
    let number = row * columns + column;
    let mut rng = Rng::stream(7, number.into());
    match content {
        Content::Inline => inline(line, place, &text(number)),
        Content::FewShared => shared(line, place, rng.below(FEW as usize) as u32),
        Content::AllShared => shared(line, place, number),
        Content::Numbers => match column % 5 {
            0 => write!(line, r#"<c r="{place}"><v>{number}</v></c>"#),
            1 => write!(
                line,
                r#"<c r="{place}" s="2"><v>{}</v></c>"#,
                rng.between(36_000, 46_000)
            ),
            2 => write!(
                line,
                r#"<c r="{place}" s="3"><v>{}</v></c>"#,
                rng.below(1_000_000) as f64 / 100.0
            ),
            3 => write!(
                line,
                r#"<c r="{place}" s="1"><v>{}</v></c>"#,
                rng.between(7_000_000_000, 7_999_999_999)
            ),
            _ => write!(line, r#"<c r="{place}"><v>{}</v></c>"#, f64::from(number) / 7.0),
        },
    }
}

fn inline(line: &mut String, place: &str, text: &str) -> Result<(), std::fmt::Error> {
    write!(line, r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn shared(line: &mut String, place: &str, index: u32) -> Result<(), std::fmt::Error> {
    write!(line, r#"<c r="{place}" t="s"><v>{index}</v></c>"#)
}

/// A text of its own for each number: words, and the number among them.
fn text(number: u32) -> String {
    let mut rng = Rng::stream(11, number.into());
    format!("{} {} {number}", rng.pick(&WORDS), rng.pick(&WORDS))
}

/// The letters of a column, from 0.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
