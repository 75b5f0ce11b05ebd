//! The other side of [`ask`](super::ask): tries one file in a process of its own and says what became of it, as JSON.

use std::env;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use msoffcrypto::{EncryptedPackage, Error};
use sha2::{Digest, Sha256};
use torqueflow_model::CellKind;
use torqueflow_tabular::{OpenError, OpenOptions, Password, open};

use super::reply::{Cell, Kind, Outcome, Refusal, Reply, Row, Table};
use crate::process::{busy, high_water_mark};

/// Where the password is. Those of such a collection are no secrets.
pub const PASSWORD: &str = "CORPUS_PASSWORD";

/// Rows that are told of each table.
const ROWS_TOLD: usize = 100;

/// Try one file and say what became of it, as JSON.
#[derive(Args)]
pub struct CorpusFile {
    task: Task,
    file: PathBuf,
}

/// What to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Task {
    /// Read it as tables.
    Read,
    /// Read it as tables, and tell its first rows.
    Rows,
    /// Decrypt it.
    Decrypt,
}

impl CorpusFile {
    /// Does the task. What goes wrong with the file is a result like any other.
    pub fn run(&self) -> anyhow::Result<()> {
        let password = env::var(PASSWORD).ok().map(Password::new);
        let result = match self.task {
            Task::Read => read(&self.file, password.as_ref(), 0),
            Task::Rows => read(&self.file, password.as_ref(), ROWS_TOLD),
            Task::Decrypt => decrypt(&self.file, &password.unwrap_or_else(|| Password::new(""))),
        };
        let reply = Reply {
            result,
            busy_ms: busy("self").as_millis() as u64,
            peak_bytes: high_water_mark("self"),
        };
        let mut output = io::stdout().lock();
        serde_json::to_writer(&mut output, &reply)?;
        Ok(output.flush()?)
    }
}

fn read(file: &Path, password: Option<&Password>, rows_told: usize) -> Outcome {
    match read_tables(file, password, rows_told) {
        Ok(tables) => Outcome::Read(tables),
        Err(error) => Outcome::Refused(Refusal {
            code: error.code().to_owned(),
            message: error.message(),
        }),
    }
}

fn read_tables(file: &Path, password: Option<&Password>, rows_told: usize) -> Result<Vec<Table>, OpenError> {
    let options = OpenOptions {
        password,
        ..OpenOptions::default()
    };
    let mut document = open(&file.to_string_lossy(), Box::new(File::open(file)?), &options)?;
    let count = document.tables().len();
    let tables = (0..count).map(|index| {
        let mut reader = document.read_table(index)?;
        let (mut row, mut findings) = (torqueflow_model::Row::default(), Vec::new());
        let (mut rows, mut row_count) = (Vec::new(), 0);
        while reader.next_row(&mut row, &mut findings)? {
            row_count += 1;
            if rows.len() < rows_told {
                rows.push(Row {
                    number: row.number,
                    cells: row.cells.iter().map(cell).collect(),
                    findings: findings.iter().map(|finding| finding.column).collect(),
                });
            }
        }
        let head = reader.head();
        Ok(Table {
            header_row: head.header_row,
            columns: head.columns.clone(),
            title_lines: head.title_lines,
            titles: head.titles.clone(),
            encoding: head.encoding.map(str::to_owned),
            delimiter: head.delimiter,
            row_count,
            rows,
        })
    });
    tables.collect()
}

fn cell(cell: &torqueflow_model::Cell) -> Cell {
    let kind = match cell.kind {
        CellKind::Empty => Kind::Empty,
        CellKind::Text => Kind::Text,
        CellKind::Number(number) => Kind::Number(number),
        CellKind::Date(_) | CellKind::DateTime(_) | CellKind::Time(_) => Kind::Moment,
        CellKind::Boolean(value) => Kind::Boolean(value),
        CellKind::Error => Kind::Error,
    };
    Cell {
        text: cell.text.clone(),
        kind,
    }
}

fn decrypt(file: &Path, password: &Password) -> Outcome {
    match plain_sha256(file, password) {
        Ok(sha256) => Outcome::Decrypted { sha256 },
        Err(error) => Outcome::Refused(Refusal {
            message: error.to_string(),
            code: OpenError::from(error).code().to_owned(),
        }),
    }
}

fn plain_sha256(file: &Path, password: &Password) -> Result<String, Error> {
    let mut package = EncryptedPackage::open(File::open(file)?, &msoffcrypto::Limits::default())?;
    let key = package.unlock(password)?;
    let mut plain = package.into_decrypted(key);
    let mut hash = Sha256::new();
    loop {
        let bytes = plain.fill_buf()?;
        let count = bytes.len();
        if count == 0 {
            break;
        }
        hash.update(bytes);
        plain.consume(count);
    }
    Ok(hex::encode(hash.finalize()))
}
