//! Files that are odd, and are read.

use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::workbook::encrypt_xlsx;

use super::{check_accepted, good, run_bounded};
use crate::support::{Workspace, csv_file, on_each_database, row_of, workbook, workbook_of};

const HEADER: [&str; 4] = ["Customer ID", "First Name", "Last Name", "Email"];

#[test]
fn a_header_and_nothing_below() {
    on_each_database(|workspace| {
        let text = format!("{}\n", HEADER.join(","));
        let report = check_accepted(workspace, "list.csv", text.as_bytes(), 0, 0, &[]);
        assert_eq!(report["totals"]["rows"], 0);
        workspace.assert_untouched();
    });
}

#[test]
fn a_password_for_an_open_file() {
    on_each_database(|workspace| {
        workspace.write("list.csv", csv_file(&good()));
        workspace.write("password", "a password that nobody asked for");
        let done = run_bounded(workspace, "import list.csv --password-file password").exits(0);
        assert!(done.stdout.contains("not protected"), "{}", done.stdout);
        let found = workspace
            .run("detect list.csv --password-file password --json")
            .exits(0)
            .json();
        let note = "The file is not protected, so the password was not used.";
        assert_eq!(found["files"][0]["warnings"][0]["message"], note, "{found}");
        let cleaned = workspace.run("clean list.csv --password-file password").exits(0);
        assert!(cleaned.stderr.contains(note), "{}", cleaned.stderr);
    });
}

#[test]
fn passwords_in_any_script_and_of_any_length() {
    for password in ["Pässwörd – £€ 漢字 🔑".to_owned(), "long ".repeat(51)] {
        let bytes = encrypt_xlsx(&workbook(&[good()]), &password).unwrap();
        on_each_database(|workspace| {
            workspace.write("secret.xlsx", &bytes);
            workspace.write("password", &password);
            run_bounded(workspace, "import secret.xlsx --password-file password").exits(0);
            assert_eq!(workspace.number("SELECT count(*) FROM customer"), 2);
        });
    }
}

#[test]
fn one_cell_at_the_far_end() {
    let rows = [
        row_of(1, &HEADER),
        row_of(2, &["A-1", "Marta", "Ellwood", "marta@ellwood.example"]),
        "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>".to_owned(),
    ];
    let bytes = workbook_of(&rows.concat(), "<sst/>");
    on_each_database(|workspace| {
        check_accepted(workspace, "far.xlsx", &bytes, 3, 1, &["row_too_long"]);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 1);
    });
}

#[test]
fn a_thousand_million_strings_that_are_not_there() {
    let strings = "<sst count=\"1000000000\" uniqueCount=\"1000000000\"><si><t>Marta</t></si></sst>";
    let row = "<row r=\"2\"><c t=\"str\"><v>A-1</v></c><c t=\"s\"><v>0</v></c><c t=\"str\"><v>Ellwood</v></c>\
               <c t=\"str\"><v>marta@ellwood.example</v></c></row>";
    let bytes = workbook_of(&(row_of(1, &HEADER) + row), strings);
    on_each_database(|workspace| {
        check_accepted(workspace, "claims.xlsx", &bytes, 0, 1, &[]);
        assert_eq!(workspace.records().only("customer").text("first_name"), "Marta");
    });
}

#[test]
fn duplicate_headers() {
    let text = "Customer ID,First Name,First Name,Last Name,Email\nA-1,Marta,Other,Ellwood,marta@ellwood.example\n";
    on_each_database(|workspace| {
        check_accepted(workspace, "twice.csv", text.as_bytes(), 0, 1, &[]);
        assert_eq!(workspace.records().only("customer").text("first_name"), "Marta");
        let found = workspace.run("detect twice.csv").exits(0);
        assert!(found.stdout.contains("First Name"), "{}", found.stdout);
    });
}

#[test]
fn empty_header_cells() {
    let text = "Customer ID,,First Name,,Last Name,Email\nA-1,x,Marta,y,Ellwood,marta@ellwood.example\n";
    on_each_database(|workspace| {
        check_accepted(workspace, "gaps.csv", text.as_bytes(), 0, 1, &[]);
        let found = workspace.run("detect gaps.csv").exits(0);
        assert!(found.stdout.contains("Column 2 has no name"), "{}", found.stdout);
    });
}

#[test]
fn a_cell_of_fifty_megabytes() {
    let long = "x".repeat(50_000_000);
    on_each_database(|workspace| {
        let text = format!(
            "{}\nA-1,{long},Ellwood,marta@ellwood.example\nA-2,Pavel,Ingram,pavel@ingram.example\n",
            HEADER.join(",")
        );
        check_accepted(workspace, "long.csv", text.as_bytes(), 0, 2, &["cell_truncated"]);
    });
}

#[test]
fn a_quoted_cell_of_fifty_megabytes() {
    let long = "x".repeat(50_000_000);
    let text = format!(
        "{}\nA-3,\"{long}\",Ellwood,rosa@ellwood.example\nA-4,Paul,Ingram,paul@ingram.example\n",
        HEADER.join(",")
    );
    let expected = ["cell_truncated", "quote_unclosed"];
    check_accepted(&Workspace::on_sqlite(), "quoted.csv", text.as_bytes(), 0, 2, &expected);
}

#[test]
fn a_cell_of_a_workbook_of_fifty_megabytes() {
    // Letters that can't be packed so well that their ratio is refused.
    let mut rng = Rng::new(4);
    let long: String = (0..50_000_000)
        .map(|_| char::from(b'a' + rng.below(26) as u8))
        .collect();
    let sheet = row_of(1, &HEADER) + &row_of(2, &["A-5", &long]);
    let workspace = Workspace::on_sqlite();
    let before = workspace.written();
    workspace.write("long.xlsx", workbook_of(&sheet, "<sst/>"));
    let refused = run_bounded(&workspace, "import long.xlsx").exits(1);
    let expected = ["the length of a piece of XML", "raise the limit `token_bytes`"];
    super::assert_says(&refused, "long.xlsx", &expected);
    assert_eq!(workspace.written(), before);
}

#[test]
fn values_that_no_index_holds() {
    let mut rng = Rng::new(3);
    let mut long = |length| -> String { (0..length).map(|_| char::from(b'a' + rng.below(26) as u8)).collect() };
    let (id, number, name, group) = (long(9_000), long(9_000), long(9_000), long(9_000));
    let text = format!(
        "Customer ID,Customer Number,First Name,Last Name,Email,Customer Group\n\
         {id},{number},{name},Ellwood,marta@ellwood.example,{group}\n\
         A-2,1002,Pavel,Ingram,pavel@ingram.example,Trade\n"
    );
    on_each_database(|workspace| {
        check_accepted(workspace, "long.csv", text.as_bytes(), 0, 2, &["value_too_long"]);
        let records = workspace.records();
        let names: Vec<_> = records
            .of("customer")
            .map(|record| record.text("first_name").len())
            .collect();
        assert!(names.contains(&name.len()), "{names:?}");
    });
}

#[test]
fn half_a_character() {
    on_each_database(|workspace| {
        let text = format!("{}\nA-1,Mar?ta,Ellwood,marta@ellwood.example\n", HEADER.join(","));
        let units = text
            .encode_utf16()
            .map(|unit| if unit == u16::from(b'?') { 0xD83D } else { unit });
        let bytes: Vec<u8> = [0xFEFF].into_iter().chain(units).flat_map(u16::to_le_bytes).collect();
        check_accepted(workspace, "half.txt", &bytes, 0, 1, &["encoding_replaced"]);
        let rows = row_of(1, &HEADER) + &row_of(2, &["A-2", "Pa_xD83D_vel", "Ingram", "pavel@ingram.example"]);
        check_accepted(workspace, "half.xlsx", &workbook_of(&rows, "<sst/>"), 0, 1, &[]);
        let names: Vec<_> = workspace
            .records()
            .of("customer")
            .map(|record| record.text("first_name").to_owned())
            .collect();
        assert!(names.iter().all(|name| !name.contains('?')), "{names:?}");
    });
}
