//! The engine: libFuzzer, built into the program of `torqueflow-fuzz`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use torqueflow_fuzz::Target;

use crate::step::{cargo, run, target_folder};

/// Has the compiler note which code an input reaches and what is compared there. Works on stable compilers; sanitizers,
/// which do not, would find little in code without `unsafe`. What is only checked in debug builds is checked here.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks";

/// An input that takes longer is a crash.
const SECONDS_PER_INPUT: u32 = 30;
/// A process with more memory is a crash.
const MEMORY_MB: u32 = 512;
/// Memory that a process can ask for at all, in kilobytes: asking for too much at once is a crash too.
const ADDRESS_SPACE_KB: u64 = 4 << 20;
/// A target that crashes more often is not run on.
const MOST_CRASHES: usize = 20;

/// The engine, ready to run.
pub struct Engine {
    program: PathBuf,
    folder: PathBuf,
}

/// What came of running a target.
#[derive(Debug, Default)]
pub struct Run {
    pub executions: u64,
    pub wall: Duration,
    /// Each input that crashed: its file, and the first words of the panic.
    pub crashes: Vec<String>,
    pub peak_mb: u64,
    pub slowest_ms: Option<u64>,
}

impl Engine {
    /// Builds it, beside what else is built since its instructions make all code anew.
    pub fn build(folder: &Path) -> anyhow::Result<Self> {
        let host = Command::new("rustc").args(["--print", "host-tuple"]).output();
        let host = host.context("failed to start rustc")?;
        let host = String::from_utf8_lossy(&host.stdout).trim().to_owned();
        let output = target_folder().join("fuzz");
        let mut build = cargo();
        // With a target named, the flags do not reach what runs at build time.
        build.args([
            "build",
            "--release",
            "--package",
            "torqueflow-fuzz",
            "--features",
            "libfuzzer",
        ]);
        build.args(["--target", &host, "--target-dir"]).arg(&output);
        run(build.env("RUSTFLAGS", FLAGS))?;
        Ok(Self {
            program: output.join(host).join("release").join("torqueflow-fuzz"),
            folder: folder.to_path_buf(),
        })
    }

    /// Runs a target until its time is up, anew after each crash.
    pub fn run(&self, target: &Target, time: Duration) -> anyhow::Result<Run> {
        let folder = self.prepare(target)?;
        let start = Instant::now();
        let mut result = Run::default();
        loop {
            let left = time.saturating_sub(start.elapsed()).as_secs();
            let crashed = self.run_once(target, &folder, left.max(1), &mut result)?;
            result.wall = start.elapsed();
            if !crashed || result.crashes.len() >= MOST_CRASHES || result.wall >= time {
                break;
            }
        }
        let slowest = fs::read_to_string(folder.join("slowest-ms")).ok();
        result.slowest_ms = slowest.and_then(|text| text.trim().parse().ok());
        Ok(result)
    }

    /// Makes the folders of a target, and writes what it begins with.
    fn prepare(&self, target: &Target) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(target.name);
        for name in ["corpus", "crashes"] {
            fs::create_dir_all(folder.join(name))?;
        }
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join("corpus").join(format!("seed-{number}")), seed)?;
        }
        fs::write(folder.join("dictionary"), dictionary(target.tokens))?;
        let _ = fs::remove_file(folder.join("slowest-ms"));
        Ok(folder)
    }

    /// Runs until the time is up or an input crashes; says which.
    fn run_once(&self, target: &Target, folder: &Path, seconds: u64, result: &mut Run) -> anyhow::Result<bool> {
        let log = folder.join("log");
        let mut shell = Command::new("sh");
        let script = format!("ulimit -v {ADDRESS_SPACE_KB}; exec \"$0\" \"$@\"");
        shell
            .args(["-c", &script])
            .arg(&self.program)
            .arg(folder.join("corpus"));
        shell.arg(format!("-dict={}", folder.join("dictionary").display()));
        shell.arg(format!("-artifact_prefix={}/", folder.join("crashes").display()));
        shell.arg(format!("-max_len={}", target.max_bytes));
        shell.arg(format!("-max_total_time={seconds}"));
        shell.arg(format!("-timeout={SECONDS_PER_INPUT}"));
        shell.arg(format!("-report_slow_units={SECONDS_PER_INPUT}"));
        shell.arg(format!("-rss_limit_mb={MEMORY_MB}"));
        shell.arg("-print_final_stats=1");
        shell.env("TORQUEFLOW_FUZZ_TARGET", target.name);
        shell.env("TORQUEFLOW_FUZZ_NOTES", folder);
        let output = File::create(&log)?;
        shell.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let status = shell.status().context("failed to start the engine")?;
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        result.add(&text, status.success())?;
        Ok(!status.success())
    }
}

impl Run {
    /// Adds what one process said at its end.
    fn add(&mut self, log: &str, succeeded: bool) -> anyhow::Result<()> {
        let figure = |name: &str| {
            let line = log
                .lines()
                .find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
            line.and_then(|value| value.trim().parse::<u64>().ok())
        };
        // A process that was ended from outside says nothing.
        self.executions += figure("number_of_executed_units:").unwrap_or(0);
        self.peak_mb = self.peak_mb.max(figure("peak_rss_mb:").unwrap_or(0));
        if succeeded {
            return Ok(());
        }
        let kept = log.lines().find_map(|line| line.split_once("Test unit written to "));
        let Some((_, file)) = kept else {
            let last: Vec<&str> = log.lines().rev().take(3).collect();
            bail!("the engine failed: {}", last.join(" | "));
        };
        let mut lines = log.lines().skip_while(|line| !line.contains("panicked at"));
        let mut words = String::new();
        for line in lines.by_ref().take(2) {
            write!(words, "{} ", line.chars().take(200).collect::<String>())?;
        }
        let words = if words.is_empty() {
            "took too long, or too much memory"
        } else {
            words.trim()
        };
        self.crashes.push(format!("{file}: {words}"));
        Ok(())
    }
}

/// The pieces of inputs as the engine reads them: each in quotes, bytes in hexadecimal.
fn dictionary(tokens: &[&str]) -> String {
    let mut text = String::new();
    for token in tokens {
        text.push('"');
        for byte in token.bytes() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
        text.push_str("\"\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_says_at_its_end_is_added_up() {
        let mut run = Run::default();
        run.add("stat::number_of_executed_units: 10\nstat::peak_rss_mb:   50\n", true)
            .unwrap();
        let log = "thread 'x' panicked at a.rs:1:2:\nbroken\nstack backtrace:\n\
            artifact_prefix='c/'; Test unit written to c/crash-1\nstat::number_of_executed_units: 5\n";
        run.add(log, false).unwrap();
        assert_eq!((run.executions, run.peak_mb), (15, 50));
        assert_eq!(run.crashes, ["c/crash-1: thread 'x' panicked at a.rs:1:2: broken"]);
        assert!(run.add("error while loading\n", false).is_err());
    }

    #[test]
    fn tokens_are_written_for_the_engine() {
        assert_eq!(dictionary(&["a\"", "\n"]), "\"\\x61\\x22\"\n\"\\x0A\"\n");
    }
}
