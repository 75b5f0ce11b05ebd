//! The options of a run: what a person says, and what is in force.

use serde::{Deserialize, Serialize};
use torqueflow_app::DuplicateAction;
use torqueflow_app::options::{OnDuplicate, Orphans, RunMode, RunOptions};
use torqueflow_app::source_name::source_named;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{ApiError, Code};
use crate::service::Service;

/// What a person says of a run when it is made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({ "on_duplicate": "skip", "mode": "initial", "orphans": "unlinked", "auto_start": true })))]
pub struct OptionsRequest {
    /// What happens with likely duplicates that are not decided one by one.
    #[schema(value_type = Option<DuplicateDefault>)]
    pub on_duplicate: Option<DuplicateDefault>,
    /// `initial`: records that were imported before are left as they are. `refresh`: they take over what the source changed
    /// since. Null: a refresh, if the source was imported before.
    #[schema(value_type = Option<String>, pattern = "^(initial|refresh)$")]
    pub mode: Option<RunMode>,
    /// Whether records that are there are updated: `true` also those that have the code of an incoming one, whoever made
    /// them; `false` none; null: in a refresh those that came from the same source.
    pub update_existing: Option<bool>,
    /// Whether groups, families and locations that rows name are made; null: in a first import of a source.
    pub create_missing: Option<bool>,
    /// `fail` or `unlinked`: what happens with rows whose customer, job or invoice is nowhere.
    #[schema(value_type = Option<String>, pattern = "^(fail|unlinked)$")]
    pub orphans: Option<Orphans>,
    /// The location of new customers, vehicles, devices and jobs whose row names none.
    pub location_id: Option<Uuid>,
    /// Whether a cell that is blank now makes its field null in a refresh, where nobody changed it here.
    pub blank_wipes: Option<bool>,
    /// Starts the run as soon as it is ready and nothing waits for a person.
    pub auto_start: Option<bool>,
    /// The country of telephone numbers and postcodes that name none, where neither their row nor their column shows one:
    /// ISO 3166-1 alpha-2, in any case. Null: that of the organisation.
    #[schema(pattern = "^[A-Za-z]{2}$")]
    pub country: Option<String>,
    /// Confirms that the files are from their source, though a refresh would put other people or cars in the place of those
    /// that were imported before.
    pub source_confirmation: Option<bool>,
}

impl OptionsRequest {
    /// The options with what was said over them; what was not said stays.
    pub fn over(&self, options: RunOptions) -> RunOptions {
        let Self {
            on_duplicate,
            mode,
            update_existing,
            create_missing,
            orphans,
            location_id,
            blank_wipes,
            auto_start,
            country,
            source_confirmation,
        } = self;
        RunOptions {
            source_system: options.source_system,
            on_duplicate: on_duplicate.map_or(options.on_duplicate, Into::into),
            create_missing: create_missing.or(options.create_missing),
            orphans: orphans.unwrap_or(options.orphans),
            auto_start: auto_start.unwrap_or(options.auto_start),
            mode: mode.or(options.mode),
            update_existing: update_existing.or(options.update_existing),
            blank_wipes: blank_wipes.unwrap_or(options.blank_wipes),
            location_id: location_id.or(options.location_id),
            country: country.clone().or(options.country),
            source_confirmation: source_confirmation.unwrap_or(options.source_confirmation),
        }
    }
}

/// The source system that a client names.
pub fn source_system(service: &Service, given: &str) -> Result<String, ApiError> {
    source_named(service.app.sources(), given)
        .map_err(|error| ApiError::value(Code::ValidationFailed, "/source_system", error.to_string()))
}

/// The options of a run, as they are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "source_system": "techman", "on_duplicate": { "high": "skip", "medium": "skip", "low": null }, "mode": null,
    "update_existing": null, "create_missing": null, "orphans": "fail", "location_id": null, "blank_wipes": false,
     "auto_start": false, "country": "GB", "source_confirmation": false
})))]
pub struct OptionsView {
    /// The source system, where a person named it.
    #[schema(required)]
    pub source_system: Option<String>,
    /// What happens with likely duplicates that are not decided one by one.
    pub on_duplicate: ActionPerLevel,
    /// `initial` or `refresh`, where a person chose; the mode that the run has is `mode` of the run.
    #[schema(required, value_type = Option<String>, pattern = "^(initial|refresh)$")]
    pub mode: Option<RunMode>,
    /// Whether records that are there are updated; null: in a refresh those that came from the same source.
    #[schema(required)]
    pub update_existing: Option<bool>,
    /// Whether groups, families and locations that rows name are made; null: in a first import of a source.
    #[schema(required)]
    pub create_missing: Option<bool>,
    /// `fail` or `unlinked`: what happens with rows whose customer, job or invoice is nowhere.
    #[schema(value_type = String, pattern = "^(fail|unlinked)$")]
    pub orphans: Orphans,
    /// The location of new records whose row names none.
    #[schema(required)]
    pub location_id: Option<Uuid>,
    /// Whether a cell that is blank now makes its field null in a refresh.
    pub blank_wipes: bool,
    /// The run starts as soon as it is ready and nothing waits for a person.
    pub auto_start: bool,
    /// The country of telephone numbers and postcodes that name none, where neither their row nor their column shows one,
    /// by ISO 3166-1: what was said, else that of the organisation when the run was made. Null in runs from before there
    /// was a choice: they are British.
    #[schema(required)]
    pub country: Option<String>,
    /// A person has confirmed that the files are from their source.
    pub source_confirmation: bool,
}

impl From<RunOptions> for OptionsView {
    fn from(options: RunOptions) -> Self {
        let RunOptions {
            source_system,
            on_duplicate,
            create_missing,
            orphans,
            auto_start,
            mode,
            update_existing,
            blank_wipes,
            location_id,
            country,
            source_confirmation,
        } = options;
        Self {
            source_system,
            on_duplicate: on_duplicate.into(),
            mode,
            update_existing,
            create_missing,
            orphans,
            location_id,
            blank_wipes,
            auto_start,
            country,
            source_confirmation,
        }
    }
}

/// What happens with likely duplicates: one action for all, or one per level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(examples("skip"))]
pub enum DuplicateDefault {
    /// The same with all that need a decision.
    All(ActionName),
    /// By how sure the match is.
    PerLevel(ActionPerLevel),
}

/// One action per level of confidence; null: they wait for a decision (`low`: they are created).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({ "high": "merge", "medium": null, "low": "create" })))]
pub struct ActionPerLevel {
    /// Matches next to certain.
    #[schema(value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    pub high: Option<ActionName>,
    /// Likely matches.
    #[schema(value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    pub medium: Option<ActionName>,
    /// Matches worth a look.
    #[schema(value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    pub low: Option<ActionName>,
}

/// What happens with a record that matches another: `skip` leaves it out, `merge` fills what is blank in the match and
/// overwrites nothing, `create` makes it a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("merge"))]
pub enum ActionName {
    /// Left out; what belongs to it attaches to the match.
    Skip,
    /// Blanks of the match are filled.
    Merge,
    /// A record of its own.
    Create,
}

impl From<ActionName> for DuplicateAction {
    fn from(name: ActionName) -> Self {
        match name {
            ActionName::Skip => Self::Skip,
            ActionName::Merge => Self::Merge,
            ActionName::Create => Self::Create,
        }
    }
}

impl From<DuplicateAction> for ActionName {
    fn from(action: DuplicateAction) -> Self {
        match action {
            DuplicateAction::Skip => Self::Skip,
            DuplicateAction::Merge => Self::Merge,
            DuplicateAction::Create => Self::Create,
        }
    }
}

impl From<OnDuplicate> for ActionPerLevel {
    fn from(OnDuplicate { high, medium, low }: OnDuplicate) -> Self {
        Self {
            high: high.map(Into::into),
            medium: medium.map(Into::into),
            low: low.map(Into::into),
        }
    }
}

impl From<DuplicateDefault> for OnDuplicate {
    fn from(default: DuplicateDefault) -> Self {
        match default {
            DuplicateDefault::All(action) => Self::all(action.into()),
            DuplicateDefault::PerLevel(ActionPerLevel { high, medium, low }) => Self {
                high: high.map(Into::into),
                medium: medium.map(Into::into),
                low: low.map(Into::into),
            },
        }
    }
}
