//! `torqueflow token`

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use torqueflow_api::{DevelopmentToken, KeySetSource, TokenConfig, TokenKeys, development_token};
use torqueflow_app::access::Role;

use crate::args::{Common, PasswordSource, TokenOptions};
use crate::exit_code::Exit;

#[derive(Debug, Args)]
pub struct Token {
    /// The user
    #[arg(long, value_name = "NAME", default_value = "developer")]
    pub user: String,
    /// The user's role: owner, admin, manager, `service_advisor`, technician, or one of the organisation's own
    #[arg(long, value_name = "ROLE", default_value = "owner", value_parser = parse_role)]
    pub role: Role,
    /// How many hours it is good for
    #[arg(long, value_name = "HOURS", default_value_t = 12)]
    pub hours: u32,
    #[command(flatten)]
    pub tokens: TokenOptions,
}

fn parse_role(name: &str) -> Result<Role, &'static str> {
    Role::parse(name).ok_or("a role is 1 to 50 lower-case letters, digits and underscores")
}

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
        let secret = super::password::read(&source)?;
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
