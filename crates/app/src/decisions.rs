//! Decisions on matches that are found anew: a decision is on two records, wherever and whenever they are met.

use torqueflow_persistence::{Decision, Duplicate};

use crate::App;
use crate::error::AppError;
use crate::job_rows::JobRows;

/// Gives the matches of a chunk what people decided on the same two records before. Where another record is the best match
/// by now, nothing is decided.
pub(crate) async fn decide_again(app: &App, job: &JobRows, duplicates: &mut [Duplicate]) -> Result<(), AppError> {
    let numbers = duplicates.iter().map(|duplicate| duplicate.row_number);
    let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
        return Ok(());
    };
    let keys: Vec<u128> = duplicates.iter().map(|duplicate| duplicate.record.key).collect();
    let rows = (job.job.id, first, last);
    let decisions = app
        .store
        .decision_find(job.organization, job.job.run_id, &keys, rows)
        .await?;
    for duplicate in duplicates {
        let taken = decisions_on(duplicate, &decisions);
        duplicate.action = taken.on_the_match.and_then(|decision| decision.action);
    }
    Ok(())
}

/// The newest decisions on an incoming record.
pub(crate) struct Taken<'a> {
    /// On the match that it has now.
    pub on_the_match: Option<&'a Decision>,
    /// On another one.
    pub on_another: Option<&'a Decision>,
}

/// What was decided on the incoming record of a match. `decisions`: the newest first.
pub(crate) fn decisions_on<'a>(duplicate: &Duplicate, decisions: &'a [Decision]) -> Taken<'a> {
    let on_record = |decision: &&Decision| decision.slot == duplicate.slot && decision.record.is(&duplicate.record);
    let on_record = decisions.iter().filter(on_record);
    let (on_it, others): (Vec<&Decision>, Vec<&Decision>) =
        on_record.partition(|decision| decision.matched.is(&duplicate.matched));
    // One that was taken back since is none.
    let stands = |place: usize, decision: &Decision| {
        let mut newer = others.iter().take(place);
        decision.action.is_some() && newer.all(|newer| !newer.matched.is(&decision.matched))
    };
    let mut numbered = others.iter().enumerate();
    let on_another = numbered.find(|(place, decision)| stands(*place, decision));
    Taken {
        on_the_match: on_it.first().copied(),
        on_another: on_another.map(|(_, decision)| *decision),
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_persistence::{DecidedRecord, DuplicateAction, MatchLevel};
    use uuid::Uuid;

    use super::*;

    const JOB: Uuid = Uuid::from_u128(1);
    const STORED: DecidedRecord = DecidedRecord {
        key: 20,
        occurrence: 0,
        place: None,
    };
    const OF_RUN: DecidedRecord = of_run(300, 3);

    const fn of_run(key: u128, row: i64) -> DecidedRecord {
        DecidedRecord {
            key,
            occurrence: 0,
            place: Some((JOB, row)),
        }
    }

    fn decision(record: DecidedRecord, matched: DecidedRecord, action: Option<DuplicateAction>) -> Decision {
        Decision {
            record,
            slot: "customer".to_owned(),
            matched,
            action,
        }
    }

    /// What counts for the record with key 100 in row 5, which matches `matched`: the decision on the match, and the one on
    /// another.
    #[track_caller]
    fn check(matched: DecidedRecord, decisions: &[Decision], expected: [Option<DuplicateAction>; 2]) {
        let duplicate = Duplicate {
            id: Uuid::nil(),
            job_id: JOB,
            row_number: 5,
            slot: "customer".to_owned(),
            record_id: Uuid::from_u128(10),
            record: of_run(100, 5),
            label: String::new(),
            match_record_id: Uuid::from_u128(30),
            matched,
            level: MatchLevel::High,
            confidence: 1.0,
            reasons: Vec::new(),
            action: None,
        };
        let taken = decisions_on(&duplicate, decisions);
        let actions = [taken.on_the_match, taken.on_another].map(|decision| decision.and_then(|taken| taken.action));
        assert_eq!(actions, expected);
    }

    #[test]
    fn a_decision_is_on_two_records() {
        let merge = Some(DuplicateAction::Merge);
        let on_stored = decision(of_run(100, 5), STORED, merge);
        check(STORED, std::slice::from_ref(&on_stored), [merge, None]);
        check(OF_RUN, std::slice::from_ref(&on_stored), [None, merge]);
        // In other rows, both are known by their identities.
        check(
            OF_RUN,
            &[decision(of_run(100, 9), of_run(300, 8), merge)],
            [merge, None],
        );
        // With other identities, by their rows; and a row may be another record's first.
        check(
            OF_RUN,
            &[decision(of_run(101, 5), of_run(301, 3), merge)],
            [merge, None],
        );
        check(OF_RUN, &[decision(of_run(101, 6), of_run(300, 3), merge)], [None, None]);
        let of_vehicle = Decision {
            slot: "vehicle".to_owned(),
            ..on_stored
        };
        check(STORED, &[of_vehicle], [None, None]);
    }

    #[test]
    fn the_newest_decision_counts_also_where_it_takes_one_back() {
        let (skip, merge) = (Some(DuplicateAction::Skip), Some(DuplicateAction::Merge));
        let decided = |action| decision(of_run(100, 5), STORED, action);
        check(STORED, &[decided(skip), decided(merge)], [skip, None]);
        check(STORED, &[decided(None), decided(merge)], [None, None]);
        check(OF_RUN, &[decided(None), decided(merge)], [None, None]);
    }
}
