//! What no order of rows changes in a profile, and what no split into parts changes.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use torqueflow_cleanup::{ColumnProfiler, Expected, IdVerdict, IdentityVote, Portrait, PortraitRule};
use torqueflow_model::{Cell, ColumnProfile, Repeats};

fn profiler(texts: &[String], expected: Expected) -> ColumnProfiler {
    let mut column = ColumnProfiler::new(expected);
    for text in texts {
        column.observe(&Cell::text(text.clone()));
    }
    column
}

/// What does not depend on the order of rows.
fn unordered(mut profile: ColumnProfile) -> ColumnProfile {
    profile.repeats = Repeats::default();
    profile
}

/// Values as columns hold them, many of them more than once.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        any::<String>(),
        "[A-C][0-9]{1,2}",
        "[A-Z]{2}[0-9]{2} ?[A-Z]{3}",
        "0[17][0-9]{3} ?[0-9]{5,6}",
        "[0-9]{1,3}[.,][0-9]{1,3}",
        "[0-9]{2}/[0-9]{2}/20[0-9]{2}",
        "(Yes|no|1|0|TBA|N/A|-)",
        "[a-z]{1,4}@[a-z]{1,4}\\.example",
        "1\\.[0-9]{3,5}E\\+[0-9]{2}",
    ]
}

/// Ids with names beside them, from few of each, so that they meet.
fn row() -> impl Strategy<Value = (String, String, String)> {
    let name = |names: &'static [&'static str]| prop::sample::select(names).prop_map(str::to_owned);
    (
        "(C[0-9]{1,2}|10[0-9](\\.0)?)",
        name(&["Amy", "Bob", "Cat", "Dee", ""]),
        name(&["Lock", "Mill", "Nash", "Pool", ""]),
    )
}

fn vote(rows: &[(u64, (String, String, String))]) -> IdentityVote {
    let mut vote = IdentityVote::new(PortraitRule::Person);
    for (number, (id, given, family)) in rows {
        let mut portrait = Portrait::default();
        portrait.add_name(0, given);
        portrait.add_name(1, family);
        vote.observe(*number, &Cell::text(id.clone()), &portrait);
    }
    vote
}

/// Whether the column is the id, and which ids are of different records.
fn verdict(vote: &IdentityVote) -> (bool, Vec<String>) {
    match vote.verdict(false) {
        IdVerdict::Identifies(conflicts) => {
            let mut ids: Vec<String> = conflicts.into_iter().map(|conflict| conflict.id).collect();
            ids.sort_unstable();
            (true, ids)
        }
        IdVerdict::Differs { .. } | IdVerdict::LostDigits(_) => (false, Vec::new()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn shuffled_rows_have_the_same_profile(
        (texts, shuffled) in prop::collection::vec(value(), 0..200)
            .prop_flat_map(|texts| (Just(texts.clone()), Just(texts).prop_shuffle())),
        dates in any::<bool>(),
        numbers in any::<bool>(),
    ) {
        let expected = Expected { dates, numbers };
        prop_assert_eq!(
            unordered(profiler(&texts, expected).profile()),
            unordered(profiler(&shuffled, expected).profile())
        );
    }

    #[test]
    fn parts_taken_together_are_the_whole(
        texts in prop::collection::vec(value(), 0..200),
        cuts in prop::collection::vec(0_usize..200, 0..5),
        dates in any::<bool>(),
        numbers in any::<bool>(),
    ) {
        let expected = Expected { dates, numbers };
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(texts.len())).collect();
        cuts.extend([0, texts.len()]);
        cuts.sort_unstable();
        let mut merged = ColumnProfiler::new(expected);
        for part in cuts.windows(2) {
            merged.merge(&profiler(&texts[part[0]..part[1]], expected));
        }
        // Rows that come after a merge are read as if there had been none.
        let mut whole = profiler(&texts, expected);
        for column in [&mut merged, &mut whole] {
            for text in &texts {
                column.observe(&Cell::text(text.clone()));
            }
        }
        prop_assert_eq!(merged.profile(), whole.profile());
        prop_assert_eq!(merged.dates(), whole.dates());
        prop_assert_eq!(merged.numbers(), whole.numbers());
        prop_assert_eq!(merged.texts(), whole.texts());
    }

    #[test]
    fn shuffled_rows_have_the_same_ids(
        (rows, shuffled) in prop::collection::vec(row(), 0..60).prop_flat_map(|rows| {
            let rows: Vec<_> = (2..).zip(rows).collect();
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
        at in 0_usize..60,
    ) {
        let whole = verdict(&vote(&rows));
        prop_assert_eq!(&verdict(&vote(&shuffled)), &whole);
        let (before, behind) = rows.split_at(at.min(rows.len()));
        let mut merged = vote(before);
        merged.merge(&vote(behind));
        prop_assert_eq!(verdict(&merged), whole);
    }
}
