//! Remembers the input that took longest.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs};

/// Inputs that are this fast are not worth a file.
const WORTH_MENTIONING: Duration = Duration::from_millis(5);

/// The slowest input so far, as the files `slowest` (its bytes) and `slowest-ms` in a folder.
pub struct Slowest {
    folder: Option<PathBuf>,
    longest: Mutex<Duration>,
}

impl Slowest {
    /// In the folder that `TORQUEFLOW_FUZZ_NOTES` names; nowhere without it.
    pub fn from_environment() -> Self {
        Self {
            folder: env::var_os("TORQUEFLOW_FUZZ_NOTES").map(PathBuf::from),
            longest: Mutex::new(WORTH_MENTIONING),
        }
    }

    /// Runs `work` on an input.
    pub fn time(&self, input: &[u8], work: impl FnOnce()) {
        let start = Instant::now();
        work();
        let took = start.elapsed();
        let (Ok(mut longest), Some(folder)) = (self.longest.lock(), &self.folder) else {
            return;
        };
        if took > *longest {
            *longest = took;
            // A note that can't be written is no reason to stop.
            let _ = fs::write(folder.join("slowest"), input);
            let _ = fs::write(folder.join("slowest-ms"), took.as_millis().to_string());
        }
    }
}
