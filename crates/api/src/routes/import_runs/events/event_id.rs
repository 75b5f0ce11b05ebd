//! The ids of events: what somebody who has an event knows of a run.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The bytes of the hash that an id shows. Only states of the same version are told apart by it.
const SHOWN_BYTES: usize = 4;
/// Ends the id of an event after which nothing of its state is missing.
const ALL: &str = "-all";

/// A state of a run as clients are told of it: `17-8c1f02ab`.
///
/// The version alone does not say which state it is. After a crash the database may have forgotten the last versions, so
/// that others get their numbers; and what a run consists of is not read at one moment. So the hash of what is told
/// belongs to it: whatever differs has another id, whichever instance tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateId(String);

impl StateId {
    /// The state of this version that is told in this text.
    pub fn new(version: i64, told: &str) -> Self {
        let mut id = format!("{version}-");
        for byte in Sha256::digest(told).iter().take(SHOWN_BYTES) {
            let _ = write!(id, "{byte:02x}");
        }
        Self(id)
    }

    /// The id of the event of this number, such as `17-8c1f02ab-2`; `17-8c1f02ab-3-all` if who has it knows all of the state.
    pub fn event(&self, number: usize, knows_all: bool) -> String {
        format!("{}-{number}{}", self.0, if knows_all { ALL } else { "" })
    }

    /// Whether somebody whose last event has this id knows all of this state.
    pub fn is_known_from(&self, event: &str) -> bool {
        let number = event
            .strip_prefix(&self.0)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.strip_suffix(ALL));
        number.is_some_and(|number| number.parse::<usize>().is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> StateId {
        StateId::new(17, "a run")
    }

    #[test]
    fn an_id_says_state_and_number_and_whether_that_is_all() {
        assert_eq!(state().event(2, false), "17-7666f050-2");
        assert_eq!(state().event(3, true), "17-7666f050-3-all");
    }

    #[track_caller]
    fn check(event: &str, is_known: bool) {
        assert_eq!(state().is_known_from(event), is_known, "{event}");
    }

    #[test]
    fn a_state_is_known_from_its_last_event_alone() {
        check(&state().event(0, true), true);
        check(&state().event(12, true), true);
        check(&state().event(0, false), false);
        check(&state().event(12, false), false);
        check(&StateId::new(16, "a run").event(3, true), false);
        check(&StateId::new(170, "a run").event(3, true), false);
        check(
            &StateId::new(17, "the run that a crash has taken back").event(3, true),
            false,
        );
    }

    #[test]
    fn nothing_is_known_from_what_is_no_id() {
        for event in [
            "",
            "17",
            "-all",
            "17--all",
            "17-7666f050",
            "17-7666f050-all",
            "17-7666f050--all",
            "17-7666f050-x-all",
        ] {
            check(event, false);
        }
        check(&format!("{} ", state().event(3, true)), false);
    }
}
