//! E-mail addresses.
//!
//! What: trimmed, lower case, `mailto:` and stray punctuation dropped, checked against the lengths and characters of
//! RFC 5321 and RFC 5322 (the dot-atom form; nobody's customer has a quoted local part). Of several addresses the first
//! is taken. Words may stand behind an address, and before it if they end in a colon or name another address; other words
//! before it may be the half of it that has a blank too many. Blanks beside the `@` and in the domain are dropped.
//! Placeholders and what is not an address become null.
//! Why: addresses match customers, so `Ada@Smith.example.` and `ada@smith.example` must be one; `noemail@noemail.com`
//! must match nobody. `ADA SMITH@mail.example` is no address, and `smith@mail.example` would be somebody else's.
//! Example: `mailto:Ada@Smith.example;` becomes `ada@smith.example`.

use torqueflow_model::FindingCode;

use crate::verdict::Verdict;

/// Local parts and domain names that say that there is no address.
const NO_ADDRESS: &[&str] = &[
    "noemail",
    "no-email",
    "no_email",
    "no.email",
    "noemails",
    "noemailaddress",
    "nomail",
    "no-mail",
    "none",
    "noaddress",
    "notgiven",
    "notprovided",
    "notknown",
    "unknown",
    "tba",
    "tbc",
    "n.a",
    "noone",
    "nobody",
    "donotemail",
    "nothanks",
    "noemailprovided",
    "emailnotprovided",
    "refused",
];
/// Local parts that say so when the domain is a dummy as well.
const DUMMIES: &[&str] = &[
    "test", "na", "a", "aa", "aaa", "abc", "x", "xx", "xxx", "no", "email", "mail", "null", "123", "0",
];
/// Whole cells that say so.
const NO_ADDRESS_WORDS: &[&str] = &[
    "n/a",
    "na",
    "none",
    "no",
    "nil",
    "-",
    "--",
    "tba",
    "tbc",
    "unknown",
    "refused",
    "not given",
    "not provided",
    "no email",
    "no e-mail",
    "no mail",
    "noemail",
    "x",
    "xx",
    "xxx",
    "null",
    "no email address",
    "does not have email",
    "@",
    ".",
];

/// An e-mail address.
pub(crate) fn email(text: &str) -> Verdict {
    let lower = text.to_lowercase();
    if NO_ADDRESS_WORDS.contains(&lower.as_str()) {
        return Verdict::null(FindingCode::EmailPlaceholder);
    }
    if is_address(&lower) {
        return judge(lower, false, &[]);
    }
    let mut found: Vec<String> = Vec::new();
    for address in lower.split(BETWEEN).flat_map(addresses) {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    let mut found = found.into_iter();
    match found.next() {
        Some(address) => judge(address, !is_only_wrapped(&lower), found.as_slice()),
        None => match repair_spread(&lower) {
            Some(address) => judge(address, true, &[]),
            None => Verdict::null(FindingCode::EmailInvalid),
        },
    }
}

/// What stands between addresses and around them.
const BETWEEN: [char; 11] = ['\n', '\r', ';', ',', '|', '/', '<', '>', '(', ')', '"'];
/// Words between two addresses.
const JOINING: &[&str] = &[
    "or", "and", "&", "+", "-", "und", "oder", "et", "ou", "en", "of", "y", "e", "o", "i", "lub", "og", "eller", "och",
];

/// The addresses in a text without marks between them; none where words before the first may be a part of it.
fn addresses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        match repair(word) {
            Some(address) => found.push(address),
            None if word.ends_with(':') || JOINING.contains(&word) => {}
            None if found.is_empty() => break,
            None => {}
        }
    }
    found
}

/// Marks that carry no meaning of their own stood around the one address.
fn is_only_wrapped(text: &str) -> bool {
    let inner = text.strip_prefix("mailto:").unwrap_or(text);
    is_address(inner.trim_matches(|mark: char| !mark.is_alphanumeric()))
}

fn judge(address: String, repaired: bool, others: &[String]) -> Verdict {
    if is_placeholder(&address) {
        return Verdict::null(FindingCode::EmailPlaceholder);
    }
    let detail = address.clone();
    let verdict = Verdict::text(address);
    if others.is_empty() {
        verdict.note_if(repaired, FindingCode::EmailRepaired, detail)
    } else {
        verdict.note(FindingCode::EmailSeveral, others.join(", "))
    }
}

/// The address in a word, without the marks around it and the dots that don't belong.
fn repair(word: &str) -> Option<String> {
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let word = word.strip_prefix("email:").unwrap_or(word);
    let edge = |mark: char| {
        matches!(
            mark,
            '.' | '\'' | ':' | '[' | ']' | '\u{2018}' | '\u{2019}' | '\u{201C}' | '\u{201D}' | '*' | '`' | '?' | '!'
        )
    };
    let word = word.trim_matches(edge);
    let (local, domain) = word.split_once('@')?;
    let domain = domain.trim_start_matches(['@', '.']);
    let address = format!("{}@{}", local.trim_end_matches('.'), domain.replace("..", "."));
    is_address(&address).then_some(address)
}

/// The address in a text of which spaces or commas broke it: `ada @ smith.example`, `ada@smith,co,uk`. A blank within the
/// local part does not break it: nobody knows what stood there.
fn repair_spread(text: &str) -> Option<String> {
    let (local, _) = text.split_once('@')?;
    if local.trim().contains(char::is_whitespace) {
        return None;
    }
    let joined: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let only_one = joined.matches('@').count() == 1;
    if !only_one {
        return None;
    }
    repair(&joined).or_else(|| repair(&joined.replace(',', ".")))
}

/// The dot-atom form of RFC 5322, 3.4.1, with the lengths of RFC 5321, 4.5.3.1. Letters beyond ASCII may stand in both
/// parts (RFC 6531).
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= 254 && is_local(local) && is_domain(domain)
}

fn is_local(local: &str) -> bool {
    let atext = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character);
    let dots_fit = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    (1..=64).contains(&local.len()) && dots_fit && local.chars().all(atext)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || character == '-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let real_top = top.chars().count() >= 2 && (top.starts_with("xn--") || top.chars().all(char::is_alphabetic));
    domain.len() <= 253 && real_top && domain.split('.').all(is_label)
}

fn is_placeholder(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let name = domain.split('.').next().unwrap_or_default();
    NO_ADDRESS.contains(&local)
        || NO_ADDRESS.contains(&name)
        || (DUMMIES.contains(&local) && (DUMMIES.contains(&name) || name == local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(email(input).to_string(), expected, "{input:?}");
    }

    #[test]
    fn addresses_are_lower_case() {
        check("Ada@Smith.Example", "ada@smith.example");
        check("ada.o'neill+mot@smith.example", "ada.o'neill+mot@smith.example");
        check("jörg@müller.example", "jörg@müller.example");
    }

    #[test]
    fn wrapping_is_dropped_silently() {
        check("mailto:ada@smith.example", "ada@smith.example");
        check("<ada@smith.example>", "ada@smith.example");
        check("ada@smith.example.", "ada@smith.example");
        check("ada@smith.example;", "ada@smith.example");
    }

    #[test]
    fn damage_is_repaired_and_reported() {
        check(
            "Fred.@Smith.example",
            "fred@smith.example [email_repaired: fred@smith.example]",
        );
        check(
            "Ada Smith <ada@smith.example>",
            "ada@smith.example [email_repaired: ada@smith.example]",
        );
        check(
            "ada @ smith.example",
            "ada@smith.example [email_repaired: ada@smith.example]",
        );
        check("ada@smith,co,uk", "ada@smith.co.uk [email_repaired: ada@smith.co.uk]");
        check(
            "ada@@smith..example",
            "ada@smith.example [email_repaired: ada@smith.example]",
        );
    }

    #[test]
    fn no_address_is_made_of_the_end_of_a_text() {
        for wrong in [
            "ADA SMITH@mail.example",
            "Ada Maria Smith@mail.example",
            "ada smith @ mail.example",
            "ada  smith @mail.example",
            "mailto:ada smith@mail.example",
            "<ada smith@mail.example>",
            "ring her on ada@smith.example",
            "07700 900123 ada@smith.example",
        ] {
            check(wrong, "- [email_invalid]");
        }
    }

    #[test]
    fn labels_and_words_behind_an_address_are_no_part_of_it() {
        for text in [
            "E-mail: ada@smith.example",
            "ada@smith.example (work)",
            "ada@smith.example work",
            "Smith, Ada <ada@smith.example>",
            "Ada Smith (ada@smith.example)",
            "\"Smith, Ada\" <ada@smith.example>",
        ] {
            check(text, "ada@smith.example [email_repaired: ada@smith.example]");
        }
        check("  ada@smith.example ", "ada@smith.example");
        check("mailto: ada@smith.example", "ada@smith.example");
        check(
            "a1@smith.example home b2@smith.example",
            "a1@smith.example [email_several: b2@smith.example]",
        );
    }

    #[test]
    fn the_first_of_several_is_taken() {
        for text in [
            "a1@smith.example b2@smith.example",
            "a1@smith.example or b2@smith.example",
            "a1@smith.example & b2@smith.example",
            "a1@smith.example\nb2@smith.example",
        ] {
            check(text, "a1@smith.example [email_several: b2@smith.example]");
        }
        check(
            "a1@smith.example; b2@smith.example",
            "a1@smith.example [email_several: b2@smith.example]",
        );
        check(
            "a1@smith.example/b2@smith.example",
            "a1@smith.example [email_several: b2@smith.example]",
        );
        check(
            "a1@smith.example, A1@smith.example",
            "a1@smith.example [email_repaired: a1@smith.example]",
        );
    }

    #[test]
    fn placeholders_are_null() {
        for placeholder in [
            "noemail@noemail.com",
            "none@smith.example",
            "test@test.com",
            "na@na.com",
            "N/A",
            "none",
            "x@x.com",
        ] {
            check(placeholder, "- [email_placeholder]");
        }
    }

    #[test]
    fn what_is_no_address_is_null() {
        for wrong in [
            "ada",
            "ada@smith",
            "@smith.example",
            "ada@smith.c",
            "ada@-smith.example",
            "ring her",
            "a@b@c",
        ] {
            check(wrong, "- [email_invalid]");
        }
        check(&format!("{}@smith.example", "a".repeat(65)), "- [email_invalid]");
    }
}
