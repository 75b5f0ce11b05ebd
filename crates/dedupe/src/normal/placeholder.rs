//! Values that stand for none: neither keys nor evidence.

/// Words that people type where they know nothing, as plain words.
const WORDS: &[&str] = &[
    "account",
    "anon",
    "anonymous",
    "as above",
    "blank",
    "cash",
    "cash account",
    "cash customer",
    "cash sale",
    "cash sales",
    "counter sale",
    "customer",
    "default",
    "do not use",
    "donotuse",
    "dont know",
    "dummy",
    "empty",
    "ex directory",
    "guest",
    "inconnu",
    "misc",
    "miscellaneous",
    "n a",
    "na",
    "nan",
    "neant",
    "nicht bekannt",
    "nil",
    "no",
    "no email",
    "no name",
    "no number",
    "no phone",
    "no plate",
    "no reg",
    "no surname",
    "none",
    "noreg",
    "not given",
    "not known",
    "not provided",
    "not supplied",
    "null",
    "nvt",
    "onbekend",
    "private",
    "refused",
    "retail",
    "sconosciuto",
    "see notes",
    "tba",
    "tbc",
    "tbd",
    "temp",
    "test",
    "tester",
    "trade",
    "trade plate",
    "unbekannt",
    "undefined",
    "unknown",
    "unregistered",
    "walk in",
    "walkin",
    "wholesale",
    "withheld",
    "x",
    "xx",
    "xxx",
    "xxxx",
    "zzz",
];

/// Local parts of e-mail addresses that nobody reads.
const MAILBOXES: &[&str] = &[
    "a",
    "anon",
    "dummy",
    "example",
    "fake",
    "na",
    "nil",
    "no",
    "nobody",
    "noemail",
    "noemailaddress",
    "nomail",
    "none",
    "noreply",
    "notgiven",
    "notknown",
    "null",
    "refused",
    "test",
    "unknown",
    "x",
    "xx",
    "xxx",
];

/// Whether these plain words say nothing.
pub(crate) fn is_placeholder(plain: &str) -> bool {
    plain.is_empty() || WORDS.binary_search(&plain).is_ok()
}

/// Whether this code, in capitals without gaps, says nothing: one sign again and again, or a word.
pub(crate) fn is_placeholder_code(code: &str) -> bool {
    is_monotonous(code.as_bytes())
        || is_placeholder(&code.to_ascii_lowercase())
        || ["NOREG", "NOPLATE", "NEWCAR", "TRADEPLATE", "QPLATE"].contains(&code)
}

/// Whether these digits are nobody's number: one digit again and again, or counted up or down.
pub(crate) fn is_placeholder_number(digits: &str) -> bool {
    let rest = digits.as_bytes().get(1..).unwrap_or_default();
    let counted = "01234567890123456789".contains(digits) || "98765432109876543210".contains(digits);
    is_monotonous(rest) || counted
}

/// Whether mail to this local part reaches nobody.
pub(crate) fn is_placeholder_mailbox(local: &str) -> bool {
    MAILBOXES.binary_search(&local).is_ok() || is_placeholder_number(local)
}

fn is_monotonous(signs: &[u8]) -> bool {
    signs.first().is_none_or(|first| signs.iter().all(|sign| sign == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_can_be_searched() {
        assert!(WORDS.is_sorted() && MAILBOXES.is_sorted());
    }

    #[track_caller]
    fn check(values: &[&str], is: fn(&str) -> bool, expected: bool) {
        for value in values {
            assert_eq!(is(value), expected, "{value}");
        }
    }

    #[test]
    fn what_stands_for_nothing_is_told() {
        check(&["", "cash sale", "tba", "n a"], is_placeholder, true);
        check(&["cash", "noreg"], is_placeholder, true);
        check(&["smith", "nash"], is_placeholder, false);
        check(&["XXXXXXX", "NOREG", "TBA", "0000"], is_placeholder_code, true);
        check(&["AB12CDE"], is_placeholder_code, false);
        check(&["0000000", "7000000000", "1234567890"], is_placeholder_number, true);
        check(&["7911123456"], is_placeholder_number, false);
        check(&["none", "noemail"], is_placeholder_mailbox, true);
        check(&["nora"], is_placeholder_mailbox, false);
    }
}
