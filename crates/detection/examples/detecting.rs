//! Measures milliseconds per table: `cargo run --release -p torqueflow-detection --example detecting`.
//!
//! What detecting costs beside reading a table: once per program for the sources, and once per table of sixty columns, in which
//! half of the headers are ours. The least of several runs is told, and for what is done once that one run.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use torqueflow_detection::{Detector, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

/// Rows that detection is given of a table.
const ROWS: u64 = 1000;
const RUNS: usize = 15;

/// Headers that are known: of customers with vehicles.
const KNOWN: [&str; 30] = [
    "Customer No",
    "Title",
    "First Name",
    "Last Name",
    "Company",
    "Mobile",
    "Phone",
    "Email",
    "Address 1",
    "Address 2",
    "Town",
    "County",
    "Postcode",
    "Country",
    "Reg No",
    "Make",
    "Model",
    "Year",
    "VIN",
    "Mileage",
    "MOT Due",
    "Service Due",
    "Colour",
    "Fuel",
    "Engine CC",
    "Gearbox",
    "Balance",
    "No SMS",
    "Notes",
    "Created",
];
/// The same in German.
const GERMAN: [&str; 30] = [
    "Kundennummer",
    "Anrede",
    "Vorname",
    "Nachname",
    "Firma",
    "Mobil",
    "Telefon",
    "E-Mail",
    "Straße",
    "Adresszusatz",
    "Ort",
    "Bundesland",
    "PLZ",
    "Land",
    "Kennzeichen",
    "Hersteller",
    "Modell",
    "Baujahr",
    "Fahrgestellnummer",
    "Kilometerstand",
    "Nächste HU",
    "Nächster Service",
    "Farbe",
    "Kraftstoff",
    "Hubraum",
    "Getriebe",
    "Saldo",
    "Keine SMS",
    "Bemerkung",
    "Angelegt am",
];
/// Headers that mean nothing to us, some of them mistyped.
const UNKNOWN: [&str; 30] = [
    "Loyalty Points",
    "Kundenstufe",
    "Regstration",
    "Custmer Name",
    "Tyre Depth NSF",
    "Tyre Depth OSF",
    "Key Tag",
    "Wiper Size",
    "Last Visit Bay",
    "Courtesy Car",
    "Referal Source",
    "Marketing Consent Text",
    "Radio Code",
    "Alarm Fitted",
    "Locking Nut",
    "Battery Type",
    "Valet Grade",
    "Insurer",
    "Policy Ref Internal",
    "Fleet Band",
    "Credit Terms Days",
    "Nickname of Car",
    "Warranty Provider",
    "Last Advisor",
    "Sync Flag",
    "Export Batch",
    "Row Version",
    "Legacy Pointer",
    "Segment",
    "Field 30",
];

fn main() {
    let start = Instant::now();
    let detector = Detector::new(built_in_sources());
    told("sources, once per program", milliseconds(start));
    for (name, known) in [("English", KNOWN), ("German", GERMAN)] {
        let columns: Vec<String> = known
            .iter()
            .chain(&UNKNOWN)
            .map(|header| (*header).to_owned())
            .collect();
        let rows: Vec<Row> = (0..ROWS).map(row).collect();
        let around = Surroundings {
            file_name: "export of everything 2024.csv".to_owned(),
            ..Surroundings::default()
        };
        let mut least = f64::INFINITY;
        for run in 0..RUNS {
            let start = Instant::now();
            black_box(detector.detect_in(&columns, &rows, &around));
            let took = milliseconds(start);
            if run == 0 {
                told(&format!("{name}, the first"), took);
            }
            least = least.min(took);
        }
        told(&format!("{name}, 60 columns"), least);
    }
}

/// The values of a row; those of unknown columns are words, numbers and flags.
fn row(number: u64) -> Row {
    let known = [
        format!("C{number:05}"),
        ["Mr", "Mrs", "Ms", "Dr"]
            .into_iter()
            .cycle()
            .nth(number as usize % 4)
            .unwrap_or_default()
            .to_owned(),
        format!("Ada{number}"),
        format!("Smith{}", number % 90),
        String::new(),
        format!("07911 {:06}", number * 7919 % 1_000_000),
        format!("0113 496 {:04}", number % 10_000),
        format!("ada{number}@smith.example"),
        format!("{} Mill Lane", number % 200),
        String::new(),
        "Leeds".to_owned(),
        "West Yorkshire".to_owned(),
        format!("LS{} 3AA", number % 30),
        "United Kingdom".to_owned(),
        format!("AB{:02} CDE", 2 + number % 40),
        "Ford".to_owned(),
        "Focus".to_owned(),
        format!("{}", 2000 + number % 24),
        format!("WVWZZZ1KZ6W{number:06}"),
        format!("{},{:03}", number % 90, number % 1000),
        format!("{:02}/{:02}/2026", 1 + number % 28, 1 + number % 12),
        format!("{:02}/{:02}/2027", 1 + number % 28, 1 + number % 12),
        "Red".to_owned(),
        "Petrol".to_owned(),
        "1598".to_owned(),
        "Manual".to_owned(),
        format!("{}.{:02}", number % 900, number % 100),
        (if number.is_multiple_of(3) { "Yes" } else { "No" }).to_owned(),
        format!("Called on day {number}"),
        format!("2024-03-{:02} 10:00:00", 1 + number % 28),
    ];
    let unknown = (0..UNKNOWN.len()).map(|column| match column % 4 {
        0 => format!("{}", number * column as u64 % 97),
        1 => format!("word{} of many", number % 13),
        2 => (if number.is_multiple_of(2) { "true" } else { "false" }).to_owned(),
        _ => format!("X{}-{}", column, number % 300),
    });
    Row {
        number: number + 2,
        cells: known.into_iter().chain(unknown).map(Cell::text).collect(),
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn told(what: &str, took: f64) {
    let _ = writeln!(std::io::stdout(), "{what}: {took:.2} ms");
}
