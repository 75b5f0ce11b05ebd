//! Whether the program can do its work.

use uuid::Uuid;

use crate::App;
use crate::error::AppError;

/// What has to work.
#[derive(Debug)]
pub struct Health {
    /// The database answers.
    pub database: Result<(), AppError>,
    /// Uploads can be kept.
    pub uploads: Result<(), AppError>,
}

/// Looks whether everything works that a request may need.
pub async fn check(app: &App) -> Health {
    Health {
        database: app.store.ping().await.map_err(AppError::from),
        uploads: keep_nothing(app),
    }
}

/// Keeps an empty upload and removes it.
fn keep_nothing(app: &App) -> Result<(), AppError> {
    let key = format!("probe-{}", Uuid::now_v7());
    app.blobs.create(&key)?;
    let path = app.blobs.path(&key);
    std::fs::remove_file(&path).map_err(AppError::io(&path))
}
