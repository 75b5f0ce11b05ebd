//! Import runs.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, TransactionTrait};
use time::{Date, OffsetDateTime};
use torqueflow_model::RunStatus;
use uuid::Uuid;

use crate::entity::import_file;
use crate::entity::import_run::{ActiveModel, Column, Entity, Model};
use crate::store::audit::{self, Actor, AuditEvent};
use crate::store::file::ImportFile;
use crate::store::lease::Lease;
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
            expired_at: None,
            rollback: None,
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
            expired_at: model.expired_at,
            rollback: model.rollback,
        })
    }
}

impl Store {
    /// Keeps a new run with all its files and the events that tell of it, or nothing.
    pub async fn run_create(
        &self,
        organization: OrganizationId,
        run: &Run,
        files: &[ImportFile],
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
            created_at: Set(run.created_at),
            analysed_at: Set(None),
            started_at: Set(None),
            finished_at: Set(None),
            created_by: Set(run.created_by.clone()),
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
        audit::insert(&transaction, organization, events).await?;
        Ok(transaction.commit().await?)
    }

    /// Keeps what has changed of a run and the events that tell of it, while the lease on it holds.
    pub async fn run_save(
        &self,
        organization: OrganizationId,
        lease: &Lease,
        run: &Run,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let (error_code, error_message) = run.error.clone().unzip();
        let row = ActiveModel {
            status: Set(run.status.name().to_owned()),
            mode: Set(run.mode.clone()),
            options: Set(run.options.clone()),
            error_code: Set(error_code),
            error_message: Set(error_message),
            analysed_at: Set(run.analysed_at),
            started_at: Set(run.started_at),
            finished_at: Set(run.finished_at),
            expired_at: Set(run.expired_at),
            rollback: Set(run.rollback.clone()),
            ..Default::default()
        };
        let transaction = self.writer.begin().await?;
        let saved = Entity::update_many()
            .set(row)
            .col_expr(Column::ProgressVersion, Expr::col(Column::ProgressVersion).add(1))
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Id.eq(run.id))
            .filter(lease.holds())
            .exec(&transaction)
            .await?;
        Lease::check(saved.rows_affected)?;
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

    /// The newest runs.
    pub async fn run_list(&self, organization: OrganizationId, limit: u64) -> Result<Vec<Run>, StoreError> {
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Run::from_model)
            .collect()
    }
}
