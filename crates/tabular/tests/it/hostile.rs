use std::io::Cursor;

use proptest::prelude::*;

use torqueflow_model::Row;
use torqueflow_tabular::{OpenOptions, open};

use crate::support::{package, package_of_bytes, read, read_with, xlsx};

/// Opens a workbook that means harm; compares the error's code, or `rows`.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    match read(bytes) {
        Ok(table) => assert_eq!(format!("{} rows", table.rows.len()), expected),
        Err(error) => assert_eq!(error.code(), expected, "{error}"),
    }
}

#[test]
fn long_tokens_are_refused() {
    let long = "x".repeat(5 << 20);
    check(
        &xlsx(&format!("<row r='1'><c r='A1' t='str'><v>{long}</v></c></row>")),
        "limit_exceeded",
    );
    check(
        &xlsx(&format!("<row r='1'><c r='A1' junk='{long}'><v>1</v></c></row>")),
        "limit_exceeded",
    );
    check(
        &xlsx(&format!("<!--{long}--><row r='1'><c r='A1'><v>1</v></c></row>")),
        "1 rows",
    );
}

#[test]
fn bombs_are_refused() {
    check(&xlsx(&"<row/>".repeat(1_100_000)), "malformed_file");
    let strings = format!("<sst>{}</sst>", "<si><t/></si>".repeat(1_200_000));
    let sheet = "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>1</v></c></row></sheetData></worksheet>";
    check(
        &package(&[("xl/sharedStrings.xml", &strings), ("xl/worksheets/sheet1.xml", sheet)]),
        "malformed_file",
    );
    let blank = format!("<worksheet>{}<sheetData/></worksheet>", " ".repeat(3 << 20));
    check(&package(&[("xl/worksheets/sheet1.xml", &blank)]), "0 rows");
}

#[test]
fn places_far_away_cost_nothing() {
    check(
        &xlsx("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
        "2 rows",
    );
    check(
        &xlsx("<row r='1'><c r='ZZZZZZZZZZ99999999999'><v>1</v></c></row>"),
        "1 rows",
    );
    check(&xlsx("<row r='99999999999'><c><v>1</v></c></row>"), "1 rows");
}

#[test]
fn documents_that_are_wrong_are_refused_or_read() {
    let sheet = |content: &str| package(&[("xl/worksheets/sheet1.xml", content)]);
    check(&sheet("<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "malformed_file");
    check(&sheet(&"<a>".repeat(200_000)), "0 rows");
    check(&sheet("<worksheet><sheetData><row><c><v>1"), "malformed_file");
    check(
        &sheet("<worksheet><sheetData><row><c><v>1</v></c></row>"),
        "malformed_file",
    );
    check(&sheet("<worksheet><sheetData><row"), "malformed_file");
    check(&package(&[]), "malformed_file");
    check(&package(&[("xl/workbook.xml", "<workbook/>")]), "no_usable_sheets");
    check(&package(&[("word/document.xml", "<w/>")]), "malformed_file");
}

#[test]
fn only_rows_that_begin_are_rows() {
    check(&xlsx("</row><row r='1'><c><v>1</v></c></row></row>"), "1 rows");
    check(&xlsx("<c><v>1</v></c></row>"), "0 rows");
    check(&xlsx("<row/><c><v>1</v></c></row>"), "0 rows");
}

#[test]
fn bytes_that_are_no_text_are_replaced_with_a_finding() {
    let sheet = b"<worksheet><sheetData><row r='1'><c t='str'><v>Name</v></c></row><row r='2'><c t='str'><v>a\xFFb</v></c></row></sheetData></worksheet>";
    let bytes = package_of_bytes(&[("xl/worksheets/sheet1.xml", sheet)]);
    assert_eq!(read(&bytes).unwrap().rows, ["2: a\u{FFFD}b [encoding_replaced@0]"]);
}

#[test]
fn a_zip_directory_of_many_entries_is_refused_before_it_is_kept() {
    let long = "x".repeat(400);
    let names: Vec<String> = (0..12_000).map(|index| format!("{index}{long}")).collect();
    let mut parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let sheet = b"<worksheet><sheetData><row><c t='str'><v>Name</v></c></row></sheetData></worksheet>";
    parts.push(("xl/worksheets/sheet1.xml", sheet));
    check(&package_of_bytes(&parts), "malformed_file");
    check(&package_of_bytes(&parts[11_000..]), "0 rows");
}

#[test]
fn a_row_tells_of_so_many_things_only() {
    let cells = "<c r='!'/>".repeat(50_000) + &"<c r='B2' t='e'><v>#N/A</v></c>".repeat(50_000);
    let bytes = xlsx(&format!(
        "<row r='1'><c t='str'><v>Name</v></c><c t='str'><v>Age</v></c></row><row r='2'>{cells}</row>"
    ));
    let table = read(&bytes).unwrap();
    assert_eq!(table.rows.len(), 1);
    assert_eq!(table.rows[0].matches('[').count(), 1_000);
}

#[test]
fn what_comes_after_the_last_column_has_no_place() {
    for (last, found) in [("XFD2", 1), ("!", 2)] {
        let cells = format!("<c t='str'><v>Ada</v></c><c r='{last}'/><c t='str'><v>x</v></c>");
        let header = "<row r='1'><c t='str'><v>Name</v></c></row>";
        let table = read(&xlsx(&format!("{header}<row r='2'>{cells}</row>"))).unwrap();
        assert_eq!(table.rows, [format!("2: Ada{}", " [cell_unreadable]".repeat(found))]);
    }
}

#[test]
fn texts_beyond_the_columns_are_told_in_part() {
    let extra = format!(",{}", "z".repeat(1_000)).repeat(12);
    let text = format!("a,b\n{}1,2{extra}\n", "1,2\n".repeat(1_100));
    let mut document = open("a.csv", Box::new(Cursor::new(text)), &OpenOptions::default()).unwrap();
    let mut table = document.read_table(0).unwrap();
    let (mut row, mut findings, mut told) = (Row::default(), Vec::new(), 0);
    while table.next_row(&mut row, &mut findings).unwrap() {
        told += findings.iter().map(|finding| finding.detail.len()).sum::<usize>();
    }
    assert_eq!(told, 10 * 100 + 9 * " | ".len());
}

#[test]
fn far_cells_in_every_row_are_bounded_by_what_the_workbook_may_inflate_to() {
    let rows: Vec<String> = (1..=40)
        .map(|row| format!("<row r='{row}'><c r='XFD{row}'><v>1</v></c></row>"))
        .collect();
    let bytes = xlsx(&rows.concat());
    check(&bytes, "40 rows");
    let mut options = OpenOptions::default();
    options.limits.max_inflated_bytes = 20 * 16_384 * 16;
    let error = read_with(&bytes, 0, &options).unwrap_err();
    assert!(error.message().contains("inflated_bytes"), "{error}");
}

#[test]
fn a_row_of_delimiters_is_refused_before_the_parser_keeps_them() {
    check(
        format!("a,b\n{}\nc,d\n", ",".repeat(5 << 20)).as_bytes(),
        "limit_exceeded",
    );
    check(format!("a,b\n{}\nc,d\n", ",".repeat(1 << 20)).as_bytes(), "1 rows");
}

#[test]
fn quotes_that_are_never_closed_cost_no_more_than_others() {
    let text = format!("Name,Age\n{}", "\"a,1\n".repeat(50_000));
    assert_eq!(
        read(text.as_bytes()).unwrap().rows[49_999],
        "50001: \"a|1 [quote_unclosed]"
    );
}

proptest! {
    #[test]
    fn xml_of_pieces_never_panics(pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        let _ = read(&xlsx(&text));
        let _ = read(&package(&[("xl/sharedStrings.xml", &text), ("xl/worksheets/sheet1.xml", "<sheetData><row><c t='s'><v>0</v></c></row></sheetData>")]));
        let _ = read(&package(&[("xl/styles.xml", &text), ("xl/worksheets/sheet1.xml", "<sheetData><row><c s='0'><v>5</v></c></row></sheetData>")]));
    }

    /// Cells in the usual form are read in another way than all others; a line break in a tag makes them unusual.
    #[test]
    fn usual_and_unusual_cells_are_read_alike(pieces in prop::collection::vec(0..CELLS.len(), 0..30)) {
        let text: String = pieces.into_iter().map(|piece| CELLS[piece]).collect();
        let unusual = text.replace("<c ", "<c\n").replace("<si>", "<si\n>");
        let rows = |sheet: &str| read(&xlsx(&format!("<row>{sheet}</row>"))).map(|table| table.rows);
        prop_assert_eq!(rows(&text).map_err(|error| error.code()), rows(&unusual).map_err(|error| error.code()));
        let strings = |strings: &str| {
            let cells: Vec<String> = (0..30).map(|index| format!("<c t='s'><v>{index}</v></c>")).collect();
            let cells = cells.concat();
            let sheet = format!("<sheetData><row>{cells}</row><row>{cells}</row></sheetData>");
            let bytes = package(&[("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet1.xml", &sheet)]);
            read(&bytes).map(|table| table.rows)
        };
        prop_assert_eq!(strings(&text).map_err(|error| error.code()), strings(&unusual).map_err(|error| error.code()));
    }

    #[test]
    fn changed_bytes_never_panic(changes in prop::collection::vec((0..2000_usize, any::<u8>()), 1..20)) {
        let mut bytes = xlsx("<row r='1'><c r='A1' t='str'><v>Name</v></c></row><row r='2'><c r='A2' s='2'><v>45000</v></c></row>");
        for (index, byte) in changes {
            let index = index % bytes.len();
            bytes[index] = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn number_formats_never_panic(code in "[0#?.,%E+\\-/;:@\"'\\[\\]hmsyd$£<>=1 _*\\\\]{0,20}", value in any::<f64>()) {
        let code = code.replace('&', "").replace('<', "&lt;").replace('"', "&quot;");
        let styles = format!("<numFmts><numFmt numFmtId=\"164\" formatCode=\"{code}\"/></numFmts><cellXfs><xf numFmtId='164'/></cellXfs>");
        let sheet = format!("<sheetData><row><c s='0'><v>{value}</v></c></row></sheetData>");
        let _ = read(&package(&[("xl/styles.xml", &styles), ("xl/worksheets/sheet1.xml", &sheet)]));
    }
}

const CELLS: &[&str] = &[
    r#"<c r="A1"><v>5</v></c>"#,
    r#"<c r="C1" s="1"><v>7.5</v></c>"#,
    r#"<c s="2"><v>45000</v></c>"#,
    r#"<c t="s"><v>0</v></c>"#,
    r#"<c t="s"><v>99</v></c>"#,
    r#"<c r="B2" t="str"><v>a &amp; b</v></c>"#,
    r#"<c t="inlineStr"><is><t xml:space="preserve"> x</t></is></c>"#,
    r#"<c r="A1" s="3"/>"#,
    r#"<c r="XFE1"><v>1</v></c>"#,
    r#"<c r="XFD1"><v>1</v></c>"#,
    r#"<c t="b"><v>1</v></c>"#,
    r#"<c t="e"><v>#N/A</v></c>"#,
    r#"<c r="A1"><f>B1</f><v>5</v></c>"#,
    r#"<c r="A1">"#,
    r#"<col r="A1"><v>3</v></col>"#,
    "<si><t>one</t></si>",
    "<si><t>t_x0041_wo</t></si>",
    "<si><r><t>ri</t></r></si>",
    "<si>",
    "</si>",
    "</c>",
    "</row><row>",
    "<row r=\"7\">",
    "<v>",
    "</v>",
    "<t>",
    "</t>",
    "<rPh>",
    "</rPh>",
    "text",
    "\r\n",
    "</sheetData>",
];

const PIECES: &[&str] = &[
    "<row>",
    "</row>",
    "<row r='2'>",
    "<c>",
    "</c>",
    "<c r='B2' t='s'>",
    "<c t='inlineStr'>",
    "<v>",
    "</v>",
    "1",
    "x",
    "<is>",
    "</is>",
    "<t>",
    "</t>",
    "<rPh>",
    "</rPh>",
    "<si>",
    "</si>",
    "<si/>",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<",
    ">",
    "'",
    "\"",
    "<cellXfs>",
    "</cellXfs>",
    "<xf numFmtId='14'/>",
    "_xD83D_",
    "_x0000_",
    "<numFmt numFmtId='14' formatCode='0;0;0;0;0'/>",
    "</sheetData>",
    "<sheetData>",
    "é",
];
