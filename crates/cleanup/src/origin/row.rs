//! What the address of a row says of its country.

use torqueflow_model::{EntityKind, FieldKind, MappedCell, Slot};

use super::postcodes::{country_of, is_digits};
use super::{Origin, regions};
use crate::context::Context;
use crate::country::{self, Country};
use crate::postcode::{is_uk_postcode, split_postcode};

/// Where a record of this slot is from by the cells of its row: the country that its address names, else a postcode or
/// region that is plainly one country's.
pub(crate) fn of_row(slot: Slot, cells: &[MappedCell], context: &Context) -> Origin {
    let places: &[Slot] = match slot {
        Slot::Main(EntityKind::Customer) => &[Slot::BillingAddress, Slot::ShippingAddress],
        Slot::Main(EntityKind::Supplier) | Slot::BillingAddress | Slot::ShippingAddress => &[slot],
        Slot::Main(_) => &[],
    };
    let address = |place: &Slot| Address {
        place: *place,
        cells,
        context,
    };
    let named = places.iter().find_map(|place| address(place).names_country());
    named
        .or_else(|| places.iter().find_map(|place| address(place).shows_country()))
        .map_or(Origin::Unknown, Origin::From)
}

/// The cells of one address.
struct Address<'a> {
    place: Slot,
    cells: &'a [MappedCell],
    context: &'a Context,
}

impl<'a> Address<'a> {
    fn filled(&self, wanted: impl Fn(&MappedCell) -> bool) -> impl Iterator<Item = &'a MappedCell> {
        let place = self.place;
        let of_place = self.cells.iter().filter(move |mapped| mapped.field.slot == place);
        of_place.filter(move |mapped| wanted(mapped) && !mapped.cell.text.trim().is_empty())
    }

    fn texts(&self, wanted: impl Fn(&MappedCell) -> bool) -> impl Iterator<Item = &'a str> {
        self.filled(wanted).map(|mapped| mapped.cell.text.trim())
    }

    fn named(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.texts(move |mapped| mapped.field.spec.name == name)
    }

    fn names_country(&self) -> Option<Country> {
        let mut codes = self.texts(|mapped| mapped.field.spec.kind == FieldKind::Postcode);
        let has_british_code = codes.any(is_uk_postcode);
        self.filled(|mapped| mapped.field.spec.kind == FieldKind::Country)
            .find_map(|mapped| {
                let is_british = has_british_code || self.context.column(mapped.column).origin.is_british();
                country::named(mapped.cell.text.trim(), is_british)
            })
    }

    /// The country by the postcode, the region, or the end of the last line.
    fn shows_country(&self) -> Option<Country> {
        let mut codes = self.texts(|mapped| mapped.field.spec.kind == FieldKind::Postcode);
        let code = codes.next();
        if let Some(country) = code.and_then(country_of) {
            return Some(country);
        }
        let is_american = |region: &str| code.is_some_and(is_digits) && regions::is_state(region);
        let by_region = self.named("region").find_map(|region| {
            if is_american(region) {
                return Some(Country::US);
            }
            regions::by_name(region)
        });
        by_region.or_else(|| {
            let lines = ["city", "line_5", "line_4", "line_3", "line_2", "line_1"];
            lines.into_iter().find_map(|name| self.named(name).find_map(at_end))
        })
    }
}

/// The country at the end of a line that holds more of an address: a postcode, a state with its code, a name.
fn at_end(line: &str) -> Option<Country> {
    if split_postcode(line).is_some() {
        return Some(Country::GB);
    }
    let words: Vec<&str> = line.split([' ', ',', '\n']).filter(|word| !word.is_empty()).collect();
    let [.., before, last] = words.as_slice() else {
        return None;
    };
    if is_digits(last) && regions::is_state(before) && before.chars().all(char::is_uppercase) {
        return Some(Country::US);
    }
    let code = [format!("{before} {last}"), (*last).to_owned()]
        .iter()
        .find_map(|code| country_of(code));
    if code.is_some_and(|country| country == Country::CA || country == Country::IE) {
        return code;
    }
    let (_, name) = line.trim_end_matches([' ', ',', '.', '\n']).rsplit_once([',', '\n'])?;
    let name = name.trim();
    regions::by_name(name).or_else(|| Country::from_name(name).filter(|_| name.chars().count() > 3))
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Cell, FieldRef};

    use super::*;

    const CUSTOMER: Slot = Slot::Main(EntityKind::Customer);

    /// Cells as `slot.field`, text.
    #[track_caller]
    fn check(slot: Slot, cells: &[(&str, &str)], expected: &str) {
        let cells: Vec<MappedCell> = cells
            .iter()
            .map(|(field, text)| MappedCell {
                field: FieldRef::parse(field).unwrap(),
                column: None,
                cell: Cell::text(*text),
            })
            .collect();
        let context = Context::new(time::macros::date!(2026 - 11 - 21));
        assert_eq!(of_row(slot, &cells, &context).name(), expected, "{cells:?}");
    }

    #[test]
    fn the_country_of_the_address_is_the_row_s() {
        check(CUSTOMER, &[("billing_address.country_code", "Éire")], "IE");
        check(CUSTOMER, &[("shipping_address.country_code", "France")], "FR");
        check(
            CUSTOMER,
            &[
                ("billing_address.country_code", "Narnia"),
                ("billing_address.postal_code", "LS6 3AA"),
            ],
            "GB",
        );
        check(
            Slot::Main(EntityKind::Supplier),
            &[("supplier.country_code", "Germany")],
            "DE",
        );
        check(CUSTOMER, &[("billing_address.country_code", "NI")], "NI");
        check(
            CUSTOMER,
            &[
                ("billing_address.country_code", "NI"),
                ("billing_address.postal_code", "BT1 5GS"),
            ],
            "GB",
        );
    }

    #[test]
    fn a_country_that_is_named_wins_over_the_shape_of_a_postcode() {
        check(
            CUSTOMER,
            &[
                ("billing_address.postal_code", "LS6 3AA"),
                ("shipping_address.country_code", "Ireland"),
            ],
            "IE",
        );
    }

    #[test]
    fn postcodes_and_regions_show_the_country() {
        check(CUSTOMER, &[("billing_address.postal_code", "D02 X285")], "IE");
        check(
            CUSTOMER,
            &[
                ("billing_address.region", "TX"),
                ("billing_address.postal_code", "75001"),
            ],
            "US",
        );
        check(CUSTOMER, &[("billing_address.region", "Florida")], "US");
        check(CUSTOMER, &[("billing_address.region", "CA")], "unknown");
        check(
            CUSTOMER,
            &[
                ("billing_address.region", "Washington"),
                ("billing_address.postal_code", "NE38 7AA"),
            ],
            "GB",
        );
    }

    #[test]
    fn the_end_of_an_address_in_one_line_shows_the_country() {
        for (line, expected) in [
            ("12 Pine Ave, Winnipeg, MB, R3J 0A1", "CA"),
            ("14 Palm Road, Palmville, Florida", "US"),
            ("14 Palm Road, Palmville, FL 33101", "US"),
            ("3 Dame St, Dublin D02 X285", "IE"),
            ("2 Rue Haute, Calais, France", "FR"),
            ("12 Mill Lane, Leeds LS6 3AA", "GB"),
            ("12 Mill Lane", "unknown"),
            ("California Road", "unknown"),
            ("Jersey Cottage, Mill Lane", "unknown"),
            ("Florida", "unknown"),
        ] {
            check(CUSTOMER, &[("billing_address.line_1", line)], expected);
        }
    }

    #[test]
    fn other_records_are_from_nowhere() {
        check(
            Slot::Main(EntityKind::Vehicle),
            &[("billing_address.country_code", "France")],
            "unknown",
        );
    }
}
