//! `torqueflow token`

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use torqueflow_api::{DevelopmentToken, KeySetSource, TokenConfig, TokenKeys, development_token};

use crate::args::{Common, PasswordSource, Token, TokenOptions};
use crate::exit_code::Exit;

/// Prints a token that is signed with the development secret, or with the one in a file.
pub fn run(common: &Common, arguments: &Token) -> anyhow::Result<Exit> {
    let token = DevelopmentToken {
        organization: common.organization.clone(),
        user: arguments.user.clone(),
        role: arguments.role.clone(),
        lifetime: Duration::from_secs(u64::from(arguments.hours) * 3600),
    };
    let signed = development_token(&token_config(&arguments.tokens)?, &token);
    say!(
        "{}",
        signed.context("only the issuer of the keys can make tokens for them")?
    );
    Ok(Exit::Done)
}

/// How tokens are checked.
pub fn token_config(options: &TokenOptions) -> anyhow::Result<TokenConfig> {
    let keys = if let Some(file) = &options.jwt_secret_file {
        let source = PasswordSource {
            password_file: Some(file.clone()),
            password_stdin: false,
        };
        let secret = super::read_password(&source)?;
        TokenKeys::Secret(secret.context("the file has no secret")?)
    } else if let Some(place) = &options.jwks {
        TokenKeys::KeySet(key_set(place), options.jwt_algorithms.clone())
    } else {
        TokenKeys::Development
    };
    Ok(TokenConfig {
        keys,
        issuer: options.jwt_issuer.clone(),
        audience: options.jwt_audience.clone(),
        ..TokenConfig::default()
    })
}

fn key_set(place: &str) -> KeySetSource {
    if place.contains("://") {
        KeySetSource::Url(place.to_owned())
    } else {
        KeySetSource::File(Path::new(place).to_owned())
    }
}
