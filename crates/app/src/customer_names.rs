//! The customers of a run by their names, for links that give no number.

use std::collections::HashMap;
use std::sync::Arc;

use torqueflow_model::{EntityKind, FindingCode, Slot, SourceId};
use torqueflow_persistence::NamedCustomer;
use torqueflow_pipeline::{customer_names, id_text};

use crate::error::AppError;
use crate::job_rows::JobRows;

/// Rows that are read at a time.
const CHUNK_ROWS: usize = 1000;
/// Customers of one name that are told.
const SHOWN: usize = 5;

/// The customers of a run's files, by name.
#[derive(Debug, Default)]
pub(crate) struct CustomerNames {
    by_name: HashMap<String, Vec<RunCustomer>>,
}

/// A customer of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RunCustomer {
    pub source_system: String,
    /// Its id at that source.
    pub id: String,
}

impl CustomerNames {
    /// Reads the customers of these tables.
    pub async fn read(tables: &[Arc<JobRows>]) -> Result<Self, AppError> {
        let mut names = Self::default();
        for table in tables {
            let mut chunks = table.stream(0, CHUNK_ROWS, false);
            while let Some(rows) = chunks.recv().await {
                for row in rows?.iter().filter(|row| !row.clean.has_error()) {
                    for customer in &row.clean.records {
                        if customer.slot == Slot::Main(EntityKind::Customer) {
                            names.add(&table.source_system, &customer.source_id, customer_names(customer));
                        }
                    }
                }
            }
        }
        Ok(names)
    }

    fn add(&mut self, source_system: &str, id: &SourceId, names: Vec<String>) {
        let customer = RunCustomer {
            source_system: source_system.to_owned(),
            id: id_text(id, 0),
        };
        for name in names {
            let known = self.by_name.entry(name).or_default();
            // Two of the same contents are two.
            let is_other = matches!(id, SourceId::Content(_)) || !known.contains(&customer);
            if is_other && known.len() <= SHOWN {
                known.push(customer.clone());
            }
        }
    }

    /// The customers with one of these names: of very many, a few.
    pub fn find(&self, names: &[String]) -> Vec<&RunCustomer> {
        let mut found: Vec<&RunCustomer> = Vec::new();
        for name in names {
            let with_name = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
            let is_new = |customer: &&RunCustomer| !found.contains(customer);
            let new: Vec<&RunCustomer> = with_name.iter().filter(is_new).collect();
            found.extend(new);
        }
        found
    }
}

/// The customers of the store with one of these names, each once.
pub(crate) fn named<'a>(stored: &'a HashMap<String, Vec<NamedCustomer>>, names: &[String]) -> Vec<&'a NamedCustomer> {
    let mut found: Vec<&NamedCustomer> = names.iter().filter_map(|name| stored.get(name)).flatten().collect();
    found.sort_unstable_by_key(|customer| customer.id);
    found.dedup_by_key(|customer| customer.id);
    found
}

/// What is wrong with a name that these customers of the run have, or else these of the store.
pub(crate) fn wrong_name(
    name: &str,
    of_run: &[&RunCustomer],
    of_store: &[&NamedCustomer],
) -> Option<(FindingCode, String)> {
    let ids: Vec<&str> = match (of_run, of_store) {
        ([_], _) | ([], [_]) => return None,
        ([], []) => return Some((FindingCode::LinkNameNotFound, name.to_owned())),
        ([], stored) => stored
            .iter()
            .filter_map(|customer| customer.number.as_deref())
            .collect(),
        (of_run, _) => of_run.iter().map(|customer| customer.id.as_str()).collect(),
    };
    let ids: Vec<&str> = ids.into_iter().take(SHOWN).collect();
    let detail = if ids.is_empty() {
        name.to_owned()
    } else {
        format!("{name} ({})", ids.join(", "))
    };
    Some((FindingCode::LinkNameAmbiguous, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(customers: &[(SourceId, &str)], name: &str, expected: &[&str]) {
        let mut names = CustomerNames::default();
        for (id, name) in customers {
            names.add("crm", id, vec![(*name).to_owned()]);
        }
        let found: Vec<&str> = names
            .find(&[name.to_owned()])
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn a_name_is_of_each_customer_that_has_it_once() {
        let given = |id: &str| SourceId::Given(id.to_owned());
        let customers = [
            (given("1"), "robb jenny"),
            (given("2"), "senn mike"),
            (given("1"), "robb jenny"),
            (given("3"), "senn mike"),
        ];
        check(&customers, "robb jenny", &["1"]);
        check(&customers, "senn mike", &["2", "3"]);
        check(&customers, "nowicki piotr", &[]);
    }

    #[test]
    fn equal_customers_without_numbers_are_several() {
        let nameless = SourceId::Content(7);
        let twice = [(nameless.clone(), "robb jenny"), (nameless.clone(), "robb jenny")];
        let id = id_text(&nameless, 0);
        check(&twice[..1], "robb jenny", &[&id]);
        check(&twice, "robb jenny", &[&id, &id]);
    }
}
