//! Every row of a file is counted once: as a record, by what became of it, or left out by what it is instead.

use serde_json::{Value, json};

use crate::support::{Workspace, csv_file, on_each_database, table};

/// What a report prints between its records, people and products whose names look like that, and a second table below.
pub const REPORT: &str = "\
Ashdown Garage: all customers
Customer Number,First Name,Last Name,Company,Email,Mobile
C-1,Ada,Ashby,,ada@ashby.example,07700 900101
,,,,,
Leeds branch,,,,,
C-2,Bert,Null,,bert@null.example,07700 900102
Page 1 of 2,,,,,
Customer Number,First Name,Last Name,Company,Email,Mobile
C-3,Cleo,Cole,,cleo@cole.example,07700 900103
C-4,,,Total Tyres Ltd,office@total.example,07700 900104
Total customers,4,,,,

## Vehicles
Registration,Customer Number,Make,Model
YD19 AAA,C-1,Ford,Focus
YD19 BBB,C-2,Kia,Rio
Page 2 of 2,,,
";
/// The lines below the first header.
const LINES: i64 = 15;

/// What becomes of a row that holds a record.
pub const OUTCOMES: [&str; 6] = [
    "imported",
    "updated",
    "skipped_duplicate",
    "skipped_choice",
    "unchanged",
    "failed",
];

/// Checks that the six counts add up to the rows, and gives all rows: those that hold records and those that do not.
#[track_caller]
pub fn rows_in_file(totals: &Value) -> i64 {
    let count = |name: &str| totals[name].as_i64().unwrap();
    assert_eq!(OUTCOMES.into_iter().map(count).sum::<i64>(), count("rows"), "{totals}");
    let left_out = totals["left_out"].as_object().unwrap().values();
    count("rows") + left_out.map(|count| count.as_i64().unwrap()).sum::<i64>()
}

/// What is left out of the tables of the report.
pub fn left_out() -> [Value; 2] {
    [
        json!({"blank": 2, "page": 1, "repeated_header": 1, "section": 1, "total": 1}),
        json!({"other_table": 2, "page": 1}),
    ]
}

fn import_report(workspace: &Workspace, arguments: &str) -> Value {
    workspace.write("report.csv", REPORT);
    workspace.import(&format!("report.csv {arguments}"), 0)
}

#[test]
fn rows_that_hold_no_record_are_counted_by_class() {
    on_each_database(|workspace| {
        let summary = import_report(workspace, "--error-log log.csv");
        assert_eq!(rows_in_file(&summary["totals"]), LINES);
        let jobs = summary["jobs"].as_array().unwrap();
        let shown: Vec<_> = jobs
            .iter()
            .map(|job| json!([job["table"], job["type"], job["rows"], job["imported"], job["left_out"]]))
            .collect();
        let [first, second] = left_out();
        assert_eq!(
            shown,
            [
                json!([1, "generic.customers", 4, 4, first]),
                json!([2, "generic.vehicles", 2, 2, second])
            ]
        );
        assert_eq!(summary["entities"]["customer"]["created"], 4);
        let names = workspace.query("SELECT display_name FROM customer ORDER BY external_customer_number");
        assert_eq!(
            names,
            [["Ada Ashby"], ["Bert Null"], ["Cleo Cole"], ["Total Tyres Ltd"]]
        );

        // Each class is said once, in the place of its first row.
        let log = workspace.read("log.csv");
        let said = |row: u64, code: &str| {
            let line = format!("report.csv,,{row},,,{code},info,");
            assert_eq!(log.matches(&line).count(), 1, "{line}: {log}");
        };
        said(5, "section_left_out");
        said(7, "page_left_out");
        said(8, "repeated_header_left_out");
        said(11, "total_left_out");
        said(13, "other_table_left_out");
        said(17, "page_left_out");
        assert_eq!(log.matches("_left_out,info").count(), 6, "{log}");

        let run = workspace.newest_run();
        let shown = workspace.run(&format!("show {run}")).exits(0).stdout;
        assert!(
            shown.contains("6 rows and 9 that hold no record (2 blank, 1 repeated header, 1 section, 1 total, 2 page, 2 other table)"),
            "{shown}"
        );
        assert!(shown.contains("report.csv, table 2"), "{shown}");
    });
}

#[test]
fn reconciliation_adds_up() {
    on_each_database(|workspace| {
        import_report(workspace, "");
        let run = workspace.newest_run();
        let report = workspace
            .run(&format!("report {run} --reconciliation --json"))
            .exits(0)
            .json();
        let check = |rows: &Value| {
            let count = |name: &str| rows[name].as_i64().unwrap();
            assert_eq!(count("rows_in_file"), rows_in_file(rows));
            assert_eq!(count("rows"), count("in_database") + count("skipped") + count("failed"));
        };
        check(&report["totals"]);
        assert_eq!(report["totals"]["rows_in_file"], LINES);
        let tables = report["tables"].as_array().unwrap();
        tables.iter().for_each(check);
        let rows: Vec<_> = tables
            .iter()
            .map(|table| json!([table["table"], table["rows_in_file"]]))
            .collect();
        assert_eq!(rows, [json!([1, 10]), json!([2, 5])]);
        let shown = workspace.run(&format!("report {run} --reconciliation")).exits(0).stdout;
        assert!(shown.contains("2 other table"), "{shown}");
    });
}

#[test]
fn what_a_person_excludes_is_no_class() {
    on_each_database(|workspace| {
        // The total is no record, so there is nothing to exclude.
        workspace.write("excluded.csv", "file,row\nreport.csv,9\nreport.csv,11\n");
        let summary = import_report(workspace, "--exclude-rows excluded.csv");
        let totals = &summary["totals"];
        assert_eq!(rows_in_file(totals), LINES);
        assert_eq!((&totals["skipped_choice"], &totals["imported"]), (&json!(1), &json!(5)));
        assert_eq!(summary["jobs"][0]["left_out"], left_out()[0]);
    });
}

#[test]
fn records_with_the_names_of_report_lines_are_records() {
    on_each_database(|workspace| {
        let products = "
            ProductCode|ProductName|CostPrice|RetailPrice
            00417|Oil filter|4.10|8.20
            00418|Page|1.00|2.00
            00419|Total|3.00|6.00
            00420|Air filter|7.25|14.50
        ";
        workspace.write("products.csv", csv_file(&table("Products", products)));
        let summary = workspace.import("products.csv", 0);
        assert_eq!(
            (&summary["totals"]["imported"], &summary["totals"]["left_out"]),
            (&json!(4), &json!({}))
        );
    });
}

const JOBS: &str = "JobNumber,JobDate,JobStatus,Description,TotalGross
J-1,01/05/2024,Completed,MOT,54.85
J-2,14/05/2024,Completed,Service,240.00
";

#[test]
fn a_note_without_its_text_is_left_out_and_no_failure() {
    on_each_database(|workspace| {
        workspace.write("jobs.csv", JOBS);
        workspace.write(
            "notes.csv",
            "JobNumber,NoteDate,NoteAuthor,NoteText\nJ-1,01/05/2024,Sam,Brakes approved\nJ-1,,,\nJ-2,15/05/2024,Sam,\n\
            J-2,16/05/2024,Lee,Called back\n",
        );
        let arguments = "jobs.csv notes.csv --error-log log.csv --orphans unlinked";
        let summary = workspace.import(arguments, 0);
        let notes = &summary["jobs"][1];
        assert_eq!(
            json!([notes["type"], notes["rows"], notes["imported"], notes["left_out"]]),
            json!(["techman.job_notes", 2, 2, {"empty_record": 2}])
        );
        assert_eq!(rows_in_file(notes), 4);
        assert_eq!(summary["entities"]["work_order_note"]["created"], 2);
        let log = workspace.read("log.csv");
        assert!(
            log.contains(
                "notes.csv,,3,,,empty_record_left_out,info,Records that say nothing were left out: rows 3 and 4,"
            ),
            "{log}"
        );
        // A note on no job is not blank but for its link; what is missing is the link.
        workspace.write(
            "orphan.csv",
            "JobNumber,NoteDate,NoteAuthor,NoteText\nJ-1,01/05/2024,Sam,Done\n,02/05/2024,Sam,\n",
        );
        let orphan = workspace.import("orphan.csv --orphans unlinked", 3);
        assert_eq!(
            json!([orphan["totals"]["failed"], orphan["totals"]["left_out"]]),
            json!([1, {}])
        );
    });
}

#[test]
fn the_preview_shows_each_cell_beside_what_it_becomes() {
    on_each_database(|workspace| {
        workspace.write("report.csv", REPORT);
        let dry = workspace
            .run("import report.csv --dry-run --preview --json")
            .exits(0)
            .json();
        check_previews(&dry["previews"]);
        assert_eq!(dry["totals"]["left_out"]["section"], 1);
        workspace.import("report.csv", 0);
        let run = workspace.newest_run();
        let shown = workspace
            .run(&format!("show {run} --preview=100 --json"))
            .exits(0)
            .json();
        check_previews(&shown["previews"]);
        let text = workspace.run(&format!("show {run} --preview")).exits(0).stdout;
        for part in [
            "5: no record (section)",
            "Leeds branch",
            "customer.phone: +447700900101",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    });
}

#[track_caller]
fn check_previews(previews: &Value) {
    let rows = previews[0]["rows"].as_array().unwrap();
    check_rows(rows);
    assert_eq!(previews[1]["table"], 2);
}

/// The rows of the preview of the report's first table.
#[track_caller]
pub fn check_rows(rows: &[Value]) {
    let shown: Vec<_> = rows
        .iter()
        .map(|row| json!([row["row"], row["class"], row["included"]]))
        .collect();
    assert_eq!(
        shown,
        [
            json!([3, null, true]),
            json!([5, "section", false]),
            json!([6, null, true]),
            json!([7, "page", false]),
            json!([8, "repeated_header", false]),
            json!([9, null, true]),
            json!([10, null, true]),
            json!([11, "total", false]),
        ]
    );
    assert_eq!(
        rows[0]["cells"][5],
        json!({"original": "07700 900101", "field": "customer.phone", "cleaned": "+447700900101"})
    );
    assert_eq!(
        (&rows[1]["original"][0], &rows[1]["cells"]),
        (&json!("Leeds branch"), &json!([]))
    );
}

/// Customers in rows of their own, with their vehicles below them.
const INTERLEAVED: &str = "\
Customer Number,Customer Name,Phone,Email,Registration,Make,Model
C-1,Ann Ash,07700 900123,ann@ash.example,,,
,,,,YD19 AAA,Ford,Focus
C-2,Bert Birch,07700 900124,bert@birch.example,,,
,,,,YD19 BBB,Ford,Focus
,,,,YD19 CCC,Kia,Rio
";

#[test]
fn a_failed_row_comes_back_with_its_owner_which_is_unchanged() {
    on_each_database(|workspace| {
        workspace.write("garage.csv", INTERLEAVED);
        workspace.run("migrate").exits(0);
        // Whatever it is that the database refuses.
        workspace.execute("CREATE UNIQUE INDEX one_of_each_model ON vehicle (model)");
        let summary = workspace.import("garage.csv", 3);
        assert_eq!(
            json!([
                summary["totals"]["imported"],
                summary["totals"]["failed"],
                summary["errors"][0]["row"]
            ]),
            json!([4, 1, 5])
        );
        let run = workspace.newest_run();
        workspace.run(&format!("report {run} --failed-rows again")).exits(0);
        let again = workspace.read("again/garage - failed rows.csv");
        let lines: Vec<&str> = again.trim_start_matches('\u{FEFF}').lines().collect();
        let given: Vec<&str> = INTERLEAVED.lines().collect();
        assert_eq!(lines, [given[0], given[3], given[4]]);

        workspace.execute("DROP INDEX one_of_each_model");
        workspace.write("again.csv", &again);
        let summary = workspace.import("again.csv", 0);
        assert_eq!(
            json!([summary["totals"]["unchanged"], summary["totals"]["imported"]]),
            json!([1, 1])
        );
        let owners = workspace.query(
            "SELECT registration, display_name FROM vehicle JOIN customer ON customer.id = customer_id ORDER BY registration",
        );
        assert_eq!(
            owners,
            [
                ["YD19AAA", "Ann Ash"],
                ["YD19BBB", "Bert Birch"],
                ["YD19CCC", "Bert Birch"]
            ]
        );
        let preview = workspace.run(&format!("show {run} --preview --json")).exits(0).json();
        let rows = preview["previews"][0]["rows"].as_array().unwrap();
        let owner_rows: Vec<_> = rows.iter().map(|row| row["owner_row"].clone()).collect();
        assert_eq!(owner_rows, [json!(null), json!(2), json!(null), json!(4), json!(4)]);
        assert_eq!(
            rows[1]["cells"][1],
            json!({"original": "", "field": "customer.display_name", "cleaned": "Ann Ash"})
        );
    });
}

/// Two customers of whom nothing but the name is known, and that is the same.
const NAMESAKES: &str = "\
Customer Name,Town,Registration,Make,Model
Ann Ash,Leeds,,,
,,YD19 AAA,Ford,Focus
Jo Reed,York,,,
,,YD19 BBB,Kia,Rio
Jo Reed,York,,,
,,YD19 CCC,Ford,Focus
";

#[test]
fn a_failed_row_of_a_namesake_comes_back_with_both() {
    on_each_database(|workspace| {
        workspace.write("garage.csv", NAMESAKES);
        workspace.run("migrate").exits(0);
        workspace.execute("CREATE UNIQUE INDEX one_of_each_model ON vehicle (model)");
        let summary = workspace.import("garage.csv --on-duplicate create", 3);
        assert_eq!(summary["errors"][0]["row"], 7);
        let run = workspace.newest_run();
        workspace.run(&format!("report {run} --failed-rows again")).exits(0);
        let again = workspace.read("again/garage - failed rows.csv");
        let lines: Vec<&str> = again.trim_start_matches('\u{FEFF}').lines().collect();
        let given: Vec<&str> = NAMESAKES.lines().collect();
        assert_eq!(lines, [given[0], given[3], given[5], given[6]]);

        workspace.execute("DROP INDEX one_of_each_model");
        workspace.write("again.csv", &again);
        let summary = workspace.import("again.csv --on-duplicate create", 0);
        assert_eq!(
            json!([summary["totals"]["unchanged"], summary["totals"]["imported"]]),
            json!([2, 1])
        );
        let owners = workspace.number("SELECT count(DISTINCT customer_id) FROM vehicle");
        assert_eq!(owners, 3);
    });
}
