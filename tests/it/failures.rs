//! Files that can't be imported: the right exit code, a message that names the file, and nothing written.

use torqueflow_test_support::sample::SampleTable;

use crate::support::{Ran, Workspace, csv_file, encrypted_workbook, on_each_database, table, workbook};

const GOOD: &str = "
    Customer ID | First Name | Last Name | Email
    A-1         | Marta      | Ellwood   | marta@ellwood.example
    A-2         | Pavel      | Ingram    | pavel@ingram.example
";
const WITHOUT_GROUP: &str = "
    CustomerNumber|CustomerName|Phone|Email|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled
    000001|Marta Ellwood|07181 050327|marta@ellwood.example|False|True|True
";
const WITH_BLANK_GROUP: &str = "
    CustomerNumber|CustomerName|Phone|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled
    000001|Marta Ellwood|07181 050327|marta@ellwood.example||False|True|True
";
const NONSENSE: &str = "
    Xylem | Quark
    7     | up
    9     | down
";

fn good() -> SampleTable {
    table("Customers", GOOD)
}

/// Imports, in a database that holds something, a file that can't be imported, and checks that nothing changed.
fn check(file: &str, content: &[u8], arguments: &str, exit_code: i32, message: &str) {
    on_each_database(|workspace| {
        workspace.write("good.csv", csv_file(&good()));
        workspace.import("good.csv", 0);
        let before = (workspace.dump(), workspace.written());
        workspace.write(file, content);
        workspace.write("wrong", "not the password");
        let refused = workspace.run(&format!("import {file} {arguments}")).exits(exit_code);
        assert_names(&refused, file, message);
        assert_eq!((workspace.dump(), workspace.written()), before);
    });
}

/// One line names the file and says what is wrong.
#[track_caller]
fn assert_names(refused: &Ran, file: &str, message: &str) {
    let line = refused
        .stderr
        .lines()
        .find(|line| line.starts_with(&format!("{file}: ")));
    let line = line.unwrap_or_else(|| panic!("`{file}` is not named: {}", refused.stderr));
    assert!(line.contains(message), "{line}");
}

#[test]
fn a_wrong_password_is_refused_in_the_known_words() {
    let message = "secret.xlsx: Could not open the file - please check the password and try again.";
    let bytes = encrypted_workbook(&[good()]);
    on_each_database(|workspace| {
        workspace.write("secret.xlsx", &bytes);
        workspace.write("wrong", "not the password");
        let refused = workspace.run("import secret.xlsx --password-file wrong").exits(4);
        assert!(refused.stderr.lines().any(|line| line == message), "{}", refused.stderr);
        workspace.assert_untouched();
    });
}

#[test]
fn a_missing_password_is_asked_for() {
    check("secret.xlsx", &encrypted_workbook(&[good()]), "", 4, "password");
}

#[test]
fn a_run_that_waits_for_its_password_goes_on_with_the_right_one() {
    on_each_database(|workspace| {
        workspace.write("secret.xlsx", encrypted_workbook(&[good()]));
        workspace.write("password", crate::support::PASSWORD);
        let waiting = workspace.import("secret.xlsx", 4);
        assert_eq!(waiting["status"], "awaiting_password");
        let done = workspace.import("secret.xlsx --password-file password", 0);
        assert_eq!(done["run_id"], waiting["run_id"]);
        assert_eq!(done["totals"]["imported"], 2);
    });
}

#[test]
fn an_empty_file_is_named() {
    check("empty.csv", b"", "", 1, "empty");
}

#[test]
fn junk_that_calls_itself_csv_is_named() {
    let junk: Vec<u8> = (0..4000_u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    check("junk.csv", &junk, "", 1, "");
}

#[test]
fn a_truncated_workbook_is_named() {
    let whole = workbook(&[good()]);
    check("cut.xlsx", &whole[..whole.len() / 2], "", 1, "");
}

#[test]
fn a_truncated_encrypted_workbook_is_named() {
    let whole = encrypted_workbook(&[good()]);
    on_each_database(|workspace| {
        workspace.write("cut.xlsx", &whole[..whole.len() / 2]);
        workspace.write("password", crate::support::PASSWORD);
        let refused = workspace.run("import cut.xlsx --password-file password").exits(1);
        assert_names(&refused, "cut.xlsx", "");
        workspace.assert_untouched();
    });
}

#[test]
fn a_file_that_is_not_there_is_named() {
    on_each_database(|workspace| {
        let refused = workspace.run("import nowhere.csv").exits(1);
        assert_names(&refused, "nowhere.csv", "could not be read");
        workspace.assert_untouched();
    });
}

#[test]
fn a_missing_required_column_is_named() {
    let bytes = csv_file(&table("Customers", WITHOUT_GROUP));
    for arguments in ["--source techman", ""] {
        let words = "Missing required column: CustomerGroupName";
        check("list.csv", &bytes, arguments, 1, words);
    }
}

#[test]
fn a_required_column_may_be_blank() {
    on_each_database(|workspace| {
        workspace.write("list.csv", csv_file(&table("Customers", WITH_BLANK_GROUP)));
        let report = workspace.import("list.csv --source techman", 0);
        assert_eq!(report["totals"]["imported"], 1);
        assert_eq!(workspace.records().only("customer").text("customer_group_id"), "");
    });
}

#[test]
fn an_unrecognised_file_is_flagged_and_does_not_block_the_good_one() {
    on_each_database(|workspace| {
        workspace.write("good.csv", csv_file(&good()));
        workspace.write("other.csv", csv_file(&table("Other", NONSENSE)));
        let report = workspace.import("other.csv good.csv", 3);
        assert_eq!(report["status"], "completed_with_errors");
        assert_eq!(report["unrecognised"][0]["file"], "other.csv");
        assert_eq!(report["totals"]["imported"], 2);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 2);
    });
}

#[test]
fn an_unrecognised_file_alone_is_nothing_to_run() {
    let message = "This file wasn't recognised. Check the format and try again.";
    check("other.csv", &csv_file(&table("Other", NONSENSE)), "", 1, message);
}

#[test]
fn a_broken_file_is_flagged_and_does_not_block_the_good_one() {
    let whole = workbook(&[good()]);
    on_each_database(|workspace| {
        workspace.write("good.csv", csv_file(&good()));
        workspace.write("cut.xlsx", &whole[..whole.len() / 2]);
        let report = workspace.import("cut.xlsx good.csv", 3);
        assert_eq!(report["status"], "completed_with_errors");
        assert_eq!(report["errors"][0]["file"], "cut.xlsx");
        assert_eq!(report["totals"]["imported"], 2);
    });
}

#[test]
fn a_database_that_is_away_is_an_error_without_a_panic() {
    let workspace = Workspace::on_sqlite();
    workspace.write("good.csv", csv_file(&good()));
    for url in ["postgres://nobody@127.0.0.1:1/nothing", "sqlite:///nowhere/at/all.db"] {
        let refused = workspace.run(&format!("import good.csv --database {url}")).exits(1);
        assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
    }
}

#[test]
fn wrong_usage_is_told_apart() {
    let workspace = Workspace::on_sqlite();
    for arguments in ["import", "import --on-duplicate maybe x.csv", "explode", ""] {
        workspace.run(arguments).exits(2);
    }
}
