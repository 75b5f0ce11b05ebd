//! Standard error that can't be written, since its reader is gone or the disk full, stops nothing.

use std::fs::OpenOptions;
use std::io::pipe;
use std::process::{Command, Stdio};

use crate::support::{Client, Workspace};

const CUSTOMERS: &[u8] = b"Customer ID,First Name,Last Name,Email\nC-1,Marta,Ellwood,marta@ellwood.example\n";

/// Standard error that takes nothing.
type Unwritable = fn() -> Stdio;
const EACH: [(&str, Unwritable); 2] = [("a full disk", full_disk), ("a closed pipe", closed_pipe)];

fn full_disk() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn closed_pipe() -> Stdio {
    // Its reader ends here.
    pipe().unwrap().1.into()
}

/// Everything is logged, so that nothing that logs is left out.
fn logs_to(unwritable: Unwritable) -> impl FnOnce(&mut Command) {
    move |command| {
        command.env("TORQUEFLOW_LOG", "trace").stderr(unwritable());
    }
}

/// Uploads a file, and checks that it is imported.
#[track_caller]
fn assert_imports(client: &Client) {
    let options = [("options", r#"{"auto_start": true, "on_duplicate": "create"}"#)];
    let files = [("customers.csv", CUSTOMERS.to_vec())];
    let run = client.upload("/v1/import-runs", &files, &options).ok();
    let run = client.done(run["id"].as_str().unwrap());
    assert_eq!(run["status"], "completed", "{run}");
    // What fails is logged, too.
    client
        .get("/v1/vehicles/0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23")
        .refused(404, "not_found");
}

#[test]
fn a_service_goes_on() {
    for (what, unwritable) in EACH {
        println!("{what}");
        let workspace = Workspace::on_sqlite();
        let service = workspace.serve_unheard(logs_to(unwritable));
        assert_imports(&service.client("default", "owner"));
        assert_eq!(service.stop(), 0);
    }
}

#[test]
fn a_worker_goes_on() {
    for (what, unwritable) in EACH {
        println!("{what}");
        let workspace = Workspace::on_sqlite();
        let service = workspace.serve("--no-worker");
        let worker = workspace.work_with("", logs_to(unwritable));
        assert_imports(&service.client("default", "owner"));
        assert_eq!(worker.stop(), 0);
    }
}

#[test]
fn a_command_goes_on() {
    for (what, unwritable) in EACH {
        let workspace = Workspace::on_sqlite();
        workspace.write("customers.csv", CUSTOMERS);
        for (log, arguments) in [("trace", "import customers.csv"), ("no=such=level", "runs")] {
            let mut command = workspace.command(arguments);
            command.env("TORQUEFLOW_LOG", log).stderr(unwritable());
            assert_eq!(command.status().unwrap().code(), Some(0), "{what}: {arguments}");
        }
        assert_eq!(workspace.query("SELECT status FROM import_run"), [["completed"]]);
    }
}

#[test]
fn what_is_wrong_with_the_filter_of_the_log_is_told_and_the_rest_of_it_holds() {
    let workspace = Workspace::on_sqlite();
    let mut command = workspace.command("runs");
    let ran = command.env("TORQUEFLOW_LOG", "no=such=level,info").output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(
        said.starts_with("`no=such=level` of TORQUEFLOW_LOG is ignored: "),
        "{said}"
    );
    assert!(said.contains("INFO"), "{said}");
}
