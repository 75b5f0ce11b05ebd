//! Source systems as data: those of a folder, and tables that are known and left out.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Ran, Service, Workspace, on_each_database, repository};

/// A small system.
const BENCH: &str = "id = \"bench\"\nlabel = \"Bench & Sons\"\n[[table]]\ntype = \"bench.customers\"\n\
    label = \"Bench people\"\nnoun = \"customers\"\nrequired = [\"Leute\", \"Draht\"]\n[table.columns]\n\
    Leute = \"customer.display_name\"\nDraht = \"customer.phone\"\n";
/// What it exports: headers that nobody would recognise.
const LEUTE: &str = "Leute,Draht\nMarta Ellwood,07181 050327\nPiotr Nowicki,07181 050330\n";
const INVOICES: &str = "invoice_number,order_number,status,invoiced_at,due_at,amount,discount_type,discount_rate,currency_code,\
    currency_rate,category_name,contact_name,contact_email\n\
    INV-7,,paid,2024-03-02,2024-04-02,120.00,percentage,0,GBP,1,Sales,Marta Ellwood,marta@ellwood.example\n";
const TOTALS: &str =
    "invoice_number,code,name,amount,sort_order\nINV-7,sub_total,Sub-total,100.00,1\nINV-7,total,Total,120.00,2\n";

/// The fenced blocks of a page: their language and their text, without the indent of the list that they stand in.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut indent = None;
    for line in page.lines() {
        let bare = line.trim_start();
        match (bare.strip_prefix("```"), indent) {
            (Some(language), None) => {
                indent = Some(line.len() - bare.len());
                blocks.push((language.to_owned(), String::new()));
            }
            (Some(_), Some(_)) => indent = None,
            (None, Some(spaces)) => {
                let (_, text) = blocks.last_mut().unwrap();
                text.push_str(line.get(spaces..).unwrap_or_default());
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The page is followed to the letter.
#[test]
fn the_guide_adds_a_system_without_a_rebuild() {
    let page = fs::read_to_string(repository().join("docs/how-to/add-a-source-system.md")).unwrap();
    let (page, _) = page.split_once("## Built in").unwrap();
    let blocks = blocks(page);
    let first = |language: &str| &blocks.iter().find(|(of, _)| of == language).unwrap().1;
    on_each_database(|workspace| {
        fs::create_dir(workspace.path("systems")).unwrap();
        workspace.write("systems/wrenchbook.toml", first("toml"));
        workspace.write("cars.csv", first("csv"));
        let mut ran: Option<Ran> = None;
        let mut commands = 0;
        for line in blocks
            .iter()
            .filter(|(of, _)| of == "console")
            .flat_map(|(_, text)| text.lines())
        {
            match line.strip_prefix("$ torqueflow ") {
                Some(command) => {
                    commands += 1;
                    ran = Some(workspace.run(command).exits(0));
                }
                None => {
                    ran.as_ref().unwrap().line(line);
                }
            }
        }
        assert_eq!(commands, 3);
        let imported = workspace.query("SELECT registration FROM vehicle ORDER BY registration");
        assert_eq!(imported, [["AB12CDE"], ["BC15DEF"]]);
        let systems = workspace.query("SELECT DISTINCT source_system FROM import_mapping");
        assert_eq!(systems, [["wrenchbook"]]);
        // The list of prices that the page describes is left out with its reason, and nothing else is in the file.
        workspace.write("prices.csv", "Tyre,Width,Price\nAllseason,205,61.00\n");
        let ran = workspace.run("clean prices.csv --sources systems").exits(1);
        assert_eq!(ran.stdout, "");
        assert_eq!(
            ran.stderr,
            "prices.csv: Wrenchbook tyre prices are left out: they are a maker's list.\n"
        );
    });
}

/// A workspace with a folder of systems.
fn with_systems(files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::on_sqlite();
    fs::create_dir(workspace.path("systems")).unwrap();
    for (name, text) in files {
        workspace.write(&format!("systems/{name}"), text);
    }
    workspace
}

#[test]
fn sources_lists_what_is_known_and_where_from() {
    let workspace = with_systems(&[("bench.toml", BENCH)]);
    let listed = workspace.run("sources --json --sources systems").exits(0).json();
    let listed = listed["sources"].as_array().unwrap();
    let find = |id: &str| listed.iter().find(|source| source["id"] == id).unwrap();
    let tables = json!([{
        "type": "bench.customers", "label": "Bench people", "entities": ["customer"], "not_imported": null,
    }]);
    let expected = json!({"id": "bench", "label": "Bench & Sons", "file": "systems/bench.toml", "tables": tables});
    assert_eq!(find("bench"), &expected);
    assert_eq!(
        (&find("xero")["file"], &find("techman")["file"]),
        (&Value::Null, &Value::Null)
    );
    let totals = &find("akaunting")["tables"];
    let totals = totals
        .as_array()
        .unwrap()
        .iter()
        .find(|table| table["type"] == "akaunting.invoice_totals");
    assert!(totals.unwrap()["not_imported"].is_string());
    let shown = workspace.run("sources --sources systems").exits(0).stdout;
    let line = shown.lines().find(|line| line.contains("bench.customers")).unwrap();
    assert!(
        line.contains("Bench & Sons") && line.contains("systems/bench.toml"),
        "{line}"
    );
    assert!(!workspace.run("sources").exits(0).stdout.contains("bench"));
}

#[test]
fn the_check_says_everything_that_is_wrong_with_its_lines() {
    let workspace = with_systems(&[("bench.toml", BENCH)]);
    let wrong = BENCH
        .replace("\"Bench & Sons\"", "\"\"")
        .replace("[\"Leute\", \"Draht\"]", "[\"Leute\", \"Kabel\"]")
        .replace("customer.phone", "customer.wire");
    workspace.write("wrong.toml", wrong);
    let said = workspace.run("sources --check wrong.toml").exits(1).stdout;
    assert_eq!(
        said,
        "wrong.toml:2: `label` must not be blank\n\
         wrong.toml:7: table `bench.customers`: `Kabel` is neither a column of the table nor a field that it fills\n\
         wrong.toml:10: table `bench.customers`, column `Draht`: `customer.wire` is not a field of the catalogue\n"
    );
    let said = workspace.run("sources --check wrong.toml --json").exits(1).json();
    assert_eq!(
        said["faults"][0],
        json!({"line": 2, "message": "`label` must not be blank"})
    );
    workspace.write("second.toml", BENCH);
    let said = workspace
        .run("sources --check second.toml --sources systems")
        .exits(1)
        .stdout;
    assert_eq!(
        said,
        "second.toml:1: the id `bench` is that of the system of `systems/bench.toml`\n"
    );
    // A file of the folder is not another system with the same id.
    workspace
        .run("sources --check systems/bench.toml --sources systems")
        .exits(0);
    let said = workspace.run("sources --check nowhere.toml").exits(1).stdout;
    assert!(said.starts_with("nowhere.toml: "), "{said}");
    // A file that is sound and can't be told from another system's.
    let like = "id = \"like\"\nlabel = \"Like\"\n[[table]]\ntype = \"like.totals\"\nlabel = \"Totals\"\nnoun = \"totals\"\n\
        required = [\"code\"]\n[table.columns]\ninvoice_number = \"invoice.number\"\ncode = \"\"\namount = \"\"\nsort_order = \"\"\n\
        name = \"\"\n";
    workspace.write(
        "like.toml",
        like.replace("[\"code\"]", "[\"code\", \"sort_order\", \"name\"]"),
    );
    workspace.run("sources --check like.toml").exits(0);
}

/// Before anything is read or written.
#[test]
fn a_folder_with_a_fault_is_wrong_usage() {
    let workspace = with_systems(&[("a.toml", "id = \"a\"\nlabel = \"A\"\ncolour = 1\n"), ("b.toml", BENCH)]);
    workspace.write("list.csv", LEUTE);
    let expected = "error: systems/a.toml:3: unknown field `colour`, expected one of `id`, `label`, `spellings`, `slots`, `not_fields`, `table`";
    for command in [
        "detect list.csv",
        "clean list.csv",
        "import list.csv",
        "runs",
        "sources",
    ] {
        let said = workspace.run(&format!("{command} --sources systems")).exits(2);
        assert_eq!((said.stdout.as_str(), said.stderr.trim()), ("", expected), "{command}");
        let mut by_setting = workspace.command(command);
        by_setting.env("TORQUEFLOW_SOURCES", workspace.path("nowhere"));
        Ran::from(by_setting.output().unwrap()).exits(2);
    }
}

#[test]
fn a_system_of_the_folder_is_known_by_name_and_its_files_by_themselves() {
    let workspace = with_systems(&[("bench.toml", BENCH)]);
    workspace.write("list.csv", LEUTE);
    let unknown = workspace.run("detect list.csv --json").exits(1).json();
    assert_eq!(unknown["files"][0]["type"], Value::Null);
    for options in ["", "--source bench", "--source BENCH&SONS"] {
        let ran = workspace
            .run(&format!("detect list.csv --json --sources systems {options}"))
            .exits(0);
        assert_eq!(
            (&ran.json()["files"][0]["type"], ran.stderr.as_str()),
            (&json!("bench.customers"), "")
        );
    }
    let mut import = workspace.command("import list.csv --json");
    import.env("TORQUEFLOW_SOURCES", "systems");
    let report = Ran::from(import.output().unwrap()).exits(0).json();
    assert_eq!(
        (&report["source_system"], &report["totals"]["imported"]),
        (&json!("bench"), &json!(2))
    );
}

#[test]
fn tables_that_are_not_imported_are_named_and_left_out() {
    on_each_database(|workspace| {
        workspace.write("invoices.csv", INVOICES);
        workspace.write("totals.csv", TOTALS);
        let found = workspace.run("detect totals.csv --json").exits(0).json();
        let totals = &found["files"][0];
        assert_eq!(
            (&totals["type"], &totals["entities"]),
            (&json!("akaunting.invoice_totals"), &json!([]))
        );
        assert_eq!(totals["warnings"][0]["code"], "not_imported");
        let report = workspace.import("totals.csv", 1);
        assert_eq!(report["error"]["code"], "not_imported");
        let ran = workspace.run("import invoices.csv totals.csv").exits(0);
        assert!(
            ran.stdout
                .contains("totals.csv, 2 rows: Akaunting totals of invoices are left out: "),
            "{}",
            ran.stdout
        );
        let report = workspace.import("invoices.csv totals.csv --mode refresh", 0);
        let left_out = &report["not_imported"][0];
        assert_eq!(
            json!([
                left_out["file"],
                left_out["type"],
                left_out["rows"],
                report["unrecognised"],
                report["totals"]["rows"]
            ]),
            json!(["totals.csv", "akaunting.invoice_totals", 2, [], 1])
        );
        assert_eq!(report["jobs"].as_array().unwrap().len(), 1);
        assert_eq!(workspace.query("SELECT number FROM invoice"), [["INV-7"]]);
        assert_eq!(workspace.query("SELECT COUNT(*) FROM payment"), [["0"]]);
    });
}

/// The service with a folder of systems.
fn serve(workspace: &Workspace) -> Service<'_> {
    workspace.serve_with("", |command| {
        command.env("TORQUEFLOW_SOURCES", workspace.path("systems"));
    })
}

#[test]
fn the_service_knows_the_systems_of_its_folder_and_leaves_out_what_is_not_imported() {
    let workspace = with_systems(&[("bench.toml", BENCH)]);
    let service = serve(&workspace);
    let client = service.client("garage", "owner");
    let systems = client.items("/v1/source-systems");
    let bench = systems.iter().find(|system| system["id"] == "bench").unwrap();
    assert_eq!(
        (&bench["label"], &bench["tables"][0]["not_imported"]),
        (&json!("Bench & Sons"), &Value::Null)
    );
    let files = [
        ("list.csv", LEUTE.as_bytes().to_vec()),
        ("totals.csv", TOTALS.as_bytes().to_vec()),
    ];
    let run = client.upload("/v1/import-runs", &files, &[]).ok();
    let id = run["id"].as_str().unwrap().to_owned();
    let ready = client.get(&format!("/v1/import-runs/{id}?wait=60")).ok();
    let job = |name: &str| {
        let jobs = ready["jobs"].as_array().unwrap();
        jobs.iter()
            .find(|job| job["type"] == name)
            .unwrap_or_else(|| panic!("{name}: {ready}"))
    };
    assert_eq!(job("bench.customers")["status"], "ready");
    let totals = job("akaunting.invoice_totals");
    assert_eq!(
        (&totals["status"], &totals["warnings"][0]["code"]),
        (&json!("skipped"), &json!("not_imported"))
    );
    client.post(&format!("/v1/import-runs/{id}/start"), &json!({})).ok();
    let done = client.done(&id);
    assert_eq!(
        (&done["status"], &done["totals"]["rows"]),
        (&json!("completed"), &json!(2))
    );
    let summary = client.get(&format!("/v1/import-runs/{id}/summary")).ok();
    assert_eq!(
        (&summary["not_imported"][0]["rows"], &summary["totals"]["imported"]),
        (&json!(2), &json!(2))
    );
}

/// Where a person says that it is something else after all.
#[test]
fn a_person_can_say_what_a_table_that_is_left_out_is() {
    let workspace = with_systems(&[]);
    let service = serve(&workspace);
    let client = service.client("garage", "owner");
    let run = client
        .upload("/v1/import-runs", &[("totals.csv", TOTALS.as_bytes().to_vec())], &[])
        .ok();
    let id = run["id"].as_str().unwrap().to_owned();
    let ready = client.get(&format!("/v1/import-runs/{id}?wait=60")).ok();
    let job = format!("/v1/import-jobs/{}", ready["jobs"][0]["id"].as_str().unwrap());
    let change = json!({
        "type": "generic.products",
        "mapping": {"code": "product.code", "amount": "product.retail_price", "invoice_number": null, "name": null, "sort_order": null},
    });
    client.send("PATCH", &job, &[], Some(&change)).ok();
    let ready = client.get(&format!("/v1/import-runs/{id}?wait=60")).ok();
    assert_eq!(ready["jobs"][0]["status"], "ready", "{ready}");
}
