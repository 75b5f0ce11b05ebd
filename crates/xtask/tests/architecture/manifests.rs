//! What every crate has.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::workspace::{Member, member_named, members};

#[test]
fn every_crate_inherits_the_lints() {
    for member in members() {
        let manifest = manifest(&member.folder);
        assert!(
            manifest.get("lints").is_some_and(is_inherited),
            "`{}` does not inherit the lints of the workspace: add [lints] workspace = true",
            member.name
        );
    }
}

#[test]
fn versions_of_dependencies_stand_in_the_root_alone() {
    for member in members() {
        for (name, dependency) in dependencies(&manifest(&member.folder)) {
            assert!(
                is_inherited(&dependency),
                "`{}` names a version of `{name}`: move it to [workspace.dependencies], and write {name}.workspace = true",
                member.name
            );
        }
    }
}

#[test]
fn every_dependency_in_the_root_is_used() {
    let used: BTreeSet<String> = members()
        .iter()
        .flat_map(|member| dependencies(&manifest(&member.folder)))
        .map(|(name, _)| name)
        .collect();
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    let workspace = manifest(&root)["workspace"].as_table().unwrap().clone();
    for (name, _) in dependencies(&workspace) {
        assert!(
            used.contains(&name),
            "no crate uses `{name}`: remove it from [workspace.dependencies]"
        );
    }
}

fn manifest(folder: &Path) -> Table {
    fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap()
}

/// What a manifest depends on, for whatever purpose and target.
fn dependencies(manifest: &Table) -> Vec<(String, Value)> {
    let of_targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = of_targets.filter_map(|(_, target)| target.as_table()).chain([manifest]);
    let kinds =
        tables.flat_map(|table| ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| table.get(kind)));
    let entries = kinds.flatten().filter_map(Value::as_table).flatten();
    entries.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether it says `workspace = true`.
fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
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

#[test]
fn the_readme_lists_every_crate() {
    let root = member_named("xtask").folder.ancestors().nth(2).unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for member in members() {
        let folder = member.folder.strip_prefix(root).unwrap().display().to_string();
        let is_inside = members()
            .iter()
            .any(|other| other.name != member.name && member.folder.starts_with(&other.folder));
        assert!(
            is_inside || readme.contains(&format!("`{folder}`")),
            "`{folder}` is missing"
        );
    }
}
