//! Tests of the whole service in this process: every error code, what is committed, what surrounds requests.

mod committed;
mod errors;
mod examples;
mod idempotency;
mod support;
