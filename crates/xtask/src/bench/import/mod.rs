//! `bench import`: whole imports through the release program, each beside its floor or beside what others do.

#[cfg(feature = "bench")]
mod content;
#[cfg(feature = "bench")]
mod database;
#[cfg(feature = "bench")]
mod expected;
#[cfg(feature = "bench")]
mod input;
#[cfg(feature = "bench")]
mod list;
#[cfg(feature = "bench")]
mod long;
#[cfg(feature = "bench")]
mod peers;
#[cfg(feature = "bench")]
mod phases;
#[cfg(feature = "bench")]
mod program;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod run;
#[cfg(feature = "bench")]
mod target;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Time imports of customer lists and of a workbook on SQLite and on PostgreSQL, and compare each with its target.
///
/// What landed is checked after each measurement. It needs PostgreSQL's programs, as `test` does, and for the programs of
/// others Python with its package index.
#[derive(Args)]
pub struct ImportBench {
    /// The customers in the encrypted Techman workbook.
    #[arg(long, default_value_t = 5500)]
    customers: usize,
    /// The rows of the lists.
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// How often everything is measured; each time on new databases.
    #[arg(long, default_value_t = 1)]
    runs: u32,
    /// Measure a list of five times the length as well, a million rows.
    #[arg(long)]
    million: bool,
    /// Measure only this; can be given several times.
    #[arg(long, value_enum, value_name = "WORKLOAD")]
    only: Vec<Workload>,
    /// Measure this program, instead of building the release of this checkout.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// The list of customers with addresses and vehicles.
    List,
    /// The list that other programs import too.
    Peers,
    /// The encrypted workbook.
    Workbook,
}
