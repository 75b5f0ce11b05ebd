//! In a program without the feature `s3` there are no buckets.

use std::convert::Infallible;
use std::path::Path;

use uuid::Uuid;

use crate::error::AppError;

/// Why a bucket can't be used.
#[derive(Debug, thiserror::Error)]
#[error("this program was built without buckets (feature `s3`)")]
pub struct BucketError;

/// There is none.
#[derive(Debug, Clone)]
pub(super) struct Bucket(Infallible);

impl Bucket {
    pub fn open(_: &str) -> Result<Self, BucketError> {
        Err(BucketError)
    }

    pub async fn put(&self, _: &str, _: &Path) -> Result<(), AppError> {
        match self.0 {}
    }

    pub async fn get(&self, _: &str, _: &Path) -> Result<(), AppError> {
        match self.0 {}
    }

    pub async fn remove(&self, _: Uuid, _: &str) -> Result<(), AppError> {
        match self.0 {}
    }

    pub async fn probe(&self) -> Result<(), AppError> {
        match self.0 {}
    }
}
