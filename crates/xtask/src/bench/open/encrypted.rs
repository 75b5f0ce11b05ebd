//! Encrypted files to measure with. What is in them is of no matter, so they are filled with noise.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use aes::Aes128Enc;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use sha1::{Digest, Sha1};
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::workbook::encrypt_xlsx;

use super::once::PASSWORD;

const SALT: [u8; 16] = *b"salt of the file";
const BLOCK_BYTES: usize = 16;

/// As Excel writes it: AES-256, SHA-512, 100,000 rounds.
pub fn write_agile(file: &Path, plain_bytes: usize) -> anyhow::Result<()> {
    Ok(fs::write(file, encrypt_xlsx(&noise(plain_bytes), PASSWORD)?)?)
}

/// As Excel 2007 writes it: AES-128, SHA-1, 50,000 rounds ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9).
pub fn write_standard(file: &Path, plain_bytes: usize) -> anyhow::Result<()> {
    let key = Aes128Enc::new(&key().into());
    let mut package = noise(plain_bytes);
    package.resize(plain_bytes.next_multiple_of(BLOCK_BYTES), 0);
    encrypt(&key, &mut package);

    let mut container = cfb::CompoundFile::create_with_version(cfb::Version::V3, File::create(file)?)?;
    container.create_stream("/EncryptionInfo")?.write_all(&info(&key))?;
    let mut stream = container.create_stream("/EncryptedPackage")?;
    stream.write_all(&(plain_bytes as u64).to_le_bytes())?;
    stream.write_all(&package)?;
    stream.flush()?;
    container.flush()?;
    Ok(())
}

/// Bytes that no program can pack.
fn noise(bytes: usize) -> Vec<u8> {
    let mut rng = Rng::new(7);
    let numbers = std::iter::repeat_with(move || rng.next_u64().to_le_bytes());
    numbers.flatten().take(bytes).collect()
}

fn encrypt(key: &Aes128Enc, bytes: &mut [u8]) {
    key.encrypt_blocks(Array::slice_as_chunks_mut(bytes).0);
}

/// The key of the password (2.3.4.7).
fn key() -> [u8; BLOCK_BYTES] {
    let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let first = Sha1::new().chain_update(SALT).chain_update(password).finalize();
    let hash = (0..50_000_u32).fold(first, |hash, round| {
        Sha1::new()
            .chain_update(round.to_le_bytes())
            .chain_update(hash)
            .finalize()
    });
    let last = Sha1::new().chain_update(hash).chain_update([0; 4]).finalize();
    let mut block = [0x36; 64];
    for (to, from) in block.iter_mut().zip(last) {
        *to ^= from;
    }
    let hash = Sha1::digest(block);
    let mut key = [0; BLOCK_BYTES];
    for (to, from) in key.iter_mut().zip(hash) {
        *to = from;
    }
    key
}

/// The stream that describes the encryption (2.3.4.5).
fn info(key: &Aes128Enc) -> Vec<u8> {
    const FLAGS: u32 = 0x24;
    let provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0";
    // Flags, size of extra, AES-128, SHA-1, bits of the key, provider, two reserved.
    let header = [FLAGS, 0, 0x660E, 0x8004, 128, 0x18, 0, 0];
    let mut header: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
    header.extend(provider.encode_utf16().flat_map(u16::to_le_bytes));

    let mut verifier = *b"sixteen letters.";
    let mut verifier_hash = Sha1::digest(verifier).to_vec();
    verifier_hash.resize(32, 0);
    encrypt(key, &mut verifier);
    encrypt(key, &mut verifier_hash);

    let mut info = vec![4, 0, 2, 0];
    info.extend(FLAGS.to_le_bytes());
    info.extend((header.len() as u32).to_le_bytes());
    info.extend(header);
    info.extend((SALT.len() as u32).to_le_bytes());
    info.extend(SALT);
    info.extend(verifier);
    info.extend(20_u32.to_le_bytes());
    info.extend(verifier_hash);
    info
}
