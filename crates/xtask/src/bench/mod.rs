//! `bench`: how fast we are, and how fast the databases would let us be, or how fast others are.

mod build;
mod import;
mod machine;
mod matching;
mod open;
mod release;
mod serve;

use std::env;

use clap::{Args, Subcommand};

use crate::step::{cargo, run};

/// Measure the importer.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Build(build::BuildBench),
    Import(import::ImportBench),
    Match(matching::MatchBench),
    MatchData(matching::MatchData),
    Open(open::OpenBench),
    #[command(hide = true)]
    OpenOnce(open::OpenOnce),
    Serve(serve::ServeBench),
}

impl Bench {
    /// Measures and prints. A program that was built for the other chores has itself built anew, for this one.
    pub fn run(&self) -> anyhow::Result<()> {
        let is_built = match self.what {
            What::Build(_) | What::MatchData(_) => true,
            What::Match(_) => !cfg!(debug_assertions),
            _ => cfg!(feature = "bench"),
        };
        if !is_built {
            let mut again = cargo();
            again.args(["run", "--quiet", "--release", "--package", "torqueflow-xtask"]);
            if !matches!(self.what, What::Match(_)) {
                again.args(["--features", "bench"]);
            }
            return run(again.arg("--").args(env::args_os().skip(1)));
        }
        match &self.what {
            What::Match(matching) => matching.run(),
            What::MatchData(data) => data.run(),
            What::Build(build) => build.run(),
            #[cfg(feature = "bench")]
            What::Import(import) => import.run(),
            #[cfg(feature = "bench")]
            What::Open(open) => open.run(),
            #[cfg(feature = "bench")]
            What::OpenOnce(once) => once.run(),
            #[cfg(not(feature = "bench"))]
            What::Import(_) | What::Open(_) | What::OpenOnce(_) => Ok(()),
            What::Serve(serve) => serve.run(),
        }
    }
}
