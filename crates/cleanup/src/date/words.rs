//! The words of dates: months, days of the week, and what joins their parts, in English and ten other languages
//! (Unicode CLDR, names of the Gregorian calendar).

use std::borrow::Cow;

use torqueflow_model::fold_accents;

/// The names of each month, in lower case and without accents. People write the start of a name too, of three letters at least.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janner", "janvier", "januari", "enero", "janeiro", "gennaio", "styczen", "stycznia"],
    &["february", "februar", "feber", "fevrier", "februari", "febrero", "fevereiro", "febbraio", "luty", "lutego"],
    &["march", "marz", "maerz", "mars", "maart", "mrt", "marzo", "marco", "marzec", "marca", "marts"],
    &["april", "avril", "abril", "aprile", "kwiecien", "kwietnia"],
    &["may", "mai", "mei", "mayo", "maio", "maggio", "maj", "maja"],
    &["june", "juni", "juin", "junio", "junho", "giugno", "czerwiec", "czerwca"],
    &["july", "juli", "juillet", "julio", "julho", "luglio", "lipiec", "lipca"],
    &["august", "aout", "augustus", "agosto", "augusti", "sierpien", "sierpnia"],
    &["september", "septembre", "septiembre", "setiembre", "setembro", "settembre", "wrzesien", "wrzesnia"],
    &["october", "oktober", "octobre", "octubre", "outubro", "ottobre", "pazdziernik", "pazdziernika"],
    &["november", "novembre", "noviembre", "novembro", "listopad", "listopada"],
    &["december", "dezember", "decembre", "diciembre", "dezembro", "dicembre", "grudzien", "grudnia", "desember"],
];

/// The days of the week, likewise.
#[rustfmt::skip]
const WEEKDAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo",
    "segunda", "terca", "quarta", "quinta", "sexta",
    "lunedi", "martedi", "mercoledi", "giovedi", "venerdi", "sabato", "domenica",
    "poniedzialek", "wtorek", "sroda", "czwartek", "piatek", "sobota", "niedziela",
    "mandag", "tisdag", "tirsdag", "onsdag", "torsdag", "fredag", "lordag", "sondag",
];

/// Words between the day, the month and the year.
const LINKS: &[&str] = &["de", "del", "di", "of"];

/// Words before a time of day: `um 14:30 Uhr`, `a las 9.30`, `kl. 14:30`.
const BEFORE_TIME: &[&str] = &["um", "at", "a", "as", "las", "alle", "ore", "om", "kl", "godz", "o"];

/// A month by its name or the start of it, at least three letters, which must be those of one month only: `jui` is none.
pub(super) fn month(word: &str) -> Option<u8> {
    month_of(folded(word)?.as_bytes())
}

fn month_of(word: &[u8]) -> Option<u8> {
    let mut months = MONTHS
        .iter()
        .enumerate()
        .filter(|(_, names)| is_start_of_one(word, names));
    let (index, _) = months.next()?;
    months.next().is_none().then_some(index as u8 + 1)
}

/// Days of the week in two letters, as German, Dutch, French and Scandinavian write them.
const SHORT_WEEKDAYS: &[&str] = &[
    "mo", "di", "mi", "do", "fr", "sa", "so", "ma", "wo", "vr", "za", "zo", "lu", "me", "je", "ve", "ti", "to", "on",
];

/// A day of the week, by its name or the start of it: what may be a month is none.
pub(super) fn is_weekday(word: &str) -> bool {
    let Some(word) = folded(word) else { return false };
    let word = word.as_bytes();
    let is_long = is_start_of_one(word, WEEKDAYS) && month_of(word).is_none();
    is_long || SHORT_WEEKDAYS.iter().any(|known| known.as_bytes() == word)
}

pub(super) fn is_link(word: &str) -> bool {
    LINKS.contains(&word)
}

pub(super) fn is_before_time(word: &str) -> bool {
    folded(word).is_some_and(|word| BEFORE_TIME.iter().any(|known| known.as_bytes() == word.as_bytes()))
}

/// No name is longer than sixteen letters.
const LONGEST: usize = 24;

/// A word in lower case and without accents.
struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Folded {
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// The word as the names above are written. `None`: it is none of them, nor the start of one.
fn folded(word: &str) -> Option<Folded> {
    if word.len() > LONGEST || !may_be_known(word.as_bytes()) {
        return None;
    }
    let folded = if word.is_ascii() {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(fold_accents(&word.to_lowercase()).into_owned())
    };
    let mut bytes = [0; LONGEST];
    let place = bytes.get_mut(..folded.len())?;
    place.copy_from_slice(folded.as_bytes());
    place.make_ascii_lowercase();
    Some(Folded {
        bytes,
        len: folded.len(),
    })
}

/// Whether a word may be known here, or be the start of one: by its first three letters, which tells nearly all words of other
/// texts from them.
fn may_be_known(word: &[u8]) -> bool {
    match word {
        [first, second, third, ..] if word.is_ascii() => {
            let place = first_letters(*first, *second, *third);
            let bits = BEGINNINGS.get(place / 64).copied().unwrap_or_default();
            (bits >> (place % 64)) & 1 == 1
        }
        _ => true,
    }
}

/// The place of three letters in [`BEGINNINGS`]: small ones and capitals have the same last five bits.
const fn first_letters(first: u8, second: u8, third: u8) -> usize {
    const fn letter(byte: u8) -> usize {
        (byte & 0x1F) as usize
    }
    letter(first) << 10 | letter(second) << 5 | letter(third)
}

/// One bit for each three letters that a word begins with which is known here.
#[expect(clippy::indexing_slicing, reason = "checked by the compiler, which runs it")]
static BEGINNINGS: [u64; 512] = {
    let mut bits = [0; 512];
    let mut month = 0;
    while month < MONTHS.len() {
        bits = with_beginnings(bits, MONTHS[month]);
        month += 1;
    }
    with_beginnings(with_beginnings(bits, WEEKDAYS), BEFORE_TIME)
};

#[expect(clippy::indexing_slicing, reason = "checked by the compiler, which runs it")]
const fn with_beginnings(mut bits: [u64; 512], words: &[&str]) -> [u64; 512] {
    let mut at = 0;
    while at < words.len() {
        if let [first, second, third, ..] = words[at].as_bytes() {
            let place = first_letters(*first, *second, *third);
            bits[place / 64] |= 1 << (place % 64);
        }
        at += 1;
    }
    bits
}

/// Fewer than three letters are the start of too many.
fn is_start_of_one(word: &[u8], names: &[&str]) -> bool {
    word.len() >= 3 && names.iter().any(|name| name.as_bytes().starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_by_their_start() {
        let check = |word, expected| assert_eq!(month(word), expected, "{word}");
        check("Mar", Some(3));
        check("MÄRZ", Some(3));
        check("Sept", Some(9));
        check("janv", Some(1));
        check("août", Some(8));
        check("déc", Some(12));
        check("juil", Some(7));
        check("jui", None);
        check("maj", Some(5));
        check("października", Some(10));
        check("ma", None);
        check("de", None);
    }

    #[test]
    fn what_may_be_a_month_is_no_day_of_the_week() {
        let check = |word, expected| assert_eq!(is_weekday(word), expected, "{word}");
        check("Tue", true);
        check("lun", true);
        check("Mittwoch", true);
        check("mar", false);
        check("maa", false);
        check("mon", true);
        check("Do", true);
        check("ma", true);
        check("xx", false);
    }

    #[test]
    fn other_words_are_told_by_their_first_letters() {
        for word in ["Lane", "Smith", "LS", "3AA", "Ltd"] {
            assert_eq!(month(word), None, "{word}");
            assert!(!is_weekday(word), "{word}");
        }
        assert!(folded("Smith").is_none() && folded("Lane").is_none());
        assert!(folded("MARZO").is_some() && is_before_time("Las") && is_before_time("godz"));
    }

    #[test]
    fn names_are_folded() {
        for name in MONTHS.iter().flat_map(|names| names.iter()).chain(WEEKDAYS) {
            assert_eq!(
                folded(name).map(|word| word.as_bytes().to_vec()),
                Some(name.as_bytes().to_vec())
            );
        }
    }
}
