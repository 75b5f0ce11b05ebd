use proptest::prelude::*;
use torqueflow_tabular::{Limits, OpenOptions};

use crate::support::{read, read_with};

/// Opens text and compares `delimiter / columns / rows`.
#[track_caller]
fn check(text: impl AsRef<[u8]>, delimiter: char, columns: &str, rows: &[&str]) {
    let table = read(text.as_ref()).unwrap();
    assert_eq!(table.head.delimiter, Some(delimiter), "{:?}", table.head.evidence);
    assert_eq!(table.head.columns.join("|"), columns, "{:?}", table.head.evidence);
    assert_eq!(table.rows, rows);
}

#[test]
fn a_decimal_comma_is_no_delimiter() {
    check(
        "Customers\n\nName;Town;Price\nAda;Ulm;1,50\nBob;Kiel;2,75\n",
        ';',
        "Name|Town|Price",
        &["4: Ada|Ulm|1,50", "5: Bob|Kiel|2,75"],
    );
    check("A,B\n1,5\n2,7\n", ',', "A|B", &["2: 1|5", "3: 2|7"]);
}

#[test]
fn an_apostrophe_that_marks_a_text_is_no_quote() {
    check(
        "Customer ID,First Name,Last Name,Phone,Country\n'7064765567160,Ana,Lowe,'+56961234567,CL\n\
         '7064765567161,Eva,Hill,'+56961234568,CL\n",
        ',',
        "Customer ID|First Name|Last Name|Phone|Country",
        &[
            "2: '7064765567160|Ana|Lowe|'+56961234567|CL",
            "3: '7064765567161|Eva|Hill|'+56961234568|CL",
        ],
    );
    check(
        "Name,Phone,Zip,Note\nAna Lowe,'+447700900456,'01307,x\nEva Hill,'+447700900457,'01308,y\n",
        ',',
        "Name|Phone|Zip|Note",
        &[
            "2: Ana Lowe|'+447700900456|'01307|x",
            "3: Eva Hill|'+447700900457|'01308|y",
        ],
    );
    // Where fields end with it as well, it is one.
    check(
        "'ID','Name','Town'\n'1','Hill, Ada','Otley'\n'2','Lowe, Ben','Leeds'\n",
        ',',
        "ID|Name|Town",
        &["2: 1|Hill, Ada|Otley", "3: 2|Lowe, Ben|Leeds"],
    );
}

#[test]
fn the_usual_delimiters_are_told() {
    check(
        "Name,Phone\nAda,1\nBob,2\n",
        ',',
        "Name|Phone",
        &["2: Ada|1", "3: Bob|2"],
    );
    check(
        "Name;Price\nAda;1,50\nBob;2,75\n",
        ';',
        "Name|Price",
        &["2: Ada|1,50", "3: Bob|2,75"],
    );
    check(
        "Name\tPhone\nAda\t1\nBob\t2\n",
        '\t',
        "Name|Phone",
        &["2: Ada|1", "3: Bob|2"],
    );
    check(
        "Name|Phone\nAda|1\nBob|2\n",
        '|',
        "Name|Phone",
        &["2: Ada|1", "3: Bob|2"],
    );
    check("sep=;\nName;A,B\nAda;1,2\n", ';', "Name|A,B", &["3: Ada|1,2"]);
}

#[test]
fn lines_that_are_quoted_as_a_whole_are_unquoted() {
    check(
        "\"Number,Name,Town\"\r\n\"12,Ada Lowe,Otley\"\r\n\"13,\"\"Hill, Son & Co\"\",Leeds\"\r\n",
        ',',
        "Number|Name|Town",
        &["2: 12|Ada Lowe|Otley", "3: 13|Hill, Son & Co|Leeds"],
    );
    check(
        "\u{FEFF}\"Number;Price\"\n\"12;1,50\"\n\n\"13;2,75\"",
        ';',
        "Number|Price",
        &["2: 12|1,50", "4: 13|2,75"],
    );
    let table = read(b"\"Number,Name\"\n\"12,Ada\"\n").unwrap();
    let told = "Each line is quoted as a whole, so the quotes around the lines were taken off.";
    assert!(table.head.evidence.iter().any(|why| why == told));
}

#[test]
fn one_quoted_column_stays_one() {
    check(
        "\"Name\"\n\"Hill, Ada\"\n\"Lowe, Ben\"\n",
        ',',
        "Name",
        &["2: Hill, Ada", "3: Lowe, Ben"],
    );
}

#[test]
fn every_line_end_is_one() {
    check(
        "Name,Phone\r\nAda,1\r\nBob,2\r\n",
        ',',
        "Name|Phone",
        &["2: Ada|1", "3: Bob|2"],
    );
    check("Name,Phone\rAda,1\rBob,2", ',', "Name|Phone", &["2: Ada|1", "3: Bob|2"]);
    check(
        "Name,Phone\n\nAda,1\n\n\nBob,2",
        ',',
        "Name|Phone",
        &["3: Ada|1", "6: Bob|2"],
    );
}

#[test]
fn quoted_fields_hold_anything() {
    check(
        "Name,Note\n\"Ada, Countess\",\"two\r\nlines\"\n\"say \"\"hi\"\"\",x\n",
        ',',
        "Name|Note",
        &["2: Ada, Countess|two\nlines", "4: say \"hi\"|x"],
    );
    check(
        "Name, Note\n\"Ada\", \"a, b\"\n\"Bob\", \"c, d\"\n",
        ',',
        "Name|Note",
        &["2: Ada|a, b", "3: Bob|c, d"],
    );
    check(
        "Name,Note\n\"Ada\",\"5\\\" nail\"\n\"Bob\",\"6\\\" nail\"\n",
        ',',
        "Name|Note",
        &["2: Ada|5\" nail", "3: Bob|6\" nail"],
    );
}

#[test]
fn an_unclosed_quote_damages_one_field() {
    check(
        "Name,Note,Id\nAda,\"open,1\nBob,\"closed\",2\nCy,plain,3\n",
        ',',
        "Name|Note|Id",
        &["2: Ada|\"open|1 [quote_unclosed]", "3: Bob|closed|2", "4: Cy|plain|3"],
    );
    check(
        "Name,Note,Id\nAda,\"open,1\nBob,plain,2\n",
        ',',
        "Name|Note|Id",
        &["2: Ada|\"open|1 [quote_unclosed]", "3: Bob|plain|2"],
    );
}

#[test]
fn titles_and_footers_are_left_out() {
    let text = "Customers of May\nprinted 1 June\n\nName,Phone,City\nAda,1,York\nBob,2,Bath\n3 records\n";
    let table = read(text.as_bytes()).unwrap();
    assert_eq!((table.head.header_row, table.head.title_lines), (Some(4), 3));
    assert_eq!(table.head.titles, ["Customers of May", "printed 1 June"]);
    assert_eq!(table.rows, ["5: Ada|1|York", "6: Bob|2|Bath"]);
    assert_eq!(table.left_out, ["7 total"]);
}

#[test]
fn a_person_called_total_with_a_number_is_a_record() {
    let table = read(b"Name,Phone,City\nAda,1,York\nTotal,9,\nBob,2,Bath\n").unwrap();
    assert_eq!(table.rows, ["2: Ada|1|York", "3: Total|9|", "4: Bob|2|Bath"]);
}

#[test]
fn a_table_without_header_has_unnamed_columns() {
    let table = read(b"1,Ada,2024-01-01\n2,Bob,2024-01-02\n3,Cy,2024-01-03\n").unwrap();
    assert_eq!(
        (table.head.header_row, table.head.columns.len(), table.rows.len()),
        (None, 3, 3)
    );
    assert!(table.head.columns.iter().all(String::is_empty));
}

#[test]
fn odd_headers_are_kept() {
    check("\u{FEFF}Name,,Name \nAda,1,2\n", ',', "Name||Name", &["2: Ada|1|2"]);
    check("\"First\nName\",Age\nAda,36\n", ',', "First Name|Age", &["3: Ada|36"]);
}

#[test]
fn ragged_rows_are_kept_and_long_ones_cut() {
    check(
        "A,B,C\n1,2\n1,2,3,\n1,2,3,4\n",
        ',',
        "A|B|C",
        &["2: 1|2", "3: 1|2|3", "4: 1|2|3 [row_too_long]"],
    );
}

#[test]
fn columns_without_names_count_where_rows_often_fill_them() {
    check(
        "A,B\n1,2,3,\n1,2,,\n1,2,5,\n",
        ',',
        "A|B|",
        &["2: 1|2|3", "3: 1|2|", "4: 1|2|5"],
    );
    // Rows that are as common have no more columns than the header.
    check("A,B\n1,2,3\n1,2\n", ',', "A|B", &["2: 1|2 [row_too_long]", "3: 1|2"]);
    // One row in twenty-one is not often.
    let text = format!("A,B\n{}1,2,3,4\n", "1,2,,\n".repeat(20));
    assert_eq!(read(text.as_bytes()).unwrap().head.columns, ["A", "B"]);
}

#[track_caller]
fn check_encoding(bytes: &[u8], encoding: &str, row: &str) {
    let table = read(bytes).unwrap();
    assert_eq!(table.head.encoding, Some(encoding));
    assert_eq!(table.rows, [row]);
}

#[test]
fn encodings_are_told_from_the_bytes() {
    let utf16 = |bytes: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    check_encoding("Name,City\nZoë,Köln\n".as_bytes(), "utf-8", "2: Zoë|Köln");
    check_encoding(
        b"Name,City\nZo\xEB,\xA3\x93K\xF6ln\x94\n",
        "windows-1252",
        "2: Zoë|£“Köln”",
    );
    check_encoding(
        &utf16(u16::to_le_bytes, "\u{FEFF}Name,City\nZoë,漢字\n"),
        "utf-16le",
        "2: Zoë|漢字",
    );
    check_encoding(
        &utf16(u16::to_be_bytes, "\u{FEFF}Name,City\nZoë,漢字\n"),
        "utf-16be",
        "2: Zoë|漢字",
    );
    check_encoding(
        &utf16(u16::to_le_bytes, "Name,City\nZoë,Bath\n"),
        "utf-16le",
        "2: Zoë|Bath",
    );
    let mut mostly = "Name,City\n".to_owned().into_bytes();
    mostly.extend_from_slice("é".repeat(100).as_bytes());
    mostly.extend_from_slice(b",\xFF\n");
    check_encoding(
        &mostly,
        "utf-8",
        &format!("2: {}|\u{FFFD} [encoding_replaced@1]", "é".repeat(100)),
    );
}

#[test]
fn the_encoding_is_told_from_the_end_of_the_file_too() {
    let mut bytes = b"Name,City\n".to_vec();
    for _ in 0..50_000 {
        bytes.extend_from_slice(b"Ada,Bath\n");
    }
    bytes.extend_from_slice(b"Zo\xEB,Bath\n");
    let table = read(&bytes).unwrap();
    assert_eq!(table.head.encoding, Some("windows-1252"));
    assert_eq!(table.rows.last().map(String::as_str), Some("50002: Zoë|Bath"));
}

#[test]
fn nul_is_replaced_with_a_finding() {
    check(
        "Name,City\nA\0da,Bath\n",
        ',',
        "Name|City",
        &["2: A\u{FFFD}da|Bath [text_nul_replaced@0]"],
    );
}

#[test]
fn long_cells_are_cut_with_a_finding() {
    let mut options = OpenOptions::default();
    options.limits.max_cell_chars = 5;
    let table = read_with(
        b"Name,City\n\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9,Bath\n",
        0,
        &options,
    )
    .unwrap();
    assert_eq!(table.rows, ["2: ééééé|Bath [cell_truncated@0]"]);
}

#[test]
fn a_field_of_300_kilobytes_is_read() {
    let long = "x".repeat(300_000);
    let table = read(format!("Name,Note\nAda,\"{long}\"\nBob,y\n").as_bytes()).unwrap();
    assert_eq!(table.rows.len(), 2);
    assert!(table.rows[0].ends_with(&long));
}

#[test]
fn a_line_without_end_is_refused() {
    let mut options = OpenOptions::default();
    options.limits.max_row_bytes = 100_000;
    let error = read_with("x".repeat(1_000_000).as_bytes(), 0, &options).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
}

#[test]
fn what_is_no_table_is_refused_by_name() {
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<!DOCTYPE html><html><table></table></html>", "not_a_table"),
        (
            b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
            "unsupported_format",
        ),
        (b"{\"a\": 1}", "not_a_table"),
        (b"\x89PNG\r\n\x1A\n", "not_a_table"),
        (
            &[1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8],
            "not_a_table",
        ),
        (b"PK\x03\x04", "malformed_file"),
    ] {
        let error = read(bytes).unwrap_err();
        assert_eq!(error.code(), code, "{bytes:?}");
        assert!(error.message().ends_with('.'));
    }
}

#[test]
fn a_lone_header_is_an_empty_table() {
    let table = read(b"Name,Phone,City\n").unwrap();
    assert!(table.head.is_empty);
    assert_eq!(table.head.columns, ["Name", "Phone", "City"]);
}

#[test]
fn limits_are_named_in_the_error() {
    let mut options = OpenOptions {
        limits: Limits::default(),
        ..OpenOptions::default()
    };
    options.limits.max_rows = 2;
    let error = read_with(b"A,B\n1,2\n3,4\n5,6\n7,8\n", 0, &options).unwrap_err();
    assert!(error.message().contains("the number of rows"), "{}", error.message());
}

proptest! {
    #[test]
    fn junk_never_panics(junk in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&junk);
    }

    #[test]
    fn texts_of_signs_never_panic(text in "[ab1\",;|\t\r\n'\\\\ \u{0}é]{0,200}") {
        let _ = read(text.as_bytes());
    }

    /// Whatever stands in the fields, rows that are written as RFC 4180 says come back.
    #[test]
    fn written_rows_come_back(fields in prop::collection::vec("[a-z\",\n ]{0,12}", 3..30)) {
        let mut text = "Customer Name,Phone,City\n1 x,2 x,3 x\n".to_owned();
        for row in fields.chunks_exact(3) {
            let quoted: Vec<String> = row.iter().map(|field| format!("\"z{}\"", field.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let table = read(text.as_bytes()).unwrap();
        prop_assert_eq!(table.rows.len(), fields.len() / 3 + 1);
        for (row, written) in table.rows.iter().skip(1).zip(fields.chunks_exact(3)) {
            let (_, cells) = row.split_once(": ").unwrap();
            prop_assert_eq!(cells, format!("z{}|z{}|z{}", written[0], written[1], written[2]));
        }
    }
}
