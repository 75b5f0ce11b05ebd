//! Headers that are close to a known spelling: abbreviated, wordier, or mistyped.

use torqueflow_model::{fold_header, header_words};

/// Words that add nothing to what a header means.
const NOISE: &[&str] = &[
    "the",
    "a",
    "of",
    "and",
    "main",
    "primary",
    "current",
    "preferred",
    "default",
    "value",
    "full",
    "field",
    "info",
    "details",
    "text",
    "optional",
    "required",
    "personal",
    "your",
    "their",
    "our",
    "1",
    "c",
    "our",
];

/// How people shorten words.
const SHORT: &[(&str, &str)] = &[
    ("acc", "account"),
    ("acct", "account"),
    ("addr", "address"),
    ("amt", "amount"),
    ("co", "company"),
    ("cust", "customer"),
    ("desc", "description"),
    ("descr", "description"),
    ("eng", "engine"),
    ("fname", "firstname"),
    ("inv", "invoice"),
    ("lname", "lastname"),
    ("mob", "mobile"),
    ("nr", "number"),
    ("no", "number"),
    ("num", "number"),
    ("nbr", "number"),
    ("ph", "phone"),
    ("prod", "product"),
    ("qty", "quantity"),
    ("ref", "reference"),
    ("reg", "registration"),
    ("supp", "supplier"),
    ("tel", "telephone"),
    ("veh", "vehicle"),
    ("wo", "workorder"),
];

/// What may stand in brackets behind a header without changing what it means: units, forms, and whether it must be filled.
const HINTS: &[&str] = &[
    "miles",
    "mi",
    "km",
    "kms",
    "kilometres",
    "kilometers",
    "cc",
    "ccm",
    "l",
    "litres",
    "liters",
    "hours",
    "hrs",
    "gbp",
    "eur",
    "usd",
    "aud",
    "cad",
    "nzd",
    "£",
    "€",
    "$",
    "%",
    "percent",
    "utc",
    "gmt",
    "local",
    "local time",
    "optional",
    "required",
    "mandatory",
    "uk",
    "if any",
    "if known",
    "if applicable",
    "text",
    "date",
    "number",
    "yes/no",
    "y/n",
    "true/false",
    "e164",
];

/// Spellings to try for a header, best first, without the header's own.
pub fn variants(header: &str) -> Vec<String> {
    let numbered = header.replace(['#', '№'], " number ");
    let text = without_hint(&numbered);
    let words = header_words(text);
    let long: Vec<&str> = words.iter().map(|word| lengthen(word)).collect();
    let short: Vec<&str> = long.iter().copied().filter(|word| !NOISE.contains(word)).collect();
    let own: Vec<&str> = words.iter().map(String::as_str).collect();
    let plain: Vec<&str> = own.iter().copied().filter(|word| !NOISE.contains(word)).collect();
    let is_changed = text != header;
    let mut variants = Vec::new();
    let orders = other_orders(&own).into_iter().chain(other_orders(&short));
    let first = is_changed.then(|| own.clone());
    let measured = without_measure(&long).map(<[&str]>::to_vec);
    for candidate in first
        .into_iter()
        .chain([long, short.clone(), plain])
        .chain(measured)
        .chain(orders)
    {
        let text = candidate.concat();
        if !text.is_empty() && !variants.contains(&text) {
            variants.push(text);
        }
    }
    variants
}

/// The header without brackets at its end, where they hold no more than a hint: `MOT Due (dd/mm/yyyy)`.
fn without_hint(header: &str) -> &str {
    let trimmed = header.trim_end();
    let opened = trimmed
        .strip_suffix([')', ']'])
        .and_then(|rest| rest.rsplit_once(['(', '[']));
    match opened {
        Some((before, hint)) if !before.trim().is_empty() && is_hint(&hint.trim().to_lowercase()) => before.trim_end(),
        _ => header,
    }
}

fn is_hint(hint: &str) -> bool {
    let is_date_form = hint.len() >= 5 && hint.contains('y') && hint.chars().all(|c| "dmyhs/.-: ".contains(c));
    is_date_form || HINTS.contains(&hint)
}

/// Units and currencies that stand behind a header without brackets.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "km", "kms", "miles", "mi", "cc", "ccm", "eur", "euro", "euros", "gbp", "usd", "pounds", "dollars", "aud", "cad", "nzd", "chf", "pln",
    "sek", "nok", "dkk",
];
/// Taxes, and the words before them for whether they are in a price.
const TAXES: &[&str] = &["vat", "tax", "gst", "taxes"];
const IN_OR_NOT: &[&str] = &[
    "ex",
    "excl",
    "exc",
    "excluding",
    "without",
    "inc",
    "incl",
    "including",
    "with",
];
/// Words for what somebody pays for one thing, whether with the tax or without it: a total is another one without.
const PRICES: &[&str] = &["price", "cost", "rate", "subtotal"];

/// The words of a header without the unit at their end, or without what says whether the tax is in a price: `odometer_km`,
/// `unit_price_ex_vat`.
fn without_measure<'a, 'b>(words: &'a [&'b str]) -> Option<&'a [&'b str]> {
    match words {
        [before @ .., unit] if before.len() == 1 && UNITS.contains(unit) => Some(before),
        [before @ .., with, tax]
            if IN_OR_NOT.contains(with) && TAXES.contains(tax) && before.iter().any(|word| PRICES.contains(word)) =>
        {
            Some(before)
        }
        _ => None,
    }
}

/// The same words in another order: of two words the other one, of three all five.
fn other_orders<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    match words {
        [a, b] => vec![vec![*b, *a]],
        [a, b, c] => [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
            .into_iter()
            .map(|order| order.into_iter().copied().collect())
            .collect(),
        _ => Vec::new(),
    }
}

/// The spellings that a slash joins, folded: `Zip Code/Postcode`.
pub fn joined(header: &str) -> Vec<String> {
    let parts: Vec<String> = header.split(['/', '|']).map(fold_header).collect();
    if parts.len() < 2 || parts.iter().any(String::is_empty) {
        return Vec::new();
    }
    parts
}

fn lengthen(word: &str) -> &str {
    SHORT
        .iter()
        .find(|(short, _)| *short == word)
        .map_or(word, |(_, long)| long)
}

/// First letter and length, by which spellings are listed to find those that are mistyped.
pub fn rough_key(text: &str) -> Option<(char, usize)> {
    Some((text.chars().next()?, text.chars().count()))
}

/// The keys of all spellings that a text may be meant for, if it is [`mistyped`].
pub fn near_keys(text: &str) -> impl Iterator<Item = (char, usize)> {
    let near =
        |(first, length): (char, usize)| (length.saturating_sub(2)..=length + 2).map(move |length| (first, length));
    rough_key(text).into_iter().flat_map(near)
}

/// True when one could be the other mistyped: at most one slip, two in a long word, the same first letter and digits. A
/// slip adds, drops or changes a letter, or swaps two neighbours.
pub fn mistyped(left: &str, right: &str) -> bool {
    let (left_letters, right_letters) = (letters(left), letters(right));
    let shorter = left_letters.min(right_letters);
    let longer = left_letters.max(right_letters);
    let slips = if shorter >= 11 { 2 } else { 1 };
    shorter >= 5
        && longer <= MAX_LENGTH
        && longer - shorter <= slips
        && left.chars().next() == right.chars().next()
        && digits(left).eq(digits(right))
        && strsim::osa_distance(left, right) <= slips
}

/// Longer headers are sentences, not names.
const MAX_LENGTH: usize = 40;

/// How many letters there are; of a sentence, no more than tell that it is one.
fn letters(text: &str) -> usize {
    text.chars().take(MAX_LENGTH + 1).count()
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_different_words_are_not() {
        let check = |left, right, expected| assert_eq!(mistyped(left, right), expected, "{left} ~ {right}");
        check("registation", "registration", true);
        check("customernmae", "customername", true);
        check("modle", "model", true);
        check("regsitartion", "registration", true);
        check("regsitartoin", "registration", false);
        check("straße", "strasse", false);
        check("gebühr", "gebuhr", true);
        check("address1", "address2", false);
        check("phone", "stone", false);
        check("make", "male", false);
        check("state", "status", false);
        check(&"a".repeat(5000), &"a".repeat(5000), false);
    }

    #[test]
    fn variants_spell_out_leave_out_and_turn_round() {
        let check = |header, expected: &[&str]| {
            let variants = variants(header);
            for text in expected {
                assert!(variants.iter().any(|variant| variant == text), "{header}: {variants:?}");
            }
        };
        check("Cust Tel No.", &["customertelephonenumber", "custtelno"]);
        check("primaryPhone", &["primaryphone", "phone", "phoneprimary"]);
        check("Veh Reg", &["vehicleregistration", "vehreg"]);
        check("Cust#", &["customernumber"]);
        check("MOT Due (dd/mm/yyyy)", &["motdue"]);
        check("Engine (cc)", &["engine"]);
        check("price_sell", &["sellprice"]);
        assert_eq!(variants("***"), [""; 0]);
    }

    #[test]
    fn brackets_that_say_something_else_stay() {
        let check = |header, expected| assert_eq!(without_hint(header), expected);
        check("Mileage (miles)", "Mileage");
        check("Amount (refunded)", "Amount (refunded)");
        check("Phone (Home)", "Phone (Home)");
        check("(UTC)", "(UTC)");
    }
}
