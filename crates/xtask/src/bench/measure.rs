//! Runs a program and takes note of its time, its phases and its memory.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::machine::value_of;

/// How often we look at the program.
const PAUSE: Duration = Duration::from_millis(5);
/// A program that takes longer is ended.
const LIMIT: Duration = Duration::from_mins(30);

/// What an import says on standard error when a phase begins.
const DETECTING: &str = "Opening the files";
const ANALYSING: &str = "Analysing every row";
const IMPORTING: &str = "Importing";

/// A program that has ended.
pub struct Measured {
    pub exit_code: Option<i32>,
    pub wall: Duration,
    /// The most memory that it had at once.
    pub peak_bytes: u64,
    pub output: String,
    /// The lines on standard error, with the time since the start.
    lines: Vec<(Duration, String)>,
}

/// How long each phase of an import took. What was before the first is in none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phases {
    pub detecting: Duration,
    pub analysing: Duration,
    pub importing: Duration,
}

/// Runs a program to its end.
pub fn measure(command: &mut Command) -> anyhow::Result<Measured> {
    let start = Instant::now();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .with_context(|| format!("failed to start `{program}`"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = thread::spawn(move || {
        let mut text = String::new();
        stdout.map_or(Ok(0), |mut stdout| stdout.read_to_string(&mut text))?;
        Ok::<_, io::Error>(text)
    });
    let lines = thread::spawn(move || {
        let lines = stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).lines());
        lines
            .map(|line| Ok((start.elapsed(), line?)))
            .collect::<io::Result<Vec<_>>>()
    });
    let (status, peak_bytes) = watch(&mut child, start)?;
    let wall = start.elapsed();
    Ok(Measured {
        exit_code: status.code(),
        wall,
        peak_bytes,
        output: joined(output)?,
        lines: joined(lines)?,
    })
}

fn joined<T>(thread: thread::JoinHandle<io::Result<T>>) -> anyhow::Result<T> {
    match thread.join() {
        Ok(result) => Ok(result?),
        Err(_) => bail!("reading the program's output failed"),
    }
}

/// Waits for the end of the program; says how much memory it had at most.
fn watch(child: &mut Child, start: Instant) -> anyhow::Result<(ExitStatus, u64)> {
    let mut peak_bytes = 0;
    loop {
        peak_bytes = peak_bytes.max(high_water_mark(child.id()));
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak_bytes));
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            bail!("the program took longer than {} minutes", LIMIT.as_secs() / 60);
        }
        thread::sleep(PAUSE);
    }
}

/// The most memory that a process had so far; 0 once it has ended.
fn high_water_mark(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    value_of(&status, "VmHWM").unwrap_or(0) * 1024
}

impl Measured {
    /// What it said on standard error.
    pub fn messages(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }

    /// The phases of an import.
    pub fn phases(&self) -> anyhow::Result<Phases> {
        let begin = |phase: &str| {
            let line = self.lines.iter().find(|(_, line)| line == phase);
            line.map(|(at, _)| *at)
                .with_context(|| format!("the import did not say `{phase}`"))
        };
        let (detecting, analysing, importing) = (begin(DETECTING)?, begin(ANALYSING)?, begin(IMPORTING)?);
        Ok(Phases {
            detecting: analysing.saturating_sub(detecting),
            analysing: importing.saturating_sub(analysing),
            importing: self.wall.saturating_sub(importing),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Measured {
        measure(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn a_program_is_measured() {
        let measured = shell("echo out; echo err >&2; sleep 0.2; exit 3");
        assert_eq!(measured.exit_code, Some(3));
        assert_eq!(measured.output, "out\n");
        assert_eq!(measured.messages(), "err");
        assert!(measured.wall >= Duration::from_millis(200));
        assert!(measured.peak_bytes > 0 || !std::path::Path::new("/proc").exists());
    }

    #[test]
    fn phases_are_read_from_what_an_import_says() {
        let at = Duration::from_secs;
        let line = |seconds, text: &str| (at(seconds), text.to_owned());
        let mut measured = Measured {
            exit_code: Some(0),
            wall: at(60),
            peak_bytes: 0,
            output: String::new(),
            lines: vec![line(1, DETECTING), line(3, ANALYSING), line(9, "a.csv: analysed")],
        };
        assert!(measured.phases().is_err());
        measured.lines.push(line(10, IMPORTING));
        let expected = Phases {
            detecting: at(2),
            analysing: at(7),
            importing: at(50),
        };
        assert_eq!(measured.phases().unwrap(), expected);
    }
}
