//! Several tables in one text, and rows that are no records.

use torqueflow_model::{EntityKind, RowClass};

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

/// Cleans a text; compares the rows that are records, those of them that fail, the classes that were left out, and what is said
/// of the table as a whole.
#[track_caller]
fn check_bare(text: &str, records: &[u64], failing: &[u64], left_out: &[(RowClass, u64)], said: &str) {
    let (file, rows) = clean(text);
    let table = &file.tables[0];
    let numbers: Vec<u64> = rows.iter().map(|row| row.row.number).collect();
    assert_eq!(numbers, records, "{:?}", table.notes);
    let failed = rows.iter().filter(|row| row.row.has_error());
    assert_eq!(failed.map(|row| row.row.number).collect::<Vec<_>>(), failing);
    assert_eq!(table.left_out.counts(), left_out.iter().copied().collect());
    let found = table
        .column_findings
        .iter()
        .map(torqueflow_pipeline::ColumnFinding::message);
    let all: Vec<String> = table.notes.iter().cloned().chain(found).collect();
    assert!(said.is_empty() || all.iter().any(|line| line.contains(said)), "{all:?}");
}

#[test]
fn an_address_of_nobody_fails_as_a_customer_without_a_name_does() {
    check_bare(
        "Straat,Plaats,Postcode,Telefoonnummer,Naam\nAbelenlaan 5,Kieldrecht,9130,0496 55 51 03,Jan Peeters\nBrugstraat,Vrasene,9120,,\n\
         Molenweg 8,Vrasene,9120,0496 55 51 04,\nKerkweg 2,Vrasene,9120,,Els Maes\n",
        &[2, 3, 4, 5],
        &[3, 4],
        &[],
        "",
    );
}

#[test]
fn rows_that_say_that_they_are_no_customers_are_left_out() {
    let list = |flags: [&str; 4]| {
        let [one, two, three, four] = flags;
        format!(
            "id,name,email,customer\np1,Ann Ash,ann@ash.example,{one}\np2,Bert Birch,bert@birch.example,{two}\n\
             p3,Cora Cole,cora@cole.example,{three}\np4,Dora Dogwood,dora@dogwood.example,{four}\n"
        )
    };
    let all = &[2, 3, 4, 5];
    check_bare(&list(["1", "0", "1", "0"]), all, &[3, 5], &[], "");
    check_bare(&list(["True", "False", "True", ""]), all, &[3], &[], "");
    check_bare(&list(["ja", "nein", "ja", "ja"]), all, &[3], &[], "");
    check_bare(&list(["1", "1", "1", "1"]), all, &[], &[], "");
    check_bare(&list(["x", "", "x", ""]), all, &[], &[], "");
    let (file, rows) = clean(&list(["1", "0", "1", "0"]));
    assert_eq!(rows[1].codes(), ["other_kind_of_row"]);
    let warnings = &file.tables[0].detection.warnings;
    assert!(
        !warnings
            .iter()
            .any(|warning| warning.code == "values_contradict_header"),
        "{warnings:?}"
    );
}

#[test]
fn a_longer_list_beside_the_table_is_left_out() {
    check_bare(
        "Product Code,Product Name,Stock,,Bay,Remark\nF1,Oil filter,2,,B1,full\nF2,Air filter,3,,B2,half\nF3,Wiper,4,,B3,empty\n\
         ,,,,B4,half\n,,,,B5,full\n,,,,B6,full\n",
        &[2, 3, 4],
        &[],
        &[(RowClass::EmptyRecord, 3)],
        "The rows from 5 on fill only columns of another list beside this one (`Bay`, `Remark`)",
    );
}

#[test]
fn rows_that_go_on_with_the_record_above_are_left_out() {
    check_bare(
        "Handle,Product Name,Product Code,Retail Price,Image\noil,Oil filter,F1,9.50,a.jpg\noil,,,,b.jpg\noil,,,,c.jpg\n\
         air,Air filter,F2,8.50,d.jpg\nair,,,,e.jpg\nwip,Wiper,F3,7.50,f.jpg\nwip,,,,g.jpg\n",
        &[2, 5, 7],
        &[],
        &[(RowClass::EmptyRecord, 4)],
        "",
    );
}

#[test]
fn rows_whose_columns_were_not_understood_fail() {
    check_bare(
        "Rufname,Customer Name,Email,Notes\nAnn,,,\nBert,Bert Birch,bert@birch.example,x\nCora,,,\nDan,,,\n",
        &[2, 3, 4, 5],
        &[2, 4, 5],
        &[],
        "",
    );
}

#[test]
fn further_lines_of_invoices_are_told_once() {
    let text = "Invoice Number,Invoice Date,Customer Name,Total,Item Name\nI1,13/02/2024,Ann Ash,90.00,Oil\nI1,13/02/2024,Ann Ash,90.00,Filter\n\
                I2,14/02/2024,Bert Birch,20.00,Bulb\nI2,14/02/2024,Bert Birch,20.00,Fuse\n";
    let (file, _) = clean(text);
    assert_eq!(file.tables[0].plan.type_id.as_deref(), Some("generic.invoices"));
    let found = &file.tables[0].column_findings;
    assert_eq!(
        found
            .iter()
            .map(torqueflow_pipeline::ColumnFinding::message)
            .collect::<Vec<_>>(),
        [
            "In 2 rows of this table, first in rows 3 and 5: The row is a further line of a document above, and what it says of an item was not imported"
        ]
    );
}

#[test]
fn rows_of_other_customers_are_no_further_lines() {
    let mut text = "Invoice Number,Invoice Date,Customer ID,Item Name\n20240812P,12/08/2024,1,Oil\n20240812P,12/08/2024,2,Filter\n"
        .to_owned();
    for day in 13..=28 {
        text.extend([format!("202408{day}P,{day}/08/2024,{day},Fuse\n")]);
    }
    let (file, _) = clean(&text);
    assert_eq!(file.tables[0].plan.type_id.as_deref(), Some("generic.invoices"));
    assert_eq!(file.tables[0].plan.further_lines.count, 0, "{:?}", file.tables[0].notes);
    assert_eq!(file.tables[0].column_findings, []);
}

#[test]
fn credit_notes_are_no_invoices_and_take_no_number_from_one() {
    let text = "Doc Type,Invoice Number,Invoice Date,Total\nFA,20,13/02/2024,90.00\nNC,21,13/02/2024,-12.50\nFA,21,14/03/2024,20.00\n\
                CCR,22,14/02/2024,-9.00\nFA,23,15/02/2024,30.00\nFA,24,15/02/2024,31.00\n";
    let (file, rows) = clean(text);
    let shown: Vec<(u64, Option<&str>, Vec<&str>)> = rows
        .iter()
        .map(|row| (row.row.number, row.text(EntityKind::Invoice, "number"), row.codes()))
        .collect();
    let other = || vec!["other_kind_of_row"];
    assert_eq!(
        shown,
        [
            (2, Some("20"), vec![]),
            (3, None, other()),
            (4, Some("21"), vec![]),
            (5, None, other()),
            (6, Some("23"), vec![]),
            (7, Some("24"), vec![]),
        ]
    );
    assert_eq!(file.tables[0].plan.further_lines.count, 0, "{:?}", file.tables[0].notes);
}
