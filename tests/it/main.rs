//! End-to-end tests: what a person gets who runs the real `torqueflow` on files, on SQLite and on PostgreSQL.

#[cfg(test)]
mod accounting;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod embedding;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod password;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod refresh_interrupted;
#[cfg(test)]
mod sample_import;
#[cfg(test)]
mod several_files;
#[cfg(test)]
mod support;
