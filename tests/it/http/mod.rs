//! The REST service through the real program, on SQLite and on PostgreSQL. Every answer is checked against the committed
//! specification.

mod access;
mod bucket;
mod catalogue;
mod contract;
mod counting;
mod events;
mod guide;
mod imports;
mod instances;
mod issuer;
mod leaving;
mod mappings;
mod options;
mod order;
mod organization;
mod records;
mod refusals;
mod serving;
mod shutdown;
mod sources;
mod states;
mod tokens;
