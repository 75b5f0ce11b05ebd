//! Exact match keys of a record.

use torqueflow_model::{EntityKind, MatchValues, Record, Slot, fold, sorted_hash};

/// A key that this many records hold identifies none of them, and is not looked up any more.
pub const MAX_HOLDERS: usize = 60;

/// What a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyKind {
    /// The e-mail address.
    Email,
    /// A telephone number together with the name.
    PhoneAndName,
    /// A telephone number, whatever the name.
    Phone,
    /// The name together with the postcode.
    NameAndPostcode,
    /// The customer number together with the name.
    NumberAndName,
    /// The customer number, from whichever system: each numbers its customers from 1.
    ExternalNumber,
    /// The registration.
    Registration,
    /// The vehicle identification number.
    Vin,
}

impl KeyKind {
    const fn label(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::PhoneAndName => "phone+name",
            Self::Phone => "phone",
            Self::NameAndPostcode => "name+postcode",
            Self::NumberAndName => "number+name",
            Self::ExternalNumber => "number",
            Self::Registration => "registration",
            Self::Vin => "vin",
        }
    }

    fn key(self, parts: &[&str]) -> MatchKey {
        let label = std::iter::once(self.label().as_bytes());
        MatchKey {
            kind: self,
            hash: sorted_hash(
                parts.first().copied().unwrap_or_default(),
                label.chain(parts.iter().map(|part| part.as_bytes())),
            ),
        }
    }
}

/// A key under which a record can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MatchKey {
    /// What it is made of.
    pub kind: KeyKind,
    /// Its fingerprint; keys of different kinds never share one.
    pub hash: u128,
}

impl MatchKey {
    /// The key under which vehicles with this cleaned registration are found.
    pub fn of_registration(registration: &str) -> Self {
        KeyKind::Registration.key(&[registration])
    }
}

/// The match keys of a record. `row` is all records of its row: a customer's postcode stands in its address.
///
/// Only customers and vehicles are matched; other records have no keys.
pub fn match_keys(record: &Record, row: &[Record]) -> Vec<MatchKey> {
    keys_of(&match_values(record, row))
}

/// The values of a record that it can be found by. `row` is all records of its row.
pub fn match_values(record: &Record, row: &[Record]) -> MatchValues {
    let text = |field| record.text(field).map(str::to_owned);
    match record.slot {
        Slot::Main(EntityKind::Customer) => {
            let billing = row.iter().find(|other| other.slot == Slot::BillingAddress);
            let postcode = billing.and_then(|address| address.text("postal_code"));
            MatchValues {
                name: text("sort_name").or_else(|| record.text("display_name").map(fold)),
                email: text("email"),
                phones: ["phone", "landline"].into_iter().filter_map(text).collect(),
                postcodes: postcode.map(str::to_owned).into_iter().collect(),
                number: text("external_customer_number"),
                ..MatchValues::default()
            }
        }
        Slot::Main(EntityKind::Vehicle) => MatchValues {
            registration: text("registration"),
            vin: text("vin"),
            ..MatchValues::default()
        },
        _ => MatchValues::default(),
    }
}

/// The match keys that these values make, each once.
///
/// ```
/// use torqueflow_dedupe::{KeyKind, keys_of};
/// use torqueflow_model::MatchValues;
///
/// let values = MatchValues {
///     name: Some("smith ada".to_owned()),
///     phones: vec!["+441632960001".to_owned()],
///     ..MatchValues::default()
/// };
/// let mut kinds: Vec<KeyKind> = keys_of(&values).iter().map(|key| key.kind).collect();
/// kinds.sort_unstable();
/// assert_eq!(kinds, [KeyKind::PhoneAndName, KeyKind::Phone]);
/// ```
pub fn keys_of(values: &MatchValues) -> Vec<MatchKey> {
    let mut keys = Vec::new();
    let name = values.name.as_deref().filter(|name| !name.is_empty());
    keys.extend(values.email.iter().map(|email| KeyKind::Email.key(&[email])));
    for phone in &values.phones {
        keys.push(KeyKind::Phone.key(&[phone]));
        keys.extend(name.map(|name| KeyKind::PhoneAndName.key(&[phone, name])));
    }
    for postcode in &values.postcodes {
        keys.extend(name.map(|name| KeyKind::NameAndPostcode.key(&[name, postcode])));
    }
    if let Some(number) = &values.number {
        keys.push(KeyKind::ExternalNumber.key(&[number]));
        keys.extend(name.map(|name| KeyKind::NumberAndName.key(&[number, name])));
    }
    keys.extend(values.registration.as_deref().map(MatchKey::of_registration));
    keys.extend(values.vin.iter().map(|vin| KeyKind::Vin.key(&[vin])));
    keys.sort_unstable_by_key(|key| key.hash);
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{FieldRef, FieldValue, SourceId, Value};

    use super::*;

    fn record(slot: Slot, fields: &[(&str, &str)]) -> Record {
        Record {
            slot,
            source_id: SourceId::Given("1".into()),
            fields: fields
                .iter()
                .map(|(name, text)| FieldValue {
                    spec: FieldRef::new(slot, name).unwrap().spec,
                    value: Value::Text((*text).to_owned()),
                    raw: String::new(),
                })
                .collect(),
        }
    }

    #[track_caller]
    fn check(slot: Slot, fields: &[(&str, &str)], expected: &[KeyKind]) {
        let row = [
            record(slot, fields),
            record(Slot::BillingAddress, &[("postal_code", "LS6 3AA")]),
        ];
        let mut kinds: Vec<_> = match_keys(&row[0], &row).into_iter().map(|key| key.kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn each_kind_of_record_has_its_keys() {
        use EntityKind::{Customer, Product, Vehicle};
        use KeyKind::{Email, ExternalNumber, NameAndPostcode, NumberAndName, Phone, PhoneAndName, Registration, Vin};
        let customer = Slot::Main(Customer);
        check(customer, &[], &[]);
        check(customer, &[("sort_name", "smith ada")], &[NameAndPostcode]);
        check(customer, &[("email", "a@b.example")], &[Email]);
        check(customer, &[("phone", "+447911123456")], &[Phone]);
        check(
            customer,
            &[("phone", "+447911123456"), ("sort_name", "smith ada")],
            &[PhoneAndName, Phone, NameAndPostcode],
        );
        check(customer, &[("external_customer_number", "C1")], &[ExternalNumber]);
        check(
            customer,
            &[("external_customer_number", "C1"), ("display_name", "Ada Smith")],
            &[NameAndPostcode, NumberAndName, ExternalNumber],
        );
        check(
            Slot::Main(Vehicle),
            &[("registration", "AB12CDE"), ("vin", "X")],
            &[Registration, Vin],
        );
        check(Slot::Main(Product), &[("code", "X")], &[]);
    }

    #[test]
    fn a_phone_is_the_same_key_in_either_field() {
        let mobile = record(Slot::Main(EntityKind::Customer), &[("phone", "+441632960001")]);
        let landline = record(Slot::Main(EntityKind::Customer), &[("landline", "+441632960001")]);
        assert_eq!(match_keys(&mobile, &[]), match_keys(&landline, &[]));
    }
}
