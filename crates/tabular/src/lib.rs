#![doc = include_str!("../README.md")]

pub mod archive;
mod classes;
mod document;
mod error;
mod format;
mod head;
mod layout;
pub mod legacy;
mod limits;
mod merged;
mod note;
mod options;
mod rows;
pub mod staging;
mod table;
mod text;
mod told;
mod workbook;

pub use document::{Document, Note, TableInfo, Visibility, open};
pub use error::OpenError;
pub use format::Format;
pub use limits::{FILE_BYTES, Limit, Limits, Setting, Unit};
pub use msoffcrypto::Password;
pub use note::TableNote;
pub use options::{Isolate, OpenOptions, ReadSeek};
pub use table::{TableHead, TableReader};
