//! Programs of others that chores need.

use std::process::{Command, Stdio};

use anyhow::bail;
use torqueflow_test_support::postgres;

use crate::step::run;

/// A program, and how to get it.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    name: &'static str,
    /// What it is asked, to see whether it is there.
    question: &'static [&'static str],
    /// The package of Debian and Ubuntu that has it.
    package: &'static str,
}

/// Transfers over HTTP.
pub const CURL: Program = Program::new("curl", &["--version"], "curl");
/// Reads JSON.
pub const JQ: Program = Program::new("jq", &["--version"], "jq");
/// Runs JavaScript.
pub const NODE: Program = Program::new("node", &["--version"], "nodejs");
/// Installs what is written in JavaScript.
pub const NPM: Program = Program::new("npm", &["--version"], "npm");
/// Python, with what makes environments in which packages can be installed.
pub const PYTHON: Program = Program::new("python3", &["-c", "import ensurepip, venv"], "python3-venv");

impl Program {
    const fn new(name: &'static str, question: &'static [&'static str], package: &'static str) -> Self {
        Self {
            name,
            question,
            package,
        }
    }

    fn is_there(self) -> bool {
        let mut asked = Command::new(self.name);
        asked.args(self.question).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    }
}

/// Sees to it that programs are there: installs them where root runs us on Debian or Ubuntu, else says what to type.
pub fn ensure(programs: &[Program]) -> anyhow::Result<()> {
    let missing: Vec<Program> = programs.iter().copied().filter(|program| !program.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    if !postgres::is_root()? {
        bail!("{}", advice(&missing));
    }
    install(&packages)?;
    if missing.iter().any(|program| !program.is_there()) {
        bail!("{}", advice(&missing));
    }
    Ok(())
}

/// Installs packages of Debian or Ubuntu.
pub fn install(packages: &[&str]) -> anyhow::Result<()> {
    let apt_get = |arguments: &[&str]| {
        let mut apt_get = Command::new("apt-get");
        run(apt_get.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn advice(missing: &[Program]) -> String {
    let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    format!(
        "this needs {}; install it: sudo apt-get install -y --no-install-recommends {}",
        names.join(", "),
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        assert!(Program::new("sh", &["-c", "true"], "dash").is_there());
        assert!(!Program::new("sh", &["-c", "false"], "dash").is_there());
        assert!(!Program::new("no-such-program", &[], "nothing").is_there());
        assert_eq!(
            advice(&[NODE, PYTHON]),
            "this needs node, python3; install it: sudo apt-get install -y --no-install-recommends nodejs python3-venv"
        );
    }
}
