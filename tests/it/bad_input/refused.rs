//! Files that can't be imported.

use torqueflow_test_support::workbook::{encrypt_xlsx, with_spin_count};

use super::{check_refused, good};
use crate::support::{PASSWORD, bomb, csv_file, encrypted_workbook, on_each_database, workbook, zip_of};

#[test]
fn an_empty_file() {
    check_refused("list.csv", b"", "", 1, &["The file is empty", "Check the export"]);
    check_refused("list.xlsx", b"", "", 1, &["The file is empty", "Check the export"]);
}

#[test]
fn binary_junk_named_csv() {
    let junk: Vec<u8> = (0..4000_u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    check_refused(
        "junk.csv",
        &junk,
        "",
        1,
        &["binary data, not a table", "Export the data as"],
    );
}

#[test]
fn another_document_named_xlsx() {
    let parts = ["[Content_Types].xml", "_rels/.rels", "word/document.xml"];
    let letter = zip_of(parts.map(|name| (name, b"<w/>".as_slice())).into_iter());
    check_refused(
        "letter.xlsx",
        &letter,
        "",
        1,
        &["a Word document, not a table", "Export the data as"],
    );
    let page = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n";
    check_refused(
        "page.xlsx",
        page,
        "",
        1,
        &["a PDF document, not a table", "Export the data as"],
    );
}

#[test]
fn a_truncated_workbook() {
    let whole = workbook(&[good()]);
    for part in [1, 2, 3] {
        let cut = &whole[..whole.len() * part / 4];
        check_refused("cut.xlsx", cut, "", 1, &["The file is damaged", "save it again"]);
    }
}

#[test]
fn one_bit_flipped_in_an_encrypted_package() {
    let mut bytes = encrypted_workbook(&[good()]);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    on_each_database(|workspace| {
        workspace.write("garage.xlsx", &bytes);
        workspace.write("password", PASSWORD);
        let refused = super::run_bounded(workspace, "import garage.xlsx --password-file password").exits(1);
        super::assert_says(&refused, "garage.xlsx", &["the workbook is damaged", "Get a new copy"]);
        workspace.assert_untouched();
    });
}

#[test]
fn a_wrong_password_and_none() {
    let bytes = encrypted_workbook(&[good()]);
    check_refused(
        "secret.xlsx",
        &bytes,
        "--password-file password",
        4,
        &["check the password and try again"],
    );
    check_refused("secret.xlsx", &bytes, "", 4, &["protected", "Enter its password"]);
}

#[test]
fn more_hashing_than_anybody_asks_for() {
    let bytes = encrypt_xlsx(&workbook(&[good()]), PASSWORD).unwrap();
    let words = [
        "rounds of hashing",
        "the limit of 2,000,000",
        "raise the limit `spin_count`",
    ];
    for rounds in [1 << 31, u32::MAX] {
        let bytes = with_spin_count(&bytes, rounds).unwrap();
        check_refused("slow.xlsx", &bytes, "--password-file password", 1, &words);
    }
}

#[test]
fn a_workbook_that_inflates_to_ten_gigabytes() {
    let size = 10_000_000_000;
    let bytes = bomb(size, size);
    check_refused(
        "bomb.xlsx",
        &bytes,
        "",
        1,
        &["ratio of inflated to packed bytes", "raise the limit `inflation_ratio`"],
    );
    let much = "--set-limit inflation_ratio=1000000 --set-limit inflated_bytes=100MB";
    check_refused(
        "bomb.xlsx",
        &bytes,
        much,
        1,
        &["inflated size", "100,000,000 bytes", "raise the limit `inflated_bytes`"],
    );
    let hidden = bomb(size, 1_000_000);
    check_refused("bomb.xlsx", &hidden, "", 1, &["The file is damaged", "save it again"]);
}

#[test]
fn twenty_thousand_columns() {
    let header: Vec<String> = (0..20_000).map(|index| format!("Column {index}")).collect();
    let text = format!("{}\n{}\n", header.join(","), vec!["x"; 20_000].join(","));
    check_refused(
        "wide.csv",
        text.as_bytes(),
        "",
        1,
        &["columns", "16,384", "raise the limit `columns`"],
    );
}

#[test]
fn more_than_an_import_may_have() {
    on_each_database(|workspace| {
        for name in ["a.csv", "b.csv", "c.csv"] {
            workspace.write(name, csv_file(&good()));
        }
        for (limit, words) in [
            (
                "run_files=2",
                "the number of files of an import is above the limit of 2; make several imports",
            ),
            (
                "run_bytes=300",
                "the size of all files of an import is above the limit of 300 bytes; make several imports",
            ),
        ] {
            let refused = workspace
                .run(&format!("import a.csv b.csv c.csv --set-limit {limit}"))
                .exits(1);
            assert!(refused.stderr.contains(words), "{}", refused.stderr);
        }
        let left: Vec<_> = workspace
            .files()
            .into_iter()
            .filter(|path| path.ends_with(".upload"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        workspace.assert_untouched();
        // One table more than is allowed, and exactly as many.
        let refused = workspace
            .run("import a.csv b.csv c.csv --set-limit run_tables=2 --json")
            .exits(3);
        let words = "the number of tables of an import (4,096 at most) is above the limit of 2";
        assert!(refused.stdout.contains(words), "{}", refused.stdout);
        workspace.import("a.csv b.csv c.csv --set-limit run_tables=3", 0);
        // One byte more than is allowed, and exactly as much.
        let size = csv_file(&good()).len();
        let less = size - 1;
        let flagged = workspace
            .run(&format!("import a.csv --set-limit file_bytes={less}"))
            .exits(1);
        let said = format!("{less} bytes");
        super::assert_says(&flagged, "a.csv", &["the size of the file", &said, "`file_bytes`"]);
        let refused = workspace
            .run(&format!("import a.csv --set-limit run_bytes={less}"))
            .exits(1);
        assert!(refused.stderr.contains(&said), "{}", refused.stderr);
        let limits = format!("--set-limit run_files=1 --set-limit run_bytes={size} --set-limit file-bytes={size}");
        workspace.import(&format!("a.csv {limits}"), 0);
    });
}

#[test]
fn no_time_is_left() {
    let words = [
        "the time for reading the file",
        "the limit of 0 s",
        "raise the limit `file_seconds`",
    ];
    check_refused("list.csv", &csv_file(&good()), "--set-limit file_seconds=0", 1, &words);
}

#[test]
fn limits_that_are_none_are_wrong_usage() {
    let workspace = crate::support::Workspace::on_sqlite();
    workspace.write("a.csv", csv_file(&good()));
    for (limit, words) in [
        ("lines=5", "there is no limit `lines`; there are run_files, "),
        ("rows=many", "`many` is no value of the limit `rows`"),
        ("rows", "NAME=VALUE"),
    ] {
        for command in ["import", "detect", "clean"] {
            let refused = workspace.run(&format!("{command} a.csv --set-limit {limit}")).exits(2);
            assert!(refused.stderr.contains(words), "{}", refused.stderr);
        }
    }
}

#[test]
fn limits_come_from_the_environment_and_arguments_go_first() {
    let workspace = crate::support::Workspace::on_sqlite();
    workspace.write("a.csv", csv_file(&good()));
    let detect = |arguments: &str| {
        let mut command = workspace.command(&format!("detect a.csv {arguments}"));
        crate::support::Ran::from(command.env("TORQUEFLOW_LIMITS", "rows=2, columns=4").output().unwrap())
    };
    detect("").exits(1);
    detect("--set-limit rows=3").exits(0);
    detect("--set-limit rows=3 --set-limit columns=3").exits(1);
}
