//! `corpus`: how well files with known answers are read.

mod ask;
mod demand;
mod dialects;
mod encrypted;
mod hostile;
mod manifest;
mod oracle;
mod reply;
mod worker;

use std::env;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::step::{cargo, run};
use crate::table;
use ask::Asker;
use manifest::{Manifest, Shape};
pub use worker::CorpusFile;

/// Read a folder of files with known answers and print how well that went.
///
/// The folder's `manifest.csv` names the files and says what is demanded of each; its columns tell what it is about.
/// `delimiter`: text files, and how they are written. `plain_sha256`: encrypted workbooks. `must`: files that mean harm.
/// `calamine_…`: workbooks, and the cells that calamine reads. It fails where something demanded does not hold.
#[derive(Args)]
pub struct Corpus {
    /// The folder, with its `manifest.csv`.
    folder: PathBuf,
    /// List what is wrong with each text file too.
    #[arg(long)]
    verbose: bool,
    /// Try this build of the program, whatever it is, and not a release build.
    #[arg(long)]
    this_build: bool,
}

/// What came out for a whole folder.
struct Results {
    /// Tables and lists, for a person.
    text: String,
    /// What was demanded and does not hold, one line each.
    failures: Vec<String>,
}

impl Corpus {
    /// Tries every file in a process of its own.
    pub fn run(&self) -> anyhow::Result<()> {
        if cfg!(debug_assertions) && !self.this_build {
            let mut again = cargo();
            again.args(["run", "--quiet", "--release", "--package", "torqueflow-xtask", "--"]);
            return run(again.args(env::args_os().skip(1)));
        }
        let manifest = Manifest::read(&self.folder)?;
        let asker = Asker::new(&self.folder)?;
        let results = match manifest.shape {
            Shape::Dialects => dialects::score(&manifest, &asker, self.verbose)?,
            Shape::Encrypted => encrypted::check(&manifest, &asker)?,
            Shape::Hostile => hostile::check(&manifest, &asker)?,
            Shape::Oracle => oracle::check(&manifest, &asker)?,
        };
        table::print(&results.text);
        for failure in &results.failures {
            table::print(failure);
        }
        match results.failures.len() {
            0 => Ok(()),
            count => bail!("{count} of the demands do not hold"),
        }
    }
}
