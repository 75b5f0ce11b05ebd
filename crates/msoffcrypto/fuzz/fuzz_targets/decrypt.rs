//! Opens, unlocks and reads whatever the engine comes up with: `cargo fuzz run --features libfuzzer decrypt`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| msoffcrypto_fuzz::run(input));
