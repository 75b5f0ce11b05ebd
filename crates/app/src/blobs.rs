//! Uploads and staged rows, in a local folder that only this user can read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::AppError;

/// Where uploads and staged rows are kept.
#[derive(Debug, Clone)]
pub struct BlobStore {
    root: PathBuf,
}

impl BlobStore {
    /// A store in this folder, which is made when something is first kept.
    pub fn open(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where a blob is. Keys are made by us from ids: they have no `..`.
    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    /// A new blob to write to.
    pub(crate) fn create(&self, key: &str) -> Result<File, AppError> {
        let path = self.path(key);
        if let Some(folder) = path.parent() {
            create_private_folder(folder).map_err(AppError::io(folder))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(AppError::io(&path))
    }

    /// Opens a blob for reading.
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

    /// Removes everything of a file of a run: the upload and what was staged of it.
    pub(crate) fn remove_file(&self, run_id: uuid::Uuid, file_id: uuid::Uuid) {
        let folder = self.path(&run_id.to_string());
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        let prefix = file_id.to_string();
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                // What stays goes with the run.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Removes everything of a run. What is not there is no error.
    pub(crate) fn remove_run(&self, run_id: uuid::Uuid) {
        // A folder that can't be removed now is found by the retention of old runs.
        let _ = std::fs::remove_dir_all(self.path(&run_id.to_string()));
    }
}

/// Makes a folder that only this user can read, unless it is there.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
