//! The REST service through the real program, on SQLite and on PostgreSQL. Every answer is checked against the committed
//! specification.

mod access;
mod bucket;
mod catalogue;
mod contract;
mod imports;
mod instances;
mod leaving;
mod records;
mod serving;
mod shutdown;
mod tokens;
