//! `bench build`: what building the program costs from nothing, and how large it becomes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;

use super::machine;
use crate::step::{cargo, run, target_folder, workspace};
use crate::table::{markdown, print};

/// Build the program from nothing, and print how long that takes and how large it is.
///
/// Whatever it needs is downloaded before. Leave the machine alone meanwhile: every other process lengthens it.
#[derive(Args)]
pub struct BuildBench {
    /// Say how large the program is that was built last, and how many packages it has, without building it.
    #[arg(long)]
    sizes_only: bool,
}

/// A figure: what it is, what it was when this bench was written, and what it may be.
struct Figure {
    name: &'static str,
    before: &'static str,
    bound: &'static str,
    now: String,
}

impl BuildBench {
    /// Builds, and prints.
    pub fn run(&self) -> anyhow::Result<()> {
        let folder = target_folder().join("bench-build");
        let duration = if self.sizes_only { None } else { Some(build(&folder)?) };
        let program = folder.join("release/torqueflow");
        let packages = Packages::of_program()?;
        let figures = [
            figure(
                "cold release build",
                "10 min 13 s",
                "7 min",
                duration.map_or("-".to_owned(), minutes),
            ),
            figure("the program", "261 MB", "60 MB", megabytes(size_of(&program)?)),
            figure(
                "the program, stripped",
                "48 MB",
                "",
                megabytes(stripped_size(&program)?),
            ),
            figure("packages locked", "612", "", locked()?.to_string()),
            figure("packages in the program", "366", "", packages.count().to_string()),
            figure("of them in several versions", "43", "", packages.repeated().to_string()),
        ];
        let rows: Vec<Vec<String>> = figures.into_iter().map(Figure::row).collect();
        print(&markdown(&["", "before", "at most", "now"], &rows, 1));
        print(&machine::describe());
        Ok(())
    }
}

fn figure(name: &'static str, before: &'static str, bound: &'static str, now: String) -> Figure {
    Figure {
        name,
        before,
        bound,
        now,
    }
}

impl Figure {
    fn row(self) -> Vec<String> {
        vec![
            self.name.to_owned(),
            self.before.to_owned(),
            self.bound.to_owned(),
            self.now,
        ]
    }
}

/// The time that a build takes that finds nothing built.
fn build(folder: &Path) -> anyhow::Result<Duration> {
    run(cargo().args(["fetch", "--locked"]))?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let start = Instant::now();
    let mut build = cargo();
    build.args([
        "build",
        "--release",
        "--locked",
        "--timings",
        "--package",
        "torqueflow-cli",
    ]);
    run(build.env("CARGO_TARGET_DIR", folder))?;
    Ok(start.elapsed())
}

fn size_of(program: &Path) -> anyhow::Result<u64> {
    let metadata = fs::metadata(program).with_context(|| format!("`{}` is not built", program.display()))?;
    Ok(metadata.len())
}

/// Without the names of functions, which panics and profilers tell.
fn stripped_size(program: &Path) -> anyhow::Result<u64> {
    let stripped = program.with_extension("stripped");
    run(Command::new("strip").arg("-o").arg(&stripped).arg(program))?;
    size_of(&stripped)
}

/// All packages of the lock file, those of tests and chores too.
fn locked() -> anyhow::Result<usize> {
    let lock = fs::read_to_string(workspace().join("Cargo.lock"))?;
    Ok(lock.lines().filter(|line| *line == "[[package]]").count())
}

/// The packages of the program: versions by name.
struct Packages(BTreeMap<String, Vec<String>>);

impl Packages {
    /// What is linked into the program or runs while it is built.
    fn of_program() -> anyhow::Result<Self> {
        let mut tree = cargo();
        tree.args(["tree", "--locked", "--package", "torqueflow-cli"]);
        tree.args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
        let output = tree.output().context("failed to start `cargo tree`")?;
        ensure!(output.status.success(), "`cargo tree` failed");
        Ok(Self::read(&String::from_utf8_lossy(&output.stdout)))
    }

    fn read(tree: &str) -> Self {
        let mut packages: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in tree.lines() {
            let mut words = line.split(' ');
            if let (Some(name), Some(version)) = (words.next(), words.next()) {
                let versions = packages.entry(name.to_owned()).or_default();
                if !versions.iter().any(|known| known == version) {
                    versions.push(version.to_owned());
                }
            }
        }
        Self(packages)
    }

    fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    fn repeated(&self) -> usize {
        self.0.values().filter(|versions| versions.len() > 1).count()
    }
}

fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{} min {} s", seconds / 60, seconds % 60)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_counted_by_version() {
        let tree = "torqueflow-cli v0.1.0 (/source/crates/cli)\nsyn v2.0.1\nsyn v3.0.0 (*)\nsyn v2.0.1 (proc-macro)\n\nquote v1.0.0\n";
        let packages = Packages::read(tree);
        assert_eq!((packages.count(), packages.repeated()), (4, 1));
    }

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(minutes(Duration::from_millis(613_900)), "10 min 13 s");
        assert_eq!(megabytes(47_000_001), "48 MB");
    }
}
