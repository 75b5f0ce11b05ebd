//! A PostgreSQL server of one's own.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use super::account::Account;
use super::binaries::{binaries, run};
use super::database::{create, unique_name};

/// A free port can be taken by another program before the server has it.
const ATTEMPTS: u32 = 3;

/// A PostgreSQL server in a temporary folder, on a free port of this machine, without passwords.
///
/// It is as durable as one in production, so that times and crashes mean something. Text sorts by its bytes (locale C). It
/// ends with this value, or with this process, however that ends.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    guard: Child,
}

impl Cluster {
    /// Makes a server and starts it; returns when it answers.
    pub fn start() -> io::Result<Self> {
        let programs = binaries("initdb")?;
        let account = Account::find()?;
        let folder = tempfile::Builder::new().prefix("torqueflow-postgres-").tempdir()?;
        account.take(folder.path())?;
        let guard = guard(account, &programs, folder.path())?;
        // From here on the guard removes the folder.
        let mut cluster = Self {
            folder: folder.keep(),
            port: 0,
            guard,
        };
        cluster.initialize(account, &programs)?;
        cluster.launch(account, &programs)?;
        Ok(cluster)
    }

    /// The URL of one of its databases. `postgres` always exists.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Creates an empty database with a name of its own; gives its URL.
    pub fn create_database(&self) -> io::Result<String> {
        let name = unique_name();
        create(&self.url("postgres"), &name)?;
        Ok(self.url(&name))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn initialize(&self, account: Account, programs: &Path) -> io::Result<()> {
        let mut initdb = account.command(programs.join("initdb"));
        initdb.current_dir(&self.folder).arg("-D").arg(self.data());
        initdb.args(["--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8"]);
        run(&mut initdb)?;
        let configuration = self.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&configuration)?;
        text.push_str(&settings(&self.folder));
        fs::write(configuration, text)
    }

    fn launch(&mut self, account: Account, programs: &Path) -> io::Result<()> {
        let log = self.folder.join("log");
        let mut result = Ok(());
        for _ in 0..ATTEMPTS {
            self.port = free_port()?;
            let mut pg_ctl = account.command(programs.join("pg_ctl"));
            pg_ctl.current_dir(&self.folder).arg("-D").arg(self.data());
            pg_ctl.arg("-l").arg(&log);
            pg_ctl.args(["-w", "-t", "60", "-o", &format!("-p {}", self.port), "start"]);
            result = run(&mut pg_ctl);
            if result.is_ok() {
                break;
            }
        }
        result.map_err(|error| {
            let log = fs::read_to_string(log).unwrap_or_default();
            io::Error::other(format!("{error}\n{log}"))
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Waiting closes the guard's input. Nobody is left to tell about a failure; the folder is a temporary one.
        let _ = self.guard.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A process that waits for the end of its input, then stops the server and removes its folder.
///
/// Its input ends with this process even where [`Drop`] does not run: after Ctrl-C, a crash, a kill. It is in a process
/// group of its own, so that Ctrl-C does not reach it.
fn guard(account: Account, programs: &Path, folder: &Path) -> io::Result<Child> {
    let script = r#"cat >/dev/null; "$0" -D "$1/data" -m immediate -w stop; rm -rf "$1""#;
    let mut command = account.command("sh");
    command.arg("-c").arg(script).arg(programs.join("pg_ctl")).arg(folder);
    command.current_dir("/").process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// What differs from PostgreSQL's own settings, and what must not: durability.
fn settings(folder: &Path) -> String {
    let socket_folder = folder.to_string_lossy().replace('\'', "''");
    format!(
        "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{socket_folder}'\nmax_connections = 200\n\
         shared_buffers = 128MB\nfsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
    )
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;
    use crate::postgres::database::psql;

    #[test]
    fn a_cluster_is_like_production_and_is_gone_afterwards() {
        let cluster = Cluster::start().unwrap();
        let first = cluster.create_database().unwrap();
        let second = cluster.create_database().unwrap();
        psql(&first, "create table t (a text)").unwrap();
        psql(&second, "create table t (a text)").unwrap();
        check_settings(&first);

        let (folder, port) = (cluster.folder.clone(), cluster.port);
        let pid_file = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
        let process = Path::new("/proc").join(pid_file.lines().next().unwrap());
        assert!(is_running(&process) || !Path::new("/proc").exists());
        drop(cluster);
        assert!(!folder.exists());
        assert!(!is_running(&process));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }

    /// A process that ended keeps its folder, without a command line, until its parent takes note.
    fn is_running(process: &Path) -> bool {
        fs::read(process.join("cmdline")).is_ok_and(|line| !line.is_empty())
    }

    #[track_caller]
    fn check_settings(url: &str) {
        for (condition, what) in [
            ("'B' < 'a'", "text sorts by its bytes"),
            ("getdatabaseencoding() = 'UTF8'", "UTF-8"),
            ("current_setting('fsync')::bool", "fsync"),
            ("current_setting('synchronous_commit') = 'on'", "commits are durable"),
            ("current_setting('max_connections') = '200'", "200 connections"),
            ("current_setting('shared_buffers') = '128MB'", "128 MB"),
        ] {
            psql(url, &format!("do $$ begin assert {condition}; end $$")).expect(what);
        }
    }
}
