//! The signatures of JSON web tokens, by `ring`, which the TLS of the program uses anyway. `jsonwebtoken` brings backends of
//! its own, each with some forty crates or a C++ build.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::hmac;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

/// Checks every algorithm of RFC 7518 that `jsonwebtoken` knows, and signs with a shared secret: tokens for development are
/// the only ones that we make. Keys are taken from sets, never made into them.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(SecretSigner::new(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(PublicVerifier::new(*algorithm, key)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Sees to it that tokens can be checked and made; `jsonwebtoken` has one provider for the whole process.
pub fn provide() {
    // An error says that there is one: ours, or that of the program that links us.
    let _ = PROVIDER.install_default();
}

/// Signs with a shared secret.
struct SecretSigner {
    algorithm: Algorithm,
    key: hmac::Key,
}

impl SecretSigner {
    fn new(algorithm: Algorithm, key: &EncodingKey) -> Result<Self, Error> {
        let Check::Secret(hash) = Check::of(algorithm)? else {
            return Err(ErrorKind::InvalidAlgorithm.into());
        };
        if key.family() != algorithm.family() {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        Ok(Self {
            algorithm,
            key: hmac::Key::new(hash, key.as_bytes()),
        })
    }
}

impl Signer<Vec<u8>> for SecretSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.key, message).as_ref().to_vec())
    }
}

impl JwtSigner for SecretSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Checks with a public key, or with a shared secret.
struct PublicVerifier {
    algorithm: Algorithm,
    check: Check,
    key: DecodingKey,
}

impl PublicVerifier {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        if key.family() != algorithm.family() {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        Ok(Self {
            algorithm,
            check: Check::of(algorithm)?,
            key: key.clone(),
        })
    }
}

impl Verifier<Vec<u8>> for PublicVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let refused = |_| signature::Error::new();
        match (&self.check, self.key.kind()) {
            (Check::Secret(hash), DecodingKeyKind::SecretOrDer(secret)) => {
                hmac::verify(&hmac::Key::new(*hash, secret), message, signature).map_err(refused)
            }
            (Check::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(parameters, message, signature).map_err(refused)
            }
            (Check::Rsa(parameters), DecodingKeyKind::SecretOrDer(key)) => UnparsedPublicKey::new(*parameters, key)
                .verify(message, signature)
                .map_err(refused),
            (Check::Curve(curve), DecodingKeyKind::SecretOrDer(key)) => UnparsedPublicKey::new(*curve, key)
                .verify(message, signature)
                .map_err(refused),
            _ => Err(signature::Error::new()),
        }
    }
}

impl JwtVerifier for PublicVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// How `ring` checks an algorithm.
enum Check {
    Secret(hmac::Algorithm),
    Rsa(&'static RsaParameters),
    Curve(&'static dyn VerificationAlgorithm),
}

impl Check {
    /// See RFC 7518 section 3.1 and RFC 8037 section 3.1.
    fn of(algorithm: Algorithm) -> Result<Self, Error> {
        Ok(match algorithm {
            Algorithm::HS256 => Self::Secret(hmac::HMAC_SHA256),
            Algorithm::HS384 => Self::Secret(hmac::HMAC_SHA384),
            Algorithm::HS512 => Self::Secret(hmac::HMAC_SHA512),
            Algorithm::RS256 => Self::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::RS384 => Self::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            Algorithm::RS512 => Self::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            Algorithm::PS256 => Self::Rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::PS384 => Self::Rsa(&RSA_PSS_2048_8192_SHA384),
            Algorithm::PS512 => Self::Rsa(&RSA_PSS_2048_8192_SHA512),
            Algorithm::ES256 => Self::Curve(&ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => Self::Curve(&ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDSA => Self::Curve(&ED25519),
            _ => return Err(ErrorKind::InvalidAlgorithm.into()),
        })
    }
}
