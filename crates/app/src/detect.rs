//! Opening the files of a run: their tables are staged, recognised, and become jobs.

use std::collections::BTreeMap;
use std::io::BufReader;

use torqueflow_model::{EntityKind, JobStatus};
use torqueflow_persistence::{FileStatus, ImportFile, Job, JobCounts, Lease, OrganizationId};
use torqueflow_pipeline::{OpenError, OpenOptions, OpenedFile, OpenedTable, Password, open_tables};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::job_rows::Stager;

/// Opens a file, stages its tables and keeps its jobs. A file that can't be opened is marked so; that is no error.
pub(crate) async fn open_file(
    app: &App,
    organization: OrganizationId,
    file: &mut ImportFile,
    source_system: Option<String>,
    password: Option<&Password>,
) -> Result<(), AppError> {
    let prefix = format!("{}/{}", file.run_id, file.id);
    let opened = {
        let app = app.clone();
        let password = password.cloned();
        let (name, blob_key, prefix) = (file.name.clone(), file.blob_key.clone(), prefix.clone());
        tokio::task::spawn_blocking(move || {
            let reader = BufReader::new(app.blobs.read(&blob_key)?);
            let options = OpenOptions {
                limits: app.limits.clone(),
                password: password.as_ref(),
                isolate: None,
            };
            let mut stager = Stager::new(&app.blobs, prefix);
            let sources = &app.sources;
            Ok::<_, AppError>(open_tables(
                &name,
                Box::new(reader),
                &options,
                sources,
                source_system.as_deref(),
                &mut stager,
            ))
        })
        .await
        .map_err(|_| AppError::Internal("opening a file ended early"))??
    };
    let stager = Stager::new(&app.blobs, prefix);
    match opened {
        Ok(opened) => keep(app, organization, file, &stager, &opened).await?,
        Err(error) => refuse(file, &error),
    }
    app.store.file_save(organization, file).await?;
    Ok(())
}

fn refuse(file: &mut ImportFile, error: &OpenError) {
    file.error = Some((error.code().to_owned(), error.message()));
    file.status = if matches!(error, OpenError::NeedsPassword | OpenError::WrongPassword) {
        file.encrypted = true;
        FileStatus::AwaitingPassword
    } else {
        FileStatus::Failed
    };
}

async fn keep(
    app: &App,
    organization: OrganizationId,
    file: &mut ImportFile,
    stager: &Stager<'_>,
    opened: &OpenedFile,
) -> Result<(), AppError> {
    app.store.job_delete_of_file(organization, file.id).await?;
    for table in &opened.tables {
        let job = new_job(file, table, stager.key(table.index));
        app.store.job_create(organization, &job).await?;
    }
    file.status = FileStatus::Opened;
    file.encrypted = opened.encrypted;
    file.notes.clone_from(&opened.notes);
    file.error = None;
    Ok(())
}

fn new_job(file: &ImportFile, table: &OpenedTable, staged_key: String) -> Job {
    let detected = table.detection.table_type.as_ref();
    let missing = table.detection.warning("missing_required_column");
    let mut warnings: Vec<_> = table
        .detection
        .warnings
        .iter()
        .map(|warning| serde_json::json!({"code": warning.code, "message": warning.message}))
        .collect();
    warnings.extend(
        table
            .notes
            .iter()
            .map(|note| serde_json::json!({"code": "note", "message": note})),
    );
    Job {
        id: Uuid::now_v7(),
        run_id: file.run_id,
        file_id: file.id,
        position: 0,
        sheet: table.sheet.clone(),
        status: match (detected, missing) {
            (None, _) => JobStatus::Unrecognised,
            (Some(_), Some(_)) => JobStatus::Failed,
            (Some(_), None) => JobStatus::Pending,
        },
        table_type: detected.map(|table| table.type_id.clone()),
        label: detected.map(|table| table.label.clone()),
        noun: detected.map(|table| table.noun.clone()),
        source_system: detected.map(|table| table.source_system.clone()),
        entities: detected.map(|table| table.entities.clone()).unwrap_or_default(),
        confidence: table.detection.confidence,
        confidence_level: table.detection.confidence_level.name().to_owned(),
        header_row: table.head.header_row.map(|row| row as i64),
        encoding: table.head.encoding.map(str::to_owned),
        delimiter: table.head.delimiter.map(String::from),
        plan: serde_json::to_value(&table.plan).unwrap_or_default(),
        warnings: serde_json::Value::Array(warnings),
        staged_key: Some(staged_key),
        row_count: Some(table.row_count as i64),
        checkpoint: 0,
        counts: JobCounts::default(),
        entity_counts: BTreeMap::new(),
        error: missing.map(|warning| (warning.code.to_owned(), warning.message.clone())),
        table_index: table.index as i64,
        provisional: false,
        choices: None,
        version: 1,
    }
}

/// Puts the jobs of a run into import order: what others refer to comes first; of equals, the upload order decides.
pub(crate) async fn order_jobs(
    app: &App,
    organization: OrganizationId,
    lease: &Lease,
    run_id: Uuid,
) -> Result<Vec<Job>, AppError> {
    let files = app.store.file_list(organization, run_id).await?;
    let place = |job: &Job| files.iter().position(|file| file.id == job.file_id);
    let mut jobs = app.store.job_list(organization, run_id).await?;
    jobs.sort_by_key(|job| {
        let last_entity = job.entities.iter().max().copied();
        (rank(last_entity), place(job), job.id)
    });
    for (position, job) in jobs.iter_mut().enumerate() {
        job.position = position as i64;
        app.store.job_save(organization, lease, job).await?;
    }
    Ok(jobs)
}

fn rank(entity: Option<EntityKind>) -> usize {
    EntityKind::ALL
        .iter()
        .position(|kind| Some(*kind) == entity)
        .unwrap_or(EntityKind::ALL.len())
}
