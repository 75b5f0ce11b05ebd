//! HMACs that `ring` computes faster, in assembly. It does not wipe its memory, so it sees nothing but the key of the HMAC
//! and ciphertext: the keys that decrypt are derived elsewhere.

use ring::hmac::{Algorithm, Context, HMAC_SHA384, HMAC_SHA512, Key};

use crate::crypto::hash::{HashAlgorithm, RunningMac};
use crate::crypto::{Secret, secret};

/// An HMAC being computed.
struct AssemblyMac(Context);

/// Starts an HMAC. Processors have instructions of their own for the hashes that are left out.
pub(super) fn mac(hash: HashAlgorithm, key: &[u8]) -> Option<Box<dyn RunningMac>> {
    let key = Key::new(algorithm(hash)?, key);
    Some(Box::new(AssemblyMac(Context::with_key(&key))))
}

fn algorithm(hash: HashAlgorithm) -> Option<Algorithm> {
    match hash {
        HashAlgorithm::Sha384 => Some(HMAC_SHA384),
        HashAlgorithm::Sha512 => Some(HMAC_SHA512),
        HashAlgorithm::Sha1 | HashAlgorithm::Sha256 => None,
    }
}

impl RunningMac for AssemblyMac {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Secret {
        secret(self.0.sign().as_ref())
    }
}
