//! What a worksheet says beyond its cells: what is merged, hidden, or was never calculated, and headers of two rows.

use std::fmt::Write as _;

use torqueflow_tabular::{OpenError, OpenOptions};

use crate::support::{Table, package, read, read_all, read_with};

/// A worksheet of these lines, from row 1, with cells between bars; what stands before and behind its rows.
struct Sheet<'s> {
    before: &'s str,
    lines: &'s [&'s str],
    behind: &'s str,
}

/// A cell: `=x` is a formula with the result `x`, `=` one without.
fn cell(text: &str, row: usize, column: usize) -> String {
    let place = format!("r='{}{row}'", char::from(b'A' + column as u8));
    match (text, text.strip_prefix('=')) {
        ("", _) => String::new(),
        (_, Some("")) => format!("<c {place}><f>Z9</f><v/></c>"),
        (_, Some(result)) => format!("<c {place} t='str'><f>Z9</f><v>{result}</v></c>"),
        _ => format!("<c {place} t='str'><v>{text}</v></c>"),
    }
}

impl Sheet<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut rows = String::new();
        for (row, line) in (1..).zip(self.lines) {
            let (attributes, line) = match line.strip_prefix('~') {
                Some(line) => (" hidden='1'", line),
                None => ("", *line),
            };
            let cells: String = line
                .split('|')
                .enumerate()
                .map(|(column, text)| cell(text.trim(), row, column))
                .collect();
            write!(rows, "<row r='{row}'{attributes}>{cells}</row>").unwrap();
        }
        let Self { before, behind, .. } = self;
        let sheet = format!("<worksheet>{before}<sheetData>{rows}</sheetData>{behind}</worksheet>");
        package(&[("xl/worksheets/sheet1.xml", &sheet)])
    }

    fn read(&self) -> Table {
        read(&self.bytes()).unwrap()
    }
}

fn merged(lines: &[&str], regions: &[&str]) -> Table {
    let mut cells = String::new();
    for region in regions {
        write!(cells, "<mergeCell ref='{region}'/>").unwrap();
    }
    let behind = format!("<mergeCells>{cells}</mergeCells>");
    let sheet = Sheet {
        before: "",
        lines,
        behind: &behind,
    };
    sheet.read()
}

/// Compares the rows below the header `Customer|Phone|Registration` in row 1.
#[track_caller]
fn check_merged(lines: &[&str], regions: &[&str], expected: &[&str]) {
    let lines = [&["Customer|Phone|Registration"], lines].concat();
    let table = merged(&lines, regions);
    assert_eq!(table.head.header_row, Some(1));
    assert_eq!(table.rows, expected, "{regions:?}");
}

#[test]
fn a_value_merged_over_rows_is_given_to_each_of_them() {
    check_merged(
        &[
            "Ada Lowe|0113|AB12 CDE",
            "||AB12 CDF",
            "||AB12 CDG",
            "Ben Hill|0114|AB12 CDH",
        ],
        &["A2:A4", "B2:B4"],
        &[
            "2: Ada Lowe|0113|AB12 CDE",
            "3: Ada Lowe|0113|AB12 CDF [merged_cell_filled@0] [merged_cell_filled@1]",
            "4: Ada Lowe|0113|AB12 CDG",
            "5: Ben Hill|0114|AB12 CDH",
        ],
    );
    check_merged(
        &["Ada Lowe||AB12 CDE", "||AB12 CDF", "Ben Hill||AB12 CDG", "||AB12 CDH"],
        &["A4:A5", "A2:B3"],
        &[
            "2: Ada Lowe||AB12 CDE",
            "3: Ada Lowe||AB12 CDF [merged_cell_filled@0]",
            "4: Ben Hill||AB12 CDG",
            "5: Ben Hill||AB12 CDH",
        ],
    );
}

#[test]
fn what_was_given_to_rows_is_told_at_the_end() {
    let lines = ["Customer|Registration", "Ada Lowe|AB12 CDE", "|AB12 CDF", "|AB12 CDG"];
    let table = merged(&lines, &["A2:A4"]);
    assert_eq!(
        table.notes,
        ["2 cells were given the value that they are merged with, in: Customer."]
    );
}

#[test]
fn rows_that_only_continue_the_layout_stay_blank() {
    check_merged(
        &["Ada Lowe|0113|AB12 CDE", "||", "Ben Hill|0114|AB12 CDH", ""],
        &["A2:A3", "B2:B3", "C2:C3", "A4:A5", "B4:B5", "C4:C5"],
        &["2: Ada Lowe|0113|AB12 CDE", "4: Ben Hill|0114|AB12 CDH"],
    );
}

#[test]
fn only_blank_cells_of_the_region_are_filled() {
    check_merged(
        &["Ada Lowe|0113|AB12 CDE", "Bea Lowe||AB12 CDF", "||AB12 CDG"],
        &["A2:A3", "B2:C2", "A9:A12", "XFD2:XFD1048576"],
        &["2: Ada Lowe|0113|AB12 CDE", "3: Bea Lowe||AB12 CDF", "4: ||AB12 CDG"],
    );
    // A merged cell without a value gives none.
    check_merged(
        &["|0113|AB12 CDE", "||AB12 CDF"],
        &["A2:A3"],
        &["2: |0113|AB12 CDE", "3: ||AB12 CDF"],
    );
}

#[test]
fn titles_that_are_merged_are_no_data() {
    let lines = [
        "Workshop list||",
        "",
        "Customer|Phone|Registration",
        "Ada Lowe|0113 496 0001|AB12 CDE",
        "Ben Hill|0113 496 0002|AB12 CDF",
    ];
    let table = merged(&lines, &["A1:C2"]);
    assert_eq!(table.head.header_row, Some(3));
    assert_eq!(table.rows.len(), 2);
    assert!(table.notes.is_empty(), "{:?}", table.notes);
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let below = ["AB12 CDE|Ford|01/02/2024|01/02/2025|03/04/2024|03/04/2025"; 3];
    let upper = "Registration|Make|MOT||Service|";
    let expected = [
        "Registration",
        "Make",
        "MOT Last",
        "MOT Due",
        "Service Last",
        "Service Due",
    ];
    let lines = [&[upper, "||Last|Due|Last|Due"], &below[..]].concat();
    let groups = ["C1:D1", "E1:F1"];
    for regions in [&[][..], &groups, &["A1:A2", "B1:B2", "C1:D1", "E1:F1"]] {
        let table = merged(&lines, regions);
        assert_eq!(table.head.header_row, Some(2), "{regions:?}");
        assert_eq!(table.head.columns, expected, "{regions:?}");
        assert_eq!(table.rows.len(), 3);
        let told = "Row 1 has titles above the names in row 2, so both were read together: MOT Last, MOT Due, Service Last, \
                    Service Due.";
        assert!(
            table.head.evidence.iter().any(|why| why == told),
            "{:?}",
            table.head.evidence
        );
    }
}

#[test]
fn a_lower_row_that_is_complete_is_the_header_alone() {
    let lines = [
        "Customer|||Vehicle||",
        "Name|Phone|Email|Registration|Make|Model",
        "Ada Lowe|0113 496 0001|ada@example.com|AB12 CDE|Ford|Focus",
        "Ben Hill|0113 496 0002|ben@example.com|AB12 CDF|Ford|Fiesta",
    ];
    for regions in [&[][..], &["A1:C1", "D1:F1"]] {
        let table = merged(&lines, regions);
        assert_eq!(table.head.header_row, Some(2));
        assert_eq!(table.head.columns.join("|"), lines[1]);
    }
}

#[test]
fn what_is_hidden_is_read_and_told() {
    let lines = ["Name|Cost|Town", "Ada|1|Otley", "~Ben|2|Leeds", "~||", "~Cy|3|York"];
    let sheet = |before| {
        let behind = "<autoFilter ref='A1:C5'/>";
        Sheet {
            before,
            lines: &lines,
            behind,
        }
        .read()
    };
    let columns = "<cols><col min='1' max='1' width='9'/><col min='2' max='2' hidden='1'/><col min='9' max='16384' hidden='1'/></cols>";
    let table = sheet(columns);
    assert_eq!(table.rows, ["2: Ada|1|Otley", "3: Ben|2|Leeds", "5: Cy|3|York"]);
    assert_eq!(
        table.notes,
        [
            "2 rows are hidden (rows 3, 5) and were read like the others.",
            "Hidden columns were read like the others: Cost.",
        ]
    );
    let filtered = sheet("<sheetPr filterMode='1'/>");
    assert_eq!(
        filtered.notes,
        ["2 rows are hidden by a filter (rows 3, 5) and were read like the others."]
    );
}

#[test]
fn formulas_without_a_result_are_told() {
    let lines = ["Name|Email|Town", "Ada|=|=Otley", "Ben|=|=", "=|=|="];
    let sheet = Sheet {
        before: "",
        lines: &lines,
        behind: "",
    };
    let table = sheet.read();
    assert_eq!(
        table.rows,
        [
            "2: Ada||Otley [formula_without_result@1]",
            "3: Ben [formula_without_result@2]",
        ]
    );
    assert_eq!(table.notes.len(), 1);
    let told = "values are not known: Name (1 cell), Email (3 cells), Town (2 cells).";
    assert!(table.notes[0].contains(told), "{:?}", table.notes);
}

#[test]
fn tables_below_each_other_are_told_of_apart_and_what_is_hidden_once() {
    let sheet = Sheet {
        before: "",
        lines: &[
            "Number|Name|Phone",
            "1|Ann|0113 496 0101",
            "~2|Bert|=",
            "||",
            "Registration|Make|Model|Owner",
            "AB12 CDE|Ford|Focus|1",
            "~AB13 CDE|Kia|=|2",
        ],
        behind: "",
    };
    let tables = read_all(&sheet.bytes()).unwrap();
    let rows: Vec<&[String]> = tables.iter().map(|table| table.rows.as_slice()).collect();
    assert_eq!(
        rows,
        [
            ["2: 1|Ann|0113 496 0101", "3: 2|Bert [formula_without_result@2]"],
            [
                "6: AB12 CDE|Ford|Focus|1",
                "7: AB13 CDE|Kia||2 [formula_without_result@2]"
            ],
        ]
    );
    let notes: Vec<String> = tables.iter().flat_map(|table| table.notes.clone()).collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].contains("not known: Phone (1 cell)."), "{notes:?}");
    assert_eq!(notes[1], "2 rows are hidden (rows 3, 7) and were read like the others.");
    assert!(notes[2].contains("not known: Model (1 cell)."), "{notes:?}");
}

#[test]
fn an_empty_result_is_a_result() {
    let cells = |formula: &str| {
        format!(
            "<worksheet><sheetData><row><c t='str'><v>Name</v></c><c t='str'><v>Email</v></c></row>\
                 <row><c t='str'><v>Ada</v></c>{formula}</row></sheetData></worksheet>"
        )
    };
    let found = |formula: &str, workbook: &str| {
        let sheet = cells(formula);
        let workbook = format!("<workbook><sheets><sheet name='A' r:id='r1'/></sheets>{workbook}</workbook>");
        let table = read(&package(&[
            ("xl/worksheets/sheet1.xml", &sheet),
            ("xl/workbook.xml", &workbook),
        ]));
        table.unwrap().rows[0].contains("formula_without_result")
    };
    assert!(!found("<c t='str'><f>\"\"</f><v/></c>", ""));
    assert!(!found("<c t='str'><f>\"\"</f><v></v></c>", ""));
    assert!(!found("<c><f>A1</f><v>0</v></c>", ""));
    assert!(!found("<c><v/></c>", ""));
    assert!(found("<c t='str'><f>A1</f></c>", ""));
    assert!(found("<c><f>A1</f><v></v></c>", ""));
    assert!(found("<c><f>A1</f></c>", ""));
    assert!(found("<c t='b'><f t='shared' si='0'/></c>", ""));
    // Programs that write formulas without calculating them store zeros, and say so.
    assert!(found("<c><f>A1</f><v>0</v></c>", "<calcPr fullCalcOnLoad='1'/>"));
    assert!(!found("<c><f>A1</f><v>7</v></c>", "<calcPr fullCalcOnLoad='1'/>"));
    assert!(!found("<c><v>0</v></c>", "<calcPr fullCalcOnLoad='1'/>"));
}

#[test]
fn part_names_may_have_backslashes() {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let root = format!(
        "<Relationships><Relationship Id='a' Type='{RELATIONS}/officeDocument' Target='\\xl\\book.xml'/></Relationships>"
    );
    let relations = format!(
        "<Relationships><Relationship Id='r1' Type='{RELATIONS}/worksheet' Target='sheets\\one.xml'/></Relationships>"
    );
    let bytes = package(&[
        ("_rels/.rels", root.as_str()),
        (
            "xl\\book.xml",
            "<workbook><sheets><sheet name='A' r:id='r1'/></sheets></workbook>",
        ),
        ("xl\\_rels\\book.xml.rels", &relations),
        (
            "xl\\sheets\\one.xml",
            "<worksheet><sheetData><row><c t='str'><v>Name</v></c></row><row><c t='str'><v>Ada</v></c></row></sheetData></worksheet>",
        ),
    ]);
    assert_eq!(read(&bytes).unwrap().rows, ["2: Ada"]);
}

/// What a workbook that means harm comes to, with 1,000 merged cells allowed.
fn read_merged(regions: &str) -> Result<Table, OpenError> {
    let cells = "<c t='str'><v>Name</v></c><c t='str'><v>Town</v></c>";
    let sheet = format!(
        "<worksheet><sheetData><row>{cells}</row><row>{cells}</row></sheetData><mergeCells>{regions}</mergeCells></worksheet>"
    );
    let bytes = package(&[("xl/worksheets/sheet1.xml", &sheet)]);
    let mut options = OpenOptions::default();
    options.limits.max_merged_cells = 1_000;
    read_with(&bytes, 0, &options)
}

#[test]
fn regions_without_end_are_bounded() {
    let region = "<mergeCell ref='A2:A1048576'/>";
    assert!(read_merged(&region.repeat(1_000)).is_ok());
    let error = read_merged(&region.repeat(1_001)).unwrap_err();
    assert!(error.message().contains("`merged_cells`"), "{error}");
    // Regions of one row are layout.
    assert!(read_merged(&"<mergeCell ref='A2:C2'/>".repeat(20_000)).is_ok());
    for broken in [
        "<mergeCell ref='A2:",
        "<mergeCell ref='A2:A3'/",
        "<mergeCell",
        "</mergeCells>",
    ] {
        assert!(read_merged(broken).is_ok(), "{broken}");
    }
}

#[test]
fn values_handed_down_count_as_bytes_of_the_sheet() {
    let long = "x".repeat(100_000);
    let mut rows = format!(
        "<row r='1'><c r='A1' t='str'><v>Name</v></c><c r='B1' t='str'><v>Town</v></c></row>\
         <row r='2'><c r='A2' t='str'><v>{long}</v></c><c r='B2'><v>1</v></c></row>"
    );
    for row in 3..103 {
        write!(rows, "<row r='{row}'><c r='B{row}'><v>1</v></c></row>").unwrap();
    }
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData><mergeCell ref='A2:A99999'/></worksheet>");
    let bytes = package(&[("xl/worksheets/sheet1.xml", &sheet)]);
    assert_eq!(read(&bytes).unwrap().rows.len(), 101);
    let mut options = OpenOptions::default();
    options.limits.max_inflated_bytes = 50 * 100_000;
    let error = read_with(&bytes, 0, &options).unwrap_err();
    assert!(error.message().contains("`inflated_bytes`"), "{error}");
}
