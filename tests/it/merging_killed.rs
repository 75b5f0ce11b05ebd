//! A merge, or its undoing, that is killed at any moment has done nothing or everything.

use std::fmt::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use torqueflow_test_support::postgres::TestDatabase;
use torqueflow_test_support::rng::Rng;

use crate::support::Workspace;

const VEHICLES: usize = 2000;
const KILLS: usize = 8;

#[test]
fn a_killed_merge_has_done_nothing_or_everything_on_sqlite() {
    check(TestDatabase::sqlite());
}

#[test]
fn a_killed_merge_has_done_nothing_or_everything_on_postgresql() {
    check(TestDatabase::postgresql());
}

/// What is of the survivor, what is hidden, what is written down: entries of the merge that stands.
fn state(workspace: &Workspace) -> [i64; 3] {
    [
        "SELECT count(*) FROM vehicle AS v JOIN customer AS c ON c.id = v.customer_id WHERE c.last_name = 'Smith'",
        "SELECT count(*) FROM customer WHERE merged_into_id IS NOT NULL",
        "SELECT count(*) FROM customer_merge WHERE undone_at IS NULL",
    ]
    .map(|sql| workspace.number(sql))
}

fn check(database: TestDatabase) {
    let workspace = Workspace::new(database);
    let mut csv =
        "CustomerNumber,CustomerName,Phone,Email,AddressLine1,Town,Postcode,CustomerGroupName,CustomerOnStop,\
                   VehicleRemindersEnabled,NotificationsEnabled,VehicleRegistration\n\
                   S1,Ada Smith,,ada@smith.example,,,,Retail,False,True,True,TX69RYA\n"
            .to_owned();
    for number in 0..VEHICLES {
        writeln!(
            csv,
            "J1,Fleet Jones,,fleet@jones.example,,,,Retail,False,True,True,AB{number:05}"
        )
        .unwrap();
    }
    workspace.write("garage.csv", csv);
    workspace.import("garage.csv --on-duplicate create", 0);
    let (apart, together) = ([1, 0, 0], [VEHICLES as i64 + 1, 1, 1]);
    assert_eq!(state(&workspace), apart);
    let dump = workspace.dump();
    let begin = Instant::now();
    let merge = "merge S1 J1 --yes --json";
    let merged = workspace.run(merge).exits(0).json();
    let duration = begin.elapsed();
    let mut merge_id = merged["merge_id"].as_str().unwrap().to_owned();
    assert_eq!(state(&workspace), together);

    let seed = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as u64;
    println!("seed {seed}");
    let mut rng = Rng::new(seed);
    let mut is_merged = true;
    for _ in 0..KILLS {
        let command = if is_merged {
            format!("merge --undo {merge_id} --yes")
        } else {
            merge.to_owned()
        };
        kill_at_some_moment(&workspace, &command, duration, &mut rng);
        let now = state(&workspace);
        assert!(now == apart || now == together, "{now:?}");
        // Again, to the end: what the killed one had done is found, or done now.
        if (now == together) == is_merged {
            let ran = workspace.run(&command).exits(0);
            if !is_merged {
                merge_id = ran.json()["merge_id"].as_str().unwrap().to_owned();
            }
        } else if !is_merged {
            merge_id = workspace.merge_id();
        }
        is_merged = !is_merged;
        let expected = if is_merged { together } else { apart };
        assert_eq!(state(&workspace), expected);
        if !is_merged {
            assert_eq!(workspace.dump(), dump);
        }
    }
}

fn kill_at_some_moment(workspace: &Workspace, command: &str, duration: Duration, rng: &mut Rng) {
    let mut child = workspace.command(command).stdout(Stdio::null()).spawn().unwrap();
    // It starts slowly and ends with what matters here.
    let share = 1.0 - (rng.below(1000) as f64 / 1000.0).powi(2);
    thread::sleep(duration.mul_f64(share));
    let _ = child.kill();
    child.wait().unwrap();
}

impl Workspace {
    /// The merge that stands.
    fn merge_id(&self) -> String {
        let column = if self.database_name() == "sqlite" {
            "hex(id)"
        } else {
            "id::text"
        };
        let rows = self.query(&format!("SELECT {column} FROM customer_merge WHERE undone_at IS NULL"));
        rows[0][0].clone()
    }
}
