#![doc = include_str!("../README.md")]

use std::sync::LazyLock;

use torqueflow_detection::parse_source;
use torqueflow_model::{FieldRef, MappedCell, SourceAdapter, SourceDefinition, fold};

/// The definition, from `techman.toml`.
static DEFINITION: LazyLock<SourceDefinition> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it: an empty definition is never seen.
    parse_source(include_str!("../techman.toml")).unwrap_or_else(|_| SourceDefinition {
        id: "techman".to_owned(),
        label: "Techman".to_owned(),
        ..SourceDefinition::default()
    })
});

/// The Techman adapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Techman;

/// The Techman adapter.
///
/// ```
/// use torqueflow_model::SourceAdapter;
/// assert_eq!(torqueflow_techman::techman().definition().label, "Techman");
/// ```
pub fn techman() -> Techman {
    Techman
}

impl SourceAdapter for Techman {
    fn definition(&self) -> &SourceDefinition {
        &DEFINITION
    }

    /// Techman has one column for the customer's name, of a person or of a company, and one for whom to talk to.
    /// Where the two differ, the first is the company's name: it moves to the company field.
    fn arrange(&self, type_id: &str, cells: &mut Vec<MappedCell>) {
        if !matches!(type_id, "techman.customers" | "techman.customers_and_vehicles") {
            return;
        }
        let text_of = |name: &str| {
            let cell = cells.iter().find(|cell| is_customer_field(cell.field, name));
            cell.map_or(String::new(), |cell| fold(&cell.cell.text))
        };
        let (customer, contact) = (text_of("display_name"), text_of("contact_name"));
        if customer.is_empty() || contact.is_empty() || names_the_same(&customer, &contact) {
            return;
        }
        let name = cells
            .iter_mut()
            .find(|cell| is_customer_field(cell.field, "display_name"));
        let company = FieldRef::parse("customer.company");
        if let (Some(cell), Some(company)) = (name, company) {
            cell.field = company;
        }
    }
}

fn is_customer_field(field: FieldRef, name: &str) -> bool {
    field.slot.name() == "customer" && field.spec.name == name
}

/// Two names may be the same person when the words of one are all in the other, or when they end in the same word:
/// `Mrs Ada Smith`, `Ada Smith` and `A Smith`; but not `Smith & Sons Ltd` and `Ada Smith`.
fn names_the_same(customer: &str, contact: &str) -> bool {
    let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let (customer, contact) = (words(customer), words(contact));
    let within = |inner: &[String], outer: &[String]| inner.iter().all(|word| outer.contains(word));
    within(&contact, &customer) || within(&customer, &contact) || customer.last() == contact.last()
}
