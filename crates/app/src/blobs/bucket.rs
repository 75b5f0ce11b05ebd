//! An S3-compatible bucket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{Error, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::create_private_file;
use crate::error::AppError;

/// Bytes of a part of an upload, and parts that are sent at once.
const PART_BYTES: usize = 8 * 1024 * 1024;
const PARTS_AT_ONCE: usize = 2;
/// How long a request is tried again before it has failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the bucket may take to say that it is there.
const PROBE_PATIENCE: Duration = Duration::from_secs(3);

/// Why a bucket can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the bucket `{url}` can't be used; it is written as s3://BUCKET or s3://BUCKET/PREFIX")]
pub struct BucketError {
    url: String,
    #[source]
    source: Error,
}

/// A bucket, or the part of one below a prefix.
#[derive(Debug, Clone)]
pub(super) struct Bucket(Arc<dyn ObjectStore>);

impl Bucket {
    pub fn open(url: &str) -> Result<Self, BucketError> {
        // The one that is linked; another part of the program may have named it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let retry = RetryConfig {
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        };
        let builder = AmazonS3Builder::from_env().with_url(url).with_retry(retry);
        let store = builder.build().map_err(|source| BucketError {
            url: url.to_owned(),
            source,
        })?;
        let prefix = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        let prefix = Key::from(prefix.map_or("", |(_, prefix)| prefix));
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

    /// Copies a file into the bucket.
    pub async fn put(&self, key: &str, path: &Path) -> Result<(), AppError> {
        let mut file = File::open(path).await.map_err(AppError::io(path))?;
        let writer = BufWriter::with_capacity(Arc::clone(&self.0), Key::from(key), PART_BYTES);
        let mut writer = writer.with_max_concurrency(PARTS_AT_ONCE);
        let sent = match tokio::io::copy(&mut file, &mut writer).await {
            Ok(_) => writer.shutdown().await,
            // Parts that were sent are removed by the bucket's own rules.
            Err(error) => Err(error),
        };
        sent.map_err(|error| {
            failed("keep", key)(Error::Generic {
                store: "S3",
                source: error.into(),
            })
        })
    }

    /// Copies a blob into a file, which is there only when it is complete.
    pub async fn get(&self, key: &str, path: &Path) -> Result<(), AppError> {
        let mut pieces = match self.0.get(&Key::from(key)).await {
            Ok(found) => found.into_stream(),
            Err(Error::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(failed("fetch", key)(error)),
        };
        let draft = path.with_extension(format!("{}.part", Uuid::now_v7()));
        let copied = async {
            let mut file = File::from_std(create_private_file(&draft).map_err(AppError::io(&draft))?);
            while let Some(piece) = pieces.try_next().await.map_err(failed("fetch", key))? {
                file.write_all(&piece).await.map_err(AppError::io(&draft))?;
            }
            file.flush().await.map_err(AppError::io(&draft))?;
            std::fs::rename(&draft, path).map_err(AppError::io(path))
        };
        let outcome = copied.await;
        if outcome.is_err() {
            let _ = std::fs::remove_file(&draft);
        }
        outcome
    }

    /// Removes the blobs of a run whose names begin so.
    pub async fn remove(&self, run_id: Uuid, beginning: &str) -> Result<(), AppError> {
        let folder = Key::from(run_id.to_string());
        let blobs: Vec<_> = self
            .0
            .list(Some(&folder))
            .try_collect()
            .await
            .map_err(failed("list", folder.as_ref()))?;
        for blob in blobs {
            let name = blob.location.filename().unwrap_or_default();
            if name.starts_with(beginning) {
                match self.0.delete(&blob.location).await {
                    Ok(()) | Err(Error::NotFound { .. }) => {}
                    Err(error) => return Err(failed("remove", name)(error)),
                }
            }
        }
        Ok(())
    }

    /// Fails when the bucket does not answer, or refuses our credentials.
    pub async fn probe(&self) -> Result<(), AppError> {
        let nothing = Key::from("probe");
        let listed = tokio::time::timeout(PROBE_PATIENCE, self.0.list_with_delimiter(Some(&nothing))).await;
        let listed = listed.unwrap_or_else(|late| {
            Err(Error::Generic {
                store: "S3",
                source: late.into(),
            })
        });
        listed.map(drop).map_err(failed("list", "probe"))
    }
}

fn failed(action: &'static str, key: &str) -> impl FnOnce(Error) -> AppError {
    let key = key.to_owned();
    move |source| AppError::Bucket {
        action,
        key,
        source: source.into(),
    }
}
