//! The password of a workbook is used and forgotten: it is nowhere afterwards, and nobody sees it meanwhile.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use torqueflow_test_support::sample::{Garage, SampleOptions};

use crate::support::{PASSWORD, Ran, Workspace, encrypted_workbook, on_each_database};

/// An importing workspace whose only file with the password is that of the person.
fn prepare(workspace: &Workspace) {
    let garage = Garage::generate(&SampleOptions { customers: 60, seed: 4 });
    workspace.write("garage.xlsx", encrypted_workbook(&garage.tables()));
    workspace.write("secret", PASSWORD);
}

/// The password as UTF-8 and as the UTF-16 that keys are made of.
fn spellings() -> [Vec<u8>; 2] {
    let wide = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [PASSWORD.as_bytes().to_vec(), wide]
}

#[track_caller]
fn assert_absent(bytes: &[u8], place: &str) {
    for spelling in spellings() {
        let found = bytes.windows(spelling.len()).any(|window| window == spelling);
        assert!(!found, "the password is in {place}");
    }
}

#[test]
fn the_password_is_in_no_output_no_file_and_no_table() {
    on_each_database(|workspace| {
        prepare(workspace);
        workspace.write("wrong", format!("{PASSWORD}!"));
        // Wrong first: a refusal must not show what was tried either.
        for (file, exit_code) in [("wrong", 4), ("secret", 3)] {
            let arguments =
                format!("import garage.xlsx --password-file {file} --on-duplicate create --error-log log.csv");
            let mut command = workspace.command(&arguments);
            let ran = Ran::from(command.env("TORQUEFLOW_LOG", "trace").output().unwrap()).exits(exit_code);
            assert!(ran.stderr.contains(" INFO "), "the log is on");
            assert_absent(ran.stdout.as_bytes(), "standard output");
            assert_absent(ran.stderr.as_bytes(), "standard error");
        }
        for name in ["secret", "wrong"] {
            fs::remove_file(workspace.path(name)).unwrap();
        }
        assert_absent_from_files(workspace);
        assert_absent_from_tables(workspace);
    });
}

/// The data folder, the temporary folder and whatever else was made, and the SQLite file with its log.
fn assert_absent_from_files(workspace: &Workspace) {
    let files = workspace.files();
    assert!(
        files.iter().any(|file| file.starts_with(workspace.path("data"))),
        "{files:?}"
    );
    let database = workspace.database_files();
    assert_eq!(database.is_empty(), workspace.database_name() == "postgresql");
    for file in files.iter().chain(&database) {
        assert_absent(&fs::read(file).unwrap(), &file.display().to_string());
    }
}

fn assert_absent_from_tables(workspace: &Workspace) {
    if workspace.database_name() != "postgresql" {
        return;
    }
    let tables = workspace.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        let found = format!(
            "SELECT count(*) FROM {0} AS t WHERE t::text LIKE '%{PASSWORD}%'",
            table[0]
        );
        assert_eq!(workspace.number(&found), 0, "{}", table[0]);
    }
}

#[test]
fn the_password_is_in_no_argument_of_a_running_import() {
    on_each_database(|workspace| {
        prepare(workspace);
        let mut command = workspace.command("import garage.xlsx --password-stdin --on-duplicate create");
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        let seen = watch(&mut child);
        Ran::from(child.wait_with_output().unwrap()).exits(3);
        assert!(seen.iter().any(|line| line.contains("--password-stdin")), "{seen:?}");
        for line in seen {
            assert_absent(line.as_bytes(), "an argument");
        }
    });
}

/// What everybody on the machine can see of a process and its children while it runs.
fn watch(child: &mut Child) -> HashSet<String> {
    let deadline = Instant::now() + Duration::from_mins(2);
    let mut seen = HashSet::new();
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the import does not end");
        let pids = children(child.id()).into_iter().chain([child.id()]);
        seen.extend(pids.filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()));
        thread::sleep(Duration::from_millis(5));
    }
    seen
}

fn children(pid: u32) -> Vec<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let pids = fs::read_to_string(path).unwrap_or_default();
    pids.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

#[test]
fn the_password_can_not_be_given_as_an_argument() {
    let workspace = Workspace::on_sqlite();
    prepare(&workspace);
    let refused = workspace
        .run(&format!("import garage.xlsx --password {PASSWORD}"))
        .exits(2);
    assert!(refused.stderr.contains("--password"), "{}", refused.stderr);
    workspace.assert_untouched();
}
