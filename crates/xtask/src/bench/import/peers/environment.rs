//! Environments of Python with packages in fixed versions, below the target folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::programs::{PYTHON, ensure};
use crate::step::{run, target_folder};

/// Packages that are installed together.
pub struct Environment {
    pub name: &'static str,
    /// All packages with their versions, as `pip freeze` lists them.
    pub requirements: &'static str,
}

impl Environment {
    /// Its interpreter. What was installed with other packages is installed anew.
    pub fn python(&self) -> anyhow::Result<PathBuf> {
        let folder = target_folder().join("bench-peers").join(self.name);
        let python = folder.join("bin/python");
        let note = folder.join("installed");
        if fs::read_to_string(&note).is_ok_and(|installed| installed == self.requirements) {
            return Ok(python);
        }
        ensure(&[PYTHON])?;
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let list = folder.join("requirements.txt");
        fs::write(&list, self.requirements)?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]);
        run(pip.arg("--requirement").arg(list))?;
        fs::write(note, self.requirements)?;
        Ok(python)
    }
}
