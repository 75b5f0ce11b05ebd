//! The priors that are shipped. A new set gets a new version: what was decided by an older one must stay explicable.
//!
//! Where they come from: rates of slips, swaps and gaps in names, addresses and numbers as the generators of labelled people
//! (FEBRL, and ours in `cargo xtask bench match`) assume them after studies of typing errors; shares that households have in
//! common as they follow from what a household is. They are rounded on purpose: the re-fit moves them to what the data say.

use super::{Neighbours, Table};
use crate::level::{Level, PerLevel};
use crate::role::{Field, PerField};

/// Which set this is.
pub(super) const VERSION: &str = "2026-11";

/// Per field: of a thousand that are the same, of a thousand related ones, and of a million strangers, how many have each level, in
/// the order of `Level`: same, nickname, close, part, alike, vague, odd, other. Of strangers, `same` is a stand-in, for it is taken
/// from the values.
type Rows = &'static [(Field, [u32; 8], [u32; 8], [u32; 8])];

const PEOPLE: Rows = &[
    (
        Field::Given,
        [740, 40, 80, 40, 30, 20, 35, 15],
        [5, 1, 2, 6, 5, 15, 106, 860],
        [5000, 1000, 1000, 3000, 4000, 40_000, 310_000, 636_000],
    ),
    (
        Field::Surname,
        [800, 1, 80, 25, 25, 20, 1, 48],
        [850, 1, 30, 20, 8, 11, 1, 79],
        [2000, 1000, 1000, 3000, 3000, 40_000, 1000, 949_000],
    ),
    (
        Field::NameOrder,
        [960, 0, 0, 0, 0, 0, 0, 40],
        [995, 0, 0, 0, 0, 0, 0, 5],
        [990_000, 0, 0, 0, 0, 0, 0, 10_000],
    ),
    (
        Field::Generation,
        [700, 0, 0, 200, 0, 0, 0, 100],
        [50, 0, 0, 600, 0, 0, 0, 350],
        [300_000, 0, 0, 400_000, 0, 0, 0, 300_000],
    ),
    (
        Field::Organisation,
        [700, 1, 60, 60, 30, 20, 1, 128],
        [300, 1, 10, 20, 10, 10, 1, 648],
        [1000, 1000, 2000, 3000, 5000, 30_000, 1000, 957_000],
    ),
    (
        Field::Phone,
        [680, 1, 60, 30, 20, 1, 1, 207],
        [450, 1, 4, 4, 1, 1, 1, 538],
        [1, 1, 30, 60, 300, 1, 1, 999_606],
    ),
    (
        Field::Email,
        [640, 1, 60, 40, 30, 20, 1, 208],
        [250, 1, 5, 20, 10, 20, 1, 693],
        [1, 1, 30, 500, 200, 2000, 1, 997_267],
    ),
    (
        Field::Postcode,
        [800, 1, 80, 20, 15, 1, 1, 82],
        [930, 1, 15, 5, 2, 1, 1, 45],
        [2000, 1000, 4000, 10_000, 10_000, 1000, 1000, 971_000],
    ),
    (
        Field::Town,
        [780, 1, 80, 20, 20, 20, 1, 78],
        [920, 1, 15, 5, 5, 5, 1, 48],
        [10_000, 1000, 2000, 5000, 5000, 40_000, 1000, 936_000],
    ),
    (
        Field::Street,
        [700, 1, 120, 20, 40, 25, 1, 93],
        [900, 1, 30, 10, 10, 5, 1, 43],
        [2000, 1000, 2000, 3000, 4000, 50_000, 1000, 937_000],
    ),
    (
        Field::House,
        [820, 1, 60, 20, 1, 1, 1, 96],
        [920, 1, 15, 10, 1, 1, 1, 51],
        [10_000, 1000, 60_000, 5000, 1000, 1000, 1000, 921_000],
    ),
    (
        Field::Born,
        [840, 1, 80, 1, 30, 1, 1, 46],
        [3, 1, 8, 1, 60, 1, 1, 925],
        [1000, 1000, 3000, 1000, 40_000, 1000, 1000, 952_000],
    ),
    (
        Field::Plate,
        [700, 10, 30, 1, 1, 1, 1, 256],
        [450, 5, 5, 1, 1, 1, 1, 536],
        [1, 5, 60, 1, 1, 1, 1, 999_930],
    ),
    (
        Field::Vin,
        [900, 10, 30, 10, 5, 1, 1, 43],
        [450, 5, 5, 1, 1, 1, 1, 536],
        [1, 1, 2, 20, 10, 1, 1, 999_964],
    ),
    (
        Field::Make,
        [800, 1, 50, 20, 5, 5, 1, 118],
        [600, 1, 10, 5, 5, 5, 1, 373],
        [50_000, 1000, 2000, 5000, 5000, 20_000, 1000, 916_000],
    ),
    (
        Field::Model,
        [800, 1, 50, 40, 10, 10, 1, 88],
        [500, 1, 10, 10, 5, 10, 1, 463],
        [20_000, 1000, 2000, 10_000, 5000, 20_000, 1000, 941_000],
    ),
    (
        Field::ExternalId,
        [600, 0, 0, 0, 0, 0, 0, 400],
        [1, 0, 0, 0, 0, 0, 0, 999],
        [1000, 0, 0, 0, 0, 0, 0, 999_000],
    ),
];

const FIRMS: Rows = &[
    (
        Field::Organisation,
        [600, 1, 170, 110, 70, 30, 1, 18],
        [700, 1, 120, 120, 40, 10, 1, 8],
        [1000, 1000, 2000, 6000, 6000, 60_000, 1000, 923_000],
    ),
    (
        Field::Phone,
        [750, 1, 40, 30, 15, 1, 1, 162],
        [60, 1, 20, 5, 10, 1, 1, 902],
        [1, 1, 30, 60, 300, 1, 1, 999_606],
    ),
    (
        Field::Email,
        [640, 1, 60, 80, 30, 20, 1, 168],
        [250, 1, 5, 150, 10, 20, 1, 563],
        [1, 1, 30, 500, 200, 2000, 1, 997_267],
    ),
    (
        Field::Postcode,
        [800, 1, 80, 20, 15, 1, 1, 82],
        [30, 1, 10, 30, 10, 1, 1, 917],
        [2000, 1000, 4000, 10_000, 10_000, 1000, 1000, 971_000],
    ),
    (
        Field::Town,
        [700, 1, 60, 60, 20, 20, 1, 138],
        [250, 1, 10, 10, 5, 40, 1, 683],
        [30_000, 1000, 2000, 5000, 5000, 40_000, 1000, 916_000],
    ),
    (
        Field::Street,
        [600, 1, 110, 90, 60, 40, 1, 98],
        [20, 1, 10, 10, 10, 50, 1, 898],
        [4000, 1000, 3000, 4000, 6000, 50_000, 1000, 931_000],
    ),
    (
        Field::House,
        [840, 1, 50, 30, 1, 1, 1, 76],
        [15, 1, 60, 5, 1, 1, 1, 916],
        [10_000, 1000, 60_000, 5000, 1000, 1000, 1000, 921_000],
    ),
];

const VEHICLES: Rows = &[
    (
        Field::Plate,
        [820, 20, 50, 5, 5, 5, 1, 94],
        [800, 10, 10, 1, 1, 1, 1, 176],
        [1, 5, 60, 1, 1, 1, 1, 999_930],
    ),
    (
        Field::Vin,
        [890, 20, 40, 30, 5, 1, 1, 13],
        [2, 1, 5, 1, 5, 1, 1, 984],
        [1, 1, 2, 20, 10, 1, 1, 999_964],
    ),
    (
        Field::Make,
        [900, 1, 40, 20, 5, 5, 1, 28],
        [150, 1, 5, 5, 5, 20, 1, 813],
        [50_000, 1000, 2000, 5000, 5000, 20_000, 1000, 916_000],
    ),
    (
        Field::Model,
        [800, 1, 60, 60, 20, 10, 1, 48],
        [50, 1, 5, 10, 5, 20, 1, 908],
        [20_000, 1000, 2000, 10_000, 5000, 20_000, 1000, 941_000],
    ),
    (
        Field::Colour,
        [850, 1, 30, 20, 5, 5, 1, 88],
        [150, 1, 5, 5, 5, 20, 1, 813],
        [150_000, 1000, 5000, 5000, 5000, 20_000, 1000, 813_000],
    ),
    (
        Field::Year,
        [920, 0, 0, 0, 0, 0, 0, 80],
        [80, 0, 0, 0, 0, 0, 0, 920],
        [80_000, 0, 0, 0, 0, 0, 0, 920_000],
    ),
    (
        Field::Owner,
        [600, 20, 80, 60, 20, 10, 1, 209],
        [600, 20, 80, 60, 20, 10, 1, 209],
        [1000, 1000, 1000, 3000, 3000, 40_000, 1000, 950_000],
    ),
];

pub(super) fn people() -> Table {
    table(PEOPLE, 0.2, 0.1)
}

pub(super) fn firms() -> Table {
    table(FIRMS, 0.2, 0.05)
}

pub(super) fn vehicles() -> Table {
    table(VEHICLES, 0.2, 0.02)
}

fn table(rows: Rows, expected_same: f64, expected_related: f64) -> Table {
    // A field that has no row says nothing.
    let even = PerField::all(PerLevel([0.125; Level::COUNT]));
    let mut table = Table {
        same: even,
        related: even,
        unrelated: even,
        expected_same,
        expected_related,
        neighbours: Neighbours {
            town_in_postcode: 0.6,
            street_in_postcode: 0.1,
            street_in_town: 0.02,
            house_in_street: 0.05,
        },
    };
    for (field, same, related, unrelated) in rows {
        table.same[*field] = shares(same);
        table.related[*field] = shares(related);
        table.unrelated[*field] = shares(unrelated);
    }
    table
}

/// Counts as shares. None counts a little, for what has never been seen may happen.
fn shares(counts: &[u32; 8]) -> PerLevel {
    let raised = counts.map(|count| f64::from(count).max(0.2));
    let total: f64 = raised.iter().sum();
    PerLevel(raised.map(|count| count / total)).rounded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_distribution() {
        for (field, same, related, unrelated) in [PEOPLE, FIRMS, VEHICLES].concat() {
            for (row, total) in [(same, 1000), (related, 1000), (unrelated, 1_000_000)] {
                assert_eq!(row.iter().sum::<u32>(), total, "{field}: {row:?}");
            }
        }
    }
}
