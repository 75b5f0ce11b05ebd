//! Words beside a price that say whether tax is in it: `29,99 € inkl. 19 % MwSt.`, `19.99 ex VAT`, `TTC 29,99`.
//!
//! The names of the tax, and the words before and behind them, are those of the languages that headers are read in. They change
//! no amount.

/// Words that say by themselves that a tax is spoken of, without points.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "vat", "tax", "taxes", "gst", "hst", "mwst", "ust", "mehrwertsteuer", "umsatzsteuer", "btw", "tva", "taxe", "ttc",
    "ht", "iva", "moms", "mva", "incl", "inkl", "excl", "exkl", "ekskl", "inclusief", "exclusief", "inklusive",
    "exklusive", "netto", "brutto", "net", "gross", "bruto", "neto", "lordo",
];
/// Words that stand beside these.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "inc", "ex", "exc", "including", "included", "excluding", "excluded", "plus", "with", "without", "no", "einschl",
    "zzgl", "mit", "ohne", "gesetzl", "ges", "der", "toutes", "comprise", "comprises", "hors", "incluse", "inclus",
    "con", "sin", "incluido", "incluida", "inclusa", "incluso", "esclusa", "escluso", "compresa", "compreso", "com",
    "sem", "incluído", "incluída", "c", "s", "z", "bez", "ink", "eks", "med", "uden", "uten", "utan", "de",
];

/// The rest of a text without words about tax, in any case, that stand behind or before a number. `None` where there are none.
///
/// ```
/// use torqueflow_model::without_tax_words;
/// assert_eq!(without_tax_words("€229,99 Incl. btw"), Some("€229,99"));
/// assert_eq!(without_tax_words("29,99 € (inkl. 19 % MwSt.)"), Some("29,99 €"));
/// assert_eq!(without_tax_words("29,99 €"), None);
/// ```
pub fn without_tax_words(text: &str) -> Option<&str> {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    if !text.bytes().any(is_digit) || !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let rest = before_words(text).or_else(|| behind_words(text))?;
    rest.bytes().any(is_digit).then_some(rest)
}

/// What stands before words about tax, among which the rate may stand.
fn before_words(text: &str) -> Option<&str> {
    let (mut kept, mut open, mut is_told) = (text, text, false);
    loop {
        let trimmed = open.trim_end_matches(|sign: char| sign.is_whitespace() || "(),;:/*+".contains(sign));
        if let Some(rate) = trimmed.strip_suffix('%') {
            let number = rate.trim_end();
            open = number.trim_end_matches(|sign: char| sign.is_ascii_digit() || ".,".contains(sign));
            if open.len() == number.len() || open.is_empty() {
                break;
            }
            continue;
        }
        let rest = trimmed.trim_end_matches(is_of_word);
        let Some(telling) = trimmed.get(rest.len()..).and_then(tells) else {
            break;
        };
        is_told |= telling;
        (kept, open) = (rest, rest);
    }
    let kept = kept.trim_end_matches(|sign: char| sign.is_whitespace() || "(,;:/*+".contains(sign));
    // A minus behind an amount stands at its last digit.
    let kept = kept
        .strip_suffix(['-', '\u{2013}'])
        .filter(|rest| rest.ends_with(' '))
        .unwrap_or(kept);
    is_told.then(|| kept.trim_end())
}

/// What stands behind words about tax.
fn behind_words(text: &str) -> Option<&str> {
    let (mut rest, mut is_told) = (text, false);
    loop {
        let trimmed = rest.trim_start_matches(|sign: char| sign.is_whitespace() || "(),;:/".contains(sign));
        let behind = trimmed.trim_start_matches(is_of_word);
        let word = trimmed.get(..trimmed.len() - behind.len());
        let Some(telling) = word.and_then(tells) else {
            return is_told.then_some(trimmed);
        };
        is_told |= telling;
        rest = behind;
    }
}

fn is_of_word(sign: char) -> bool {
    sign.is_alphabetic() || sign == '.'
}

/// Whether a word tells of a tax by itself. `None`: it does not even belong to such words.
fn tells(word: &str) -> Option<bool> {
    let letters = word.chars().filter(|sign| *sign != '.').flat_map(char::to_lowercase);
    let is_in = |words: &[&str]| words.iter().any(|known| letters.clone().eq(known.chars()));
    if is_in(TELLING) {
        return Some(true);
    }
    is_in(BESIDE).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(without_tax_words(text), expected, "{text:?}");
    }

    #[test]
    fn words_about_tax_go_in_ten_languages() {
        for text in [
            "29,99 incl. VAT",
            "29,99 inc VAT",
            "29,99 ex. VAT",
            "29,99 + VAT",
            "29,99 plus VAT",
            "29,99 VAT included",
            "29,99 excl. tax",
            "29,99 inc GST",
            "29,99 inkl. MwSt.",
            "29,99 zzgl. MwSt",
            "29,99 inkl. 19% MwSt.",
            "29,99 (inkl. 19 % MwSt.)",
            "29,99 inkl. USt.",
            "29,99 netto",
            "29,99 brutto",
            "29,99 Incl. btw",
            "29,99 excl. btw",
            "29,99 exclusief btw",
            "29,99 TTC",
            "29,99 HT",
            "29,99 H.T.",
            "29,99 hors taxes",
            "29,99 TVA incluse",
            "29,99 IVA incl.",
            "29,99 I.V.A. inclusa",
            "29,99 IVA esclusa",
            "29,99 IVA incluido",
            "29,99 sin IVA",
            "29,99 c/ IVA",
            "29,99 sem IVA",
            "29,99 z VAT",
            "29,99 bez VAT",
            "29,99 inkl. moms",
            "29,99 exkl. moms",
            "29,99 ekskl. moms",
            "29,99 uten mva.",
            "29,99, incl. btw",
            "29,99 - ex VAT",
            "incl. btw 29,99",
            "TTC : 29,99",
            "netto 29,99",
        ] {
            check(text, Some("29,99"));
        }
        check("€ 29,99 incl. btw", Some("€ 29,99"));
        check("29,99 zł z VAT", Some("29,99 zł"));
        check("12.50- ex VAT", Some("12.50-"));
        check("(12.50) ex VAT", Some("(12.50)"));
        check("19.99ex VAT", Some("19.99"));
    }

    #[test]
    fn other_words_stay() {
        let others = "29,99|29,99 €|12 ex|29 de|20 %|12 gross weight|tax|incl. btw|3 for 2 net deal||with 2|19 % 5";
        for text in others.split('|') {
            check(text, None);
        }
        check("20 % VAT", Some("20 %"));
    }
}
