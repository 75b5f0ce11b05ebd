//! Taking files in: they are copied into the blob store, counted and fingerprinted, not opened.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use torqueflow_model::hash128;
use torqueflow_persistence::{FileStatus, ImportFile, OrganizationId};
use torqueflow_pipeline::archive::{Archive, is_archive};
use torqueflow_pipeline::{FILE_BYTES, OpenError};
use uuid::Uuid;

use crate::App;
use crate::blobs::note_leftovers;
use crate::error::AppError;
use crate::limits::{RUN_BYTES, RUN_FILES};
use crate::options::RunOptions;

/// Keeps the files of a run, in their order, those of archives each for itself. One that can't be read, or is too big, becomes a file with an error; too
/// many of them, or too much of them, is an error of the run, and nothing is kept.
pub(crate) async fn keep_files(app: &App, run_id: Uuid, paths: &[PathBuf]) -> Result<Vec<ImportFile>, AppError> {
    let limits = app.limits();
    if paths.len() as u64 > limits.max_run_files {
        return Err(AppError::limit(&RUN_FILES, limits.max_run_files));
    }
    let mut kept = Vec::new();
    let mut left = limits.max_run_bytes;
    for path in paths {
        let files = if (kept.len() as u64) < limits.max_run_files {
            keep_path(app, run_id, kept.len(), path, left).await
        } else {
            Err(AppError::limit(&RUN_FILES, limits.max_run_files))
        };
        let files = match files {
            Ok(files) => files,
            Err(error) => {
                note_leftovers(app.blobs.remove_run(run_id).await);
                return Err(error);
            }
        };
        let bytes: u64 = files.iter().map(|file| file.size_bytes as u64).sum();
        left = left.saturating_sub(bytes);
        kept.extend(files);
    }
    Ok(kept)
}

/// Keeps what is at this path: a file, or the files of an archive.
async fn keep_path(
    app: &App,
    run_id: Uuid,
    first_position: usize,
    path: &Path,
    run_bytes_left: u64,
) -> Result<Vec<ImportFile>, AppError> {
    let mut files = {
        let (app, path) = (app.clone(), path.to_owned());
        tokio::task::spawn_blocking(move || copy_path(&app, run_id, first_position, &path, run_bytes_left))
            .await
            .map_err(|_| AppError::Internal("keeping a file ended early"))??
    };
    for (position, file) in (first_position as i64..).zip(&mut files) {
        file.position = position;
        if file.error.is_none() {
            app.blobs.keep(&file.blob_key).await?;
        }
    }
    Ok(files)
}

fn copy_path(
    app: &App,
    run_id: Uuid,
    files_before: usize,
    path: &Path,
    run_bytes_left: u64,
) -> Result<Vec<ImportFile>, AppError> {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let (mut source, length) = match open(path) {
        Ok(opened) => opened,
        Err(error) => return Ok(vec![new_file(run_id, name).failed(&error.into())]),
    };
    if is_archive(&mut source).unwrap_or(false) {
        return unpack(app, run_id, files_before, &name, source, run_bytes_left);
    }
    let file = new_file(run_id, name);
    let kept = match copy(app, &file.blob_key, &mut source, run_bytes_left)? {
        Ok((size, _)) if (size as u64) < length => Err(io::Error::other("it became shorter while it was read").into()),
        kept => kept,
    };
    Ok(vec![file.kept(kept)])
}

/// Keeps the files of an archive. One that can't be unpacked becomes a file with an error.
pub(crate) fn unpack(
    app: &App,
    run_id: Uuid,
    files_before: usize,
    name: &str,
    archive: File,
    run_bytes_left: u64,
) -> Result<Vec<ImportFile>, AppError> {
    let limits = app.limits();
    let mut archive = match Archive::open(name, Box::new(BufReader::new(archive)), &limits.file) {
        Ok(archive) => archive,
        Err(error) => return Ok(vec![new_file(run_id, name.to_owned()).failed(&error)]),
    };
    let members: Vec<String> = archive.members().iter().map(|member| member.name.clone()).collect();
    if (files_before + members.len()) as u64 > limits.max_run_files {
        return Err(AppError::limit(&RUN_FILES, limits.max_run_files));
    }
    let mut left = run_bytes_left;
    let mut files = Vec::new();
    for (index, member) in members.into_iter().enumerate() {
        let file = new_file(run_id, member);
        let kept = match archive.read(index) {
            Ok(mut source) => copy(app, &file.blob_key, &mut source, left)?,
            Err(error) => Err(error),
        };
        let file = file.kept(kept);
        left = left.saturating_sub(file.size_bytes as u64);
        files.push(file);
    }
    if let Some(first) = files.first_mut() {
        first.notes.extend(archive.note());
    }
    Ok(files)
}

/// A file of a run that is about to be kept.
pub(crate) fn new_file(run_id: Uuid, name: String) -> ImportFile {
    let id = Uuid::now_v7();
    ImportFile {
        id,
        run_id,
        position: 0,
        name,
        size_bytes: 0,
        sha256: String::new(),
        blob_key: format!("{run_id}/{id}.upload"),
        status: FileStatus::Stored,
        encrypted: false,
        notes: Vec::new(),
        error: None,
    }
}

/// What became of keeping a file.
trait Kept {
    fn failed(self, error: &OpenError) -> Self;
    fn kept(self, kept: Result<(i64, String), OpenError>) -> Self;
}

impl Kept for ImportFile {
    fn failed(mut self, error: &OpenError) -> Self {
        self.status = FileStatus::Failed;
        self.error = Some((error.code().to_owned(), error.message()));
        self
    }

    fn kept(mut self, kept: Result<(i64, String), OpenError>) -> Self {
        match kept {
            Ok((size_bytes, sha256)) => {
                self.size_bytes = size_bytes;
                self.sha256 = sha256;
                self
            }
            Err(error) => self.failed(&error),
        }
    }
}

/// Copies a stream into the blob store; its size and hash. The inner error is the file's own.
fn copy(
    app: &App,
    key: &str,
    source: &mut dyn Read,
    run_bytes_left: u64,
) -> Result<Result<(i64, String), OpenError>, AppError> {
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
