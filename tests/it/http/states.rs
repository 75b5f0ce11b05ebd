//! Every state of a run, and everything that a run can be told: the service answers as the one table of states says.

use serde_json::{Value, json};
use torqueflow_model::RunStatus;

use crate::support::{Answer, Client, Workspace, csv_file, on_each_database, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    C-1         | Marta      | Ellwood   | marta@ellwood.example | 07700 900123
";
/// A vehicle of nobody that is known: its row fails.
const VEHICLES: &str = "
    Registration | Customer ID | Make
    TX69 RYA     | C-404       | Ford
";
/// An id that nothing has.
const NOBODY: &str = "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";

/// Something that a run is told.
#[derive(Debug, Clone, Copy)]
enum Command {
    Start,
    Retry,
    RollBack,
    PatchJob,
    AddFile,
    RemoveFile,
    SetDefault,
    ExcludeRow,
    /// Last, since before the start it throws the files away.
    Cancel,
}

const COMMANDS: [Command; 9] = [
    Command::Start,
    Command::Retry,
    Command::RollBack,
    Command::PatchJob,
    Command::AddFile,
    Command::RemoveFile,
    Command::SetDefault,
    Command::ExcludeRow,
    Command::Cancel,
];

impl Command {
    /// What the table says that a run in this state answers: status and code of the answer, and the next state where the
    /// command is taken.
    fn expected(self, from: RunStatus) -> (u16, Option<&'static str>, RunStatus) {
        let before_start = from == RunStatus::Analysing || from.can_become(RunStatus::Analysing);
        let taken = match self {
            Self::Start => (from.can_become(RunStatus::Queued) && !from.is_done()).then_some((202, RunStatus::Queued)),
            Self::Retry => (from.can_become(RunStatus::Queued) && from.is_done()).then_some((202, RunStatus::Queued)),
            Self::RollBack => (from == RunStatus::RollingBack || from.can_become(RunStatus::RollingBack))
                .then_some((202, RunStatus::RollingBack)),
            Self::Cancel => from
                .can_become(RunStatus::Cancelled)
                .then_some((202, RunStatus::Cancelled)),
            // A file that is not opened yet keeps the run where it is.
            Self::PatchJob if from == RunStatus::Detecting => Some((200, from)),
            Self::PatchJob => before_start.then_some((200, RunStatus::Analysing)),
            Self::AddFile if from == RunStatus::Detecting => Some((201, from)),
            Self::AddFile => before_start.then_some((201, RunStatus::Detecting)),
            // The state is looked at first; then there is no such file.
            Self::RemoveFile if before_start => return (404, Some("not_found"), from),
            Self::RemoveFile => None,
            Self::SetDefault => before_start.then_some((200, from)),
            Self::ExcludeRow => (from == RunStatus::Ready).then_some((200, from)),
        };
        match taken {
            Some((status, next)) => (status, None, next),
            None if from == RunStatus::AwaitingPassword && matches!(self, Self::Start) => {
                (409, Some("password_needed"), from)
            }
            None => (409, Some("wrong_state"), from),
        }
    }

    fn send(self, client: &Client, run: &str, job: &str) -> Answer {
        let empty = json!({});
        match self {
            Self::Start => client.post(&format!("{run}/start"), &empty),
            Self::Retry => client.post(&format!("{run}/retry"), &empty),
            Self::RollBack => client.post(&format!("{run}/rollback"), &empty),
            Self::Cancel => client.post(&format!("{run}/cancel"), &empty),
            Self::PatchJob => client.send("PATCH", job, &[], Some(&json!({ "included": true }))),
            Self::AddFile => client.upload(&format!("{run}/files"), &[("more.csv", customers())], &[]),
            Self::RemoveFile => client.delete(&format!("{run}/files/{NOBODY}")),
            Self::SetDefault => client.put(&format!("{run}/duplicate-default"), &json!({ "action": "skip" })),
            Self::ExcludeRow => client.send(
                "PATCH",
                &format!("{job}/rows/2"),
                &[],
                Some(&json!({ "included": false })),
            ),
        }
    }
}

fn customers() -> Vec<u8> {
    csv_file(&table("file", CUSTOMERS))
}

/// The state that the tables of a run in this state have.
fn of_jobs(run: RunStatus) -> &'static str {
    match run {
        RunStatus::Detecting => "pending",
        RunStatus::AwaitingPassword | RunStatus::Ready => "ready",
        RunStatus::Analysing => "analysing",
        RunStatus::RollingBack | RunStatus::RollbackIncomplete => "completed_with_errors",
        same => same.name(),
    }
}

/// Puts the run into a state, as if it had come there by itself.
fn put_into(workspace: &Workspace, state: RunStatus) {
    let before_start = state == RunStatus::Analysing || state.can_become(RunStatus::Analysing);
    let started = if before_start { "NULL" } else { "created_at" };
    workspace.execute(&format!(
        "UPDATE import_run SET status = '{state}', started_at = {started}, expired_at = NULL; \
         UPDATE import_job SET status = '{}' WHERE analysed > 0",
        of_jobs(state)
    ));
}

/// Works on a run that was imported by the command, with one row that failed.
fn with_run(workspace: &Workspace, check: impl Fn(&Client, &str, &str)) {
    workspace.write("customers.csv", customers());
    workspace.write("vehicles.csv", csv_file(&table("file", VEHICLES)));
    workspace.import("customers.csv vehicles.csv --organization garage", 3);
    // Without a worker it stays in the state that it is put into.
    let service = workspace.serve("--no-worker");
    let client = service.client("garage", "owner");
    let id = client.items("/v1/import-runs")[0]["id"].as_str().unwrap().to_owned();
    let run = format!("/v1/import-runs/{id}");
    let details: Value = client.get(&run).ok();
    assert_eq!(details["status"], "completed_with_errors");
    let job = format!("/v1/import-jobs/{}", details["jobs"][0]["id"].as_str().unwrap());
    check(&client, &run, &job);
}

#[test]
fn every_command_is_taken_in_the_states_that_allow_it_and_in_no_other() {
    on_each_database(|workspace| {
        with_run(workspace, |client, run, job| {
            for command in COMMANDS {
                for from in RunStatus::ALL.iter().copied() {
                    put_into(workspace, from);
                    let (status, code, next) = command.expected(from);
                    let answer = command.send(client, run, job);
                    assert_eq!(answer.status, status, "{command:?} while {from}: {}", answer.text());
                    if let Some(code) = code {
                        answer.refused(status, code);
                    }
                    let found = client.get(run).ok();
                    assert_eq!(found["status"], next.name(), "{command:?} while {from}");
                }
            }
        });
    });
}

/// `done` is what clients go by; it follows from the state.
#[test]
fn runs_say_whether_they_are_done() {
    on_each_database(|workspace| {
        with_run(workspace, |client, run, _| {
            for state in RunStatus::ALL {
                put_into(workspace, *state);
                let found = client.get(run).ok();
                assert_eq!(
                    (&found["status"], &found["done"]),
                    (&json!(state.name()), &json!(state.is_done()))
                );
                assert_eq!(client.items(&format!("/v1/import-runs?status={state}")).len(), 1);
            }
        });
    });
}
