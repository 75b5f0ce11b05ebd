//! Everything that imports write and rollbacks take back, row by row, for comparing a database with itself.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;
use torqueflow_model::EntityKind;
use torqueflow_test_support::postgres::TestDatabase;
use uuid::Uuid;

use super::tables;

/// What says when and how often, not what.
const LEFT_OUT: [&str; 4] = ["organization_id", "created_at", "updated_at", "version"];

/// The columns of a row that are not null, as text.
pub type Row = BTreeMap<String, String>;

/// Rows by table and key: the id of a record, the source id of a mapping.
pub type Contents = BTreeMap<(String, String), Row>;

/// Reads the business tables and mappings; with an organisation, only what is that organisation's.
pub fn contents(database: &TestDatabase, organization: Option<Uuid>) -> Contents {
    let business = EntityKind::ALL.into_iter().map(EntityKind::name);
    let names: Vec<&str> = business.chain(["import_mapping"]).collect();
    let rows = match tables::sqlite_file(&database.url) {
        Some(file) => read_sqlite(file, &names, organization),
        None => read_postgresql(database, &names, organization),
    };
    let keyed = rows.into_iter().map(|(table, mut row)| {
        for column in LEFT_OUT {
            row.remove(column);
        }
        let parts: &[&str] = match table.as_str() {
            "import_mapping" => &["source_system", "entity_type", "source_id"],
            _ => &["id"],
        };
        let key: Vec<&str> = parts.iter().map(|part| row[*part].as_str()).collect();
        ((table, key.join(" ")), row.clone())
    });
    keyed.collect()
}

/// An id as a statement writes it.
pub fn identifier(database: &TestDatabase, id: &str) -> String {
    if tables::sqlite_file(&database.url).is_some() {
        format!("x'{}'", id.replace('-', ""))
    } else {
        format!("'{id}'")
    }
}

/// Runs statements that change something.
pub fn execute(database: &TestDatabase, sql: &str) {
    match tables::sqlite_file(&database.url) {
        Some(file) => {
            let connection = Connection::open(file).unwrap();
            connection.busy_timeout(Duration::from_secs(30)).unwrap();
            connection.execute_batch(sql).unwrap();
        }
        None => {
            tables::query(database, sql);
        }
    }
}

fn read_postgresql(database: &TestDatabase, names: &[&str], organization: Option<Uuid>) -> Vec<(String, Row)> {
    let which = organization.map_or_else(String::new, |id| format!("WHERE organization_id = '{id}'"));
    let selects: Vec<String> = names
        .iter()
        .map(|name| format!("SELECT '{name}', to_json(t)::text FROM \"{name}\" AS t {which}"))
        .collect();
    let rows = tables::query(database, &selects.join(" UNION ALL "));
    let rows = rows.into_iter().map(|row| {
        let Ok(Value::Object(columns)) = serde_json::from_str(&row[1]) else {
            panic!("{row:?}");
        };
        let columns = columns.into_iter().filter(|(_, value)| !value.is_null());
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (
            row[0].clone(),
            columns.map(|(name, value)| (name, text(value))).collect(),
        )
    });
    rows.collect()
}

fn read_sqlite(file: &str, names: &[&str], organization: Option<Uuid>) -> Vec<(String, Row)> {
    let connection = Connection::open(file).unwrap();
    let which = organization.map_or_else(String::new, |id| format!("WHERE organization_id = x'{}'", id.simple()));
    let mut read = Vec::new();
    for name in names {
        let mut statement = connection
            .prepare(&format!("SELECT * FROM \"{name}\" {which}"))
            .unwrap();
        let columns: Vec<String> = statement.column_names().iter().map(|&name| name.to_owned()).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells = columns.iter().enumerate().filter_map(|(place, column)| {
                let value = text(row.get_ref(place).unwrap())?;
                Some((column.clone(), value))
            });
            read.push(((*name).to_owned(), cells.collect()));
        }
    }
    read
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Some(Uuid::from_slice(bytes).unwrap().to_string()),
    }
}
