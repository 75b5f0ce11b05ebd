//! `bench open`: decrypting and reading files, each beside the crate that people would use instead.

#[cfg(feature = "bench")]
mod case;
#[cfg(feature = "bench")]
mod encrypted;
#[cfg(feature = "bench")]
mod floor;
#[cfg(feature = "bench")]
mod once;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod run;
#[cfg(feature = "bench")]
mod workbook;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Time decrypting and reading of workbooks, beside `office-crypto` and calamine.
///
/// Each measurement runs in a process of its own, and all sides take turns.
#[derive(Args)]
pub struct OpenBench {
    /// How often each is measured.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// The rows of the workbooks.
    #[arg(long, default_value_t = 200_000)]
    rows: u32,
    /// The columns of the workbooks.
    #[arg(long, default_value_t = 30)]
    columns: u32,
    /// Measure only the cases in whose name this stands.
    #[arg(long, default_value = "")]
    only: String,
}

/// One measurement, which prints what it has measured.
#[derive(Args)]
pub struct OpenOnce {
    side: Side,
    work: Work,
    file: PathBuf,
}

/// Who works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Side {
    /// Our crates.
    Ours,
    /// `office-crypto` or calamine.
    Peer,
    /// What can't be left out: the algorithms of the encryption, or unpacking.
    Floor,
}

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Work {
    /// It is decrypted from its first to its last byte; its encryption is agile.
    Agile,
    /// The same for standard encryption.
    Standard,
    /// All rows of its first sheet are read.
    Read,
}
