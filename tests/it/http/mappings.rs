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
