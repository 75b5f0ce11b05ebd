//! An import that is killed at any moment goes on where it stopped, and ends as if nothing had happened.

use std::collections::BTreeMap;
use std::env;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use torqueflow_model::RecordPlace;
use torqueflow_test_support::postgres::TestDatabase;
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::sample::{Garage, SampleOptions};

use crate::support::{PASSWORD, Ran, Workspace, encrypted_workbook, on_each_database};

const IMPORT: &str = "import garage.xlsx --password-file password --on-duplicate create";
const KILLS: usize = 10;
/// Unoptimised programs are ten times slower.
const CUSTOMERS: usize = if cfg!(debug_assertions) { 300 } else { 1500 };
/// Set it to the number that a failed test printed, to see the same moments again.
pub const SEED: &str = "TORQUEFLOW_TEST_SEED";

#[test]
fn killed_imports_end_like_undisturbed_ones_on_sqlite() {
    check(TestDatabase::sqlite);
}

#[test]
fn killed_imports_end_like_undisturbed_ones_on_postgresql() {
    check(TestDatabase::postgresql);
}

#[test]
fn an_import_that_is_killed_while_it_takes_its_files_in_has_all_of_them_later() {
    const FILES: usize = 80;
    on_each_database(|workspace| {
        let mut import = "import".to_owned();
        for number in 1..=FILES {
            let name = format!("{number}.csv");
            let customer = format!("A-{number},Marta,Ellwood,marta{number}@ellwood.example");
            workspace.write(&name, format!("Customer ID,First Name,Last Name,Email\n{customer}\n"));
            import = format!("{import} {name}");
        }
        let mut child = workspace.command(&import).stdout(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        while workspace.number("SELECT count(*) FROM import_run") == 0 {
            assert!(Instant::now() < deadline, "no run begins");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let taken_in = workspace.number("SELECT count(*) FROM import_file");
        println!("killed when {taken_in} files were taken in");

        let report = workspace.import(import.trim_start_matches("import "), 0);
        assert_eq!(report["totals"]["imported"], FILES);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), FILES as i64);
        assert_eq!(workspace.number("SELECT count(*) FROM import_run"), 1);
    });
}

/// What an import leaves behind, wherever it ran.
#[derive(Debug, PartialEq)]
struct Outcome {
    dump: String,
    written: BTreeMap<String, i64>,
    /// What the ids say of where their records stand, whichever run it is.
    places: Vec<(String, RecordPlace)>,
    fates: Vec<Vec<String>>,
    counts: Vec<Vec<String>>,
}

fn check(database: fn() -> TestDatabase) {
    let seed = seed();
    println!("{SEED}={seed}");
    let mut rng = Rng::new(seed);
    let tables = Garage::generate(&SampleOptions {
        customers: CUSTOMERS,
        seed: 23,
    })
    .tables();
    let workbook = encrypted_workbook(&tables);

    let undisturbed = workspace(database(), &workbook);
    let begin = Instant::now();
    undisturbed.run(IMPORT).exits(3);
    let duration = begin.elapsed();
    let expected = outcome(&undisturbed);
    assert!(expected.written["customer"] == CUSTOMERS as i64);

    let mut kills = 0;
    while kills < KILLS {
        let workspace = workspace(database(), &workbook);
        let before = kills;
        kills += kill_until_it_ends(&workspace, duration, KILLS - kills, &mut rng);
        println!("{} kills, then the end", kills - before);
        assert_one_finished_run(&workspace);
        assert_same(&outcome(&workspace), &expected);
    }
}

fn workspace(database: TestDatabase, workbook: &[u8]) -> Workspace {
    let workspace = Workspace::new(database);
    workspace.write("garage.xlsx", workbook);
    workspace.write("password", PASSWORD);
    workspace
}

/// Starts the import again and again, killing it at random moments, until it ends by itself. Says how often it was killed.
fn kill_until_it_ends(workspace: &Workspace, duration: Duration, most: usize, rng: &mut Rng) -> usize {
    for kills in 0..most {
        // Squared: opening and analysing come early and are short.
        let share = rng.below(1000) as f64 / 1000.0;
        let moment = duration.mul_f64(share * share);
        let mut command = workspace.command(&format!("{IMPORT} --commit-interval {}", interval(rng)));
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        if let Some(ended) = killed_after(child, moment) {
            ended.exits(3);
            return kills;
        }
        if statuses(workspace) == ["completed_with_errors"] {
            println!("killed when its run had ended");
            return kills;
        }
        println!("killed after {moment:?}");
    }
    workspace.run(IMPORT).exits(3);
    most
}

/// How many milliseconds a commit is to take: each batch alone, a few, or all that come.
fn interval(rng: &mut Rng) -> u64 {
    [0, 30, 2000][rng.below(3)]
}

/// Kills a program at a moment, unless it ends before: then, what it answered.
pub fn killed_after(mut child: Child, moment: Duration) -> Option<Ran> {
    let deadline = Instant::now() + moment;
    while Instant::now() < deadline {
        if child.try_wait().unwrap().is_some() {
            return Some(child.wait_with_output().unwrap().into());
        }
        thread::sleep(Duration::from_millis(1).min(deadline.saturating_duration_since(Instant::now())));
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    // It may have ended in the last instant.
    status.code().map(|_| child.wait_with_output().unwrap().into())
}

fn outcome(workspace: &Workspace) -> Outcome {
    Outcome {
        dump: workspace.dump(),
        written: workspace.written(),
        places: places(workspace),
        fates: workspace.query("SELECT outcome, count(*) FROM import_row_result GROUP BY outcome ORDER BY outcome"),
        counts: workspace.query(
            "SELECT sheet, status, row_count, checkpoint, imported, updated, skipped_duplicate, skipped_choice, \
             unchanged, failed FROM import_job ORDER BY position",
        ),
    }
}

/// By kind and id, so as they stand one behind the other.
fn places(workspace: &Workspace) -> Vec<(String, RecordPlace)> {
    let places = workspace.record_places().into_iter();
    places.map(|((table, _), place)| (table, place)).collect()
}

fn assert_same(actual: &Outcome, expected: &Outcome) {
    assert_eq!(actual.written, expected.written);
    let is_other = actual
        .places
        .iter()
        .zip(&expected.places)
        .find(|(actual, expected)| actual != expected);
    assert_eq!(is_other, None, "an id depends on who made it, or when");
    assert_eq!(actual.fates, expected.fates);
    assert_eq!(actual.counts, expected.counts);
    let lines = actual.dump.lines().zip(expected.dump.lines());
    let differences: Vec<_> = lines.filter(|(actual, expected)| actual != expected).take(3).collect();
    assert!(actual.dump == expected.dump, "{differences:#?}");
}

/// It is the same run that went on, and nothing of it is left unfinished.
fn assert_one_finished_run(workspace: &Workspace) {
    assert_eq!(statuses(workspace), ["completed_with_errors"]);
    let rows = "SELECT (SELECT count(*) FROM import_row_result) - (SELECT sum(row_count) FROM import_job)";
    assert_eq!(workspace.number(rows), 0, "one result for each row");
    let records = "SELECT count(*) FROM (SELECT record_id FROM import_mapping WHERE origin = 'created' \
                   GROUP BY record_id HAVING count(*) > 1) AS twice";
    assert_eq!(workspace.number(records), 0, "created twice by the mappings");
    assert_eq!(
        workspace.number(
            "SELECT count(*) FROM work_lease WHERE id NOT IN (SELECT id FROM import_run WHERE finished_at IS NOT NULL)"
        ),
        0,
        "nobody holds what is not finished"
    );
}

/// The states of all runs.
fn statuses(workspace: &Workspace) -> Vec<String> {
    let runs = workspace.run("runs --json").exits(0).json();
    let runs = runs.as_array().unwrap();
    runs.iter()
        .map(|run| run["status"].as_str().unwrap().to_owned())
        .collect()
}

pub fn seed() -> u64 {
    env::var(SEED).map_or_else(
        |_| SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as u64,
        |text| text.parse().unwrap(),
    )
}
