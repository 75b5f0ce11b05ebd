//! Telephone numbers as digits that can be compared, whoever wrote them.

use super::placeholder::is_placeholder_number;

/// Digits that a number has at least; fewer are an extension or a mistake.
const SHORTEST: usize = 6;
/// And at most (ITU-T E.164).
const LONGEST: usize = 15;

/// Country calling codes that are taken off a number that says it has one (ITU-T E.164; those of Europe, the Commonwealth,
/// North America and their neighbours). Longer ones stand first.
const COUNTRIES: &[&str] = &[
    "350", "351", "352", "353", "354", "356", "357", "358", "359", "370", "371", "372", "380", "385", "386", "420",
    "421", "233", "234", "254", "255", "256", "260", "263", "852", "880", "966", "971", "972", "20", "27", "30", "31",
    "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "55", "60", "61",
    "62", "63", "64", "65", "66", "81", "82", "86", "90", "91", "92", "94", "98", "1", "7",
];

/// The numbers in a cell: national digits without the trunk zero, an extension behind an `x`.
///
/// Words around a number are dropped; `07700 900123 (Mum)` is a number.
pub(crate) fn phones(cell: &str) -> Vec<String> {
    let parts = cell.split(['/', ',', ';', '|', '\n']);
    let counts = parts
        .clone()
        .map(|part| part.bytes().filter(u8::is_ascii_digit).count());
    // `310/456-0169` is one number.
    if counts.into_iter().any(|count| (1..SHORTEST).contains(&count)) {
        return canonical(cell).into_iter().collect();
    }
    let mut found: Vec<String> = Vec::new();
    for number in parts.filter_map(canonical) {
        if !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

fn canonical(cell: &str) -> Option<String> {
    let (number, extension) = split_extension(cell);
    let is_international = number.trim_start().starts_with('+');
    // `+44 (0)20` has both ways to begin; the zero is the one that is not dialled from abroad.
    let number = number.replace("(0)", "");
    let mut digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if is_international {
        digits = without_country(&digits);
    } else if let Some(rest) = digits.strip_prefix("00") {
        digits = without_country(rest);
    } else if digits.len() == 12 && digits.starts_with("447") {
        digits = digits.split_off(2);
    } else if digits.len() == 11 && digits.starts_with('1') {
        digits = digits.split_off(1);
    }
    let digits = digits.trim_start_matches('0');
    if !(SHORTEST..=LONGEST).contains(&digits.len()) || is_placeholder_number(digits) {
        return None;
    }
    let extension: String = extension.chars().filter(char::is_ascii_digit).collect();
    Some(if extension.is_empty() {
        digits.to_owned()
    } else {
        format!("{digits}x{extension}")
    })
}

fn without_country(digits: &str) -> String {
    let country = COUNTRIES.iter().find(|country| digits.starts_with(**country));
    let rest = country.and_then(|country| digits.strip_prefix(country));
    rest.filter(|rest| rest.len() >= SHORTEST).unwrap_or(digits).to_owned()
}

/// The number, and what stands behind `x` or `ext`.
fn split_extension(cell: &str) -> (&str, &str) {
    let lower = cell.to_ascii_lowercase();
    let digit_at = lower.find(|sign: char| sign.is_ascii_digit()).unwrap_or(0);
    let found = ["ext", "x"].iter().find_map(|mark| {
        let at = lower.get(digit_at..)?.find(mark)? + digit_at;
        let behind = lower.get(at + mark.len()..)?.trim_start_matches(['.', ' ', ':']);
        behind.starts_with(|sign: char| sign.is_ascii_digit()).then_some(at)
    });
    found.and_then(|at| cell.split_at_checked(at)).unwrap_or((cell, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: &[&str]) {
        assert_eq!(phones(cell), expected, "{cell}");
    }

    #[test]
    fn one_number_is_one_whoever_writes_it() {
        for cell in [
            "07700 900123",
            "+44 7700 900123",
            "+44 (0)7700-900123",
            "0044 7700 900123",
            "447700900123",
        ] {
            check(cell, &["7700900123"]);
        }
        check("(02) 0309 1209", &["203091209"]);
        check("310/456-0169", &["3104560169"]);
        check("1-310-456-0169", &["3104560169"]);
    }

    #[test]
    fn cells_may_hold_several_or_words() {
        check("07700 900123 / 01632 960001", &["7700900123", "1632960001"]);
        check("Mary 07700 900123", &["7700900123"]);
        check("07700 900123 (Mum)", &["7700900123"]);
        check("+1-266-555-0180 x2528", &["2665550180x2528"]);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for cell in ["", "n/a", "00000000000", "0123456789", "1234", "ask Jane"] {
            check(cell, &[]);
        }
    }
}
