//! An S3-compatible store for the tests: moto (<https://docs.getmoto.org>), in an environment of Python below `target`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::programs::{PYTHON, ensure};
use crate::step::{run, target_folder};

/// The environment variable that names the store of the tests: its URL.
pub const TEST_S3: &str = "TORQUEFLOW_TEST_S3";
/// What is installed: of moto only what S3 takes, and the server.
const PACKAGES: [&str; 3] = ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];
/// How long the store may take to listen.
const PATIENCE: Duration = Duration::from_mins(1);

/// A store that runs until this value is dropped. It keeps everything in memory.
pub struct Store {
    process: Child,
    address: String,
}

impl Store {
    /// Installs the store, unless it is installed, and starts it on a free port of this machine.
    pub fn start() -> anyhow::Result<Self> {
        let server = installed()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("failed to start moto")?;
        let store = Self {
            process,
            address: format!("127.0.0.1:{port}"),
        };
        let begun = Instant::now();
        while TcpStream::connect(&store.address).is_err() {
            if begun.elapsed() > PATIENCE {
                bail!("moto does not listen on {}", store.address);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(store)
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What can't be ended here ends with the machine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's program. What was installed with other packages is installed anew.
fn installed() -> anyhow::Result<PathBuf> {
    let folder = target_folder().join("moto");
    let note = folder.join("installed");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
        return Ok(folder.join("bin/moto_server"));
    }
    ensure(&[PYTHON])?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    install(&folder)?;
    fs::write(note, wanted)?;
    Ok(folder.join("bin/moto_server"))
}

fn install(folder: &Path) -> anyhow::Result<()> {
    let mut pip = Command::new(folder.join("bin/pip"));
    run(pip
        .args(["install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES))
}
