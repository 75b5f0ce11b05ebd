//! An organisation and its settings: what holds for its data where nothing else says it.
//!
//! The country is that of telephone numbers and postcodes that name none: of files whose rows, columns and run say no
//! other, and of what people type. The currency is that of all amounts. Time zone and language are kept for whoever
//! writes to its people. A new organisation is British.

mod language;
mod settings;

use serde_json::{Map, Value, json};
use torqueflow_persistence::{AuditEvent, Organization as Stored, OrganizationId, OrganizationSettings, StoreError};
use torqueflow_pipeline::Country;

pub use settings::{InvalidSetting, read_country};

use crate::error::AppError;
use crate::{App, Caller, boxed};

/// How often a change is tried again when another one came in between.
const ATTEMPTS: u32 = 10;

/// An organisation and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its short name.
    pub slug: String,
    /// Its country.
    pub country: Country,
    /// Its currency, by ISO 4217: `GBP`.
    pub currency: String,
    /// Its time zone, by its name in the IANA database: `Europe/London`.
    pub time_zone: String,
    /// Its language, by BCP 47: `en-GB`.
    pub language: String,
    /// Grows with each change of the settings.
    pub version: i64,
}

/// What changes of an organisation's settings. What is `None` stays as it is. Case does not matter: what is kept is as
/// the standards write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationPatch {
    /// The country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The currency, one in use by ISO 4217.
    pub currency: Option<String>,
    /// The time zone, by a name of the IANA database.
    pub time_zone: Option<String>,
    /// The language, BCP 47.
    pub language: Option<String>,
}

/// An organisation.
#[boxed]
pub async fn get(app: &App, organization: OrganizationId) -> Result<Organization, AppError> {
    shown(app.store.organization_get(organization).await?)
}

/// Changes settings of the caller's organisation; if a version is given, only where it still has that one.
///
/// Settings that can't be taken are an [`AppError::InvalidSettings`], which names all of them, and nothing changes.
#[boxed]
pub async fn update(
    app: &App,
    caller: &Caller,
    patch: &OrganizationPatch,
    expected_version: Option<i64>,
) -> Result<Organization, AppError> {
    let organization = caller.organization;
    for _ in 0..ATTEMPTS {
        let current = app.store.organization_get(organization).await?;
        let settings = settings::change(&current.settings, patch).map_err(AppError::InvalidSettings)?;
        if expected_version.is_some_and(|version| version != current.version) {
            return Err(AppError::Stale);
        }
        if settings == current.settings {
            return shown(current);
        }
        let event = AuditEvent::now(&caller.actor, "organization.updated")
            .on("organization", organization.0.to_string())
            .with(difference(&current.settings, &settings));
        let store = &app.store;
        let updated = store.organization_update(organization, current.version, &settings, &event);
        match updated.await {
            // Somebody was faster: with a version that is refused above, else what they changed is kept.
            Err(StoreError::Outdated) => {}
            updated => {
                updated?;
                return get(app, organization).await;
            }
        }
    }
    Err(AppError::Stale)
}

fn shown(stored: Stored) -> Result<Organization, AppError> {
    let settings = stored.settings;
    let unreadable = |_| AppError::Internal("an organisation's country can't be read back");
    Ok(Organization {
        id: stored.id,
        slug: stored.slug,
        country: read_country(&settings.country).map_err(unreadable)?,
        currency: settings.currency,
        time_zone: settings.time_zone,
        language: settings.language,
        version: stored.version,
    })
}

/// The settings that differ: before and after.
fn difference(before: &OrganizationSettings, after: &OrganizationSettings) -> Value {
    let (mut was, mut is) = (Map::new(), Map::new());
    for (name, before, after) in [
        ("country", &before.country, &after.country),
        ("currency", &before.currency, &after.currency),
        ("time_zone", &before.time_zone, &after.time_zone),
        ("language", &before.language, &after.language),
    ] {
        if before != after {
            was.insert(name.to_owned(), before.as_str().into());
            is.insert(name.to_owned(), after.as_str().into());
        }
    }
    json!({ "before": was, "after": is })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_is_told_what_differs() {
        let before = OrganizationSettings {
            country: "GB".to_owned(),
            currency: "GBP".to_owned(),
            time_zone: "Europe/London".to_owned(),
            language: "en-GB".to_owned(),
        };
        let after = OrganizationSettings {
            country: "IE".to_owned(),
            currency: "EUR".to_owned(),
            ..before.clone()
        };
        assert_eq!(
            difference(&before, &after),
            json!({
                "before": { "country": "GB", "currency": "GBP" },
                "after": { "country": "IE", "currency": "EUR" }
            })
        );
    }
}
