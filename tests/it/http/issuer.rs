//! An issuer of tokens, written down from RFC 7515 and RFC 7517, so that the service's own way to read them is no part of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA384,
    RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

/// Keys that sign nothing but the tokens of these tests.
const RSA_KEY: &[u8] = include_bytes!("rsa-test-key.der");
const EC_KEY: &[u8] = include_bytes!("ec-test-key.der");

/// A token that says this, signed as its header says.
pub fn sign(algorithm: &str, id: Option<&str>, claims: &Value) -> String {
    let mut header = json!({ "typ": "JWT", "alg": algorithm });
    if let Some(id) = id {
        header["kid"] = id.into();
    }
    let signed = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
    let message = signed.as_bytes();
    let signature = match algorithm {
        "ES256" => ec_key().sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
        "HS256" => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"a secret that the service does not know");
            hmac::sign(&key, message).as_ref().to_vec()
        }
        "RS256" => rsa_signature(&RSA_PKCS1_SHA256, message),
        "RS512" => rsa_signature(&RSA_PKCS1_SHA512, message),
        "PS384" => rsa_signature(&RSA_PSS_SHA384, message),
        _ => Vec::new(),
    };
    format!("{signed}.{}", encoded(signature))
}

/// The public keys of the issuer: `rsa` and, if wanted, `ec`.
pub fn key_set(with_ec: bool) -> String {
    let public: RsaPublicKeyComponents<Vec<u8>> = rsa_key().public().into();
    let mut keys = vec![json!({ "kty": "RSA", "kid": "rsa", "n": encoded(public.n), "e": encoded(public.e) })];
    if with_ec {
        let key = ec_key();
        // An uncompressed point: the byte 4, then both coordinates.
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        keys.push(json!({
            "kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256", "x": encoded(x), "y": encoded(y)
        }));
    }
    json!({ "keys": keys }).to_string()
}

fn rsa_key() -> RsaKeyPair {
    RsaKeyPair::from_der(RSA_KEY)
        .or_else(|_| RsaKeyPair::from_pkcs8(RSA_KEY))
        .unwrap()
}

fn ec_key() -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, EC_KEY, &SystemRandom::new()).unwrap()
}

fn rsa_signature(encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let key = rsa_key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &SystemRandom::new(), message, &mut signature)
        .unwrap();
    signature
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
