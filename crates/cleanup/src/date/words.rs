//! The words of dates: months, days of the week, and what joins their parts, in English and ten other languages
//! (Unicode CLDR, names of the Gregorian calendar).

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
    month_of(&folded(word)?)
}

fn month_of(word: &str) -> Option<u8> {
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
    let is_long = is_start_of_one(&word, WEEKDAYS) && month_of(&word).is_none();
    is_long || SHORT_WEEKDAYS.contains(&word.as_str())
}

pub(super) fn is_link(word: &str) -> bool {
    LINKS.contains(&word)
}

pub(super) fn is_before_time(word: &str) -> bool {
    folded(word).is_some_and(|word| BEFORE_TIME.contains(&word.as_str()))
}

/// No name is longer than sixteen letters.
fn folded(word: &str) -> Option<String> {
    (word.len() <= 24).then(|| fold_accents(&word.to_lowercase()).into_owned())
}

/// Fewer than three letters are the start of too many.
fn is_start_of_one(word: &str, names: &[&str]) -> bool {
    word.len() >= 3 && names.iter().any(|name| name.starts_with(word))
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
    fn names_are_folded() {
        for name in MONTHS.iter().flat_map(|names| names.iter()).chain(WEEKDAYS) {
            assert_eq!(folded(name).as_deref(), Some(*name));
        }
    }
}
