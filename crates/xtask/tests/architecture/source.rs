//! What the text of the pure crates must not ask for.

use std::fs;
use std::path::Path;

use super::workspace::{PURE, member_named, rust_files};

/// A piece of text, and what it would bring in.
const FORBIDDEN: &[(&str, &str)] = &[
    ("SystemTime::now", "the clock"),
    ("Instant::now", "the clock"),
    ("DateTime::now", "the clock"),
    ("Uuid::now", "the clock and randomness"),
    ("Uuid::new_v4", "randomness"),
    ("std::env", "the environment"),
    ("env::", "the environment"),
    ("std::process", "processes"),
    ("process::", "processes"),
    ("std::net", "the network"),
    ("async fn", "async"),
    (".await", "async"),
];

#[test]
fn pure_crates_ask_neither_clock_nor_environment() {
    for member in PURE.map(member_named) {
        for file in rust_files(&member.folder.join("src")) {
            if is_test_file(&file) {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let found: Vec<String> = findings(&text);
            let shown = file.strip_prefix(&member.folder).unwrap().display();
            assert!(
                found.is_empty(),
                "pure crate `{}`, {shown}: {}",
                member.name,
                found.join("; ")
            );
        }
    }
}

/// `tests.rs` and `tests/`: where the tests of a module are when they are long.
fn is_test_file(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs")
}

/// What is forbidden in a file, line by line, outside its tests and comments.
fn findings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in code_lines(text) {
        for (piece, what) in FORBIDDEN {
            if has_piece(line, piece) {
                found.push(format!("line {number}: `{piece}` brings in {what}"));
            }
        }
    }
    found
}

/// The lines of code with their numbers. A test module begins at `#[cfg(test)]` and ends at the next `}` in the first
/// column: that is how rustfmt writes it.
fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let (mut after_cfg_test, mut in_tests) = (false, false);
    for (index, line) in text.lines().enumerate() {
        if in_tests {
            in_tests = line != "}";
        } else if after_cfg_test && line.starts_with("mod ") {
            in_tests = line.ends_with('{');
        } else if !line.trim_start().starts_with("//") {
            lines.push((index + 1, line));
        }
        after_cfg_test = line == "#[cfg(test)]";
    }
    lines
}

/// Whether a line has a piece of code that is no part of a longer name or path.
fn has_piece(line: &str, piece: &str) -> bool {
    line.match_indices(piece).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let is_whole = piece.starts_with("DateTime") || !before.is_some_and(|c| c == '_' || c.is_alphanumeric());
        let after = line[at + piece.len()..].chars().next();
        let is_end =
            !after.is_some_and(|c| c == '_' || c.is_alphanumeric()) || piece.ends_with("::") || piece.contains("now");
        // `std::env::var` is told once, as `std::env`.
        is_whole && is_end && !(piece.ends_with("::") && line[..at].ends_with("std::"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = findings(text);
        let pieces: Vec<&str> = found.iter().filter_map(|line| line.split('`').nth(1)).collect();
        assert_eq!(pieces, expected, "{text}");
    }

    #[test]
    fn what_is_forbidden_is_found() {
        check("let now = OffsetDateTime::now_utc();", &["DateTime::now"]);
        check("let now = time::UtcDateTime::now();", &["DateTime::now"]);
        check("map(std::time::Instant::now)", &["Instant::now"]);
        check("use std::env;\nenv::var(\"HOME\")", &["std::env", "env::"]);
        check("std::process::exit(1)", &["std::process"]);
        check("use std::{env, fs};\nenv::args()", &["env::"]);
        check("pub async fn open() {", &["async fn"]);
        check("Uuid::now_v7()", &["Uuid::now"]);
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        check("let folder = env!(\"CARGO_MANIFEST_DIR\");", &[]);
        check("// unlike `Instant::now()`", &[]);
        check("/// SystemTime::now", &[]);
        check("sub_process::start(); std::envelope", &[]);
    }

    #[test]
    fn tests_may_ask_for_anything_and_code_after_them_may_not() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n\nuse std::process;\n";
        check(text, &["std::process"]);
        check("#[cfg(test)]\nmod tests;\nuse std::env;\n", &["std::env"]);
        check("#[cfg(test)]\nuse std::env;\n", &["std::env"]);
    }
}
