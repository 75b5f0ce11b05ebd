#![doc = include_str!("../README.md")]

mod sample_data;

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
    SampleData(sample_data::SampleData),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::SampleData(command) => command.run(),
    }
}
