//! Uploads and staged rows, in a local folder that only this user can read; where several machines share the work, in an
//! S3-compatible bucket too.
//!
//! With a bucket the folder holds copies: what was written here is kept in the bucket (`BlobStore::keep`), and what was
//! written elsewhere is brought here before it is read (`BlobStore::fetch`). Without one both do nothing.

#[cfg(feature = "s3")]
mod bucket;
#[cfg(not(feature = "s3"))]
#[path = "no_bucket.rs"]
mod bucket;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use self::bucket::Bucket;
pub use self::bucket::BucketError;
use crate::error::AppError;

/// What a probe writes: a block of a disk.
const PROBE_BYTES: usize = 4096;

/// Where uploads and staged rows are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BlobStore {
    root: PathBuf,
    bucket: Option<Bucket>,
}

impl BlobStore {
    /// A store in this folder, which is made when something is first kept, and in the bucket at this URL
    /// (`s3://bucket/prefix`), if there is one. Where the bucket is reached, and with which credentials, is taken from
    /// the usual environment variables: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and so on.
    pub fn open(root: PathBuf, bucket_url: Option<&str>) -> Result<Self, BucketError> {
        let bucket = bucket_url.map(Bucket::open).transpose()?;
        Ok(Self { root, bucket })
    }

    /// Where a blob is. Keys are made by us from ids: they have no `..`.
    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// The folder of a run, which is made if it is not there.
    pub(crate) fn folder(&self, run_id: Uuid) -> Result<PathBuf, AppError> {
        let path = self.path(&run_id.to_string());
        create_private_folder(&path).map_err(AppError::io(&path))?;
        Ok(path)
    }

    /// A new blob to write to.
    pub(crate) fn create(&self, key: &str) -> Result<File, AppError> {
        let path = self.path(key);
        create_private_file(&path).map_err(AppError::io(&path))
    }

    /// Opens a blob for reading. With a bucket it was fetched before.
    pub(crate) fn read(&self, key: &str) -> Result<File, AppError> {
        let path = self.path(key);
        File::open(&path).map_err(AppError::io(&path))
    }

    /// Copies a stream into a new blob.
    pub(crate) fn copy_from(&self, key: &str, reader: &mut dyn Read) -> Result<(), AppError> {
        let mut file = self.create(key)?;
        let path = self.path(key);
        io::copy(reader, &mut file)
            .and_then(|_| file.flush())
            .map_err(AppError::io(&path))
    }

    /// Makes a blob that was written here readable for others.
    pub(crate) async fn keep(&self, key: &str) -> Result<(), AppError> {
        match &self.bucket {
            Some(bucket) => bucket.put(key, &self.path(key)).await,
            None => Ok(()),
        }
    }

    /// Brings a blob here that was kept elsewhere. One that is nowhere is no error: reading it is.
    pub(crate) async fn fetch(&self, key: &str) -> Result<(), AppError> {
        let path = self.path(key);
        match &self.bucket {
            Some(bucket) if !path.exists() => bucket.get(key, &path).await,
            _ => Ok(()),
        }
    }

    /// Removes everything of a file of a run: the upload and what was staged of it.
    pub(crate) async fn remove_file(&self, run_id: Uuid, file_id: Uuid) -> Result<(), AppError> {
        let file = file_id.to_string();
        if let Ok(entries) = std::fs::read_dir(self.path(&run_id.to_string())) {
            for entry in entries.flatten() {
                if entry.file_name().to_string_lossy().starts_with(&file) {
                    // What stays goes with the run.
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        }
        match &self.bucket {
            Some(bucket) => bucket.remove(run_id, &file).await,
            None => Ok(()),
        }
    }

    /// Removes everything of a run. What is not there is no error.
    pub(crate) async fn remove_run(&self, run_id: Uuid) -> Result<(), AppError> {
        self.remove_copies(run_id);
        match &self.bucket {
            Some(bucket) => bucket.remove(run_id, "").await,
            None => Ok(()),
        }
    }

    /// Removes what this machine has of a run.
    pub(crate) fn remove_copies(&self, run_id: Uuid) {
        // A folder that can't be removed now is found by the next sweep.
        let _ = std::fs::remove_dir_all(self.path(&run_id.to_string()));
    }

    /// Marks the folder of a run as one of an upload that is coming in, until [`upload_complete`](Self::upload_complete).
    pub(crate) fn upload_begun(&self, run_id: Uuid) -> Result<(), AppError> {
        self.create(&incoming(run_id)).map(drop)
    }

    /// The upload became a run.
    pub(crate) fn upload_complete(&self, run_id: Uuid) {
        // If the mark stays, the run is found to be there when it is looked at.
        let _ = std::fs::remove_file(self.path(&incoming(run_id)));
    }

    /// The runs whose upload began so long ago and was not completed.
    pub(crate) fn uploads_older_than(&self, age: Duration) -> Vec<Uuid> {
        let is_old = |run_id: &Uuid| {
            let mark = std::fs::metadata(self.path(&incoming(*run_id))).and_then(|mark| mark.modified());
            mark.is_ok_and(|begun| begun.elapsed().is_ok_and(|elapsed| elapsed >= age))
        };
        self.runs_here().into_iter().filter(is_old).collect()
    }

    /// The runs of which there are mere copies here.
    pub(crate) fn runs_copied(&self) -> Vec<Uuid> {
        if self.bucket.is_some() {
            self.runs_here()
        } else {
            Vec::new()
        }
    }

    /// The runs that have a folder here.
    fn runs_here(&self) -> Vec<Uuid> {
        let Ok(entries) = std::fs::read_dir(&self.root) else {
            return Vec::new();
        };
        let names = entries.flatten().map(|entry| entry.file_name());
        names
            .filter_map(|name| Uuid::parse_str(&name.to_string_lossy()).ok())
            .collect()
    }

    /// Fails when nothing can be kept.
    pub(crate) async fn probe(&self) -> Result<(), AppError> {
        let path = self.path(&format!("probe-{}", Uuid::now_v7()));
        let kept = create_private_file(&path).and_then(|mut file| file.write_all(&[0; PROBE_BYTES]));
        // Also what could be made and not be filled.
        let removed = std::fs::remove_file(&path);
        kept.and(removed).map_err(AppError::io(&path))?;
        match &self.bucket {
            Some(bucket) => bucket.probe().await,
            None => Ok(()),
        }
    }
}

/// Says that files which nobody needs any more could not be removed. What a run has goes with it at the latest.
pub(crate) fn note_leftovers(removed: Result<(), AppError>) {
    if let Err(error) = removed {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "files that nobody needs any more can't be removed");
    }
}

/// The mark of an upload that is coming in.
fn incoming(run_id: Uuid) -> String {
    format!("{run_id}/incoming")
}

/// Creates a file that only this user can read, and the folders that it needs.
fn create_private_file(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        create_private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a folder that only this user can read, unless it is there.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
