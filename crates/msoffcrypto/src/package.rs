//! The locked package: opened, described, waiting for its password.

use std::fmt;
use std::io::{Read, Seek};

use crate::cfb::{CompoundFile, Extents};
use crate::crypto::is_equal_hash;
use crate::error::Error;
use crate::info::{AgileInfo, EncryptionInfo, Scheme};
use crate::legacy;
use crate::limits::Limits;
use crate::password::Password;
use crate::reader::{DecryptedPackage, PackageCipher};

/// The stream starts with the length of the plaintext ([MS-OFFCRYPTO] 2.3.4.4).
pub(crate) const LENGTH_BYTES: u64 = 8;

const CHUNK_BYTES: usize = 64 * 1024;

/// An encrypted file that has been parsed and is still locked.
///
/// Several passwords can be tried one after another; the file is parsed only once.
pub struct EncryptedPackage<R> {
    reader: R,
    info: EncryptionInfo,
    stream: Extents,
    plain_bytes: u64,
}

/// Opens the package that made it; with any other it gives meaningless bytes.
///
/// It is made by [`EncryptedPackage::unlock`] once password and integrity are verified, shows
/// nothing when printed, and is wiped from memory when dropped.
pub struct Key(PackageCipher);

impl<R: Read + Seek> EncryptedPackage<R> {
    /// Parses an encrypted file, from its start wherever the reader stands.
    ///
    /// Gives [`Error::NotEncrypted`] for a file that needs no password, such as a plain `.xlsx` or
    /// `.xls`, and [`Error::Unsupported`] for one locked in a way this crate does not read.
    pub fn open(reader: R, limits: &Limits) -> Result<Self, Error> {
        let mut file = CompoundFile::open(reader, limits)?;
        let [info, package] = file.find(["EncryptionInfo", "EncryptedPackage"])?;
        let Some(info) = info else {
            return Err(legacy::describe(&mut file)?);
        };
        let package = package.ok_or(Error::malformed("the encrypted package is missing"))?;

        let stream = file.stream(info)?;
        let maximum = limits.max_encryption_info_bytes;
        Error::check_limit("length of the encryption info", stream.len(), maximum)?;
        let info = EncryptionInfo::parse(&file.read_head(&stream, maximum)?, limits)?;

        let stream = file.stream(package)?;
        let length = file.read_head(&stream, LENGTH_BYTES)?;
        let plain_bytes = length
            .first_chunk()
            .map(|bytes| u64::from_le_bytes(*bytes))
            .ok_or(Error::malformed("the encrypted package has no length"))?;
        // Writers may add padding, so more is fine; less means that something was lost.
        let encrypted_bytes = stream.len() - LENGTH_BYTES;
        if plain_bytes
            .checked_next_multiple_of(16)
            .is_none_or(|needed| needed > encrypted_bytes)
        {
            return Err(Error::IntegrityFailed);
        }
        Ok(Self {
            reader: file.into_reader(),
            info,
            stream,
            plain_bytes,
        })
    }

    /// How the package is encrypted.
    pub fn scheme(&self) -> Scheme {
        self.info.scheme()
    }

    /// Checks a password and, for agile encryption, the integrity of all data.
    ///
    /// After [`Error::WrongPassword`] another one can be tried. Standard encryption stores nothing
    /// to check the integrity of data with.
    pub fn unlock(&mut self, password: &Password) -> Result<Key, Error> {
        let cipher = match &self.info {
            EncryptionInfo::Standard(info) => PackageCipher::standard(info.unlock(password)?),
            EncryptionInfo::Agile(info) => {
                let key = info.unlock(password)?;
                let cipher = PackageCipher::agile(key, info);
                check_integrity(&mut self.reader, &self.stream, info, &cipher)?;
                cipher
            }
        };
        Ok(Key(cipher))
    }

    /// Turns the package into its plaintext, with the key that [`unlock`](Self::unlock) gave.
    pub fn into_decrypted(self, key: Key) -> DecryptedPackage<R> {
        DecryptedPackage::new(self.reader, self.stream, key.0, self.plain_bytes)
    }

    /// Gives the reader back, for a caller that has no password.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

/// Reads the whole stream once, length and padding included, and compares its HMAC.
fn check_integrity<R: Read + Seek>(
    reader: &mut R,
    stream: &Extents,
    info: &AgileInfo,
    cipher: &PackageCipher,
) -> Result<(), Error> {
    let (mut mac, expected) = info.integrity(cipher.key())?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut position = 0;
    while position < stream.len() {
        let count = stream.read_at(reader, position, &mut chunk)?;
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Err(Error::malformed("the encrypted package has a hole"));
        };
        mac.update(bytes);
        position += count as u64;
    }
    if is_equal_hash(&expected, &mac.finish()) {
        Ok(())
    } else {
        Err(Error::IntegrityFailed)
    }
}

impl<R> fmt::Debug for EncryptedPackage<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedPackage")
            .field("scheme", &self.info.scheme())
            .field("plain_bytes", &self.plain_bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}
