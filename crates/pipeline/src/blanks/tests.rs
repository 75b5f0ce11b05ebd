use time::macros::date;

use super::*;
use crate::{Cleaner, TableVotes};

/// A table of columns `header=field`.
fn plan(columns: &[(&str, &str)]) -> TablePlan {
    let column = |(header, field): &(&str, &str)| PlannedColumn::new(header, FieldRef::parse(field), "alias");
    TablePlan {
        columns: columns.iter().map(column).collect(),
        ..TablePlan::default()
    }
}

fn rows(texts: &[&[&str]]) -> Vec<Row> {
    let row = |(number, texts): (u64, &&[&str])| Row {
        number,
        cells: texts.iter().map(|text| Cell::text(*text)).collect(),
    };
    (2..).zip(texts).map(row).collect()
}

fn settled(columns: &[(&str, &str)], rows: &[Row]) -> TablePlan {
    let mut plan = plan(columns);
    let mut votes = TableVotes::of(&plan);
    for row in rows {
        votes.observe(row);
    }
    votes.settle(&mut plan, None);
    plan
}

/// What stands for nothing: `header: text ×cells`, in whatever order the rows stand.
#[track_caller]
fn check(columns: &[(&str, &str)], texts: &[&[&str]], expected: &[&str]) {
    let told = |plan: &TablePlan| -> Vec<String> {
        let header = |blank: &PlannedBlank| plan.columns[blank.column].header.clone();
        let text = |blank: &PlannedBlank| blank.text.clone().unwrap_or_else(|| "all".to_owned());
        let blanks = plan.blanks.iter().flatten();
        blanks
            .map(|blank| format!("{}: {} ×{}", header(blank), text(blank), blank.rows.count))
            .collect()
    };
    assert_eq!(told(&settled(columns, &rows(texts))), expected, "{texts:?}");
    let backwards: Vec<&[&str]> = texts.iter().rev().copied().collect();
    assert_eq!(
        told(&settled(columns, &rows(&backwards))),
        expected,
        "backwards: {texts:?}"
    );
}

const FIRST: (&str, &str) = ("First", "customer.first_name");
const LAST: (&str, &str) = ("Last", "customer.last_name");
const FIRM: (&str, &str) = ("Firm", "customer.company");
const PHONE: (&str, &str) = ("Phone", "customer.phone");
const CODE: (&str, &str) = ("EAN", "product.code");
const NAME: (&str, &str) = ("Name", "product.name");

#[test]
fn null_in_first_and_last_name_is_an_empty_cell() {
    for null in ["null", "NULL", "Null", "None", "undefined", "NaN", "nan"] {
        check(
            &[FIRST, LAST],
            &[&["Ada", "Smith"], &[null, null]],
            &[&format!("First: {null} ×1"), &format!("Last: {null} ×1")],
        );
    }
}

#[test]
fn null_in_several_columns_of_a_table_is_an_empty_cell() {
    check(
        &[FIRST, LAST, PHONE],
        &[&["Ada", "null", "07700 900123"], &["Bob", "Hill", "null"]],
        &["Last: null ×1", "Phone: null ×1"],
    );
    check(
        &[LAST, ("Remarks", "-")],
        &[&["Null", "Null"], &["Hill", "Null"], &["Smith", "x"]],
        &["Last: Null ×1"],
    );
    check(
        &[FIRST, LAST, FIRM],
        &[&["Ada", "Smith", "null"], &["Bob", "null", "Hill Ltd"]],
        &["Last: null ×1", "Firm: null ×1"],
    );
    check(
        &[LAST],
        &[&["null"], &["null"], &["Smith"], &["null"]],
        &["Last: null ×3"],
    );
}

#[test]
fn a_person_called_null_stays() {
    let mut texts: Vec<&[&str]> = vec![&["Ada", "Smith", "", "07700 900123"]; 50];
    texts.push(&["Jenny", "Null", "", "07700 900124"]);
    check(&[FIRST, LAST, FIRM, PHONE], &texts, &[]);
    // Nor does a firm or another column of the same name make it nothing.
    texts.push(&["Jenny", "Null", "Null", "07700 900124"]);
    texts.truncate(52);
    texts.remove(50);
    check(&[FIRST, LAST, FIRM, PHONE], &texts, &[]);
    check(&[LAST, ("Sort", "-")], &[&["Null", "Null"], &["Smith", "Smith"]], &[]);
    check(&[LAST, PHONE], &[&["Null", "null"], &["Smith", "null"]], &[]);
}

#[test]
fn what_programs_alone_write_is_an_empty_cell_anywhere() {
    check(
        &[LAST, PHONE],
        &[&["Smith", "[object Object]"], &["\\N", "07700 900123"]],
        &["Last: \\N ×1", "Phone: [object Object] ×1"],
    );
}

#[test]
fn words_that_repeat_among_codes_are_none() {
    for words in ["No barcode found", "sin código", "kein Barcode"] {
        check(
            &[CODE, NAME],
            &[&["4006381333931", "Clipper"], &[words, "Chair"], &[words, "Mirror"]],
            &[&format!("EAN: {words} ×2")],
        );
    }
    check(
        &[CODE, NAME],
        &[&["not known", "Chair"], &["not known", "Mirror"]],
        &["EAN: not known ×2"],
    );
    check(
        &[("VAT", "customer.vat_number"), LAST],
        &[&["sin NIF", "Smith"], &["sin NIF", "Hill"], &["B12345678", "Reed"]],
        &["VAT: sin NIF ×2"],
    );
}

#[test]
fn words_that_are_codes_stay() {
    // One record in two rows.
    check(
        &[CODE, NAME],
        &[&["OIL FILTER", "Filter"], &["OIL FILTER", "Filter"]],
        &[],
    );
    // Words are codes here.
    check(
        &[CODE, NAME],
        &[
            &["OIL FILTER", "Small"],
            &["OIL FILTER", "Large"],
            &["AIR FILTER", "Round"],
            &["BRAKE PADS", "Front"],
        ],
        &[],
    );
    check(
        &[CODE, NAME],
        &[
            &["OIL FILTER", "Small"],
            &["OIL FILTER", "Large"],
            &["AIR FILTER", "Round"],
            &["AIR FILTER", "Flat"],
        ],
        &[],
    );
    // A word without a blank, and what has digits.
    check(&[CODE, NAME], &[&["MOT", "Small"], &["MOT", "Large"]], &[]);
    check(&[CODE, NAME], &[&["OF 12", "Small"], &["OF 12", "Large"]], &[]);
    // Nothing else says what it is.
    check(
        &[("Number", "invoice.number"), ("Total", "invoice.total_gross")],
        &[&["no number", "12.00"], &["no number", "13.00"]],
        &[],
    );
}

#[test]
fn zeros_beside_several_records_are_no_code() {
    check(
        &[CODE, NAME],
        &[&["0", "Chair"], &["0", "Mirror"], &["0000", "Lamp"], &["17", "Bulb"]],
        &["EAN: 0 ×2"],
    );
    // The customer of the till has it.
    check(
        &[("Number", "customer.external_customer_number"), LAST],
        &[&["0", "Smith"], &["1", "Hill"]],
        &[],
    );
}

#[test]
fn flags_are_no_numbers() {
    let mileage = ("Mileage", "vehicle.mileage");
    let plate = ("Reg", "vehicle.registration");
    check(
        &[plate, mileage],
        &[
            &["AB12 CDE", "true"],
            &["AB13 CDE", "2"],
            &["AB14 CDE", "false"],
            &["AB15 CDE", ""],
        ],
        &["Mileage: all ×3"],
    );
    check(
        &[plate, mileage],
        &[&["AB12 CDE", "true"], &["AB13 CDE", "64210"], &["AB14 CDE", "false"]],
        &[],
    );
    check(&[plate, mileage], &[&["AB12 CDE", "2"], &["AB13 CDE", "7"]], &[]);
}

/// The fields of the first records of the rows, and what is said of the columns.
#[track_caller]
fn check_cleaned(columns: &[(&str, &str)], texts: &[&[&str]], expected: &[&[(&str, &str)]], said: &[&str]) {
    let rows = rows(texts);
    let plan = settled(columns, &rows);
    let cleaner = Cleaner::new(&plan, None, date!(2026 - 11 - 21));
    for (row, expected) in rows.iter().zip(expected) {
        let clean = cleaner.clean(row);
        let codes: Vec<&str> = clean.findings.iter().map(|finding| finding.code.code()).collect();
        assert_eq!(codes, [""; 0], "{row:?}");
        for (name, value) in *expected {
            let found = clean.records[0].get(name).map(ToString::to_string);
            assert_eq!(found.unwrap_or_default(), *value, "{name} of {row:?}");
        }
    }
    let told: Vec<String> = plan.findings().iter().map(ColumnFinding::message).collect();
    assert_eq!(told, said);
}

#[test]
fn a_firm_without_a_person_is_called_by_its_name() {
    check_cleaned(
        &[FIRST, LAST, FIRM],
        &[&["null", "null", "Hill Ltd"], &["Ada", "Smith", "null"]],
        &[
            &[("display_name", "Hill Ltd"), ("first_name", ""), ("last_name", "")],
            &[("display_name", "Ada Smith"), ("company", "")],
        ],
        &[
            "In 1 cell of this column, first in row 2: This is a placeholder, not a value",
            "In 1 cell of this column, first in row 2: This is a placeholder, not a value",
            "In 1 cell of this column, first in row 3: This is a placeholder, not a value",
        ],
    );
}

#[test]
fn products_without_a_code_go_by_their_names() {
    check_cleaned(
        &[CODE, NAME],
        &[
            &["4006381333931", "Clipper"],
            &["No barcode found", "Chair"],
            &["No barcode found", "Mirror"],
        ],
        &[&[("code", "4006381333931")], &[("code", "")], &[("code", "")]],
        &["In 2 cells of this column, first in rows 3 and 4: This is a placeholder, not a value"],
    );
}

#[test]
fn a_column_of_flags_says_nothing_of_the_mileage() {
    check_cleaned(
        &[("Reg", "vehicle.registration"), ("Mileage", "vehicle.mileage")],
        &[&["AB12 CDE", "true"], &["AB13 CDE", "2"], &["AB14 CDE", "true"]],
        &[&[("mileage", "")], &[("mileage", "")], &[("mileage", "")]],
        &["In 3 cells of this column, first in rows 2 and 4: This is not a number"],
    );
}
