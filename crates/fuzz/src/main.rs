//! The engine: hands its inputs to the target that `TORQUEFLOW_FUZZ_TARGET` names, and keeps the slowest.
//!
//! `cargo xtask fuzz` builds it with instructions that tell the engine which code an input reached, and runs it.

#![no_main]

mod slowest;

use std::env;
use std::sync::LazyLock;

use torqueflow_fuzz::{Target, target_named};

use slowest::Slowest;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = env::var("TORQUEFLOW_FUZZ_TARGET").unwrap_or_default();
    target_named(&name).unwrap_or_else(|| panic!("TORQUEFLOW_FUZZ_TARGET names no target: `{name}`"))
});

static SLOWEST: LazyLock<Slowest> = LazyLock::new(Slowest::from_environment);

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    SLOWEST.time(input, || (TARGET.run)(input));
});
