//! API keys: what programs come in with.

use std::collections::BTreeSet;

use serde_json::json;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use torqueflow_persistence::{Actor, ApiKey, AuditEvent, OrganizationId};
use uuid::Uuid;

use super::secret::{hash, new_secret};
use super::{AccessError, Capability, Principal, Role, roles};
use crate::error::AppError;
use crate::idempotency::Once;
use crate::{App, Caller, boxed};

/// What every API key begins with.
pub const KEY_PREFIX: &str = "tfk_";
/// How much of a key is kept, so that people recognise it.
const SHOWN_CHARS: usize = 12;
/// The longest name of a key.
const MAX_NAME_CHARS: usize = 100;
/// The use of a key is noted no more often than this.
const TOUCH_EVERY: Duration = Duration::MINUTE;

/// A key that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What people call it.
    pub name: String,
    /// The role that it acts in.
    pub role: Role,
    /// The capabilities that it is limited to; `None`: all of its role.
    pub capabilities: Option<BTreeSet<Capability>>,
    /// When it ends by itself.
    pub expires_at: Option<OffsetDateTime>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewlyMade {
    /// The key.
    pub key: ApiKey,
    /// Its secret, which is shown once and kept nowhere.
    pub secret: String,
}

/// Makes a key. Nobody can make one that may do what they may not do themselves.
#[boxed]
pub async fn api_key_create<'a>(
    app: &'a App,
    principal: &Principal,
    new: NewApiKey,
    once: Option<Once<'a, NewlyMade>>,
) -> Result<NewlyMade, AccessError> {
    let caller = &principal.caller;
    let now = OffsetDateTime::now_utc();
    check(&new, now)?;
    let granted = roles::capabilities(app, caller.organization, &new.role, new.capabilities.as_ref()).await?;
    if let Some(beyond) = granted.difference(&principal.capabilities).next() {
        return Err(AccessError::Beyond(*beyond));
    }
    let secret = new_secret(KEY_PREFIX)?;
    let key = ApiKey {
        id: Uuid::now_v7(),
        name: new.name,
        prefix: secret.chars().take(SHOWN_CHARS).collect(),
        secret_hash: hash(&secret),
        role: new.role.name().to_owned(),
        capabilities: new
            .capabilities
            .map(|limit| limit.iter().map(ToString::to_string).collect()),
        created_by: caller.actor.name.clone(),
        created_at: now,
        last_used_at: None,
        expires_at: new.expires_at,
        revoked_at: None,
    };
    let event = AuditEvent::now(&caller.actor, "api_key.created")
        .on("api_key", key.id.to_string())
        .with(json!({ "name": key.name, "role": key.role, "capabilities": key.capabilities }));
    let made = NewlyMade { key, secret };
    let answer = once.map(|once| once.answer(&made));
    let organization = caller.organization;
    app.store
        .api_key_create(organization, &made.key, answer.as_ref(), &[event])
        .await?;
    Ok(made)
}

fn check(new: &NewApiKey, now: OffsetDateTime) -> Result<(), AccessError> {
    let chars = new.name.trim().chars().count();
    if !(1..=MAX_NAME_CHARS).contains(&chars) {
        return Err(AccessError::Invalid {
            field: "name",
            message: format!("the name needs 1 to {MAX_NAME_CHARS} characters"),
        });
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(AccessError::Invalid {
            field: "expires_at",
            message: "the key would have ended already; give a moment to come, or none".to_owned(),
        });
    }
    Ok(())
}

/// The keys of an organisation, revoked ones too, the newest first.
#[boxed]
pub async fn api_key_list(
    app: &App,
    organization: OrganizationId,
    below: Option<Uuid>,
    limit: u64,
) -> Result<Vec<ApiKey>, AppError> {
    Ok(app.store.api_key_list(organization, below, limit).await?)
}

/// Ends a key for good.
#[boxed]
pub async fn api_key_revoke(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let event = AuditEvent::now(&caller.actor, "api_key.revoked").on("api_key", id.to_string());
    Ok(app.store.api_key_revoke(caller.organization, id, &event).await?)
}

/// Who comes in with this key. `from` says from where; its name and role are not looked at.
///
/// A key that has ended or was revoked is refused, and its organisation's audit log says so.
#[boxed]
pub async fn sign_in_with_key(app: &App, secret: &str, from: Actor) -> Result<Principal, AccessError> {
    let secret_hash = hash(secret);
    let found = app.store.api_key_find(&secret_hash).await?;
    let (organization, key) = found.ok_or(AccessError::Refused)?;
    if !bool::from(key.secret_hash.as_bytes().ct_eq(secret_hash.as_bytes())) {
        return Err(AccessError::Refused);
    }
    let actor = Actor {
        name: format!("api_key:{}", key.id),
        role: Some(key.role.clone()),
        ..from
    };
    let caller = Caller { organization, actor };
    let now = OffsetDateTime::now_utc();
    let reason = match &key {
        key if key.revoked_at.is_some() => Some("revoked"),
        key if key.expires_at.is_some_and(|end| end <= now) => Some("expired"),
        _ => None,
    };
    if let Some(reason) = reason {
        let event = AuditEvent::now(&caller.actor, "api_key.refused")
            .on("api_key", key.id.to_string())
            .with(json!({ "reason": reason }));
        app.store.audit_append(organization, &event).await?;
        return Err(AccessError::Refused);
    }
    if key.last_used_at.is_none_or(|moment| now - moment >= TOUCH_EVERY) {
        app.store.api_key_touch(organization, key.id, now).await?;
    }
    let role = Role::parse(&key.role).ok_or(AccessError::Refused)?;
    let limit = key
        .capabilities
        .map(|names| names.iter().filter_map(|name| Capability::from_name(name)).collect());
    Ok(Principal {
        capabilities: roles::capabilities(app, organization, &role, limit.as_ref()).await?,
        caller,
        role,
        limit,
    })
}
