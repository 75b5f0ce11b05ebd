//! What people decided on matches. A decision is on two records, not on a place: a match that is found anew finds it again.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, JoinType, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use time::OffsetDateTime;
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::import_decision::{Column, Entity, Model};
use crate::entity::{import_duplicate, import_record};
use crate::store::duplicate::DuplicateAction;
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

    /// These records of a run as decisions know them, by the ids that they get.
    pub async fn decided_records(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        record_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, DecidedRecord>, StoreError> {
        use import_record::Column;
        let mut records = HashMap::new();
        for chunk in padded_chunks(record_ids) {
            let rows = import_record::Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(Column::RecordId.is_in(chunk))
                .all(&self.reader)
                .await?;
            records.extend(rows.into_iter().map(|row| {
                let record = DecidedRecord {
                    key: row.key_hash.as_u128(),
                    occurrence: row.occurrence,
                    place: Some((row.job_id, row.row_number)),
                };
                (row.record_id, record)
            }));
        }
        Ok(records)
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
    use import_record::{Column as Record, Entity as Records};
    let (incoming, matched) = (Alias::new("incoming"), Alias::new("matched"));
    let of = |table: &Alias, column: Record| Expr::col((table.clone(), column));
    let to = |column: Match| Expr::col((Matches, column));
    let is_incoming = of(&incoming, Record::OrganizationId)
        .equals((Matches, Match::OrganizationId))
        .and(of(&incoming, Record::JobId).equals((Matches, Match::JobId)))
        .and(of(&incoming, Record::RowNumber).equals((Matches, Match::RowNumber)))
        .and(of(&incoming, Record::Slot).equals((Matches, Match::Slot)));
    let is_matched = of(&matched, Record::OrganizationId)
        .equals((Matches, Match::OrganizationId))
        .and(of(&matched, Record::RunId).equals((Matches, Match::RunId)))
        .and(of(&matched, Record::RecordId).equals((Matches, Match::MatchRecordId)));
    let mut pairs = Query::select();
    pairs
        .exprs([
            to(Match::OrganizationId),
            to(Match::RunId),
            of(&incoming, Record::KeyHash),
            of(&incoming, Record::Occurrence),
        ])
        .expr(Func::coalesce([
            of(&matched, Record::KeyHash),
            to(Match::MatchRecordId),
        ]))
        .expr(Func::coalesce([of(&matched, Record::Occurrence), Expr::value(0_i64)]))
        .exprs([
            to(Match::JobId),
            to(Match::RowNumber),
            to(Match::Slot),
            of(&matched, Record::JobId),
            of(&matched, Record::RowNumber),
            Expr::value(action.map(DuplicateAction::name)),
            Expr::value(OffsetDateTime::now_utc()),
        ])
        .from(Matches)
        .join_as(JoinType::InnerJoin, Records, incoming.clone(), is_incoming)
        .join_as(JoinType::LeftJoin, Records, matched.clone(), is_matched)
        .cond_where(is_meant);
    let columns = [
        Column::OrganizationId,
        Column::RunId,
        Column::KeyHash,
        Column::Occurrence,
        Column::MatchId,
        Column::MatchOccurrence,
        Column::JobId,
        Column::RowNumber,
        Column::Slot,
        Column::MatchJobId,
        Column::MatchRowNumber,
        Column::Action,
        Column::DecidedAt,
    ];
    let (pair, told) = columns.split_at(6);
    let mut decisions = Query::insert();
    decisions.into_table(Entity).columns(columns).on_conflict(
        OnConflict::columns(pair.iter().copied())
            .update_columns(told.iter().copied())
            .to_owned(),
    );
    decisions
        .select_from(pairs)
        .map_err(|_| StoreError::Damaged { what: "decision" })?;
    transaction.execute(&decisions).await?;
    Ok(())
}
