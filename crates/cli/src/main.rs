//! The `torqueflow` command.
fn main() {}
