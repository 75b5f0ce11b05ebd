//! `bench`: how fast we are, and how fast the databases would let us be.

mod floor;
mod import;
mod input;
mod machine;
mod measure;
mod report;
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
    Import(import::ImportBench),
    Serve(serve::ServeBench),
}

impl Bench {
    /// Measures and prints. A program that was built for the other chores has itself built anew, for this one.
    pub fn run(&self) -> anyhow::Result<()> {
        if !cfg!(feature = "bench") {
            let mut again = cargo();
            again.args(["run", "--quiet", "--release", "--package", "torqueflow-xtask"]);
            return run(again.args(["--features", "bench", "--"]).args(env::args_os().skip(1)));
        }
        match &self.what {
            What::Import(import) => import.run(),
            What::Serve(serve) => serve.run(),
        }
    }
}
