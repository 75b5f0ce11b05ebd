//! Creating and changing customers by hand.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use torqueflow_model::{EntityKind, Slot};
use torqueflow_persistence::{AuditEvent, NewRecord, OrganizationId, StoreError};
use uuid::Uuid;

use super::fields::{self, Values};
use super::{Address, Customer, CustomerError, FieldError, cleanup_context, get};
use crate::error::AppError;
use crate::{App, Caller, boxed};

/// A customer to be created.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// Its fields by their names in the catalogue: text, `true` and `false`, ISO 8601 dates; `customer_group_id` and
    /// `location_id` are ids; `notification_preferences` is an object of flags.
    pub fields: Map<String, Json>,
    /// The fields of its billing address.
    pub billing_address: Option<Map<String, Json>>,
    /// The fields of its shipping address.
    pub shipping_address: Option<Map<String, Json>>,
}

/// A change of a customer.
#[derive(Debug, Clone, Default)]
pub struct CustomerPatch {
    /// The fields that change, as in [`NewCustomer`]; `null` makes one blank. Preferences change key by key.
    pub fields: Map<String, Json>,
}

/// Creates a customer. It needs a first and a last name or a company, and a valid e-mail address or telephone number;
/// consent to SMS needs a mobile number. Values are cleaned as in an import, but what an import would leave blank or only
/// warn of is refused: [`CustomerError::Invalid`] says what, field by field.
#[boxed]
pub async fn create(app: &App, caller: &Caller, customer: &NewCustomer) -> Result<Customer, AppError> {
    let context = cleanup_context(app, caller.organization).await?;
    let (values, mut errors) = fields::change(&Values::new(), &customer.fields, &context);
    let given = [
        (Slot::BillingAddress, &customer.billing_address),
        (Slot::ShippingAddress, &customer.shipping_address),
    ];
    let mut addresses = Vec::new();
    for (slot, given) in given {
        if let Some(given) = given {
            let (values, wrong) = fields::address(slot, given, &context);
            errors.extend(wrong);
            addresses.push(values);
        }
    }
    check_links(app, caller.organization, &values, &mut errors).await?;
    if !errors.is_empty() {
        return Err(CustomerError::Invalid(errors).into());
    }
    let id = Uuid::now_v7();
    let addresses: Vec<Address> = addresses.into_iter().map(new_address).collect();
    let event = AuditEvent::now(&caller.actor, "customer.created")
        .on(EntityKind::Customer.name(), id.to_string())
        .with(json!({"fields": names(&values)}));
    let mut records = vec![NewRecord {
        entity: EntityKind::Customer,
        id,
        values,
    }];
    records.extend(addresses.into_iter().map(|address| NewRecord {
        entity: EntityKind::CustomerAddress,
        id: address.id,
        values: with_customer(address.values, id),
    }));
    app.store
        .customer_create(caller.organization, &records, &[event])
        .await?;
    get(app, caller.organization, id).await
}

/// Changes a customer that still has the version that the caller has seen. The rules are those of [`create`]; names and
/// contacts are only asked for where the change touches them, since an import may have left them out.
#[boxed]
pub async fn update(
    app: &App,
    caller: &Caller,
    id: Uuid,
    patch: &CustomerPatch,
    expected_version: i64,
) -> Result<Customer, AppError> {
    let organization = caller.organization;
    let current = get(app, organization, id).await?.visible()?;
    if current.version != expected_version {
        return Err(conflict(&current, expected_version));
    }
    let context = cleanup_context(app, organization).await?;
    let (changes, mut errors) = fields::change(&current.values, &patch.fields, &context);
    check_links(app, organization, &changes, &mut errors).await?;
    if !errors.is_empty() {
        return Err(CustomerError::Invalid(errors).into());
    }
    if changes.is_empty() {
        return Ok(current);
    }
    let event = AuditEvent::now(&caller.actor, "customer.updated")
        .on(EntityKind::Customer.name(), id.to_string())
        .with(json!({"fields": names(&changes)}));
    let updated = app
        .store
        .customer_update(organization, id, expected_version, &changes, &[event])
        .await;
    match updated {
        Err(StoreError::Outdated) => {
            let current = get(app, organization, id).await?.visible()?;
            Err(conflict(&current, expected_version))
        }
        updated => {
            updated?;
            get(app, organization, id).await
        }
    }
}

fn conflict(current: &Customer, expected: i64) -> AppError {
    CustomerError::VersionConflict {
        id: current.id,
        expected,
        version: current.version,
    }
    .into()
}

/// The columns with these changes; what becomes null is gone.
pub(super) fn applied(current: &Values, changes: &Values) -> Values {
    let mut values = current.clone();
    values.extend(changes.clone());
    values.retain(|_, value| !value.is_null());
    values
}

/// The names of the columns that a person can set: what the audit log may know.
fn names(values: &Values) -> Vec<&str> {
    values.keys().map(String::as_str).collect()
}

fn new_address(values: Values) -> Address {
    Address {
        id: Uuid::now_v7(),
        version: 1,
        values,
    }
}

fn with_customer(mut values: Values, customer: Uuid) -> BTreeMap<String, Json> {
    values.insert("customer_id".to_owned(), Json::from(customer.to_string()));
    values
}

/// Groups and locations must exist.
async fn check_links(
    app: &App,
    organization: OrganizationId,
    values: &Values,
    errors: &mut Vec<FieldError>,
) -> Result<(), AppError> {
    for (column, value) in values {
        let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
        if let (Some(kind), Some(id)) = (fields::link(column), id) {
            let existing = app.store.business_existing(organization, kind, &[id], None).await?;
            if existing.is_empty() {
                let message = format!("There is no {} with this id", kind.spec().label.to_lowercase());
                errors.push(FieldError::new(format!("/{column}"), "not_found", message));
            }
        }
    }
    Ok(())
}
