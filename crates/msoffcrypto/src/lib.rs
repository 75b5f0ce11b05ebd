#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bytes;
mod cfb;
mod crypto;
mod error;
mod info;
mod legacy;
mod limits;
mod package;
mod password;
mod reader;

use std::io::{Read, Seek};

pub use crate::crypto::hash::HashAlgorithm;
pub use crate::error::Error;
pub use crate::info::{Scheme, SchemeKind};
pub use crate::limits::Limits;
pub use crate::package::{EncryptedPackage, Key};
pub use crate::password::Password;
pub use crate::reader::DecryptedPackage;

/// The password Excel itself uses when a workbook is protected without asking for one.
///
/// Files of this kind open in Excel without a question, so try it before asking a person.
pub const DEFAULT_EXCEL_PASSWORD: &str = "VelvetSweatshop";

/// Says whether `head`, the first bytes of a file, are those of a compound file ([MS-CFB] 2.2).
///
/// Every encrypted Office file is one, but so is every workbook of Excel 97-2003. A file of fewer
/// than eight bytes is none.
///
/// ```
/// assert!(!msoffcrypto::is_compound_file(b"PK\x03\x04, as a plain .xlsx begins"));
/// ```
pub fn is_compound_file(head: &[u8]) -> bool {
    head.starts_with(&cfb::SIGNATURE)
}

/// Opens, unlocks and reads an encrypted file in one call.
///
/// To try several passwords, or to show how a file is encrypted, use [`EncryptedPackage`].
pub fn decrypt<R: Read + Seek>(reader: R, password: &Password, limits: &Limits) -> Result<DecryptedPackage<R>, Error> {
    let mut package = EncryptedPackage::open(reader, limits)?;
    let key = package.unlock(password)?;
    Ok(package.into_decrypted(key))
}

/// Reads a stream of a compound file that is not encrypted, the first there is of these names.
///
/// Workbooks of Excel 97-2003 are such a file and have a stream `Workbook`. `None` if there is none.
pub fn read_stream<R: Read + Seek, const N: usize>(
    reader: R,
    names: [&str; N],
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Error> {
    let mut file = cfb::CompoundFile::open(reader, limits)?;
    let Some(entry) = file.find(names)?.into_iter().flatten().next() else {
        return Ok(None);
    };
    let stream = file.stream(entry)?;
    file.read_head(&stream, u64::MAX).map(Some)
}
