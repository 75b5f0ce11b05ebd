//! Uploads: files that come in piece by piece, are kept under their limits, and become a run or join one.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWriteExt, BufWriter};
use torqueflow_model::RunStatus;
use torqueflow_persistence::{AuditEvent, FileStatus, ImportFile, Job, Run, RunChange};
use torqueflow_pipeline::archive::is_archive;
use torqueflow_pipeline::{FILE_BYTES, Password};
use uuid::Uuid;

use crate::blobs::note_leftovers;
use crate::detect::{OpenedJobs, check_tables, look_into, open_file};
use crate::error::AppError;
use crate::idempotency::Once;
use crate::intake::{new_file, unpack};
use crate::limits::{RUN_BYTES, RUN_FILES};
use crate::options::RunOptions;
use crate::runs::{RunDetails, details, get, settled};
use crate::source_name::is_known;
use crate::work::{command, options_of};
use crate::{App, Caller, boxed};

/// Bytes that are collected before they are written.
const WRITE_BUFFER: usize = 256 * 1024;

/// An upload in the making. What is dropped before it became a run leaves nothing behind.
pub struct Upload {
    app: App,
    caller: Caller,
    /// The run that it makes or joins.
    run_id: Uuid,
    joins: bool,
    /// The files that are complete.
    files: Vec<ImportFile>,
    /// All files, that which is coming in too.
    begun: Vec<Uuid>,
    bytes: u64,
    kept: bool,
}

impl Upload {
    /// An upload that will be a run of its own.
    pub fn begin(app: &App, caller: &Caller) -> Self {
        Self::into_run(app, caller, Uuid::now_v7(), false)
    }

    /// An upload that joins a run which is not started yet.
    #[boxed]
    pub async fn join(app: &App, caller: &Caller, run_id: Uuid) -> Result<Self, AppError> {
        let known = get(app, caller.organization, run_id).await?;
        if known.run.started_at.is_some() || known.run.status.is_done() {
            return Err(AppError::WrongState {
                status: known.run.status,
                action: "given more files",
            });
        }
        let mut upload = Self::into_run(app, caller, run_id, true);
        upload.bytes = known.files.iter().map(|file| file.size_bytes as u64).sum();
        Ok(upload)
    }

    fn into_run(app: &App, caller: &Caller, run_id: Uuid, joins: bool) -> Self {
        Self {
            app: app.clone(),
            caller: caller.clone(),
            run_id,
            joins,
            files: Vec::new(),
            begun: Vec::new(),
            bytes: 0,
            kept: false,
        }
    }

    /// Begins the next file of the upload. `name` is what the person calls it; folders in it are dropped.
    pub fn file(&mut self, name: &str) -> Result<FileUpload<'_>, AppError> {
        let maximum = self.app.limits().max_run_files;
        if self.files.len() as u64 >= maximum {
            return Err(AppError::limit(&RUN_FILES, maximum));
        }
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        let name = if name.is_empty() { "upload" } else { name };
        let mut file = new_file(self.run_id, name.to_owned());
        file.position = self.files.len() as i64;
        self.begun.push(file.id);
        if !self.joins {
            self.app.blobs.upload_begun(self.run_id)?;
        }
        let output = self.app.blobs.create(&file.blob_key)?;
        Ok(FileUpload {
            output: BufWriter::with_capacity(WRITE_BUFFER, tokio::fs::File::from_std(output)),
            hasher: Sha256::new(),
            file,
            upload: self,
        })
    }

    /// The files of an archive that came in; `None` if it is none.
    async fn unpack(&self, file: &ImportFile) -> Result<Option<Vec<ImportFile>>, AppError> {
        let (app, run_id, before) = (self.app.clone(), self.run_id, self.files.len());
        let left = app
            .limits()
            .max_run_bytes
            .saturating_sub(self.bytes - file.size_bytes as u64);
        let (key, name) = (file.blob_key.clone(), file.name.clone());
        let unpacked = tokio::task::spawn_blocking(move || {
            let mut archive = app.blobs.read(&key)?;
            if !is_archive(&mut archive).unwrap_or(false) {
                return Ok(None);
            }
            unpack(&app, run_id, before, &name, archive, left).map(Some)
        });
        let unpacked = unpacked
            .await
            .map_err(|_| AppError::Internal("unpacking a file ended early"))??;
        Ok(unpacked.map(|mut files| {
            for (position, file) in (before as i64..).zip(&mut files) {
                file.position = position;
            }
            files
        }))
    }

    /// Whether no file has come.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The names and hashes of the files, by which two uploads are the same.
    pub fn fingerprints(&self) -> Vec<(String, String)> {
        let files = self.files.iter();
        files.map(|file| (file.name.clone(), file.sha256.clone())).collect()
    }

    /// Makes the run, with what the heads of its files say. A worker goes on from there. With `once`, the answer to the
    /// request is kept with the run.
    #[boxed]
    pub async fn create<'a>(
        self,
        options: &'a RunOptions,
        password: Option<&Password>,
        once: Option<Once<'a, RunDetails>>,
    ) -> Result<RunDetails, AppError> {
        let mut upload = self;
        let (app, caller) = (upload.app.clone(), upload.caller.clone());
        let options = &settled(&app, caller.organization, options).await?;
        let mut run = Run::new(&caller.actor, serde_json::to_value(options).unwrap_or_default(), None);
        run.id = upload.run_id;
        run.background = true;
        let opened = upload.open(options, password).await?;
        let created = AuditEvent::now(&caller.actor, "import_run.created").in_run(run.id);
        let (mut files, mut jobs) = (Vec::new(), Vec::new());
        for opened in opened {
            files.push(opened.file);
            jobs.extend(opened.new_jobs);
        }
        let named = options.source_system.as_deref();
        if named.is_some_and(|system| is_known(app.sources(), system)) {
            require_columns(&files, &jobs)?;
        }
        let made = RunDetails {
            run,
            files,
            jobs,
            undecided_duplicates: 0,
        };
        let answer = once.map(|once| once.answer(&made));
        // Whoever waits for the answer may go away while the run is being committed: what became of it is not known then.
        upload.kept = true;
        let RunDetails { run, files, jobs, .. } = &made;
        app.store
            .run_create(caller.organization, run, files, jobs, answer.as_ref(), &[created])
            .await
            .inspect_err(|_| upload.kept = false)?;
        app.blobs.upload_complete(run.id);
        app.queue.notify_waiters();
        Ok(made)
    }

    /// Adds the files to the run that it joins.
    #[boxed(?Send)]
    pub async fn add_to_run(self, password: Option<&Password>) -> Result<RunDetails, AppError> {
        let mut upload = self;
        let (app, caller, run_id) = (upload.app.clone(), upload.caller.clone(), upload.run_id);
        let known = get(&app, caller.organization, run_id).await?;
        let opened = upload.open(&options_of(&known.run)?, password).await?;
        let run = command(&app, &caller, run_id, async |work| {
            let mut run = work.editable()?;
            let first = app.store.file_list(work.organization, run_id).await?;
            let first = first.iter().map(|file| file.position + 1).max().unwrap_or_default();
            let event = work.advance(&mut run, RunStatus::Detecting)?;
            let mut change = RunChange::of(&run);
            change.events.extend(event.map(|event| event.in_run(run_id)));
            for (position, opened) in (first..).zip(&opened) {
                let mut file = opened.file.clone();
                file.position = position;
                let added = AuditEvent::now(&work.actor, "import_file.added")
                    .on("import_file", file.id.to_string())
                    .with(serde_json::json!({ "name": file.name }));
                change = change.with_event(added);
                change.new_files.push(file);
                change.new_jobs.extend(opened.new_jobs.clone());
            }
            work.commit(change).await?;
            Ok(run)
        })
        .await?;
        upload.kept = true;
        app.queue.notify_waiters();
        details(&app, caller.organization, run).await
    }

    /// Looks into the files. One that is encrypted is opened whole where the password fits, since only this process has it.
    async fn open(&self, options: &RunOptions, password: Option<&Password>) -> Result<Vec<OpenedJobs>, AppError> {
        let (app, organization) = (&self.app, self.caller.organization);
        let system = options.source_system.as_deref();
        let mut opened = Vec::new();
        for file in &self.files {
            let mut looked = look_into(app, organization, file, system).await?;
            if looked.file.status == FileStatus::AwaitingPassword && password.is_some() {
                looked = open_file(app, organization, file, &[], system, password).await?;
            }
            opened.push(looked);
            // Others are told of the file only when they can read it.
            if file.status != FileStatus::Failed {
                app.blobs.keep(&file.blob_key).await?;
            }
        }
        let added = opened.iter().map(|opened| opened.new_jobs.len()).sum();
        check_tables(app, organization, self.run_id, added).await?;
        Ok(opened)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let (blobs, run_id) = (self.app.blobs.clone(), self.run_id);
        let begun = self.joins.then(|| std::mem::take(&mut self.begun));
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            match begun {
                None => note_leftovers(blobs.remove_run(run_id).await),
                Some(files) => {
                    for file in files {
                        note_leftovers(blobs.remove_file(run_id, file).await);
                    }
                }
            }
        });
    }
}

/// When a person named a source that is known, a table of it that lacks columns is refused instead of flagged.
fn require_columns(files: &[ImportFile], jobs: &[Job]) -> Result<(), AppError> {
    for job in jobs {
        if let Some((_, message)) = job.error.as_ref().filter(|(code, _)| code == "missing_required_column") {
            let file = files.iter().find(|file| file.id == job.file_id);
            return Err(AppError::MissingRequiredColumn {
                file: file.map(|file| file.name.clone()).unwrap_or_default(),
                sheet: job.sheet.clone(),
                message: message.clone(),
            });
        }
    }
    Ok(())
}

/// A file that is coming in.
pub struct FileUpload<'a> {
    upload: &'a mut Upload,
    file: ImportFile,
    output: BufWriter<tokio::fs::File>,
    hasher: Sha256,
}

impl FileUpload<'_> {
    /// The next piece of the file. Fails as soon as a limit is passed.
    pub async fn write(&mut self, piece: &Bytes) -> Result<(), AppError> {
        let length = piece.len() as u64;
        let app = &self.upload.app;
        let size = self.file.size_bytes as u64 + length;
        let limits = app.limits();
        if size > limits.file.max_file_bytes {
            return Err(AppError::limit(&FILE_BYTES, limits.file.max_file_bytes));
        }
        if self.upload.bytes + length > limits.max_run_bytes {
            return Err(AppError::limit(&RUN_BYTES, limits.max_run_bytes));
        }
        self.hasher.update(piece);
        let path = app.blobs.path(&self.file.blob_key);
        self.output.write_all(piece).await.map_err(AppError::io(&path))?;
        self.file.size_bytes = size as i64;
        self.upload.bytes += length;
        Ok(())
    }

    /// The file is complete. An archive becomes the files in it.
    pub async fn finish(mut self) -> Result<(), AppError> {
        let path = self.upload.app.blobs.path(&self.file.blob_key);
        self.output.flush().await.map_err(AppError::io(&path))?;
        self.file.sha256 = hex::encode(self.hasher.finalize());
        let Self { upload, file, .. } = self;
        match upload.unpack(&file).await? {
            Some(members) => {
                upload.bytes -= file.size_bytes as u64;
                for member in members {
                    upload.begun.push(member.id);
                    upload.bytes += member.size_bytes as u64;
                    upload.files.push(member);
                }
                upload.app.blobs.remove_file(upload.run_id, file.id).await?;
            }
            None => upload.files.push(file),
        }
        Ok(())
    }
}
