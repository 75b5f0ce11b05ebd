//! Matches that wait for a decision, or have one.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::import_duplicate::{Column, Entity, Model};
use crate::{OrganizationId, Store, StoreError};

/// What happens with a record that matches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateAction {
    /// It is not imported; what depends on it attaches to the match.
    Skip,
    /// What is null in the match is filled, nothing is overwritten.
    Merge,
    /// It becomes a record of its own.
    Create,
}

impl DuplicateAction {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Merge => "merge",
            Self::Create => "create",
        }
    }

    /// The action with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Skip, Self::Merge, Self::Create]
            .into_iter()
            .find(|action| action.name() == name)
    }
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchLevel {
    /// Worth a look; never stops a start.
    Low,
    /// Likely.
    Medium,
    /// Next to certain.
    High,
}

impl MatchLevel {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// An incoming record that matches another one, of the store or of the same run.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Its id.
    pub id: Uuid,
    /// The job of the incoming record.
    pub job_id: Uuid,
    /// The row of the incoming record.
    pub row_number: i64,
    /// The slot of the incoming record in its row.
    pub slot: String,
    /// The id that the incoming record will get if it is created.
    pub record_id: Uuid,
    /// What a person recognises the incoming record by.
    pub label: String,
    /// The matching record.
    pub match_record_id: Uuid,
    /// How sure the match is.
    pub level: MatchLevel,
    /// The same as a number, 0 to 1.
    pub confidence: f64,
    /// Why it matches, in words.
    pub reasons: Vec<String>,
    /// What a person decided for this one; `None`: the default.
    pub action: Option<DuplicateAction>,
}

impl Duplicate {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged { what: "duplicate" };
        let (Some(level), Ok(reasons)) = (
            MatchLevel::from_name(&model.level),
            serde_json::from_value(model.reasons),
        ) else {
            return Err(damaged);
        };
        Ok(Self {
            id: model.id,
            job_id: model.job_id,
            row_number: model.row_number,
            slot: model.slot,
            record_id: model.record_id,
            label: model.label,
            match_record_id: model.match_record_id,
            level,
            confidence: model.confidence,
            reasons,
            action: model.action.as_deref().and_then(DuplicateAction::from_name),
        })
    }
}

impl Store {
    /// Matches of a run that are sure enough to need a decision and have none, best first.
    pub async fn duplicate_list_undecided(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        limit: u64,
    ) -> Result<Vec<Duplicate>, StoreError> {
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .filter(Column::Action.is_null())
            .filter(Column::Level.ne(MatchLevel::Low.name()))
            .order_by_desc(Column::Confidence)
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Duplicate::from_model)
            .collect()
    }

    /// How many matches of a run need a decision and have none.
    pub async fn duplicate_count_undecided(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
    ) -> Result<u64, StoreError> {
        Ok(Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .filter(Column::Action.is_null())
            .filter(Column::Level.ne(MatchLevel::Low.name()))
            .count(&self.reader)
            .await?)
    }

    /// The matches of rows of a job, first and last row included.
    pub async fn duplicate_list_of_rows(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<Duplicate>, StoreError> {
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.between(first, last))
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Duplicate::from_model)
            .collect()
    }

    /// The matches of incoming records of a run, by the incoming record.
    pub async fn duplicate_find(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        record_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Duplicate>, StoreError> {
        let mut found = HashMap::new();
        for chunk in padded_chunks(record_ids) {
            let rows = Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(Column::RecordId.is_in(chunk))
                .all(&self.reader)
                .await?;
            for row in rows {
                let duplicate = Duplicate::from_model(row)?;
                found.insert(duplicate.record_id, duplicate);
            }
        }
        Ok(found)
    }
}
