//! How the command ends. The numbers are part of the contract with scripts.

use std::process::ExitCode;

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every row landed or was deliberately left out.
    Done = 0,
    /// Nothing could be run.
    NothingRun = 1,
    /// Wrong usage; what `clap` answers by itself.
    Usage = 2,
    /// It ran, but a row failed or a file was flagged.
    Flagged = 3,
    /// It waits for a person: a password or a decision.
    Waiting = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
