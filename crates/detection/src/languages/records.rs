//! What is said of a record in any language, beside the word for what it is: `factura_id`, `nr klienta`, `Zahlung Nr`.

/// Records that tables refer to by their numbers, as `[whose]` names them.
const NUMBERED: &[&str] = &[
    "Customer", "Supplier", "Vehicle", "Owner", "Item", "Job", "Invoice", "Payment", "Order",
];
/// Those of which a document says no more than this: what else stands beside the word for one is of something else, as the
/// address in `dirección factura` is.
const DOCUMENTS: &[&str] = &["Invoice", "Payment", "Order"];
const OF_DOCUMENTS: &[&str] = &[
    "ID",
    "Number",
    "Code",
    "Date",
    "Status",
    "Total",
    "Amount",
    "Total Amount",
    "Type",
    "Method",
];

/// The English header for whose something is, where both together make sense.
pub fn composed(whose: &str, known: Option<&str>, rest: &str) -> Option<String> {
    let header = match known {
        Some(header) => header,
        None => NUMBERED.contains(&whose).then(|| number_of(rest))??,
    };
    let is_of_document = OF_DOCUMENTS.contains(&header);
    let is_sense = match whose {
        "Billing" => !is_of_document,
        _ if DOCUMENTS.contains(&whose) => is_of_document,
        _ => true,
    };
    is_sense.then(|| format!("{whose} {header}"))
}

/// The English word for what every kind of record has and every language writes alike.
fn number_of(rest: &str) -> Option<&'static str> {
    match rest {
        "id" | "uuid" | "guid" => Some("ID"),
        "nr" | "num" | "no" | "numero" => Some("Number"),
        "code" | "cod" | "kod" => Some("Code"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_records_and_addresses_to_people() {
        let check = |whose, known, rest, expected: Option<&str>| {
            assert_eq!(composed(whose, known, rest).as_deref(), expected, "{whose} {rest}");
        };
        check("Invoice", None, "id", Some("Invoice ID"));
        check("Payment", Some("Date"), "fecha", Some("Payment Date"));
        check("Invoice", Some("Address"), "direccion", None);
        check("Billing", Some("Address"), "direccion", Some("Billing Address"));
        check("Billing", None, "id", None);
        check("Billing", Some("Date"), "fecha", None);
        check("Item", None, "cod", Some("Item Code"));
        check("Item", None, "xyz", None);
    }
}
