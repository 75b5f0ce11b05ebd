//! Rows that belong to the row above.

use std::collections::BTreeMap;

use torqueflow_model::EntityKind::{Customer, Vehicle};
use torqueflow_pipeline::OwnerRule;

use crate::support::{Cleaned, clean};

/// Cleans a text and compares whose each vehicle is: `AB12CDE: Ann Ash`, and `?` where a finding says that nobody knows.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let (file, rows) = clean(text);
    let shown: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let plate = row.text(Vehicle, "registration")?;
            let unclear = row.codes().contains(&"owner_unclear");
            let owner = row.text(Customer, "display_name").or(row.text(Customer, "company"));
            assert_eq!(unclear, owner.is_none(), "{plate}: {:?}", row.codes());
            Some(format!("{plate}: {}", owner.unwrap_or("?")))
        })
        .collect();
    assert_eq!(
        shown,
        expected,
        "{:?}",
        file.tables.iter().map(|table| &table.plan).collect::<Vec<_>>()
    );
}

const HEADER: &str = "Customer Name,Phone,Email,Registration,Make,Model";

#[test]
fn a_vehicle_below_its_customers_first_row_is_the_customers() {
    check(
        &format!(
            "{HEADER}\nAnn Ash,07700 900123,ann@ash.example,AB12 CDE,Ford,Focus\n,,,AB13 CDE,Ford,Fiesta\n,,,AB14 CDE,Kia,Rio\n\
            Bert Birch,07700 900124,,AK60 XYZ,Audi,A3\n,,,AK61 XYZ,Audi,A4\n"
        ),
        &[
            "AB12CDE: Ann Ash",
            "AB13CDE: Ann Ash",
            "AB14CDE: Ann Ash",
            "AK60XYZ: Bert Birch",
            "AK61XYZ: Bert Birch",
        ],
    );
}

#[test]
fn vehicles_in_rows_of_their_own_belong_to_the_customer_above() {
    let rows = "Ann Ash,07700 900123,ann@ash.example,,,\n,,,AB12 CDE,Ford,Focus\n,,,AB13 CDE,Ford,Fiesta\n\
        Bert Birch,07700 900124,,,,\n,,,AK60 XYZ,Audi,A3\n";
    let expected = ["AB12CDE: Ann Ash", "AB13CDE: Ann Ash", "AK60XYZ: Bert Birch"];
    check(&format!("{HEADER}\n{rows}"), &expected);
    let typed: Vec<String> = rows
        .lines()
        .map(|line| format!("{},{line}", if line.starts_with(',') { "V" } else { "C" }))
        .collect();
    check(&format!("Type,{HEADER}\n{}\n", typed.join("\n")), &expected);
}

#[test]
fn a_vehicle_above_every_customer_has_no_owner_and_says_so() {
    check(
        &format!("{HEADER}\n,,,AB11 CDE,Ford,Ka\nAnn Ash,07700 900123,,AB12 CDE,Ford,Focus\n,,,AB13 CDE,Ford,Fiesta\n"),
        &["AB11CDE: ?", "AB12CDE: Ann Ash", "AB13CDE: Ann Ash"],
    );
}

#[test]
fn where_customers_are_said_again_a_blank_one_is_nobody() {
    check(
        &format!(
            "{HEADER}\nAnn Ash,07700 900123,,AB12 CDE,Ford,Focus\nAnn Ash,07700 900123,,AB13 CDE,Ford,Fiesta\n,,,AB14 CDE,Kia,Rio\n\
            Bert Birch,07700 900124,,AK60 XYZ,Audi,A3\nAnn Ash,07700 900123,,AB15 CDE,Ford,Ka\n"
        ),
        &[
            "AB12CDE: Ann Ash",
            "AB13CDE: Ann Ash",
            "AB14CDE: ?",
            "AK60XYZ: Bert Birch",
            "AB15CDE: Ann Ash",
        ],
    );
}

#[test]
fn one_blank_among_many_proves_nothing() {
    let line = |number: u8| {
        let letter = char::from(b'A' + number % 26);
        let customer = match number {
            60 => ",".to_owned(),
            _ => format!("Ann {letter}Ash,07700 900{number:03}"),
        };
        format!("{customer},,AB12 C{letter}{},Ford,Ka", char::from(b'A' + number / 26))
    };
    let lines: Vec<String> = (0..120).map(line).collect();
    let text = format!("{HEADER}\n{}\n", lines.join("\n"));
    let (file, rows) = clean(&text);
    assert_eq!(file.tables[0].plan.owners, OwnerRule::Unclear);
    let unclear: Vec<u64> = rows
        .iter()
        .filter(|row| row.codes().contains(&"owner_unclear"))
        .map(|row| row.row.number)
        .collect();
    assert_eq!(unclear, [62]);
}

#[test]
fn customers_without_a_vehicle_need_no_word() {
    let (_, rows) = clean(&format!(
        "{HEADER}\nAnn Ash,07700 900123,,AB12 CDE,Ford,Focus\nBert Birch,07700 900124,,,,\n"
    ));
    assert!(rows.iter().all(|row| row.codes().is_empty()), "{:?}", rows[1].codes());
}

#[test]
fn an_owner_is_one_record_in_all_its_rows_even_with_nothing_but_a_name() {
    let more: Vec<String> = (b'A'..=b'J')
        .map(|letter| format!(",,,AB15 CD{},Kia,Rio", char::from(letter)))
        .collect();
    let more = more.join("\n");
    let (_, rows) = clean(&format!(
        "{HEADER}\nAnn Ash,,,AB12 CDE,Ford,Focus\n,,,AB13 CDE,Ford,Fiesta\nBert Birch,,,AB14 CDE,Kia,Rio\n{more}\n\
        Ann Ash,,,AB16 CDE,Seat,Leon\n,,,AB17 CDE,Seat,Leon\n"
    ));
    let mut vehicles: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for row in &rows {
        let customer = row.id(Customer).unwrap_or_default();
        vehicles.entry(customer).or_default().push(row.row.number);
    }
    let mut groups: Vec<Vec<u64>> = vehicles.into_values().collect();
    groups.sort_unstable();
    assert_eq!(groups, [vec![2, 3], (4..=14).collect(), vec![15, 16]]);
}

#[test]
fn what_is_wrong_with_an_owner_is_said_in_its_own_row_only() {
    let (_, rows) = clean(&format!(
        "{HEADER}\nAnn Ash,07700 900123,no address,AB12 CDE,Ford,Focus\n,,,AB13 CDE,Ford,Fiesta\nBert Birch,07700 900124,,AB14 CDE,Kia,Rio\n"
    ));
    let codes: Vec<_> = rows.iter().map(Cleaned::codes).collect();
    assert_eq!(codes, [vec!["email_invalid"], vec![], vec![]]);
}
