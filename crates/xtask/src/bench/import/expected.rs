//! What has to be in the tables after an import, and whether it is.

use anyhow::ensure;

use super::content::Content;
use super::database::Database;

/// Records that are checked: by which columns, and where those are.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// What people call them.
    pub name: &'static str,
    /// The columns whose texts make the line of a record.
    pub columns: &'static [&'static str],
    /// What stands behind `FROM`.
    pub from: &'static str,
}

impl Kind {
    /// The line of a record with these texts.
    fn line(cells: &[&str]) -> String {
        cells.join("|")
    }

    /// The query for the lines of all records, in the SQL of both databases.
    fn query(&self) -> String {
        let texts: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("coalesce(CAST({column} AS text), '')"))
            .collect();
        format!("SELECT {} FROM {}", texts.join(" || '|' || "), self.from)
    }
}

/// What has to be in the tables, by kind of record.
#[derive(Default)]
pub struct Expected(Vec<(&'static Kind, Content)>);

impl Expected {
    /// Expects one more record, with these texts in the columns of its kind.
    pub fn add(&mut self, kind: &'static Kind, cells: &[&str]) {
        let line = Kind::line(cells);
        if let Some((_, content)) = self.0.iter_mut().find(|(known, _)| *known == kind) {
            content.add(&line);
            return;
        }
        self.0.push((kind, [line].into_iter().collect()));
    }

    /// How many records are expected, of all kinds.
    pub fn records(&self) -> u64 {
        self.0.iter().map(|(_, content)| content.records).sum()
    }

    /// An error unless the database has just this.
    pub fn check(&self, database: &dyn Database) -> anyhow::Result<()> {
        for (kind, expected) in &self.0 {
            let found = database.content(&kind.query())?;
            ensure!(
                found == *expected,
                "wrong {} in {}: there are {found}; the file has {expected}",
                kind.name,
                database.name()
            );
        }
        Ok(())
    }

    /// The same, and that the business tables have nothing else.
    pub fn check_all(&self, database: &dyn Database) -> anyhow::Result<()> {
        self.check(database)?;
        check_count(database, self.records())
    }
}

/// An error unless the business tables have so many records.
pub fn check_count(database: &dyn Database, expected: u64) -> anyhow::Result<()> {
    let found = database.business_records()?;
    ensure!(
        found == expected,
        "the business tables in {} have {found} records instead of {expected}",
        database.name()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::database::Sqlite;
    use super::*;

    const SCHEMA: Kind = Kind {
        name: "tables",
        columns: &["type", "name", "NULL"],
        from: "sqlite_master",
    };

    #[test]
    fn what_is_missing_or_different_is_an_error() {
        let database = Sqlite::new().unwrap();
        rusqlite::Connection::open(
            database
                .url()
                .trim_start_matches("sqlite://")
                .trim_end_matches("?mode=rwc"),
        )
        .unwrap()
        .execute_batch("CREATE TABLE customer (id INTEGER); CREATE TABLE vehicle (id INTEGER);")
        .unwrap();
        let mut expected = Expected::default();
        expected.add(&SCHEMA, &["table", "customer", ""]);
        assert!(expected.check(&database).is_err());
        expected.add(&SCHEMA, &["table", "vehicle", ""]);
        expected.check(&database).unwrap();
        assert!(check_count(&database, 0).is_ok());
        let error = expected.check_all(&database).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the business tables in SQLite have 0 records instead of 2"
        );
        expected.add(&SCHEMA, &["table", "invoice", ""]);
        let error = expected.check(&database).unwrap_err().to_string();
        assert!(
            error.starts_with("wrong tables in SQLite: there are 2 records"),
            "{error}"
        );
    }
}
