#![doc = include_str!("../README.md")]

mod bench;
mod ci;
mod conformance;
mod corpus;
mod dependencies;
mod fuzz;
mod process;
mod programs;
mod s3;
mod sample_data;
mod step;
mod table;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bench(bench::Bench),
    /// Check everything that a change must pass: format, lints, dependencies, documentation, tests. Stops at the first failure.
    Ci,
    Conformance(conformance::Conformance),
    Corpus(corpus::Corpus),
    #[command(hide = true)]
    CorpusFile(corpus::CorpusFile),
    /// Check licences, sources, versions and use of the packages that we stand on; `.cargo/deny.toml` has the rules.
    ///
    /// Known vulnerabilities are looked up where their database can be reached.
    Dependencies,
    Fuzz(fuzz::Fuzz),
    SampleData(sample_data::SampleData),
    Test(test::Test),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Bench(command) => command.run(),
        Command::Ci => ci::check(),
        Command::Conformance(command) => command.run(),
        Command::Corpus(command) => command.run(),
        Command::CorpusFile(command) => command.run(),
        Command::Dependencies => dependencies::check(),
        Command::Fuzz(command) => command.run(),
        Command::SampleData(command) => command.run(),
        Command::Test(command) => command.run(),
    };
    result.map_or_else(
        |error| {
            step::say(&format!("error: {error:#}"));
            step::exit_code(&error)
        },
        |()| ExitCode::SUCCESS,
    )
}
