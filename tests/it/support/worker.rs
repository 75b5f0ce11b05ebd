//! A worker beside the service.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::workspace::Workspace;

/// How long a program may take to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A worker that runs until this value is dropped.
pub struct Worker {
    process: Child,
}

impl Workspace {
    /// Starts a worker with these arguments.
    pub fn work(&self, arguments: &str) -> Worker {
        self.work_with(arguments, |_| {})
    }

    /// Starts a worker with these arguments, as `settings` changes the command.
    pub fn work_with(&self, arguments: &str, settings: impl FnOnce(&mut Command)) -> Worker {
        let mut command = self.command(&format!("worker {arguments}"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        settings(&mut command);
        let process = command.spawn().unwrap();
        Worker { process }
    }
}

impl Worker {
    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Tells it to end, and waits until it has. Says with which exit code.
    pub fn stop(mut self) -> i32 {
        terminate(&mut self.process)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Tells a program to end, as service managers do, and waits until it has. Says with which exit code; a program that a
/// signal ended has none.
pub fn terminate(process: &mut Child) -> i32 {
    let told = Command::new("kill").arg(process.id().to_string()).status().unwrap();
    assert!(told.success());
    let begun = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code().unwrap_or(-1);
        }
        assert!(begun.elapsed() < PATIENCE, "the program does not end");
        thread::sleep(Duration::from_millis(20));
    }
}
