//! The floor: what a database alone takes to load the rows that an import left in it, into the same tables with the same
//! indexes and constraints.

pub mod postgres;
#[cfg(feature = "bench")]
pub mod sqlite;
/// Stands in for the real one, so that the other chores need not wait for a SQLite to be built.
#[cfg(not(feature = "bench"))]
pub mod sqlite {
    use std::path::Path;

    use super::Floor;

    /// Never called: the bench runs only with its feature.
    pub fn measure(_file: &Path, _folder: &Path) -> anyhow::Result<Floor> {
        anyhow::bail!("this program was built without the feature `bench`")
    }
}

use std::time::Duration;

use torqueflow_model::EntityKind;

/// What a database takes to load rows.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// Rows in all tables.
    pub rows: u64,
    /// The time for all of them.
    pub all: Duration,
    /// The time for those of the business tables alone.
    pub business: Duration,
}

/// What a migration writes, not an import.
const MIGRATIONS: &str = "seaql_migrations";

/// The tables without those of the migrations, each behind the ones that it refers to: `references` are pairs of a table
/// and one that it refers to.
fn in_order(tables: Vec<String>, references: &[(String, String)]) -> anyhow::Result<Vec<String>> {
    let mut waiting = tables;
    waiting.retain(|table| table != MIGRATIONS);
    let mut ordered: Vec<String> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |table: &String| {
            let mut targets = references.iter().filter(|(from, to)| from == table && from != to);
            targets.all(|(_, to)| !waiting.contains(to))
        };
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.iter().cloned().partition(is_ready);
        if ready.is_empty() {
            anyhow::bail!("these tables refer to each other in a circle: {}", rest.join(", "));
        }
        ordered.extend(ready);
        waiting = rest;
    }
    Ok(ordered)
}

/// Whether a table holds what the garage works with.
fn is_business(table: &str) -> bool {
    EntityKind::ALL.iter().any(|kind| kind.name() == table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(references: &[(&str, &str)], expected: Option<&[&str]>) {
        let tables = ["vehicle", "customer", MIGRATIONS, "customer_group"].map(str::to_owned);
        let references = references.iter().map(|(from, to)| ((*from).into(), (*to).into()));
        let ordered = in_order(tables.to_vec(), &references.collect::<Vec<_>>());
        assert_eq!(
            ordered.ok().as_deref(),
            expected
                .map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>())
                .as_deref()
        );
    }

    #[test]
    fn a_table_comes_after_those_that_it_refers_to() {
        let links = [
            ("vehicle", "customer"),
            ("customer", "customer_group"),
            ("customer", "customer"),
        ];
        check(&links, Some(&["customer_group", "customer", "vehicle"]));
        check(&[("vehicle", "customer"), ("customer", "vehicle")], None);
    }

    #[test]
    fn business_tables_are_those_of_the_entities() {
        assert!(is_business("customer_address") && is_business("customer_group"));
        assert!(!is_business("import_mapping") && !is_business("organization"));
    }
}
