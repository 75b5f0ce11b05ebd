//! What is said once of a whole column, and what stands on its rows.

use std::fmt::Write as _;

use torqueflow_pipeline::ColumnFinding;

use crate::support::clean;

/// What is said of columns: header, code and cells; and how often each code stands on a row.
#[track_caller]
fn check(
    header: &str,
    rows: usize,
    line: impl Fn(usize) -> String,
    columns: &[(&str, &str, u64)],
    on_rows: &[(&str, usize)],
) {
    let mut text = format!("{header}\n");
    for index in 0..rows {
        writeln!(text, "{}", line(index)).unwrap();
    }
    let (file, cleaned) = clean(&text);
    assert_eq!(cleaned.len(), rows);
    let table = &file.tables[0];
    let said = |found: &ColumnFinding| {
        let column = &table.plan.columns[found.finding.column.unwrap()];
        (column.header.clone(), found.finding.code.code(), found.cells)
    };
    let said: Vec<_> = table.column_findings.iter().map(said).collect();
    let expected = columns
        .iter()
        .map(|(column, code, cells)| ((*column).to_owned(), *code, *cells));
    assert_eq!(said, expected.collect::<Vec<_>>());
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for code in cleaned.iter().flat_map(crate::support::Cleaned::codes) {
        match counted.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counted.push((code, 1)),
        }
    }
    counted.sort_unstable();
    assert_eq!(counted, on_rows);
}

fn plate(index: usize) -> String {
    let letter = |digit: usize| char::from(b"ABCDEFGHJK"[digit % 10]);
    format!("YD19 {}{}{}", letter(index / 100), letter(index / 10), letter(index))
}

const VEHICLES: &str = "Registration,Make,Model,Engine cc,MOT due";

#[test]
fn litres_in_a_whole_column_and_short_years_are_one_finding_each() {
    let line = |index| {
        format!(
            "{},Ford,Focus,1.{}L,{:02}/03/27",
            plate(index),
            index % 9,
            index % 28 + 1
        )
    };
    let said = [
        ("Engine cc", "number_converted", 300),
        ("MOT due", "date_century_assumed", 300),
    ];
    check(VEHICLES, 300, line, &said, &[]);
}

#[test]
fn a_few_cells_of_many_stand_on_their_rows() {
    let line = |index| {
        let engine = if index < 3 { "1.6L" } else { "1600" };
        format!("{},Ford,Focus,{engine},01/03/2027", plate(index))
    };
    check(VEHICLES, 300, line, &[], &[("number_converted", 3)]);
}

#[test]
fn the_values_of_each_row_are_as_they_are_without_it() {
    let line = |index| format!("{},Ford,Focus,1.6L,01/03/27", plate(index));
    let text = |rows: usize| {
        let lines: Vec<String> = (0..rows).map(line).collect();
        format!("{VEHICLES}\n{}\n", lines.join("\n"))
    };
    let (many, few) = (clean(&text(30)).1, clean(&text(5)).1);
    for (of_many, of_few) in many.iter().zip(&few) {
        assert_eq!(of_many.row.records, of_few.row.records);
        assert_eq!((of_many.codes().len(), of_few.codes().len()), (0, 2));
    }
}

const CUSTOMERS: &str = "Customer ID,First Name,Last Name,Email,Mobile";

#[test]
fn lost_values_stand_on_their_rows_and_placeholders_are_told_text_by_text() {
    let line = |index: usize| {
        let phone = match index {
            0..40 => "00000000000".to_owned(),
            40..100 => format!("ask {index}"),
            _ => format!("07700 900{index}"),
        };
        format!("A-{index},Ann,Ash,ann{index}@ash.example,{phone}")
    };
    let said = [("Mobile", "phone_placeholder", 40)];
    check(CUSTOMERS, 200, line, &said, &[("phone_normalisation_failed", 60)]);
}

#[test]
fn errors_stand_on_their_rows() {
    let line = |index: usize| format!("{:02}/03/24,12.0{},", index % 28 + 1, index % 10);
    let header = "Payment date,Amount,Payment number";
    let said = [("Payment date", "date_century_assumed", 50)];
    check(header, 50, line, &said, &[("record_of_nobody", 50)]);
    let line = |index: usize| format!("{:02}/03/24,,P{index}", index % 28 + 1);
    let said = [("Payment date", "date_century_assumed", 50)];
    check(header, 50, line, &said, &[("required_missing", 50)]);
}
