//! How the service is set up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use torqueflow_pipeline::Password;

/// The secret of development tokens. Everybody knows it, so it is refused on any address but loopback.
pub(crate) const DEVELOPMENT_SECRET: &str = "torqueflow-development-secret-not-for-production";

/// How the service is set up.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// The address to listen on; with port 0 the system chooses one.
    pub bind: SocketAddr,
    /// The address of the metrics, where they are not to be on the service's own.
    pub metrics_bind: Option<SocketAddr>,
    /// How tokens are checked.
    pub tokens: TokenConfig,
    /// The web origins that browsers may call from: `https://app.example`.
    pub allowed_origins: Vec<String>,
    /// Whether a proxy in front says in `X-Forwarded-For` where requests come from.
    pub behind_proxy: bool,
    /// Bounds on requests.
    pub limits: RequestLimits,
    /// How long requests may go on once the service is told to end.
    pub shutdown_timeout: Duration,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_bind: None,
            tokens: TokenConfig::default(),
            allowed_origins: Vec::new(),
            behind_proxy: false,
            limits: RequestLimits::default(),
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}

/// Bounds on requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// The bytes of a JSON body.
    pub body_bytes: usize,
    /// How many requests a user or key may make in a minute, after a burst of a quarter of that.
    pub requests_per_minute: u32,
    /// How many requests without a valid token an address may make in a minute; an IPv6 network of 64 bits counts as one.
    pub refusals_per_minute: u32,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            requests_per_minute: 1200,
            refusals_per_minute: 60,
        }
    }
}

/// How tokens are checked.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// With which keys.
    pub keys: TokenKeys,
    /// The issuer that tokens must name.
    pub issuer: String,
    /// The audience that tokens must name.
    pub audience: String,
    /// By how much clocks may differ.
    pub leeway: Duration,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            keys: TokenKeys::Development,
            issuer: "torqueflow".to_owned(),
            audience: "torqueflow-api".to_owned(),
            leeway: Duration::from_mins(1),
        }
    }
}

/// The keys that tokens are signed with.
#[derive(Debug, Clone)]
pub enum TokenKeys {
    /// HS256 with a secret that everybody knows: for development.
    Development,
    /// HS256 with this secret, of 32 bytes at least.
    Secret(Password),
    /// The public keys of an issuer, and the algorithms that it uses.
    KeySet(KeySetSource, Vec<Algorithm>),
}

/// Where the public keys of an issuer are (a JWK set).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySetSource {
    /// In a file.
    File(PathBuf),
    /// At a URL: `https:`, or `http:` on this machine.
    Url(String),
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The development secret is known to everybody.
    #[error(
        "tokens are checked with the development secret, which everybody knows, so `{0}` is refused; name the keys of your \
         issuer (--jwks) or a secret of your own (--jwt-secret-file), or listen on a loopback address"
    )]
    DevelopmentSecret(SocketAddr),
    /// The secret is too short.
    #[error("the secret of tokens has {0} bytes; it needs {MIN_SECRET_BYTES} at least")]
    ShortSecret(usize),
    /// The keys can't be taken from there.
    #[error("the keys of the issuer can't be taken from `{0}`: it needs https, or http on this machine")]
    InsecureKeySet(String),
    /// Keys in the open need algorithms with public keys.
    #[error(
        "`{0:?}` is no algorithm with public keys; there are RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA"
    )]
    Algorithm(Algorithm),
    /// The address can't be listened on.
    #[error("failed to listen on `{address}`")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server failed.
    #[error("the server failed")]
    Server(#[source] std::io::Error),
    /// Metrics can't be kept.
    #[error("metrics can't be kept")]
    Metrics(#[from] prometheus::Error),
}

/// As many bytes as HS256 makes use of.
const MIN_SECRET_BYTES: usize = 32;

impl ServeConfig {
    /// Refuses what would not be safe.
    pub(crate) fn check(&self) -> Result<(), ServeError> {
        match &self.tokens.keys {
            TokenKeys::Development if !self.bind.ip().is_loopback() => Err(ServeError::DevelopmentSecret(self.bind)),
            TokenKeys::Secret(secret) if secret.expose().len() < MIN_SECRET_BYTES => {
                Err(ServeError::ShortSecret(secret.expose().len()))
            }
            TokenKeys::KeySet(KeySetSource::Url(url), _) if !is_safe(url) => {
                Err(ServeError::InsecureKeySet(url.clone()))
            }
            TokenKeys::KeySet(_, algorithms) => {
                let secret = [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
                let wrong = algorithms.iter().find(|algorithm| secret.contains(algorithm));
                wrong.map_or(Ok(()), |algorithm| Err(ServeError::Algorithm(*algorithm)))
            }
            TokenKeys::Development | TokenKeys::Secret(_) => Ok(()),
        }
    }
}

/// Whether nobody on the way can change what a URL answers.
fn is_safe(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let authority = url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    authority.is_some_and(|authority| {
        let address: Result<SocketAddr, _> = authority.parse();
        authority == "localhost"
            || authority.starts_with("localhost:")
            || address.is_ok_and(|address| address.ip().is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bind: &str, keys: TokenKeys, expected: Option<&str>) {
        let config = ServeConfig {
            bind: bind.parse().unwrap(),
            tokens: TokenConfig {
                keys,
                ..TokenConfig::default()
            },
            ..ServeConfig::default()
        };
        let refusal = config.check().err().map(|error| error.to_string());
        match expected {
            None => assert_eq!(refusal, None),
            Some(part) => assert!(
                refusal.as_deref().is_some_and(|text| text.contains(part)),
                "{refusal:?}"
            ),
        }
    }

    fn key_set(url: &str) -> TokenKeys {
        TokenKeys::KeySet(KeySetSource::Url(url.to_owned()), vec![Algorithm::RS256])
    }

    #[test]
    fn the_development_secret_is_for_loopback() {
        check("127.0.0.1:8080", TokenKeys::Development, None);
        check("[::1]:8080", TokenKeys::Development, None);
        check("0.0.0.0:8080", TokenKeys::Development, Some("development secret"));
        check("192.0.2.1:80", TokenKeys::Development, Some("development secret"));
    }

    #[test]
    fn keys_must_be_long_and_come_safely() {
        check("0.0.0.0:80", TokenKeys::Secret(Password::new("x".repeat(32))), None);
        check("0.0.0.0:80", TokenKeys::Secret(Password::new("short")), Some("5 bytes"));
        check("0.0.0.0:80", key_set("https://issuer.example/jwks.json"), None);
        check("0.0.0.0:80", key_set("http://127.0.0.1:9000/jwks.json"), None);
        check("0.0.0.0:80", key_set("http://localhost/jwks.json"), None);
        check(
            "0.0.0.0:80",
            key_set("http://issuer.example/jwks.json"),
            Some("needs https"),
        );
        check("0.0.0.0:80", key_set("http://localhost.example/"), Some("needs https"));
        let source = KeySetSource::File("keys.json".into());
        check(
            "0.0.0.0:80",
            TokenKeys::KeySet(source, vec![Algorithm::HS256]),
            Some("no algorithm with public keys"),
        );
    }
}
