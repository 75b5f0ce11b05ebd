//! Tables that nobody recognises, on the command line: what is typed for them, and what is suggested to be typed.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Workspace, on_each_database, program, zip_of};

/// The customers of a program that nobody has heard of, with a header that a shell would take apart.
const KLANTEN: &str = "Klantcode,Wie,Waar,Klant's \"kanaal\" $1\n\
    K1,Marta Ellwood,marta@ellwood.example,A\n\
    K2,Piotr Nowicki,piotr@nowicki.example,B\n";

/// Runs `import klanten.csv` with these arguments, each as it is.
#[track_caller]
fn import(workspace: &Workspace, given: &[&str], exit_code: i32) -> (Value, String) {
    let mut command = workspace.command("import --json");
    let ran = crate::support::Ran::from(command.args(given).output().unwrap()).exits(exit_code);
    let report = serde_json::from_str(&ran.stdout).unwrap_or_default();
    (report, ran.stderr)
}

const TYPED: [&str; 7] = [
    "klanten.csv",
    "--type",
    "generic.customers",
    "--map",
    "Klantcode=customer.external_customer_number",
    "--map=Wie=customer.display_name",
    "--map=waar=customer.email",
];

#[test]
fn what_is_typed_for_an_unknown_table_is_used_for_the_next_one_by_itself() {
    on_each_database(|workspace| {
        workspace.write("klanten.csv", KLANTEN);
        // What it is called makes it a question.
        import(workspace, &["klanten.csv"], 4);
        workspace.assert_untouched();
        let (report, _) = import(workspace, &TYPED, 0);
        assert_eq!(report["totals"]["imported"], 2);
        let email = "SELECT email FROM customer ORDER BY external_customer_number";
        assert_eq!(
            workspace.query(email),
            [["marta@ellwood.example"], ["piotr@nowicki.example"]]
        );
        workspace.write("klanten.csv", KLANTEN.replace("marta@ellwood", "m@ellwood"));
        let (again, _) = import(workspace, &["klanten.csv"], 0);
        assert_eq!(
            (&again["mode"], &again["totals"]["updated"]),
            (&json!("refresh"), &json!(1))
        );
        assert_eq!(workspace.query(email)[0], ["m@ellwood.example"]);
        assert_eq!(again["jobs"][0]["saved_mapping"]["name"], Value::Null);
        assert!(again["jobs"][0]["saved_mapping"]["id"].is_string(), "{again}");
        // Another organisation has said nothing of it.
        import(workspace, &["klanten.csv", "--organization", "elsewhere"], 4);
    });
}

#[test]
fn a_mapping_is_saved_by_name_but_not_by_a_dry_run() {
    let workspace = Workspace::on_sqlite();
    workspace.write("klanten.csv", KLANTEN);
    let named: Vec<&str> = TYPED.into_iter().chain(["--save-mapping", "Oude kassa"]).collect();
    let dry: Vec<&str> = named.iter().copied().chain(["--dry-run"]).collect();
    let (_, said) = import(&workspace, &dry, 0);
    assert!(said.contains("The mapping `Oude kassa` is not kept"), "{said}");
    assert_eq!(workspace.number("SELECT count(*) FROM saved_mapping"), 0);
    let (report, _) = import(&workspace, &named, 0);
    assert_eq!(report["source_system"], "Oude kassa");
    assert_eq!(workspace.query("SELECT name FROM saved_mapping"), [["Oude kassa"]]);
    import(&workspace, &["klanten.csv", "--save-mapping", "x"], 2);
}

#[test]
fn a_mapping_that_is_saved_again_is_told_again() {
    let workspace = Workspace::on_sqlite();
    workspace.write(
        "crm.csv",
        "Customer ID,First Name,Last Name,Email,Landline,Address,City,Postcode\n\
         A-1,Marta,Ellwood,marta@ellwood.example,01632 960001,14 Mill Lane,Norbury,NB1 2AB\n",
    );
    workspace.import("crm.csv --source crm", 0);
    workspace.write("klanten.csv", KLANTEN);
    let named: Vec<&str> = TYPED.into_iter().chain(["--save-mapping", "Oude kassa"]).collect();
    // The run waits for a decision and is taken up by the same command.
    import(&workspace, &named, 4);
    let count = "SELECT count(*) FROM audit_event WHERE action = 'import_job.changed'";
    let before = workspace.number(count);
    import(&workspace, &named, 4);
    assert_eq!(workspace.number(count), before + 1);
}

#[test]
fn a_file_of_mappings_says_what_a_line_can_not() {
    let workspace = Workspace::on_sqlite();
    workspace.write(
        "klanten.csv",
        "Code,Voor,Achter,Plaats,Extra\nK1,Marta,Ellwood,\"Leeds, LS6 3AA\",x\n",
    );
    workspace.write(
        "klanten.toml",
        "type = \"generic.customers\"\n[mapping]\nCode = \"customer.external_customer_number\"\nExtra = \"\"\n\
         Voor = { field = \"customer.display_name\", join = \" \" }\nAchter = \"customer.display_name\"\n\
         Plaats = { field = \"billing_address.city\", split = { by = \",\", into = [\"billing_address.postal_code\"] } }\n\
         land = { field = \"billing_address.country_code\", constant = \"GB\" }\n",
    );
    import(&workspace, &["klanten.csv", "--mapping", "klanten.toml"], 0);
    assert_eq!(
        workspace.query("SELECT display_name FROM customer"),
        [["Marta Ellwood"]]
    );
    assert_eq!(
        workspace.query("SELECT city, postal_code, country_code FROM customer_address"),
        [["Leeds", "LS6 3AA", "GB"]]
    );
    let cleaned = workspace.run("clean klanten.csv --mapping klanten.toml").exits(0);
    assert!(cleaned.stdout.contains("Marta Ellwood"), "{}", cleaned.stdout);
    workspace.write("large.toml", "#".repeat(300 * 1024));
    for wrong in ["klanten.csv", "nothing.toml", ".", "large.toml"] {
        let said = workspace
            .run(&format!("clean klanten.csv --mapping {wrong}"))
            .exits(2)
            .stderr;
        assert!(said.contains(&format!("`{wrong}`")), "{said}");
    }
}

#[test]
fn what_is_misspelt_is_wrong_usage_and_the_nearest_is_named() {
    let workspace = Workspace::on_sqlite();
    workspace.write("klanten.csv", KLANTEN);
    for (given, expected) in [
        (
            vec!["--map", "Wi=customer.display_name"],
            "no table has a column `Wi`; `Wie` is the nearest",
        ),
        (
            vec!["--type", "generic.customers", "--map", "Wie=customer.dispaly_name"],
            "there is no field `customer.dispaly_name`; `customer.display_name` is the nearest",
        ),
        (
            vec!["--type", "customers"],
            "there is no table type `customers`; `generic.customers` is the nearest",
        ),
        (
            vec!["--type", "klantn.csv:generic.customers"],
            "there is no table `klantn.csv`; `klanten.csv` is the nearest",
        ),
        (
            vec!["--map", "Wie=customer.display_name", "--map", "WIE=customer.company"],
            "is given twice; say once what becomes of a column",
        ),
        (
            vec!["--type", "generic.customers", "--type", "generic.vehicles"],
            "a table has one type; `generic.customers` and `generic.vehicles` were given",
        ),
        (vec!["--map", "Wie"], "write it as `Header=entity.field`"),
        (
            vec!["--map", "Wie=customer.display_name"],
            "the table needs a type before its columns can be mapped",
        ),
    ] {
        for command in ["import", "detect", "clean"] {
            let mut ran = workspace.command(command);
            ran.arg("klanten.csv").args(&given);
            let said = crate::support::Ran::from(ran.output().unwrap()).exits(2).stderr;
            assert!(said.contains(expected), "{command} {given:?}: {said}");
        }
    }
    workspace.assert_untouched();
}

#[test]
fn of_several_tables_it_can_be_said_which_is_meant() {
    let workspace = Workspace::on_sqlite();
    workspace.write("klanten.csv", "Code,Wie\nK1,Marta Ellwood\nK2,Piotr Nowicki\n");
    workspace.write("wagens.csv", "Code,Kenteken\nK1,TX69 RYA\nK2,AB12 CDE\n");
    let types = [
        "klanten.csv",
        "wagens.csv",
        "--type=klanten.csv:generic.customers",
        "--type=wagens.csv:generic.vehicles",
        "--map=Wie=customer.display_name",
        "--map=Kenteken=vehicle.registration",
    ];
    let unclear: Vec<&str> = types
        .into_iter()
        .chain(["--map=Code=customer.external_customer_number"])
        .collect();
    let (_, said) = import(&workspace, &unclear, 2);
    assert!(
        said.contains("`Code` may be meant of several tables: `klanten.csv`, `wagens.csv`"),
        "{said}"
    );
    let clear = [
        "--map=klanten.csv:Code=customer.external_customer_number",
        "--map=wagens.csv:Code=vehicle.customer",
    ];
    let clear: Vec<&str> = types.into_iter().chain(clear).collect();
    import(&workspace, &clear, 0);
    assert_eq!(
        workspace.number("SELECT count(*) FROM vehicle WHERE customer_id IS NOT NULL"),
        2
    );
}

#[test]
fn of_the_files_of_an_archive_it_is_said_which_is_meant() {
    let workspace = Workspace::on_sqlite();
    // Invoices or payments, twice.
    let tie = |number: u32| format!("Client,Invoice Number,Amount,Date\nMarta Ellwood,R-{number},12.50,2024-03-01\n");
    let parts = [("a.csv", tie(1)), ("b.csv", tie(2))];
    let parts = parts.iter().map(|(name, text)| (*name, text.as_bytes()));
    workspace.write("box.zip", zip_of(parts));
    let (_, said) = import(&workspace, &["box.zip"], 4);
    let detect = workspace.command("detect --json box.zip").output().unwrap();
    let found = crate::support::Ran::from(detect).json();
    for (place, file) in ["a.csv", "b.csv"].iter().enumerate() {
        let option = format!("--type box.zip/{file}:generic.invoices");
        assert!(said.contains(&option), "{said}");
        let line = found["files"][place]["commands"][0].as_str().unwrap();
        assert!(line.contains(&format!("--type box.zip/{file}:generic.")), "{line}");
    }
    let typed = [
        "box.zip",
        "--type",
        "box.zip/b.csv:generic.invoices",
        "--orphans=unlinked",
    ];
    let (report, _) = import(&workspace, &typed, 3);
    assert_eq!(report["unrecognised"][0]["file"], "box.zip/a.csv");
    assert_eq!(workspace.query("SELECT number FROM invoice"), [["R-2"]]);
}

/// Has a shell run a command that was suggested.
#[track_caller]
fn typed(workspace: &Workspace, line: &str) -> crate::support::Ran {
    let folder = program().parent().unwrap().display().to_string();
    let mut shell = workspace.command("");
    let envs: Vec<_> = shell
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
        .collect();
    shell = Command::new("sh");
    shell
        .args(["-c", &format!("PATH='{folder}':$PATH; {line}")])
        .current_dir(workspace.path(""));
    for (name, value) in envs {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.output().unwrap().into()
}

#[test]
fn what_detect_suggests_can_be_typed() {
    let workspace = Workspace::on_sqlite();
    let strange = "it's a \"$HOME\" list.csv";
    workspace.write(
        strange,
        "Wie's naam,Waar\nMarta Ellwood,marta@ellwood.example\nPiotr Nowicki,piotr@nowicki.example\n",
    );
    let mut detect = workspace.command("detect --json");
    detect.args([
        strange,
        "--type",
        "generic.customers",
        "--map",
        "Wie's naam=customer.display_name",
    ]);
    let found = crate::support::Ran::from(detect.output().unwrap()).exits(0).json();
    typed(&workspace, found["command"].as_str().unwrap()).exits(0);
    assert_eq!(workspace.number("SELECT count(*) FROM customer"), 2);
    // Of a table that nobody recognises: what its columns look like.
    workspace.write(
        "unknown.csv",
        "Spalte eins,Spalte zwei\nOtto Weber,otto@weber.example\nIda Roth,ida@roth.example\n",
    );
    let mut detect = workspace.command("detect --json");
    let found = crate::support::Ran::from(detect.arg("unknown.csv").output().unwrap()).json();
    let commands = found["files"][0]["commands"].as_array().unwrap();
    let line = commands
        .first()
        .expect("its e-mail addresses look like those of customers")
        .as_str()
        .unwrap();
    assert!(line.contains("--map 'Spalte zwei=customer.email'"), "{line}");
    typed(&workspace, &format!("{line} --map 'Spalte eins=customer.display_name'")).exits(0);
    assert_eq!(
        workspace.number("SELECT count(*) FROM customer WHERE display_name = 'Otto Weber'"),
        1
    );
}
