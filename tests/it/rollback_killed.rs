//! A rollback that is killed at any moment goes on where it stopped, and leaves what an undisturbed one leaves.

use std::process::Stdio;
use std::time::{Duration, Instant};

use torqueflow_test_support::postgres::TestDatabase;
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::sample::{Garage, SampleOptions};

use crate::killed::{SEED, killed_after, seed};
use crate::support::{Workspace, workbook};

const KILLS: usize = 6;
/// Records that imports have created.
const CREATED: &str = "SELECT count(*) FROM import_mapping WHERE origin = 'created'";
/// Unoptimised programs are ten times slower.
const CUSTOMERS: usize = if cfg!(debug_assertions) { 150 } else { 1500 };

#[test]
fn killed_rollbacks_end_like_undisturbed_ones_on_sqlite() {
    check(TestDatabase::sqlite());
}

#[test]
fn killed_rollbacks_end_like_undisturbed_ones_on_postgresql() {
    check(TestDatabase::postgresql());
}

fn check(database: TestDatabase) {
    let seed = seed();
    println!("{SEED}={seed}");
    let mut rng = Rng::new(seed);
    let garage = |customers, seed| Garage::generate(&SampleOptions { customers, seed }).tables();
    let workspace = Workspace::new(database);
    // Some of the customers are known, and are changed by the import, which makes other people of them.
    workspace.write("known.xlsx", workbook(&garage(CUSTOMERS / 10, 23)[..1]));
    workspace.write("garage.xlsx", workbook(&garage(CUSTOMERS, 29)));
    workspace.run("import known.xlsx --on-duplicate create");
    let before = workspace.contents();

    let run = import(&workspace);
    let begin = Instant::now();
    workspace.run(&format!("rollback {run} --yes")).exits(0);
    let duration = begin.elapsed();
    assert!(workspace.contents() == before, "undisturbed");

    let mut kills = 0;
    while kills < KILLS {
        let run = import(&workspace);
        let created = workspace.number(CREATED);
        let earlier = kills;
        kills += kill_until_it_ends(&workspace, &run, duration, KILLS - kills, &mut rng).max(1);
        println!("{} kills, then the end", kills - earlier);
        assert!(workspace.contents() == before, "killed");
        let not_one_result_each = "SELECT count(*) FROM import_journal AS j LEFT JOIN import_rollback_result AS r \
             ON r.run_id = j.run_id AND r.job_id = j.job_id AND r.row_number = j.row_number AND r.ordinal = j.ordinal \
             WHERE (r.outcome IS NULL OR r.outcome <> 'reversed') AND j.run_id NOT IN \
             (SELECT id FROM import_run WHERE status <> 'rolled_back')";
        assert_eq!(workspace.number(not_one_result_each), 0);
        let of_created = "SELECT count(*) FROM import_rollback_result WHERE mapping_source_id IS NOT NULL \
                          AND outcome = 'reversed' AND run_id = (SELECT id FROM import_run ORDER BY created_at DESC LIMIT 1)";
        let taken_back = created - workspace.number(CREATED);
        assert!(taken_back > CUSTOMERS as i64);
        assert_eq!(workspace.number(of_created), taken_back, "one result for each record");
    }
}

fn import(workspace: &Workspace) -> String {
    let ran = workspace.run("import garage.xlsx --on-duplicate merge --confirm-source --json");
    ran.json()["run_id"].as_str().unwrap().to_owned()
}

/// Starts the rollback again and again, killing it at random moments, until it ends by itself. Says how often it was
/// killed.
fn kill_until_it_ends(workspace: &Workspace, run: &str, duration: Duration, most: usize, rng: &mut Rng) -> usize {
    for kills in 0..most {
        let moment = duration.mul_f64(rng.below(1000) as f64 / 1000.0);
        let mut command = workspace.command(&format!("rollback {run} --yes"));
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        if let Some(ended) = killed_after(child, moment) {
            ended.exits(0);
            return kills;
        }
        let shown = workspace.run(&format!("show {run} --json")).exits(0).json();
        let taken_back = workspace.number("SELECT count(*) FROM import_rollback_result");
        println!("killed after {moment:?}: {}, {taken_back} results", shown["status"]);
        if shown["status"] == "rolled_back" {
            return kills;
        }
    }
    workspace.run(&format!("rollback {run} --yes")).exits(0);
    most
}
