//! What the tests speak with: a workspace, its files, its program, its database.

mod desk;
mod files;
mod program;
mod records;
mod tables;
mod workspace;

pub use desk::{Desk, assert_same, on_each_desk};
pub use files::{PASSWORD, csv_file, encrypted_workbook, table, workbook};
pub use program::{Ran, cargo, repository, target_folder};
pub use records::{Record, Records};
pub use workspace::{Workspace, on_each_database};
