//! AES decryption of whole buffers, eight or more blocks at a time where the processor can.

use aes::cipher::{Array, BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};
use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use cbc::Decryptor;

use crate::error::Error;

pub(crate) const BLOCK_BYTES: usize = 16;

/// An initialisation vector.
pub(crate) type Iv = [u8; BLOCK_BYTES];

/// An expanded AES key; wiped when dropped.
pub(crate) enum AesKey {
    Bits128(Aes128Dec),
    Bits192(Aes192Dec),
    Bits256(Aes256Dec),
}

impl AesKey {
    pub(crate) fn new(key: &[u8]) -> Result<Self, Error> {
        match key.len() {
            16 => Aes128Dec::new_from_slice(key).map(Self::Bits128),
            24 => Aes192Dec::new_from_slice(key).map(Self::Bits192),
            _ => Aes256Dec::new_from_slice(key).map(Self::Bits256),
        }
        .map_err(|_| Error::malformed("the key has an impossible length"))
    }

    /// Decrypts in place with cipher block chaining; a last partial block is left alone.
    pub(crate) fn decrypt_cbc(&self, iv: &Iv, data: &mut [u8]) {
        match self {
            Self::Bits128(key) => cbc(key, iv, data),
            Self::Bits192(key) => cbc(key, iv, data),
            Self::Bits256(key) => cbc(key, iv, data),
        }
    }

    /// Decrypts in place, each block for itself; a last partial block is left alone.
    pub(crate) fn decrypt_ecb(&self, data: &mut [u8]) {
        let (blocks, _) = Array::slice_as_chunks_mut(data);
        match self {
            Self::Bits128(key) => key.decrypt_blocks(blocks),
            Self::Bits192(key) => key.decrypt_blocks(blocks),
            Self::Bits256(key) => key.decrypt_blocks(blocks),
        }
    }
}

fn cbc<C>(key: &C, iv: &Iv, data: &mut [u8])
where
    C: BlockCipherDecrypt<BlockSize = aes::cipher::consts::U16>,
{
    let (blocks, _) = Array::slice_as_chunks_mut(data);
    Decryptor::inner_iv_init(key, &(*iv).into()).decrypt_blocks(blocks);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key 00 01 02 … decrypts the ciphertext of FIPS 197, appendix C, to 00 11 22 … ff.
    #[track_caller]
    fn check(key_bytes: u8, ciphertext: u128) {
        let key: Vec<u8> = (0..key_bytes).collect();
        let key = AesKey::new(&key).unwrap();
        let plain: Vec<u8> = (0..16).map(|digit| digit * 0x11).collect();

        let mut ecb = ciphertext.to_be_bytes().to_vec();
        ecb.push(7);
        key.decrypt_ecb(&mut ecb);
        assert_eq!(ecb, [plain.as_slice(), &[7]].concat());

        // In the second block the first one's ciphertext is the mask.
        let mut cbc = ciphertext.to_be_bytes().repeat(2);
        key.decrypt_cbc(&[0xFF; 16], &mut cbc);
        let masked = |mask: [u8; 16]| plain.iter().zip(mask).map(|(p, m)| p ^ m).collect();
        let expected: [Vec<u8>; 2] = [masked([0xFF; 16]), masked(ciphertext.to_be_bytes())];
        assert_eq!(cbc, expected.concat());
    }

    #[test]
    fn published_vectors_decrypt() {
        check(16, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a);
        check(24, 0xdda9_7ca4_864c_dfe0_6eaf_70a0_ec0d_7191);
        check(32, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089);
    }

    #[test]
    fn other_key_lengths_are_refused() {
        for length in [0, 8, 17, 31, 33, 64] {
            assert!(AesKey::new(&vec![0; length]).is_err());
        }
    }
}
