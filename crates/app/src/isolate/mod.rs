//! Where `.xls`, `.xlsb` and `.ods` are read: in a child process that may crash, hang or ask for all memory.
//!
//! The parent, `ChildIsolate`, starts a program that calls [`run_child`], usually itself, with no environment. It
//! sends the workbook through a pipe, since what was decrypted must not touch the disk, and gets the rows in a file
//! without a name. It waits no longer than a limit, and trusts nothing of what comes back: the rows are read as carefully
//! as any file, and why a child failed is told from how it ended alone.
//!
//! The child limits its own memory, processor time and output before it reads a byte, and ends with its parent.

mod child;
mod parent;

use std::ffi::OsString;
use std::path::PathBuf;

use torqueflow_pipeline::Format;

pub use child::run_child;
pub(crate) use parent::ChildIsolate;

use crate::limits::Limits;

/// A program that calls [`run_child`] with the arguments that it is given after these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConverterCommand {
    /// The program.
    pub program: PathBuf,
    /// Its first arguments.
    pub arguments: Vec<OsString>,
}

/// What a child is told: the form of the workbook, whose child it is, and its own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Conversion {
    format: Format,
    /// The process with which the child shall end.
    parent: u32,
    memory_bytes: u64,
    seconds: u64,
    output_bytes: u64,
}

/// How a child ends when it is not killed. Nothing else that it says is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Ending {
    /// Everything was converted.
    Converted = 0,
    /// It was not told what to do.
    Misled = 64,
    /// It could not limit itself, so it did nothing.
    Unlimited = 65,
    /// The workbook is damaged.
    Damaged = 66,
    /// The workbook is protected.
    Protected = 67,
}

impl Conversion {
    fn new(format: Format, limits: &Limits) -> Self {
        Self {
            format,
            parent: std::process::id(),
            memory_bytes: limits.max_conversion_memory_bytes,
            seconds: limits.max_conversion_seconds,
            output_bytes: limits.max_conversion_output_bytes,
        }
    }

    fn to_arguments(self) -> [String; 5] {
        [
            self.format.name().to_owned(),
            self.parent.to_string(),
            self.memory_bytes.to_string(),
            self.seconds.to_string(),
            self.output_bytes.to_string(),
        ]
    }

    fn from_arguments(arguments: &[String]) -> Option<Self> {
        let [format, parent, memory_bytes, seconds, output_bytes] = arguments else {
            return None;
        };
        let formats = [Format::Xls, Format::Xlsb, Format::Ods];
        Some(Self {
            format: formats.into_iter().find(|known| known.name() == format)?,
            parent: parent.parse().ok()?,
            memory_bytes: memory_bytes.parse().ok()?,
            seconds: seconds.parse().ok()?,
            output_bytes: output_bytes.parse().ok()?,
        })
    }
}

impl Ending {
    const ALL: [Self; 5] = [
        Self::Converted,
        Self::Misled,
        Self::Unlimited,
        Self::Damaged,
        Self::Protected,
    ];

    fn from_code(code: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| *ending as i32 == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_is_told_arrives() {
        let told = Conversion::new(Format::Ods, &Limits::default());
        let mut arguments = told.to_arguments().to_vec();
        assert_eq!(Conversion::from_arguments(&arguments), Some(told));
        "xlsx".clone_into(&mut arguments[0]);
        assert_eq!(Conversion::from_arguments(&arguments), None);
        assert_eq!(Conversion::from_arguments(&[]), None);
    }
}
