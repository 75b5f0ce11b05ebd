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
        let column = found
            .finding
            .column
            .map(|column| table.plan.columns[column].header.clone());
        (column.unwrap_or_default(), found.finding.code.code(), found.cells)
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
fn litres_in_half_of_a_column_and_short_years_are_one_finding_each() {
    let line = |index: usize| {
        let engine = if index.is_multiple_of(2) { "1.6 litre" } else { "1600" };
        format!("{},Ford,Focus,{engine},{:02}/03/27", plate(index), index % 28 + 1)
    };
    let said = [
        ("Engine cc", "number_converted", 150),
        ("MOT due", "date_century_assumed", 300),
    ];
    check(VEHICLES, 300, line, &said, &[]);
}

#[test]
fn a_few_cells_of_many_stand_on_their_rows() {
    let line = |index| {
        let engine = if index < 3 { "1.6 litre" } else { "1600" };
        format!("{},Ford,Focus,{engine},01/03/2027", plate(index))
    };
    check(VEHICLES, 300, line, &[], &[("number_converted", 3)]);
}

#[test]
fn the_values_of_each_row_are_as_they_are_without_it() {
    let line = |index| format!("{},Ford,Focus,1600,01/03/27", plate(index));
    let text = |rows: usize| {
        let lines: Vec<String> = (0..rows).map(line).collect();
        format!("{VEHICLES}\n{}\n", lines.join("\n"))
    };
    let (many, few) = (clean(&text(30)).1, clean(&text(5)).1);
    for (of_many, of_few) in many.iter().zip(&few) {
        assert_eq!(of_many.row.records, of_few.row.records);
        assert_eq!((of_many.codes().len(), of_few.codes().len()), (0, 1));
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
    let line = |index: usize| format!("{:02}/03/24,12.0{},P{index}", index % 28 + 1, index % 10);
    let header = "Payment date,Amount,Payment number";
    let said = [("Payment date", "date_century_assumed", 50)];
    check(header, 50, line, &said, &[]);
    let line = |index: usize| {
        let amount = if index == 0 { "12.00" } else { "" };
        format!("{:02}/03/24,{amount},P{index}", index % 28 + 1)
    };
    let said = [("Payment date", "date_century_assumed", 50)];
    check(header, 50, line, &said, &[("required_missing", 49)]);
}

#[test]
fn what_all_rows_lack_is_said_of_the_table_and_what_a_few_lack_of_their_rows() {
    let line = |index: usize| format!("{:02}/03/2024,12.0{},", index % 28 + 1, index % 10);
    let header = "Payment date,Amount,Payment number";
    check(header, 50, line, &[("", "record_of_nobody", 50)], &[]);
    let line = |index: usize| {
        let number = if index < 3 { String::new() } else { format!("P{index}") };
        format!("{:02}/03/2024,12.0{},{number}", index % 28 + 1, index % 10)
    };
    check(header, 50, line, &[], &[("record_of_nobody", 3)]);
}

#[test]
fn numbers_of_a_column_that_is_not_british_are_kept_as_given_and_said_once() {
    // Colombian mobiles: one in five would be British with a zero in front.
    let line = |index: usize| {
        let number = if index.is_multiple_of(5) {
            format!("30078846{index:02}")
        } else {
            format!("31447357{index:02}")
        };
        format!("A-{index},Ann,Ash,ann{index}@ash.example,{number}")
    };
    check(CUSTOMERS, 40, line, &[("Mobile", "phone_country_unknown", 40)], &[]);
    // A British list that lost its zeros, in which a tenth is mistyped.
    let line = |index: usize| {
        let number = if index.is_multiple_of(10) {
            format!("98765432{index:02}")
        } else {
            format!("77009001{index:02}")
        };
        format!("A-{index},Ann,Ash,ann{index}@ash.example,{number}")
    };
    let said = [("Mobile", "phone_repaired", 36)];
    check(CUSTOMERS, 40, line, &said, &[("phone_normalisation_failed", 4)]);
}

#[test]
fn numbers_of_suppliers_are_from_where_their_column_or_their_row_is() {
    let phone = |text: &str| -> Vec<Option<String>> {
        let rows = clean(text).1;
        let phones = rows
            .iter()
            .map(|row| row.text(torqueflow_model::EntityKind::Supplier, "phone"));
        phones.map(|phone| phone.map(str::to_owned)).collect()
    };
    let header = "Supplier Code,Supplier Name,Phone";
    let abroad = "S1,Sun Tools,088-494 951\nS2,Sun Oils,088-473 522\nS3,Moon Hardware,012-395 6662/1\n\
        S4,Moon Paints,016-810 5563\nS5,Star Tyres,082-456 789\n";
    assert_eq!(phone(&format!("{header}\n{abroad}")), vec![None; 5]);
    let known = phone(&format!("{header}\n{abroad}S6,Star Glass,+60 12-345 6789\n"));
    assert_eq!(known[2].as_deref(), Some("+60123956662"));
    let named = phone(&format!(
        "{header},Country\nS1,Sun Tools,11 5263 8672,Argentina\nS2,Hill Tools,01632 960001,GB\n"
    ));
    assert_eq!(
        named,
        [Some("+541152638672".to_owned()), Some("+441632960001".to_owned())]
    );
}

#[test]
fn the_country_of_a_row_is_known_by_the_name_of_its_column_in_other_languages_too() {
    let text = "Pais,Localidad,Email,Tel,Full Name\nArgentina,Salta,ana@ruiz.example,1152638672,Ana Lowe\n\
        Argentina,Salta,eva@ruiz.example,11 7091 1001,Eva Hill\n";
    let rows = clean(text).1;
    let number = |row: &crate::support::Cleaned| {
        let of = |field| {
            row.text(torqueflow_model::EntityKind::Customer, field)
                .map(str::to_owned)
        };
        of("phone").or_else(|| of("landline")).unwrap()
    };
    let numbers: Vec<String> = rows.iter().map(number).collect();
    assert_eq!(numbers, ["+541152638672", "+541170911001"]);
}
