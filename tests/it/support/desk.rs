//! The use cases, called as a program that links them would: for tests that need many steps or their results as values.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use torqueflow_app::customers::{
    Customer, CustomerPatch, CustomerQuery, MergeOutcome, MergeRequest, NewCustomer, Suggestion, SuggestionQuery,
    UndoReport, create, get, merge, search, suggestions, undo, update,
};
use torqueflow_app::options::{OnDuplicate, RunOptions};
use torqueflow_app::rollback::{self, Confirmed, RollbackReport};
use torqueflow_app::runs::{self, Purpose};
use torqueflow_app::{App, AppConfig, AppError, Caller, DuplicateAction, OrganizationId};
use uuid::Uuid;

use super::workspace::{Workspace, on_each_database};

/// Somebody at work in an organisation.
pub struct Desk<'a> {
    pub workspace: &'a Workspace,
    pub app: &'a App,
    pub caller: Caller,
    runtime: &'a Runtime,
}

/// Checks something on SQLite and on PostgreSQL, in as many organisations as it takes.
pub fn on_each_desk(check: impl Fn(&dyn Fn(&str) -> DeskOwner, &Workspace)) {
    on_each_database(|workspace| {
        let open = |slug: &str| DeskOwner::open(workspace, slug);
        check(&open, workspace);
    });
}

/// A desk with what it needs; [`DeskOwner::desk`] lends it.
pub struct DeskOwner {
    app: App,
    runtime: Runtime,
    organization: OrganizationId,
}

impl DeskOwner {
    fn open(workspace: &Workspace, slug: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = AppConfig::new(workspace.database_url(), workspace.path("data"));
        let app = runtime.block_on(App::open(&config)).unwrap();
        let organization = runtime.block_on(app.organization(slug)).unwrap();
        Self {
            app,
            runtime,
            organization,
        }
    }

    pub fn desk<'a>(&'a self, workspace: &'a Workspace) -> Desk<'a> {
        Desk {
            workspace,
            app: &self.app,
            caller: Caller::program(self.organization, "desk"),
            runtime: &self.runtime,
        }
    }
}

impl Desk<'_> {
    pub fn organization(&self) -> OrganizationId {
        self.caller.organization
    }

    pub fn wait<T>(&self, future: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        self.runtime.block_on(future)
    }

    /// Imports a CSV; every likely duplicate becomes a record of its own.
    pub fn import(&self, name: &str, csv: &str) -> Uuid {
        let path = self.workspace.path(name);
        fs::write(&path, csv).unwrap();
        let options = RunOptions {
            on_duplicate: OnDuplicate::all(DuplicateAction::Create),
            ..RunOptions::default()
        };
        self.wait(async {
            let quiet = &|_| {};
            let (app, caller) = (self.app, &self.caller);
            let run = runs::create(app, caller, &[path], &options, Purpose::Import, quiet).await?;
            runs::prepare(app, caller, run.id, None, quiet).await?;
            runs::start(app, caller, run.id).await?;
            Ok(runs::import(app, caller, run.id, quiet).await?.id)
        })
        .unwrap()
    }

    /// Takes a run back, as far as that goes.
    pub fn roll_back(&self, run_id: Uuid) -> RollbackReport {
        self.wait(async {
            rollback::request(self.app, &self.caller, run_id, Confirmed::Keep, false).await?;
            rollback::rollback(self.app, &self.caller, run_id, &|_| {}).await?;
            rollback::report(self.app, self.organization(), run_id).await
        })
        .unwrap()
    }

    pub fn create(&self, fields: &Value) -> Customer {
        let customer = NewCustomer {
            fields: object(fields),
            ..NewCustomer::default()
        };
        self.wait(create(self.app, &self.caller, &customer)).unwrap()
    }

    /// Changes a customer at its present version.
    pub fn edit(&self, id: Uuid, fields: &Value) -> Customer {
        let version = self.get(id).version;
        let patch = CustomerPatch { fields: object(fields) };
        self.wait(update(self.app, &self.caller, id, &patch, version)).unwrap()
    }

    pub fn get(&self, id: Uuid) -> Customer {
        self.wait(get(self.app, self.organization(), id)).unwrap()
    }

    /// The customers that a person finds.
    pub fn find(&self, q: &str) -> Vec<Uuid> {
        let query = CustomerQuery {
            q: Some(q.to_owned()),
            limit: 200,
            ..CustomerQuery::default()
        };
        let page = self.wait(search(self.app, self.organization(), &query)).unwrap();
        page.items.iter().map(|customer| customer.id).collect()
    }

    /// The one customer that a person finds.
    #[track_caller]
    pub fn only(&self, q: &str) -> Uuid {
        let found = self.find(q);
        assert_eq!(found.len(), 1, "{q}: {found:?}");
        found[0]
    }

    pub fn merge(&self, survivor: Uuid, others: &[Uuid], fields: &[(&str, Uuid)]) -> Result<MergeOutcome, AppError> {
        let request = MergeRequest {
            secondary_ids: others.to_vec(),
            fields: fields.iter().map(|(field, id)| ((*field).to_owned(), *id)).collect(),
        };
        self.wait(merge(self.app, &self.caller, survivor, &request))
    }

    pub fn undo(&self, merge_id: Uuid) -> Result<UndoReport, AppError> {
        self.wait(undo(self.app, &self.caller, merge_id))
    }

    /// All suggestions.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let query = SuggestionQuery::default();
        self.wait(suggestions(self.app, self.organization(), &query))
            .unwrap()
            .items
    }

    /// The rows of a query about this organisation, `{org}` in it; ids as text by `id(column)`.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let id = self.organization().0;
        let is_sqlite = self.workspace.database_name() == "sqlite";
        let organization = if is_sqlite {
            format!("x'{}'", id.simple())
        } else {
            format!("'{id}'")
        };
        let as_text = if is_sqlite { "hex(" } else { "concat(" };
        let sql = sql.replace("{org}", &organization).replace("id(", as_text);
        self.workspace.query(&sql)
    }

    /// All that a merge may change and an undo has to give back: what the tables say, which record is whose, where
    /// mappings lead, what is hidden. Versions and times are left out.
    pub fn snapshot(&self) -> BTreeMap<&'static str, String> {
        let dump = self
            .runtime
            .block_on(torqueflow_persistence::dump(self.app.store(), self.organization()));
        let mut snapshot = BTreeMap::from([("dump", dump.unwrap())]);
        let queries = [
            ("customer", "id(id), id(merged_into_id), created_at", "id"),
            ("customer_address", "id(id), id(customer_id), is_primary", "id"),
            ("vehicle", "id(id), id(customer_id)", "id"),
            ("work_order", "id(id), id(customer_id)", "id"),
            ("invoice", "id(id), id(customer_id)", "id"),
            ("import_mapping", "*", "source_system, entity_type, source_id"),
        ];
        for (table, columns, order) in queries {
            let sql = format!("SELECT {columns} FROM {table} WHERE organization_id = {{org}} ORDER BY {order}");
            let rows: Vec<String> = self.query(&sql).iter().map(|row| row.join("|")).collect();
            snapshot.insert(table, rows.join("\n"));
        }
        let found = ["ada", "smith", "+44791112345", "example"].map(|q| format!("{q}: {:?}", self.find(q)));
        snapshot.insert("search", found.join("\n"));
        snapshot
    }
}

/// Checks that two snapshots are the same, and names the lines that are not.
#[track_caller]
pub fn assert_same(actual: &BTreeMap<&'static str, String>, expected: &BTreeMap<&'static str, String>) {
    for (name, expected) in expected {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let (actual, expected) = (lines(&actual[name]), lines(expected));
        let more: Vec<_> = actual.difference(&expected).take(5).collect();
        let less: Vec<_> = expected.difference(&actual).take(5).collect();
        assert!(actual == expected, "{name}\nmore: {more:#?}\nless: {less:#?}");
    }
}

fn object(value: &Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object.clone(),
        other => panic!("{} is no object", json!(other)),
    }
}
