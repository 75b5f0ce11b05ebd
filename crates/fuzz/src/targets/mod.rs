//! The targets.

mod cells;
mod sources;
mod staging;
mod tables;
mod text;
mod xlsx;

use crate::Target;

/// Every target, in the order in which they run.
pub const TARGETS: [Target; 6] = [
    Target {
        name: "msoffcrypto",
        about: "encrypted packages: compound file, description, password, HMAC, pieces of the plaintext",
        max_bytes: msoffcrypto_fuzz::MAX_BYTES,
        seeds: msoffcrypto_fuzz::seeds,
        tokens: msoffcrypto_fuzz::TOKENS,
        run: msoffcrypto_fuzz::run,
    },
    xlsx::TARGET,
    text::TARGET,
    staging::TARGET,
    tables::TARGET,
    sources::TARGET,
];
