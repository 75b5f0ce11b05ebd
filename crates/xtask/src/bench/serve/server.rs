//! The service that is measured.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, bail};

use super::client::Client;
use crate::process::value_of;

/// A service that runs until this value is dropped.
pub struct Server {
    process: Child,
    pub client: Client,
}

/// What a process holds.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Memory in use.
    pub bytes: u64,
    /// Open files and connections.
    pub files: usize,
}

impl Server {
    /// Starts the service on a free port of this machine.
    pub fn start(binary: &Path, database: &str, folder: &Path) -> anyhow::Result<Self> {
        let command = |arguments: &[&str]| {
            let mut command = Command::new(binary);
            command
                .args(["--database", database, "--data-dir"])
                .arg(folder.join("data"));
            command.args(arguments).stdin(Stdio::null());
            command
        };
        let token = command(&["token"]).output()?;
        let token = String::from_utf8(token.stdout)?.trim().to_owned();
        // Each request is measured, none is to be refused.
        let limits = ["--requests-per-minute", "1000000000"];
        let mut serve = command(&["serve", "--bind", "127.0.0.1:0"]);
        let mut process = serve
            .args(limits)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().context("the service has no standard error")?;
        let mut lines = BufReader::new(stderr).lines();
        let address = loop {
            let Some(line) = lines.next() else {
                bail!("the service did not start");
            };
            if let Some(address) = line?.strip_prefix("Listening on http://") {
                break address.to_owned();
            }
        };
        // Whatever it says later must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            process,
            client: Client { address, token },
        })
    }

    /// What it holds now.
    pub fn held(&self) -> anyhow::Result<Held> {
        let process = format!("/proc/{}", self.process.id());
        let status = fs::read_to_string(format!("{process}/status"))?;
        Ok(Held {
            bytes: value_of(&status, "VmRSS").unwrap_or(0) * 1024,
            files: fs::read_dir(format!("{process}/fd"))?.count(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
