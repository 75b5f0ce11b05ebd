//! The states of runs and jobs, and the one table of moves between them.

use std::fmt;

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal -> [$($next:ident),*];)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every state.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The state with this [`name`](Self::name).
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.name() == name)
            }

            /// The states that may follow.
            pub fn successors(self) -> &'static [Self] {
                match self { $(Self::$variant => &[$(Self::$next,)*],)* }
            }

            /// Whether `next` may follow.
            pub fn can_become(self, next: Self) -> bool {
                self.successors().contains(&next)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

states! {
    /// The state of an import run.
    RunStatus {
        /// Files are stored and opened, and their tables recognised.
        Detecting = "detecting" -> [AwaitingPassword, Analysing, Failed, Cancelled];
        /// Nothing is left to do until a person gives a password.
        AwaitingPassword = "awaiting_password" -> [Detecting, Analysing, Failed, Cancelled];
        /// Every row is read, cleaned and matched; nothing is written to the business tables.
        Analysing = "analysing" -> [Detecting, AwaitingPassword, Ready, Failed, Cancelled];
        /// A person can look, decide and start.
        Ready = "ready" -> [Detecting, Analysing, Queued, Failed, Cancelled];
        /// Started, and waiting for a worker.
        Queued = "queued" -> [Importing, Failed, Cancelled];
        /// Rows are being written.
        Importing = "importing" -> [Completed, CompletedWithErrors, Failed, Cancelled];
        /// Every row landed or was deliberately left out.
        Completed = "completed" -> [RollingBack];
        /// Some rows landed and some failed.
        CompletedWithErrors = "completed_with_errors" -> [Queued, RollingBack];
        /// No row landed, or the run could not go on.
        Failed = "failed" -> [Queued, RollingBack];
        /// A person stopped it.
        Cancelled = "cancelled" -> [RollingBack];
        /// What it did is being taken back.
        RollingBack = "rolling_back" -> [RolledBack, RollbackIncomplete];
        /// Everything was taken back.
        RolledBack = "rolled_back" -> [];
        /// Some of it could not be taken back.
        RollbackIncomplete = "rollback_incomplete" -> [RollingBack];
    }
}

states! {
    /// The state of one table of a run.
    JobStatus {
        /// Nobody knows yet what the table is; it is left out and blocks nothing.
        Unrecognised = "unrecognised" -> [Pending, Skipped, Cancelled];
        /// Recognised, and waiting to be analysed.
        Pending = "pending" -> [Analysing, Unrecognised, Failed, Cancelled, Skipped];
        /// Its rows are being read, cleaned and matched.
        Analysing = "analysing" -> [Pending, Ready, Failed, Cancelled];
        /// Can be started.
        Ready = "ready" -> [Pending, Analysing, Queued, Failed, Cancelled, Skipped];
        /// Waits for its turn.
        Queued = "queued" -> [Importing, Failed, Cancelled];
        /// Its rows are being written.
        Importing = "importing" -> [Completed, CompletedWithErrors, Failed, Cancelled];
        /// Every row landed or was deliberately left out.
        Completed = "completed" -> [RolledBack];
        /// Some rows failed.
        CompletedWithErrors = "completed_with_errors" -> [Queued, RolledBack];
        /// No row landed, or it could not go on.
        Failed = "failed" -> [Queued, RolledBack];
        /// A person stopped the run.
        Cancelled = "cancelled" -> [RolledBack];
        /// A person left it out, or tables of its type are not imported.
        Skipped = "skipped" -> [Pending];
        /// What it did was taken back.
        RolledBack = "rolled_back" -> [];
    }
}

impl RunStatus {
    /// Nothing more will happen by itself, and no decision of a person is awaited.
    pub fn is_done(self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::CompletedWithErrors
                | Self::Failed
                | Self::Cancelled
                | Self::RolledBack
                | Self::RollbackIncomplete
        )
    }
}

impl JobStatus {
    /// Nothing more will happen to it by itself.
    pub fn is_done(self) -> bool {
        matches!(
            self,
            Self::Unrecognised
                | Self::Completed
                | Self::CompletedWithErrors
                | Self::Failed
                | Self::Cancelled
                | Self::Skipped
                | Self::RolledBack
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for state in RunStatus::ALL {
            assert_eq!(RunStatus::from_name(state.name()), Some(*state));
        }
        for state in JobStatus::ALL {
            assert_eq!(JobStatus::from_name(state.name()), Some(*state));
        }
    }

    /// Every pair of states is stated here once more, by hand, so that a slip in the table shows.
    #[test]
    fn only_these_moves_are_allowed() {
        let moves: Vec<String> = RunStatus::ALL
            .iter()
            .flat_map(|from| {
                RunStatus::ALL
                    .iter()
                    .filter(|to| from.can_become(**to))
                    .map(move |to| format!("{from}>{to}"))
            })
            .collect();
        assert_eq!(moves.len(), 34, "{moves:#?}");
        assert!(!RunStatus::Importing.can_become(RunStatus::Queued));
        assert!(!RunStatus::Completed.can_become(RunStatus::Queued));
        assert!(!RunStatus::Queued.can_become(RunStatus::Ready));
        assert!(RunStatus::RolledBack.successors().is_empty());
    }

    #[test]
    fn every_unfinished_run_can_end() {
        for state in RunStatus::ALL.iter().filter(|state| !state.is_done()) {
            assert!(!state.successors().is_empty(), "{state} is a dead end");
        }
    }
}
