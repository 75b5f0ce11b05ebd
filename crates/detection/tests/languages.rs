//! Header rows in other languages than English, and words of theirs in English tables.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use torqueflow_detection::{Detection, Detector, built_in_sources};
use torqueflow_model::{Cell, Row, fold_accents};

mod support;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// One header row: its type, and the field of each header.
struct Case {
    name: &'static str,
    type_id: &'static str,
    columns: Vec<(&'static str, Option<&'static str>)>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("languages.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut cases = Vec::new();
    while let (Some(expected), Some(headers)) = (lines.next(), lines.next()) {
        let (name, type_id) = expected.split_once(": ").unwrap_or((expected, ""));
        let column = |text: &'static str| {
            let (header, field) = text.rsplit_once('=').unwrap_or((text, "-"));
            (header, (field != "-").then_some(field))
        };
        cases.push(Case {
            name,
            type_id,
            columns: headers.split('|').map(column).collect(),
        });
    }
    cases
}

/// Three values such as a field has on the Continent.
fn values(field: Option<&str>) -> [&'static str; 3] {
    let Some((_, name)) = field.and_then(|field| field.split_once('.')) else {
        return ["x7", "y8", "z9"];
    };
    match name {
        "email" => ["ada@werk.example", "bo@werk.example", "eva@werk.example"],
        "phone" | "landline" => ["0176 1234567", "0176 2345678", "0176 3456789"],
        "postal_code" => ["50667", "75008", "1012 LG"],
        "opened_at"
        | "completed_at"
        | "issued_on"
        | "due_on"
        | "paid_on"
        | "sent_on"
        | "first_registered_on"
        | "mot_due_on" => ["13.05.2023", "14.06.2023", "15.07.2023"],
        "registration" => ["M-AB 1234", "K-CD 567", "HH-EF 89"],
        "vin" => ["WVWZZZ1KZ6W612305", "WVWZZZ1KZ6W612306", "WVWZZZ1KZ6W612307"],
        "first_name" => ["Ada", "Bo", "Eva"],
        "last_name" => ["Lund", "Meier", "Rossi"],
        "display_name" | "contact_name" => ["Ada Lund", "Bo Meier", "Eva Rossi"],
        "company" => ["Lund GmbH", "Meier KG", "Rossi Srl"],
        "company_or_person" => ["Empresa", "Particular", "Empresa"],
        "total_net" | "total_vat" | "total_gross" | "amount" | "cost_price" | "retail_price" | "unit_price" => {
            ["12,50", "1.250,00", "7,95"]
        }
        "mileage" => ["64210", "8210", "120400"],
        "stock_level" | "quantity" => ["12", "3", "7"],
        "vat_rate" => ["19", "7", "20"],
        "engine_cc" => ["1968", "1598", "998"],
        "country_code" => ["DE", "FR", "NL"],
        "title" => ["Herr", "Frau", "Mme"],
        "model_year" => ["2016", "2018", "2020"],
        _ => ["a11", "b22", "c33"],
    }
}

fn rows(columns: &[(&str, Option<&str>)]) -> Vec<Row> {
    let of_columns = |row: usize| {
        columns
            .iter()
            .filter_map(move |(_, field)| values(*field).get(row).copied())
    };
    (0..3)
        .map(|row| Row {
            number: row as u64 + 2,
            cells: of_columns(row).map(Cell::text).collect(),
        })
        .collect()
}

/// What is wrong about a detection: its type, a wrong column, too few that are right.
fn faults(case: &Case, columns: &[(&str, Option<&str>)], detection: &Detection) -> Vec<String> {
    let mut faults = Vec::new();
    let type_id = detection.table_type.as_ref().map(|found| found.type_id.as_str());
    if type_id != Some(case.type_id) {
        faults.push(format!("type {type_id:?}"));
    }
    let mut found = 0;
    let mut lost = Vec::new();
    for ((header, expected), column) in columns.iter().zip(&detection.columns) {
        let field = column.field.map(|field| field.to_string());
        match (&field, expected) {
            (Some(field), Some(expected)) if field == expected => found += 1,
            (Some(field), _) => faults.push(format!("{header} is {field}")),
            (None, Some(_)) => lost.push(*header),
            (None, None) => {}
        }
    }
    let mappable = columns.iter().filter(|(_, field)| field.is_some()).count();
    if found * 5 < mappable * 4 {
        faults.push(format!("{found} of {mappable}, without {lost:?}"));
    }
    faults
}

/// Detects every case as `change` makes its headers, with values and without, and tells all that is wrong.
#[track_caller]
fn check_all(change: impl Fn(&str) -> String, order: impl Fn(&mut Vec<(&'static str, Option<&'static str>)>)) {
    let mut all = Vec::new();
    for case in cases() {
        let mut columns = case.columns.clone();
        order(&mut columns);
        let headers: Vec<String> = columns.iter().map(|(header, _)| change(header)).collect();
        for samples in [Vec::new(), rows(&columns)] {
            let detection = DETECTOR.detect(&headers, &samples);
            let faults = faults(&case, &columns, &detection);
            if !faults.is_empty() {
                all.push(format!("{} ({} rows): {}", case.name, samples.len(), faults.join("; ")));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn tables_in_ten_languages_are_what_their_columns_say() {
    check_all(str::to_owned, |_| ());
}

#[test]
fn order_case_and_accents_make_no_difference() {
    check_all(str::to_uppercase, |columns| columns.reverse());
    check_all(
        |header| fold_accents(header).to_lowercase(),
        |columns| columns.rotate_left(2),
    );
    check_all(|header| format!(" {header}\u{a0}"), |columns| columns.sort_unstable());
}

#[test]
fn a_slip_of_the_keyboard_is_forgiven_and_a_hint_is_a_hint() {
    let check = |headers: &[&str], column: usize, field: &str| {
        let columns: Vec<String> = headers.iter().map(|text| (*text).to_owned()).collect();
        let detection = DETECTOR.detect(&columns, &[]);
        let found = detection.columns[column].field.map(|field| field.to_string());
        assert_eq!(found.as_deref(), Some(field), "{headers:?}");
    };
    check(
        &["Kundenummer", "Vorname", "Nachname", "PLZ"],
        0,
        "customer.external_customer_number",
    );
    check(
        &["Kennzeichen", "Marke", "Modell", "Laufleistung (in km)"],
        3,
        "vehicle.mileage",
    );
    check(
        &["Référence", "Désignation", "Stock", "Prix d'achat (€)"],
        3,
        "product.cost_price",
    );
    check(
        &["Imatriculation", "Marque", "Modèle", "Kilométrage"],
        0,
        "vehicle.registration",
    );
}

#[test]
fn the_language_is_told() {
    let columns = ["Kundennummer", "Vorname", "Nachname"].map(str::to_owned);
    let detection = DETECTOR.detect(&columns, &[]);
    assert!(
        detection.evidence.contains(&"the headers are German".to_owned()),
        "{:?}",
        detection.evidence
    );
}

#[test]
fn other_tables_in_other_languages_stay_unrecognised() {
    for headers in [
        "Titre|Auteur|ISBN|Éditeur|Année|Prix",
        "Fecha|Concepto|Importe|Saldo",
        "Data|Temperatura|Umidità|Vento",
        "Nazwa|Ludność|Powierzchnia",
        "Gebruikersnaam|Rol|Laatste login",
        "Nom|Population|Latitude|Longitude",
    ] {
        let columns: Vec<String> = headers.split('|').map(str::to_owned).collect();
        let detection = DETECTOR.detect(&columns, &[]);
        assert_eq!(detection.table_type, None, "{headers}: {:?}", detection.evidence);
    }
}

/// The fields of English headers, with words of other languages among them or not.
fn fields(columns: &[String]) -> BTreeMap<String, Option<String>> {
    let detection = DETECTOR.detect(columns, &[]);
    let field = |field: torqueflow_model::FieldRef| field.to_string();
    detection
        .columns
        .into_iter()
        .map(|column| (column.header, column.field.map(field)))
        .collect()
}

#[test]
fn english_tables_are_read_as_english() {
    let english = [include_str!("known_headers.txt"), include_str!("other_headers.txt")];
    for case in english.iter().flat_map(|text| support::cases(text)) {
        if case.name == "german" {
            continue;
        }
        let detection = DETECTOR.detect(&case.columns, &support::samples(&case.columns));
        let language = detection
            .evidence
            .iter()
            .find(|line| line.starts_with("the headers are "));
        let foreign = language.filter(|line| !line.contains("template"));
        assert_eq!(foreign, None, "{}: {:?} of {:?}", case.name, case.entities, case.source);
    }
}

#[test]
fn a_foreign_word_or_two_in_an_english_table_change_no_other_column() {
    let columns = [
        "Customer No",
        "First Name",
        "Last Name",
        "Email",
        "Mobile",
        "Postcode",
        "Town",
    ]
    .map(str::to_owned);
    let before = fields(&columns);
    for words in [
        ["Data", "Nota"],
        ["Nom", "Prix"],
        ["Art", "Ort"],
        ["By", "Sum"],
        ["Data", "Tel"],
    ] {
        let mut with_words = columns.to_vec();
        with_words.extend(words.map(str::to_owned));
        let after = fields(&with_words);
        for (header, field) in &before {
            assert_eq!(after.get(header), Some(field), "{header} with {words:?}");
        }
    }
}
