//! What people decided on matches. A decision is on two records, not on a place: a match that is found anew finds it again.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use time::OffsetDateTime;
use torqueflow_model::import::DuplicateAction;
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::import_decision::{Column, Entity, Model};
use crate::entity::import_duplicate;
use crate::{OrganizationId, Store, StoreError};

/// A record as a decision knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedRecord {
    /// The fingerprint of its identity; of a stored record its id.
    pub key: u128,
    /// Which of several equal contents; 0 for a record with an id, and for a stored one.
    pub occurrence: i64,
    /// The job and row in which it was met first; `None` for a stored one. A record whose identity has changed with the
    /// mapping of its columns is known again by it.
    pub place: Option<(Uuid, i64)>,
}

impl DecidedRecord {
    /// A record of the store.
    pub fn stored(id: Uuid) -> Self {
        Self {
            key: id.as_u128(),
            occurrence: 0,
            place: None,
        }
    }

    /// Both are the same record.
    pub fn is(&self, other: &Self) -> bool {
        let is_same_place = self.place.is_some() && self.place == other.place;
        is_same_place || (self.key, self.occurrence) == (other.key, other.occurrence)
    }
}

/// A decision on an incoming record and what it matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The incoming record.
    pub record: DecidedRecord,
    /// The slot of the incoming record in its row.
    pub slot: String,
    /// What it matched.
    pub matched: DecidedRecord,
    /// What was decided; `None`: a decision was taken back.
    pub action: Option<DuplicateAction>,
}

impl From<Model> for Decision {
    fn from(model: Model) -> Self {
        Self {
            record: DecidedRecord {
                key: model.key_hash.as_u128(),
                occurrence: model.occurrence,
                place: Some((model.job_id, model.row_number)),
            },
            slot: model.slot,
            matched: DecidedRecord {
                key: model.match_id.as_u128(),
                occurrence: model.match_occurrence,
                place: model.match_job_id.zip(model.match_row_number),
            },
            action: model.action.and_then(|action| action.parse().ok()),
        }
    }
}

impl Store {
    /// Whether anything was decided on matches of a run.
    pub async fn decision_exists(&self, organization: OrganizationId, run_id: Uuid) -> Result<bool, StoreError> {
        let found = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .one(&self.reader)
            .await?;
        Ok(found.is_some())
    }

    /// The decisions on these incoming records, known by their identities, and on those of these rows of a job, the first
    /// and the last row included. The newest come first.
    pub async fn decision_find(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        key_hashes: &[u128],
        (job_id, first, last): (Uuid, i64, i64),
    ) -> Result<Vec<Decision>, StoreError> {
        let of_rows = Column::JobId.eq(job_id).and(Column::RowNumber.between(first, last));
        let keys: Vec<Uuid> = key_hashes.iter().map(|key| Uuid::from_u128(*key)).collect();
        let of_keys = padded_chunks(&keys).map(|chunk| Column::KeyHash.is_in(chunk));
        let mut found: Vec<Model> = Vec::new();
        for condition in of_keys.chain([of_rows]) {
            let rows = Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(condition)
                .all(&self.reader)
                .await?;
            found.extend(rows);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.decided_at));
        Ok(found.into_iter().map(Decision::from).collect())
    }

    /// Forgets what was decided on the matches of a run.
    pub async fn decision_forget(&self, organization: OrganizationId, run_id: Uuid) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .exec(&self.writer)
            .await?;
        Ok(())
    }
}

/// Keeps what was decided on the matches that `is_meant` lets pass, with the records that they are of.
pub(super) async fn keep(
    transaction: &DatabaseTransaction,
    is_meant: Condition,
    action: Option<DuplicateAction>,
) -> Result<(), StoreError> {
    use import_duplicate::{Column as Match, Entity as Matches};
    // The pair, and what is told of it; each beside the column of the match that it comes from.
    let pair = [
        (Column::OrganizationId, Match::OrganizationId),
        (Column::RunId, Match::RunId),
        (Column::KeyHash, Match::KeyHash),
        (Column::Occurrence, Match::Occurrence),
        (Column::MatchId, Match::MatchKey),
        (Column::MatchOccurrence, Match::MatchOccurrence),
    ];
    let places = [
        (Column::JobId, Match::JobId),
        (Column::RowNumber, Match::RowNumber),
        (Column::Slot, Match::Slot),
        (Column::MatchJobId, Match::MatchJobId),
        (Column::MatchRowNumber, Match::MatchRowNumber),
    ];
    let told = places.iter().map(|(column, _)| *column);
    let told: Vec<Column> = told.chain([Column::Action, Column::DecidedAt]).collect();
    let mut pairs = Query::select();
    pairs
        .columns(pair.iter().chain(&places).map(|(_, of_match)| (Matches, *of_match)))
        .exprs([
            Expr::value(action.map(DuplicateAction::name)),
            Expr::value(OffsetDateTime::now_utc()),
        ])
        .from(Matches)
        .cond_where(is_meant);
    let mut decisions = Query::insert();
    decisions
        .into_table(Entity)
        .columns(pair.iter().map(|(column, _)| *column).chain(told.iter().copied()))
        .on_conflict(
            OnConflict::columns(pair.iter().map(|(column, _)| *column))
                .update_columns(told)
                .to_owned(),
        );
    decisions
        .select_from(pairs)
        .map_err(|_| StoreError::Damaged { what: "decision" })?;
    transaction.execute(&decisions).await?;
    Ok(())
}
