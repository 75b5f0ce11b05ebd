//! What the README says of commands and options is what there is.

use std::collections::BTreeSet;
use std::fs;

use clap::{Arg, Command, CommandFactory};

use crate::args::Arguments;

/// What the first cells of a table of the README begin with, below the heading.
fn first_words(heading: &str, beginning: &str) -> BTreeSet<String> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let section = readme.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = cells.filter(|cell| cell.starts_with(beginning));
    let words = cells.map(|cell| {
        let words = cell.split(['`', ' ']).map(|word| word.trim_start_matches('-'));
        words
            .skip_while(|word| *word == "torqueflow")
            .take_while(|word| !word.is_empty() && word.chars().all(|letter| letter.is_lowercase() || letter == '-'))
            .collect::<Vec<_>>()
            .join(" ")
    });
    words.collect()
}

/// The commands that do something, each by its words.
fn commands(command: &Command, before: &str) -> Vec<String> {
    let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
    let shown = shown.filter(|one| one.get_name() != "help");
    shown
        .flat_map(|one| {
            let name = format!("{before} {}", one.get_name()).trim().to_owned();
            if one.has_subcommands() {
                commands(one, &name)
            } else {
                vec![name]
            }
        })
        .collect()
}

#[test]
fn the_readme_lists_every_command_and_no_other() {
    let expected: BTreeSet<String> = commands(&Arguments::command(), "").into_iter().collect();
    assert_eq!(first_words("Commands", "torqueflow"), expected);
}

#[test]
fn the_readme_lists_every_option_of_all_commands() {
    let program = Arguments::command();
    let global = program.get_arguments().filter(|argument| argument.is_global_set());
    let expected: BTreeSet<String> = global.filter_map(Arg::get_long).map(str::to_owned).collect();
    let options = first_words("Commands", "--");
    let missing: Vec<&String> = expected.difference(&options).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
