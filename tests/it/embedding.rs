//! Other Rust programs link our crates: the pipeline without a runtime or a database, the use cases with both.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Ran, cargo, program, repository};

/// One of the examples beside these tests, which know of our crates what any program can.
fn example(name: &str) -> Command {
    Command::new(program().with_file_name("examples").join(name))
}

fn sample(name: &str) -> PathBuf {
    repository().join("tests/samples").join(name)
}

fn run(name: &str, arguments: &[&Path]) -> Ran {
    let output = example(name).args(arguments).output();
    Ran::from(output.unwrap()).exits(0)
}

/// The packages that these crates link, one a line.
fn links(crates: &[&str]) -> String {
    let mut tree = cargo();
    tree.args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]);
    for name in crates {
        tree.args(["--package", name]);
    }
    Ran::from(tree.output().unwrap()).exits(0).stdout
}

#[track_caller]
fn assert_links(tree: &str, package: &str, expected: bool) {
    let found = tree.lines().any(|line| line.starts_with(&format!("{package} v")));
    assert_eq!(found, expected, "{package}: {tree}");
}

#[test]
fn the_pipeline_links_no_runtime_and_no_database() {
    let tree = links(&["torqueflow-pipeline", "torqueflow-techman"]);
    assert_links(&tree, "torqueflow-pipeline", true);
    for package in ["tokio", "sea-orm", "sqlx", "async-std", "actix-web", "hyper"] {
        assert_links(&tree, package, false);
    }
}

#[test]
fn a_program_of_ones_own_cleans_the_sample() {
    let ran = run("clean", &[&sample("techman-export.xlsx"), &sample("password.txt")]);
    assert_eq!(ran.stdout, "11 tables, 4168 rows, more records: true\n");
}

#[test]
fn a_program_of_ones_own_imports_the_sample() {
    let data = tempfile::tempdir().unwrap();
    let arguments = [&sample("techman-export.xlsx"), &sample("password.txt"), data.path()];
    let ran = run("import", &arguments);
    assert_eq!(ran.stdout, "4168 rows, 9 failed, 300 customers\n");
}

/// Lines without what indents them.
fn trimmed(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim(), "\n"]).collect()
}

#[test]
fn the_examples_of_the_readme_stand_in_programs_that_are_compiled() {
    let root = repository();
    let examples: Vec<String> = ["clean.rs", "import.rs"]
        .map(|name| trimmed(&read_to_string(root.join("tests/examples").join(name)).unwrap()))
        .to_vec();
    let readme = read_to_string(root.join("README.md")).unwrap();
    let blocks: Vec<&str> = readme
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2);
    for part in blocks.iter().flat_map(|block| block.split("\n\n")) {
        let part = trimmed(part);
        assert!(
            examples.iter().any(|example| example.contains(&part)),
            "no program has this: {part}"
        );
    }
}
