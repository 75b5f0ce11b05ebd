//! The `torqueflow` command: import files, look at what is in them, look at what was imported.

#[macro_use]
mod output;

mod args;
mod commands;
#[cfg(test)]
mod deployment;
mod exit_code;
mod log;
mod progress;
#[cfg(test)]
mod readme;
mod render;
mod report_tables;
mod shell;

use std::process::ExitCode;

use clap::Parser;
use torqueflow_app::isolate::run_child;
use torqueflow_app::source_files::SourceFaults;
use torqueflow_app::source_name::SourceNameError;
use torqueflow_app::wishes::WishError;
use torqueflow_app::{AppError, LimitError};

use crate::args::{Arguments, Command};
use crate::commands::said::SaidError;
use crate::exit_code::Exit;

/// Imports make many small allocations on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Command::ConvertWorkbook { arguments } = &arguments.command {
        return ExitCode::from(run_child(arguments, std::io::stdin(), std::io::stdout()));
    }
    log::begin(&arguments.command);
    let outcome = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(exit) => exit.into(),
        // Whoever reads our output has gone: nothing is left to say.
        Err(error) if is_broken_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            note!("error: {error:#}");
            if is_wrong_usage(&error) {
                Exit::Usage.into()
            } else {
                Exit::NothingRun.into()
            }
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let common = &arguments.common;
    match arguments.command {
        Command::Import(import) => commands::import::run(common, &import).await,
        Command::Detect(detect) => commands::detect::run(common, &detect),
        Command::Clean(clean) => commands::clean::run(common, &clean),
        Command::Sources(sources) => commands::sources::run(common, &sources),
        Command::Template(template) => commands::template::run(&template),
        Command::Runs(runs) => commands::runs::run(common, &runs).await,
        Command::Show(show) => commands::show::run(common, &show).await,
        Command::Duplicates(duplicates) => commands::duplicates::run(common, &duplicates).await,
        Command::Report(report) => commands::report::run(common, &report).await,
        Command::Audit(audit) => commands::audit::run(common, &audit).await,
        Command::Merge(merge) => commands::merge::run(common, &merge).await,
        Command::Rollback(rollback) => commands::rollback::run(common, &rollback).await,
        Command::Migrate => commands::migrate::run(common).await,
        Command::Worker(options) => commands::worker::run(common, &options).await,
        Command::Serve(serve) => commands::serve::run(common, &serve).await,
        Command::Token(token) => commands::token::run(common, &token),
        Command::Openapi => Ok(commands::openapi::run()),
        Command::ConvertWorkbook { .. } => Ok(Exit::Usage),
    }
}

/// What was typed can't be meant.
fn is_wrong_usage(error: &anyhow::Error) -> bool {
    let of_tables = matches!(error.downcast_ref(), Some(AppError::Wish(_) | AppError::Choice(_)));
    of_tables
        || error.is::<WishError>()
        || error.is::<SaidError>()
        || error.is::<SourceNameError>()
        || error.is::<SourceFaults>()
        || error.is::<LimitError>()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
