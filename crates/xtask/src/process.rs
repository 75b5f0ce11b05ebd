//! Runs a program and takes note of its time, its memory and what it says.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How often we look at the program.
const PAUSE: Duration = Duration::from_millis(5);

/// A program that has ended.
pub struct Ended {
    /// `None`: it took too long and was ended.
    pub status: Option<ExitStatus>,
    #[cfg_attr(
        not(any(feature = "bench", test)),
        expect(dead_code, reason = "of the chores, only `bench` asks for it")
    )]
    pub wall: Duration,
    /// The time that processors were seen to have spent on it, which other programs do not lengthen.
    pub busy: Duration,
    /// The most memory that it was seen to have at once.
    pub peak_bytes: u64,
    pub output: String,
    /// The lines on standard error, with the time since the start.
    pub lines: Vec<(Duration, String)>,
}

impl Ended {
    /// What it said on standard error.
    pub fn messages(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }
}

/// Runs a program to its end, or until the time is up.
pub fn measure(command: &mut Command, limit: Duration) -> anyhow::Result<Ended> {
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
    let watched = watch(&mut child, start, limit)?;
    let wall = start.elapsed();
    Ok(Ended {
        status: watched.status,
        wall,
        busy: watched.busy,
        peak_bytes: watched.peak_bytes,
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

/// What was seen of a program while it ran.
#[derive(Default)]
struct Watched {
    status: Option<ExitStatus>,
    busy: Duration,
    peak_bytes: u64,
}

/// Waits for the end of the program.
fn watch(child: &mut Child, start: Instant, limit: Duration) -> anyhow::Result<Watched> {
    let mut watched = Watched::default();
    let process = child.id().to_string();
    loop {
        watched.peak_bytes = watched.peak_bytes.max(high_water_mark(&process));
        watched.busy = watched.busy.max(busy(&process));
        watched.status = child.try_wait()?;
        if watched.status.is_some() {
            return Ok(watched);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(watched);
        }
        thread::sleep(PAUSE);
    }
}

/// The time that processors have spent on a process (`self`, or its number) so far; zero where nobody knows.
pub fn busy(process: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    busy_of(&stat).unwrap_or_default()
}

/// User and system time out of a file `stat` below `/proc`, whose second field is a name that may hold anything. The
/// kernel counts for it in hundredths of a second.
fn busy_of(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut next = || times.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((next()? + next()?) * 10))
}

/// The most memory that a process (`self`, or its number) had so far; 0 where nobody knows.
pub fn high_water_mark(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    value_of(&status, "VmHWM").unwrap_or(0) * 1024
}

/// The number of a line `name: 123 kB` of a file below `/proc`.
pub fn value_of(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(found, _)| *found == name)?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        measure(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn a_program_is_measured() {
        let ended = shell("echo out; echo err >&2; sleep 0.2; exit 3", Duration::from_mins(1));
        assert_eq!(ended.status.and_then(|status| status.code()), Some(3));
        assert_eq!(ended.output, "out\n");
        assert_eq!(ended.messages(), "err");
        assert!(ended.wall >= Duration::from_millis(200));
        assert!(ended.peak_bytes > 0 || !std::path::Path::new("/proc").exists());
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        let ended = shell("exec sleep 60", Duration::from_millis(50));
        assert!(ended.status.is_none());
        assert!(ended.wall < Duration::from_secs(30));
    }

    #[test]
    fn times_are_read_from_behind_the_name() {
        let stat = "42 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0\n";
        assert_eq!(busy_of(stat), Some(Duration::from_millis(1750)));
        assert_eq!(busy_of("42 (a)"), None);
    }

    #[test]
    fn values_are_read_by_their_whole_name() {
        let text = "VmPeak:\t  4321 kB\nVmHWM:\t  1234 kB\nThreads:\t3\n";
        assert_eq!(value_of(text, "VmHWM"), Some(1234));
        assert_eq!(value_of(text, "Threads"), Some(3));
        assert_eq!(value_of(text, "Vm"), None);
    }
}
