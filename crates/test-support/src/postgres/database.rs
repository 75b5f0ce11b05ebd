//! Empty databases for tests.

use std::env;
use std::io;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use tempfile::TempDir;

use super::binaries::{binaries, run};

/// The environment variable that names the PostgreSQL server of the tests: the URL of a database on it that tests leave
/// alone. `cargo xtask test` sets it.
pub const TEST_POSTGRES: &str = "TORQUEFLOW_TEST_POSTGRES";

/// An empty database, which ends with this value.
#[derive(Debug)]
#[must_use = "the database ends with this value"]
pub struct TestDatabase {
    /// `sqlite` or `postgresql`: for the messages of a failed test.
    pub name: &'static str,
    /// Where it is.
    pub url: String,
    _guard: Guard,
}

#[derive(Debug)]
enum Guard {
    Sqlite { _folder: TempDir },
    Postgresql { _database: Dropped },
}

/// An empty SQLite file and an empty PostgreSQL database, for a test that holds on both.
///
/// Panics where [`TEST_POSTGRES`] is not set: a test that is skipped in silence proves nothing.
pub fn databases() -> Vec<TestDatabase> {
    vec![TestDatabase::sqlite(), TestDatabase::postgresql()]
}

impl TestDatabase {
    /// A SQLite file in a temporary folder; it is made when it is first opened.
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("torqueflow-sqlite-")
            .tempdir()
            .unwrap_or_else(|error| panic!("failed to make a temporary folder: {error}"));
        Self {
            name: "sqlite",
            url: format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display()),
            _guard: Guard::Sqlite { _folder: folder },
        }
    }

    /// A database on the server that [`TEST_POSTGRES`] names; panics where it names none.
    pub fn postgresql() -> Self {
        let server = env::var(TEST_POSTGRES).unwrap_or_else(|_| {
            panic!(
                "{TEST_POSTGRES} is not set, so there is no PostgreSQL to test on: run the tests with `cargo xtask test`"
            )
        });
        let name = unique_name();
        create(&server, &name).unwrap_or_else(|error| panic!("failed to create a database: {error}"));
        Self {
            name: "postgresql",
            url: with_database(&server, &name),
            _guard: Guard::Postgresql {
                _database: Dropped { server, name },
            },
        }
    }
}

/// A database that is dropped with this value, whoever is still connected to it.
#[derive(Debug)]
struct Dropped {
    server: String,
    name: String,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        // A database that stays behind ends with its server.
        let _ = psql(
            &self.server,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// A name that no other test has, in this process or in another.
pub(super) fn unique_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let time = SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |elapsed| elapsed.as_micros());
    format!("torqueflow_{time}_{}_{number}", process::id())
}

/// Creates an empty database whose text sorts by its bytes, whatever the server is set to.
pub(super) fn create(server: &str, name: &str) -> io::Result<()> {
    psql(
        server,
        &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"),
    )
}

/// Has `psql` execute one statement.
pub(super) fn psql(url: &str, statement: &str) -> io::Result<()> {
    let mut psql = Command::new(binaries("psql")?.join("psql"));
    psql.args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]);
    psql.args(["--dbname", url, "--command", statement]);
    run(&mut psql)
}

/// The URL with another database, its parameters kept.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.find('?').map_or((url, ""), |at| url.split_at(at));
    let host_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[host_at..].find('/').map_or(address.len(), |at| host_at + at);
    format!("{}/{name}{parameters}", &address[..path_at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        for (url, expected) in [
            ("postgres://u@h:5432/postgres", "postgres://u@h:5432/x"),
            (
                "postgres://u:p@h/postgres?sslmode=disable",
                "postgres://u:p@h/x?sslmode=disable",
            ),
            ("postgres://h", "postgres://h/x"),
            (
                "postgres://h/?host=/run/postgresql",
                "postgres://h/x?host=/run/postgresql",
            ),
        ] {
            assert_eq!(with_database(url, "x"), expected, "{url}");
        }
    }

    #[test]
    fn names_are_never_the_same_and_need_no_quotes() {
        let (first, second) = (unique_name(), unique_name());
        assert_ne!(first, second);
        assert!(first.len() < 64, "{first} is longer than PostgreSQL's names");
        assert!(
            first
                .chars()
                .all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
        );
    }

    #[test]
    fn there_is_a_database_of_each_kind_and_it_is_empty() {
        let all = databases();
        assert_eq!(
            all.iter().map(|one| one.name).collect::<Vec<_>>(),
            ["sqlite", "postgresql"]
        );
        assert!(all[0].url.starts_with("sqlite:///") && all[0].url.ends_with("?mode=rwc"));
        psql(&all[1].url, "CREATE TABLE a (b int)").unwrap();
        psql(&TestDatabase::postgresql().url, "CREATE TABLE a (b int)").unwrap();
    }

    #[test]
    fn a_database_ends_with_its_value() {
        let (sqlite, postgresql) = (TestDatabase::sqlite(), TestDatabase::postgresql());
        let file = sqlite
            .url
            .trim_start_matches("sqlite://")
            .trim_end_matches("?mode=rwc")
            .to_owned();
        let url = postgresql.url.clone();
        psql(&url, "SELECT 1").unwrap();
        drop((sqlite, postgresql));
        assert!(!Path::new(&file).parent().unwrap().exists());
        let error = psql(&url, "SELECT 1").unwrap_err();
        assert!(error.to_string().contains("does not exist"), "{error}");
    }
}
