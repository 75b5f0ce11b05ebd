//! Stored customers and vehicles that share a value with others: by the indexes of the business tables.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{DbBackend, QueryResult};
use torqueflow_model::import::StoredCandidate;
use torqueflow_model::{EntityKind, MatchValues};
use uuid::Uuid;

use crate::sql::{bytes, places, query};
use crate::store::padded_chunks;
use crate::{OrganizationId, Store, StoreError};

/// Values of one query.
const CHUNK: usize = 1000;

/// Where a value stands: the condition under which a record `r` of the table has the wanted value `w`, in `table`.
struct Place {
    table: &'static str,
    condition: &'static str,
}

/// `{bytes}` is the collation of the index; `{0}` and `{1}` are the parts of the wanted value.
const EMAIL: Place = column("customer AS r", "r.email {bytes} = {0}");
const PHONE: Place = column("customer AS r", "r.phone {bytes} = {0}");
const LANDLINE: Place = column("customer AS r", "r.landline {bytes} = {0}");
const NUMBER: Place = column("customer AS r", "r.external_customer_number = {0}");
const REGISTRATION: Place = column("vehicle AS r", "r.registration {bytes} = {0}");
const VIN: Place = column("vehicle AS r", "r.vin = {0}");
const NAME_AND_POSTCODE: Place = column(
    "customer_address AS a JOIN customer AS r ON r.organization_id = a.organization_id AND r.id = a.customer_id",
    "a.address_type = 'billing' AND a.postal_code = {1} AND r.sort_name = {0}",
);

const fn column(table: &'static str, condition: &'static str) -> Place {
    Place { table, condition }
}

/// What [`customer`] reads, of the customer `c`.
pub(super) const CUSTOMER_COLUMNS: &str =
    "c.id, c.email, c.phone, c.landline, c.external_customer_number, c.sort_name, c.merged_into_id";
const VEHICLE_COLUMNS: &str = "c.id, c.registration, c.vin";

impl Store {
    /// The stored records of this kind that share an e-mail address, telephone number, customer number, name and
    /// postcode, registration or VIN with one of these, each once, hidden customers too. Of a value that very many have,
    /// `at_most` records are found; which ones is not said.
    pub async fn candidate_find(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
        wanted: &[&MatchValues],
        at_most: usize,
    ) -> Result<Vec<StoredCandidate>, StoreError> {
        let search = Search {
            store: self,
            organization,
            at_most,
        };
        match kind {
            EntityKind::Customer => search.customers(wanted).await,
            EntityKind::Vehicle => search.vehicles(wanted).await,
            _ => Ok(Vec::new()),
        }
    }

    /// The postcodes of the billing addresses of these customers.
    pub(super) async fn billing_postcodes(
        &self,
        organization: OrganizationId,
        customers: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
        let mut postcodes: HashMap<Uuid, Vec<String>> = HashMap::new();
        for chunk in padded_chunks(customers) {
            let sql = format!(
                "SELECT customer_id, postal_code FROM customer_address WHERE organization_id = ? \
                 AND address_type = 'billing' AND postal_code IS NOT NULL AND customer_id IN ({})",
                places(chunk.len())
            );
            let values = std::iter::once(organization.0).chain(chunk).map(Into::into);
            for row in query(&self.reader, &sql, values).await? {
                let of_customer = postcodes.entry(row.try_get("", "customer_id")?).or_default();
                of_customer.push(row.try_get("", "postal_code")?);
            }
        }
        Ok(postcodes)
    }
}

struct Search<'a> {
    store: &'a Store,
    organization: OrganizationId,
    at_most: usize,
}

impl Search<'_> {
    async fn customers(&self, wanted: &[&MatchValues]) -> Result<Vec<StoredCandidate>, StoreError> {
        let emails = parts(wanted.iter().filter_map(|values| values.email.as_deref()));
        let phones = parts(wanted.iter().flat_map(|values| &values.phones).map(String::as_str));
        let numbers = parts(wanted.iter().filter_map(|values| values.number.as_deref()));
        let named = wanted.iter().flat_map(|values| {
            let name = values.name.iter();
            name.flat_map(|name| {
                values
                    .postcodes
                    .iter()
                    .map(|postcode| vec![name.as_str(), postcode.as_str()])
            })
        });
        let named: BTreeSet<Vec<&str>> = named.collect();
        let mut found = HashMap::new();
        for (place, wanted) in [
            (EMAIL, &emails),
            (PHONE, &phones),
            (LANDLINE, &phones),
            (NUMBER, &numbers),
            (NAME_AND_POSTCODE, &named),
        ] {
            for row in self.rows("customer", CUSTOMER_COLUMNS, &place, wanted).await? {
                let customer = customer(&row)?;
                found.insert(customer.id, customer);
            }
        }
        if !named.is_empty() {
            let ids: Vec<Uuid> = found.keys().copied().collect();
            for (id, postcodes) in self.store.billing_postcodes(self.organization, &ids).await? {
                if let Some(customer) = found.get_mut(&id) {
                    customer.values.postcodes = postcodes;
                }
            }
        }
        Ok(in_order(found))
    }

    async fn vehicles(&self, wanted: &[&MatchValues]) -> Result<Vec<StoredCandidate>, StoreError> {
        let registrations = parts(wanted.iter().filter_map(|values| values.registration.as_deref()));
        let vins = parts(wanted.iter().filter_map(|values| values.vin.as_deref()));
        let mut found = HashMap::new();
        for (place, wanted) in [(REGISTRATION, &registrations), (VIN, &vins)] {
            for row in self.rows("vehicle", VEHICLE_COLUMNS, &place, wanted).await? {
                let vehicle = vehicle(&row)?;
                found.insert(vehicle.id, vehicle);
            }
        }
        Ok(in_order(found))
    }

    /// The records that have one of the wanted values in this place, up to a bound for each value.
    async fn rows(
        &self,
        table: &str,
        columns: &str,
        place: &Place,
        wanted: &BTreeSet<Vec<&str>>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let reader = &self.store.reader;
        let backend = sea_orm::ConnectionTrait::get_database_backend(reader);
        let sql = statement(backend, table, columns, place).replace("{bytes}", bytes(reader));
        let wanted: Vec<&Vec<&str>> = wanted.iter().collect();
        let mut rows = Vec::new();
        for chunk in wanted.chunks(CHUNK) {
            let list = serde_json::to_string(chunk).unwrap_or_default();
            let (organization, at_most) = (self.organization.0, self.at_most as i64);
            let values: Vec<sea_orm::Value> = match backend {
                DbBackend::Postgres => vec![list.into(), organization.into(), at_most.into()],
                _ => vec![list.into(), organization.into(), organization.into(), at_most.into()],
            };
            rows.extend(query(reader, &sql, values).await?);
        }
        Ok(rows)
    }
}

/// Each wanted value is looked up by itself, so that one that very many have costs no more than the bound.
fn statement(backend: DbBackend, table: &str, columns: &str, place: &Place) -> String {
    let from = place.table;
    let condition = place.condition.replace("{0}", "(w.value ->> 0)");
    let condition = condition.replace("{1}", "(w.value ->> 1)");
    match backend {
        DbBackend::Postgres => format!(
            "SELECT {columns} FROM json_array_elements(CAST(? AS json)) AS w(value) CROSS JOIN LATERAL \
             (SELECT r.* FROM {from} WHERE r.organization_id = ? AND {condition} LIMIT ?) AS c"
        ),
        _ => format!(
            "SELECT {columns} FROM json_each(?) AS w CROSS JOIN {table} AS c WHERE c.organization_id = ? \
             AND c.id IN (SELECT r.id FROM {from} WHERE r.organization_id = ? AND {condition} LIMIT ?)"
        ),
    }
}

/// Each value once, as the parts that it consists of.
fn parts<'a>(values: impl Iterator<Item = &'a str>) -> BTreeSet<Vec<&'a str>> {
    values.map(|value| vec![value]).collect()
}

fn in_order(found: HashMap<Uuid, StoredCandidate>) -> Vec<StoredCandidate> {
    let mut found: Vec<StoredCandidate> = found.into_values().collect();
    found.sort_unstable_by_key(|candidate| candidate.id);
    found
}

/// A customer, but for its postcodes.
pub(super) fn customer(row: &QueryResult) -> Result<StoredCandidate, StoreError> {
    let text = |column: &str| row.try_get::<Option<String>>("", column);
    Ok(StoredCandidate {
        id: row.try_get("", "id")?,
        is_hidden: row.try_get::<Option<Uuid>>("", "merged_into_id")?.is_some(),
        values: MatchValues {
            name: text("sort_name")?,
            email: text("email")?,
            phones: [text("phone")?, text("landline")?].into_iter().flatten().collect(),
            number: text("external_customer_number")?,
            ..MatchValues::default()
        },
    })
}

fn vehicle(row: &QueryResult) -> Result<StoredCandidate, StoreError> {
    Ok(StoredCandidate {
        id: row.try_get("", "id")?,
        is_hidden: false,
        values: MatchValues {
            registration: row.try_get("", "registration")?,
            vin: row.try_get("", "vin")?,
            ..MatchValues::default()
        },
    })
}
