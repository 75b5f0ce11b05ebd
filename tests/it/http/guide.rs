//! The guide for integrators does what it says.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Ran, Workspace, on_each_database, repository};

/// The longest that the script may be.
const MAX_LINES: usize = 15;

/// The one script of the guide.
fn script() -> String {
    let guide = fs::read_to_string(repository().join("docs/API.md")).unwrap();
    let scripts: Vec<&str> = guide.split("\n```sh\n").skip(1).collect();
    assert_eq!(scripts.len(), 1, "the guide has one script");
    let (script, _) = scripts[0].split_once("\n```").unwrap();
    script.to_owned()
}

/// Checks that a program that the script needs is there.
fn needs(program: &str) {
    let ran = Command::new(program).arg("--version").output();
    assert!(
        ran.is_ok_and(|ran| ran.status.success()),
        "`{program}` is missing, which the script of docs/API.md needs: apt-get install {program}"
    );
}

fn run(workspace: &Workspace, script: &str) -> Ran {
    let service = workspace.serve("");
    let token = workspace
        .run("--organization garage token --role owner")
        .exits(0)
        .stdout;
    let mut shell = Command::new("sh");
    shell
        .args(["-euc", script])
        .current_dir(workspace.path(""))
        .env("TORQUEFLOW_URL", &service.address)
        .env("TORQUEFLOW_TOKEN", token.trim());
    Ran::from(shell.output().unwrap())
}

#[test]
fn the_script_of_the_guide_imports_the_sample() {
    needs("curl");
    needs("jq");
    let script = script();
    assert!(script.lines().count() <= MAX_LINES, "{script}");
    on_each_database(|workspace| {
        let samples = workspace.path("tests/samples");
        fs::create_dir_all(&samples).unwrap();
        for name in ["techman-export.xlsx", "password.txt"] {
            fs::copy(repository().join("tests/samples").join(name), samples.join(name)).unwrap();
        }
        let ran = run(workspace, &script).exits(0);
        assert_eq!(ran.stderr, "");

        let lines: Vec<&str> = ran.stdout.lines().collect();
        let (first, last) = (lines[0], lines[lines.len() - 1]);
        assert!(first.contains("Techman CustomersAndVehicles"), "{first}");
        assert!(lines.contains(&"queued"), "{}", ran.stdout);
        // What the stream said last before the summary.
        assert_eq!(lines[lines.len() - 2], "completed_with_errors", "{}", ran.stdout);
        let summary: Value = serde_json::from_str(last).unwrap();
        assert_eq!(summary["status"], "completed_with_errors");
        let log = workspace.read("error-log.csv");
        assert!(
            log.starts_with("file,sheet,row,column,value,code,severity,message,fix"),
            "{log}"
        );
        let rows = csv::Reader::from_reader(log.as_bytes())
            .into_records()
            .map(Result::unwrap)
            .filter(|row| &row[6] == "error")
            .map(|row| (row[1].to_owned(), row[2].to_owned()))
            .collect::<std::collections::BTreeSet<_>>();
        assert_eq!(summary["totals"]["failed"], rows.len());
    });
}
