//! A change of a run with its files and jobs, and the events that tell of it: committed together, under the lease.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set, TransactionTrait};
use uuid::Uuid;

use crate::entity::{
    import_decision, import_duplicate, import_file, import_finding, import_job, import_record, import_repeat,
    import_row_choice, import_run,
};
use crate::store::audit::{self, AuditEvent};
use crate::store::file::ImportFile;
use crate::store::job::Job;
use crate::store::lease::Lease;
use crate::store::run::Run;
use crate::store::saved_mapping::{self, SavedMapping};
use crate::store::source_table::{self, SourceTable};
use crate::{OrganizationId, Store, StoreError};

/// What changes of a run.
#[derive(Debug, Clone)]
pub struct RunChange<'a> {
    /// The run as it is from now on.
    pub run: &'a Run,
    /// Files that come to it.
    pub new_files: Vec<ImportFile>,
    /// Files that change.
    pub files: Vec<ImportFile>,
    /// Files that leave it, with their jobs.
    pub removed_files: Vec<Uuid>,
    /// Jobs that come to it.
    pub new_jobs: Vec<Job>,
    /// Jobs that change.
    pub jobs: Vec<Job>,
    /// Jobs that leave it, with what their analysis kept.
    pub removed_jobs: Vec<Uuid>,
    /// Tables by which their source system is found again.
    pub source_tables: Vec<SourceTable>,
    /// Mappings that people saved with it.
    pub saved_mappings: Vec<SavedMapping>,
    /// What is to be told of it.
    pub events: Vec<AuditEvent>,
}

impl<'a> RunChange<'a> {
    /// A change of the run alone.
    pub fn of(run: &'a Run) -> Self {
        Self {
            run,
            new_files: Vec::new(),
            files: Vec::new(),
            removed_files: Vec::new(),
            new_jobs: Vec::new(),
            jobs: Vec::new(),
            removed_jobs: Vec::new(),
            source_tables: Vec::new(),
            saved_mappings: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The same, with these jobs changed.
    #[must_use]
    pub fn with_jobs(mut self, jobs: impl IntoIterator<Item = Job>) -> Self {
        self.jobs.extend(jobs);
        self
    }

    /// The same, told by this event.
    #[must_use]
    pub fn with_event(mut self, event: AuditEvent) -> Self {
        self.events.push(event.in_run(self.run.id));
        self
    }
}

impl Store {
    /// Commits a change of a run, all of it or nothing, while the lease on the run holds.
    pub async fn run_change(
        &self,
        organization: OrganizationId,
        lease: &Lease,
        change: &RunChange<'_>,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        for file in &change.new_files {
            import_file::Entity::insert(file.to_row(organization))
                .exec_without_returning(&transaction)
                .await?;
        }
        for file in &change.files {
            import_file::Entity::update(file.to_row(organization))
                .exec(&transaction)
                .await?;
        }
        for job_id in &change.removed_jobs {
            forget_job(&transaction, organization, *job_id).await?;
        }
        for file_id in &change.removed_files {
            import_file::Entity::delete_by_id((organization.0, *file_id))
                .exec(&transaction)
                .await?;
        }
        add_jobs(&transaction, organization, change).await?;
        for job in &change.jobs {
            import_job::Entity::update(job.to_row(organization))
                .exec(&transaction)
                .await?;
        }
        import_run::Entity::update_many()
            .set(change.run.to_changes())
            .col_expr(
                import_run::Column::ProgressVersion,
                Expr::col(import_run::Column::ProgressVersion).add(1),
            )
            .filter(import_run::Column::OrganizationId.eq(organization.0))
            .filter(import_run::Column::Id.eq(change.run.id))
            .exec(&transaction)
            .await?;
        source_table::put(&transaction, organization, &change.source_tables).await?;
        saved_mapping::put(&transaction, organization, &change.saved_mappings).await?;
        audit::insert(&transaction, organization, &change.events).await?;
        // Jobs, run, lease: batches lock them in this order too. Whoever would take the lease over waits for the commit.
        lease.lock(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

/// Adds the new jobs, each with an ordinal that no other table of the run has had. Whoever else would add some needs the
/// lease, and loses the race when it is locked.
async fn add_jobs(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    change: &RunChange<'_>,
) -> Result<(), StoreError> {
    use import_run::Column;
    if change.new_jobs.is_empty() {
        return Ok(());
    }
    let of_run = Column::OrganizationId
        .eq(organization.0)
        .and(Column::Id.eq(change.run.id));
    import_run::Entity::update_many()
        .col_expr(
            Column::TablesMade,
            Expr::col(Column::TablesMade).add(change.new_jobs.len() as i64),
        )
        .filter(of_run.clone())
        .exec(transaction)
        .await?;
    let made: Option<i64> = import_run::Entity::find()
        .select_only()
        .column(Column::TablesMade)
        .filter(of_run)
        .into_tuple()
        .one(transaction)
        .await?;
    let first = made.unwrap_or_default() - change.new_jobs.len() as i64;
    for (ordinal, job) in (first..).zip(&change.new_jobs) {
        let row = import_job::ActiveModel {
            ordinal: Set(ordinal),
            ..job.to_row(organization)
        };
        import_job::Entity::insert(row)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// Removes a job and what its analysis kept.
async fn forget_job(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    job_id: Uuid,
) -> Result<(), StoreError> {
    macro_rules! delete {
        ($entity:ident, $column:ident) => {
            $entity::Entity::delete_many()
                .filter($entity::Column::OrganizationId.eq(organization.0))
                .filter($entity::Column::$column.eq(job_id))
                .exec(transaction)
                .await?
        };
    }
    delete!(import_record, JobId);
    delete!(import_repeat, JobId);
    delete!(import_duplicate, JobId);
    delete!(import_decision, JobId);
    delete!(import_finding, JobId);
    delete!(import_row_choice, JobId);
    delete!(import_job, Id);
    Ok(())
}
