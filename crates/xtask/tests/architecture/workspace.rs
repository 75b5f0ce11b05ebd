//! The members of the workspace, as cargo sees them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The crates without async, database, HTTP, process, environment, randomness or clock.
pub const PURE: [&str; 9] = [
    "cleanup",
    "dedupe",
    "detection",
    "engine",
    "model",
    "msoffcrypto-rs",
    "pipeline",
    "tabular",
    "techman",
];

/// A member of the workspace. Names are without the `torqueflow-` that most have in common.
pub struct Member {
    pub name: String,
    pub folder: PathBuf,
    /// The roots of its libraries and programs.
    pub roots: Vec<PathBuf>,
    pub dependencies: Vec<Dependency>,
}

pub struct Dependency {
    pub name: String,
    /// A crate of ours.
    pub is_ours: bool,
    /// Only tests, examples and benchmarks use it.
    pub is_dev: bool,
}

/// All members.
pub fn members() -> &'static [Member] {
    static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
        let metadata = metadata();
        metadata["packages"].as_array().unwrap().iter().map(member).collect()
    });
    &MEMBERS
}

/// The member of this name.
#[track_caller]
pub fn member_named(name: &str) -> &'static Member {
    let found = members().iter().find(|member| member.name == name);
    found.unwrap_or_else(|| {
        panic!("the tests of the architecture speak of `{name}`, which is no crate of the workspace")
    })
}

/// The Rust files below a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn metadata() -> Value {
    // Asked when the test runs: a test that was built for another checkout must not look at that one.
    let our_folder = env::var("CARGO_MANIFEST_DIR").unwrap();
    let output = Command::new(env::var("CARGO").unwrap())
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(our_folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn member(package: &Value) -> Member {
    let roots = package["targets"].as_array().unwrap().iter();
    let roots = roots.filter(|target| {
        let kinds = target["kind"].as_array().unwrap();
        kinds.iter().any(|kind| kind == "lib" || kind == "bin")
    });
    Member {
        name: short(&package["name"]),
        folder: path(&package["manifest_path"]).parent().unwrap().to_path_buf(),
        roots: roots.map(|target| path(&target["src_path"])).collect(),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(dependency)
            .collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: short(&value["name"]),
        is_ours: value["path"].is_string(),
        is_dev: value["kind"] == "dev",
    }
}

fn short(name: &Value) -> String {
    let name = name.as_str().unwrap();
    name.strip_prefix("torqueflow-").unwrap_or(name).to_owned()
}

fn path(value: &Value) -> PathBuf {
    PathBuf::from(value.as_str().unwrap())
}
