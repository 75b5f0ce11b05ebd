//! What a caller says about how to open a file.

use std::io::{Read, Seek};

use msoffcrypto::Password;

use crate::error::OpenError;
use crate::format::Format;
use crate::limits::Limits;

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// How to open a file.
///
/// ```
/// use torqueflow_tabular::{OpenOptions, Password};
/// let password = Password::new("secret");
/// let options = OpenOptions { password: Some(&password), ..OpenOptions::default() };
/// # assert!(options.isolate.is_none());
/// ```
#[derive(Default, Clone)]
pub struct OpenOptions<'a> {
    /// Bounds on what the file may ask for.
    pub limits: Limits,
    /// The password that a person gave. Ignored, with a note, where none is needed.
    pub password: Option<&'a Password>,
    /// Where `.xls`, `.xlsb` and `.ods` are read. Without it they are refused by name.
    pub isolate: Option<&'a dyn Isolate>,
}

/// A place where a parser may crash or hang without harm, such as a child process with limits.
///
/// The parsers of `.xls`, `.xlsb` and `.ods` abort or hang on damaged files, so their rows come from somewhere else.
/// An implementation runs [`legacy::convert`](crate::legacy::convert) on the bytes there, and hands back what that
/// wrote; the output is read as carefully as any file.
pub trait Isolate: Sync {
    /// Converts a workbook: runs [`legacy::convert`](crate::legacy::convert) elsewhere and returns its output.
    fn convert(&self, format: Format, workbook: &mut dyn ReadSeek) -> Result<Box<dyn ReadSeek>, OpenError>;
}
