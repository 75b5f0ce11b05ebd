//! The tools that check, in the versions that `api-spec` names, in a folder below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::step::{run, target_folder, workspace};

/// What is written in JavaScript, with everything below it.
const NODE_LOCK: &str = "package-lock.json";
/// What is written in Python, with everything below it.
const PYTHON_LOCK: &str = "requirements.txt";

/// The tools, and a copy of `api-spec` for them to work on.
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Copies `api-spec`, and installs what is not there in its version yet.
    pub fn install() -> anyhow::Result<Self> {
        let folder = target_folder().join("conformance");
        fs::create_dir_all(&folder)?;
        let tools = Self {
            // The tools are started in it, so that a path relative to us would not do.
            folder: folder.canonicalize()?,
        };
        let client = tools.folder.join("client");
        if client.exists() {
            fs::remove_dir_all(&client)?;
        }
        copy(&workspace().join("api-spec"), &tools.folder).context("failed to copy `api-spec`")?;
        tools.once(NODE_LOCK, || {
            let flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
            run(Command::new("npm").args(flags).current_dir(&tools.folder))
        })?;
        tools.once(PYTHON_LOCK, || {
            let mut venv = Command::new("python3");
            run(venv.args(["-m", "venv", "--clear", "venv"]).current_dir(&tools.folder))?;
            run(tools
                .python("pip")
                .args(["install", "--quiet", "--no-deps", "--requirement", PYTHON_LOCK]))
        })?;
        Ok(tools)
    }

    /// The folder that they work in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A tool that is written in JavaScript.
    pub fn node(&self, name: &str) -> Command {
        self.command(&self.folder.join("node_modules/.bin").join(name))
    }

    /// A tool that is written in Python.
    pub fn python(&self, name: &str) -> Command {
        self.command(&self.folder.join("venv/bin").join(name))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        command
    }

    /// Does something once for each content of a file.
    fn once(&self, lock: &str, install: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let wanted = fs::read(self.folder.join(lock))?;
        let note = self.folder.join(format!("installed-{lock}"));
        if fs::read(&note).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        install()?;
        Ok(fs::write(note, wanted)?)
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_installed_anew_with_another_version_only() {
        let folder = tempfile::tempdir().unwrap();
        let tools = Tools {
            folder: folder.path().to_owned(),
        };
        let mut installed = 0;
        let mut ask = |versions: &str| {
            fs::write(folder.path().join("lock"), versions).unwrap();
            tools
                .once("lock", || {
                    installed += 1;
                    Ok(())
                })
                .unwrap();
            installed
        };
        assert_eq!([ask("1"), ask("1"), ask("2"), ask("2")], [1, 1, 2, 2]);
        let failed = tools.once("no-such-lock", || Ok(()));
        assert!(failed.is_err());
    }

    #[test]
    fn folders_are_copied_whole() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(from.path().join("client")).unwrap();
        fs::write(from.path().join("client/a.ts"), "a").unwrap();
        copy(from.path(), to.path()).unwrap();
        assert_eq!(fs::read_to_string(to.path().join("client/a.ts")).unwrap(), "a");
    }
}
