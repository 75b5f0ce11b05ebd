//! The legal forms of companies, as they stand in names.
//!
//! What: `GmbH`, `S.r.l.`, `Sp. z o.o.`, with full stops or without, behind the name or, as in France and the Baltic states,
//! before it. Some are also names or initials (`Sa`, `As`, `Ag`): those count where the way in which they are written sets
//! them apart, at the end of a name.
//! Why: `Acme, S.L.` is no Mr Acme whose first name is S.L.
//! Source: ISO 20275, the Entity Legal Forms code list of GLEIF
//! (<https://www.gleif.org/en/lei-data/code-lists/iso-20275-entity-legal-forms-code-list>), abbreviations of the countries of
//! Europe, of Latin America and of Asia. Those that British companies have are among the terms of companies.

use super::words;

/// Forms that are nobody's name, wherever they stand and however they are written. Lower case, without full stops.
#[rustfmt::skip]
const FORMS: &[&str] = &[
    // German
    "gmbh", "ggmbh", "mbh", "gesmbh", "gbr", "ohg", "kgaa", "haftungsbeschränkt", "ekfr", "ekfm",
    // French, Belgian, Dutch
    "sarl", "sàrl", "eurl", "sasu", "selarl", "scea", "gaec", "bvba", "sprl", "commv", "vof",
    // Spanish, Portuguese, Italian, of Latin America
    "slu", "sll", "slne", "srl", "srls", "snc", "lda", "ltda", "eirl",
    // Central and eastern Europe
    "kft", "zrt", "nyrt", "sro", "uab", "eood", "dooel", "jsc", "pjsc", "ojsc", "cjsc", "ооо", "оао", "зао", "пао", "тов",
    // Northern Europe
    "oyj", "oü", "ehf", "ivs",
    // Asia
    "sdn", "bhd", "wll", "fze", "şti",
];

/// Forms that no name ends with. They may begin with, or hold, what is a name.
const FORMS_AT_END: &[&str] = &[
    "ag", "kg", "ug", "og", "ab", "bv", "nv", "sl", "slp", "sau", "oy", "se", "aş", "spa", "sas",
];

/// Of these the ones that are names too, written `Sas` or in small letters: they count in capitals only.
const ALSO_NAMES: &[&str] = &["ag", "ug", "og", "ab", "sau", "se", "sas"];

/// Forms that are names too, in capitals where the whole name is: Antonio Sá, Asa, Doo. They count in capitals beside small
/// letters only.
const NAMES_IN_CAPITALS: &[&str] = &["sa", "as", "asa", "aps", "sia", "ood", "doo"];

/// Forms with full stops inside, in capitals. Others, such as `A.B.`, are initials.
const STOPPED: &[&str] = &[
    "sl", "sa", "slp", "sau", "sal", "sas", "sac", "sil", "sme", "aie", "ute", "spa", "bv", "nv", "scl", "scs", "sca",
    "aş",
];

/// Forms with full stops inside that begin with a small letter, where initials have capitals.
const STOPPED_SMALL: &[&str] = &[
    "as", "ks", "vos", "doo", "dd", "ad", "ek", "ev", "eu", "eg", "sa", "sc", "sl", "spj", "spk", "spa", "sas", "hf",
    "bv", "nv",
];

/// Written so, and only so.
const EXACT: &[&str] = &[
    "ApS", "A/S", "a/s", "e.K.", "e.U.", "e.V.", "e.G.", "eK", "eG", "eGbR", "K/S", "I/S",
];

/// Forms of several words, without spaces and full stops.
const OF_WORDS: &[&str] = &[
    "spzoo",
    "spzook",
    "sadecv",
    "srldecv",
    "sderldecv",
    "spolsro",
    "sdnbhd",
    "oyab",
];

/// French forms that stand before a name, in capitals.
const BEFORE: &[&str] = &["SAS", "SCI", "SNC", "SCP"];

/// Forms of countries that write no spaces.
const UNSPACED: &[&str] = &["株式会社", "有限会社", "合同会社", "有限公司", "주식회사"];

/// Whether a name has the legal form of a company. `has_initials`: in its column initials stand behind surnames, so that what
/// may be either is no legal form.
pub(super) fn has_form(name: &str, has_initials: bool) -> bool {
    if UNSPACED.iter().any(|form| name.contains(form)) {
        return true;
    }
    let tokens: Vec<&str> = name.split([' ', ',']).filter(|token| !token.is_empty()).collect();
    let [first, rest @ ..] = tokens.as_slice() else {
        return false;
    };
    let (Some(last), Some((_, before))) = (rest.last(), tokens.split_last()) else {
        return false;
    };
    if is_messrs(first) || tokens.iter().any(|token| FORMS.contains(&compact(token).as_str())) {
        return true;
    }
    if words::title(first).is_some() {
        return false;
    }
    BEFORE.contains(first)
        || ends_with_words(&tokens)
        || ends_with_form(before, last, has_initials)
        || ends_with_parts(&tokens, has_initials)
}

/// `M/s`, which stands before the names of firms in South Asia.
fn is_messrs(word: &str) -> bool {
    ["m/s", "m/s."].iter().any(|messrs| messrs.eq_ignore_ascii_case(word))
}

/// Whether a legal form, written as nothing else is, stands within a name, with more behind it: `Polder B.V. Lowe`, a firm and whom
/// to ask for there. Or before it, as in Belgium.
pub(super) fn has_form_inside(tokens: &[&str]) -> bool {
    const BEFORE_TOO: [&str; 4] = ["BV", "ASBL", "VZW", "VOF"];
    let [first, inner @ .., last] = tokens else {
        return false;
    };
    let has_small = |text: &&&str| text.chars().any(char::is_lowercase);
    let is_beside_small = [first, last].iter().any(has_small);
    let is_form = |token: &&str| {
        let form = compact(token);
        let is = |list: &[&str]| list.contains(&form.as_str());
        let in_capitals = token.chars().all(char::is_uppercase) && (is_beside_small || form.len() == 2);
        let has_stops = token.trim_end_matches('.').contains('.') && token.starts_with(char::is_uppercase);
        let is_nothing_else = is(FORMS_AT_END) && !is(ALSO_NAMES);
        EXACT.contains(token)
            || (has_stops && is(STOPPED))
            || is_nothing_else
            || (in_capitals && (is(FORMS_AT_END) || is(NAMES_IN_CAPITALS)))
    };
    inner.iter().any(is_form) || BEFORE_TOO.contains(first)
}

fn compact(token: &str) -> String {
    let kept = token
        .chars()
        .filter(|character| !matches!(character, '.' | '/' | '(' | ')' | '"'));
    kept.flat_map(char::to_lowercase).collect()
}

/// `Sp. z o.o.`, `S.A. de C.V.`
fn ends_with_words(tokens: &[&str]) -> bool {
    let end = tokens.last().map(|last| compact(last)).unwrap_or_default();
    if !OF_WORDS.iter().any(|form| form.ends_with(&end)) {
        return false;
    }
    let last = |count: usize| {
        let words = tokens.iter().skip(tokens.len() - count);
        words.map(|word| compact(word)).collect::<String>()
    };
    (2..=6.min(tokens.len() - 1)).any(|count| OF_WORDS.contains(&last(count).as_str()))
}

/// `S. L.`, `S. r. l.`
fn ends_with_parts(tokens: &[&str], has_initials: bool) -> bool {
    let is_letter = |token: &&&str| token.len() == 2 && token.ends_with('.');
    let mut letters: Vec<&str> = tokens.iter().rev().take_while(is_letter).copied().collect();
    letters.reverse();
    let before = tokens.len() - letters.len();
    let before: Vec<&str> = tokens.iter().take(before).copied().collect();
    letters.len() >= 2 && !before.is_empty() && {
        let joined = letters.concat();
        FORMS.contains(&compact(&joined).as_str()) || ends_with_form(&before, &joined, has_initials)
    }
}

fn ends_with_form(before: &[&str], last: &str, has_initials: bool) -> bool {
    let form = compact(last);
    let is = |list: &[&str]| list.contains(&form.as_str());
    let has_small = |text: &str| text.chars().any(char::is_lowercase);
    if EXACT.contains(&last) {
        return true;
    }
    if last.trim_end_matches('.').contains('.') {
        return if last.starts_with(char::is_lowercase) {
            is(STOPPED_SMALL) && before.iter().any(|word| word.contains(char::is_uppercase))
        } else {
            is(STOPPED) && !has_initials
        };
    }
    let in_capitals = !has_small(last);
    if has_initials && in_capitals {
        return false;
    }
    let is_beside_small = before.iter().any(|word| has_small(word));
    if is(NAMES_IN_CAPITALS) {
        return in_capitals && is_beside_small;
    }
    is(FORMS_AT_END) && (in_capitals || !is(ALSO_NAMES))
}
