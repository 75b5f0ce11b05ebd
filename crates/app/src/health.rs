//! Whether the program can do its work.

use crate::error::AppError;
use crate::{App, boxed};

/// What has to work.
#[derive(Debug)]
pub struct Health {
    /// The database answers.
    pub database: Result<(), AppError>,
    /// It keeps what is written.
    pub writing: Result<(), AppError>,
    /// Uploads can be kept.
    pub uploads: Result<(), AppError>,
    /// The worker of this process, if it has one, is alive.
    pub worker: Result<(), AppError>,
}

/// Looks whether everything works that a request may need.
#[boxed]
pub async fn check(app: &App) -> Health {
    Health {
        database: app.store.ping().await.map_err(AppError::from),
        writing: app.store.prove_writable().await.map_err(AppError::from),
        uploads: app.blobs.probe().await,
        worker: if app.pulse.is_alive() {
            Ok(())
        } else {
            Err(AppError::WorkerDead)
        },
    }
}
