//! JSON web tokens: checking them, and making them for development.

use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::access::Role;
use torqueflow_pipeline::Password;

use super::jwks::KeySet;
use super::signatures;
use crate::config::{DEVELOPMENT_SECRET, TokenConfig, TokenKeys};
use crate::problem::{ApiError, Code};

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: String,
    /// The organisation: its slug or its id.
    pub org: String,
    /// The user's role in it.
    pub role: Role,
    /// When the token ends, in seconds since 1970.
    pub exp: i64,
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: serde_json::Value,
}

/// Checks tokens.
pub struct Verifier {
    keys: Keys,
    issuer: String,
    audience: String,
    leeway: Duration,
}

enum Keys {
    Secret(DecodingKey),
    Set(KeySet, Vec<Algorithm>),
}

impl Verifier {
    /// Checks tokens as configured.
    pub fn new(config: &TokenConfig) -> Self {
        signatures::provide();
        let keys = match &config.keys {
            TokenKeys::Development => Keys::Secret(DecodingKey::from_secret(DEVELOPMENT_SECRET.as_bytes())),
            TokenKeys::Secret(secret) => Keys::Secret(DecodingKey::from_secret(secret.expose().as_bytes())),
            TokenKeys::KeySet(source, algorithms) => Keys::Set(KeySet::new(source.clone()), algorithms.clone()),
        };
        Self {
            keys,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            leeway: config.leeway,
        }
    }

    /// What a token says, if it is to be believed.
    pub async fn verify(&self, token: &str) -> Result<Claims, ApiError> {
        let header = decode_header(token).map_err(|error| refused(&error))?;
        let claims = match &self.keys {
            Keys::Secret(key) => self.check(token, key, Algorithm::HS256),
            Keys::Set(set, algorithms) if algorithms.contains(&header.alg) => {
                let key = set.key(header.kid.as_deref(), header.alg).await?;
                let key = key.ok_or_else(|| refused(&"no key of the issuer fits"))?;
                self.check(token, &key, header.alg)
            }
            Keys::Set(..) => return Err(refused(&"the algorithm is not among those configured")),
        };
        claims.map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => ApiError::new(Code::TokenExpired, "the token has expired"),
            _ => refused(&error),
        })
    }

    fn check(&self, token: &str, key: &DecodingKey, algorithm: Algorithm) -> jsonwebtoken::errors::Result<Claims> {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "sub", "iss", "aud"]);
        Ok(decode::<Claims>(token, key, &validation)?.claims)
    }
}

/// The reason is for the log: whoever forges tokens is told nothing.
fn refused(reason: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(Code::Unauthenticated, "the token is not valid").caused_by(reason.to_string())
}

/// A token that is to be made for development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevelopmentToken {
    /// The slug of the organisation.
    pub organization: String,
    /// The user.
    pub user: String,
    /// The user's role.
    pub role: Role,
    /// How long it is good for.
    pub lifetime: Duration,
}

/// Makes a token that is signed with the development secret, or with a secret of one's own.
///
/// `None` where tokens are signed by an issuer: only that one can make them.
pub fn development_token(config: &TokenConfig, token: &DevelopmentToken) -> Option<String> {
    signatures::provide();
    let own = match &config.keys {
        TokenKeys::Development => Password::new(DEVELOPMENT_SECRET),
        TokenKeys::Secret(secret) => secret.clone(),
        TokenKeys::KeySet(..) => return None,
    };
    let claims = Claims {
        sub: token.user.clone(),
        org: token.organization.clone(),
        role: token.role.clone(),
        exp: (OffsetDateTime::now_utc() + token.lifetime).unix_timestamp(),
        iss: config.issuer.clone(),
        aud: config.audience.clone().into(),
    };
    let key = EncodingKey::from_secret(own.expose().as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).ok()
}
