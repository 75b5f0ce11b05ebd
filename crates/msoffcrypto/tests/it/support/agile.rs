//! Agile encryption ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::container::Container;
use super::primitives::{Hash, encrypt_cbc, fit};

const PACKAGE_SALT: [u8; 16] = *b"salt of the pack";
const PASSWORD_SALT: [u8; 16] = *b"salt of the pass";

/// What to encrypt, and how.
pub struct Agile {
    pub key_bits: usize,
    pub hash: Hash,
    pub password_key_bits: usize,
    pub password_hash: Hash,
    pub spin_count: u32,
    pub password: &'static str,
    pub plain: Vec<u8>,
    /// Bytes behind the encrypted data that belong to no segment.
    pub padding: usize,
}

impl Default for Agile {
    fn default() -> Self {
        Self {
            key_bits: 256,
            hash: Hash::Sha512,
            password_key_bits: 256,
            password_hash: Hash::Sha512,
            spin_count: 10,
            password: "open sesame",
            plain: super::plaintext(5000),
            padding: 0,
        }
    }
}

impl Agile {
    /// The encrypted file as Office lays it out.
    pub fn file(&self) -> Vec<u8> {
        self.file_with(|xml| xml)
    }

    /// The same with a description that was changed.
    pub fn file_with(&self, change: impl FnOnce(String) -> String) -> Vec<u8> {
        self.container(change).build()
    }

    /// The container with both streams.
    pub fn container(&self, change: impl FnOnce(String) -> String) -> Container {
        let package = self.package();
        let xml = change(self.xml(&package));
        let info = [&[4, 0, 4, 0, 0x40, 0, 0, 0], xml.as_bytes()].concat();
        Container::new([("EncryptionInfo", info), ("EncryptedPackage", package)])
    }

    fn key(&self) -> Vec<u8> {
        (1..=(self.key_bits / 8) as u8).collect()
    }

    fn package(&self) -> Vec<u8> {
        let mut package = (self.plain.len() as u64).to_le_bytes().to_vec();
        for (number, segment) in (0_u32..).zip(self.plain.chunks(4096)) {
            let iv = self.package_iv(&number.to_le_bytes());
            package.extend(encrypt_cbc(&self.key(), &iv, segment));
        }
        package.resize(package.len() + self.padding, 0xAA);
        package
    }

    fn package_iv(&self, block_key: &[u8]) -> Vec<u8> {
        fit(self.hash.digest(&[&PACKAGE_SALT, block_key]), 16)
    }

    fn xml(&self, package: &[u8]) -> String {
        let hash = self.password_hash.spin(&PASSWORD_SALT, self.password, self.spin_count);
        let locked = |block_key: u64, plain: &[u8]| {
            let key = self.password_hash.digest(&[&hash, &block_key.to_be_bytes()]);
            let key = fit(key, self.password_key_bits / 8);
            BASE64.encode(encrypt_cbc(&key, &PASSWORD_SALT, plain))
        };
        let sealed = |block_key: u64, plain: &[u8]| {
            let iv = self.package_iv(&block_key.to_be_bytes());
            BASE64.encode(encrypt_cbc(&self.key(), &iv, plain))
        };
        let verifier = b"sixteen letters.";
        let mac_key = self.hash.digest(&[b"any key will do"]);
        let package_parameters = parameters(&PACKAGE_SALT, self.key_bits, self.hash);
        let password_parameters = parameters(&PASSWORD_SALT, self.password_key_bits, self.password_hash);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
            <encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" \
            xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\" \
            xmlns:c=\"http://schemas.microsoft.com/office/2006/keyEncryptor/certificate\">\
            <keyData {package_parameters}/>\
            <dataIntegrity encryptedHmacKey=\"{}\" encryptedHmacValue=\"{}\"/>\
            <keyEncryptors><keyEncryptor \
            uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
            <p:encryptedKey spinCount=\"{}\" {password_parameters} \
            encryptedVerifierHashInput=\"{}\" encryptedVerifierHashValue=\"{}\" \
            encryptedKeyValue=\"{}\"/></keyEncryptor></keyEncryptors></encryption>",
            sealed(0x5FB2_AD01_0CB9_E1F6, &mac_key),
            sealed(0xA067_7F02_B22C_8433, &self.hash.mac(&mac_key, package)),
            self.spin_count,
            locked(0xFEA7_D276_3B4B_9E79, verifier),
            locked(0xD7AA_0F6D_3061_344E, &self.password_hash.digest(&[verifier])),
            locked(0x146E_0BE7_ABAC_D0D6, &self.key()),
        )
    }
}

fn parameters(salt: &[u8], key_bits: usize, hash: Hash) -> String {
    format!(
        "saltSize=\"{}\" blockSize=\"16\" keyBits=\"{key_bits}\" hashSize=\"{}\" \
        cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"{}\" \
        saltValue=\"{}\"",
        salt.len(),
        hash.digest(&[]).len(),
        hash.name(),
        BASE64.encode(salt),
    )
}
