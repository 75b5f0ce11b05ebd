//! Which scheme a stream describes, and the summary of it that is shown to people.

use std::fmt;

use crate::bytes::Fields;
use crate::crypto::hash::HashAlgorithm;
use crate::error::Error;
use crate::info::{AgileInfo, StandardInfo};
use crate::limits::Limits;

/// The family an encryption belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeKind {
    /// Described in XML; Office 2010 and later ([MS-OFFCRYPTO] 2.3.4.10).
    Agile,
    /// Described in binary; Office 2007 ([MS-OFFCRYPTO] 2.3.4.5).
    Standard,
}

/// How a package is encrypted, for display.
///
/// ```
/// # use std::io::Cursor;
/// # fn show(file: Cursor<Vec<u8>>) -> Result<(), msoffcrypto::Error> {
/// let package = msoffcrypto::EncryptedPackage::open(file, &msoffcrypto::Limits::default())?;
/// println!("{}", package.scheme()); // agile encryption: AES-256-CBC, SHA-512, 100000 rounds
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheme {
    /// The family.
    pub kind: SchemeKind,
    /// The cipher; always `AES` today.
    pub cipher: &'static str,
    /// Length of the key that encrypts the package.
    pub key_bits: u16,
    /// How blocks are chained: `CBC` or `ECB`.
    pub chaining: &'static str,
    /// The hash used with the package.
    pub hash: HashAlgorithm,
    /// The hash used with the password; seldom another one.
    pub password_hash: HashAlgorithm,
    /// Rounds of hashing between password and key.
    pub spin_count: u32,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            SchemeKind::Agile => "agile",
            SchemeKind::Standard => "standard",
        };
        write!(
            f,
            "{kind} encryption: {}-{}-{}, {}",
            self.cipher, self.key_bits, self.chaining, self.hash
        )?;
        if self.password_hash != self.hash {
            write!(f, " ({} for the password)", self.password_hash)?;
        }
        write!(f, ", {} rounds", self.spin_count)
    }
}

/// A parsed `EncryptionInfo` stream.
pub(crate) enum EncryptionInfo {
    Agile(AgileInfo),
    Standard(StandardInfo),
}

impl EncryptionInfo {
    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut fields = Fields::new(bytes, "the encryption info is cut off");
        let (major, minor) = (fields.u16()?, fields.u16()?);
        match (major, minor) {
            (4, 4) => {
                let _reserved = fields.u32()?;
                AgileInfo::parse(fields.rest(), limits).map(Self::Agile)
            }
            (2..=4, 2) => StandardInfo::parse(fields, limits).map(Self::Standard),
            (3 | 4, 3) => Err(Error::unsupported("extensible encryption", "")),
            (1, 1) => Err(Error::unsupported("RC4 encryption", "")),
            _ => Err(Error::unsupported("encryption version", &format!("{major}.{minor}"))),
        }
    }

    pub(crate) fn scheme(&self) -> Scheme {
        match self {
            Self::Agile(agile) => agile.scheme(),
            Self::Standard(standard) => standard.scheme(),
        }
    }
}

/// Says whether AES has keys of this length.
pub(super) fn check_key_bits(bits: u32) -> Result<u16, Error> {
    match bits {
        128 => Ok(128),
        192 => Ok(192),
        256 => Ok(256),
        _ => Err(Error::unsupported("AES key length", &bits.to_string())),
    }
}
