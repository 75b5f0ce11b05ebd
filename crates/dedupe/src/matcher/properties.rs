//! What holds for any records, with the model pinned.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{Index, Matcher, Model, Role, Scope};

type Row = Vec<(Role, String)>;

/// One of few values, so that rows have much in common, or none.
fn cell(role: Role, values: &'static [&'static str]) -> impl Strategy<Value = (Role, String)> {
    prop::sample::select(values).prop_map(move |text| (role, text.to_owned()))
}

fn row() -> impl Strategy<Value = Row> {
    (
        cell(
            Role::GivenName,
            &["", "John", "Jon", "Susan", "Sue", "Smith", "J", "Qxvt"],
        ),
        cell(Role::Surname, &["", "Smith", "Smyth", "Hartley", "John", "Kowalski"]),
        cell(
            Role::Phone,
            &["", "07700 900123", "07700 900132", "01632 960001 / 07700 900123", "TBA"],
        ),
        cell(Role::Email, &["", "js@a.example", "j.s@a.example", "info@b.example"]),
        cell(
            Role::Street,
            &["", "12 Mill Road", "12 Mill Rd", "57 Mill Road", "3 Tannery Lane"],
        ),
        cell(Role::Postcode, &["", "Q7 1AB", "Q7 1AC", "Q12 2AB"]),
        cell(
            Role::Organisation,
            &["", "", "Hartley Haulage Ltd", "Hartley Haulage & Sons"],
        ),
    )
        .prop_map(|(given, surname, phone, email, street, postcode, firm)| {
            vec![given, surname, phone, email, street, postcode, firm]
        })
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), 2..24)
}

fn index_of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Index {
    let mut index = Index::new();
    for row in rows {
        let cells: Vec<(Role, &str)> = row.iter().map(|(role, text)| (*role, text.as_str())).collect();
        index.add(&cells);
    }
    index
}

/// The bits of every pair that is suggested, by the places of its rows in `places`, the lower first.
fn pairs(index: &Index, places: &[u32]) -> BTreeMap<(u32, u32), i64> {
    let model = Model::shipped();
    let mut matcher = Matcher::new(index, &model);
    let mut pairs = BTreeMap::new();
    for record in index.numbers() {
        for suggestion in matcher.find(record, Scope::ALL, usize::MAX).suggestions {
            let (one, other) = (places[record as usize], places[suggestion.record as usize]);
            // Sums of the same terms in the same order; millionths are far below what anybody sees.
            pairs.insert((one.min(other), one.max(other)), (suggestion.bits * 1e6).round() as i64);
        }
    }
    pairs
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_no_pair(rows in rows(), by in 1_usize..24) {
        let straight: Vec<u32> = (0..rows.len() as u32).collect();
        let mut turned = straight.clone();
        turned.rotate_left(by % rows.len());
        turned.reverse();
        let before = pairs(&index_of(&rows), &straight);
        let after = pairs(&index_of(turned.iter().map(|at| &rows[*at as usize])), &turned);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn chunks_change_nothing(rows in rows(), at in 0_usize..24) {
        let index = index_of(&rows);
        let model = Model::shipped();
        let whole: Vec<_> = {
            let mut matcher = Matcher::new(&index, &model);
            index.numbers().map(|record| matcher.find(record, Scope::ALL, 3)).collect()
        };
        let (first, second): (Vec<u32>, Vec<u32>) = index.numbers().partition(|record| (*record as usize) < at);
        let mut in_chunks = Vec::new();
        for chunk in [first, second] {
            let mut matcher = Matcher::new(&index, &model);
            in_chunks.extend(chunk.into_iter().map(|record| matcher.find(record, Scope::ALL, 3)));
        }
        prop_assert_eq!(whole, in_chunks);
    }

    #[test]
    fn a_record_that_came_and_went_leaves_nothing(rows in rows(), extra in row(), asked in row()) {
        let cells: Vec<(Role, &str)> = asked.iter().map(|(role, text)| (*role, text.as_str())).collect();
        let model = Model::shipped();
        let mut index = index_of(&rows);
        let before = Matcher::new(&index, &model).find_row(&cells, 3);
        let extra: Vec<(Role, &str)> = extra.iter().map(|(role, text)| (*role, text.as_str())).collect();
        let number = index.add(&extra);
        index.remove(number);
        prop_assert_eq!(before, Matcher::new(&index, &model).find_row(&cells, 3));
    }

    /// One more among the records changes each share, and the prior, by no more than that.
    #[test]
    fn an_unrelated_record_moves_a_pair_by_less_than_a_bit(rows in prop::collection::vec(row(), 12..24)) {
        let places: Vec<u32> = (0..=rows.len() as u32).collect();
        let before = pairs(&index_of(&rows), &places);
        let stranger: Row = vec![(Role::GivenName, "Zebedee".to_owned()), (Role::Surname, "Quillfeather".to_owned()), (Role::Town, "Nowhere".to_owned())];
        let after = pairs(&index_of(rows.iter().chain([&stranger])), &places);
        for (pair, bits) in &before {
            let moved = after.get(pair).map(|after| (after - bits).abs());
            prop_assert!(moved.is_none_or(|moved| moved < 1_000_000), "{:?} moved by {:?}", pair, moved);
            // What is gone was at the border.
            prop_assert!(moved.is_some() || *bits < 1_000_000, "{:?} is gone", pair);
        }
    }
}
