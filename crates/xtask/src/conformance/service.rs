//! A service of this checkout, with something in it, for as long as it is tried.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;

use anyhow::{Context, bail};

use crate::step::{cargo, run, target_folder, workspace};

/// What the organisation has before the first request: every kind of record that the sample has.
const SAMPLE: &str = "techman-export.xlsx";
/// More than any tool sends.
const NO_LIMIT: &str = "1000000000";

/// A running service. It ends with this value.
pub struct Service {
    process: Child,
    address: String,
    token: String,
    log: PathBuf,
}

impl Service {
    /// Builds the program, imports the sample into an empty SQLite database in this folder, and serves it on loopback.
    pub fn start(folder: &Path) -> anyhow::Result<Self> {
        // As the tests build it, so that it is not built again.
        run(cargo().args(["build", "--workspace", "--bin", "torqueflow", "--examples"]))?;
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let program = target_folder().canonicalize()?.join("debug/torqueflow");
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command
                .args(["--organization", "garage"])
                .args(arguments)
                .current_dir(folder);
            command.env("DATABASE_URL", "sqlite://conformance.db?mode=rwc");
            command.env("TORQUEFLOW_DATA_DIR", folder.join("data"));
            command
        };
        import(command)?;
        let token = command(&["token", "--role", "owner"]).output()?;
        let token = String::from_utf8(token.stdout)?.trim().to_owned();

        let limits = ["--requests-per-minute", NO_LIMIT, "--refusals-per-minute", NO_LIMIT];
        let mut serve = command(&["serve", "--bind", "127.0.0.1:0"]);
        let mut process = serve
            .args(limits)
            .stderr(Stdio::piped())
            .spawn()
            .context("failed to start the service")?;
        let log = folder.join("service.log");
        let stderr = process.stderr.take().context("the service has no standard error")?;
        let address = address(stderr, File::create(&log)?);
        // From here on it ends whatever happens.
        let mut service = Self {
            process,
            address: String::new(),
            token,
            log,
        };
        service.address = address?;
        Ok(service)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A token of an owner.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What it said.
    pub fn log(&self) -> &Path {
        &self.log
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Imports the sample. Some of its rows fail, as they are meant to.
fn import(command: impl Fn(&[&str]) -> Command) -> anyhow::Result<()> {
    let samples = workspace().join("tests/samples").canonicalize()?;
    let mut import = command(&["import"]);
    import
        .arg(samples.join(SAMPLE))
        .arg("--password-file")
        .arg(samples.join("password.txt"));
    let imported = import.args(["--on-duplicate", "skip"]).output()?;
    let code = imported.status.code();
    if code != Some(0) && code != Some(3) {
        bail!(
            "the sample was not imported: {}",
            String::from_utf8_lossy(&imported.stderr)
        );
    }
    Ok(())
}

/// Waits until the service says where it listens; what it says then goes into the log.
fn address(stderr: ChildStderr, mut log: File) -> anyhow::Result<String> {
    let mut lines = BufReader::new(stderr).lines();
    while let Some(line) = lines.next().transpose()? {
        writeln!(log, "{line}")?;
        let Some(address) = line.strip_prefix("Listening on ") else {
            continue;
        };
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // A full disk must not end the service.
                let _ = writeln!(log, "{line}");
            }
        });
        return Ok(address.to_owned());
    }
    bail!("the service did not start; its log says why")
}
