//! What the numbers were measured on.

use std::fs;
use std::thread;

use crate::process::value_of;

/// One line: processors, memory, and how busy the machine is with other work.
pub fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = value_of(&memory, "MemTotal").map_or(0, |kilobytes| kilobytes / 1024 / 1024);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!("{cores} cores, {memory} GB of memory, load average {}", load.join(" "))
}
