//! However rows are grouped for writing, the end is the same.

use std::fmt::Write as _;

use torqueflow_test_support::postgres::TestDatabase;

use crate::support::Workspace;

const ROWS: usize = 530;
/// Rows that the database refuses: their e-mail address is taken.
const REFUSED: [usize; 6] = [57, 58, 199, 200, 430, 530];

#[test]
fn the_end_does_not_depend_on_groups_on_sqlite() {
    check(TestDatabase::sqlite);
}

#[test]
fn the_end_does_not_depend_on_groups_on_postgresql() {
    check(TestDatabase::postgresql);
}

fn check(database: fn() -> TestDatabase) {
    let [alone, groups, one_group] = ["0", "20", "60000"].map(|interval| end(database(), interval));
    assert_eq!(groups, alone);
    assert_eq!(one_group, alone);
}

/// What an import leaves behind when its commits are to take so many milliseconds: the records, and what is said of each row.
fn end(database: TestDatabase, interval: &str) -> (String, Vec<Vec<String>>) {
    let workspace = Workspace::new(database);
    workspace.run("migrate").exits(0);
    workspace.execute("CREATE UNIQUE INDEX taken ON customer (email)");
    workspace.write("garage.csv", garage());
    workspace
        .run(&format!(
            "import garage.csv --on-duplicate create --commit-interval {interval}"
        ))
        .exits(3);
    let rows = "SELECT r.row_number, r.outcome, f.code, f.ordinal FROM import_row_result AS r LEFT JOIN import_finding AS f \
                ON f.job_id = r.job_id AND f.row_number = r.row_number ORDER BY 1, 2, 3, 4";
    let rows = workspace.query(rows);
    let failed = "SELECT count(*) FROM import_row_result WHERE outcome = 'failed'";
    assert_eq!(workspace.number(failed), REFUSED.len() as i64);
    assert_eq!(
        workspace.number("SELECT count(*) FROM customer_group"),
        3,
        "each group of customers once"
    );
    (workspace.dump(), rows)
}

/// Customers with vehicles; every seventh row is another vehicle of a customer a hundred rows before.
fn garage() -> String {
    let mut csv = "Customer ID,First Name,Last Name,Email,Customer Group,Registration,Make\n".to_owned();
    for row in 1..=ROWS {
        let customer = if row % 7 == 0 && row > 100 { row - 100 } else { row };
        let email = if REFUSED.contains(&row) { 1 } else { customer };
        let group = ["Trade", "Retail", "Fleet"][customer % 3];
        let _ = writeln!(
            csv,
            "C-{customer},Marta,Ellwood{customer},m{email}@ellwood.example,{group},AB{:02} {},Ford",
            row % 100,
            letters(row)
        );
    }
    csv
}

/// Three letters for a number.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 20).unwrap());
    [number / 400, number / 20, number].map(letter).iter().collect()
}
