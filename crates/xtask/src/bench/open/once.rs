//! One measurement, in a process that does nothing else.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use calamine::{Reader, Xlsx};
use serde::{Deserialize, Serialize};
use torqueflow_model::Row;
use torqueflow_tabular::{Limits, OpenOptions, open};

use super::{OpenOnce, Side, Work, floor};
use crate::process::high_water_mark;
use crate::table;

/// The password of every encrypted file.
pub const PASSWORD: &str = "Garage-Import-2024";

/// Memory for shared strings that we are given: `bench open` looks whether we keep to it.
pub const SHARED_STRINGS_BYTES: usize = 192 << 20;

/// What was measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Measured {
    /// From before the file is opened to after its last byte or row.
    pub wall: Duration,
    /// Of all threads, and of the system for them.
    pub cpu: Duration,
    /// The most memory that the process had at once.
    pub peak_bytes: u64,
    /// Bytes of plaintext, or filled cells. The sides have to find as many, except for the floor.
    pub amount: u64,
}

impl OpenOnce {
    /// Works, and prints what was measured as JSON.
    pub fn run(&self) -> anyhow::Result<()> {
        let (start, start_cpu) = (Instant::now(), cpu_time()?);
        let amount = match (self.work, self.side) {
            (Work::Agile | Work::Standard, Side::Ours) => decrypt(&self.file),
            (Work::Agile | Work::Standard, Side::Peer) => decrypt_with_office_crypto(&self.file),
            (Work::Agile, Side::Floor) => floor::agile(&self.file),
            (Work::Standard, Side::Floor) => floor::standard(&self.file),
            (Work::Read, Side::Ours) => read(&self.file),
            (Work::Read, Side::Peer) => read_with_calamine(&self.file),
            (Work::Read, Side::Floor) => floor::unpack(&self.file),
        }?;
        let measured = Measured {
            wall: start.elapsed(),
            cpu: cpu_time()?.saturating_sub(start_cpu),
            peak_bytes: high_water_mark("self"),
            amount,
        };
        table::print(&serde_json::to_string(&measured)?);
        Ok(())
    }
}

/// What this process has used so far.
fn cpu_time() -> anyhow::Result<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
}

fn decrypt(file: &Path) -> anyhow::Result<u64> {
    let password = msoffcrypto::Password::new(PASSWORD);
    let mut plain = msoffcrypto::decrypt(File::open(file)?, &password, &msoffcrypto::Limits::default())?;
    let mut bytes = 0;
    loop {
        let count = plain.fill_buf()?.len();
        if count == 0 {
            return Ok(bytes);
        }
        plain.consume(count);
        bytes += count as u64;
    }
}

fn decrypt_with_office_crypto(file: &Path) -> anyhow::Result<u64> {
    Ok(office_crypto::decrypt_from_file(file, PASSWORD)?.len() as u64)
}

fn read(file: &Path) -> anyhow::Result<u64> {
    let mut limits = Limits::default();
    limits.max_shared_strings_bytes = SHARED_STRINGS_BYTES;
    let options = OpenOptions {
        limits,
        ..OpenOptions::default()
    };
    let mut document = open("bench.xlsx", Box::new(File::open(file)?), &options)?;
    let mut table = document.read_table(0)?;
    let header = table.head().columns.iter().filter(|name| !name.is_empty()).count();
    let (mut row, mut findings) = (Row::default(), Vec::new());
    let mut filled = header;
    while table.next_row(&mut row, &mut findings)? {
        filled += row.cells.iter().filter(|cell| !cell.text.is_empty()).count();
    }
    Ok(filled as u64)
}

fn read_with_calamine(file: &Path) -> anyhow::Result<u64> {
    let mut workbook = Xlsx::new(BufReader::new(File::open(file)?))?;
    let names = workbook.sheet_names();
    let name = names.first().context("the workbook has no sheet")?;
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut filled = 0;
    while let Some(cell) = cells.next_cell()? {
        filled += u64::from(*cell.get_value() != calamine::DataRef::Empty);
    }
    Ok(filled)
}
