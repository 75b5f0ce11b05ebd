//! Several tables in one text, and rows that are no records.

use torqueflow_model::RowClass;

use crate::support::clean;

#[test]
fn tables_below_each_other_are_recognised_and_cleaned_each_as_what_it_is() {
    let (file, rows) = clean(
        "## Customers\nCustomer Number,Name,Email,Mobile\nC1,Ann Ash,ann@ash.example,07700 900123\n\
        C2,Bert Birch,bert@birch.example,07700 900124\n\n## Vehicles\nRegistration,Customer Number,Make,Model\n\
        YD19 AAA,C1,Ford,Focus\nYD19 BBB,C2,Kia,Rio\n",
    );
    let tables: Vec<_> = file
        .tables
        .iter()
        .map(|table| {
            (
                table.index,
                table.sheet_index,
                table.ordinal,
                table.first_row,
                table.row_count,
            )
        })
        .collect();
    assert_eq!(tables, [(0, 0, 1, 2, 2), (1 << 20, 0, 2, 7, 2)]);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row.table_type.as_str(), row.row.number))
        .collect();
    assert_eq!(
        shown,
        [
            ("generic.customers", 3),
            ("generic.customers", 4),
            ("generic.vehicles", 8),
            ("generic.vehicles", 9)
        ]
    );
}

#[test]
fn each_class_that_is_left_out_is_said_once() {
    let (file, rows) = clean(
        "Account Ref,Name,Telephone,Balance\nA01,Ann Ash,0113 496 0101,10.00\nPage 1 of 2,,,\nAccount Ref,Name,Telephone,Balance\n\
        ,,,\nB02,Bert Birch,0113 496 0102,5.50\nPage 2 of 2,,,\n,Total,,15.50\n",
    );
    assert_eq!(rows.iter().map(|row| row.row.number).collect::<Vec<_>>(), [2, 6]);
    let messages: Vec<String> = file.tables[0]
        .findings
        .iter()
        .map(|finding| finding.message().into_owned())
        .collect();
    assert_eq!(
        messages,
        [
            "The header is repeated and was left out: row 4",
            "Totals are no records and were left out: row 8",
            "Lines of a report are no records and were left out: rows 3 and 7",
        ]
    );
    let left_out = &file.tables[0].left_out;
    assert_eq!((left_out.total(), left_out.count(RowClass::Blank)), (5, 1));
}

/// Cleans lines below a header, between rows that show what the columns are, and compares which are empty records.
#[track_caller]
fn check_empty(header: &str, known: &str, lines: &[&str], expected: &[u64]) {
    let text = format!("{header}\n{known}\n{}\n{known}\n", lines.join("\n"));
    let (file, rows) = clean(&text);
    let left_out = &file.tables[0].left_out;
    let numbers = left_out.iter().find(|(class, _)| *class == RowClass::EmptyRecord);
    let numbers = numbers.map(|(_, rows)| rows.first.clone()).unwrap_or_default();
    assert_eq!(numbers, expected, "{:?} {left_out:?}", file.tables[0].plan);
    assert_eq!(left_out.total(), expected.len() as u64, "{left_out:?}");
    assert_eq!(rows.len() as u64, file.tables[0].row_count);
    assert_eq!(rows.len() + expected.len(), lines.len() + 2);
}

#[test]
fn a_record_that_is_blank_but_for_its_link_is_left_out() {
    let notes = "Job Number,Date,Author,Note";
    let note = "J-1,01/05/2024,Sam,Brakes approved";
    check_empty(
        notes,
        note,
        &["J-2,,,", "J-2,02/05/2024,Sam,", "J-2,02/05/2024,,"],
        &[3, 4, 5],
    );
    let parts = "Job Number,Part Number,Description,Quantity,Unit Price";
    check_empty(parts, "J-1,OF-1,Oil filter,1,9.99", &["J-2,,,,"], &[3]);
    let vehicles = "Registration,Customer Number,Make,Model";
    check_empty(vehicles, "YD19 AAA,C-1,Ford,Focus", &[",C-1,,"], &[3]);
}

#[test]
fn a_record_that_says_anything_else_or_lacks_its_link_is_none_of_those() {
    let notes = "Job Number,Date,Author,Note";
    let note = "J-1,01/05/2024,Sam,Brakes approved";
    check_empty(notes, note, &["J-2,,,x", ",02/05/2024,Sam,", ",,,Called back"], &[]);
    let parts = "Job Number,Part Number,Description,Quantity,Unit Price";
    check_empty(
        parts,
        "J-1,OF-1,Oil filter,1,9.99",
        &["J-2,OF-1,,,", ",OF-1,,,", "J-2,,,2,"],
        &[],
    );
    let vehicles = "Registration,Customer Number,Make,Model";
    check_empty(vehicles, "YD19 AAA,C-1,Ford,Focus", &[",C-1,Ford,", "YD19 BBB,,,"], &[]);
    check_empty(
        "Customer Number,Name,Email",
        "C-1,Ann Ash,ann@ash.example",
        &["C-2,,"],
        &[],
    );
}
