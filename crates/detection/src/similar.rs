//! Headers that are close to a known spelling: abbreviated, wordier, or mistyped.

use torqueflow_model::header_words;

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

/// Spellings to try for a header, best first, without the header's own.
pub fn variants(header: &str) -> Vec<String> {
    let words = header_words(header);
    let long: Vec<&str> = words.iter().map(|word| lengthen(word)).collect();
    let short: Vec<&str> = long.iter().copied().filter(|word| !NOISE.contains(word)).collect();
    let plain: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !NOISE.contains(word))
        .collect();
    let mut variants = Vec::new();
    for candidate in [long, short, plain] {
        let text = candidate.concat();
        if !text.is_empty() && !variants.contains(&text) {
            variants.push(text);
        }
    }
    variants
}

fn lengthen(word: &str) -> &str {
    SHORT
        .iter()
        .find(|(short, _)| *short == word)
        .map_or(word, |(_, long)| long)
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
    fn variants_spell_out_and_leave_out() {
        let check = |header, expected: &[&str]| assert_eq!(variants(header), expected, "{header}");
        check("Cust Tel No.", &["customertelephonenumber", "custtelno"]);
        check("primaryPhone", &["primaryphone", "phone"]);
        check("Veh Reg", &["vehicleregistration", "vehreg"]);
        check("***", &[]);
    }
}
