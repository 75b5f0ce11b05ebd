//! The use cases of Torqueflow Import, for whatever edge they are called from: the command line, HTTP, another service.
//!
//! [`App`] holds what all of them need: the store, the blob store, the known source systems. The whole import of files is
//! [`runs::prepare`], [`runs::start`] and [`runs::import`]; what became of it is [`summary::run_summary`].

pub mod access;
pub mod audit;
pub mod blobs;
mod customer_names;
pub mod customers;
mod decisions;
pub mod duplicates;
pub mod error_log;
pub mod events;
pub mod failed_rows;
pub mod health;
pub mod idempotency;
pub mod isolate;
pub mod jobs;
pub mod lists;
pub mod options;
pub mod organizations;
pub mod progress;
pub mod records;
pub mod replaced;
pub mod reports;
pub mod rollback;
pub mod run_patch;
pub mod runs;
pub mod saved_mappings;
pub mod source_files;
pub mod source_name;
pub mod summary;
pub mod tables;
pub mod template;
pub mod uploads;
pub mod wishes;
pub mod worker;

mod ambiguous;
mod analyse;
mod caller;
mod config;
mod crossed;
mod deadline;
mod detect;
mod error;
mod existing;
mod found;
mod import;
mod inputs;
mod intake;
mod job_rows;
mod limits;
mod matching;
mod opener;
mod owner;
mod retry;
mod spreadsheet;
mod supervise;
mod upkeep;
mod values;
mod work;

// What an `async fn` does is compiled by the crate that awaits it, with everything that it awaits in its turn: without this
// the service and the command line would each compile the engine and the store once more.
use async_recursion::async_recursion as boxed;

pub use caller::Caller;
pub use config::{App, AppConfig, known_sources, known_sources_with};
pub use deadline::{Deadline, TimedReader, TimedSink};
pub use error::AppError;
pub use inputs::{Input, inputs};
pub use limits::{LimitError, LimitInForce, Limits};
pub use opener::Opener;
pub use torqueflow_persistence::{
    Actor, ApiKey, BusinessRow, DuplicateAction, DuplicateFilter, EntityCounts, FileStatus, FindingFilter, ImportFile,
    Job, JobCounts, MatchLevel, OrganizationId, Run, SavedMapping, StoreError,
};
