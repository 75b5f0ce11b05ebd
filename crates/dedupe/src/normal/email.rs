//! E-mail addresses as they are compared.

use super::placeholder::is_placeholder_mailbox;

/// Hosts that write one mailbox with and without dots.
const DOTLESS: &[&str] = &["gmail.com", "googlemail.com"];

/// The addresses in a cell, lower-case, without tags behind `+`.
pub(crate) fn emails(cell: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in cell.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '<' | '>' | '|')) {
        if let Some(address) = address(word).filter(|address| !found.contains(address)) {
            found.push(address);
        }
    }
    found
}

fn address(word: &str) -> Option<String> {
    let word = word.trim().trim_start_matches("mailto:").trim_end_matches('.');
    let lower: String = word
        .chars()
        .filter(char::is_ascii_graphic)
        .collect::<String>()
        .to_ascii_lowercase();
    let (local, host) = lower.rsplit_once('@')?;
    let local = local.split('+').next().unwrap_or_default();
    let local = if DOTLESS.contains(&host) {
        local.replace('.', "")
    } else {
        local.to_owned()
    };
    let host = if host == "googlemail.com" { "gmail.com" } else { host };
    let is_known = !local.is_empty() && host.len() > 2 && !is_placeholder_mailbox(&local);
    is_known.then(|| format!("{local}@{host}"))
}

/// Local parts that belong to a firm's desk and not to a person.
pub(crate) fn is_desk(local: &str) -> bool {
    const DESKS: &[&str] = &[
        "account",
        "accounts",
        "admin",
        "booking",
        "bookings",
        "contact",
        "enquiries",
        "enquiry",
        "fleet",
        "garage",
        "hello",
        "info",
        "invoices",
        "kontakt",
        "mail",
        "office",
        "postmaster",
        "reception",
        "sales",
        "service",
        "support",
        "workshop",
    ];
    DESKS.contains(&local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: &[&str]) {
        assert_eq!(emails(cell), expected, "{cell}");
    }

    #[test]
    fn addresses_are_told_and_folded() {
        check("Ada.Lowe+cars@Example.COM", &["ada.lowe@example.com"]);
        check(
            "Ada Lowe <ada@lowe.example>; mailto:bob@lowe.example",
            &["ada@lowe.example", "bob@lowe.example"],
        );
        check("a.d.a@googlemail.com", &["ada@gmail.com"]);
        check("none@none.com, noemail@x.example", &[]);
        check("ada at example", &[]);
    }
}
