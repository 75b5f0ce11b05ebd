//! The real program: built once per test run, run as a child.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// The folder of the workspace's `Cargo.toml`.
pub fn repository() -> PathBuf {
    // Asked when the test runs: a test that was built for another checkout must not look at that one.
    let tests = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    tests.parent().unwrap().to_owned()
}

/// The cargo that runs the tests, as a person would start it.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var("CARGO").unwrap());
    // What cargo tells a test about its own package makes the build scripts of some crates run anew.
    for (name, _) in env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo.current_dir(repository());
    cargo
}

/// Where the program is.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(build_once)
}

/// Builds the program, unless another process of this run of cargo-nextest has: asking cargo again waits for its locks.
fn build_once() -> PathBuf {
    let Ok(run) = env::var("NEXTEST_RUN_ID") else {
        return build();
    };
    let note = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torqueflow-program");
    let noted = fs::read_to_string(&note).unwrap_or_default();
    if let Some((_, path)) = noted.split_once('\n').filter(|(noted_run, _)| *noted_run == run) {
        return PathBuf::from(path);
    }
    let path = build();
    // Written elsewhere and moved, so that nobody reads half of it.
    let draft = note.with_extension(std::process::id().to_string());
    fs::write(&draft, format!("{run}\n{}", path.display())).unwrap();
    fs::rename(draft, note).unwrap();
    path
}

/// Builds the program in the profile of the tests.
fn build() -> PathBuf {
    let mut command = cargo();
    // With the features of the whole workspace, examples and tests included: what was built for these is not built again.
    command.args(["build", "--workspace", "--bin", "torqueflow", "--examples"]);
    command.args(["--message-format", "json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = command.output().unwrap();
    let built = Ran::from(output);
    assert_eq!(built.code, 0, "the program can't be built: {}", built.stderr);
    let messages = built
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let executables: Vec<String> = messages
        .filter(|message| message["target"]["kind"] == json!(["bin"]))
        .filter_map(|message| message["executable"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(executables.len(), 1, "{executables:?}");
    PathBuf::from(&executables[0])
}

/// What a program answered.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            // A program that was killed has no code.
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Checks the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// The JSON on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// The first line on standard output that begins so.
    #[track_caller]
    pub fn line(&self, beginning: &str) -> &str {
        let line = self.stdout.lines().find(|line| line.starts_with(beginning));
        line.unwrap_or_else(|| panic!("no line begins with `{beginning}`: {}", self.stdout))
    }
}
