//! Columns of tables as clients see them.

use serde::Serialize;
use torqueflow_pipeline::{PlannedFacts, TablePlan, TypeCandidate, column_keys};
use utoipa::ToSchema;
use uuid::Uuid;

use super::profile_view::{IdentityView, ProfileView};

/// A column of a table and where its values go.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({ "header": "CustomerNumber", "field": "customer.external_customer_number", "by": "alias", "date_order": null, "facts": null, "profile": null, "identity": null })))]
pub struct ColumnView {
    /// Its header; `Column 3` where it has none, `Phone (2)` for the second of two columns with the same. The key in a mapping.
    pub header: String,
    /// Where its values go, or the first part of them; null: nowhere.
    #[schema(required)]
    pub field: Option<String>,
    /// How that was found: `alias`, `similar`, `values`, `unmapped` or `person`.
    pub by: String,
    /// For dates: `day_first`, `month_first`, `assumed_day_first`, `assumed_month_first` or `mixed`.
    #[schema(required)]
    pub date_order: Option<String>,
    /// What else all of its rows say; null until they were asked.
    #[schema(required)]
    pub facts: Option<ColumnFactsView>,
    /// What all of its rows say of its values; null until they were looked at.
    #[schema(required)]
    pub profile: Option<ProfileView>,
    /// For what may identify the record of a row: whether it does.
    #[schema(required)]
    pub identity: Option<IdentityView>,
}

/// What all rows of a column say of how it is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "decimal_mark": "comma", "unit": null, "unix_time": null, "swapped_dates": false, "html": "none", "encoded_twice": "none"
})))]
pub struct ColumnFactsView {
    /// For numbers, the mark before decimals: `point`, `comma`, `assumed_point`, `assumed_comma` or `mixed`.
    #[schema(required)]
    pub decimal_mark: Option<String>,
    /// For numbers, a unit that is not the field's: `kilometres`, `litres` or `fractions` (of one, for percent).
    #[schema(required)]
    pub unit: Option<String>,
    /// For dates, numbers that count from the beginning of 1970: `seconds` or `milliseconds`.
    #[schema(required)]
    pub unix_time: Option<String>,
    /// Another program has swapped day and month of dates that were typed.
    pub swapped_dates: bool,
    /// Its characters are written as HTML does: `none`, `proven` or `doubtful`.
    pub html: String,
    /// Its texts were encoded twice: `none`, `proven` or `doubtful`.
    pub encoded_twice: String,
}

impl From<PlannedFacts> for ColumnFactsView {
    fn from(facts: PlannedFacts) -> Self {
        Self {
            decimal_mark: facts.decimal_mark.and_then(name),
            unit: facts.unit.and_then(name),
            unix_time: facts.unix_time.and_then(name),
            swapped_dates: facts.swapped_dates,
            html: name(facts.html).unwrap_or_default(),
            encoded_twice: name(facts.encoded_twice).unwrap_or_default(),
        }
    }
}

/// The saved mapping that a table is understood by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d26", "name": "Our old till" })))]
pub struct SavedMappingUse {
    /// Its id.
    pub id: Uuid,
    /// Its name; null where it was remembered without one.
    #[schema(required)]
    pub name: Option<String>,
}

/// A type that a table could be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "generic.customers", "label": "Customers only", "confidence": 0.55,
    "evidence": ["2 of 5 columns are understood as customers"]
})))]
pub struct CandidateView {
    /// The type.
    #[serde(rename = "type")]
    pub table_type: String,
    /// What people call it.
    pub label: String,
    /// How sure that is, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// What speaks for it and against it, in sentences.
    pub evidence: Vec<String>,
}

impl From<TypeCandidate> for CandidateView {
    fn from(candidate: TypeCandidate) -> Self {
        Self {
            table_type: candidate.type_id,
            label: candidate.label,
            confidence: candidate.confidence,
            evidence: candidate.evidence,
        }
    }
}

/// The columns of a table.
pub fn columns(plan: &TablePlan) -> Vec<ColumnView> {
    let columns = &plan.columns;
    let identity = |index| {
        let mut identities = plan.identities.iter().flatten();
        identities.find(|identity| identity.column == index)
    };
    let columns = column_keys(&plan.headers()).into_iter().zip(columns).enumerate();
    columns
        .map(|(index, (key, column))| ColumnView {
            header: key,
            field: column.field.map(|field| field.to_string()),
            by: column.by.clone(),
            date_order: column.date_order.and_then(name),
            facts: column.facts.map(ColumnFactsView::from),
            profile: plan.profiles.get(index).map(ProfileView::from),
            identity: identity(index).map(IdentityView::from),
        })
        .collect()
}

/// The word that something is kept as.
pub(super) fn name(value: impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
