//! The tables of the schema: which are the garage's, and in which order they can be filled.

use torqueflow_model::EntityKind;

/// What a migration writes, not an import.
const MIGRATIONS: &str = "seaql_migrations";

/// The tables of a database.
#[derive(Debug, PartialEq, Eq)]
pub struct Tables {
    /// What the garage works with, each table behind those that it refers to.
    pub business: Vec<String>,
    /// What the importer works with.
    pub control: Vec<String>,
}

impl Tables {
    /// Sorts all tables of a database. `references` are pairs of a table and one that it refers to.
    pub fn sort(all: Vec<String>, references: &[(String, String)]) -> anyhow::Result<Self> {
        let is_business = |table: &String| EntityKind::ALL.iter().any(|kind| kind.name() == table);
        let (business, mut control): (Vec<_>, Vec<_>) = all.into_iter().partition(is_business);
        control.retain(|table| table != MIGRATIONS);
        Ok(Self {
            business: in_order(business, references)?,
            control,
        })
    }
}

/// The tables, each behind the ones that it refers to.
fn in_order(tables: Vec<String>, references: &[(String, String)]) -> anyhow::Result<Vec<String>> {
    let mut waiting = tables;
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

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 5] = ["vehicle", "customer", "import_mapping", MIGRATIONS, "customer_group"];

    fn sort(references: &[(&str, &str)]) -> anyhow::Result<Tables> {
        let references = references.iter().map(|(from, to)| ((*from).into(), (*to).into()));
        Tables::sort(ALL.map(str::to_owned).to_vec(), &references.collect::<Vec<_>>())
    }

    #[test]
    fn a_table_comes_after_those_that_it_refers_to() {
        let tables = sort(&[
            ("vehicle", "customer"),
            ("customer", "customer_group"),
            ("customer", "customer"),
        ]);
        let expected = Tables {
            business: ["customer_group", "customer", "vehicle"].map(str::to_owned).to_vec(),
            control: vec!["import_mapping".to_owned()],
        };
        assert_eq!(tables.unwrap(), expected);
    }

    #[test]
    fn tables_in_a_circle_have_no_order() {
        assert!(sort(&[("vehicle", "customer"), ("customer", "vehicle")]).is_err());
    }
}
