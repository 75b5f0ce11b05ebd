//! The name that somebody may have meant who gave one that is not known.

use torqueflow_model::{EntityKind, FieldRef, Slot};

/// The known name that is nearest to a given one; `None` where none is near.
///
/// ```
/// use torqueflow_pipeline::nearest;
/// assert_eq!(nearest("Klnat", ["Kanaal", "Klant"].into_iter()), Some("Klant"));
/// assert_eq!(nearest("Auto", ["Kanaal", "Klant"].into_iter()), None);
/// ```
pub fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.trim().to_lowercase();
    let given = plain(given);
    let slips = 1 + given.chars().count() / 6;
    known
        .map(|name| (strsim::osa_distance(&given, &plain(name)), name))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The field that is nearest to a given name: one with a slip in it, or without its record.
pub fn nearest_field(given: &str) -> Option<String> {
    let known: Vec<String> = all_fields().map(|field| field.to_string()).collect();
    let names = known.iter().map(String::as_str);
    let alone = given.rsplit('.').next().unwrap_or_default().trim().to_lowercase();
    let by_name = || {
        names
            .clone()
            .find(|name| name.split('.').next_back() == Some(alone.as_str()))
    };
    nearest(given, names.clone()).or_else(by_name).map(str::to_owned)
}

/// All fields that a column can be mapped to, in their places.
fn all_fields() -> impl Iterator<Item = FieldRef> {
    // Who names a part of an address means a customer's.
    let addresses = [Slot::BillingAddress, Slot::ShippingAddress].into_iter();
    let slots = addresses.chain(EntityKind::ALL.into_iter().map(Slot::Main));
    let fields = slots.flat_map(|slot| slot.entity().fields().iter().map(move |spec| FieldRef { slot, spec }));
    fields.filter(|field| field.spec.mappable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: Option<&str>) {
        assert_eq!(nearest_field(given).as_deref(), expected, "{given}");
    }

    #[test]
    fn a_slip_or_a_record_left_out_is_seen_through() {
        check("customer.fone", Some("customer.phone"));
        check("custmer.email", Some("customer.email"));
        check("Customer.Display_Name", Some("customer.display_name"));
        check("display_name", Some("customer.display_name"));
        check("billing_adress.city", Some("billing_address.city"));
        check("customer.postal_code", Some("billing_address.postal_code"));
        check("shoe size", None);
    }
}
