//! Files that are gone, or become shorter, while the program is at work.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use super::{assert_says, good};
use crate::support::{Ran, Workspace, csv_file, on_each_database, workbook};

/// Starts a command that waits for a password, so that what is done to files meanwhile comes before they are opened.
fn waiting(workspace: &Workspace, arguments: &str) -> Child {
    let mut command = workspace.command(&format!("{arguments} --password-stdin"));
    command.stdin(Stdio::piped()).spawn().unwrap()
}

fn go_on(mut child: Child) -> Ran {
    child.stdin.take().unwrap().write_all(b"secret\n").unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_file_that_is_gone_when_its_turn_comes() {
    on_each_database(|workspace| {
        for command in ["import", "detect", "clean"] {
            workspace.write("here.csv", csv_file(&good()));
            workspace.write("gone.csv", csv_file(&good()));
            let child = waiting(workspace, &format!("{command} gone.csv here.csv"));
            fs::remove_file(workspace.path("gone.csv")).unwrap();
            let ran = go_on(child).exits(3);
            if command == "detect" {
                assert!(ran.stdout.contains("could not be read"), "{}", ran.stdout);
            } else {
                let said = Ran {
                    stderr: format!("{}\n{}", ran.stdout, ran.stderr),
                    ..ran
                };
                assert_says(&said, "gone.csv", &["could not be read", "Check that it is there"]);
            }
        }
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 2);
    });
}

#[test]
fn an_upload_that_is_gone_when_the_import_goes_on() {
    on_each_database(|workspace| {
        let bytes = torqueflow_test_support::workbook::encrypt_xlsx(&workbook(&[good()]), "secret").unwrap();
        workspace.write("secret.xlsx", bytes);
        workspace.write("password", "secret");
        workspace.run("import secret.xlsx").exits(4);
        fs::remove_dir_all(workspace.path("data")).unwrap();
        let refused = workspace.run("import secret.xlsx --password-file password").exits(1);
        assert_says(
            &refused,
            "secret.xlsx",
            &["could not be read", "Check that it is there"],
        );
        workspace.assert_untouched();
        // That run is over; the next one has its own copy.
        workspace.import("secret.xlsx --password-file password", 0);
    });
}

#[test]
fn a_file_that_becomes_shorter_while_it_is_read() {
    let workspace = Workspace::on_sqlite();
    let mut text = String::from("Customer ID,First Name,Last Name,Email\n");
    for number in 0..20_000 {
        writeln!(text, "A-{number},Marta,Ellwood,marta{number}@ellwood.example").unwrap();
    }
    workspace.write("list.csv", &text);
    let mut child = workspace.command("clean list.csv").spawn().unwrap();
    // The first rows come when the file was read once; the rest waits for somebody to take them.
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(workspace.path("list.csv"))
        .unwrap();
    file.set_len(text.len() as u64 / 2).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap()).exits(3);
    assert_says(&ran, "list.csv", &["could not be read (it changed while it was read)"]);
}
