//! Matches that wait for a decision, or have one.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use torqueflow_model::import::{DuplicateAction, MatchLevel};
use torqueflow_model::{EntityKind, RunStatus};
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::import_duplicate::{Column, Entity, Model};
use crate::entity::import_run;
use crate::store::audit::{self, AuditEvent};
use crate::store::decision::{self, DecidedRecord};
use crate::{OrganizationId, Store, StoreError};

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
    /// The incoming record as decisions know it.
    pub record: DecidedRecord,
    /// The matching record.
    pub match_record_id: Uuid,
    /// The same as decisions know it.
    pub matched: DecidedRecord,
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
    pub(super) fn from_model(model: Model) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged { what: "duplicate" };
        let (Ok(level), Ok(reasons)) = (model.level.parse(), serde_json::from_value(model.reasons)) else {
            return Err(damaged);
        };
        Ok(Self {
            id: model.id,
            job_id: model.job_id,
            row_number: model.row_number,
            slot: model.slot,
            record_id: model.record_id,
            record: DecidedRecord {
                key: model.key_hash.as_u128(),
                occurrence: model.occurrence,
                place: Some((model.job_id, model.row_number)),
            },
            label: model.label,
            match_record_id: model.match_record_id,
            matched: DecidedRecord {
                key: model.match_key.as_u128(),
                occurrence: model.match_occurrence,
                place: model.match_job_id.zip(model.match_row_number),
            },
            level,
            confidence: model.confidence,
            reasons,
            action: model.action.and_then(|action| action.parse().ok()),
        })
    }
}

/// Which matches are meant. Everything that is `None` lets all of them pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DuplicateFilter {
    /// This one.
    pub id: Option<Uuid>,
    /// Those of this job.
    pub job_id: Option<Uuid>,
    /// Those of this level.
    pub level: Option<MatchLevel>,
    /// Those of this level and above.
    pub min_level: Option<MatchLevel>,
    /// Those of records of this kind.
    pub entity: Option<EntityKind>,
    /// With a decision, or without one.
    pub decided: Option<bool>,
}

impl DuplicateFilter {
    /// Those that stop a start: sure enough to need a decision, and without one.
    pub fn undecided() -> Self {
        Self {
            min_level: Some(MatchLevel::Medium),
            decided: Some(false),
            ..Self::default()
        }
    }

    fn condition(&self, organization: OrganizationId, run_id: Uuid) -> Condition {
        let levels = [MatchLevel::Low, MatchLevel::Medium, MatchLevel::High].into_iter();
        let wanted = levels.filter(|level| {
            self.level.is_none_or(|only| *level == only) && self.min_level.is_none_or(|least| *level >= least)
        });
        Condition::all()
            .add(Column::OrganizationId.eq(organization.0))
            .add(Column::RunId.eq(run_id))
            .add(Column::Level.is_in(wanted.map(MatchLevel::name)))
            .add_option(self.id.map(|id| Column::Id.eq(id)))
            .add_option(self.job_id.map(|id| Column::JobId.eq(id)))
            .add_option(self.entity.map(|entity| Column::Slot.eq(entity.name())))
            .add_option(self.decided.map(|decided| {
                if decided {
                    Column::Action.is_not_null()
                } else {
                    Column::Action.is_null()
                }
            }))
    }
}

impl Store {
    /// Matches of a run that pass the filter, the surest first, after this place (confidence, id).
    pub async fn duplicate_list(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        filter: &DuplicateFilter,
        after: Option<(f64, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Duplicate>, StoreError> {
        let mut query = Entity::find().filter(filter.condition(organization, run_id));
        if let Some((confidence, id)) = after {
            let less_sure = Column::Confidence.lt(confidence);
            query = query.filter(less_sure.or(Column::Confidence.eq(confidence).and(Column::Id.gt(id))));
        }
        query
            .order_by_desc(Column::Confidence)
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Duplicate::from_model)
            .collect()
    }

    /// How many matches of a run pass the filter.
    pub async fn duplicate_count(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        filter: &DuplicateFilter,
    ) -> Result<u64, StoreError> {
        Ok(Entity::find()
            .filter(filter.condition(organization, run_id))
            .count(&self.reader)
            .await?)
    }

    /// Decides the matches of a run that pass the filter, or takes decisions back, while the run is ready. Says how many.
    pub async fn duplicate_decide(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        filter: &DuplicateFilter,
        action: Option<DuplicateAction>,
        event: &AuditEvent,
    ) -> Result<u64, StoreError> {
        let transaction = self.writer.begin().await?;
        hold_ready(&transaction, organization, run_id).await?;
        // First: which matches are meant may depend on what was decided before.
        decision::keep(&transaction, filter.condition(organization, run_id), action).await?;
        let decided = Entity::update_many()
            .col_expr(Column::Action, Expr::value(action.map(DuplicateAction::name)))
            .filter(filter.condition(organization, run_id))
            .exec(&transaction)
            .await?;
        audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        transaction.commit().await?;
        Ok(decided.rows_affected)
    }

    /// Decides matches of a ready run, each as it says, and takes decisions back where it says `None`. All of it or
    /// nothing: fails with [`StoreError::Outdated`] when the run has not all of these matches.
    pub async fn duplicate_decide_each(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        decisions: &BTreeMap<Uuid, Option<DuplicateAction>>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        hold_ready(&transaction, organization, run_id).await?;
        let mut by_action: HashMap<_, Vec<Uuid>> = HashMap::new();
        for (id, action) in decisions {
            by_action.entry(*action).or_default().push(*id);
        }
        let mut decided = 0;
        for (action, ids) in by_action {
            for chunk in padded_chunks(&ids) {
                let meant = Condition::all()
                    .add(Column::OrganizationId.eq(organization.0))
                    .add(Column::RunId.eq(run_id))
                    .add(Column::Id.is_in(chunk));
                decision::keep(&transaction, meant.clone(), action).await?;
                let changed = Entity::update_many()
                    .col_expr(Column::Action, Expr::value(action.map(DuplicateAction::name)))
                    .filter(meant)
                    .exec(&transaction)
                    .await?;
                decided += changed.rows_affected;
            }
        }
        if decided != decisions.len() as u64 {
            return Err(StoreError::Outdated);
        }
        audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The matches of a run whose incoming records match these.
    pub async fn duplicate_list_of_matches(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        match_record_ids: &[Uuid],
    ) -> Result<Vec<Duplicate>, StoreError> {
        let mut found = Vec::new();
        for chunk in padded_chunks(match_record_ids) {
            let rows = Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(Column::MatchRecordId.is_in(chunk))
                .order_by_asc(Column::Id)
                .all(&self.reader)
                .await?;
            for row in rows {
                found.push(Duplicate::from_model(row)?);
            }
        }
        Ok(found)
    }

    /// How many matches of a run, of this level and without a decision, are on a record that comes with no row: a person left
    /// out all that hold it.
    pub async fn duplicate_count_of_rows_left_out(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        level: MatchLevel,
    ) -> Result<u64, StoreError> {
        const LEFT_OUT: &str = "SELECT c.job_id, c.row_number FROM import_row_choice c \
            JOIN import_job j ON j.organization_id = c.organization_id AND j.id = c.job_id \
            WHERE c.organization_id = $1 AND j.run_id = $2 AND c.included = FALSE";
        let comes_with_no_row = |job: &str, row: &str, key: &str| {
            format!(
                "(EXISTS (SELECT 1 FROM left_out o WHERE o.job_id = {job} AND o.row_number = {row}) \
                 AND NOT EXISTS (SELECT 1 FROM import_repeat p WHERE p.organization_id = $1 AND p.run_id = $2 \
                 AND p.key_hash = {key} AND NOT EXISTS (SELECT 1 FROM left_out q WHERE q.job_id = p.job_id \
                 AND q.row_number = p.row_number)))"
            )
        };
        let sql = format!(
            "WITH left_out AS ({LEFT_OUT}) SELECT count(*) AS gone FROM import_duplicate d \
             WHERE d.organization_id = $1 AND d.run_id = $2 AND d.level = $3 AND d.action IS NULL AND ({} OR {})",
            comes_with_no_row("d.job_id", "d.row_number", "d.key_hash"),
            comes_with_no_row("d.match_job_id", "d.match_row_number", "d.match_key"),
        );
        let values = vec![organization.0.into(), run_id.into(), level.name().into()];
        let rows = self.select(&sql, values).await?;
        let gone: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "gone"))?;
        Ok(gone.unsigned_abs())
    }

    /// The ids of all matches of a run.
    pub async fn duplicate_ids(&self, organization: OrganizationId, run_id: Uuid) -> Result<HashSet<Uuid>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().collect())
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

/// Holds a run in its state until the decisions are committed, so that no start overtakes them.
async fn hold_ready(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    run_id: Uuid,
) -> Result<(), StoreError> {
    let ready = import_run::Entity::update_many()
        .col_expr(
            import_run::Column::ProgressVersion,
            Expr::col(import_run::Column::ProgressVersion).add(1),
        )
        .filter(import_run::Column::OrganizationId.eq(organization.0))
        .filter(import_run::Column::Id.eq(run_id))
        .filter(import_run::Column::Status.eq(RunStatus::Ready.name()))
        .exec(transaction)
        .await?;
    if ready.rows_affected == 0 {
        return Err(StoreError::NotFound {
            entity: "ready run",
            id: run_id.to_string(),
        });
    }
    Ok(())
}
