//! How files are opened: under which limits, until when, and where the older forms of workbooks are read.

use std::path::Path;

use torqueflow_pipeline::{Isolate, OpenOptions, Password};

use crate::deadline::Deadline;
use crate::isolate::{ChildIsolate, ConverterCommand};
use crate::limits::Limits;

/// Opens files under limits.
#[derive(Debug, Clone)]
pub struct Opener {
    limits: Limits,
    isolate: Option<ChildIsolate>,
}

impl Opener {
    /// Opens under these limits. Workbooks of older forms (`.xls`, `.xlsb`, `.ods`) are read by a child process that
    /// runs `converter`, and what it reads is kept in files of `folder` that have no name; without a converter they are
    /// refused by name.
    pub fn new(limits: Limits, converter: Option<ConverterCommand>, folder: &Path) -> Self {
        let isolate = converter.map(|converter| ChildIsolate::new(converter, &limits, folder.to_owned()));
        Self { limits, isolate }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How `tabular` shall open a file.
    pub fn options<'a>(&'a self, password: Option<&'a Password>) -> OpenOptions<'a> {
        OpenOptions {
            limits: self.limits.file.clone(),
            password,
            isolate: self.isolate.as_ref().map(|isolate| isolate as &dyn Isolate),
        }
    }

    /// The time for a file that is opened now.
    pub fn deadline(&self) -> Deadline {
        Deadline::after(self.limits.max_file_seconds)
    }
}
