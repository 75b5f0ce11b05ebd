//! Hashes and ciphers, named at run time.

use aes::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha384, Sha512};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
        }
    }

    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let bytes = parts.concat();
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    pub fn mac(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        fn run<M: Mac + KeyInit>(key: &[u8], bytes: &[u8]) -> Vec<u8> {
            let mac = <M as KeyInit>::new_from_slice(key).unwrap();
            mac.chain_update(bytes).finalize().into_bytes().to_vec()
        }
        match self {
            Self::Sha1 => run::<Hmac<Sha1>>(key, bytes),
            Self::Sha256 => run::<Hmac<Sha256>>(key, bytes),
            Self::Sha384 => run::<Hmac<Sha384>>(key, bytes),
            Self::Sha512 => run::<Hmac<Sha512>>(key, bytes),
        }
    }

    /// The hash of a salted password after all rounds.
    pub fn spin(self, salt: &[u8], password: &str, count: u32) -> Vec<u8> {
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut hash = self.digest(&[salt, &password]);
        for round in 0..count {
            hash = self.digest(&[&round.to_le_bytes(), &hash]);
        }
        hash
    }
}

/// Cuts bytes, or fills them up with the byte that the format prescribes.
pub fn fit(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

/// Fills bytes up with zeros to whole cipher blocks.
pub fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(16), 0);
    padded
}

/// Encrypts with chained blocks.
pub fn encrypt_cbc(key: &[u8], iv: &[u8], plain: &[u8]) -> Vec<u8> {
    fn run<M: BlockModeEncrypt<BlockSize = aes::cipher::consts::U16>>(mut mode: M, bytes: &mut [u8]) {
        mode.encrypt_blocks(Array::slice_as_chunks_mut(bytes).0);
    }
    let mut bytes = padded(plain);
    match key.len() {
        16 => run(
            cbc::Encryptor::<aes::Aes128>::new_from_slices(key, iv).unwrap(),
            &mut bytes,
        ),
        24 => run(
            cbc::Encryptor::<aes::Aes192>::new_from_slices(key, iv).unwrap(),
            &mut bytes,
        ),
        _ => run(
            cbc::Encryptor::<aes::Aes256>::new_from_slices(key, iv).unwrap(),
            &mut bytes,
        ),
    }
    bytes
}

/// Encrypts each block for itself.
pub fn encrypt_ecb(key: &[u8], plain: &[u8]) -> Vec<u8> {
    padded(plain)
        .chunks(16)
        .flat_map(|block| encrypt_cbc(key, &[0; 16], block))
        .collect()
}
