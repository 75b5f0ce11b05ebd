//! Words that most headers of a table begin or end with: `kun_name, kun_strasse`, `FORN_RAZAO`, `name_of_client`.
//!
//! Programs put the name of their table, or its beginning, before the names of its columns. It is no part of what a header
//! means, and says what the table holds.

use std::collections::HashMap;

use torqueflow_model::header_words;

use crate::languages;

/// So many headers have such a word at least, …
const FEWEST: usize = 3;
/// … which is this share of all, …
const MOST: f64 = 0.5;
/// … and this one where the word is believed to name what the table holds.
const NEARLY_ALL: f64 = 0.75;
/// Words that are taken off before what is left: `tbl_kunde_ort`.
const WORDS_BEFORE: usize = 2;

/// Words that say what a value is, and not whose.
const OF_VALUES: &[&str] = &[
    "date", "total", "price", "amount", "name", "no", "number", "id", "code", "type", "is", "has", "first", "last",
    "next", "new", "old", "billing", "shipping", "delivery", "phone", "email", "mail", "address", "line", "url", "tax",
    "vat", "net", "gross", "cost", "data", "dato", "datum", "prix", "pris", "prijs", "preis", "qty", "quantity", "mot",
    "service", "social", "optional", "required",
];

/// How words begin for people and things that are none of ours: what is said of them is not said of a customer or a part.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "employe", "staff", "worker", "driver", "technic", "mechanic", "student", "pupil", "teacher", "patient", "doctor", "guest", "user",
    "applicant", "candidate", "player", "author", "event", "course", "lesson", "target", "budget", "forecast", "goal", "pet", "animal", "book", "movie", "mitarbeiter",
    "personal", "fahrer", "schüler", "benutzer", "salari", "chauffeur", "élève", "utilisat", "emplead", "trabajador", "conductor",
    "alumno", "paciente", "usuari", "funcionári", "funcionari", "motorista", "aluno", "dipendent", "autist", "utent", "studente",
    "medewerker", "werknemer", "chauffeur", "leerling", "gebruiker", "pracownik", "kierowc", "uczeń", "uczen", "użytkownik",
    "anställd", "anstalld", "förare", "elev", "användare", "ansat", "medarbejder", "sjåfør", "bruker", "bruger",
];
/// The same, where the word is no more than this.
const EMPLOYEES: &[&str] = &["emp", "empl", "stu", "usr"];

/// What records are called in headers that are no field of theirs, folded: a table may be called so in any language.
const RECORDS: &[&str] = &[
    "customer",
    "client",
    "supplier",
    "vendor",
    "item",
    "product",
    "part",
    "vehicle",
    "car",
    "jobnumber",
    "job",
    "owner",
    "contactperson",
    "contact",
    "invoicenumber",
    "invoice",
    "payment",
    "paymentnumber",
];

/// Headers without what most of their table begin or end with.
#[derive(Debug, Clone, Default)]
pub struct Stripped {
    /// Per column what is left of its header, where something was taken off.
    pub texts: Vec<Option<String>>,
    /// The words that nearly all headers share, in small letters.
    pub words: Vec<String>,
}

impl Stripped {
    /// Takes off what most headers share.
    pub fn of(headers: &[String]) -> Self {
        let all = headers.iter().filter(|text| !text.trim().is_empty()).count();
        let mut this = Self {
            texts: vec![None; headers.len()],
            words: Vec::new(),
        };
        if all < FEWEST {
            return this;
        }
        for _ in 0..WORDS_BEFORE {
            if !this.take_off(headers, all, End::Front) {
                break;
            }
        }
        this.take_off(headers, all, End::Back);
        this
    }

    fn take_off(&mut self, headers: &[String], all: usize, end: End) -> bool {
        let rest = |index: usize| self.texts.get(index).and_then(Option::as_deref);
        let ends: Vec<Option<String>> = headers
            .iter()
            .enumerate()
            .map(|(index, header)| end.word(rest(index).unwrap_or(header)))
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in ends.iter().flatten() {
            *counts.entry(word).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(word, count)| (*count, *word));
        let Some((word, count)) = most else { return false };
        let share = count as f64 / all as f64;
        if count < FEWEST || share < MOST || is_of_values(word) || is_of_others(word) {
            return false;
        }
        for ((text, header), own) in self.texts.iter_mut().zip(headers).zip(&ends) {
            if own.as_deref() == Some(word) {
                let whole = text.as_deref().unwrap_or(header);
                *text = end.cut(whole, word).or_else(|| text.take());
            }
        }
        if share >= NEARLY_ALL {
            self.words.push(word.to_owned());
        }
        true
    }
}

/// Where a word stands in headers.
#[derive(Clone, Copy)]
enum End {
    Front,
    Back,
}

impl End {
    /// The word there, of a header that has others.
    fn word(self, header: &str) -> Option<String> {
        let mut words = header_words(header);
        if words.len() < 2 {
            return None;
        }
        let word = match self {
            Self::Front => words.swap_remove(0),
            Self::Back => words.pop()?,
        };
        word.chars().any(char::is_alphabetic).then_some(word)
    }

    /// The header without the word.
    fn cut(self, header: &str, word: &str) -> Option<String> {
        let letters = word.chars().count();
        let is_mark = |c: char| !c.is_alphanumeric();
        let rest = match self {
            Self::Front => {
                let text = header.trim_start_matches(is_mark);
                let place = text.char_indices().nth(letters).map(|(place, _)| place)?;
                // What stands in brackets or after a sign belongs to what is left.
                text.get(place..)?.trim_start_matches([' ', '_', '.', '-', ':'])
            }
            Self::Back => {
                let text = header.trim_end_matches(is_mark);
                let place = text.char_indices().nth_back(letters - 1).map(|(place, _)| place)?;
                text.get(..place)?.trim_end_matches(is_mark)
            }
        };
        (!rest.is_empty()).then(|| rest.to_owned())
    }
}

fn is_of_others(word: &str) -> bool {
    EMPLOYEES.contains(&word) || OF_OTHERS.iter().any(|beginning| word.starts_with(beginning))
}

fn is_of_values(word: &str) -> bool {
    if OF_VALUES.contains(&word) {
        return true;
    }
    // Four letters may be anything's beginning.
    word.chars().count() > 4
        && languages::all()
            .filter_map(|language| language.header(word))
            .any(|english| !RECORDS.contains(&english.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[&str], expected: &[&str], words: &[&str]) {
        let headers: Vec<String> = headers.iter().map(|text| (*text).to_owned()).collect();
        let stripped = Stripped::of(&headers);
        let texts = stripped.texts.iter().zip(&headers);
        let texts: Vec<&str> = texts.map(|(text, header)| text.as_deref().unwrap_or(header)).collect();
        assert_eq!(texts, expected);
        assert_eq!(stripped.words, words);
    }

    #[test]
    fn a_word_that_most_headers_begin_with_is_taken_off() {
        check(
            &["lief_id", "lief_name", "lief_plz", "lief_ort", "angelegt"],
            &["id", "name", "plz", "ort", "angelegt"],
            &["lief"],
        );
        check(
            &["tbl_klant_naam", "tbl_klant_plaats", "tbl_klant_id"],
            &["naam", "plaats", "id"],
            &["tbl", "klant"],
        );
        check(
            &["clientNom", "clientVille", "clientEmail"],
            &["Nom", "Ville", "Email"],
            &["client"],
        );
        check(
            &["Truck.Plate", "Truck.VIN", "Truck.Make"],
            &["Plate", "VIN", "Make"],
            &["truck"],
        );
        check(
            &["c_name", "c_phone", "c_email", "c_zip"],
            &["name", "phone", "email", "zip"],
            &["c"],
        );
        check(
            &["PROV_Tél.", "PROV_(fax)", "PROV_#", "PROV_CP"],
            &["Tél.", "(fax)", "PROV_#", "CP"],
            &["prov"],
        );
    }

    #[test]
    fn a_word_that_most_headers_end_with_is_taken_off() {
        check(
            &["naam_klant", "plaats_klant", "tel_klant"],
            &["naam", "plaats", "tel"],
            &["klant"],
        );
        check(
            &["Net EUR", "Gross EUR", "Paid EUR", "Date"],
            &["Net", "Gross", "Paid", "Date"],
            &["eur"],
        );
    }

    #[test]
    fn words_of_a_few_headers_and_those_that_say_what_a_value_is_stay() {
        let same = |headers: &[&str]| check(headers, headers, &[]);
        same(&["Order_Number", "Vehicle_VIN", "Vehicle_Model", "Status", "Notes"]);
        same(&["Date In", "Date Out", "Date Paid"]);
        same(&["Employee Name", "Employee Phone", "Employee Email"]);
        same(&["mitarbeiter_vorname", "mitarbeiter_name", "mitarbeiter_telefon"]);
        same(&["Fecha alta", "Fecha baja", "Fecha pago"]);
        same(&["Phone 1", "Phone 2", "Phone 3"]);
        same(&["Zip", "Name", "Town"]);
        same(&["lief_id", "lief_name"]);
        same(&[]);
    }
}
