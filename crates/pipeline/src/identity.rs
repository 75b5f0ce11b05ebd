//! How a record is known at its source.

use torqueflow_model::{EntityKind, FieldKind, Record, Slot, SourceId, fold, hash128, sorted_hash};

/// The longest id that is kept as it is; a longer one ends in its fingerprint instead.
const MAX_ID_CHARS: usize = 200;

/// The text of an id, as mappings keep it. `occurrence` tells records apart that are known by equal contents only.
pub fn id_text(source_id: &SourceId, occurrence: i64) -> String {
    match source_id {
        SourceId::Given(text) | SourceId::Derived(text) => text.clone(),
        SourceId::Content(hash) => format!("~{hash:032x}#{occurrence}"),
    }
}

/// The fingerprint of a record's identity: equal exactly for what is the same record.
/// It does not depend on the tab or file that the record stands in.
pub fn key_hash(source_system: &str, entity: EntityKind, source_id: &SourceId) -> u128 {
    let (system, entity) = (source_system.as_bytes(), entity.name().as_bytes());
    match source_id {
        SourceId::Given(text) | SourceId::Derived(text) => sorted_hash(text, [system, entity, b"id", text.as_bytes()]),
        SourceId::Content(hash) => hash128([system, entity, b"content", &hash.to_le_bytes()]),
    }
}

/// The id of a record: the one that a column gives, else the best that the catalogue's rules conclude, else its content.
///
/// `linked` gives the ids of the records of the same row that its references lead to.
#[cfg(test)]
pub(crate) fn identify(record: &Record, linked: &[(&str, &SourceId)]) -> SourceId {
    identify_otherwise(record, linked, &|_| false)
}

/// The same, without the fields that do not identify it.
pub(crate) fn identify_otherwise(
    record: &Record,
    linked: &[(&str, &SourceId)],
    is_no_id: &dyn Fn(&str) -> bool,
) -> SourceId {
    if let Some(given) = record.text("source_id").filter(|_| !is_no_id("source_id")) {
        return SourceId::Given(bounded(given.to_owned()));
    }
    for rule in record.slot.entity().spec().identity {
        if rule.fields.iter().any(|name| is_no_id(name)) {
            continue;
        }
        let parts: Option<Vec<Part>> = rule.fields.iter().map(|name| part(record, name, linked)).collect();
        let Some(parts) = parts else { continue };
        return combine(parts, rule.derived);
    }
    let content = record
        .fields
        .iter()
        .map(|field| hash128([field.spec.name.as_bytes(), field.value.to_string().as_bytes()]))
        .chain(
            linked
                .iter()
                .map(|(name, id)| hash128([name.as_bytes(), id_text(id, 0).as_bytes()])),
        )
        .fold(0, u128::wrapping_add);
    SourceId::Content(content)
}

enum Part {
    Text(String),
    Content(u128),
}

fn part(record: &Record, name: &str, linked: &[(&str, &SourceId)]) -> Option<Part> {
    if let Some((_, id)) = linked.iter().find(|(field, _)| *field == name) {
        return Some(match id {
            SourceId::Given(text) | SourceId::Derived(text) => Part::Text(text.clone()),
            SourceId::Content(hash) => Part::Content(*hash),
        });
    }
    let field = record.fields.iter().find(|field| field.spec.name == name)?;
    let text = match field.spec.kind {
        // Names are written in many ways; numbers and codes in one.
        FieldKind::FullName | FieldKind::CompanyName | FieldKind::Text => fold(&field.value.to_string()),
        _ => field.value.to_string(),
    };
    // A name of nothing but signs is folded to nothing, and all of them would be the same.
    (!text.is_empty()).then_some(Part::Text(text))
}

fn combine(parts: Vec<Part>, derived: bool) -> SourceId {
    if parts.iter().any(|part| matches!(part, Part::Content(_))) {
        let hashes = parts.iter().map(|part| match part {
            Part::Text(text) => hash128([text.as_bytes()]).to_le_bytes(),
            Part::Content(hash) => hash.to_le_bytes(),
        });
        let hashes: Vec<_> = hashes.collect();
        return SourceId::Content(hash128(hashes.iter().map(<[u8; 16]>::as_slice)));
    }
    let texts: Vec<_> = parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text),
            Part::Content(_) => None,
        })
        .collect();
    let text = bounded(texts.join("|"));
    if derived {
        SourceId::Derived(text)
    } else {
        SourceId::Given(text)
    }
}

pub(crate) fn bounded(text: String) -> String {
    if text.chars().count() <= MAX_ID_CHARS {
        return text;
    }
    let kept: String = text.chars().take(MAX_ID_CHARS).collect();
    format!("{kept}~{:032x}", hash128([text.as_bytes()]))
}

/// Whether the record stands in the row of the record that its reference leads to.
pub(crate) fn same_row_target(slot: Slot, to: EntityKind, row: &[Record]) -> Option<usize> {
    row.iter()
        .position(|other| other.slot == Slot::Main(to) && other.slot != slot)
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{FieldRef, FieldValue, Value};

    use super::*;

    #[track_caller]
    fn check(slot: Slot, fields: &[(&str, &str)], linked: &[(&str, &SourceId)], expected: &SourceId) {
        let record = Record {
            slot,
            source_id: SourceId::Content(0),
            fields: fields
                .iter()
                .map(|(name, text)| FieldValue {
                    spec: FieldRef::new(slot, name).unwrap().spec,
                    value: Value::Text((*text).to_owned()),
                    raw: String::new(),
                })
                .collect(),
        };
        assert_eq!(&identify(&record, linked), expected);
    }

    fn given(text: &str) -> SourceId {
        SourceId::Given(text.to_owned())
    }

    fn derived(text: &str) -> SourceId {
        SourceId::Derived(text.to_owned())
    }

    #[test]
    fn a_customer_is_its_number_or_its_name_with_a_contact() {
        let customer = Slot::Main(EntityKind::Customer);
        check(
            customer,
            &[("external_customer_number", "C1"), ("source_id", "GUID")],
            &[],
            &given("GUID"),
        );
        check(
            customer,
            &[("external_customer_number", "C1"), ("email", "a@b.example")],
            &[],
            &given("C1"),
        );
        check(
            customer,
            &[("display_name", "Ada  SMITH"), ("email", "a@b.example")],
            &[],
            &derived("ada smith|a@b.example"),
        );
    }

    #[test]
    fn a_vehicle_is_its_customer_and_registration() {
        let vehicle = Slot::Main(EntityKind::Vehicle);
        let customer = given("C1");
        check(
            vehicle,
            &[("registration", "AB12CDE")],
            &[("customer", &customer)],
            &derived("C1|AB12CDE"),
        );
        check(vehicle, &[("vin", "V")], &[("customer", &customer)], &derived("C1|V"));
        check(vehicle, &[("registration", "AB12CDE")], &[], &derived("AB12CDE"));
    }

    #[test]
    fn a_name_alone_identifies_nobody() {
        let customer = Slot::Main(EntityKind::Customer);
        let record = Record {
            slot: customer,
            source_id: SourceId::Content(0),
            fields: vec![FieldValue {
                spec: FieldRef::new(customer, "display_name").unwrap().spec,
                value: Value::Text("Ada Smith".into()),
                raw: "Ada Smith".into(),
            }],
        };
        assert!(matches!(identify(&record, &[]), SourceId::Content(_)));
    }

    #[test]
    fn names_of_nothing_but_signs_are_not_all_the_same() {
        let location = |name: &str| Record {
            slot: Slot::Main(EntityKind::Location),
            source_id: SourceId::Content(0),
            fields: vec![FieldValue {
                spec: FieldRef::parse("location.name").unwrap().spec,
                value: Value::Text(name.to_owned()),
                raw: String::new(),
            }],
        };
        assert_eq!(identify(&location("Leeds"), &[]), derived("leeds"));
        assert!(matches!(identify(&location("#"), &[]), SourceId::Content(_)));
        assert_ne!(identify(&location("#"), &[]), identify(&location("!"), &[]));
    }

    #[test]
    fn what_belongs_to_a_record_without_an_id_has_none_either() {
        let customer = SourceId::Content(7);
        let record = Record {
            slot: Slot::Main(EntityKind::Vehicle),
            source_id: SourceId::Content(0),
            fields: vec![FieldValue {
                spec: FieldRef::parse("vehicle.registration").unwrap().spec,
                value: Value::Text("AB12CDE".into()),
                raw: String::new(),
            }],
        };
        assert!(matches!(
            identify(&record, &[("customer", &customer)]),
            SourceId::Content(_)
        ));
    }

    #[test]
    fn long_ids_stay_short_and_apart() {
        let long = "x".repeat(3000);
        let SourceId::Given(first) = combine(vec![Part::Text(format!("{long}1"))], false) else {
            panic!()
        };
        let SourceId::Given(second) = combine(vec![Part::Text(format!("{long}2"))], false) else {
            panic!()
        };
        assert_ne!(first, second);
        assert!(first.len() < 300);
    }
}
