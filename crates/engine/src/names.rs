//! The customers of a run by their names, for links that give no number.

use std::collections::HashMap;
use std::hash::BuildHasher;

use torqueflow_dedupe::match_values;
use torqueflow_model::import::StoredCandidate;
use torqueflow_model::{EntityKind, FindingCode, MatchValues, Record, Slot, SourceId};
use torqueflow_pipeline::{Called, CleanRow, customer_names, id_text};

/// Customers of one name that are told.
const SHOWN: usize = 5;
/// Customers of one name that are told apart by what else is known of them.
const MOST: usize = 60;

/// The customers of a run's files, by name.
#[derive(Debug, Default)]
pub struct CustomerNames {
    by_name: HashMap<String, Vec<Namesake>>,
}

/// A customer of a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunCustomer {
    /// Its source.
    pub source_system: String,
    /// Its id at that source.
    pub id: String,
}

/// A customer of a run, with what tells it from others of its name.
#[derive(Debug)]
struct Namesake {
    customer: RunCustomer,
    contacts: MatchValues,
}

impl CustomerNames {
    /// Adds the customers of a row of a table.
    pub fn add_row(&mut self, source_system: &str, row: &CleanRow) {
        let customers = row.records.iter();
        for customer in customers.filter(|record| record.slot == Slot::Main(EntityKind::Customer)) {
            let contacts = match_values(customer, &row.records);
            self.add(source_system, customer, &contacts);
        }
    }

    fn add(&mut self, source_system: &str, record: &Record, contacts: &MatchValues) {
        let customer = RunCustomer {
            source_system: source_system.to_owned(),
            id: id_text(&record.source_id, 0),
        };
        // Two of the same contents are two.
        let is_new = matches!(record.source_id, SourceId::Content(_));
        for name in customer_names(record) {
            let known = self.by_name.entry(name).or_default();
            let same = known.iter().position(|one| !is_new && one.customer == customer);
            if let Some(same) = same.and_then(|same| known.get_mut(same)) {
                same.contacts.add_contacts(contacts.clone());
            } else if known.len() < MOST {
                known.push(Namesake {
                    customer: customer.clone(),
                    contacts: contacts.clone(),
                });
            }
        }
    }

    /// The customers that may be meant: of very many, a few.
    pub fn find(&self, called: &Called) -> Vec<&RunCustomer> {
        let mut found: Vec<&Namesake> = Vec::new();
        for with_name in called.names.iter().filter_map(|name| self.by_name.get(name)) {
            let is_new = |one: &&Namesake| !found.iter().any(|known| known.customer == one.customer);
            let new: Vec<&Namesake> = with_name.iter().filter(is_new).collect();
            found.extend(new);
        }
        let found = found.into_iter().map(|one| (&one.customer, &one.contacts));
        meant(found.collect(), called)
    }

    /// The customers that have this name.
    pub fn of_name(&self, name: &str) -> impl Iterator<Item = &RunCustomer> {
        self.by_name.get(name).into_iter().flatten().map(|one| &one.customer)
    }
}

/// Of several customers of one name, the one that the row has most contacts in common with; all of them where that is none or
/// several.
fn meant<T>(candidates: Vec<(T, &MatchValues)>, called: &Called) -> Vec<T> {
    let shared = |contacts: &MatchValues| contacts.contacts_shared(&called.contacts);
    let (all, shared): (Vec<T>, Vec<usize>) = candidates
        .into_iter()
        .map(|(candidate, contacts)| (candidate, shared(contacts)))
        .unzip();
    let most = shared.iter().copied().max().unwrap_or_default();
    let mut with_most = (0..).zip(&shared).filter(|(_, shared)| **shared == most);
    match (most, with_most.next(), with_most.next()) {
        (1.., Some((one, _)), None) => all.into_iter().skip(one).take(1).collect(),
        _ => all,
    }
}

/// The customers of the store that may be meant, each once.
pub fn named<'a, S: BuildHasher>(
    stored: &'a HashMap<String, Vec<StoredCandidate>, S>,
    called: &Called,
) -> Vec<&'a StoredCandidate> {
    let mut found: Vec<&StoredCandidate> = called
        .names
        .iter()
        .filter_map(|name| stored.get(name))
        .flatten()
        .collect();
    found.sort_unstable_by_key(|customer| customer.id);
    found.dedup_by_key(|customer| customer.id);
    let found = found.into_iter().map(|customer| (customer, &customer.values));
    meant(found.collect(), called)
}

/// What is wrong with a name that these customers of the run have, or else these of the store.
pub fn wrong_name(name: &str, of_run: &[&RunCustomer], of_store: &[&StoredCandidate]) -> Option<(FindingCode, String)> {
    let ids: Vec<&str> = match (of_run, of_store) {
        ([_], _) | ([], [_]) => return None,
        ([], []) => return Some((FindingCode::LinkNameNotFound, name.to_owned())),
        ([], stored) => stored
            .iter()
            .filter_map(|customer| customer.values.number.as_deref())
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
    use torqueflow_model::{FieldRef, FieldValue, Value};

    use super::*;

    fn customer(id: SourceId, name: &str) -> Record {
        let slot = Slot::Main(EntityKind::Customer);
        let name = FieldValue {
            spec: FieldRef::new(slot, "display_name").unwrap().spec,
            value: Value::Text(name.to_owned()),
            raw: String::new(),
        };
        Record {
            slot,
            source_id: id,
            fields: vec![name],
        }
    }

    fn email(address: &str) -> MatchValues {
        MatchValues {
            email: (!address.is_empty()).then(|| address.to_owned()),
            ..MatchValues::default()
        }
    }

    /// Who is meant by a name with an e-mail address, of customers with id, name and address.
    #[track_caller]
    fn check(customers: &[(SourceId, &str, &str)], (name, address): (&str, &str), expected: &[&str]) {
        let mut names = CustomerNames::default();
        for (id, name, address) in customers {
            names.add("crm", &customer(id.clone(), name), &email(address));
        }
        let called = Called {
            names: vec![name.to_owned()],
            contacts: email(address),
        };
        let found: Vec<&str> = names.find(&called).iter().map(|one| one.id.as_str()).collect();
        assert_eq!(found, expected, "{name} {address}");
    }

    fn given(id: &str) -> SourceId {
        SourceId::Given(id.to_owned())
    }

    #[test]
    fn a_name_is_of_each_customer_that_has_it_once() {
        let customers = [
            (given("1"), "Jenny Robb", ""),
            (given("2"), "Mike Senn", ""),
            (given("1"), "Jenny Robb", ""),
            (given("3"), "Mike Senn", ""),
        ];
        check(&customers, ("jenny robb", ""), &["1"]);
        check(&customers, ("mike senn", ""), &["2", "3"]);
        check(&customers, ("piotr nowicki", ""), &[]);
    }

    #[test]
    fn equal_customers_without_numbers_are_several() {
        let nameless = SourceId::Content(7);
        let twice = [
            (nameless.clone(), "Jenny Robb", ""),
            (nameless.clone(), "Jenny Robb", ""),
        ];
        let id = id_text(&nameless, 0);
        check(&twice[..1], ("jenny robb", ""), &[&id]);
        check(&twice, ("jenny robb", ""), &[&id, &id]);
    }

    #[test]
    fn of_one_name_the_address_tells_who_is_meant_where_it_is_one_s_alone() {
        let customers = [
            (given("1"), "Mike Senn", "mike@senn.example"),
            (given("2"), "Mike Senn", "office@senn.example"),
            (given("3"), "Mike Senn", "office@senn.example"),
            (given("2"), "Mike Senn", ""),
            (given("4"), "Jenny Robb", "jenny@robb.example"),
        ];
        check(&customers, ("mike senn", "mike@senn.example"), &["1"]);
        check(&customers, ("mike senn", "office@senn.example"), &["1", "2", "3"]);
        check(&customers, ("mike senn", "other@senn.example"), &["1", "2", "3"]);
        check(&customers, ("mike senn", ""), &["1", "2", "3"]);
        // Who is the only one of the name is meant whatever the address.
        check(&customers, ("jenny robb", "other@robb.example"), &["4"]);
    }
}
