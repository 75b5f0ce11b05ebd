//! What the rows of a file are, over HTTP.

use serde_json::{Value, json};

use crate::counting::{REPORT, check_rows, left_out, rows_in_file};
use crate::support::{Client, on_each_database};

fn path(run: &Value, rest: &str) -> String {
    format!("/v1/import-runs/{}{rest}", run["id"].as_str().unwrap())
}

#[track_caller]
fn upload(client: &Client, name: &str, text: &str) -> Value {
    client
        .upload("/v1/import-runs", &[(name, text.as_bytes().to_vec())], &[])
        .ok()
}

#[test]
fn rows_that_hold_no_record_are_told_counted_and_shown() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, "report.csv", REPORT);
        let early = client.get(&format!(
            "/v1/import-jobs/{}/preview",
            run["jobs"][0]["id"].as_str().unwrap()
        ));
        check_rows(early.ok()["rows"].as_array().unwrap());

        let ready = client.get(&path(&run, "?wait=60")).ok();
        assert_eq!(ready["status"], "ready");
        let jobs = ready["jobs"].as_array().unwrap();
        let shown: Vec<_> = jobs
            .iter()
            .map(|job| {
                json!([
                    job["table"],
                    job["row_count"],
                    job["analysed"],
                    job["totals"]["left_out"]
                ])
            })
            .collect();
        let [first, second] = left_out();
        assert_eq!(shown, [json!([1, 4, 4, first]), json!([2, 2, 2, second])]);

        let job = format!("/v1/import-jobs/{}", jobs[0]["id"].as_str().unwrap());
        let preview = client.get(&format!("{job}/preview")).ok();
        assert_eq!(preview["provisional"], false);
        check_rows(preview["rows"].as_array().unwrap());
        let findings = client.items(&format!("{job}/findings?severity=info"));
        let told: Vec<_> = findings
            .iter()
            .map(|finding| json!([finding["row"], finding["code"]]))
            .collect();
        assert_eq!(
            told,
            [
                json!([5, "section_left_out"]),
                json!([7, "page_left_out"]),
                json!([8, "repeated_header_left_out"]),
                json!([11, "total_left_out"])
            ]
        );

        // What a person excludes is no class, and stays excluded.
        let excluded = json!({"included": false});
        let answer = client.send("PATCH", &format!("{job}/rows/9"), &[], Some(&excluded));
        assert_eq!(answer.status, 200);
        let preview = client.get(&format!("{job}/preview")).ok();
        let row = &preview["rows"][5];
        assert_eq!(
            json!([row["row"], row["class"], row["included"]]),
            json!([9, null, false])
        );

        client.post(&path(&run, "/start"), &json!({})).ok();
        let done = client.done(run["id"].as_str().unwrap());
        let summary = client.get(&path(&run, "/summary")).ok();
        assert_eq!(summary["totals"], done["totals"]);
        assert_eq!(rows_in_file(&summary["totals"]), 15);
        let totals = &summary["totals"];
        assert_eq!(json!([totals["imported"], totals["skipped_choice"]]), json!([5, 1]));
        let of_jobs: Vec<_> = summary["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|job| rows_in_file(&job["totals"]))
            .collect();
        assert_eq!(of_jobs, [10, 5]);
        let report = client.get(&path(&run, "/reconciliation")).ok();
        assert_eq!(report["totals"]["left_out"], totals["left_out"]);
    });
}

/// What is empty depends on what the columns are.
#[test]
fn empty_records_are_counted_anew_when_columns_are_mapped_anew() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let notes = "JobNumber,NoteText,Xylem\nJ-1,Brakes approved,\nJ-1,,Called back\nJ-2,,\n";
        let run = upload(&client, "notes.csv", notes);
        let ready = client.get(&path(&run, "?wait=60")).ok();
        let check = |job: &Value, rows: i64, empty: i64| {
            let shown = json!([
                job["row_count"],
                job["totals"]["left_out"]["empty_record"],
                job["progress"]["total"]
            ]);
            assert_eq!(shown, json!([rows, empty, rows]), "{job}");
            let told = job["warnings"].as_array().unwrap().iter();
            assert_eq!(
                told.filter(|warning| warning["code"] == "empty_record_left_out")
                    .count(),
                1,
                "{job}"
            );
        };
        check(&ready["jobs"][0], 1, 2);
        let job = format!("/v1/import-jobs/{}", ready["jobs"][0]["id"].as_str().unwrap());
        let preview = client.get(&format!("{job}/preview")).ok();
        assert_eq!(
            json!([
                preview["rows"][1]["class"],
                preview["rows"][2]["class"],
                preview["rows"][2]["included"]
            ]),
            json!(["empty_record", "empty_record", false])
        );

        let mapping = json!({"mapping": {"NoteText": null, "Xylem": "work_order_note.text"}});
        client.send("PATCH", &job, &[], Some(&mapping)).ok();
        let ready = client.get(&path(&run, "?wait=60")).ok();
        check(&ready["jobs"][0], 1, 2);
        let preview = client.get(&format!("{job}/preview")).ok();
        assert_eq!(
            json!([preview["rows"][0]["class"], preview["rows"][1]["class"]]),
            json!(["empty_record", null])
        );
        assert_eq!(
            preview["rows"][1]["cells"][2],
            json!({"original": "Called back", "field": "work_order_note.text", "cleaned": "Called back"})
        );
    });
}
