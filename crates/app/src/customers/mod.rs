//! Customers as people work with them: found, read, created, changed, merged, and merges undone.

mod edit;
mod error;
mod fields;
mod keys;
mod merge;
mod search;
mod suggestions;
mod undo;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use time::OffsetDateTime;
use torqueflow_cleanup::Context;
use torqueflow_model::EntityKind;
use torqueflow_persistence::{BusinessRow, CustomerRow, StoreError};
use uuid::Uuid;

use crate::error::AppError;
use crate::{App, OrganizationId, boxed, organizations};

pub use edit::{CustomerPatch, NewCustomer, create, update};
pub use error::{CustomerError, FieldError};
pub use merge::{
    FieldComparison, MergeChange, MergeOutcome, MergePreview, MergeProposal, MergeRequest, merge, merge_preview,
    propose,
};
pub use search::{CustomerPage, CustomerQuery, find, search};
pub use suggestions::{
    Suggestion, SuggestionId, SuggestionPage, SuggestionQuery, dismiss, suggestions, suggestions_of,
};
pub use torqueflow_persistence::{CustomerMerge, KeptReason, KeptValue, MatchLevel, UndoReport};
pub use undo::{get_merge, undo, undo_preview};

/// A customer with the addresses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Customer {
    /// Its id.
    pub id: Uuid,
    /// Grows with each change.
    pub version: i64,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// The customer that it was merged into; such a customer is hidden.
    pub merged_into_id: Option<Uuid>,
    /// Its columns that are not null, by the catalogue: ISO 8601 for dates, ids for links.
    #[serde(flatten)]
    pub values: BTreeMap<String, Json>,
    /// Its addresses, the oldest first.
    pub addresses: Vec<Address>,
}

/// An address of a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Address {
    /// Its id.
    pub id: Uuid,
    /// Grows with each change.
    pub version: i64,
    /// Its columns that are not null, by the catalogue.
    #[serde(flatten)]
    pub values: BTreeMap<String, Json>,
}

impl Customer {
    /// The text of a column.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.values.get(column).and_then(Json::as_str)
    }

    /// What a person calls it.
    pub fn name(&self) -> &str {
        let names = ["display_name", "company", "last_name", "first_name"];
        names.into_iter().find_map(|name| self.text(name)).unwrap_or_default()
    }

    fn new(stored: CustomerRow, addresses: Vec<Address>) -> Self {
        Self {
            id: stored.row.id,
            version: stored.row.version,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            merged_into_id: stored.merged_into,
            values: stored.row.values,
            addresses,
        }
    }

    /// Refuses to work with a customer that is hidden.
    fn visible(self) -> Result<Self, AppError> {
        match self.merged_into_id {
            Some(into) => Err(CustomerError::Merged { id: self.id, into }.into()),
            None => Ok(self),
        }
    }
}

/// How what people type is cleaned: as of today, in the country of the organisation.
async fn cleanup_context(app: &App, organization: OrganizationId) -> Result<Context, AppError> {
    let country = organizations::get(app, organization).await?.country;
    let today = OffsetDateTime::now_utc().date();
    Ok(Context::new(today).with_default_country(country))
}

/// The customer with this id, also when it is hidden.
#[boxed]
pub async fn get(app: &App, organization: OrganizationId, id: Uuid) -> Result<Customer, AppError> {
    let loaded = load(app, organization, &[id]).await?;
    loaded.into_iter().next().ok_or_else(|| not_found(id))
}

/// The customers with these ids, in the order of the ids. All of them must exist.
async fn get_all(app: &App, organization: OrganizationId, ids: &[Uuid]) -> Result<Vec<Customer>, AppError> {
    let mut loaded: BTreeMap<Uuid, Customer> = load(app, organization, ids)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    ids.iter()
        .map(|id| loaded.remove(id).ok_or_else(|| not_found(*id)))
        .collect()
}

fn not_found(id: Uuid) -> AppError {
    AppError::Store(StoreError::NotFound {
        entity: EntityKind::Customer.name(),
        id: id.to_string(),
    })
}

/// The customers with these ids that exist.
async fn load(app: &App, organization: OrganizationId, ids: &[Uuid]) -> Result<Vec<Customer>, AppError> {
    let rows = app.store.customer_load(organization, ids).await?;
    with_addresses(app, organization, rows).await
}

async fn with_addresses(
    app: &App,
    organization: OrganizationId,
    rows: Vec<CustomerRow>,
) -> Result<Vec<Customer>, AppError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.row.id).collect();
    let mut found: Vec<BusinessRow> = app
        .store
        .business_load_by(organization, EntityKind::CustomerAddress, "customer_id", &ids)
        .await?;
    found.sort_unstable_by_key(|address| address.id);
    let mut addresses: BTreeMap<Uuid, Vec<Address>> = BTreeMap::new();
    for mut address in found {
        let customer = address.values.remove("customer_id");
        let customer = customer.as_ref().and_then(Json::as_str).map(Uuid::parse_str);
        if let Some(Ok(customer)) = customer {
            addresses.entry(customer).or_default().push(Address {
                id: address.id,
                version: address.version,
                values: address.values,
            });
        }
    }
    let customers = rows.into_iter().map(|row| {
        let own = addresses.remove(&row.row.id).unwrap_or_default();
        Customer::new(row, own)
    });
    Ok(customers.collect())
}
