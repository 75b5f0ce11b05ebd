//! A few seconds of fuzzing with inputs that are the same each time, and every input that once went wrong.

use std::fs;
use std::path::Path;

use torqueflow_fuzz::{Mutator, target_named};

/// Tries the seeds of a target, its regressions, and inputs that follow from the seeds.
fn check(name: &str, inputs: usize) {
    let target = target_named(name).unwrap_or_else(|| panic!("there is no target {name}"));
    for seed in (target.seeds)() {
        (target.run)(&seed);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(name);
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let input = entry.and_then(|entry| fs::read(entry.path()));
        (target.run)(&input.unwrap_or_else(|error| panic!("{error}")));
    }
    let mut mutator = Mutator::new(target, 1);
    for _ in 0..inputs {
        (target.run)(&mutator.next_input());
    }
}

#[test]
fn encrypted_packages_hold() {
    check("msoffcrypto", 200);
}

#[test]
fn workbooks_hold() {
    check("xlsx", 150);
}

#[test]
fn text_holds() {
    check("text", 100);
}

#[test]
fn staged_rows_hold() {
    check("staging", 1_000);
}

#[test]
fn tables_hold() {
    check("tables", 100);
}

#[test]
fn sources_hold() {
    check("sources", 300);
}
