//! Throw-away PostgreSQL servers, and throw-away databases for tests that run on SQLite and on PostgreSQL.
//!
//! `cargo xtask test` starts one [`Cluster`] for all tests and names it in [`TEST_POSTGRES`]; each test takes databases of
//! its own from [`databases`]. A benchmark starts a cluster for itself:
//!
//! ```text
//! let cluster = Cluster::start()?;
//! let url = cluster.create_database()?;
//! ```

mod account;
mod binaries;
mod cluster;
mod database;

pub use account::is_root;
pub use binaries::{PG_BIN, binaries};
pub use cluster::Cluster;
pub use database::{TEST_POSTGRES, TestDatabase, databases};
