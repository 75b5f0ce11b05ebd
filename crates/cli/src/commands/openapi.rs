//! `torqueflow openapi`

use crate::exit_code::Exit;

/// Prints the specification of the REST service.
pub fn run() -> Exit {
    say!("{}", torqueflow_api::openapi().trim_end());
    Exit::Done
}
