//! How much a program and its children take of the machine.

use std::fs;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use super::program::Ran;

/// What a program took, with its children.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// The most memory that its processes had in use, each at its worst moment.
    pub memory_bytes: u64,
    /// Processor time.
    pub seconds: f64,
}

/// Processes do not get more time than this, on however busy a machine.
const PATIENCE: Duration = Duration::from_mins(3);
const PAUSE: Duration = Duration::from_millis(3);

/// Runs a program to its end, and says what it took.
#[track_caller]
pub fn run_measured(mut command: Command) -> (Ran, Taken) {
    let mut child = command.spawn().unwrap();
    let (mut memory, mut taken) = (Vec::new(), Taken::default());
    // What it says is read meanwhile: a full pipe would hold it up.
    let said = [child.stdout.take().map(reader), child.stderr.take().map(reader)];
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "the program does not end");
        look(&child, &mut memory, &mut taken);
        thread::sleep(PAUSE);
    }
    taken.memory_bytes = memory.iter().map(|(_, bytes)| bytes).sum();
    let [stdout, stderr] = said.map(|reader| reader.map(|reader| reader.join().unwrap()).unwrap_or_default());
    let output = std::process::Output {
        status: child.wait().unwrap(),
        stdout,
        stderr,
    };
    (output.into(), taken)
}

fn reader(mut pipe: impl std::io::Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn look(child: &Child, memory: &mut Vec<(u32, u64)>, taken: &mut Taken) {
    let mut seconds = 0.0;
    for pid in children(child.id()).into_iter().chain([child.id()]) {
        let Some(peak) = peak_memory(pid) else { continue };
        match memory.iter_mut().find(|(known, _)| *known == pid) {
            Some((_, known)) => *known = peak.max(*known),
            None => memory.push((pid, peak)),
        }
        seconds += processor_seconds(pid).unwrap_or_default();
    }
    taken.seconds = taken.seconds.max(seconds);
}

/// The children of all threads of a process.
pub fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .filter_map(Result::ok)
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let lists: Vec<String> = lists.collect();
    let pids = lists.iter().flat_map(|list| list.split_whitespace());
    pids.map(|pid| pid.parse().unwrap()).collect()
}

/// `VmHWM` of proc(5).
fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// `utime`, `stime`, `cutime` and `cstime` of proc(5), in hundredths of a second.
fn processor_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(4);
    Some(ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0)
}
