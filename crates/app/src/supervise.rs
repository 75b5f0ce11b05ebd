//! Tasks that go on for as long as the process does, whatever happens in them.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

/// How long a task rests that ended in a panic.
const REST: Duration = Duration::from_secs(1);
/// After how long without a sign of life the worker counts as dead. Its longest step is one look at a database that does
/// not answer.
const DEAD_AFTER: Duration = Duration::from_mins(2);

/// Sees a task to its end. Each time that it ends in a panic it says so and begins it anew, unless the process is to end.
pub(crate) async fn supervise<F>(task: &'static str, stop: &CancellationToken, begin: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    while let Err(panic) = AssertUnwindSafe(begin()).catch_unwind().await {
        tracing::error!(
            task,
            reason = words(&*panic),
            "a task ended in a panic; it is begun anew"
        );
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it does not say why")
}

/// The sign of life of this process's worker. A process without one gives none, and lacks none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulse(Arc<Mutex<Option<Instant>>>);

impl Pulse {
    /// Gives a sign of life.
    pub fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether the worker, if there is one, is alive.
    pub fn is_alive(&self) -> bool {
        self.is_alive_at(Instant::now())
    }

    fn is_alive_at(&self, now: Instant) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|beat| now.saturating_duration_since(beat) < DEAD_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_in_a_panic_is_begun_anew() {
        let begun = AtomicUsize::new(0);
        supervise("trying", &CancellationToken::new(), async || {
            let before = begun.fetch_add(1, Ordering::Relaxed);
            assert!(before == 1, "not yet");
        })
        .await;
        assert_eq!(begun.into_inner(), 2);
    }

    #[tokio::test]
    async fn nothing_is_begun_anew_in_a_process_that_is_to_end() {
        let (begun, stop) = (AtomicUsize::new(0), CancellationToken::new());
        supervise("trying", &stop, async || {
            begun.fetch_add(1, Ordering::Relaxed);
            stop.cancel();
            panic!("at the end");
        })
        .await;
        assert_eq!(begun.into_inner(), 1);
    }

    #[test]
    fn a_worker_is_alive_until_its_signs_stay_away() {
        let pulse = Pulse::default();
        let later = |time| Instant::now() + time;
        assert!(
            pulse.is_alive_at(later(DEAD_AFTER)),
            "where there is none, none is missing"
        );
        pulse.beat();
        assert!(pulse.is_alive_at(later(DEAD_AFTER / 2)));
        assert!(!pulse.is_alive_at(later(DEAD_AFTER)));
    }
}
