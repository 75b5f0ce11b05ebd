//! What a person says of a table's columns, over HTTP: it stays, is kept with what it belongs to, and can be taken back.

use serde_json::{Value, json};

use crate::support::{Client, Workspace, on_each_database};

const RUNS: &str = "/v1/import-runs";
/// The customers of a program that nobody has heard of.
const KLANTEN: &str = "Klantcode,Wie,Waar,Kanaal\n\
    K1,Marta Ellwood,marta@ellwood.example,A\n\
    K2,Piotr Nowicki,piotr@nowicki.example,B\n";

/// The first job of a run that has just been uploaded and needs somebody.
#[track_caller]
fn upload(client: &Client, text: &str) -> Value {
    let files = [("klanten.csv", text.as_bytes().to_vec())];
    let run = client.upload(RUNS, &files, &[]).ok();
    job_of(client, &run)
}

#[track_caller]
fn job_of(client: &Client, run: &Value) -> Value {
    let run = client
        .get(&format!("{RUNS}/{}?wait=60", run["id"].as_str().unwrap()))
        .ok();
    run["jobs"][0].clone()
}

fn path(job: &Value) -> String {
    format!("/v1/import-jobs/{}", job["id"].as_str().unwrap())
}

/// Changes a job, and reads it again as soon as its run needs somebody.
#[track_caller]
fn patch(client: &Client, job: &Value, change: &Value) -> Value {
    client.send("PATCH", &path(job), &[], Some(change)).ok();
    let run = format!("{RUNS}/{}?wait=60", job["run_id"].as_str().unwrap());
    client.get(&run).ok();
    client.get(&path(job)).ok()
}

/// The fields of the columns, from the left.
fn fields(job: &Value) -> Vec<&str> {
    let columns = job["columns"].as_array().unwrap().iter();
    columns.map(|column| column["field"].as_str().unwrap_or("-")).collect()
}

/// Two people, and then their e-mail addresses.
fn map_in_two_steps(client: &Client, job: &Value) -> Value {
    let first = json!({
        "type": "generic.customers",
        "mapping": { "Klantcode": "customer.external_customer_number", "Wie": "customer.display_name" }
    });
    patch(client, job, &first);
    let second = json!({ "mapping": { "Waar": "customer.email" }, "save_mapping_as": "Oude kassa" });
    patch(client, job, &second)
}

const MAPPED: [&str; 4] = [
    "customer.external_customer_number",
    "customer.display_name",
    "customer.email",
    "-",
];

#[test]
fn what_was_mapped_before_stays_when_more_is_mapped() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let job = upload(&client, KLANTEN);
        assert_eq!(fields(&map_in_two_steps(&client, &job)), MAPPED);
        // And so does what is saved of it.
        let again = upload(&client, KLANTEN);
        assert_eq!(
            (&again["type"], &again["status"]),
            (&json!("generic.customers"), &json!("ready"))
        );
        assert_eq!(fields(&again), MAPPED);
        // What is left out later is left out alone, and `null` takes everything back.
        let less = patch(&client, &job, &json!({ "mapping": { "Waar": null } }));
        assert_eq!(fields(&less), [MAPPED[0], MAPPED[1], "-", "-"]);
        let typed = patch(
            &client,
            &upload(&client, "Wie,Waar\nMarta,x\n"),
            &json!({ "type": "generic.customers" }),
        );
        let mapped = patch(
            &client,
            &typed,
            &json!({ "mapping": { "Wie": "customer.display_name" } }),
        );
        assert_ne!(fields(&mapped), fields(&typed));
        let back = patch(&client, &typed, &json!({ "mapping": null }));
        assert_eq!(
            (fields(&back), &back["type"]),
            (fields(&typed), &json!("generic.customers"))
        );
    });
}

/// Lets no job be written; a trigger, so that it is sure to happen.
fn break_jobs(workspace: &Workspace) {
    if workspace.database_name() == "sqlite" {
        workspace.execute("CREATE TRIGGER fault BEFORE UPDATE ON import_job BEGIN SELECT RAISE(ABORT, 'fault'); END");
        return;
    }
    workspace.execute(
        "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'fault'; END $$; \
         CREATE TRIGGER fault BEFORE UPDATE ON import_job FOR EACH ROW EXECUTE FUNCTION fault()",
    );
}

#[test]
fn a_mapping_is_saved_with_its_job_or_not_at_all() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let job = upload(&client, KLANTEN);
        let typed = patch(&client, &job, &json!({ "type": "generic.customers" }));
        break_jobs(workspace);
        let change = json!({ "mapping": { "Wie": "customer.display_name" }, "save_mapping_as": "Oude kassa" });
        client
            .send("PATCH", &path(&job), &[], Some(&change))
            .refused(500, "internal");
        assert_eq!(workspace.number("SELECT count(*) FROM saved_mapping"), 0);
        assert_eq!(client.get(&path(&job)).ok()["version"], typed["version"]);
        workspace.execute(if workspace.database_name() == "sqlite" {
            "DROP TRIGGER fault"
        } else {
            "DROP TRIGGER fault ON import_job"
        });
        patch(&client, &job, &change);
        assert_eq!(workspace.number("SELECT count(*) FROM saved_mapping"), 1);
    });
}

/// A list whose cells do not fit fields one by one.
const SHAPED: &str = "Klantcode,Voornaam,Achternaam,Plaats,Tel,Mobiel,Soort\n\
    K1,Marta,Ellwood,\"Leeds, LS6 3AA\",0113 496 0101,07700 900123,x\n\
    K2,Piotr,Nowicki,Leeds,,0113 496 0102; 07700 900456,y\n";

fn shapes() -> Value {
    json!({
        "Klantcode": "customer.external_customer_number",
        "Voornaam": { "field": "customer.display_name", "order": 1, "join": " " },
        "Achternaam": { "field": "customer.display_name", "order": 2, "join": " " },
        "Plaats": { "field": "billing_address.city", "split": { "by": ",", "into": ["billing_address.postal_code"] } },
        "Tel": { "field": "customer.phone", "order": 2 },
        "Mobiel": { "field": "customer.phone", "order": 1, "split": ";" },
        "Soort": null,
        "group": { "field": "customer.customer_group", "constant": "Trade" }
    })
}

#[test]
fn columns_are_split_joined_ordered_and_made_up() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let job = upload(&client, SHAPED);
        let mapped = patch(
            &client,
            &job,
            &json!({ "type": "generic.customers", "mapping": shapes() }),
        );
        assert_eq!(mapped["mapping"], shapes());
        // What is shown can be said again, and changes nothing.
        let again = patch(&client, &job, &json!({ "mapping": mapped["mapping"] }));
        assert_eq!(
            (&again["mapping"], fields(&again)),
            (&mapped["mapping"], fields(&mapped))
        );
        let start = format!("{RUNS}/{}/start", job["run_id"].as_str().unwrap());
        client.post(&start, &json!({})).ok();
        let done = client.done(job["run_id"].as_str().unwrap());
        assert_eq!(
            (&done["status"], &done["totals"]["imported"]),
            (&json!("completed"), &json!(2))
        );
        let people =
            workspace.query("SELECT display_name, phone, landline FROM customer ORDER BY external_customer_number");
        assert_eq!(
            people,
            [
                ["Marta Ellwood", "+447700900123", "+441134960101"],
                ["Piotr Nowicki", "+447700900456", "+441134960102"]
            ]
        );
        assert_eq!(
            workspace.number("SELECT count(*) FROM customer_address WHERE city = 'Leeds'"),
            2
        );
        assert_eq!(
            workspace.number("SELECT count(*) FROM customer_address WHERE postal_code = 'LS6 3AA'"),
            1
        );
        assert_eq!(
            workspace.number("SELECT count(*) FROM customer_group WHERE name = 'Trade'"),
            1
        );
        assert_eq!(
            workspace.number("SELECT count(*) FROM customer WHERE customer_group_id IS NOT NULL"),
            2
        );
    });
}

#[test]
fn each_entry_that_can_not_be_is_pointed_to() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "owner");
    let job = upload(&client, KLANTEN);
    let refused = |change: Value| {
        let answer = client.send("PATCH", &path(&job), &[], Some(&change));
        let problem = answer.refused(422, "validation_failed");
        let places = problem["errors"].as_array().unwrap().iter();
        let shown = places.map(|place| {
            format!(
                "{}: {}",
                place["pointer"].as_str().unwrap(),
                place["message"].as_str().unwrap()
            )
        });
        shown.collect::<Vec<_>>()
    };
    let customers = |mapping: Value| json!({ "type": "generic.customers", "mapping": mapping });
    assert_eq!(
        refused(customers(json!({
            "Wi": "customer.display_name", "Waar": "customer.emial", "a/b": null,
            "Kanaal": { "field": "customer.notes", "order": 0, "split": { "by": "", "into": ["customer.nose"] } },
            "soort": { "field": "customer.customer_group", "constant": " " }
        }))),
        [
            "/mapping/Kanaal/split/by: a column is split by some text, such as a comma",
            "/mapping/Kanaal/split/into/0: there is no field `customer.nose`; `customer.notes` is the nearest",
            "/mapping/Kanaal/order: the order is a number from 1 to 1000",
            "/mapping/Waar: there is no field `customer.emial`; `customer.email` is the nearest",
            "/mapping/Wi: the table has no column `Wi`; `Wie` is the nearest",
            "/mapping/a~1b: the table has no column `a/b`",
            "/mapping/soort/constant: a constant is some text; null leaves a column out",
        ]
        .map(|line| line.replace("/mapping/Waar:", "/mapping/Waar/field:"))
    );
    assert_eq!(
        refused(json!({ "type": "generic.custmers" })),
        ["/type: there is no table type `generic.custmers`; `generic.customers` is the nearest"]
    );
    assert_eq!(
        refused(json!({ "mapping": { "Wie": "customer.display_name" } })),
        ["/type: the table needs a type before its columns can be mapped"]
    );
    assert_eq!(
        refused(json!({ "type": "generic.customers", "save_mapping_as": "two\nlines" })).len(),
        1
    );
    let wrong =
        json!({ "type": "generic.customers", "mapping": { "Wie": { "field": "customer.display_name", "oder": 1 } } });
    client
        .send("PATCH", &path(&job), &[], Some(&wrong))
        .refused(400, "invalid_request");
    assert_eq!(client.get(&path(&job)).ok()["version"], job["version"]);
}

#[test]
fn what_contradicts_itself_is_refused_and_a_type_said_again_forgets_nothing() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "owner");
    let job = upload(
        &client,
        "Customer Number,Name,Email,Zork\nC-1,Ada Smith,ada@smith.example,x\n",
    );
    assert_eq!(job["type"], "generic.customers");
    let twice = json!({ "mapping": { "ZORK": "customer.notes", "Zork": null } });
    let refused = client.send("PATCH", &path(&job), &[], Some(&twice));
    let refused = refused.refused(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/mapping/Zork");
    patch(&client, &job, &json!({ "mapping": { "Zork": "customer.notes" } }));
    let again = json!({ "type": "generic.customers", "mapping": { "Email": null } });
    let again = patch(&client, &job, &again);
    assert_eq!((fields(&again)[2], fields(&again)[3]), ("-", "customer.notes"));
}

#[track_caller]
fn start(client: &Client, job: &Value) {
    let run = job["run_id"].as_str().unwrap();
    client.post(&format!("{RUNS}/{run}/start"), &json!({})).ok();
    client.done(run);
}

#[test]
fn a_saved_mapping_that_a_person_changed_is_not_changed_back_by_a_start() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        map_in_two_steps(&client, &upload(&client, KLANTEN));
        let one = client.items("/v1/saved-mappings")[0].clone();
        let one = format!("/v1/saved-mappings/{}", one["id"].as_str().unwrap());
        let (second, third) = (upload(&client, KLANTEN), upload(&client, KLANTEN));
        let change = json!({ "mapping": { "WAAR": null, "group": shapes()["group"] } });
        let changed = client.send("PATCH", &one, &[], Some(&change)).ok();
        assert_eq!(changed["mapping"]["Waar"], Value::Null);
        start(&client, &second);
        assert_eq!(client.get(&one).ok(), changed);
        // A constant can be taken away again.
        let without = json!({ "mapping": { "group": null } });
        let without = client.send("PATCH", &one, &[], Some(&without)).ok();
        assert_eq!(without["mapping"].get("group"), None);
        // What a person says of the table is news, and the name stays.
        patch(&client, &third, &json!({ "mapping": { "Kanaal": "customer.notes" } }));
        start(&client, &third);
        let news = client.get(&one).ok();
        assert_eq!(
            (&news["name"], &news["mapping"]["Kanaal"]),
            (&json!("Oude kassa"), &json!("customer.notes"))
        );
        let fourth = upload(&client, KLANTEN);
        client.delete(&one);
        start(&client, &fourth);
        assert!(client.items("/v1/saved-mappings").is_empty());
    });
}

#[test]
fn a_saved_mapping_that_no_longer_holds_is_told_and_stands_in_no_ones_way() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "owner");
    map_in_two_steps(&client, &upload(&client, KLANTEN));
    workspace.execute("UPDATE saved_mapping SET table_type = 'gone.customers'");
    let job = upload(&client, KLANTEN);
    assert_eq!((&job["type"], &job["saved_mapping"]), (&Value::Null, &Value::Null));
    let told = job["warnings"].to_string();
    assert!(
        told.contains(
            "The saved mapping “Oude kassa” of these columns can't be used: there is no table type `gone.customers`"
        ),
        "{told}"
    );
    patch(&client, &job, &json!({ "date_order": "day_first" }));
    let mapped = patch(&client, &job, &json!({ "type": "generic.customers" }));
    assert_eq!(mapped["type"], "generic.customers");
}

/// The same list a week later: its columns in another order, one more, and somebody new.
const KLANTEN_LATER: &str = "Wie,Klantcode,Waar,Kanaal,Sinds\n\
    Marta Ellwood,K1,marta@ellwood.example,A,\n\
    Zadie Quill,K3,zadie@quill.example,A,2020\n";

#[test]
fn a_mapping_made_by_hand_is_used_for_the_next_file_and_not_for_anothers() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let stranger = service.client("elsewhere", "owner");
        let job = upload(&client, KLANTEN);
        let first = json!({
            "type": "generic.customers",
            "mapping": { "Klantcode": "customer.external_customer_number", "Wie": "customer.display_name", "Waar": "customer.email" }
        });
        patch(&client, &job, &first);
        // It is remembered when the table is imported, not before.
        assert!(client.items("/v1/saved-mappings").is_empty());
        let start = format!("{RUNS}/{}/start", job["run_id"].as_str().unwrap());
        client.post(&start, &json!({})).ok();
        client.done(job["run_id"].as_str().unwrap());
        let saved = client.items("/v1/saved-mappings");
        assert_eq!(
            (saved.len(), &saved[0]["name"], &saved[0]["type"]),
            (1, &Value::Null, &json!("generic.customers"))
        );
        let one = format!("/v1/saved-mappings/{}", saved[0]["id"].as_str().unwrap());

        let later = upload(&client, KLANTEN_LATER);
        assert_eq!(fields(&later)[..4], [MAPPED[1], MAPPED[0], MAPPED[2], "-"]);
        assert_eq!(later["saved_mapping"], json!({ "id": saved[0]["id"], "name": null }));
        let told = later["warnings"].as_array().unwrap().iter();
        let mut told = told.filter_map(|warning| warning["message"].as_str());
        assert!(told.any(|message| message == "Understood as a person mapped a table with these columns before."));

        // Nobody else knows of it.
        assert_eq!(upload(&stranger, KLANTEN)["type"], Value::Null);
        assert!(stranger.items("/v1/saved-mappings").is_empty());
        stranger.get(&one).refused(404, "not_found");
        stranger.delete(&one).refused(404, "not_found");
        stranger
            .send("PATCH", &one, &[], Some(&json!({ "name": "Mine" })))
            .refused(404, "not_found");
        let technician = service.client("garage", "technician");
        technician.get("/v1/saved-mappings").refused(403, "capability_required");

        // It can be taken back of one table, changed, and removed.
        let back = patch(&client, &later, &json!({ "mapping": null }));
        assert_eq!((&back["type"], &back["saved_mapping"]), (&Value::Null, &Value::Null));
        let renamed = json!({ "name": " Oude kassa ", "mapping": { "Kanaal": "customer.notes" } });
        let renamed = client.send("PATCH", &one, &[], Some(&renamed)).ok();
        assert_eq!(
            (&renamed["name"], &renamed["mapping"]["Kanaal"]),
            (&json!("Oude kassa"), &json!("customer.notes"))
        );
        assert_eq!(renamed["mapping"]["Wie"], "customer.display_name");
        let wrong = json!({ "mapping": { "Kanal": "customer.notes" } });
        let wrong = client
            .send("PATCH", &one, &[], Some(&wrong))
            .refused(422, "validation_failed");
        assert_eq!(wrong["errors"][0]["pointer"], "/mapping/Kanal");
        assert_eq!(client.get(&one).ok(), renamed);
        let third = upload(&client, KLANTEN);
        assert_eq!(
            (fields(&third)[3], &third["saved_mapping"]["name"]),
            ("customer.notes", &json!("Oude kassa"))
        );
        client.delete(&one);
        client.get(&one).refused(404, "not_found");
        // What is open keeps what it was understood by; what comes later does not.
        let less = patch(&client, &third, &json!({ "mapping": { "Kanaal": null } }));
        assert_eq!(fields(&less), MAPPED);
        assert_eq!(upload(&client, KLANTEN)["type"], Value::Null);
    });
}

#[test]
fn a_column_that_loses_its_field_to_another_is_told() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "owner");
    let job = upload(
        &client,
        "Customer Number,Name,Mobile,Handy,Email\nC-1,Ada Smith,07700 900123,07700 900456,\n",
    );
    assert_eq!(fields(&job)[2], "customer.phone");
    let given = patch(&client, &job, &json!({ "mapping": { "Handy": "customer.phone" } }));
    assert_eq!((fields(&given)[2], fields(&given)[3]), ("-", "customer.phone"));
    let told = given["warnings"].to_string();
    assert!(
        told.contains("Column `Mobile` is not imported, since its field customer.phone was given to `Handy`"),
        "{told}"
    );
    let both = patch(
        &client,
        &job,
        &json!({ "mapping": { "Mobile": { "field": "customer.phone", "order": 1 } } }),
    );
    assert_eq!(
        (fields(&both)[2], fields(&both)[3]),
        ("customer.phone", "customer.phone")
    );
    // And so is one that a person gave to it before.
    let job = upload(
        &client,
        "Customer Number,Name,Zork,Quux\nC-1,Ada Smith,07700 900123,07700 900456\n",
    );
    patch(&client, &job, &json!({ "mapping": { "Zork": "customer.phone" } }));
    let given = patch(&client, &job, &json!({ "mapping": { "Quux": "customer.phone" } }));
    assert_eq!((fields(&given)[2], fields(&given)[3]), ("-", "customer.phone"));
    let told = given["warnings"].to_string();
    assert!(told.contains("Column `Zork` is not imported"), "{told}");
}
