//! Import runs.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, TransactionTrait};
use time::{Date, OffsetDateTime};
use torqueflow_model::RunStatus;
use uuid::Uuid;

use crate::entity::import_run::{ActiveModel, Column, Entity, Model};
use crate::entity::{import_file, import_job};
use crate::store::audit::{self, Actor, AuditEvent};
use crate::store::file::ImportFile;
use crate::store::idempotency::{self, Answer};
use crate::store::job::Job;
use crate::{OrganizationId, Store, StoreError};

/// One upload of files and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: Uuid,
    /// Its state.
    pub status: RunStatus,
    /// `initial` or `refresh`; not known before the analysis.
    pub mode: Option<String>,
    /// The options that it was made with.
    pub options: serde_json::Value,
    /// Equal for the same files with the same options.
    pub fingerprint: Option<Uuid>,
    /// The date that cleanup takes for today.
    pub as_of: Date,
    /// Why it failed: code and message.
    pub error: Option<(String, String)>,
    /// Grows with every committed change that a person could see.
    pub progress_version: i64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When its analysis was complete.
    pub analysed_at: Option<OffsetDateTime>,
    /// When it was started.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Who made it.
    pub created_by: Option<String>,
    /// Workers take it up by themselves; others are driven by the program that made them.
    pub background: bool,
    /// When the uploads and staged rows of the ended run were removed.
    pub expired_at: Option<OffsetDateTime>,
    /// How far taking it back is.
    pub rollback: Option<serde_json::Value>,
}

impl Run {
    /// A new run, created now.
    pub fn new(actor: &Actor, options: serde_json::Value, fingerprint: Option<Uuid>) -> Self {
        let now = OffsetDateTime::now_utc();
        Self {
            id: Uuid::now_v7(),
            status: RunStatus::Detecting,
            mode: None,
            options,
            fingerprint,
            as_of: now.date(),
            error: None,
            progress_version: 0,
            created_at: now,
            analysed_at: None,
            started_at: None,
            finished_at: None,
            created_by: Some(actor.name.clone()),
            background: false,
            expired_at: None,
            rollback: None,
        }
    }

    /// The columns that change after it was made, but for the progress version.
    pub(super) fn to_changes(&self) -> ActiveModel {
        let (error_code, error_message) = self.error.clone().unzip();
        ActiveModel {
            status: Set(self.status.name().to_owned()),
            mode: Set(self.mode.clone()),
            options: Set(self.options.clone()),
            fingerprint: Set(self.fingerprint),
            error_code: Set(error_code),
            error_message: Set(error_message),
            analysed_at: Set(self.analysed_at),
            started_at: Set(self.started_at),
            finished_at: Set(self.finished_at),
            background: Set(self.background),
            expired_at: Set(self.expired_at),
            rollback: Set(self.rollback.clone()),
            ..Default::default()
        }
    }

    fn from_model(model: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: model.id,
            status: RunStatus::from_name(&model.status).ok_or(StoreError::Damaged { what: "run status" })?,
            mode: model.mode,
            options: model.options,
            fingerprint: model.fingerprint,
            as_of: model.as_of,
            error: model
                .error_code
                .map(|code| (code, model.error_message.unwrap_or_default())),
            progress_version: model.progress_version,
            created_at: model.created_at,
            analysed_at: model.analysed_at,
            started_at: model.started_at,
            finished_at: model.finished_at,
            created_by: model.created_by,
            background: model.background,
            expired_at: model.expired_at,
            rollback: model.rollback,
        })
    }
}

impl Store {
    /// Keeps a new run with all its files, the jobs that are known already, the answer to the
    /// request, and the events that tell of it, or nothing.
    pub async fn run_create(
        &self,
        organization: OrganizationId,
        run: &Run,
        files: &[ImportFile],
        jobs: &[Job],
        answer: Option<&Answer>,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            organization_id: Set(organization.0),
            id: Set(run.id),
            status: Set(run.status.name().to_owned()),
            mode: Set(run.mode.clone()),
            options: Set(run.options.clone()),
            fingerprint: Set(run.fingerprint),
            as_of: Set(run.as_of),
            error_code: Set(None),
            error_message: Set(None),
            progress_version: Set(0),
            tables_made: Set(jobs.len() as i64),
            created_at: Set(run.created_at),
            analysed_at: Set(None),
            started_at: Set(None),
            finished_at: Set(None),
            created_by: Set(run.created_by.clone()),
            background: Set(run.background),
            expired_at: Set(None),
            rollback: Set(None),
        };
        let transaction = self.writer.begin().await?;
        Entity::insert(row).exec_without_returning(&transaction).await?;
        for file in files {
            import_file::Entity::insert(file.to_row(organization))
                .exec_without_returning(&transaction)
                .await?;
        }
        for (ordinal, job) in (0..).zip(jobs) {
            let row = import_job::ActiveModel {
                ordinal: Set(ordinal),
                ..job.to_row(organization)
            };
            import_job::Entity::insert(row)
                .exec_without_returning(&transaction)
                .await?;
        }
        idempotency::complete(&transaction, organization, answer).await?;
        audit::insert(&transaction, organization, events).await?;
        Ok(transaction.commit().await?)
    }

    /// The run with this id.
    pub async fn run_get(&self, organization: OrganizationId, id: Uuid) -> Result<Run, StoreError> {
        let model = Entity::find_by_id((organization.0, id)).one(&self.reader).await?;
        model
            .map(Run::from_model)
            .transpose()?
            .ok_or_else(|| StoreError::NotFound {
                entity: "run",
                id: id.to_string(),
            })
    }

    /// The newest run with this fingerprint that has not ended.
    pub async fn run_find_unfinished(
        &self,
        organization: OrganizationId,
        fingerprint: Uuid,
    ) -> Result<Option<Run>, StoreError> {
        let done = RunStatus::ALL
            .iter()
            .filter(|status| status.is_done())
            .map(|status| status.name());
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Fingerprint.eq(fingerprint))
            .filter(Column::Status.is_not_in(done))
            .order_by_desc(Column::Id)
            .one(&self.reader)
            .await?
            .map(Run::from_model)
            .transpose()
    }

    /// Whether another run wrote, or may have written, since this moment.
    pub async fn run_others_active_since(
        &self,
        organization: OrganizationId,
        id: Uuid,
        moment: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let active = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Id.ne(id))
            .filter(Column::StartedAt.is_not_null())
            .filter(Column::FinishedAt.is_null().or(Column::FinishedAt.gt(moment)))
            .one(&self.reader)
            .await?;
        Ok(active.is_some())
    }

    /// Runs, the newest first: those before this one, in this state.
    pub async fn run_list(
        &self,
        organization: OrganizationId,
        status: Option<RunStatus>,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Run>, StoreError> {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization.0));
        if let Some(status) = status {
            query = query.filter(Column::Status.eq(status.name()));
        }
        if let Some(before) = before {
            query = query.filter(Column::Id.lt(before));
        }
        query
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Run::from_model)
            .collect()
    }

    /// How many tables a run has had, those that were removed too; 0 for a run that there is not.
    pub async fn run_tables_made(&self, organization: OrganizationId, id: Uuid) -> Result<i64, StoreError> {
        let made: Option<i64> = Entity::find_by_id((organization.0, id))
            .select_only()
            .column(Column::TablesMade)
            .into_tuple()
            .one(&self.writer)
            .await?;
        Ok(made.unwrap_or_default())
    }

    /// How far a run is: the number that grows with each change that a person could see.
    pub async fn run_progress_version(&self, organization: OrganizationId, id: Uuid) -> Result<i64, StoreError> {
        let version: Option<i64> = Entity::find_by_id((organization.0, id))
            .select_only()
            .column(Column::ProgressVersion)
            .into_tuple()
            .one(&self.reader)
            .await?;
        version.ok_or_else(|| StoreError::NotFound {
            entity: "run",
            id: id.to_string(),
        })
    }

    /// The ended runs of all organisations whose uploads and staged rows are still there, that ended before this moment.
    /// Like the work queue, this is asked across organisations.
    pub async fn run_list_expired(
        &self,
        ended_before: OffsetDateTime,
        limit: u64,
    ) -> Result<Vec<(OrganizationId, Uuid)>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::OrganizationId, Column::Id])
            .filter(Column::FinishedAt.lt(ended_before))
            .filter(Column::ExpiredAt.is_null())
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(organization, id)| (OrganizationId(organization), id))
            .collect())
    }

    /// When these runs have ended; runs that there are not are left out. It asks across organisations, as the work queue
    /// does, for whoever keeps the files of runs.
    pub async fn run_list_ends(&self, run_ids: &[Uuid]) -> Result<Vec<(Uuid, Option<OffsetDateTime>)>, StoreError> {
        Ok(Entity::find()
            .select_only()
            .columns([Column::Id, Column::FinishedAt])
            .filter(Column::Id.is_in(run_ids.iter().copied()))
            .into_tuple()
            .all(&self.reader)
            .await?)
    }
}
