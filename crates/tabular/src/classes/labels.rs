//! Words by which rows that are no records can be told, in English and in the languages of common export programs.
//!
//! A word is never enough: the row around it has its say too, see [`super`].

/// The text may be one of those below; a cheap look for every row.
pub(super) fn may_be_label(text: &str) -> bool {
    const FIRST: [&str; 5] = ["page", "seite", "sub", "continued", "sum"];
    let text = text.trim_start();
    let begins = |word: &&str| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    text.starts_with(['-', '=', '_', '*'])
        || FIRST.iter().any(begins)
        || text
            .as_bytes()
            .windows(4)
            .any(|four| four.eq_ignore_ascii_case(b"otal"))
}

/// More than one word.
pub(super) fn is_several_words(text: &str) -> bool {
    text.trim().contains([' ', '-'])
}

/// How surely a text names a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TotalLabel {
    /// `Total customers`, `C1 Total`: names of firms and products read like this too.
    Loose,
    /// `Sub Total`, `Grand total:`.
    Strict,
}

/// Whether a text names a total.
pub(super) fn total_label(text: &str) -> Option<TotalLabel> {
    const LONGEST: usize = 60;
    const KINDS: [&str; 13] = [
        "grand", "sub", "report", "overall", "page", "running", "final", "net", "gross", "vat", "sum", "section",
        "group",
    ];
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.trim().trim_end_matches([':', '=']).trim_end().to_lowercase();
    let lower = lower.trim_matches(['*', '-', ' ']);
    let words: Vec<&str> = lower.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    let is_total = |word: &str| matches!(word, "total" | "totals" | "subtotal" | "subtotals" | "summe" | "gesamt");
    match words.as_slice() {
        ["sum"] => Some(TotalLabel::Loose),
        ["gesamtsumme" | "zwischensumme" | "endsumme"] => Some(TotalLabel::Strict),
        [word] if is_total(word) => Some(TotalLabel::Strict),
        [kind, word] if is_total(word) && KINDS.contains(kind) => Some(TotalLabel::Strict),
        [word, ..] if is_total(word) => Some(TotalLabel::Loose),
        ["sub" | "grand", word, ..] if is_total(word) => Some(TotalLabel::Strict),
        [.., word] if is_total(word) => Some(TotalLabel::Loose),
        _ => None,
    }
}

/// The number in a count of records: `3 records`, `(1,204 rows affected)`, `Number of customers: 3`, `Total customers 3`.
pub(super) fn record_count(text: &str) -> Option<u64> {
    const WHAT: [&str; 12] = [
        "record", "row", "customer", "vehicle", "item", "result", "line", "entr", "invoice", "job", "product",
        "contact",
    ];
    let lower = text.trim().trim_matches(['(', ')', '*', '.']).trim().to_lowercase();
    let words: Vec<&str> = lower
        .split(|character: char| character.is_whitespace() || matches!(character, ':' | '='))
        .filter(|word| !word.is_empty())
        .collect();
    let is_what = |word: &&str| WHAT.iter().any(|what| word.starts_with(what));
    match words.as_slice() {
        [count, what] if is_what(what) => number(count),
        [
            count,
            what,
            "found" | "affected" | "selected" | "listed" | "printed" | "returned" | "exported" | "in",
            ..,
        ] if is_what(what) => number(count),
        ["total", what, count] | ["number", "of", what, count] | ["total", "number", "of", what, count]
            if is_what(what) =>
        {
            number(count)
        }
        ["count", count] => number(count),
        [what, count] if what.ends_with('s') && lower.contains(':') && is_what(what) => number(count),
        _ => None,
    }
}

fn number(text: &str) -> Option<u64> {
    let plain = text.replace(',', "");
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { plain.parse().ok() } else { None }
}

/// `Page 1 of 2`, `- Page: 3 -`, `Seite 1 von 2`.
pub(super) fn is_page_number(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let mut words = lower
        .split(|character: char| character.is_whitespace() || matches!(character, ':' | '-' | '/' | '#' | '*' | '.'))
        .filter(|word| !word.is_empty());
    let is_number = |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let begins = matches!(
        words.next(),
        Some("page" | "seite" | "pagina" | "página" | "blatt" | "pag" | "pg")
    );
    if !begins || !is_number(words.next()) {
        return false;
    }
    match words.next() {
        None => true,
        Some("of" | "von" | "de" | "sur" | "di" | "van") => is_number(words.next()) && words.next().is_none(),
        number => is_number(number) && words.next().is_none(),
    }
}

/// What reports print around their pages, whatever else the row says: `Printed 30/11/2026 by admin`, `Continued …`.
pub(super) fn is_report_line(text: &str) -> bool {
    const DONE: [&str; 8] = [
        "printed",
        "generated",
        "exported",
        "produced",
        "created",
        "extracted",
        "downloaded",
        "report",
    ];
    const WHOLE: [&str; 12] = [
        "end",
        "continued",
        "(continued)",
        "cont'd",
        "continued overleaf",
        "continued on next page",
        "continued on the next page",
        "continued from previous page",
        "carried forward",
        "brought forward",
        "balance carried forward",
        "balance brought forward",
    ];
    let lower = text.trim().to_lowercase();
    let bare = lower.trim_matches(['*', '-', '=', ' ', '.', '<', '>', '…']);
    let mut words = bare.split([' ', ':']).filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let tells_when = matches!(
        second,
        "on" | "by" | "at" | "from" | "date" | "time" | "run" | "date/time"
    ) || second.starts_with(|character: char| character.is_ascii_digit());
    let is_done = DONE.contains(&first) && tells_when;
    let is_date = matches!(
        (first, second),
        (
            "run" | "print" | "report" | "date",
            "date" | "time" | "printed" | "run" | "generated"
        )
    ) && bare.split([' ', ':']).count() > 2;
    let is_end = first == "end" && second == "of" || first == "continued" && second == "on";
    is_page_number(bare) || is_done || is_date || is_end || WHOLE.contains(&bare)
}

/// What may stand below a table when nothing but its like follows.
pub(super) fn is_closing_line(text: &str) -> bool {
    const BEGINNINGS: [&str; 15] = [
        "source:",
        "sources:",
        "note:",
        "notes:",
        "number of ",
        "records:",
        "rows:",
        "count:",
        "confidential",
        "copyright",
        "©",
        "(c)",
        "***",
        "---",
        "===",
    ];
    let lower = text.trim().to_lowercase();
    is_report_line(text)
        || record_count(text).is_some()
        || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
}

/// A text in place of a value: a unit, a form, whether one is needed.
pub(super) fn is_instruction_word(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "alphanumeric",
        "bool",
        "boolean",
        "cc",
        "char",
        "currency",
        "date",
        "datetime",
        "decimal",
        "double",
        "eur",
        "float",
        "free text",
        "gbp",
        "hh:mm",
        "hours",
        "hrs",
        "int",
        "integer",
        "kg",
        "km",
        "litres",
        "mandatory",
        "miles",
        "mm/dd/yyyy",
        "money",
        "number",
        "numeric",
        "optional",
        "required",
        "string",
        "text",
        "true/false",
        "unique",
        "varchar",
        "y/n",
        "yes/no",
        "£",
        "€",
        "$",
        "%",
    ];
    let lower = text.trim().to_lowercase();
    let bare = lower.trim_matches(['(', ')', '[', ']', '<', '>', '*']).trim();
    let is_date_form = bare.len() >= 5
        && bare
            .split(['/', '-', '.', ' ', ':'])
            .all(|part| matches!(part, "dd" | "d" | "mm" | "m" | "yy" | "yyyy" | "hh" | "ss" | "mmm"));
    let is_sized = [
        "varchar", "nvarchar", "char", "text", "string", "decimal", "max ", "max. ", "up to ",
    ]
    .iter()
    .any(|word| {
        bare.strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(['(', ' ']) || rest.starts_with(|c: char| c.is_ascii_digit()))
    }) && bare.bytes().any(|byte| byte.is_ascii_digit());
    let is_example = ["e.g.", "e.g ", "eg ", "eg:", "example:", "format:", "z.b."]
        .iter()
        .any(|word| bare.starts_with(word));
    WORDS.contains(&bare) || is_date_form || is_sized || is_example
}

/// A sentence to whoever fills in the table.
pub(super) fn is_instruction_sentence(text: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "please ",
        "do not ",
        "don't ",
        "fill in ",
        "enter ",
        "delete this row",
        "delete this line",
        "instructions",
        "* required",
        "*required",
        "* = ",
        "fields marked",
        "required fields",
        "one row per ",
    ];
    let lower = text.trim().to_lowercase();
    lower.split_whitespace().count() >= 2 && BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
}

/// Nothing but signs that draw a line: `-----`, `=====`.
pub(super) fn is_rule(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 3
        && text
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'=' | b'_' | b'*' | b'+' | b'~'))
}

/// A heading by its looks: `## Vehicles`, `*** Leeds ***`, `Branch: Leeds`, `Leeds:`.
pub(super) fn is_decorated(text: &str) -> bool {
    let text = text.trim();
    let is_named = text.split_once(": ").is_some_and(|(name, _)| {
        [
            "branch",
            "location",
            "group",
            "section",
            "site",
            "depot",
            "department",
            "category",
            "month",
            "year",
        ]
        .contains(&name.trim().to_lowercase().as_str())
    });
    ["##", "# ", "***", "---", "==="]
        .iter()
        .any(|sign| text.starts_with(sign))
        || text.ends_with(':')
        || is_named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_firms_as_far_as_words_go() {
        for (text, expected) in [
            ("Total", Some(TotalLabel::Strict)),
            ("TOTALS:", Some(TotalLabel::Strict)),
            ("Sub Total", Some(TotalLabel::Strict)),
            ("sub-total", Some(TotalLabel::Strict)),
            ("Grand Total for May", Some(TotalLabel::Strict)),
            ("Zwischensumme", Some(TotalLabel::Strict)),
            ("Total customers", Some(TotalLabel::Loose)),
            ("C1 Total", Some(TotalLabel::Loose)),
            ("Total Tyres Ltd", Some(TotalLabel::Loose)),
            ("Sum", Some(TotalLabel::Loose)),
            ("Totally Tyres", None),
            ("Summary Ltd", None),
            ("Summers", None),
            ("", None),
        ] {
            assert_eq!(total_label(text), expected, "{text}");
        }
    }

    #[test]
    fn counts_of_records_say_how_many() {
        for (text, expected) in [
            ("3 records", Some(3)),
            ("(1,204 rows affected)", Some(1204)),
            ("Number of customers: 12", Some(12)),
            ("Total customers: 3", Some(3)),
            ("Count: 7", Some(7)),
            ("Records: 7", Some(7)),
            ("3 customers in total", Some(3)),
            ("3 Peaks Garage", None),
            ("Row 7", None),
            ("24 Seven Customers", None),
        ] {
            assert_eq!(record_count(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_of_reports_are_no_names() {
        for (text, expected) in [
            ("Page 1 of 2", true),
            ("- Page: 3 -", true),
            ("page 1/2", true),
            ("Seite 1 von 2", true),
            ("Printed 30/11/2026 by admin", true),
            ("Printed on 30 November", true),
            ("Generated by Garage 2000", true),
            ("Report Date: 01/05/2024", true),
            ("*** End of report ***", true),
            ("(continued)", true),
            ("Carried forward", true),
            ("Page", false),
            ("Page Motors", false),
            ("Page 5 Ltd", false),
            ("Printed Circuits Ltd", false),
            ("Endeavour Ltd", false),
            ("Report Ltd", false),
            ("Date Palm Cafe", false),
            ("Created Gardens", false),
        ] {
            assert_eq!(is_report_line(text), expected, "{text}");
        }
    }

    #[test]
    fn instructions_are_no_values() {
        for (text, expected) in [
            ("dd/mm/yyyy", true),
            ("(required)", true),
            ("varchar(50)", true),
            ("max 20 characters", true),
            ("e.g. Ada", true),
            ("£", true),
            ("Ada", false),
            ("Max Power", false),
            ("m", false),
            ("Textor", false),
        ] {
            assert_eq!(is_instruction_word(text), expected, "{text}");
        }
    }
}
