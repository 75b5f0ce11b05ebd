//! What the numbers were measured on.

use std::fs;
use std::thread;

/// One line: processors, memory, and how busy the machine is with other work.
pub fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = value_of(&memory, "MemTotal").map_or(0, |kilobytes| kilobytes / 1024 / 1024);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!("{cores} cores, {memory} GB of memory, load average {}", load.join(" "))
}

/// The number of a line `name: 123 kB` of a file below `/proc`.
pub fn value_of(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(found, _)| *found == name)?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::value_of;

    #[test]
    fn values_are_read_by_their_whole_name() {
        let text = "VmPeak:\t  4321 kB\nVmHWM:\t  1234 kB\nThreads:\t3\n";
        assert_eq!(value_of(text, "VmHWM"), Some(1234));
        assert_eq!(value_of(text, "Threads"), Some(3));
        assert_eq!(value_of(text, "Vm"), None);
    }
}
