//! Standard encryption ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9).

use super::container::Container;
use super::primitives::{Hash, encrypt_ecb};

const SALT: [u8; 16] = *b"salt of the file";

/// What to encrypt, and how.
pub struct Standard {
    pub major_version: u16,
    pub algorithm: u32,
    pub algorithm_hash: u32,
    pub flags: u32,
    pub key_bits: usize,
    pub password: &'static str,
    pub plain: Vec<u8>,
    pub padding: usize,
}

impl Default for Standard {
    fn default() -> Self {
        Self {
            major_version: 4,
            algorithm: 0x660E,
            algorithm_hash: 0x8004,
            flags: 0x24,
            key_bits: 128,
            password: "open sesame",
            plain: super::plaintext(5000),
            padding: 0,
        }
    }
}

impl Standard {
    /// The encrypted file.
    pub fn file(&self) -> Vec<u8> {
        self.container().build()
    }

    /// The container with both streams.
    pub fn container(&self) -> Container {
        let key = self.key();
        let mut package = (self.plain.len() as u64).to_le_bytes().to_vec();
        package.extend(encrypt_ecb(&key, &self.plain));
        package.resize(package.len() + self.padding, 0xAA);
        Container::new([("EncryptionInfo", self.info(&key)), ("EncryptedPackage", package)])
    }

    fn key(&self) -> Vec<u8> {
        let hash = Hash::Sha1.spin(&SALT, self.password, 50_000);
        let last = Hash::Sha1.digest(&[&hash, &[0; 4]]);
        let half = |filler: u8| {
            let mut block = [filler; 64];
            for (to, from) in block.iter_mut().zip(&last) {
                *to ^= from;
            }
            Hash::Sha1.digest(&[&block])
        };
        let mut key = [half(0x36), half(0x5C)].concat();
        key.truncate(self.key_bits / 8);
        key
    }

    fn info(&self, key: &[u8]) -> Vec<u8> {
        let name = "Microsoft Enhanced RSA and AES Cryptographic Provider\0";
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let numbers = [self.flags, 0, self.algorithm, self.algorithm_hash, self.key_bits as u32];
        let numbers = numbers.into_iter().chain([0x18, 0, 0]);
        let header: Vec<u8> = numbers.flat_map(u32::to_le_bytes).chain(name).collect();
        let verifier = b"sixteen letters.";
        let mut verifier_hash = Hash::Sha1.digest(&[verifier]);
        verifier_hash.resize(32, 0);

        let mut info = [self.major_version.to_le_bytes(), [2, 0]].concat();
        info.extend(self.flags.to_le_bytes());
        info.extend((header.len() as u32).to_le_bytes());
        info.extend(header);
        info.extend((SALT.len() as u32).to_le_bytes());
        info.extend(SALT);
        info.extend(encrypt_ecb(key, verifier));
        info.extend(20_u32.to_le_bytes());
        info.extend(encrypt_ecb(key, &verifier_hash));
        info
    }
}
