use std::io::Cursor;

use torqueflow_model::Row;
use torqueflow_tabular::{Format, Note, OpenOptions, Visibility, open};

use crate::support::{kinds, package, read, xlsx};

/// Puts one cell below a header and compares `text / kind / findings`, in both kinds of quotes.
#[track_caller]
fn check(cell: &str, expected: &str, kind: &str) {
    check_one(cell, expected, kind);
    check_one(&cell.replace('\'', "\""), expected, kind);
}

#[track_caller]
fn check_one(cell: &str, expected: &str, kind: &str) {
    let bytes = xlsx(&format!(
        "<row r='1'><c r='A1' t='inlineStr'><is><t>Name</t></is></c></row><row r='2'>{cell}</row>"
    ));
    let table = read(&bytes).unwrap();
    let shown = table.rows.first().map_or("", String::as_str);
    assert_eq!(shown, format!("2: {expected}"), "{cell}");
    let mut document = open("test.xlsx", Box::new(Cursor::new(&bytes)), &OpenOptions::default()).unwrap();
    let mut reader = document.read_table(0).unwrap();
    let mut row = Row::default();
    reader.next_row(&mut row, &mut Vec::new()).unwrap();
    assert_eq!(kinds(&row), kind, "{cell}");
}

#[test]
fn numbers_show_what_a_person_sees() {
    check("<c r='A2'><v>1234</v></c>", "1234", "n");
    check("<c r='A2'><v>7911123456.0</v></c>", "7911123456", "n");
    check("<c r='A2'><v>4.47911123456E11</v></c>", "447911123456", "n");
    check("<c r='A2'><v>0.30000000000000004</v></c>", "0.3", "n");
    check("<c r='A2' s='1'><v>7911123456</v></c>", "07911123456", "n");
    check("<c r='A2' s='4'><v>1234.5</v></c>", "£1,234.50", "n");
    check("<c r='A2' s='5'><v>0.125</v></c>", "12.50%", "n");
    check("<c r='A2' s='99'><v>1</v></c>", "1", "n");
    check("<c r='A2'><v> 5 </v></c>", "5", "n");
    check("<c r='A2'><v>1,5</v></c>", "1,5", "t");
    check("<c r='A2'><v>1E+400</v></c>", "1E+400", "t");
}

#[test]
fn dates_are_typed_and_iso() {
    check("<c r='A2' s='2'><v>45000</v></c>", "2023-03-15", "d");
    check("<c r='A2' s='3'><v>45000.75</v></c>", "2023-03-15T18:00:00", "D");
    check("<c r='A2' s='6'><v>0.409722222222</v></c>", "09:50:00", "T");
    check("<c r='A2' s='7'><v>1.5</v></c>", "36:00:00", "n");
    check("<c r='A2' s='2'><v>60</v></c>", "1900-02-29", "t");
    check("<c r='A2' s='2'><v>-5</v></c>", "-5 [cell_unreadable@0]", "n");
    check("<c r='A2' s='2'><v>1E300</v></c>", "1E+300 [cell_unreadable@0]", "n");
    check(
        "<c r='A2' t='d'><v>2021-03-04T00:00:00</v></c>",
        "2021-03-04T00:00:00",
        "D",
    );
    check(
        "<c r='A2' s='2' t='d'><v>2021-03-04T00:00:00</v></c>",
        "2021-03-04",
        "d",
    );
}

#[test]
fn texts_come_from_everywhere() {
    check("<c r='A2' t='s'><v>0</v></c>", "zero", "t");
    check("<c r='A2' t='s'><v>1</v></c>", "rich", "t");
    check("<c r='A2' t='s'><v>2</v></c>", " a\rb & c ", "t");
    check("<c r='A2' t='str'><f>A1&amp;B1</f><v>cached</v></c>", "cached", "t");
    check(
        "<c r='A2' t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r></is></c>",
        "ab",
        "t",
    );
    check(
        "<c r='A2' t='inlineStr'><is><t><![CDATA[<b>]]></t></is></c>",
        "<b>",
        "t",
    );
    check(
        "<c r='A2' t='inlineStr'><is><t>a_x0000_b</t></is></c>",
        "a\u{FFFD}b [text_nul_replaced@0]",
        "t",
    );
    check(
        "<c r='A2' t='e'><v>#N/A\0</v></c>",
        "#N/A\u{FFFD} [cell_error@0] [text_nul_replaced@0]",
        "e",
    );
    check(
        "<c r='A2' t='inlineStr'><is><r><t>a </t></r><r><t xml:space='preserve'> b</t></r></is></c>",
        "a b",
        "t",
    );
    check("<x:c r='A2' t='s'><x:v>0</x:v></x:c>", "zero", "t");
}

#[test]
fn what_can_not_be_read_is_a_finding() {
    check("<c r='A2' t='e'><v>#N/A</v></c>", "#N/A [cell_error@0]", "e");
    check("<c r='A2' t='e'><v>#SPILL!</v></c>", "#SPILL! [cell_error@0]", "e");
    check(
        "<c r='A2' t='s'><v>4</v></c><c r='B2'><v>1</v></c>",
        "|1 [cell_unreadable@0]",
        "_n",
    );
    check("<c r='A2' t='s'><v>-1</v></c>", " [cell_unreadable@0]", "");
    check("<c r='A2' t='zz'><v>7</v></c>", "7 [cell_unreadable@0]", "t");
    check("<c r='A2' t='b'><v>2</v></c>", "2 [cell_unreadable@0]", "t");
    check("<c r='A2' t='b'><v>1</v></c>", "TRUE", "b");
    check(
        "<c r='XFE2'><v>1</v></c><c r='A2'><v>2</v></c>",
        "2 [cell_unreadable]",
        "n",
    );
}

#[test]
fn cells_and_rows_may_have_no_place_of_their_own() {
    let bytes = xlsx(
        "<row><c t='inlineStr'><is><t>Name</t></is></c><c t='inlineStr'><is><t>Age</t></is></c></row>\
         <row><c t='s'><v>0</v></c><c><v>36</v></c></row><row/><row><c r='b4'><v>7</v></c></row>",
    );
    assert_eq!(read(&bytes).unwrap().rows, ["2: zero|36", "4: |7"]);
}

#[test]
fn rows_keep_their_numbers_and_blank_ones_are_left_out() {
    let bytes = xlsx(
        "<row r='3'><c r='A3' t='inlineStr'><is><t>Customers</t></is></c></row>\
         <row r='5'><c r='A5' t='inlineStr'><is><t>Name</t></is></c><c r='B5' t='inlineStr'><is><t>Age</t></is></c>\
         <c r='C5' t='inlineStr'><is><t>City</t></is></c></row>\
         <row r='9'><c r='A9' t='s'><v>0</v></c><c r='B9'><v>36</v></c><c r='C9' t='s'><v>1</v></c></row>\
         <row r='20'><c r='A20' s='1'/></row>\
         <row r='21'><c r='A21' t='s'><v>0</v></c><c r='B21'><v>37</v></c><c r='C21' t='s'><v>1</v></c></row>",
    );
    let table = read(&bytes).unwrap();
    assert_eq!((table.head.header_row, table.head.title_lines), (Some(5), 4));
    assert_eq!(table.head.titles, ["Customers"]);
    assert_eq!(table.rows, ["9: zero|36|rich", "21: zero|37|rich"]);
}

#[test]
fn the_1904_system_is_honoured() {
    let bytes = package(&[
        (
            "xl/workbook.xml",
            "<workbook><workbookPr date1904='1'/><sheets><sheet name='A' sheetId='1' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>Due</v></c></row>\
             <row r='2'><c r='A2' s='2'><v>45000</v></c></row></sheetData></worksheet>",
        ),
    ]);
    let table = read(&bytes).unwrap();
    assert_eq!(table.rows, ["2: 2027-03-16"]);
    assert!(table.head.date1904);
}

#[test]
fn sheets_are_listed_with_what_a_person_sees_of_them() {
    let sheets = "<workbook><sheets><sheet name='A &amp; B' r:id='r1'/><sheet name='C' state='hidden' r:id='r1'/>\
        <sheet name='D' state='veryHidden' r:id='r1'/><sheet name='Chart' r:id='r2'/></sheets></workbook>";
    let bytes = package(&[
        ("xl/workbook.xml", sheets),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
    ]);
    let mut document = open("a.csv", Box::new(Cursor::new(&bytes)), &OpenOptions::default()).unwrap();
    let tables: Vec<_> = document
        .tables()
        .iter()
        .map(|table| (table.name.clone().unwrap(), table.visible))
        .collect();
    let expected = [
        ("A & B", Visibility::Visible),
        ("C", Visibility::Hidden),
        ("D", Visibility::VeryHidden),
    ];
    assert_eq!(tables, expected.map(|(name, visible)| (name.to_owned(), visible)));
    assert_eq!(document.format(), Format::Xlsx);
    assert_eq!(document.notes().first().map(Note::code), Some("name_differs"));
    let head = document.read_table(0).unwrap().head().clone();
    assert!(head.is_empty && head.columns.is_empty());
    assert!(document.read_table(3).is_err());
}

#[test]
fn documents_go_from_thread_to_thread() {
    fn check<T: Send>() {}
    check::<torqueflow_tabular::Document<'_>>();
    check::<torqueflow_tabular::TableReader<'_>>();
}
