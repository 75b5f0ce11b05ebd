//! Spreadsheets of the `OpenDocument` format (ISO/IEC 26300).

use std::fmt::Write as _;
use std::io;

use super::{cells, zip};
use crate::sample::SampleTable;
use crate::workbook::Typed;

const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";
const NAMES: &str = "urn:oasis:names:tc:opendocument:xmlns";

/// Writes `tables` as an `.ods` spreadsheet, one sheet each.
pub fn ods_bytes(tables: &[SampleTable]) -> io::Result<Vec<u8>> {
    let mut content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"{NAMES}:office:1.0\" \
         xmlns:table=\"{NAMES}:table:1.0\" xmlns:text=\"{NAMES}:text:1.0\"><office:body><office:spreadsheet>"
    );
    for table in tables {
        sheet(&mut content, table).map_err(io::Error::other)?;
    }
    content += "</office:spreadsheet></office:body></office:document-content>";
    let manifest = format!("<manifest:manifest xmlns:manifest=\"{NAMES}:manifest:1.0\"/>");
    zip(&[
        ("mimetype".to_owned(), MIME.into()),
        ("META-INF/manifest.xml".to_owned(), manifest.into()),
        ("content.xml".to_owned(), content.into()),
    ])
}

fn sheet(content: &mut String, table: &SampleTable) -> std::fmt::Result {
    write!(content, "<table:table table:name=\"{}\">", escaped(table.tab))?;
    let mut cells = cells(table).peekable();
    for row in 0..=table.rows.len() {
        *content += "<table:table-row>";
        let mut next = 0;
        while let Some((_, column, text, typed)) = cells.next_if(|cell| cell.0 == row) {
            if column > next {
                let blanks = column - next;
                write!(
                    content,
                    "<table:table-cell table:number-columns-repeated=\"{blanks}\"/>"
                )?;
            }
            next = column + 1;
            cell(content, text, &typed)?;
        }
        *content += "</table:table-row>";
    }
    *content += "</table:table>";
    Ok(())
}

fn cell(content: &mut String, text: &str, typed: &Typed) -> std::fmt::Result {
    let value = match typed {
        Typed::Text => "office:value-type=\"string\"".to_owned(),
        Typed::Number(number) => format!("office:value-type=\"float\" office:value=\"{number}\""),
        Typed::Date(_) => format!("office:value-type=\"date\" office:date-value=\"{}\"", iso(text)),
    };
    write!(content, "<table:table-cell {value}>")?;
    for line in text.lines() {
        write!(content, "<text:p>{}</text:p>", escaped(line))?;
    }
    *content += "</table:table-cell>";
    Ok(())
}

/// `2024-03-31T09:30:00` out of `31/03/2024 09:30:00`.
fn iso(text: &str) -> String {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let parts: Vec<&str> = date.split('/').rev().collect();
    format!("{}T{time}", parts.join("-"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
