//! What the tests speak with: a workspace, its files, its program, its database.

pub mod contract;

mod bomb;
mod contents;
mod desk;
mod events;
mod export;
mod files;
#[cfg(target_os = "linux")]
mod full_disk;
mod library;
mod measured;
mod package;
mod program;
mod records;
mod service;
mod tables;
mod terminal;
mod worker;
mod workspace;

pub use bomb::bomb;
pub use contents::{Contents, Row};
pub use desk::{Desk, assert_same, on_each_desk};
pub use events::Told;
pub use export::Export;
pub use files::{PASSWORD, csv_file, encrypted_workbook, table, workbook};
#[cfg(target_os = "linux")]
pub use full_disk::{fill_disk, make_room, survive_full_disk};
pub use library::Library;
pub use measured::{Taken, children, run_measured};
pub use package::{row_of, with_part, workbook_of, zip_of};
pub use program::{Ran, cargo, program, repository};
pub use records::{Record, Records};
pub use service::{Answer, Client, Service, form};
pub use worker::Worker;
pub use workspace::{Workspace, on_each_database};
