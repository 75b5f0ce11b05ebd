//! Columns that belong together by their headers: an address with its parts, a number with its type.

use torqueflow_model::{FieldKind, Slot, fold_header, header_words};

use crate::plan::PlannedColumn;

/// Of each column of telephone numbers, the column that says of what type they are: `Phone 1 - Type` of `Phone 1 - Value`,
/// else one right beside it.
pub(crate) fn type_columns(columns: &[PlannedColumn]) -> Vec<Option<usize>> {
    let is_type = |column: &PlannedColumn| column.field.is_some_and(|field| field.spec.name == "phone_type");
    let types: Vec<usize> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| is_type(column))
        .map(|(index, _)| index)
        .collect();
    let type_of = |(index, column): (usize, &PlannedColumn)| {
        let field = column.field?;
        if !matches!(field.spec.kind, FieldKind::Phone | FieldKind::Landline) {
            return None;
        }
        let stem = stem(&column.header);
        let by_header = types.iter().find(|place| {
            columns
                .get(**place)
                .is_some_and(|other| self::stem(&other.header) == stem)
        });
        let beside = || types.iter().find(|place| place.abs_diff(index) == 1);
        by_header.or_else(beside).copied()
    };
    columns.iter().enumerate().map(type_of).collect()
}

/// Of each column, which of several addresses of the same kind in a row it is a part of, from 1 in the order of the file;
/// 0 where it is of all. `Home City` and `Business City` are of two; `City` alone is of all.
pub(crate) fn addresses(columns: &[PlannedColumn]) -> Vec<u16> {
    let mut numbers = vec![0; columns.len()];
    for slot in [Slot::BillingAddress, Slot::ShippingAddress] {
        let parts: Vec<Part> = columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| Part::of(slot, index, column))
            .collect();
        let is_repeated = |part: &Part| {
            parts
                .iter()
                .any(|other| other.index != part.index && other.field == part.field)
        };
        // One column alone is no address: `Town` beside `City` are two words for a part of the same.
        let address_of = |part: &Part| {
            let fields = parts
                .iter()
                .any(|other| other.stem == part.stem && other.field != part.field);
            fields.then(|| part.stem.clone())
        };
        let mut addresses: Vec<Option<String>> = Vec::new();
        for part in parts.iter().filter(|part| is_repeated(part)) {
            let address = address_of(part);
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.len() < 2 {
            continue;
        }
        for part in &parts {
            let place = addresses.iter().position(|address| *address == address_of(part));
            let of_all = address_of(part).is_none() && !is_repeated(part);
            if let (Some(place), false, Some(number)) = (place, of_all, numbers.get_mut(part.index)) {
                *number = u16::try_from(place + 1).unwrap_or(u16::MAX);
            }
        }
    }
    numbers
}

/// A column of an address.
struct Part {
    index: usize,
    field: &'static str,
    stem: String,
}

impl Part {
    fn of(slot: Slot, index: usize, column: &PlannedColumn) -> Option<Self> {
        let field = column.field.filter(|field| field.slot == slot)?;
        let in_address = matches!(
            field.spec.kind,
            FieldKind::Text | FieldKind::Postcode | FieldKind::Country
        );
        in_address.then(|| Self {
            index,
            field: field.spec.name,
            stem: stem(&column.header),
        })
    }
}

/// What the headers of columns that belong together begin with: `Address 1` of `Address 1 - City`, `Home` of `Home Street 2`.
fn stem(header: &str) -> String {
    if let Some((before, _)) = header.rsplit_once(" - ") {
        return fold_header(before);
    }
    let mut words = header_words(header).into_iter();
    let mut first = words.next().unwrap_or_default();
    let number = words
        .next()
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    if let (Some(number), Some(_)) = (number, words.next()) {
        first += &number;
    }
    first
}

#[cfg(test)]
mod tests {
    use torqueflow_model::FieldRef;

    use super::*;

    fn columns(headers: &[(&str, &str)]) -> Vec<PlannedColumn> {
        headers
            .iter()
            .map(|(header, field)| PlannedColumn::new(header, FieldRef::parse(field), "alias"))
            .collect()
    }

    #[track_caller]
    fn check_addresses(headers: &[(&str, &str)], expected: &[u16]) {
        assert_eq!(addresses(&columns(headers)), expected, "{headers:?}");
    }

    #[test]
    fn home_and_business_are_two_addresses() {
        check_addresses(
            &[
                ("Name", "customer.display_name"),
                ("Home Street", "billing_address.line_1"),
                ("Home City", "billing_address.city"),
                ("Business Street", "billing_address.line_1"),
                ("Business City", "billing_address.city"),
                ("Business Country", "billing_address.country_code"),
                ("County", "billing_address.region"),
            ],
            &[0, 1, 1, 2, 2, 2, 0],
        );
        check_addresses(
            &[
                ("Address 1 - Street", "billing_address.line_1"),
                ("Address 1 - City", "billing_address.city"),
                ("Address 2 - Street", "billing_address.line_1"),
                ("Address 2 - City", "billing_address.city"),
            ],
            &[1, 1, 2, 2],
        );
    }

    #[test]
    fn one_address_is_one() {
        check_addresses(
            &[
                ("Address 1", "billing_address.line_1"),
                ("Address 2", "billing_address.line_2"),
                ("Town", "billing_address.city"),
                ("City", "billing_address.city"),
            ],
            &[0, 0, 0, 0],
        );
        check_addresses(
            &[
                ("Billing Street", "billing_address.line_1"),
                ("Delivery Street", "shipping_address.line_1"),
            ],
            &[0, 0],
        );
    }

    #[test]
    fn a_number_finds_its_type() {
        let columns = columns(&[
            ("Phone 1 - Type", "customer.phone_type"),
            ("Phone 1 - Value", "customer.phone"),
            ("Phone 2 - Type", "customer.phone_type"),
            ("Phone 2 - Value", "customer.landline"),
            ("Mobile", "customer.phone"),
            ("Kind", "customer.phone_type"),
            ("Fax", ""),
        ]);
        assert_eq!(
            type_columns(&columns),
            [None, Some(0), None, Some(2), Some(5), None, None]
        );
    }
}
