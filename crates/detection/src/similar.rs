//! Headers that are close to a known spelling: abbreviated, wordier, or mistyped.

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
    let words = words(header);
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

/// Splits at what is no letter or digit, and where a capital follows a small letter.
pub fn words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in header.chars() {
        let starts = character.is_uppercase() && was_lower;
        if !character.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True when one could be the other mistyped: at most one slip, two in a long word, the same first letter and digits.
pub fn mistyped(left: &str, right: &str) -> bool {
    let left: Vec<char> = left.chars().take(MAX_LENGTH + 1).collect();
    let right: Vec<char> = right.chars().take(MAX_LENGTH + 1).collect();
    let shorter = left.len().min(right.len());
    let longer = left.len().max(right.len());
    let slips = if shorter >= 11 { 2 } else { 1 };
    shorter >= 5
        && longer <= MAX_LENGTH
        && longer - shorter <= slips
        && left.first() == right.first()
        && digits(&left).eq(digits(&right))
        && distance(&left, &right) <= slips
}

/// Longer headers are sentences, not names.
const MAX_LENGTH: usize = 40;

fn digits(text: &[char]) -> impl Iterator<Item = &char> {
    text.iter().filter(|character| character.is_ascii_digit())
}

/// The number of letters to add, drop, change or swap with their neighbour.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let change = at(&last, column) + usize::from(letter != other);
            let mut best = change.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let swapped =
                row > 0 && column > 0 && left.get(row - 1) == Some(other) && right.get(column - 1) == Some(letter);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
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
