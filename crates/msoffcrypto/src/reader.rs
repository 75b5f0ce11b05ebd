//! The plaintext, decrypted as it is read.

use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use crate::cfb::Extents;
use crate::crypto::cipher::{AesKey, BLOCK_BYTES};
use crate::crypto::hash::HashAlgorithm;
use crate::crypto::kdf;
use crate::info::AgileInfo;
use crate::package::LENGTH_BYTES;

/// Agile encryption starts anew every so many bytes ([MS-OFFCRYPTO] 2.3.4.15).
const SEGMENT_BYTES: usize = 4096;

/// Decrypted at once while reading goes straight on: a whole number of segments.
const BUFFER_BYTES: usize = 16 * SEGMENT_BYTES;

/// The decrypted file, read and sought in like the original.
///
/// Pieces are decrypted as they are asked for, into a buffer of 64 KiB that is wiped when dropped,
/// so memory does not grow with the file and the plaintext never reaches the disk.
pub struct DecryptedPackage<R> {
    reader: R,
    stream: Extents,
    cipher: PackageCipher,
    plain_bytes: u64,
    position: u64,
    buffer: Zeroizing<Vec<u8>>,
    buffer_start: u64,
}

impl<R> DecryptedPackage<R> {
    pub(crate) fn new(reader: R, stream: Extents, cipher: PackageCipher, plain_bytes: u64) -> Self {
        Self {
            reader,
            stream,
            cipher,
            plain_bytes,
            position: 0,
            // Reserved at once, since a buffer that grows leaves its old contents behind.
            buffer: Zeroizing::new(Vec::with_capacity(BUFFER_BYTES)),
            buffer_start: 0,
        }
    }

    /// Length of the decrypted file in bytes.
    pub fn len(&self) -> u64 {
        self.plain_bytes
    }

    /// Says whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.plain_bytes == 0
    }

    /// Gives the reader of the encrypted file back.
    pub fn into_inner(self) -> R {
        self.reader
    }

    fn buffer_end(&self) -> u64 {
        self.buffer_start + self.buffer.len() as u64
    }

    /// The part of the buffer from the current position on; empty if it lies elsewhere.
    fn buffered(&self) -> &[u8] {
        self.position
            .checked_sub(self.buffer_start)
            .and_then(|start| self.buffer.get(usize::try_from(start).ok()?..))
            .unwrap_or_default()
    }
}

impl<R: Read + Seek> DecryptedPackage<R> {
    /// Decrypts the segments at the current position: many while reading goes straight on, one
    /// after a jump, since readers of archives jump for a few bytes.
    fn fill(&mut self) -> io::Result<()> {
        let start = self.position - self.position % SEGMENT_BYTES as u64;
        let wanted = if start == self.buffer_end() {
            BUFFER_BYTES
        } else {
            SEGMENT_BYTES
        };
        let plain_bytes = (self.plain_bytes - start).min(wanted as u64) as usize;
        self.buffer.resize(plain_bytes.next_multiple_of(BLOCK_BYTES), 0);
        self.buffer_start = start;
        let read = self
            .stream
            .read_exact_at(&mut self.reader, LENGTH_BYTES + start, &mut self.buffer);
        if let Err(error) = read {
            // What is still encrypted must not be taken for plaintext later.
            self.buffer.clear();
            return Err(error);
        }
        self.cipher.decrypt(start / SEGMENT_BYTES as u64, &mut self.buffer);
        self.buffer.truncate(plain_bytes);
        Ok(())
    }
}

impl<R: Read + Seek> Read for DecryptedPackage<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(target)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read + Seek> BufRead for DecryptedPackage<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.buffered().is_empty() && self.position < self.plain_bytes {
            self.fill()?;
        }
        Ok(self.buffered())
    }

    fn consume(&mut self, count: usize) {
        self.position = self.position.saturating_add(count as u64);
    }
}

impl<R> Seek for DecryptedPackage<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.plain_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl<R> fmt::Debug for DecryptedPackage<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptedPackage")
            .field("len", &self.plain_bytes)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// A key together with the way it is used on a package.
pub(crate) struct PackageCipher {
    key: AesKey,
    /// Salt and hash of the vectors that start segments; none where blocks stand alone.
    vectors: Option<(Vec<u8>, HashAlgorithm)>,
}

impl PackageCipher {
    pub(crate) fn standard(key: AesKey) -> Self {
        Self { key, vectors: None }
    }

    pub(crate) fn agile(key: AesKey, info: &AgileInfo) -> Self {
        let vectors = Some((info.package.salt.clone(), info.package.hash));
        Self { key, vectors }
    }

    pub(crate) fn key(&self) -> &AesKey {
        &self.key
    }

    /// Decrypts whole blocks in place, starting at the beginning of a segment.
    fn decrypt(&self, first_segment: u64, data: &mut [u8]) {
        let Some((salt, hash)) = &self.vectors else {
            return self.key.decrypt_ecb(data);
        };
        for (segment, bytes) in (first_segment..).zip(data.chunks_mut(SEGMENT_BYTES)) {
            // The number is stored in 32 bits, enough for 16 TiB.
            let number = (segment as u32).to_le_bytes();
            self.key.decrypt_cbc(&kdf::agile_iv(*hash, salt, &number), bytes);
        }
    }
}
