//! What else people load customer lists with: each loads the same list into a database of PostgreSQL of its own.

mod environment;

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use torqueflow_test_support::sample::Customer;

use self::environment::Environment;
use super::database::{Database, Postgres};
use super::expected::{Expected, Kind};
use super::input::{Input, customers, date};
use super::program::measure;
use super::target::{self, Target};
use crate::step::say;

/// A program of others.
pub struct Peer {
    /// What people call it, with what it does.
    pub name: &'static str,
    /// How much faster we have to be.
    pub target: Target,
    environment: Environment,
    /// The script that loads a list: with the database's URL, the list and a folder of its own.
    script: &'static str,
    kind: &'static Kind,
    /// What the table has to say of a customer, in the columns of the kind.
    line: fn(&Customer) -> [String; 2],
}

/// A shop's importer: it writes one table, shows differences, and cleans nothing.
pub const DJANGO: Peer = Peer {
    name: "django-import-export 4.4 in bulk",
    target: target::DJANGO,
    environment: Environment {
        name: "django",
        requirements: include_str!("django-requirements.txt"),
    },
    script: include_str!("django_import.py"),
    kind: &Kind {
        name: "customers of django-import-export",
        columns: &["number", "name"],
        from: "customer",
    },
    line: |customer| [customer.number.clone(), customer.name.clone()],
};

/// A loader: it writes one table, cleaned by a few lines of Python; it matches nothing and takes nothing back.
pub const DLT: Peer = Peer {
    name: "dlt 1.31, merge",
    target: target::DLT,
    environment: Environment {
        name: "dlt",
        requirements: include_str!("dlt-requirements.txt"),
    },
    script: include_str!("dlt_load.py"),
    kind: &Kind {
        name: "customers of dlt",
        columns: &["customer_number", "created_on"],
        from: "bench.customers",
    },
    line: |customer| [customer.number.clone(), date(&customer.created)],
};

impl Peer {
    /// Installs what it needs, unless it is installed.
    pub fn install(&self) -> anyhow::Result<()> {
        self.environment.python().map(drop)
    }

    /// Loads a list into an empty database, and checks what landed.
    pub fn load(&self, input: &Input, database: &Postgres, folder: &Path) -> anyhow::Result<Duration> {
        say(&format!("loading {} with {}", input.name, self.name));
        // Not the name alone: Python would take the script for the package.
        let script = folder.join(format!("load-with-{}.py", self.environment.name));
        std::fs::write(&script, self.script)?;
        let (url, own_folder) = (database.url(), folder.join(self.environment.name));
        let mut python = Command::new(self.environment.python()?);
        let arguments: [&OsStr; 4] = [script.as_ref(), url.as_ref(), input.file.as_ref(), own_folder.as_ref()];
        let ended = measure(python.args(arguments), &[0])?;
        self.expected(input.rows).check(database)?;
        Ok(ended.wall)
    }

    fn expected(&self, rows: u64) -> Expected {
        let mut expected = Expected::default();
        for customer in customers(rows) {
            let line = (self.line)(&customer);
            expected.add(self.kind, &line.each_ref().map(String::as_str));
        }
        expected
    }
}
