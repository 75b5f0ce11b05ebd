//! Changing many rows of a table in few statements: each row its own values.

use sea_orm::sqlx::{self, AssertSqlSafe};

use crate::bulk::{
    BulkTransaction, Connection, Rows, Scalar, array_type, bind_array, bind_postgres, bind_sqlite, numbered,
};
use crate::error::StoreError;

impl BulkTransaction {
    /// Sets, in each row of the table that has the first `keys` columns in common with a given row, the other columns to
    /// that row's values. `also` is set in all of them: `version = version + 1`, with `?` for its arguments.
    ///
    /// PostgreSQL takes all rows at once; SQLite takes them one by one, with the same prepared statement.
    pub async fn revise(
        &mut self,
        rows: &Rows,
        keys: usize,
        also: &str,
        arguments: &[Scalar],
    ) -> Result<(), StoreError> {
        if rows.len() == 0 {
            return Ok(());
        }
        match &mut self.connection {
            Connection::Postgres(transaction) => {
                let sql = numbered(&postgres_statement(rows, keys, also, arguments.len()), arguments);
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for argument in arguments {
                    query = bind_postgres(query, argument);
                }
                for (_, kind, column) in &rows.columns {
                    query = bind_array(query, *kind, column);
                }
                query.execute(&mut **transaction).await?;
            }
            Connection::Sqlite(transaction) => {
                let sql = sqlite_statement(rows, keys, also);
                for row in 0..rows.len() {
                    let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
                    for argument in arguments {
                        query = bind_sqlite(query, argument);
                    }
                    let (keys, values) = rows.columns.split_at(keys.min(rows.columns.len()));
                    for (_, _, column) in values.iter().chain(keys) {
                        query = bind_sqlite(query, column.get(row).unwrap_or(&Scalar::Null));
                    }
                    query.execute(&mut **transaction).await?;
                }
            }
        }
        Ok(())
    }
}

/// The arrays come after the other arguments, none of which may be null.
fn postgres_statement(rows: &Rows, keys: usize, also: &str, arguments: usize) -> String {
    let mut assignments = vec![also.to_owned()];
    let mut matches = Vec::new();
    let mut arrays = Vec::new();
    let mut names = Vec::new();
    for (place, (name, kind, _)) in rows.columns.iter().enumerate() {
        let (array, cast) = array_type(*kind);
        arrays.push(format!("${}::{array}[]", arguments + place + 1));
        names.push(format!("\"{name}\""));
        if place < keys {
            matches.push(format!("t.\"{name}\" = u.\"{name}\""));
        } else {
            assignments.push(format!("\"{name}\" = u.\"{name}\"{cast}"));
        }
    }
    format!(
        "UPDATE \"{}\" AS t SET {} FROM UNNEST({}) AS u({}) WHERE {}",
        rows.table,
        assignments.join(", "),
        arrays.join(", "),
        names.join(", "),
        matches.join(" AND "),
    )
}

fn sqlite_statement(rows: &Rows, keys: usize, also: &str) -> String {
    let mut assignments = vec![also.to_owned()];
    let mut matches = Vec::new();
    for (place, (name, ..)) in rows.columns.iter().enumerate() {
        let list = if place < keys { &mut matches } else { &mut assignments };
        list.push(format!("\"{name}\" = ?"));
    }
    format!(
        "UPDATE \"{}\" AS t SET {} WHERE {}",
        rows.table,
        assignments.join(", "),
        matches.join(" AND "),
    )
}
