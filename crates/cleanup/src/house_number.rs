//! House numbers in a column of their own.
//!
//! What: the number joins the street, before it or behind it as its country writes addresses. Where the row names no country, the
//! header's language says it: an English one stands over numbers that come first.
//! Why: programs of the continent keep street and number apart, and a street without its number is no address.
//! Example: `Mill Lane` and `12` become `12 Mill Lane`, `Lindenstraße` and `5a` become `Lindenstraße 5a`.
//!
//! Source of the orders: the Universal Postal Union's guides to the addresses of its members
//! (<https://www.upu.int/en/Postal-Solutions/Programmes-Services/Addressing-Solutions>).

use torqueflow_model::{fold, fold_header};

/// Where the number comes first.
const NUMBER_FIRST: &[&str] = &[
    "GB", "IE", "US", "CA", "AU", "NZ", "ZA", "FR", "LU", "IN", "MT", "SG", "HK", "MY", "JE", "GG", "IM",
];

/// Headers of numbers that come first, folded.
const ENGLISH: &[&str] = &["house", "street", "building", "premise", "property"];

/// A street with its number. `country`: the code of the row's country; `header`: that of the number's column.
pub(crate) fn join(street: &str, number: &str, country: Option<&str>, header: Option<&str>) -> String {
    let has_it = || {
        let number = fold(number);
        fold(street).split(' ').any(|word| word == number)
    };
    if number.is_empty() || has_it() {
        return street.to_owned();
    }
    let has_digit = number.bytes().any(|byte| byte.is_ascii_digit());
    let comes_first = match country {
        Some(country) => NUMBER_FIRST.contains(&country),
        None => header.is_none_or(|header| {
            let header = fold_header(header);
            ENGLISH.iter().any(|word| header.contains(word))
        }),
    };
    match (comes_first, has_digit) {
        (true, true) => format!("{number} {street}"),
        // The name of a house.
        (true, false) => format!("{number}, {street}"),
        (false, _) => format!("{street} {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(street: &str, number: &str, country: Option<&str>, header: Option<&str>, expected: &str) {
        assert_eq!(
            join(street, number, country, header),
            expected,
            "{street} {number} {country:?}"
        );
    }

    #[test]
    fn the_number_stands_where_its_country_writes_it() {
        check("Mill Lane", "12", Some("GB"), None, "12 Mill Lane");
        check("Lindenstraße", "5a", Some("DE"), Some("Hausnummer"), "Lindenstraße 5a");
        check("Rue du Port", "7 bis", Some("FR"), None, "7 bis Rue du Port");
        check("Mill Lane", "12", None, Some("House Number"), "12 Mill Lane");
        check("Kerkstraat", "11 A", None, Some("Huisnummer"), "Kerkstraat 11 A");
        check("Mill Lane", "Rose Cottage", Some("GB"), None, "Rose Cottage, Mill Lane");
    }

    #[test]
    fn a_number_that_is_there_already_is_not_put_there_twice() {
        check("12 Mill Lane", "12", Some("GB"), None, "12 Mill Lane");
        check("Lindenstraße 5a", "5A", Some("DE"), None, "Lindenstraße 5a");
    }
}
