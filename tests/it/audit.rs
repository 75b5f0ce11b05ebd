//! The audit log: sealed by whoever works, intact as long as nobody tampers with it, and telling when somebody did.

use std::fs;
use std::thread;
use std::time::Instant;

use serde_json::Value;
use torqueflow_app::audit::{Heads, seal, verify};
use torqueflow_app::{Actor, App, OrganizationId};
use torqueflow_persistence::AuditEvent;

use crate::support::{Workspace, csv_file, on_each_database, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email
    A-1         | Marta      | Ellwood   | marta@ellwood.example
";

/// Three imports of the same file: each leaves entries in the log.
fn import_three_times(workspace: &Workspace) -> i64 {
    workspace.write("crm.csv", csv_file(&table("Customers", CUSTOMERS)));
    for _ in 0..3 {
        workspace.import("crm.csv", 0);
    }
    workspace.number("SELECT max(seq) FROM audit_event")
}

fn check(workspace: &Workspace, arguments: &str, exit_code: i32) -> Value {
    workspace
        .run(&format!("audit verify --json {arguments}"))
        .exits(exit_code)
        .json()
}

#[test]
fn imports_are_in_the_log_which_is_sealed_and_intact() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", CUSTOMERS)));
        let first = workspace.run("import crm.csv").exits(0);
        assert!(first.stderr.contains("sealed with a new key"), "{}", first.stderr);
        let second = workspace.run("import crm.csv").exits(0);
        assert!(!second.stderr.contains("new key"), "{}", second.stderr);

        let run = workspace.newest_run();
        let list = workspace.run(&format!("audit list --json --run {run}")).exits(0).json();
        let items = list["items"].as_array().unwrap();
        let actions: Vec<&str> = items.iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(actions.first(), Some(&"import_run.completed"));
        assert_eq!(actions.last(), Some(&"import_run.created"));
        assert!(
            items
                .iter()
                .all(|item| item["actor"] == "cli" && item["run_id"] == run.as_str())
        );

        let places: Vec<i64> = workspace
            .query("SELECT seq FROM audit_event ORDER BY id")
            .iter()
            .map(|row| row[0].parse().unwrap())
            .collect();
        assert_eq!(places, (1..=places.len() as i64).collect::<Vec<_>>());
        let verified = check(workspace, "", 0);
        assert_eq!(
            (&verified["entries"], &verified["problem"]),
            (&places.len().into(), &Value::Null)
        );
        let words = workspace.run("audit verify").exits(0).stdout;
        assert!(words.contains("can't be told without a head"), "{words}");
        let head = verified["head"].as_str().unwrap();
        let words = workspace.run(&format!("audit verify --head {head}")).exits(0).stdout;
        assert!(!words.contains("can't be told"), "{words}");
    });
}

#[test]
fn pages_of_the_log_fit_together() {
    let workspace = Workspace::on_sqlite();
    let count = import_three_times(&workspace);
    let mut listed = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = workspace
            .run(&format!("audit list --json --limit 4 {cursor}"))
            .exits(0)
            .json();
        listed.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["seq"].as_i64().unwrap()),
        );
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("--cursor {next}");
    }
    assert_eq!(listed, (1..=count).rev().collect::<Vec<_>>());
    let started = workspace
        .run("audit list --json --action import_run.ready")
        .exits(0)
        .json();
    assert_eq!(started["items"].as_array().unwrap().len(), 3);
    workspace.run("audit list --cursor nonsense").exits(1);
}

/// All columns of the table.
const COLUMNS: &str = "organization_id, id, occurred_at, actor, role, ip, request_id, action, subject_type, subject_id, run_id, detail, seq, mac";

/// What somebody does to the log, and what is then found: place and kind.
const TAMPERING: &[(&str, i64, &str)] = &[
    // Each column is changed.
    (
        "UPDATE audit_event SET actor = 'user:other' WHERE seq = 3",
        3,
        "changed",
    ),
    ("UPDATE audit_event SET role = 'owner' WHERE seq = 3", 3, "changed"),
    ("UPDATE audit_event SET ip = '192.0.2.1' WHERE seq = 3", 3, "changed"),
    ("UPDATE audit_event SET request_id = '' WHERE seq = 3", 3, "changed"),
    (
        "UPDATE audit_event SET action = 'import_run.deleted' WHERE seq = 3",
        3,
        "changed",
    ),
    (
        "UPDATE audit_event SET subject_type = 'customer' WHERE seq = 3",
        3,
        "changed",
    ),
    ("UPDATE audit_event SET subject_id = 'A-1' WHERE seq = 3", 3, "changed"),
    ("UPDATE audit_event SET run_id = NULL WHERE seq = 3", 3, "changed"),
    (
        "UPDATE audit_event SET detail = '{\"more\": 1}' WHERE seq = 3",
        3,
        "changed",
    ),
    ("UPDATE audit_event SET id = run_id WHERE seq = 3", 3, "changed"),
    (
        "UPDATE audit_event SET occurred_at = (SELECT b.occurred_at FROM backup b WHERE b.seq = 1) WHERE seq = 3",
        3,
        "changed",
    ),
    (
        "UPDATE audit_event SET mac = (SELECT b.mac FROM backup b WHERE b.seq = 5) WHERE seq = 3",
        3,
        "link_changed",
    ),
    ("UPDATE audit_event SET mac = NULL WHERE seq = 3", 3, "link_changed"),
    (
        "UPDATE audit_event SET organization_id = run_id WHERE seq = 3",
        3,
        "removed",
    ),
    ("UPDATE audit_event SET seq = 1000 WHERE seq = 3", 3, "removed"),
    (
        "UPDATE audit_event SET actor = 'user:other' WHERE seq = 1",
        1,
        "changed",
    ),
    // Entries are removed.
    ("DELETE FROM audit_event WHERE seq = 3", 3, "removed"),
    ("DELETE FROM audit_event WHERE seq < 4", 1, "removed"),
    (
        "UPDATE audit_event SET seq = NULL, mac = NULL WHERE seq = 3",
        3,
        "removed",
    ),
    (
        "DELETE FROM audit_event WHERE seq IN (3, 4); UPDATE audit_event SET seq = -seq WHERE seq > 4; \
         UPDATE audit_event SET seq = -seq - 2 WHERE seq < 0",
        3,
        "removed",
    ),
    // Entries change places, with their links or without: then each place has another content.
    (
        "UPDATE audit_event SET seq = -seq WHERE seq IN (3, 6); UPDATE audit_event SET seq = seq + 9 WHERE seq < 0",
        3,
        "reordered",
    ),
    (
        "UPDATE audit_event SET seq = -seq WHERE seq IN (3, 4); UPDATE audit_event SET seq = seq + 7 WHERE seq < 0",
        3,
        "reordered",
    ),
    (
        "UPDATE audit_event SET seq = -seq WHERE seq IN (3, 6); UPDATE audit_event SET seq = seq + 9 WHERE seq < 0; \
         UPDATE audit_event SET mac = (SELECT b.mac FROM backup b WHERE b.seq = audit_event.seq) WHERE seq IN (3, 6)",
        3,
        "changed",
    ),
    // Entries are put in.
    (
        "UPDATE audit_event SET seq = -seq WHERE seq > 2; UPDATE audit_event SET seq = -seq + 1 WHERE seq < 0; \
         INSERT INTO audit_event SELECT organization_id, run_id, occurred_at, actor, role, ip, request_id, action, \
         subject_type, subject_id, run_id, detail, 3, mac FROM backup WHERE seq = 2",
        3,
        "inserted",
    ),
    (
        "INSERT INTO audit_event SELECT organization_id, run_id, occurred_at, actor, role, ip, request_id, action, \
         subject_type, subject_id, run_id, detail, 0, mac FROM backup WHERE seq = 2",
        0,
        "inserted",
    ),
    // Several entries are changed.
    (
        "UPDATE audit_event SET actor = 'user:other' WHERE seq IN (3, 4)",
        3,
        "changed",
    ),
    (
        "UPDATE audit_event SET actor = 'user:other', mac = NULL WHERE seq IN (3, 4)",
        3,
        "broken",
    ),
];

#[test]
fn every_kind_of_tampering_is_found_with_its_place() {
    on_each_database(|workspace| {
        let count = import_three_times(workspace);
        assert!(count > 12, "{count}");
        workspace.execute("CREATE TABLE backup AS SELECT * FROM audit_event");
        workspace.with_app(async |app, organization| {
            let check = async || verify(&app, organization, &Heads::default()).await.unwrap();
            for (sql, seq, kind) in TAMPERING {
                workspace.execute(sql);
                let verified = check().await;
                let problem = verified.problem.unwrap_or_else(|| panic!("not found: {sql}"));
                let found = (problem.seq, serde_json::to_value(problem.kind).unwrap());
                assert_eq!(found, (*seq, Value::from(*kind)), "{sql}: {}", problem.message);
                assert_eq!(verified.entries, (seq - 1).max(0), "{sql}");
                restore(workspace);
                assert_eq!(check().await.problem, None, "{sql}");
            }
        });
        workspace.execute("UPDATE audit_event SET actor = 'user:other' WHERE seq = 3");
        let words = workspace.run("audit verify").exits(3).stdout;
        assert!(
            words.starts_with("The audit log was tampered with: entry 3 was changed"),
            "{words}"
        );
    });
}

fn restore(workspace: &Workspace) {
    workspace.execute(&format!(
        "DELETE FROM audit_event; INSERT INTO audit_event ({COLUMNS}) SELECT {COLUMNS} FROM backup"
    ));
}

#[test]
fn a_tail_that_was_cut_off_shows_against_a_head_only() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", CUSTOMERS)));
        let import = "import crm.csv --audit-head-file heads.txt";
        for _ in 0..2 {
            workspace.run(import).exits(0);
        }
        let heads = workspace.read("heads.txt");
        assert_eq!(heads.lines().count(), 2, "{heads}");
        let head = heads.lines().last().unwrap().split(' ').nth(2).unwrap().to_owned();
        let count = workspace.number("SELECT max(seq) FROM audit_event");
        assert!(head.starts_with(&format!("{count}:")), "{head}");
        for given in ["heads.txt", &head] {
            check(workspace, &format!("--head {given}"), 0);
        }

        workspace.execute(&format!("DELETE FROM audit_event WHERE seq > {}", count - 2));
        assert_eq!(check(workspace, "", 0)["problem"], Value::Null);
        for given in ["heads.txt", &head] {
            let verified = check(workspace, &format!("--head {given}"), 3);
            assert_eq!(verified["problem"]["kind"], "cut_off");
            assert_eq!(verified["problem"]["seq"], count - 1);
        }

        // Who cuts the tail and lets the program go on has a log without a gap, but not the one of the heads.
        workspace.run(import).exits(0);
        assert_eq!(check(workspace, "", 0)["problem"], Value::Null);
        let verified = check(workspace, "--head heads.txt", 3);
        assert_eq!(verified["problem"]["kind"], "head_differs");
        assert_eq!(verified["problem"]["seq"], count);
        workspace.run("audit verify --head nonsense").exits(1);
    });
}

#[test]
fn another_key_fits_nothing() {
    let workspace = Workspace::on_sqlite();
    import_three_times(&workspace);
    workspace.write("other.key", "another key that is long enough to be one\n");
    let words = workspace.run("audit verify --audit-key-file other.key").exits(3).stdout;
    assert!(words.contains("or this is not the key"), "{words}");
    workspace.write("short.key", "too short\n");
    let refused = workspace.run("audit verify --audit-key-file short.key").exits(1);
    assert!(refused.stderr.contains("fewer than 32 bytes"), "{}", refused.stderr);
}

#[test]
fn the_key_is_private_and_nowhere_else() {
    on_each_database(|workspace| {
        import_three_times(workspace);
        let run = workspace.newest_run();
        workspace.run(&format!("audit export {run} -o export.zip")).exits(0);
        let path = workspace.path("data/audit.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let key = fs::read_to_string(&path).unwrap().trim().to_owned();
        assert_eq!(key.len(), 64);
        let others = workspace.files().into_iter().chain(workspace.database_files());
        for file in others.filter(|file| *file != path) {
            let bytes = fs::read(&file).unwrap();
            let found = bytes.windows(key.len()).any(|window| window == key.as_bytes());
            assert!(!found, "{}", file.display());
        }
        for (name, content) in crate::support::Export::read(&fs::read(workspace.path("export.zip")).unwrap()).0 {
            let found = content.windows(key.len()).any(|window| window == key.as_bytes());
            assert!(!found, "{name}");
        }
    });
}

async fn append(app: &App, organization: OrganizationId, count: usize) {
    for number in 0..count {
        let actor = Actor {
            name: "user:a".into(),
            ..Actor::default()
        };
        let event = AuditEvent::now(&actor, "test.happened").with(serde_json::json!({"number": number}));
        app.store().audit_append(organization, &event).await.unwrap();
    }
}

#[test]
fn several_sealers_at_once_make_one_chain() {
    on_each_database(|workspace| {
        // Each with connections of its own, as processes have.
        let sealed: u64 = thread::scope(|scope| {
            let sealers = [(); 4].map(|()| {
                scope.spawn(|| {
                    workspace.with_app(async |app, organization| {
                        let mut sealed = 0;
                        for _ in 0..10 {
                            append(&app, organization, 5).await;
                            sealed += seal(&app).await.unwrap().entries;
                        }
                        sealed
                    })
                })
            });
            sealers.map(|sealer| sealer.join().unwrap()).iter().sum()
        });
        assert_eq!(sealed, 200, "each event is sealed by one of them");
        let verified = check(workspace, "", 0);
        assert_eq!((&verified["entries"], &verified["unsealed"]), (&200.into(), &0.into()));
    });
}

#[test]
fn ten_thousand_events_are_sealed_in_seconds() {
    on_each_database(|workspace| {
        workspace.with_app(async |app, organization| {
            append(&app, organization, 1).await;
            let id = match workspace.database_name() {
                "sqlite" => "randomblob(16)",
                _ => "gen_random_uuid()",
            };
            workspace.execute(&format!(
                "INSERT INTO audit_event SELECT organization_id, {id}, occurred_at, actor, role, ip, request_id, action, \
                 subject_type, subject_id, run_id, detail, seq, mac FROM audit_event, \
                 (WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n) AS numbers"
            ));
            let begin = Instant::now();
            assert_eq!(seal(&app).await.unwrap().entries, 10_000);
            let sealed = begin.elapsed();
            let begin = Instant::now();
            let verified = verify(&app, organization, &Heads::default()).await.unwrap();
            println!("sealed in {sealed:?}, checked in {:?}", begin.elapsed());
            assert_eq!((verified.entries, verified.problem), (10_000, None));
        });
    });
}
