//! What a refresh would put in the place of what was imported before.

use serde::Serialize;
use torqueflow_app::replaced::{ReplacedPair, SourceConfirmation};
use utoipa::ToSchema;

/// What a refresh would put in the place of records that were imported before, and waits for a person to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "mapped": 40, "replaced": 40, "pairs": [{
    "file": "customers.csv", "sheet": null, "row": 2, "entity": "customer", "source_system": "Our old till",
    "source_id": "1", "before": "Ada Smith", "after": "Tom Carter"
}] })))]
pub struct ConfirmationView {
    /// The records that were imported before and are in these files, of the kinds that are in doubt.
    pub mapped: u64,
    /// Those of them that would become somebody else, or another car.
    pub replaced: u64,
    /// The first ten of those.
    pub pairs: Vec<PairView>,
}

/// A record that was imported before, and what would take its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "file": "customers.csv", "sheet": null, "row": 2, "entity": "customer", "source_system": "Our old till",
    "source_id": "1", "before": "Ada Smith", "after": "Tom Carter"
})))]
pub struct PairView {
    /// The file's name.
    pub file: String,
    /// The worksheet; null for text files.
    #[schema(required)]
    pub sheet: Option<String>,
    /// The row, as the person's program shows it.
    pub row: i64,
    /// `customer` or `vehicle`.
    pub entity: String,
    /// The source system that both are of.
    pub source_system: String,
    /// The id that both have.
    pub source_id: String,
    /// What the source said when it was last imported.
    pub before: String,
    /// What the file says.
    pub after: String,
}

impl From<SourceConfirmation> for ConfirmationView {
    fn from(confirmation: SourceConfirmation) -> Self {
        let SourceConfirmation {
            mapped,
            replaced,
            pairs,
        } = confirmation;
        Self {
            mapped,
            replaced,
            pairs: pairs.into_iter().map(PairView::from).collect(),
        }
    }
}

impl From<ReplacedPair> for PairView {
    fn from(pair: ReplacedPair) -> Self {
        let ReplacedPair {
            file,
            sheet,
            row,
            entity,
            source_system,
            source_id,
            before,
            after,
        } = pair;
        Self {
            file,
            sheet,
            row,
            entity: entity.name().to_owned(),
            source_system,
            source_id,
            before,
            after,
        }
    }
}
