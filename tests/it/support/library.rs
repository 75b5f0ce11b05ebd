//! The use cases, called as another program would: many small imports are quick without a process each.

use std::fs;
use std::future::Future;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use torqueflow_app::options::RunOptions;
use torqueflow_app::progress::Event;
use torqueflow_app::rollback::{self, Confirmed, RollbackReport};
use torqueflow_app::runs::{self, Purpose};
use torqueflow_app::{App, AppConfig, Caller, OrganizationId};
use torqueflow_persistence::{ImportBatch, Lease, StoreError};
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
        let config = AppConfig::new(&database.url, folder.path().join("data"));
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
        let run_id = self.start(files, options);
        self.wait(runs::import(&self.app, &self.caller(), run_id, &|_| {}));
        run_id
    }

    /// Does all of an import that comes before it writes.
    pub fn start(&self, files: &[(&str, String)], options: &RunOptions) -> Uuid {
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
            Ok::<_, torqueflow_app::AppError>(runs::start(app, &caller, run.id).await?.id)
        })
    }

    /// Imports a started run while another one is taken back, which begins once this many rows have landed.
    pub fn import_while_rolling_back(&self, started: Uuid, rolled_back: Uuid, rows: i64) {
        let (app, caller) = (&self.app, self.caller());
        let (landed, wait_for_rows) = tokio::sync::watch::channel(0);
        let listener = |event: Event| {
            if let Event::Imported(table) = event {
                landed.send_replace(table.done);
            }
        };
        let import = async {
            let run = runs::import(app, &caller, started, &listener).await;
            landed.send_replace(i64::MAX);
            run
        };
        let rollback = async {
            let mut landed = wait_for_rows;
            landed.wait_for(|landed| *landed >= rows).await.unwrap();
            rollback::request(app, &caller, rolled_back, Confirmed::Keep, false)
                .await
                .unwrap();
            rollback::rollback(app, &caller, rolled_back, &|_| {}).await
        };
        let (imported, rolled_back) = self.runtime.block_on(async { tokio::join!(import, rollback) });
        imported.unwrap();
        rolled_back.unwrap();
    }

    /// Takes a run back, and checks that the preview said what would become of it.
    pub fn roll_back(&self, run_id: Uuid) -> RollbackReport {
        let (app, caller) = (&self.app, self.caller());
        let before = self.contents();
        let preview = self.wait(rollback::preview(app, self.organization, run_id, Confirmed::Keep));
        assert_eq!(self.contents(), before, "a preview writes nothing");
        let earlier = self.report(run_id);
        self.wait(rollback::request(app, &caller, run_id, Confirmed::Keep, false));
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

    /// Hides a customer behind another one, as a merge does.
    pub fn hide_customer(&self, hidden: Uuid, survivor: Uuid) {
        let id = |id: Uuid| contents::identifier(&self.database, &id.to_string());
        contents::execute(
            &self.database,
            &format!(
                "UPDATE customer SET merged_into_id = {} WHERE id = {}",
                id(survivor),
                id(hidden)
            ),
        );
    }

    /// Commits a batch of no run.
    pub fn commit(&self, lease: &Lease, batch: &ImportBatch) -> Result<(), StoreError> {
        let store = self.app.store();
        let commit = store.batch_commit(self.organization, Uuid::nil(), Uuid::nil(), lease, batch);
        self.runtime.block_on(commit)
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
