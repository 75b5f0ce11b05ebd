//! What a person can say about a run.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
pub use torqueflow_engine::Orphans;
use torqueflow_persistence::{DuplicateAction, MatchLevel};
use torqueflow_pipeline::Country;
use uuid::Uuid;

use crate::organizations::read_country;

/// The options of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// The source system, when the person says it: one that is known, or a name for one that is not.
    pub source_system: Option<String>,
    /// What happens with every likely duplicate that is not decided by itself.
    pub on_duplicate: OnDuplicate,
    /// Whether groups, families and locations that a row names are made. `None`: in a first import of a source.
    pub create_missing: Option<bool>,
    /// What happens with rows whose essential link leads nowhere.
    pub orphans: Orphans,
    /// Starts the run as soon as it is ready and nothing waits for a person.
    pub auto_start: bool,
    /// Whether it is a first import or a refresh. `None`: a refresh, if the source system has mappings.
    pub mode: Option<RunMode>,
    /// Whether records that are there already are updated. `None`: in a refresh those that came from the same source.
    /// `Some(true)`: also those that have the code of an incoming one, whoever made them. `Some(false)`: none.
    pub update_existing: Option<bool>,
    /// Whether a cell that is blank now makes its field null, where an earlier import filled it and nobody changed it.
    pub blank_wipes: bool,
    /// The location of new customers, vehicles, devices and jobs whose row names none.
    pub location_id: Option<Uuid>,
    /// The country of telephone numbers and postcodes that name none, where neither their row nor their column shows one:
    /// ISO 3166-1 alpha-2. `None`: that of the organisation. A run keeps the one that it was made with.
    pub country: Option<String>,
    /// A person has confirmed that the files are of their source, though it would put other people or cars in the place of
    /// those that were imported before.
    pub source_confirmation: bool,
}

/// What happens with likely duplicates that are not decided by themselves: the same with all, or by how sure the match is.
/// Matches that are no more than worth a look are created where nothing is said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "OnDuplicateForm")]
pub struct OnDuplicate {
    /// Those next to certain.
    pub high: Option<DuplicateAction>,
    /// Those that are likely.
    pub medium: Option<DuplicateAction>,
    /// Those worth a look.
    pub low: Option<DuplicateAction>,
}

/// How it is written: one action for all, or one per level.
#[derive(Deserialize)]
#[serde(untagged)]
enum OnDuplicateForm {
    All(Option<DuplicateAction>),
    PerLevel {
        high: Option<DuplicateAction>,
        medium: Option<DuplicateAction>,
        low: Option<DuplicateAction>,
    },
}

impl From<OnDuplicateForm> for OnDuplicate {
    fn from(form: OnDuplicateForm) -> Self {
        match form {
            OnDuplicateForm::All(action) => action.map(Self::all).unwrap_or_default(),
            OnDuplicateForm::PerLevel { high, medium, low } => Self { high, medium, low },
        }
    }
}

impl OnDuplicate {
    /// The same with all that need a decision.
    pub fn all(action: DuplicateAction) -> Self {
        Self {
            high: Some(action),
            medium: Some(action),
            low: None,
        }
    }

    /// What happens with a match of this level; `None`: it waits for a decision.
    pub fn of(self, level: MatchLevel) -> Option<DuplicateAction> {
        match level {
            MatchLevel::High => self.high,
            MatchLevel::Medium => self.medium,
            MatchLevel::Low => Some(self.low.unwrap_or(DuplicateAction::Create)),
        }
    }
}

/// How a run treats what its source system brought before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunMode {
    /// Records that were imported before are left as they are.
    Initial,
    /// Records that were imported before take over what the source changed since.
    Refresh,
}

impl RunMode {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl RunOptions {
    /// The country that the options of a run say. Runs that were made before there was a choice are British.
    pub(crate) fn default_country(&self) -> Country {
        let code = self.country.as_deref();
        code.and_then(|code| read_country(code).ok()).unwrap_or(Country::GB)
    }

    /// What makes two runs of the same files the same: everything but the decision on duplicates and
    /// the confirmation of the source, which may come later.
    pub(crate) fn identity(&self) -> serde_json::Value {
        serde_json::json!([
            self.source_system,
            self.create_missing,
            self.orphans,
            self.mode,
            self.update_existing,
            self.blank_wipes,
            self.location_id,
            self.country,
        ])
    }
}
