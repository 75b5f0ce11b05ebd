//! Other Rust programs link our crates: the pipeline without a runtime or a database, the use cases with both.

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
