//! Text files, and how often each property of them is told right.

use std::fmt::Write;
use std::fs;

use encoding_rs::Encoding;

use super::Results;
use super::ask::{Asker, Fate};
use super::demand::Demand;
use super::manifest::{Entry, Manifest};
use super::reply::{Outcome, Table};
use super::worker::Task;
use crate::table;

/// A property, and the share of files in which it must be told right, in percent.
const PROPERTIES: [(&str, Option<f64>); 6] = [
    ("delimiter", Some(98.5)),
    ("header row", Some(93.0)),
    ("title lines, in files that have them", Some(80.0)),
    ("no title lines, in the others", None),
    ("column count", Some(92.0)),
    ("encoding", Some(97.0)),
];

/// Whether each property of a file is told right, and what was told; `None` where the manifest does not say.
type Marks = [Option<(bool, String)>; 6];

/// Reads every file and counts.
pub fn score(manifest: &Manifest, asker: &Asker, verbose: bool) -> anyhow::Result<Results> {
    let mut failures = Vec::new();
    let mut counts = [(0_u32, 0_u32); 6];
    let mut wrong = String::new();
    for entry in &manifest.entries {
        let answer = asker.ask(Task::Read, entry.file(), None)?;
        let broken = Demand::to_end().broken_by(&answer);
        failures.extend(broken.iter().map(|what| format!("{}: {what}", entry.file())));
        let table = match answer.fate {
            Fate::Said(Outcome::Read(tables)) => tables.into_iter().next().unwrap_or_default(),
            _ => Table::default(),
        };
        let bytes = fs::read(asker.path(entry.file()))?;
        for ((name, _), (count, mark)) in PROPERTIES
            .iter()
            .zip(counts.iter_mut().zip(marks(entry, &table, &bytes)))
        {
            let Some((right, told)) = mark else { continue };
            count.0 += u32::from(right);
            count.1 += 1;
            if !right && verbose {
                writeln!(wrong, "{}: {name}: {told}", entry.file())?;
            }
        }
    }
    let (table, missed) = summary(&counts);
    failures.extend(missed);
    Ok(Results {
        text: format!("{wrong}{table}"),
        failures,
    })
}

/// The table, and the properties that are told right too seldom.
fn summary(counts: &[(u32, u32); 6]) -> (String, Vec<String>) {
    let mut missed = Vec::new();
    let rows: Vec<Vec<String>> = PROPERTIES
        .iter()
        .zip(counts)
        .map(|((name, wanted), (right, of))| {
            let share = f64::from(*right) * 100.0 / f64::from((*of).max(1));
            let wanted = wanted.filter(|_| *of > 0);
            if let Some(wanted) = wanted.filter(|wanted| share < *wanted) {
                missed.push(format!("{name}: {share:.1} % are right, and {wanted} % must be"));
            }
            let cells = [right.to_string(), of.to_string(), format!("{share:.1} %")];
            let wanted = wanted.map_or(String::new(), |wanted| format!("{wanted} %"));
            [(*name).to_owned()].into_iter().chain(cells).chain([wanted]).collect()
        })
        .collect();
    (
        table::markdown(&["property", "right", "of", "share", "wanted"], &rows, 1),
        missed,
    )
}

fn marks(entry: &Entry, table: &Table, bytes: &[u8]) -> Marks {
    let titles = entry.number("preamble_lines");
    let title_mark = |there: bool| {
        let lines = titles.filter(|lines| (*lines > 0) == there);
        lines.map(|lines| {
            (
                table.title_lines == lines,
                format!("{} instead of {lines}", table.title_lines),
            )
        })
    };
    let columns = entry.number("n_columns");
    [
        delimiter(entry, table),
        header(entry, table),
        title_mark(true),
        title_mark(false),
        columns.map(|columns| {
            let told = table.columns.len() as u64;
            (told == columns, format!("{told} instead of {columns}"))
        }),
        Some(encoding(entry, table, bytes)),
    ]
}

/// A blank after the delimiter belongs to the field.
fn delimiter(entry: &Entry, table: &Table) -> Option<(bool, String)> {
    let listed = entry.get("delimiter").replace("\\t", "\t");
    let mut characters = listed.chars();
    let (listed, rest) = (characters.next()?, characters.as_str());
    let is_right = table.delimiter == Some(listed) && rest.trim().is_empty();
    Some((is_right, format!("{:?} instead of {listed:?}", table.delimiter)))
}

/// There is one where there should be, and it is the right row.
fn header(entry: &Entry, table: &Table) -> Option<(bool, String)> {
    let rows = entry.number("header_rows")?;
    let expected = entry.number("preamble_lines").map(|before| before + 1..=before + rows);
    let is_right = match (table.header_row, rows) {
        (None, 0) => true,
        (Some(row), 1..) => expected.as_ref().is_none_or(|expected| expected.contains(&row)),
        _ => false,
    };
    let told = format!("{:?} instead of {rows} rows at {expected:?}", table.header_row);
    Some((is_right, told))
}

/// Right if both encodings make the same text of the file.
fn encoding(entry: &Entry, table: &Table, bytes: &[u8]) -> (bool, String) {
    let listed = entry.get("encoding");
    let told = table.encoding.as_deref().unwrap_or_default();
    let texts = [listed, told].map(|name| Some(known(name)?.decode(bytes).0));
    let is_right = matches!(&texts, [Some(listed), Some(told)] if listed == told);
    (is_right, format!("{told:?} instead of {listed:?}"))
}

/// The encoding of a name as Python writes it. Latin-1 is Windows-1252, as everywhere on the web.
fn known(name: &str) -> Option<&'static Encoding> {
    let name = name.to_lowercase().replace('_', "-");
    let label = match name.as_str() {
        "utf-8-sig" => "utf-8",
        "latin-1" => "latin1",
        "utf-16-le" => "utf-16le",
        "utf-16-be" => "utf-16be",
        "mac-roman" => "macintosh",
        "cp932" => "shift-jis",
        "cp936" => "gbk",
        "cp949" => "euc-kr",
        "cp950" => "big5",
        other => other,
    };
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(header_row: Option<u64>, encoding: &str) -> Table {
        Table {
            header_row,
            encoding: Some(encoding.to_owned()),
            delimiter: Some(','),
            title_lines: 2,
            columns: vec![String::new(); 3],
            ..Table::default()
        }
    }

    /// Compares the marks, one letter each: right, wrong, or not scored.
    #[track_caller]
    fn check(columns: [&str; 5], table: &Table, bytes: &[u8], expected: &str) {
        let names = ["delimiter", "header_rows", "preamble_lines", "n_columns", "encoding"];
        let entry: Vec<(&str, &str)> = names.into_iter().zip(columns).collect();
        let marks = marks(&Entry::of(&entry), table, bytes);
        let letters = marks.iter().map(|mark| match mark {
            Some((true, _)) => 'r',
            Some((false, _)) => 'w',
            None => '-',
        });
        assert_eq!(letters.collect::<String>(), expected, "{marks:?}");
    }

    #[test]
    fn properties_are_right_wrong_or_not_scored() {
        check([",", "1", "2", "3", "ascii"], &table(Some(3), "utf-8"), b"a", "rrr-rr");
        check([", ", "2", "2", "4", "utf-8"], &table(Some(4), "utf-8"), b"a", "rrr-wr");
        check([";", "1", "1", "3", "utf-8"], &table(Some(3), "utf-8"), b"a", "www-rr");
        check(["\\t", "0", "0", "", "utf-8"], &table(Some(3), "utf-8"), b"a", "ww-w-r");
        check(["", "", "", "", "utf-8"], &table(None, "utf-8"), b"a", "-----r");
    }

    #[test]
    fn an_encoding_is_right_if_it_makes_the_same_text() {
        let listed = |name| ["", "", "", "", name];
        let windows = table(None, "windows-1252");
        check(listed("latin-1"), &windows, b"\xA3\x93", "-----r");
        check(listed("mac_roman"), &windows, b"plain", "-----r");
        check(listed("mac_roman"), &windows, b"\x8A", "-----w");
        check(listed("cp1251"), &windows, b"\xE0", "-----w");
        check(listed("nobody-knows"), &windows, b"a", "-----w");
        check(listed("utf-16"), &table(None, "utf-16le"), b"\xFF\xFEa\0", "-----r");
    }

    #[test]
    fn what_is_right_too_seldom_is_said() {
        let (text, missed) = summary(&[(985, 1000), (92, 100), (0, 0), (0, 5), (1, 1), (1, 1)]);
        assert_eq!(missed, ["header row: 92.0 % are right, and 93 % must be"]);
        assert!(text.contains("98.5 %"), "{text}");
    }
}
