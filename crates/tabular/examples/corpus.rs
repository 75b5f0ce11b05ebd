//! Scores the opener on a folder of labelled files: `corpus DIR`, where `DIR/manifest.csv` names them.
//!
//! A manifest with dialect columns (`delimiter`, `header_rows`, `preamble_lines`, `n_columns`, `encoding`) is scored; of
//! any other, every file named is read whole, and rows, time and the first rows are shown.

#![expect(clippy::print_stdout, reason = "printing is what it does")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use torqueflow_model::Row;
use torqueflow_tabular::{OpenError, OpenOptions, Password, TableHead, open};

type Labels = BTreeMap<String, String>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        println!("usage: corpus DIR");
        return;
    };
    let folder = Path::new(folder);
    let verbose = arguments.iter().any(|argument| argument == "--verbose");
    let manifest = manifest(folder);
    if manifest.first().is_some_and(|labels| labels.contains_key("delimiter")) {
        score(folder, &manifest, verbose);
    } else {
        for labels in &manifest {
            show(folder, labels, verbose);
        }
    }
}

/// The labelled files; none if there is no manifest.
fn manifest(folder: &Path) -> Vec<Labels> {
    match csv::Reader::from_path(folder.join("manifest.csv")) {
        Ok(mut reader) => reader.deserialize().filter_map(Result::ok).collect(),
        Err(error) => {
            println!("{}: {error}", folder.display());
            Vec::new()
        }
    }
}

fn label<'l>(labels: &'l Labels, name: &str) -> &'l str {
    labels.get(name).map_or("", String::as_str)
}

/// What was right, of how many.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, (u32, u32)>);

impl Tally {
    fn add(&mut self, what: &'static str, right: bool) {
        let entry = self.0.entry(what).or_default();
        entry.0 += u32::from(right);
        entry.1 += 1;
    }
}

fn score(folder: &Path, manifest: &[Labels], verbose: bool) {
    let mut tally = Tally::default();
    let start = Instant::now();
    for labels in manifest {
        let name = label(labels, "file");
        let before = Instant::now();
        let result = read(&folder.join(name), "");
        let took_ms = before.elapsed().as_millis();
        let wrong = score_file(labels, &result, &mut tally);
        if verbose && (!wrong.is_empty() || took_ms > 500) {
            println!("{name}: {} ({took_ms} ms)", wrong.join("; "));
        }
    }
    println!("{:<16} {:>5} {:>5} {:>7}", "metric", "right", "of", "share");
    for (what, (right, of)) in &tally.0 {
        println!(
            "{what:<16} {right:>5} {of:>5} {:>6.1}%",
            f64::from(*right) * 100.0 / f64::from(*of)
        );
    }
    println!("{:.1} s", start.elapsed().as_secs_f64());
}

/// Compares one file with its labels; says what differs.
fn score_file(labels: &Labels, result: &Result<Read, OpenError>, tally: &mut Tally) -> Vec<String> {
    let mut wrong = Vec::new();
    let head = match result {
        Ok(read) => read.head.clone(),
        Err(error) => {
            wrong.push(format!("{error}"));
            TableHead::default()
        }
    };
    tally.add("opened", result.is_ok());
    let mut check = |what: &'static str, expected: String, found: String| {
        tally.add(what, expected == found);
        if expected != found {
            wrong.push(format!("{what}: {found} instead of {expected}"));
        }
    };
    let delimiter = label(labels, "delimiter").replace("\\t", "\t");
    if !delimiter.is_empty() {
        let found = head.delimiter.map(String::from).unwrap_or_default();
        check(
            "delimiter",
            delimiter
                .trim_end_matches(|c| delimiter.len() > 1 && c == ' ')
                .to_owned(),
            found,
        );
    }
    let preamble: Option<u64> = label(labels, "preamble_lines").parse().ok();
    if let Ok(header_rows) = label(labels, "header_rows").parse::<u32>() {
        check(
            "header",
            (header_rows > 0).to_string(),
            head.header_row.is_some().to_string(),
        );
        if header_rows == 0 {
            check("header:none", "false".to_owned(), head.header_row.is_some().to_string());
        }
        if let (1, Some(preamble)) = (header_rows, preamble) {
            check(
                "header:line",
                (preamble + 1).to_string(),
                head.header_row.unwrap_or(0).to_string(),
            );
        }
    }
    if let Some(preamble) = preamble {
        let what = if preamble > 0 { "titles>0" } else { "titles=0" };
        check(what, preamble.to_string(), head.title_lines.to_string());
    }
    if !label(labels, "n_columns").is_empty() {
        check(
            "columns",
            label(labels, "n_columns").to_owned(),
            head.columns.len().to_string(),
        );
    }
    let encoding = encoding(label(labels, "encoding"));
    check(
        "encoding",
        encoding.to_owned(),
        head.encoding.unwrap_or_default().to_owned(),
    );
    wrong
}

/// The WHATWG name of a label.
fn encoding(label: &str) -> &str {
    match label {
        "ascii" | "utf-8" | "utf-8-sig" => "utf-8",
        "cp1252" | "latin-1" | "latin1" => "windows-1252",
        "utf-16" => "utf-16le",
        other => other,
    }
}

/// A file that was read whole.
struct Read {
    head: TableHead,
    rows: u64,
    findings: BTreeMap<&'static str, u64>,
    first: Vec<Row>,
}

fn read(path: &Path, password: &str) -> Result<Read, OpenError> {
    let password = Password::new(password.to_owned());
    let options = OpenOptions {
        password: Some(&password),
        ..OpenOptions::default()
    };
    let file = File::open(path).map_err(OpenError::Io)?;
    let name = path.to_string_lossy();
    let mut document = open(&name, Box::new(file), &options)?;
    let mut read = Read {
        head: TableHead::default(),
        rows: 0,
        findings: BTreeMap::new(),
        first: Vec::new(),
    };
    for index in (0..document.tables().len()).rev() {
        let mut table = document.read_table(index)?;
        read.head = table.head().clone();
        let (mut row, mut findings) = (Row::default(), Vec::new());
        while table.next_row(&mut row, &mut findings)? {
            read.rows += 1;
            for finding in &findings {
                *read.findings.entry(finding.code.code()).or_default() += 1;
            }
            if index == 0 && read.first.len() < 5 {
                read.first.push(row.clone());
            }
        }
    }
    Ok(read)
}

fn show(folder: &Path, labels: &Labels, verbose: bool) {
    let name = label(labels, "file");
    let start = Instant::now();
    let result = read(&folder.join(name), label(labels, "password"));
    let took_ms = start.elapsed().as_millis();
    match result {
        Ok(read) => {
            println!(
                "{name}: {} rows, header {:?}, {:?}, {took_ms} ms",
                read.rows, read.head.columns, read.findings
            );
            for row in read.first.iter().filter(|_| verbose) {
                let cells: Vec<String> = row
                    .cells
                    .iter()
                    .map(|cell| format!("{:?}={:?}", cell.text, cell.kind))
                    .collect();
                println!("    {}: {}", row.number, cells.join(" | "));
            }
        }
        Err(error) => println!("{name}: {} ({error}), {took_ms} ms", error.code()),
    }
}
