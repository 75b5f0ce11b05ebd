//! What the chores share that run other programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;

/// A program that ran and was not content.
#[derive(Debug, thiserror::Error)]
#[error("`{line}` failed")]
pub struct StepFailed {
    line: String,
    exit_code: u8,
}

/// The exit code for an error: that of the program that failed, else 1.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    let failed = error.downcast_ref::<StepFailed>();
    failed.map_or(ExitCode::FAILURE, |failed| ExitCode::from(failed.exit_code))
}

/// The cargo that runs us, as a person would start it.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo tells a program about its own package makes the build scripts of some crates run anew.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The root of this checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// Says what it runs and runs it with our own input and output.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let line = line(command);
    say(&line);
    let status = command.status().with_context(|| format!("failed to start `{line}`"))?;
    if status.success() {
        return Ok(());
    }
    // A program that a signal ended has no exit code.
    let exit_code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(StepFailed { line, exit_code }.into())
}

/// Tells the person one line, between the lines of the programs that run.
#[expect(clippy::print_stderr, reason = "a chore tells the person what it does")]
pub fn say(line: &str) {
    eprintln!("xtask: {line}");
}

/// What a person would type, without the folders of the program.
fn line(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    [name].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_that_of_the_program() {
        let error = run(Command::new("/bin/sh").args(["-c", "exit 100"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 100` failed");
        assert_eq!(error.downcast_ref::<StepFailed>().unwrap().exit_code, 100);
        let within = error.context("a chore failed");
        assert_eq!(
            format!("{:?}", exit_code(&within)),
            format!("{:?}", ExitCode::from(100))
        );
    }

    #[test]
    fn the_variables_of_our_own_package_are_not_handed_on() {
        let command = cargo();
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert!(removed.iter().any(|(name, _)| *name == "CARGO_PKG_NAME"), "{removed:?}");
    }
}
