//! What the tests speak with: a workspace, its files, its program, its database.

pub mod contract;

mod contents;
mod desk;
mod export;
mod files;
mod library;
mod program;
mod records;
mod service;
mod tables;
mod workspace;

pub use contents::{Contents, Row};
pub use desk::{Desk, assert_same, on_each_desk};
pub use export::Export;
pub use files::{PASSWORD, csv_file, encrypted_workbook, table, workbook};
pub use library::Library;
pub use program::{Ran, cargo, repository, target_folder};
pub use records::{Record, Records};
pub use service::{Answer, Client};
pub use workspace::{Workspace, on_each_database};
