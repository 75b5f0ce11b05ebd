//! What is made from the code and committed. `TORQUEFLOW_BLESS=1 cargo test -p torqueflow-api committed` writes it anew.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::openapi::document_text;
use crate::problem::errors_page;

#[track_caller]
fn check(path: &str, made: &str) {
    // Asked when the test runs: a test that was built for another checkout must not look at that one.
    let file = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("../..")
        .join(path);
    if env::var_os("TORQUEFLOW_BLESS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, made).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == made,
        "{path} is not what the code makes: TORQUEFLOW_BLESS=1 cargo test -p torqueflow-api committed"
    );
}

#[test]
fn the_specification_is_committed() {
    check("api-spec/openapi.json", &document_text());
}

#[test]
fn the_page_of_errors_is_committed() {
    check("docs/errors.md", &errors_page());
}
