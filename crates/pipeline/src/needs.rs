//! What a record needs to be one: something that identifies it, or an owner.

use torqueflow_model::{EntityKind, FieldKind, Finding, FindingCode, OnMissing, Record, Slot, SourceId};

use crate::clean::RowLink;

/// What a record lacks to be told from others, in words. A vehicle has a plate, a VIN or an owner; a make and a model are
/// those of thousands.
pub(crate) fn identity_of(record: &Record, has_customer: bool) -> Option<String> {
    let is_vehicle = record.slot.entity() == EntityKind::Vehicle;
    let is_known = ["registration", "vin", "customer"]
        .iter()
        .any(|name| record.get(name).is_some());
    (is_vehicle && !is_known && !has_customer).then(|| "Registration or VIN or Customer".to_owned())
}

/// The address of the row's customer, where the row has none.
pub(crate) fn is_nobodys_address(record: &Record, has_customer: bool) -> bool {
    let is_of_row = matches!(record.slot, Slot::BillingAddress | Slot::ShippingAddress);
    is_of_row && !has_customer && record.get("customer").is_none()
}

/// Tells of a row whose record nothing identifies, and that belongs to nobody although such records do.
pub(crate) fn of_nobody(records: &[Record], links: &[RowLink]) -> Option<Finding> {
    let record = records.first()?;
    let mut owners = record.slot.entity().fields().iter().filter(|spec| {
        let fails = matches!(
            spec.kind,
            FieldKind::Reference {
                on_missing: OnMissing::FailRow,
                ..
            }
        );
        fails || spec.is_owner
    });
    let can_belong = owners.clone().next().is_some();
    let belongs = owners.any(|spec| record.get(spec.name).is_some())
        || record.get("registration").is_some()
        || links.iter().any(|link| link.from == 0);
    let is_nobodys = can_belong && !belongs && matches!(record.source_id, SourceId::Content(_));
    let label = record.slot.entity().spec().label.to_lowercase();
    is_nobodys.then(|| Finding::row(FindingCode::RecordOfNobody, label))
}
