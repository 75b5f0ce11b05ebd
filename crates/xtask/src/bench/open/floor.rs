//! What nobody can leave out: the algorithms over as many bytes in memory, and unpacking a workbook without looking at it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use aes::cipher::{Array, BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};
use aes::{Aes128Dec, Aes256Dec};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha512};
use zip::ZipArchive;

/// The rounds of hashing a password that Excel asks for.
const AGILE_ROUNDS: u32 = 100_000;
/// The rounds that the format fixes ([MS-OFFCRYPTO] 2.3.4.7).
const STANDARD_ROUNDS: u32 = 50_000;

/// Reads a file, hashes a password, checks the integrity of the file's bytes and decrypts them, with keys of zeros.
pub fn agile(file: &Path) -> anyhow::Result<u64> {
    let mut bytes = fs::read(file)?;
    let key = spin::<Sha512>(AGILE_ROUNDS);
    let mut mac = Hmac::<Sha512>::new_from_slice(&key)?;
    mac.update(&bytes);
    mac.finalize();
    let cipher = Aes256Dec::new(&[0; 32].into());
    let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
    cbc::Decryptor::inner_iv_init(cipher, &[0; 16].into()).decrypt_blocks(blocks);
    Ok(bytes.len() as u64)
}

/// The same for standard encryption, which has no integrity to check.
pub fn standard(file: &Path) -> anyhow::Result<u64> {
    let mut bytes = fs::read(file)?;
    spin::<Sha1>(STANDARD_ROUNDS);
    let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
    Aes128Dec::new(&[0; 16].into()).decrypt_blocks(blocks);
    Ok(bytes.len() as u64)
}

fn spin<D: Digest>(rounds: u32) -> Vec<u8> {
    let first = D::digest([]).to_vec();
    (0..rounds).fold(first, |hash, round| {
        let hash = D::new().chain_update(round.to_le_bytes()).chain_update(hash);
        hash.finalize().to_vec()
    })
}

/// Unpacks every part of a workbook and checks its checksum.
pub fn unpack(file: &Path) -> anyhow::Result<u64> {
    let mut archive = ZipArchive::new(File::open(file)?)?;
    let mut bytes = 0;
    for index in 0..archive.len() {
        bytes += io::copy(&mut archive.by_index(index)?, &mut io::sink())?;
    }
    Ok(bytes)
}
