//! Printing. A reader that has gone (`torqueflow show … | head`) is no reason to stop an import.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line of a result to standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::say(format_args!($($text)*)) };
}

/// Prints a line about what happens to standard error.
macro_rules! note {
    ($($text:tt)*) => { $crate::output::note(format_args!($($text)*)) };
}

pub fn say(text: Arguments<'_>) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

pub fn note(text: Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
