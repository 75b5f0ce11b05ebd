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
