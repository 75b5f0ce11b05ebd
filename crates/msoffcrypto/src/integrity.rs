//! The check of a package's integrity ([MS-OFFCRYPTO] 2.3.4.14), which has to read all of it.
//!
//! Hashing takes most of the time that it takes to open a file, and can't be split up. So it has a thread of its own, while
//! the thread that asked reads on, and already decrypts the beginning. The other thread sees nothing but ciphertext and
//! ends before [`check`] returns. Where no thread can be had, the one that asked does everything.

use std::io::{Read, Seek};
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

use crate::cfb::Extents;
use crate::crypto::hash::RunningMac;
use crate::crypto::{Secret, is_equal_hash};
use crate::error::Error;
use crate::info::AgileInfo;
use crate::package::LENGTH_BYTES;
use crate::reader::{PackageCipher, SEGMENT_BYTES};

/// Read, hashed and decrypted at once: a whole number of segments.
const CHUNK_BYTES: usize = 32 * SEGMENT_BYTES;

/// Chunks on their way between the threads.
const CHUNKS: usize = 3;

/// Plaintext that is kept from the check for the reader: a whole number of chunks.
const HEAD_BYTES: usize = 64 * CHUNK_BYTES;

/// Reads the whole stream once, length and padding included, and compares its HMAC. Returns the beginning of the
/// plaintext, which nobody has seen if there is an error.
pub(crate) fn check<R: Read + Seek>(
    reader: &mut R,
    stream: &Extents,
    info: &AgileInfo,
    cipher: &PackageCipher,
    plain_bytes: u64,
) -> Result<Secret, Error> {
    let head_bytes = plain_bytes.min(HEAD_BYTES as u64) as usize;
    let mut pass = Pass {
        reader,
        stream,
        cipher,
        head_bytes,
        // Reserved at once, since a buffer that grows leaves its old contents behind.
        head: Zeroizing::new(Vec::with_capacity(head_bytes.next_multiple_of(CHUNK_BYTES))),
    };
    let integrity = || info.integrity(cipher.key());
    let (mac, expected) = integrity()?;
    let found = match pass.hash_on_a_thread(mac)? {
        Some(found) => found,
        None => pass.hash(integrity()?.0)?,
    };
    if !is_equal_hash(&expected, &found) {
        return Err(Error::IntegrityFailed);
    }
    pass.head.truncate(head_bytes);
    Ok(pass.head)
}

/// One pass over the stream.
struct Pass<'a, R> {
    reader: &'a mut R,
    stream: &'a Extents,
    cipher: &'a PackageCipher,
    head_bytes: usize,
    head: Secret,
}

impl<R: Read + Seek> Pass<'_, R> {
    /// Reads and hashes in turns.
    fn hash(&mut self, mut mac: Box<dyn RunningMac>) -> Result<Secret, Error> {
        self.read(|chunk| {
            mac.update(&chunk);
            chunk
        })?;
        Ok(mac.finish())
    }

    /// Hashes on another thread, so that reading and decrypting cost no time. Nothing was done if it says nothing: the
    /// stream is too short for a thread, or there is none to be had.
    fn hash_on_a_thread(&mut self, mac: Box<dyn RunningMac>) -> Result<Option<Secret>, Error> {
        if self.stream.len() < 2 * CHUNK_BYTES as u64 {
            return Ok(None);
        }
        thread::scope(|scope| {
            let (full, to_hash) = mpsc::sync_channel(CHUNKS);
            let (done, free) = mpsc::channel();
            for _ in 1..CHUNKS {
                // Infallible: the other end is right here.
                let _ = done.send(Vec::with_capacity(CHUNK_BYTES));
            }
            let hashing = thread::Builder::new().spawn_scoped(scope, move || hash_chunks(mac, &to_hash, &done));
            let Ok(hashing) = hashing else {
                return Ok(None);
            };
            let read = self.read(|chunk| {
                // Both ends are open unless the thread has panicked, which joining it tells.
                let _ = full.send(chunk);
                free.recv().unwrap_or_default()
            });
            drop(full);
            let found = hashing.join().unwrap_or_else(|panic| resume_unwind(panic));
            read.map(|()| Some(found))
        })
    }

    /// Reads the stream in chunks. `hash` takes each and gives one back to be filled.
    fn read(&mut self, mut hash: impl FnMut(Vec<u8>) -> Vec<u8>) -> Result<(), Error> {
        let mut chunk = vec![0; LENGTH_BYTES as usize];
        let mut position = 0;
        while position < self.stream.len() {
            let left = usize::try_from(self.stream.len() - position).unwrap_or(usize::MAX);
            chunk.resize(
                if position == 0 {
                    LENGTH_BYTES as usize
                } else {
                    CHUNK_BYTES
                }
                .min(left),
                0,
            );
            if self.stream.read_at(self.reader, position, &mut chunk)? < chunk.len() {
                return Err(Error::malformed("the encrypted package has a hole"));
            }
            if position > 0 {
                self.decrypt_head(position - LENGTH_BYTES, &chunk);
            }
            position += chunk.len() as u64;
            chunk = hash(chunk);
        }
        Ok(())
    }

    /// Decrypts a chunk if it belongs to the head.
    fn decrypt_head(&mut self, start: u64, chunk: &[u8]) {
        let end = self.head.len();
        if start != end as u64 || end >= self.head_bytes {
            return;
        }
        self.head.extend_from_slice(chunk);
        if let Some(added) = self.head.get_mut(end..) {
            self.cipher.decrypt(start / SEGMENT_BYTES as u64, added);
        }
    }
}

/// Hashes what comes in, and gives the buffers back.
fn hash_chunks(
    mut mac: Box<dyn RunningMac>,
    to_hash: &mpsc::Receiver<Vec<u8>>,
    done: &mpsc::Sender<Vec<u8>>,
) -> Secret {
    for chunk in to_hash {
        mac.update(&chunk);
        // The reader may have ended before.
        let _ = done.send(chunk);
    }
    mac.finish()
}
