//! What comes of a run does not depend on the order in which its tables came to be analysed, nor on where a person left rows
//! out: over HTTP, on both databases.

use serde_json::{Value, json};

use crate::support::{Client, Service, Workspace, on_each_database, repository};

const RUNS: &str = "/v1/import-runs";
const OUTCOMES: [&str; 6] = [
    "imported",
    "updated",
    "skipped_duplicate",
    "skipped_choice",
    "unchanged",
    "failed",
];
/// Customers with their vehicles: the first customer stands in three rows, of which each says something else of her.
const GARAGE: &str = "Customer Number,Name,Email,Mobile,Registration,Make\n\
    C1,Marta Ellwood,marta@ellwood.example,07700 900101,JX20 ABC,Ford\n\
    C1,Marta Ellwood,,,JX20 ABD,Audi\n\
    C1,Marta Ellwood,,07700 900101,JX20 ABE,Seat\n\
    C2,Piotr Nowicki,piotr@nowicki.example,07700 900102,KY19 DEF,Opel\n";
/// The same, where the second row adds what the first lacks, and the third a part of it.
const FILLED_LATER: &str = "Customer Number,Name,Email,Mobile,Registration\n\
    C1,Marta Ellwood,,,JX20 ABC\n\
    C1,Marta Ellwood,marta@ellwood.example,07700 900101,JX20 ABD\n\
    C1,Marta Ellwood,,07700 900101,JX20 ABE\n\
    C2,Piotr Nowicki,piotr@nowicki.example,07700 900102,KY19 DEF\n";
const JOBS: &str = "Job Number,Job Date,Status,Description,Registration,Customer Number\n\
    J1,14/05/2024,Completed,Service,JX20 ABC,C1\n\
    J2,15/05/2024,Completed,MOT,JX20 ABD,C1\n\
    J3,16/05/2024,Completed,MOT,KY19 DEF,C2\n";
/// Two lists of customers. One of the second has the e-mail address of one of the first.
const FIRST: &str =
    "Customer Number,Name,Email,Remarks\n1,Ada Smith,ada@smith.example,x\n2,Ben Brown,ben@brown.example,\n";
const SECOND: &str =
    "Customer Number,Name,Email,Remarks\n7,Ada Smith,ada@smith.example,\n8,Cat Clark,cat@clark.example,y\n";

/// Tells a story of an owner of a garage, to a service on each database.
fn on_each_service(story: impl Fn(&Workspace, &Service<'_>, &Client)) {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        story(workspace, &service, &client);
    });
}

fn path(run: &Value, rest: &str) -> String {
    format!("{RUNS}/{}{rest}", run["id"].as_str().unwrap())
}

/// The run as soon as it needs somebody or is done.
fn wait(client: &Client, run: &Value) -> Value {
    client.get(&path(run, "?wait=60")).ok()
}

#[track_caller]
fn upload(client: &Client, files: &[(&str, &str)]) -> Value {
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect();
    let run = client.upload(RUNS, &files, &[]).ok();
    wait(client, &run)
}

#[track_caller]
fn finish(client: &Client, run: &Value) -> Value {
    client.post(&path(run, "/start"), &json!({})).ok();
    client.done(run["id"].as_str().unwrap())
}

/// Runs again what failed.
#[track_caller]
fn retry(client: &Client, run: &Value) -> Value {
    client.post(&path(run, "/retry"), &json!({})).ok();
    client.done(run["id"].as_str().unwrap())
}

/// Imports, where every likely duplicate that nobody decided is left out.
#[track_caller]
fn finish_skipping(client: &Client, run: &Value) -> Value {
    let default = path(run, "/duplicate-default");
    client.put(&default, &json!({ "action": "skip" })).ok();
    finish(client, run)
}

/// The job of a file.
fn job_of(run: &Value, file: &str) -> String {
    let mut jobs = run["jobs"].as_array().unwrap().iter();
    let job = jobs
        .find(|job| job["file"] == file)
        .unwrap_or_else(|| panic!("no {file}: {run}"));
    format!("/v1/import-jobs/{}", job["id"].as_str().unwrap())
}

#[track_caller]
fn patch_job(client: &Client, run: &Value, file: &str, change: &Value) -> Value {
    client.send("PATCH", &job_of(run, file), &[], Some(change)).ok();
    wait(client, run)
}

/// Leaves a row out. Says how many rows stand in for it, and how many lose what they refer to.
#[track_caller]
fn leave_out(client: &Client, run: &Value, file: &str, row: i64) -> [i64; 2] {
    let row = format!("{}/rows/{row}", job_of(run, file));
    let told = client
        .send("PATCH", &row, &[], Some(&json!({ "included": false })))
        .ok();
    ["standing_in", "losing_reference"].map(|key| told[key].as_i64().unwrap_or_else(|| panic!("{told}")))
}

/// The matches of a run: what comes in, what it matches, what was decided, and what was decided before on another match.
fn matches(client: &Client, run: &Value) -> Vec<Value> {
    let found = client.items(&path(run, "/duplicates"));
    let shown = found.iter().map(|item| {
        json!([
            item["incoming"],
            item["matches"],
            item["action"],
            item["earlier_decision"]
        ])
    });
    shown.collect()
}

#[track_caller]
fn decide_all(client: &Client, run: &Value, action: &str) {
    let all = json!({ "filter": {}, "action": action });
    client.send("PATCH", &path(run, "/duplicates"), &[], Some(&all)).ok();
}

fn outcomes(totals: &Value) -> [i64; 6] {
    OUTCOMES.map(|key| totals[key].as_i64().unwrap())
}

/// Matches with what is neither in the database nor in the run.
fn dangling(workspace: &Workspace) -> i64 {
    let is_stored = ["customer", "vehicle"]
        .map(|table| format!("SELECT id FROM {table}"))
        .join(" UNION ALL ");
    workspace.number(&format!(
        "SELECT count(*) FROM import_duplicate AS d \
         WHERE d.match_job_id IS NULL AND d.match_record_id NOT IN ({is_stored}) \
         OR d.match_job_id IS NOT NULL AND d.match_job_id NOT IN (SELECT id FROM import_job) \
         OR EXISTS (SELECT 1 FROM import_repeat AS r WHERE r.slot = d.slot \
         AND (r.job_id = d.job_id AND r.row_number = d.row_number \
         OR r.job_id = d.match_job_id AND r.row_number = d.match_row_number))"
    ))
}

/// What the tables hold, without ids and times.
fn people(workspace: &Workspace) -> Vec<Vec<String>> {
    workspace.query(
        "SELECT external_customer_number, display_name, coalesce(email, '-'), coalesce(phone, '-') FROM customer ORDER BY 1, 2",
    )
}

#[test]
fn a_workbook_that_is_unlocked_late_ends_like_one_with_its_password() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let sample = |name: &str| std::fs::read(repository().join("tests/samples").join(name)).unwrap();
        let (workbook, vehicles) = ("techman-export.xlsx", "vehicles-generic.csv");
        let files = [(workbook, sample(workbook)), (vehicles, sample(vehicles))];
        let password = String::from_utf8(sample("password.txt")).unwrap();
        let password = password.trim();
        let ends = ["late", "at-once"].map(|organization| {
            let client = service.client(organization, "owner");
            let fields = [("password", password)];
            let fields = if organization == "late" {
                &fields[..0]
            } else {
                &fields[..]
            };
            let mut run = wait(&client, &client.upload(RUNS, &files, fields).ok());
            if organization == "late" {
                assert_eq!(run["status"], "awaiting_password");
                let locked = run["files"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|file| file["name"] == workbook);
                let unlock = format!("/files/{}/unlock", locked.unwrap()["id"].as_str().unwrap());
                client.post(&path(&run, &unlock), &json!({ "password": password })).ok();
                run = wait(&client, &run);
            }
            assert_eq!(run["status"], "ready");
            let found = client.get(&path(&run, "/duplicates?limit=1")).ok();
            assert_eq!(dangling(workspace), 0, "{organization}");
            let done = finish_skipping(&client, &run);
            let tables: Vec<Value> = done["jobs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|job| job["totals"].clone())
                .collect();
            let summary = client.get(&path(&run, "/summary")).ok();
            json!([
                found["total"],
                found["undecided"],
                done["totals"],
                tables,
                summary["entities"]
            ])
        });
        assert_eq!(ends[0], ends[1]);
    });
}

#[test]
fn a_mapping_changed_in_an_earlier_table_leaves_the_matches_of_later_ones_right() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("a.csv", FIRST), ("b.csv", SECOND)]);
        let before = matches(client, &run);
        assert_eq!(before, [json!(["Ada Smith (7)", "row 2 of a.csv", null, null])]);
        let run = patch_job(
            client,
            &run,
            "a.csv",
            &json!({ "mapping": { "Remarks": "customer.notes" } }),
        );
        assert_eq!((matches(client, &run), dangling(workspace)), (before, 0));
        let done = finish_skipping(client, &run);
        assert_eq!(outcomes(&done["totals"]), [3, 0, 1, 0, 0, 0]);
        assert_eq!(workspace.number("SELECT count(*) FROM customer WHERE notes = 'x'"), 1);
    });
}

#[test]
fn the_next_row_of_a_record_stands_in_for_one_that_is_left_out() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("garage.csv", GARAGE), ("jobs.csv", JOBS)]);
        // The first vehicle is in no other row, and a job names it.
        assert_eq!(leave_out(client, &run, "garage.csv", 2), [1, 1]);
        let done = finish(client, &run);
        assert_eq!(
            (&done["status"], outcomes(&done["totals"])),
            (&json!("completed"), [6, 0, 0, 1, 0, 0])
        );
        // What only the row said that was left out is not imported; what another one says too is.
        assert_eq!(
            people(workspace),
            [
                ["C1", "Marta Ellwood", "-", "+447700900101"],
                ["C2", "Piotr Nowicki", "piotr@nowicki.example", "+447700900102"]
            ]
        );
        let vehicles = workspace.query(
            "SELECT registration, external_customer_number FROM vehicle JOIN customer ON customer.id = vehicle.customer_id ORDER BY 1",
        );
        assert_eq!(vehicles, [["JX20ABD", "C1"], ["JX20ABE", "C1"], ["KY19DEF", "C2"]]);
        let of_jobs =
            workspace.number("SELECT count(*) FROM work_order JOIN customer ON customer.id = work_order.customer_id");
        assert_eq!(of_jobs, 3);
        // The same file again, complete, brings what is missing.
        let again = upload(client, &[("garage.csv", GARAGE), ("jobs.csv", JOBS)]);
        let again = finish(client, &again);
        assert_eq!(again["status"], "completed");
        assert_eq!(
            people(workspace)[0],
            ["C1", "Marta Ellwood", "marta@ellwood.example", "+447700900101"]
        );
    });
}

#[test]
fn what_is_nowhere_else_takes_those_with_it_that_can_not_do_without() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("garage.csv", GARAGE), ("jobs.csv", JOBS)]);
        assert_eq!(leave_out(client, &run, "garage.csv", 5), [0, 1]);
        assert_eq!(leave_out(client, &run, "garage.csv", 2), [1, 1]);
        // The second row stood in for the first; now the third does.
        assert_eq!(leave_out(client, &run, "garage.csv", 3), [1, 1]);
        assert_eq!(leave_out(client, &run, "garage.csv", 4), [0, 2]);
        let row = format!("{}/rows/4", job_of(&run, "garage.csv"));
        let told = client.send("PATCH", &row, &[], Some(&json!({ "included": true }))).ok();
        assert_eq!(
            told,
            json!({ "row": 4, "included": true, "standing_in": 0, "losing_reference": 0 })
        );
        let done = finish(client, &run);
        assert_eq!(
            (&done["status"], outcomes(&done["totals"])),
            (&json!("completed_with_errors"), [3, 0, 0, 3, 0, 1])
        );
        assert_eq!(people(workspace), [["C1", "Marta Ellwood", "-", "+447700900101"]]);
    });
}

#[test]
fn a_row_of_another_table_stands_in_and_has_the_decision_on_the_record() {
    on_each_service(|workspace, _, client| {
        let other = "Customer Number,Name,Email,Remarks\n9,Ada Smith,ada@smith.example,\n1,Ada Smith,,z\n";
        finish(
            client,
            &upload(
                client,
                &[(
                    "before.csv",
                    "Customer Number,Name,Email\nB1,Ben Brown,ben@brown.example\n",
                )],
            ),
        );
        // Of a program of its own: these are other numbers.
        let again = "Customer Number,Name,Email,Remarks\n2,Ben Brown,,w\n";
        let run = client.upload(
            RUNS,
            &[
                ("a.csv", FIRST.as_bytes().to_vec()),
                ("b.csv", other.as_bytes().to_vec()),
                ("c.csv", again.as_bytes().to_vec()),
            ],
            &[("source_system", "old till")],
        );
        let run = wait(client, &run.ok());
        decide_all(client, &run, "merge");
        // Ben is merged into the one of the database, whichever row brings him.
        assert_eq!(leave_out(client, &run, "a.csv", 3), [1, 0]);
        let run = wait(client, &run);
        let done = finish(client, &run);
        assert_eq!(done["status"], "completed", "{done}");
        assert_eq!(
            people(workspace),
            [
                ["1", "Ada Smith", "ada@smith.example", "-"],
                ["B1", "Ben Brown", "ben@brown.example", "-"]
            ]
        );
    });
}

#[test]
fn who_matched_the_row_that_is_left_out_is_the_first_now() {
    on_each_service(|workspace, _, client| {
        let text = "Customer Number,Name,Email,Mobile\n\
            C1,Ada Smith,ada@smith.example,\n\
            C7,Ada Smith,ada@smith.example,07700 900101\n\
            C1,Ada Smith,,\n\
            C2,Ben Brown,ben@brown.example,\n";
        let run = upload(client, &[("a.csv", text)]);
        decide_all(client, &run, "skip");
        assert_eq!(leave_out(client, &run, "a.csv", 2), [1, 0]);
        let done = finish(client, &run);
        assert_eq!(outcomes(&done["totals"]), [2, 0, 1, 1, 0, 0]);
        let numbers: Vec<String> = people(workspace).iter().map(|person| person[0].clone()).collect();
        assert_eq!(numbers, ["C2", "C7"]);
    });
}

#[test]
fn what_a_row_that_is_left_out_adds_to_a_record_is_not_imported() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("garage.csv", FILLED_LATER)]);
        assert_eq!(leave_out(client, &run, "garage.csv", 3), [0, 0]);
        let done = finish(client, &run);
        assert_eq!(outcomes(&done["totals"]), [3, 0, 0, 1, 0, 0]);
        assert_eq!(people(workspace)[0], ["C1", "Marta Ellwood", "-", "+447700900101"]);
    });
}

#[test]
fn a_match_of_a_row_that_is_left_out_asks_nothing() {
    on_each_service(|_, service, client| {
        // One time the row that comes in, one time the one that it matches.
        for (file, imported) in [("b.csv", ["1", "2", "8"]), ("a.csv", ["2", "7", "8"])] {
            let client_of = service.client(&file.replace(".csv", ""), "owner");
            let run = upload(&client_of, &[("a.csv", FIRST), ("b.csv", SECOND)]);
            client_of
                .post(&path(&run, "/start"), &json!({}))
                .refused(409, "duplicates_undecided");
            assert_eq!(leave_out(&client_of, &run, file, 2), [0, 0]);
            assert_eq!(wait(&client_of, &run)["undecided_duplicates"], 0);
            let done = finish(&client_of, &run);
            assert_eq!(
                (&done["status"], outcomes(&done["totals"])),
                (&json!("completed"), [3, 0, 0, 1, 0, 0])
            );
            let customers = client_of.items("/v1/customers");
            let mut numbers: Vec<&str> = customers
                .iter()
                .map(|customer| customer["external_customer_number"].as_str().unwrap())
                .collect();
            numbers.sort_unstable();
            assert_eq!(numbers, imported);
        }
        // As long as another row brings the record, somebody has to decide.
        let twice =
            "Customer Number,Name,Email,Remarks\n7,Ada Smith,ada@smith.example,\n7,Ada Smith,,\n8,Cat Clark,,\n";
        let run = upload(client, &[("a.csv", FIRST), ("b.csv", twice)]);
        assert_eq!(leave_out(client, &run, "b.csv", 2), [1, 0]);
        assert_eq!(wait(client, &run)["undecided_duplicates"], 1);
    });
}

/// Lets no vehicle with this registration be written.
fn refuse_vehicle(workspace: &Workspace, registration: &str) {
    if workspace.database_name() == "sqlite" {
        workspace.execute(&format!(
            "CREATE TRIGGER fault BEFORE INSERT ON vehicle WHEN NEW.registration = '{registration}' \
             BEGIN SELECT RAISE(ABORT, 'fault'); END"
        ));
        return;
    }
    workspace.execute(&format!(
        "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.registration = '{registration}' THEN \
         RAISE EXCEPTION 'fault' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER fault BEFORE INSERT ON vehicle FOR EACH ROW EXECUTE FUNCTION fault()"
    ));
}

fn take_vehicles_again(workspace: &Workspace) {
    workspace.execute(if workspace.database_name() == "sqlite" {
        "DROP TRIGGER fault"
    } else {
        "DROP FUNCTION fault() CASCADE"
    });
}

#[test]
fn the_next_row_stands_in_for_one_that_the_database_refuses() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("garage.csv", GARAGE)]);
        refuse_vehicle(workspace, "JX20ABC");
        let done = finish(client, &run);
        assert_eq!(outcomes(&done["totals"]), [3, 0, 0, 0, 0, 1]);
        assert_eq!(people(workspace)[0], ["C1", "Marta Ellwood", "-", "+447700900101"]);
        take_vehicles_again(workspace);
        let done = retry(client, &run);
        assert_eq!(
            (&done["status"], outcomes(&done["totals"])),
            (&json!("completed"), [4, 0, 0, 0, 0, 0])
        );
        assert_eq!(workspace.number("SELECT count(*) FROM vehicle"), 4);
        client.post(&path(&run, "/rollback"), &json!({})).ok();
        assert_eq!(wait(client, &run)["status"], "rolled_back");
        assert!(people(workspace).is_empty());
    });
}

#[test]
fn what_a_row_adds_that_the_database_refuses_is_taken_back() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("garage.csv", FILLED_LATER)]);
        refuse_vehicle(workspace, "JX20ABD");
        let done = finish(client, &run);
        assert_eq!(outcomes(&done["totals"]), [3, 0, 0, 0, 0, 1]);
        assert_eq!(people(workspace)[0], ["C1", "Marta Ellwood", "-", "+447700900101"]);
        // When it lands in the end, so does what it adds.
        take_vehicles_again(workspace);
        let done = retry(client, &run);
        assert_eq!(done["status"], "completed");
        assert_eq!(
            people(workspace)[0],
            ["C1", "Marta Ellwood", "marta@ellwood.example", "+447700900101"]
        );
        // The same file says nothing new, and the run can be taken back.
        let again = upload(client, &[("garage.csv", FILLED_LATER)]);
        let again = finish(client, &again);
        assert_eq!(outcomes(&again["totals"]), [0, 0, 0, 0, 4, 0]);
        client
            .post(&path(&run, "/rollback"), &json!({ "confirmed": "remove" }))
            .ok();
        assert_eq!(wait(client, &run)["status"], "rolled_back");
        assert!(people(workspace).is_empty());
    });
}

#[test]
fn a_table_that_is_left_out_asks_nothing_and_brings_nothing() {
    on_each_service(|workspace, _, client| {
        let run = upload(client, &[("a.csv", FIRST), ("b.csv", SECOND)]);
        assert_eq!(run["undecided_duplicates"], 1);
        let run = patch_job(client, &run, "b.csv", &json!({ "included": false }));
        assert_eq!(
            (&run["status"], &run["undecided_duplicates"], &run["missing"]),
            (&json!("ready"), &json!(0), &json!([]))
        );
        assert!(matches(client, &run).is_empty());
        let run = patch_job(client, &run, "b.csv", &json!({ "included": true }));
        assert_eq!(run["undecided_duplicates"], 1);
        // What only the first one held comes with the second, and nothing matches it.
        let same =
            "Customer Number,Name,Email,Remarks\n1,Ada Smith,ada@smith.example,x\n8,Cat Clark,cat@clark.example,y\n";
        let run = upload(client, &[("a.csv", FIRST), ("b.csv", same)]);
        let run = patch_job(client, &run, "a.csv", &json!({ "included": false }));
        assert_eq!(run["undecided_duplicates"], 0);
        let done = finish(client, &run);
        assert_eq!(
            (&done["status"], outcomes(&done["totals"])),
            (&json!("completed"), [2, 0, 0, 2, 0, 0])
        );
        assert_eq!(done["totals"]["rows"], 4);
        assert_eq!(people(workspace).len(), 2);
    });
}

#[test]
fn the_counts_of_a_table_that_failed_as_a_whole_are_its_rows() {
    on_each_service(|workspace, _, client| {
        // Techman's own columns, but for one that is required.
        let broken = "CustomerNumber,CustomerName,Phone,Email,CustomerOnStop,VehicleRemindersEnabled,NotificationsEnabled\n\
            000001,Marta Ellwood,07181 050327,marta@ellwood.example,False,True,True\n\
            000002,Piotr Nowicki,07181 050328,piotr@nowicki.example,False,True,True\n";
        let run = upload(client, &[("a.csv", FIRST), ("broken.csv", broken)]);
        let of_job = |run: &Value, file: &str| {
            let job = client.get(&job_of(run, file)).ok();
            (
                job["status"].as_str().unwrap().to_owned(),
                job["totals"]["rows"].as_i64().unwrap(),
                outcomes(&job["totals"]),
            )
        };
        assert_eq!(of_job(&run, "broken.csv"), ("failed".to_owned(), 2, [0, 0, 0, 0, 0, 2]));
        let done = finish(client, &run);
        assert_eq!(
            of_job(&done, "broken.csv"),
            ("failed".to_owned(), 2, [0, 0, 0, 0, 0, 2])
        );
        assert_eq!(
            (&done["totals"]["rows"], outcomes(&done["totals"])),
            (&json!(4), [2, 0, 0, 0, 0, 2])
        );
        let reconciled = client.get(&path(&run, "/reconciliation")).ok();
        for table in reconciled["tables"]
            .as_array()
            .unwrap()
            .iter()
            .chain([&reconciled["totals"]])
        {
            let ends = ["in_database", "skipped", "failed"].map(|key| table[key].as_i64().unwrap());
            assert_eq!(table["rows_in_file"], ends.iter().sum::<i64>(), "{table}");
        }
        client.post(&path(&run, "/rollback"), &json!({})).ok();
        let back = wait(client, &run);
        assert_eq!(
            (&back["status"], of_job(&back, "broken.csv").2),
            (&json!("rolled_back"), [0, 0, 0, 0, 0, 2])
        );
        // A run that can't go on has lost what it was to read.
        let run = upload(client, &[("b.csv", SECOND)]);
        for file in workspace
            .files()
            .iter()
            .filter(|file| file.starts_with(workspace.path("data")))
        {
            if file
                .components()
                .any(|part| part.as_os_str() == run["id"].as_str().unwrap())
            {
                std::fs::remove_file(file).unwrap();
            }
        }
        let failed = finish(client, &run);
        assert_eq!(
            (&failed["status"], outcomes(&failed["totals"])),
            (&json!("failed"), [0, 0, 0, 0, 0, 2])
        );
        // What nobody wants has no rows that are unaccounted for either.
        let run = upload(client, &[("b.csv", SECOND)]);
        client.post(&path(&run, "/cancel"), &json!({})).ok();
        let cancelled = client.done(run["id"].as_str().unwrap());
        assert_eq!(
            outcomes(&cancelled["totals"]).iter().sum::<i64>(),
            cancelled["totals"]["rows"].as_i64().unwrap()
        );
    });
}

#[test]
fn a_decision_on_a_match_outlives_a_change_of_the_table() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[("a.csv", FIRST), ("b.csv", SECOND)]);
        decide_all(&client, &run, "merge");
        let decided = [json!(["Ada Smith (7)", "row 2 of a.csv", "merge", null])];
        for file in ["a.csv", "b.csv"] {
            let run = patch_job(
                &client,
                &run,
                file,
                &json!({ "mapping": { "Remarks": "customer.notes" } }),
            );
            assert_eq!(matches(&client, &run), decided);
        }
        // Also where another worker analyses it.
        client
            .send(
                "PATCH",
                &job_of(&run, "a.csv"),
                &[],
                Some(&json!({ "mapping": { "Remarks": null } })),
            )
            .ok();
        drop(service);
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = wait(&client, &run);
        assert_eq!(
            (matches(&client, &run), &run["missing"]),
            (decided.to_vec(), &json!([]))
        );
        let run = patch_job(&client, &run, "a.csv", &json!({ "included": false }));
        assert!(matches(&client, &run).is_empty());
        let run = patch_job(&client, &run, "a.csv", &json!({ "included": true }));
        assert_eq!(matches(&client, &run), decided);
        // Taken back, it is gone.
        let all = json!({ "filter": {}, "action": null });
        client.send("PATCH", &path(&run, "/duplicates"), &[], Some(&all)).ok();
        let run = patch_job(&client, &run, "b.csv", &json!({ "mapping": { "Remarks": null } }));
        assert_eq!(
            matches(&client, &run),
            [json!(["Ada Smith (7)", "row 2 of a.csv", null, null])]
        );
    });
}

#[test]
fn where_another_record_is_the_best_match_by_now_it_is_asked_again() {
    on_each_service(|workspace, _, client| {
        let import = |name: &str, text: &str| {
            let files = [(name, text.as_bytes().to_vec())];
            let fields = [("source_system", name), ("options", r#"{"on_duplicate":"create"}"#)];
            let run = client.upload(RUNS, &files, &fields).ok();
            finish(client, &wait(client, &run))
        };
        import(
            "till",
            "Customer Number,Name,Email\nT1,Adeline Smith,ada@smith.example\n",
        );
        let incoming = "Customer Number,Name,Email,Mobile,Remarks\n1,Ada Smith,ada@smith.example,07700 900101,x\n";
        let run = upload(client, &[("a.csv", incoming)]);
        decide_all(client, &run, "merge");
        let ada = json!(["Ada Smith (1)", "customer Adeline Smith in the database", "merge", null]);
        assert_eq!(matches(client, &run), [ada]);
        // Somebody who is surer to be her comes into the database.
        import("shop", "Customer Number,Name,Mobile\nS1,Ada Smith,07700 900101\n");
        let run = patch_job(
            client,
            &run,
            "a.csv",
            &json!({ "mapping": { "Remarks": "customer.notes" } }),
        );
        let earlier = json!({ "action": "merge", "matches": "customer Adeline Smith in the database" });
        let asked = json!(["Ada Smith (1)", "customer Ada Smith in the database", null, earlier]);
        assert_eq!(matches(client, &run), [asked]);
        client
            .post(&path(&run, "/start"), &json!({}))
            .refused(409, "duplicates_undecided");
        decide_all(client, &run, "create");
        let decided = json!(["Ada Smith (1)", "customer Ada Smith in the database", "create", earlier]);
        assert_eq!(matches(client, &run), [decided]);
        let done = finish(client, &run);
        assert_eq!(outcomes(&done["totals"]), [1, 0, 0, 0, 0, 0]);
        assert_eq!(people(workspace).len(), 3);
    });
}

#[test]
fn a_decision_outlives_a_retry() {
    on_each_service(|workspace, service, _| {
        let text = "Customer Number,Name,Email,Mobile,Registration\n\
            C1,Ada Smith,ada@smith.example,,JX20 ABC\n\
            C7,Ada Smith,ada@smith.example,07700 900101,JX20 ABD\n";
        for (action, people_then) in [("merge", 1), ("create", 2)] {
            let client_of = service.client(action, "owner");
            let run = upload(&client_of, &[("garage.csv", text)]);
            decide_all(&client_of, &run, action);
            refuse_vehicle(workspace, "JX20ABD");
            let done = finish(&client_of, &run);
            assert_eq!(outcomes(&done["totals"]), [1, 0, 0, 0, 0, 1]);
            take_vehicles_again(workspace);
            let done = retry(&client_of, &run);
            assert_eq!(done["status"], "completed", "{action}: {done}");
            assert_eq!(client_of.items("/v1/customers").len(), people_then);
        }
    });
}
