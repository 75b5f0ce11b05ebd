//! `dependencies`: what we stand on may be used, comes from where it should, and is needed.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::process::measure;
use crate::step::{cargo, run, say, target_folder};

/// A program of the registry, in a version of our choice.
struct Tool {
    name: &'static str,
    version: &'static str,
}

const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};

const MACHETE: Tool = Tool {
    name: "cargo-machete",
    version: "0.9.2",
};

const RULES: &str = ".cargo/deny.toml";
/// How long the database of vulnerabilities may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);

/// Checks; stops at the first check that finds fault, which says with what.
pub fn check() -> anyhow::Result<()> {
    MACHETE.install()?;
    // By folder: it would look through what is built, too.
    run(MACHETE.command().args(["crates", "migrations", "tests"]))?;
    DENY.install()?;
    let mut rules = deny();
    rules.args(["check", "--hide-inclusion-graph"]);
    // An exception that nothing needs any more is one too many.
    rules.args(["--deny", "unmatched-skip", "--deny", "unnecessary-skip"]);
    run(rules.args(["bans", "licenses", "sources"]))?;
    if has_advisories()? {
        run(deny().args(["check", "advisories"]))
    } else {
        say("the database of known vulnerabilities can't be reached: not looked up");
        Ok(())
    }
}

fn deny() -> Command {
    let mut deny = DENY.command();
    deny.args(["--locked", "--config", RULES]);
    deny
}

/// Loads the database of vulnerabilities; says whether it could be had.
fn has_advisories() -> anyhow::Result<bool> {
    let ended = measure(deny().args(["fetch", "db"]), PATIENCE)?;
    Ok(ended.status.is_some_and(|status| status.success()))
}

impl Tool {
    /// The program, which looks into the package that it is started in.
    fn command(&self) -> Command {
        let mut command = Command::new(self.folder().join("bin").join(self.name));
        command.env("CARGO", cargo().get_program());
        command
    }

    /// Builds it, once per version. Without optimisation: it has little to do, and building takes longer than running.
    fn install(&self) -> anyhow::Result<()> {
        if self.folder().join("bin").join(self.name).exists() {
            return Ok(());
        }
        let mut install = cargo();
        install.args(["install", self.name, "--version", self.version]);
        install
            .args(["--locked", "--debug", "--quiet", "--root"])
            .arg(self.folder());
        run(&mut install)
    }

    fn folder(&self) -> PathBuf {
        target_folder()
            .join("tools")
            .join(format!("{}-{}", self.name, self.version))
    }
}
