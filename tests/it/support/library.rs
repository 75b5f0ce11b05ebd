//! The use cases, called as another program would: many small imports are quick without a process each.

use std::fs;
use std::future::Future;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use torqueflow_app::options::RunOptions;
use torqueflow_app::rollback::{self, RollbackReport};
use torqueflow_app::runs::{self, Purpose};
use torqueflow_app::{App, AppConfig, Caller, OrganizationId};
use torqueflow_pipeline::Limits;
use torqueflow_test_support::postgres::TestDatabase;
use uuid::Uuid;

use super::contents::{self, Contents};

/// The use cases on a database, for one organisation after the other.
pub struct Library {
    pub database: TestDatabase,
    folder: TempDir,
    runtime: Runtime,
    app: App,
    organization: OrganizationId,
}

impl Library {
    pub fn new(database: TestDatabase) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("torqueflow-library-")
            .tempdir()
            .unwrap();
        let runtime = Runtime::new().unwrap();
        let config = AppConfig {
            database_url: database.url.clone(),
            data_dir: folder.path().join("data"),
            limits: Limits::default(),
        };
        let app = runtime.block_on(App::open(&config)).unwrap();
        let organization = runtime.block_on(app.organization("first")).unwrap();
        Self {
            database,
            folder,
            runtime,
            app,
            organization,
        }
    }

    /// Begins with nothing: as another organisation.
    pub fn begin_anew(&mut self) {
        let slug = Uuid::now_v7().to_string();
        self.organization = self.runtime.block_on(self.app.organization(&slug)).unwrap();
    }

    fn caller(&self) -> Caller {
        Caller::program(self.organization, "tests")
    }

    fn wait<T, E: std::fmt::Debug>(&self, work: impl Future<Output = Result<T, E>>) -> T {
        self.runtime.block_on(work).unwrap()
    }

    /// Imports files, named and with their text.
    pub fn import(&self, files: &[(&str, String)], options: &RunOptions) -> Uuid {
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, text)| {
                let path = self.folder.path().join(name);
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let (app, caller) = (&self.app, self.caller());
        self.wait(async {
            let run = runs::create(app, &caller, &paths, options, Purpose::Import, &|_| {}).await?;
            runs::prepare(app, &caller, run.id, None, &|_| {}).await?;
            runs::start(app, &caller, run.id).await?;
            Ok::<_, torqueflow_app::AppError>(runs::import(app, &caller, run.id, &|_| {}).await?.id)
        })
    }

    /// Takes a run back, and checks that the preview said what would become of it.
    pub fn roll_back(&self, run_id: Uuid) -> RollbackReport {
        let (app, caller) = (&self.app, self.caller());
        let before = self.contents();
        let preview = self.wait(rollback::preview(app, self.organization, run_id));
        assert_eq!(self.contents(), before, "a preview writes nothing");
        let earlier = self.report(run_id);
        self.wait(rollback::request(app, &caller, run_id));
        self.wait(rollback::rollback(app, &caller, run_id, &|_| {}));
        let report = self.report(run_id).unwrap();
        let reversed = earlier.map_or(0, |earlier| earlier.totals.reversed);
        assert_eq!(preview.totals.reversed, report.totals.reversed - reversed);
        assert_eq!(
            (preview.totals.kept, preview.totals.blocked, preview.totals.failed),
            (report.totals.kept, report.totals.blocked, report.totals.failed)
        );
        assert_eq!((preview.done, report.done), (preview.writes, report.writes));
        report
    }

    fn report(&self, run_id: Uuid) -> Option<RollbackReport> {
        let report = rollback::report(&self.app, self.organization, run_id);
        self.runtime.block_on(report).ok()
    }

    /// The canonical dump.
    pub fn dump(&self) -> String {
        self.wait(torqueflow_persistence::dump(self.app.store(), self.organization))
    }

    /// Everything in the tables of the business, mappings and match keys.
    pub fn contents(&self) -> Contents {
        contents::contents(&self.database, Some(self.organization.0))
    }

    /// Changes a text column of a record, as a person would.
    pub fn edit(&self, table: &str, id: &str, column: &str, value: &str) {
        let id = contents::identifier(&self.database, id);
        contents::execute(
            &self.database,
            &format!("UPDATE \"{table}\" SET \"{column}\" = '{value}', version = version + 1 WHERE id = {id}"),
        );
    }

    /// Adds a vehicle to a customer, as a person would.
    pub fn add_vehicle(&self, customer: &str, registration: &str) {
        let id = |id: &str| contents::identifier(&self.database, id);
        contents::execute(
            &self.database,
            &format!(
                "INSERT INTO vehicle (organization_id, id, created_at, updated_at, version, customer_id, registration) \
                 VALUES ({}, {}, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1, {}, '{registration}')",
                id(&self.organization.0.to_string()),
                id(&Uuid::now_v7().to_string()),
                id(customer),
            ),
        );
    }
}
