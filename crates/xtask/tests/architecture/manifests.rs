//! What every crate has.

use std::fs;
use std::path::Path;

use toml::Table;

use super::workspace::{Member, members};

#[test]
fn every_crate_inherits_the_lints() {
    for member in members() {
        let manifest: Table = fs::read_to_string(member.folder.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        assert_eq!(
            inherits.and_then(toml::Value::as_bool),
            Some(true),
            "`{}` does not inherit the lints of the workspace: add [lints] workspace = true",
            member.name
        );
    }
}

#[test]
fn every_crate_says_what_it_is() {
    for member in members() {
        assert!(
            has_readme(member) || member.roots.iter().all(|root| has_docs(root)),
            "`{}` has neither a README.md nor a sentence at the top of its root",
            member.name
        );
    }
}

fn has_readme(member: &Member) -> bool {
    fs::read_to_string(member.folder.join("README.md")).is_ok_and(|text| text.lines().count() > 1)
}

/// Whether a file begins with documentation in words.
fn has_docs(root: &Path) -> bool {
    let text = fs::read_to_string(root).unwrap();
    let first = text.lines().next().unwrap_or_default();
    let is_included = first.starts_with("#![doc = include_str!(");
    let words = first.strip_prefix("//!").map(|line| line.split_whitespace().count());
    // A root without code belongs to a crate that is not begun.
    let is_begun = text
        .lines()
        .any(|line| !line.trim().is_empty() && !line.starts_with("//"));
    is_included || words.is_some_and(|count| count > 2) || !is_begun
}
