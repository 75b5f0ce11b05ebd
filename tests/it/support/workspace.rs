//! A folder, a database, and the program that works on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use torqueflow_app::{App, AppConfig, OrganizationId};
use torqueflow_model::{EntityKind, RecordPlace, RunIds};
use torqueflow_test_support::postgres::{TestDatabase, databases};

use super::contents::{Contents, contents};
use super::program::{Ran, program, repository};
use super::records::Records;
use super::tables;

/// A temporary folder and an empty database. Both end with this value.
pub struct Workspace {
    database: TestDatabase,
    folder: TempDir,
}

/// Checks something in an empty workspace on SQLite and in one on PostgreSQL.
pub fn on_each_database(check: impl Fn(&Workspace)) {
    for database in databases() {
        println!("on {}", database.name);
        check(&Workspace::new(database));
    }
}

impl Workspace {
    /// A workspace with this database, brought up to date.
    pub fn new(database: TestDatabase) -> Self {
        let workspace = Self {
            database,
            folder: tempfile::Builder::new().prefix("torqueflow-e2e-").tempdir().unwrap(),
        };
        fs::create_dir(workspace.path("tmp")).unwrap();
        workspace.run("migrate").exits(0);
        workspace
    }

    /// A workspace on SQLite, for what has nothing to do with the database.
    pub fn on_sqlite() -> Self {
        Self::new(TestDatabase::sqlite())
    }

    /// Another empty workspace on a database of the same kind.
    pub fn beside(other: &Self) -> Self {
        let mut databases = databases().into_iter();
        Self::new(databases.find(|database| database.name == other.database.name).unwrap())
    }

    /// `sqlite` or `postgresql`.
    pub fn database_name(&self) -> &'static str {
        self.database.name
    }

    /// Where the database is.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// The files that SQLite keeps the database in; none on PostgreSQL.
    pub fn database_files(&self) -> Vec<PathBuf> {
        let folder = tables::sqlite_file(&self.database.url).and_then(|file| Path::new(file).parent());
        folder.map(files_below).unwrap_or_default()
    }

    /// Where a file of the workspace is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Copies files of `tests/samples`.
    pub fn add_samples(&self, names: &[&str]) {
        for name in names {
            fs::copy(repository().join("tests/samples").join(name), self.path(name)).unwrap();
        }
    }

    /// Every file below the folder.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }

    /// The program, about to run in the folder: `import customers.csv --json`.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env_remove("TORQUEFLOW_LOG")
            .env("DATABASE_URL", &self.database.url)
            .env("TORQUEFLOW_DATA_DIR", self.path("data"))
            .env("TMPDIR", self.path("tmp"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &str) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs an import and reads its report.
    #[track_caller]
    pub fn import(&self, arguments: &str, exit_code: i32) -> Value {
        self.run(&format!("import {arguments} --json")).exits(exit_code).json()
    }

    /// The canonical dump of the business tables.
    pub fn dump(&self) -> String {
        tables::dump(&self.database.url)
    }

    /// The records of the business tables.
    pub fn records(&self) -> Records {
        Records::parse(&self.dump())
    }

    /// The rows of a query.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        tables::query(&self.database, sql)
    }

    /// Changes tables past the program: some statements, in one transaction.
    /// Changes rows past the program, as a person's work would.
    pub fn execute(&self, sql: &str) {
        tables::execute(&self.database, sql);
    }

    /// Works with the use cases in this process, as another program of the same installation would.
    pub fn with_app<T>(&self, work: impl AsyncFnOnce(App, OrganizationId) -> T) -> T {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let config = AppConfig::new(self.database.url.as_str(), self.path("data"));
            let app = App::open(&config).await.unwrap();
            let organization = app.organization("default").await.unwrap();
            let store = app.store().clone();
            let outcome = work(app, organization).await;
            store.close().await.unwrap();
            outcome
        })
    }

    /// The id of the newest run.
    pub fn newest_run(&self) -> String {
        let runs = self.run("runs --json").exits(0).json();
        runs[0]["run_id"].as_str().unwrap().to_owned()
    }

    /// Everything in the tables of the business, mappings and match keys.
    pub fn contents(&self) -> Contents {
        contents(&self.database, None)
    }

    /// Where each record of the business tables stands first, by table and id, as its id says. What no import has made is
    /// left out.
    pub fn record_places(&self) -> BTreeMap<(String, String), RecordPlace> {
        let id = match self.database_name() {
            "sqlite" => "lower(hex(id))",
            _ => "CAST(id AS text)",
        };
        let runs = self.query(&format!("SELECT {id} FROM import_run"));
        let runs: Vec<RunIds> = runs.iter().map(|row| RunIds::of(number_of(&row[0]))).collect();
        let contents = self.contents().into_keys();
        let business = contents.filter(|(table, _)| EntityKind::from_name(table).is_some());
        let placed = business.filter_map(|key| {
            let id = number_of(&key.1);
            let place = runs.iter().find_map(|ids| ids.place(id))?;
            Some((key, place))
        });
        placed.collect()
    }

    /// The one number that a query asks for.
    #[track_caller]
    pub fn number(&self, sql: &str) -> i64 {
        let rows = self.query(sql);
        assert_eq!((rows.len(), rows[0].len()), (1, 1), "{sql}: {rows:?}");
        rows[0][0].parse().unwrap()
    }

    /// How many rows each table has that an import writes: those of the business, mappings, journal and results.
    pub fn written(&self) -> BTreeMap<String, i64> {
        let counts: Vec<String> = tables::written_tables()
            .map(|name| format!("SELECT '{name}', count(*) FROM {name}"))
            .collect();
        let rows = self.query(&counts.join(" UNION ALL "));
        rows.into_iter()
            .map(|row| (row[0].clone(), row[1].parse().unwrap()))
            .collect()
    }

    /// Checks that no import has written anything yet.
    #[track_caller]
    pub fn assert_untouched(&self) {
        let written: Vec<_> = self.written().into_iter().filter(|(_, rows)| *rows > 0).collect();
        assert!(written.is_empty(), "{written:?}");
    }
}

fn number_of(id: &str) -> u128 {
    uuid::Uuid::parse_str(id).unwrap().as_u128()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
