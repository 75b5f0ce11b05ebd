//! Taking files in: they are copied into the blob store, counted and fingerprinted, not opened.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use torqueflow_model::hash128;
use torqueflow_persistence::{FileStatus, ImportFile, OrganizationId};
use torqueflow_pipeline::{FILE_BYTES, OpenError};
use uuid::Uuid;

use crate::App;
use crate::blobs::note_leftovers;
use crate::error::AppError;
use crate::limits::{RUN_BYTES, RUN_FILES};
use crate::options::RunOptions;

/// Keeps the files of a run, in their order. One that can't be read, or is too big, becomes a file with an error; too
/// many of them, or too much of them, is an error of the run, and nothing is kept.
pub(crate) async fn keep_files(app: &App, run_id: Uuid, paths: &[PathBuf]) -> Result<Vec<ImportFile>, AppError> {
    let limits = app.limits();
    if paths.len() as u64 > limits.max_run_files {
        return Err(AppError::limit(&RUN_FILES, limits.max_run_files));
    }
    let mut kept = Vec::new();
    let mut left = limits.max_run_bytes;
    for (position, path) in paths.iter().enumerate() {
        let file = keep_file(app, run_id, position as i64, path, left).await;
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                note_leftovers(app.blobs.remove_run(run_id).await);
                return Err(error);
            }
        };
        left = left.saturating_sub(file.size_bytes as u64);
        kept.push(file);
    }
    Ok(kept)
}

async fn keep_file(
    app: &App,
    run_id: Uuid,
    position: i64,
    path: &Path,
    run_bytes_left: u64,
) -> Result<ImportFile, AppError> {
    let id = Uuid::now_v7();
    let mut file = ImportFile {
        id,
        run_id,
        position,
        name: path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        ),
        size_bytes: 0,
        sha256: String::new(),
        blob_key: format!("{run_id}/{id}.upload"),
        status: FileStatus::Stored,
        encrypted: false,
        notes: Vec::new(),
        error: None,
    };
    let kept = {
        let (app, path, key) = (app.clone(), path.to_owned(), file.blob_key.clone());
        tokio::task::spawn_blocking(move || copy(&app, &path, &key, run_bytes_left))
            .await
            .map_err(|_| AppError::Internal("keeping a file ended early"))??
    };
    match kept {
        Ok((size_bytes, sha256)) => {
            app.blobs.keep(&file.blob_key).await?;
            file.size_bytes = size_bytes;
            file.sha256 = sha256;
        }
        Err(error) => {
            file.status = FileStatus::Failed;
            file.error = Some((error.code().to_owned(), error.message()));
        }
    }
    Ok(file)
}

/// Copies a file into the blob store; its size and hash. The inner error is the file's own.
fn copy(app: &App, path: &Path, key: &str, run_bytes_left: u64) -> Result<Result<(i64, String), OpenError>, AppError> {
    let (source, length) = match open(path) {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error.into())),
    };
    let limits = app.limits();
    let mut source = Upload {
        inner: source,
        hasher: Sha256::new(),
        bytes: 0,
        max_bytes: limits.file.max_file_bytes,
        run_bytes_left,
        failed: None,
    };
    let copied = app.blobs.copy_from(key, &mut source);
    match source.failed.take() {
        Some(Failure::Run) => return Err(AppError::limit(&RUN_BYTES, limits.max_run_bytes)),
        Some(Failure::File(error)) => return Ok(Err(error)),
        None => copied?,
    }
    if source.bytes < length {
        let error = io::Error::other("it became shorter while it was read");
        return Ok(Err(error.into()));
    }
    Ok(Ok((source.bytes as i64, hex::encode(source.hasher.finalize()))))
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok((file, metadata.len()))
}

/// A file on its way in: counted, checked and hashed as it is read.
struct Upload<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
    max_bytes: u64,
    run_bytes_left: u64,
    /// Why reading ended early. What goes wrong in writing is somebody else's.
    failed: Option<Failure>,
}

enum Failure {
    File(OpenError),
    Run,
}

impl<R: Read> Upload<R> {
    fn next(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let read = self.inner.read(buffer).map_err(|error| Failure::File(error.into()))?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        if self.bytes > self.max_bytes {
            return Err(Failure::File(FILE_BYTES.exceeded(self.max_bytes)));
        }
        if self.bytes > self.run_bytes_left {
            return Err(Failure::Run);
        }
        Ok(read)
    }
}

impl<R: Read> Read for Upload<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next(buffer).map_err(|failure| {
            self.failed = Some(failure);
            io::Error::other("the upload ended early")
        })
    }
}

/// Equal for the same files with the same options.
pub(crate) fn fingerprint(organization: OrganizationId, files: &[ImportFile], options: &RunOptions) -> Uuid {
    let options = options.identity().to_string();
    let mut parts: Vec<&[u8]> = vec![organization.0.as_bytes(), options.as_bytes()];
    for file in files {
        parts.extend([file.name.as_bytes(), file.sha256.as_bytes()]);
    }
    Uuid::from_u128(hash128(parts))
}
