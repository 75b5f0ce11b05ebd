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
const MAX_BYTES: u64 = 1024 * 1024;

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
                Err(error) => tracing::warn!(source = ?self.source, %error, "the keys of the issuer can't be loaded"),
            }
        }
        if cache.loaded.is_none() {
            let detail = "the keys of the token's issuer could not be loaded";
            return Err(ApiError::new(Code::SignInUnavailable, detail));
        }
        let key = find(&cache.keys, id, algorithm).map(DecodingKey::from_jwk);
        Ok(key.and_then(Result::ok))
    }

    async fn load(&self) -> Result<JwkSet, String> {
        let source = self.source.clone();
        let loading = tokio::task::spawn_blocking(move || {
            let bytes = match source {
                KeySetSource::File(path) => std::fs::read(path).map_err(|error| error.to_string()),
                KeySetSource::Url(url) => download(&url).map_err(|error| error.to_string()),
            };
            serde_json::from_slice(&bytes?).map_err(|error| error.to_string())
        });
        loading.await.map_err(|error| error.to_string())?
    }
}

fn download(url: &str) -> Result<Vec<u8>, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .build()
        .into();
    let mut answer = agent.get(url).call()?;
    answer.body_mut().with_config().limit(MAX_BYTES).read_to_vec()
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
