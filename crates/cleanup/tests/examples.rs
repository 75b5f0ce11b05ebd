//! The examples of the catalogue and of the table of rules are true.

use time::macros::date;
use torqueflow_cleanup::{Context, RULES, clean_record};
use torqueflow_model::{Cell, EntityKind, FieldRef, MappedCell, Slot};

fn clean(field: FieldRef, text: &str) -> torqueflow_cleanup::Cleaned {
    let cell = MappedCell {
        field,
        column: None,
        cell: Cell::text(text),
    };
    clean_record(field.slot, &[cell], &Context::new(date!(2026 - 11 - 21)))
}

fn value(field: FieldRef, text: &str) -> String {
    let cleaned = clean(field, text);
    let found = cleaned.fields.iter().find(|value| value.spec.name == field.spec.name);
    found.map_or_else(|| "null".to_owned(), |found| found.value.to_string())
}

/// A field of the catalogue of this kind.
fn field_of(kind: &str) -> FieldRef {
    let is_of_kind = |field: &FieldRef| format!("{:?}", field.spec.kind).split([' ', '(']).next() == Some(kind);
    let mut fields = EntityKind::ALL.into_iter().rev().flat_map(|entity| {
        let specs = entity.fields().iter().filter(|spec| spec.mappable);
        specs.map(move |spec| FieldRef {
            slot: Slot::Main(entity),
            spec,
        })
    });
    let found = match kind {
        "Choice" => FieldRef::parse("work_order.status"),
        "Phone" => FieldRef::parse("customer.phone"),
        "Decimal" => FieldRef::parse("invoice.total_net"),
        "DateTime" | "Date" => FieldRef::parse("invoice.issued_on"),
        "Reference" | "Code" => FieldRef::parse("product.code"),
        _ => fields.find(is_of_kind),
    };
    found.unwrap_or_else(|| panic!("no field of kind {kind}"))
}

#[test]
fn the_examples_of_the_rules_are_true() {
    for rule in RULES {
        for (text, expected) in rule.examples {
            let field = field_of(rule.applies_to[0]);
            assert_eq!(value(field, text), *expected, "{} {text:?} in {field}", rule.name);
        }
    }
}

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn the_examples_of_the_catalogue_are_clean() {
    for entity in EntityKind::ALL {
        for spec in entity
            .fields()
            .iter()
            .filter(|spec| spec.mappable && !spec.example.is_empty())
        {
            let field = FieldRef {
                slot: Slot::Main(entity),
                spec,
            };
            // Consent needs a number, an e-mail address somebody's name, and an address a type, which no single cell gives.
            let needs_more = matches!(spec.name, "sms_consent" | "email") && entity == EntityKind::Customer;
            if needs_more || entity == EntityKind::CustomerAddress {
                continue;
            }
            let cleaned = clean(field, spec.example);
            assert!(cleaned.findings.is_empty(), "{field}: {:?}", cleaned.findings);
            assert_ne!(value(field, spec.example), "null", "{field}");
        }
    }
}
