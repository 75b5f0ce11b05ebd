//! A read-only, lenient reader of compound files ([MS-CFB]).
//!
//! It reads what writers really produce: allocation tables that stop early or run past the end of
//! the file, a last sector cut short, directory trees in any order. It trusts no number: a chain
//! that returns to itself, or that leaves the file, is an error, and nothing is allocated for a
//! length that the file is too short for.

mod directory;
mod extents;
mod file;
mod header;
mod table;

pub(crate) use self::extents::Extents;
pub(crate) use self::file::CompoundFile;
pub(crate) use self::header::SIGNATURE;
