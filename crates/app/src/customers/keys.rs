//! What customers of the store are found by: the same that an import makes of its rows.

use serde_json::Value as Json;
use torqueflow_model::MatchValues;

use super::Customer;

/// The values of a customer by which others that may be the same are found.
pub(super) fn match_values(customer: &Customer) -> MatchValues {
    let text = |column| customer.text(column).map(str::to_owned);
    let billing = customer.addresses.iter().filter_map(|address| {
        let text = |column| address.values.get(column).and_then(Json::as_str);
        (text("address_type") == Some("billing")).then(|| text("postal_code"))?
    });
    MatchValues {
        name: text("sort_name"),
        email: text("email"),
        phones: ["phone", "landline"].into_iter().filter_map(text).collect(),
        postcodes: billing.map(str::to_owned).collect(),
        number: text("external_customer_number"),
        ..MatchValues::default()
    }
}
