//! End-to-end tests: what a person gets who runs the real `torqueflow` on files, on SQLite and on PostgreSQL.

#[cfg(test)]
mod accounting;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_export;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod confirmed;
#[cfg(test)]
mod counting;
#[cfg(test)]
mod countries;
#[cfg(test)]
mod created;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod embedding;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod failed_rows;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod findings;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod grouping;
#[cfg(test)]
mod http;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod mapping;
#[cfg(test)]
mod matches;
#[cfg(test)]
mod merging;
#[cfg(test)]
mod merging_at_random;
#[cfg(test)]
mod merging_killed;
#[cfg(test)]
mod named_owners;
#[cfg(test)]
mod older_workbooks;
#[cfg(test)]
mod password;
#[cfg(test)]
mod record_ids;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod refresh_interrupted;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod rollback;
#[cfg(test)]
mod rollback_killed;
#[cfg(test)]
mod rollback_meanwhile;
#[cfg(test)]
mod rollback_model;
#[cfg(test)]
mod sample_import;
#[cfg(test)]
mod several_files;
#[cfg(test)]
mod sheets;
#[cfg(test)]
mod source_systems;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod support;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod unwritable_output;
#[cfg(test)]
mod whole_columns;
