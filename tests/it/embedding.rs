//! Other Rust programs link our crates: the pipeline without a runtime or a database, the use cases with both.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Ran, cargo, repository, target_folder};

const CLEANS: &str = r#"
use std::env;
use std::fs::File;
use std::sync::Arc;

use torqueflow_pipeline::{CleanOptions, OpenOptions, Password, Sources, clean_file};

fn main() {
    let [file, password] = [1, 2].map(|place| env::args().nth(place).unwrap());
    let password = Password::new(std::fs::read_to_string(password).unwrap().trim());
    let sources = Sources::with_adapters(vec![Arc::new(torqueflow_techman::techman())]);
    let options = CleanOptions::new(time::macros::date!(2026 - 11 - 22));
    let open_options = OpenOptions { password: Some(&password), ..OpenOptions::default() };
    let (mut rows, mut records) = (0, 0);
    let open = || Ok(Box::new(File::open(&file)?) as _);
    let cleaned = clean_file("export.xlsx", &open, &open_options, &sources, &options, &mut |_, row| {
        rows += 1;
        records += row.records.len();
        Ok(())
    })
    .unwrap();
    println!("{} tables, {rows} rows, more records: {}", cleaned.tables.len(), records > rows);
}
"#;

const IMPORTS: &str = r#"
use std::env;

use torqueflow_app::options::{OnDuplicate, RunOptions};
use torqueflow_app::runs::{self, Purpose};
use torqueflow_app::{App, AppConfig, DuplicateAction, summary::run_summary};
use torqueflow_pipeline::Password;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let [file, password, folder] = [1, 2, 3].map(|place| env::args().nth(place).unwrap());
    let password = Password::new(std::fs::read_to_string(password).unwrap().trim());
    let config = AppConfig::new(format!("sqlite://{folder}/outside.db?mode=rwc"), folder);
    let app = App::open(&config).await.unwrap();
    let garage = app.organization("a-garage").await.unwrap();
    let caller = torqueflow_app::Caller::program(garage, "a service");
    let options = RunOptions { on_duplicate: OnDuplicate::all(DuplicateAction::Create), ..RunOptions::default() };
    let files = [file.into()];
    let run = runs::create(&app, &caller, &files, &options, Purpose::Import, &|_| {}).await.unwrap();
    runs::prepare(&app, &caller, run.id, Some(&password), &|_| {}).await.unwrap();
    runs::start(&app, &caller, run.id).await.unwrap();
    runs::import(&app, &caller, run.id, &|_| {}).await.unwrap();
    let summary = run_summary(&app, garage, run.id).await.unwrap();
    let dump = torqueflow_persistence::dump(app.store(), garage).await.unwrap();
    let customers = dump.lines().filter(|line| line.starts_with("techman\tcustomer\t")).count();
    println!("{} rows, {} failed, {customers} customers", summary.totals.rows, summary.totals.counts.failed);
}
"#;

/// A cargo project outside of the workspace.
struct Project {
    folder: PathBuf,
}

impl Project {
    /// A program of one file that links these crates of ours, by their folders, and these others.
    ///
    /// It always stands in the same folder, so that what cargo builds of it is replaced and does not pile up.
    fn new(name: &str, program: &str, ours: &[&str], others: &str) -> Self {
        let folder = target_folder().join("outside").join(name);
        let mut manifest = format!(
            "[package]\nname = \"outside-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n"
        );
        for name in ours {
            let path = repository().join("crates").join(name);
            writeln!(manifest, "torqueflow-{name} = {{ path = {path:?} }}").unwrap();
        }
        manifest += others;
        // The same profiles, so that what is built for the workspace is not built again.
        let workspace = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
        manifest += &workspace[workspace.find("\n[profile.").unwrap()..];
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.join("src/main.rs"), program).unwrap();
        // The same versions, so that nothing is looked up.
        fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = cargo();
        cargo
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target_folder())
            .args([command, "--offline", "--quiet"]);
        cargo
    }

    /// The packages that it links, one a line.
    fn links(&self) -> String {
        let mut tree = self.cargo("tree");
        tree.args(["--edges", "normal", "--prefix", "none"]);
        Ran::from(tree.output().unwrap()).exits(0).stdout
    }

    fn run(&self, arguments: &[&Path]) -> Ran {
        let mut run = self.cargo("run");
        run.arg("--").args(arguments);
        run.output().unwrap().into()
    }
}

fn sample(name: &str) -> PathBuf {
    repository().join("tests/samples").join(name)
}

#[track_caller]
fn assert_links(tree: &str, package: &str, expected: bool) {
    let found = tree.lines().any(|line| line.starts_with(&format!("{package} v")));
    assert_eq!(found, expected, "{package}: {tree}");
}

#[test]
fn a_program_outside_cleans_the_sample_without_a_runtime_or_a_database() {
    let others = "time = { version = \"0.3\", features = [\"macros\"] }\n";
    let project = Project::new("cleans", CLEANS, &["pipeline", "techman"], others);
    let tree = project.links();
    assert_links(&tree, "torqueflow-pipeline", true);
    for package in ["tokio", "sea-orm", "sqlx", "async-std", "actix-web", "hyper"] {
        assert_links(&tree, package, false);
    }
    let ran = project
        .run(&[&sample("techman-export.xlsx"), &sample("password.txt")])
        .exits(0);
    assert_eq!(ran.stdout, "11 tables, 4168 rows, more records: true\n");
}

#[test]
fn a_program_outside_imports_the_sample() {
    let others = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
    let project = Project::new("imports", IMPORTS, &["app", "persistence", "pipeline"], others);
    let data = tempfile::tempdir().unwrap();
    let ran = project
        .run(&[&sample("techman-export.xlsx"), &sample("password.txt"), data.path()])
        .exits(0);
    assert_eq!(ran.stdout, "4168 rows, 9 failed, 300 customers\n");
}
