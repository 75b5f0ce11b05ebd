//! The rows of the control tables, as SeaORM knows them. They never leave this crate.

pub mod api_key;
pub mod audit_event;
pub mod customer_merge;
pub mod customer_merge_entry;
pub mod duplicate_dismissal;
pub mod idempotency_key;
pub mod import_decision;
pub mod import_duplicate;
pub mod import_file;
pub mod import_finding;
pub mod import_job;
pub mod import_mapping;
pub mod import_record;
pub mod import_repeat;
pub mod import_row_choice;
pub mod import_run;
pub mod organization;
pub mod role_grant;
pub mod saved_mapping;
pub mod source_table;
pub mod ticket;
pub mod work_lease;
