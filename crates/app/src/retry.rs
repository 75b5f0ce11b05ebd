//! Trying again after the database failed for a moment.

use std::time::Duration;

use crate::error::AppError;
use crate::progress::{Event, Listener};

/// How often the same is tried again, and how long the wait before the first time is; each wait is twice the one before.
const RETRIES: u32 = 7;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Counts how often one thing was tried again. What comes after a success is another thing.
#[derive(Debug, Default)]
pub(crate) struct Retries(u32);

impl Retries {
    /// Whether the first attempt has failed.
    pub fn have_begun(&self) -> bool {
        self.0 > 0
    }

    /// Waits after an error, if the next attempt may well succeed; otherwise hands the error back.
    pub async fn wait(&mut self, error: AppError, listener: Listener<'_>) -> Result<(), AppError> {
        match self.next_wait() {
            Some(wait) if error.is_transient() => {
                listener(Event::Retrying);
                tokio::time::sleep(wait).await;
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn next_wait(&mut self) -> Option<Duration> {
        let wait = (self.0 < RETRIES).then(|| FIRST_WAIT * 2_u32.pow(self.0));
        self.0 += 1;
        wait
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use torqueflow_persistence::StoreError;

    use super::*;

    #[test]
    fn waits_grow_until_there_is_no_hope_left() {
        let mut retries = Retries::default();
        let waits: Vec<u128> = std::iter::from_fn(|| retries.next_wait())
            .map(|wait| wait.as_millis())
            .collect();
        assert_eq!(waits, [100, 200, 400, 800, 1_600, 3_200, 6_400]);
    }

    #[tokio::test]
    async fn what_fails_for_a_moment_is_tried_again_and_anything_else_is_not() {
        let told = AtomicU32::new(0);
        let listener = |_| {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let mut retries = Retries::default();
        assert!(!retries.have_begun());
        retries.wait(StoreError::Outdated.into(), &listener).await.unwrap();
        assert!(retries.have_begun());
        let lost = retries.wait(StoreError::LeaseLost.into(), &listener).await;
        assert!(matches!(lost, Err(AppError::Store(StoreError::LeaseLost))));
        assert_eq!(told.into_inner(), 1);
    }
}
