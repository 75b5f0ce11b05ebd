//! The log, on standard error. That it can't be written is no reason to stop: its reader may be gone, or the disk full.

use std::env;
use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::args::Command;

/// The variable that says what is logged: `debug`, `warn,torqueflow_app=debug`.
const VARIABLE: &str = "TORQUEFLOW_LOG";
/// Of services: what they do, and what goes wrong in the libraries below them.
const OF_SERVICES: &str = "warn,torqueflow=info";
/// Of other commands, which print what there is to say.
const OF_COMMANDS: &str = "error";

/// Logs from now on.
pub fn begin(command: &Command) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(command))
        .with_writer(stderr)
        .with_ansi(is_coloured())
        // What can't be written is dropped. Else it is told with `eprintln!`, which panics, since that can't be written either.
        .log_internal_errors(false);
    if let Err(error) = log.try_init() {
        note!("Nothing is logged: {error}");
    }
}

fn filter(command: &Command) -> EnvFilter {
    let wanted = env::var(VARIABLE).unwrap_or_default();
    // The library tells of those that it does not understand with `eprintln!`: so it is given none of them.
    let mut understood = Vec::new();
    for directive in wanted.split(',').filter(|directive| !directive.is_empty()) {
        match directive.parse::<Directive>() {
            Ok(_) => understood.push(directive),
            Err(error) => note!("`{directive}` of {VARIABLE} is ignored: {error}"),
        }
    }
    let directives = match (understood.as_slice(), command) {
        ([], Command::Serve(_) | Command::Worker(_)) => OF_SERVICES.to_owned(),
        ([], _) => OF_COMMANDS.to_owned(),
        _ => understood.join(","),
    };
    EnvFilter::builder().parse_lossy(directives)
}

/// Whether the log is read on a terminal that shows colours, by somebody who wants them (<https://no-color.org>).
fn is_coloured() -> bool {
    let is_unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_plain = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    stderr().is_terminal() && !is_unwanted && !is_plain
}
