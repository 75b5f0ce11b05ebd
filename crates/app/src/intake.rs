//! Taking files in: they are copied into the blob store, counted and fingerprinted, not opened.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use torqueflow_model::hash128;
use torqueflow_persistence::{FileStatus, ImportFile, OrganizationId};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::options::RunOptions;

/// Keeps a file. One that can't be read becomes a file with an error.
pub(crate) async fn keep_file(app: &App, run_id: Uuid, position: i64, path: &Path) -> Result<ImportFile, AppError> {
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
    let (app, path, key) = (app.clone(), path.to_owned(), file.blob_key.clone());
    let kept = tokio::task::spawn_blocking(move || {
        let source = match std::fs::File::open(&path) {
            Ok(source) if source.metadata().is_ok_and(|metadata| metadata.is_file()) => source,
            Ok(_) => return Ok(Err(io::Error::other("it is not a file"))),
            Err(error) => return Ok(Err(error)),
        };
        let mut source = HashingReader::new(source);
        app.blobs.copy_from(&key, &mut source)?;
        Ok::<_, AppError>(Ok(source.finish()))
    })
    .await
    .map_err(|_| AppError::Internal("keeping a file ended early"))??;
    match kept {
        Ok((size_bytes, sha256)) => {
            file.size_bytes = size_bytes;
            file.sha256 = sha256;
        }
        Err(error) => {
            file.status = FileStatus::Failed;
            file.error = Some((
                "file_unreadable".to_owned(),
                format!("The file could not be read ({error}). Check that it exists and that you may read it."),
            ));
        }
    }
    Ok(file)
}

/// Counts and hashes what is read through it.
struct HashingReader<R> {
    inner: R,
    hasher: Sha256,
    bytes: i64,
}

impl<R: Read> HashingReader<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (i64, String) {
        let mut text = String::with_capacity(64);
        for byte in self.hasher.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        (self.bytes, text)
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as i64;
        Ok(read)
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
