//! The public keys of an issuer, loaded when they are first needed and again when an unknown one is named.

use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use tokio::sync::Mutex;

use crate::config::KeySetSource;
use crate::problem::{ApiError, Code};

/// Keys are looked at again after this time, so that those that the issuer has withdrawn are forgotten.
const FRESH: Duration = Duration::from_mins(10);
/// An unknown key has the set loaded again, but no more often than this: anybody can name unknown keys.
const RELOAD_EVERY: Duration = Duration::from_secs(10);
/// How long the issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The bytes that a set of keys may have.
const MAX_BYTES: usize = 1024 * 1024;

/// The public keys of an issuer.
pub struct KeySet {
    source: KeySetSource,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    keys: JwkSet,
    loaded: Option<Instant>,
    tried: Option<Instant>,
}

impl KeySet {
    /// The keys at this place.
    pub fn new(source: KeySetSource) -> Self {
        Self {
            source,
            cache: Mutex::default(),
        }
    }

    /// The key of this id, or the only one where a token names none.
    pub async fn key(&self, id: Option<&str>, algorithm: Algorithm) -> Result<Option<DecodingKey>, ApiError> {
        let mut cache = self.cache.lock().await;
        let is_older = |moment: Option<Instant>, age| moment.is_none_or(|moment: Instant| moment.elapsed() >= age);
        let is_wanted = is_older(cache.loaded, FRESH) || find(&cache.keys, id, algorithm).is_none();
        if is_wanted && is_older(cache.tried, RELOAD_EVERY) {
            cache.tried = Some(Instant::now());
            match self.load().await {
                Ok(keys) => {
                    cache.keys = keys;
                    cache.loaded = Some(Instant::now());
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(source = ?self.source, error, "the keys of the issuer can't be loaded");
                }
            }
        }
        if cache.loaded.is_none() {
            let detail = "the keys of the token's issuer could not be loaded";
            return Err(ApiError::new(Code::SignInUnavailable, detail));
        }
        let key = find(&cache.keys, id, algorithm).map(DecodingKey::from_jwk);
        Ok(key.and_then(Result::ok))
    }

    async fn load(&self) -> Result<JwkSet, LoadError> {
        let bytes = match &self.source {
            KeySetSource::File(path) => tokio::fs::read(path).await?,
            KeySetSource::Url(url) => download(url).await?,
        };
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// Why a set of keys can't be loaded.
#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error("the file can't be read")]
    File(#[from] std::io::Error),
    #[error("the issuer does not answer with its keys")]
    Issuer(#[from] reqwest::Error),
    #[error("the answer has more than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("this is no set of keys")]
    NoKeySet(#[from] serde_json::Error),
}

async fn download(url: &str) -> Result<Vec<u8>, LoadError> {
    // The one that is linked; another part of the program may have named it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let mut answer = client.get(url).send().await?.error_for_status()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(LoadError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The key that a token asks for. A key that says its algorithm is for no other.
fn find<'a>(keys: &'a JwkSet, id: Option<&str>, algorithm: Algorithm) -> Option<&'a Jwk> {
    let found = match (id, keys.keys.as_slice()) {
        (Some(id), _) => keys.find(id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.filter(|key| {
        let own = key.common.key_algorithm;
        own.is_none_or(|own| own == algorithm.into())
    })
}
