//! The rounds of hashing that make passwords slow to guess, and files slow to open: `H(counter ‖ hash before)`
//! ([MS-OFFCRYPTO] 2.3.4.7 and 2.3.4.11).

use std::slice;

use hmac::digest::{Digest, FixedOutputReset, Output};
use sha2::block_api::compress512;
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::{Secret, secret};

const COUNTER_BYTES: usize = size_of::<u32>();

/// What SHA-512 starts with (FIPS 180-4, 5.3.5).
const SHA512_START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Bytes of a hash of SHA-512, and of the blocks that it works on.
const SHA512_BYTES: usize = 64;
const SHA512_BLOCK_BYTES: usize = 128;

/// Hashes `count` times a counter and the hash before, beginning with the hash `start`.
pub(super) fn rounds<D: Digest + FixedOutputReset>(start: &[u8], count: u32) -> Secret {
    let mut hasher = D::new();
    let mut hash = Output::<D>::default();
    // One update a round: counter and hash are put side by side.
    let mut round = Zeroizing::new(vec![0; COUNTER_BYTES + start.len()]);
    if let Some((_, tail)) = round.split_first_chunk_mut::<COUNTER_BYTES>() {
        tail.copy_from_slice(start);
    }
    for counter in 0..count {
        if let Some(head) = round.first_chunk_mut() {
            *head = counter.to_le_bytes();
        }
        Digest::update(&mut hasher, round.as_slice());
        Digest::finalize_into_reset(&mut hasher, &mut hash);
        if let Some((_, tail)) = round.split_first_chunk_mut::<COUNTER_BYTES>() {
            tail.copy_from_slice(&hash);
        }
    }
    hash.as_mut_slice().zeroize();
    secret(round.get(COUNTER_BYTES..).unwrap_or_default())
}

/// The same for SHA-512, which most files ask for. Counter and hash fit in one block, and what pads them never changes, so
/// nothing is left to do but to work on that block.
pub(super) fn rounds_512(start: &[u8], count: u32) -> Secret {
    let mut block = Zeroizing::new(padded_block());
    let mut hash = Zeroizing::new([0; SHA512_BYTES / 8]);
    for (word, bytes) in hash.iter_mut().zip(start.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    for counter in 0..count {
        if let Some((head, tail)) = block.split_first_chunk_mut() {
            *head = counter.to_le_bytes();
            for (bytes, word) in tail.as_chunks_mut().0.iter_mut().zip(hash.iter()) {
                *bytes = word.to_be_bytes();
            }
        }
        *hash = SHA512_START;
        compress512(&mut hash, slice::from_ref(&*block));
    }
    // Reserved at once, since a buffer that grows leaves its old contents behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(SHA512_BYTES));
    for word in hash.iter() {
        bytes.extend(word.to_be_bytes());
    }
    bytes
}

/// A block with room for counter and hash, and the padding behind them (FIPS 180-4, 5.1.2).
fn padded_block() -> [u8; SHA512_BLOCK_BYTES] {
    const USED: usize = COUNTER_BYTES + SHA512_BYTES;
    let mut block = [0; SHA512_BLOCK_BYTES];
    if let Some(mark) = block.get_mut(USED) {
        *mark = 0x80;
    }
    if let Some(bits) = block.last_chunk_mut() {
        *bits = (USED as u64 * 8).to_be_bytes();
    }
    block
}
