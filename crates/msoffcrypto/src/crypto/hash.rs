//! The hash functions an encrypted file may name, chosen at run time.

use std::fmt;

use hmac::digest::Digest;
use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroize;

use crate::crypto::{Secret, secret, spin};
use crate::error::Error;

/// A hash function used by an encrypted file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-1, as Office 2007 and 2010 write.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512, as Office 2013 and later write.
    Sha512,
}

/// Runs an expression with `$hash` standing for the type that belongs to an algorithm.
macro_rules! with_hash {
    ($algorithm:expr, $hash:ident => $body:expr) => {
        match $algorithm {
            HashAlgorithm::Sha1 => {
                type $hash = Sha1;
                $body
            }
            HashAlgorithm::Sha256 => {
                type $hash = Sha256;
                $body
            }
            HashAlgorithm::Sha384 => {
                type $hash = Sha384;
                $body
            }
            HashAlgorithm::Sha512 => {
                type $hash = Sha512;
                $body
            }
        }
    };
}

impl HashAlgorithm {
    /// Length of a hash in bytes.
    pub(crate) fn bytes(self) -> usize {
        with_hash!(self, Hash => Hash::output_size())
    }

    /// Hashes the parts one after another.
    pub(crate) fn digest(self, parts: &[&[u8]]) -> Secret {
        with_hash!(self, Hash => digest::<Hash>(parts))
    }

    /// Hashes `start`, then `count` times a counter and the hash before.
    pub(crate) fn spin(self, start: &[&[u8]], count: u32) -> Secret {
        match self {
            Self::Sha512 => spin::rounds_512(&self.digest(start), count),
            _ => with_hash!(self, Hash => spin::rounds::<Hash>(&digest::<Hash>(start), count)),
        }
    }

    /// Starts an HMAC.
    pub(crate) fn mac(self, key: &[u8]) -> Result<Box<dyn RunningMac>, Error> {
        #[cfg(feature = "ring")]
        if let Some(mac) = super::assembly::mac(self, key) {
            return Ok(mac);
        }
        with_hash!(self, Hash => mac::<Hash>(key))
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

/// An HMAC being computed, whatever its hash.
pub(crate) trait RunningMac {
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> Secret;
}

impl<M: Mac> RunningMac for M {
    fn update(&mut self, bytes: &[u8]) {
        Mac::update(self, bytes);
    }

    fn finish(self: Box<Self>) -> Secret {
        secret(&Mac::finalize(*self).into_bytes())
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Secret {
    let mut hasher = D::new();
    for part in parts {
        hasher.update(part);
    }
    let mut hash = hasher.finalize();
    let copy = secret(&hash);
    hash.as_mut_slice().zeroize();
    copy
}

fn mac<D: EagerHash + 'static>(key: &[u8]) -> Result<Box<dyn RunningMac>, Error>
where
    Hmac<D>: Mac + KeyInit,
{
    let mac = <Hmac<D> as KeyInit>::new_from_slice(key)
        .map_err(|_| Error::malformed("the integrity key has an impossible length"))?;
    Ok(Box::new(mac))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts_with(hash: &[u8], published: u32) -> bool {
        hash.starts_with(&published.to_be_bytes())
    }

    #[track_caller]
    fn check(algorithm: HashAlgorithm, abc_starts_with: u32) {
        let hash = algorithm.digest(&[b"a", b"bc"]);
        assert!(starts_with(&hash, abc_starts_with));
        assert_eq!(hash.len(), algorithm.bytes());
        // A spin of two rounds, written out.
        let first = algorithm.digest(&[&[0, 0, 0, 0], &hash]);
        let second = algorithm.digest(&[&[1, 0, 0, 0], &first]);
        assert_eq!(*algorithm.spin(&[b"abc"], 2), *second);
        assert_eq!(*algorithm.spin(&[b"abc"], 0), *hash);
    }

    #[test]
    fn hashes_are_the_published_ones() {
        check(HashAlgorithm::Sha1, 0xa999_3e36);
        check(HashAlgorithm::Sha256, 0xba78_16bf);
        check(HashAlgorithm::Sha384, 0xcb00_753f);
        check(HashAlgorithm::Sha512, 0xddaf_35a1);
    }

    #[track_caller]
    fn check_mac(algorithm: HashAlgorithm, starts: u32) {
        let mut mac = algorithm.mac(b"Jefe").unwrap();
        mac.update(b"what do ya want ");
        mac.update(b"for nothing?");
        let mac = mac.finish();
        assert!(starts_with(&mac, starts));
        assert_eq!(mac.len(), algorithm.bytes());
    }

    /// RFC 2202 and RFC 4231, the second case of each.
    #[test]
    fn hmacs_are_the_published_ones() {
        check_mac(HashAlgorithm::Sha1, 0xeffc_df6a);
        check_mac(HashAlgorithm::Sha256, 0x5bdc_c146);
        check_mac(HashAlgorithm::Sha384, 0xaf45_d2e3);
        check_mac(HashAlgorithm::Sha512, 0x164b_7a7b);
    }
}
