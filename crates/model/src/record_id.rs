//! The ids of the records that a run creates: computed from where a record stands first, not dealt.
//!
//! An id is a UUID of version 7 (RFC 9562, section 5.7), most significant bits first:
//!
//! | Bits | What |
//! |--:|---|
//! | 48 | the milliseconds at which the run was made, as the run's own id has them |
//! | 4 | the version, 7 |
//! | 12 | the table: its ordinal in the run |
//! | 2 | the variant, binary 10 |
//! | 32 | the row, as a person sees it |
//! | 6 | what of the row it is, see [`RowPart`] |
//! | 24 | a fingerprint of the run's id |
//!
//! So an id depends on nothing but run and place: not on who computes it, when, or together with what else. The records of a
//! run, of a table and of a row each have ids next to each other, and an id says where its record came from.

use std::ops::RangeInclusive;

use crate::entity::{EntityKind, Slot};
use crate::field::FieldKind;
use crate::fold::hash128;

/// Tables that a run may have.
pub const MAX_TABLES: u64 = 1 << TABLE_BITS;
/// The highest row that an id can name.
pub const MAX_ROW: u64 = u32::MAX as u64;

const TABLE_BITS: u32 = 12;
const PART_BITS: u32 = 6;
const TAG_BITS: u32 = 24;
const ROW_SHIFT: u32 = PART_BITS + TAG_BITS;
const TABLE_SHIFT: u32 = 64;
const TIME_SHIFT: u32 = 80;
const VERSION: u128 = 7 << 76;
const VARIANT: u128 = 0b10 << 62;

/// What of a row becomes a record: one of its own records, or a lookup that it only mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowPart {
    /// The record in this slot.
    Record(Slot),
    /// The lookup that is named by this field of the record in this slot.
    Lookup(Slot, &'static str),
}

/// Every part of a row with its number. A number stands in ids and is never given to anything else.
const PARTS: &[(u8, RowPart)] = &[
    (0, RowPart::Record(Slot::Main(EntityKind::CustomerGroup))),
    (1, RowPart::Record(Slot::Main(EntityKind::ProductFamily))),
    (2, RowPart::Record(Slot::Main(EntityKind::Location))),
    (3, RowPart::Record(Slot::Main(EntityKind::Supplier))),
    (4, RowPart::Record(Slot::Main(EntityKind::Product))),
    (5, RowPart::Record(Slot::Main(EntityKind::LabourUnit))),
    (6, RowPart::Record(Slot::Main(EntityKind::Customer))),
    (7, RowPart::Record(Slot::Main(EntityKind::CustomerAddress))),
    (8, RowPart::Record(Slot::BillingAddress)),
    (9, RowPart::Record(Slot::ShippingAddress)),
    (10, RowPart::Record(Slot::Main(EntityKind::Vehicle))),
    (11, RowPart::Record(Slot::Main(EntityKind::WorkOrder))),
    (12, RowPart::Record(Slot::Main(EntityKind::WorkOrderNote))),
    (13, RowPart::Record(Slot::Main(EntityKind::WorkOrderPart))),
    (14, RowPart::Record(Slot::Main(EntityKind::WorkOrderLabour))),
    (15, RowPart::Record(Slot::Main(EntityKind::Invoice))),
    (16, RowPart::Record(Slot::Main(EntityKind::Payment))),
    (17, RowPart::Record(Slot::Main(EntityKind::Reminder))),
    (18, RowPart::Record(Slot::Main(EntityKind::Device))),
    (19, RowPart::Record(Slot::Main(EntityKind::RewardCode))),
    (40, RowPart::Lookup(Slot::Main(EntityKind::Product), "family")),
    (41, RowPart::Lookup(Slot::Main(EntityKind::Customer), "customer_group")),
    (42, RowPart::Lookup(Slot::Main(EntityKind::Customer), "location")),
    (43, RowPart::Lookup(Slot::Main(EntityKind::Vehicle), "location")),
    (44, RowPart::Lookup(Slot::Main(EntityKind::WorkOrder), "location")),
    (45, RowPart::Lookup(Slot::Main(EntityKind::Device), "location")),
];

impl RowPart {
    /// Every part that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        PARTS.iter().map(|(_, part)| *part)
    }

    /// Its number, from 0 to 63. `None`: a field that names no lookup.
    pub fn number(self) -> Option<u8> {
        let known = PARTS.iter().find(|(_, part)| *part == self);
        known.map(|(number, _)| *number)
    }

    /// The part with this [`number`](Self::number).
    pub fn from_number(number: u8) -> Option<Self> {
        let known = PARTS.iter().find(|(known, _)| *known == number);
        known.map(|(_, part)| *part)
    }

    /// The kind of record that it becomes.
    pub fn entity(self) -> EntityKind {
        match self {
            Self::Record(slot) => slot.entity(),
            Self::Lookup(slot, name) => {
                let of = slot.entity();
                let field = of.fields().iter().find(|spec| spec.name == name);
                match field.map(|spec| spec.kind) {
                    Some(FieldKind::Reference { to, .. }) => to,
                    _ => of,
                }
            }
        }
    }
}

/// Where a record of a run stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordPlace {
    table: u16,
    row: u32,
    part: u8,
}

impl RecordPlace {
    /// The place in the table with this ordinal, in this row. `None` where no id can name it: beyond [`MAX_TABLES`] or
    /// [`MAX_ROW`], or for a field that names no lookup.
    pub fn new(table: i64, row: i64, part: RowPart) -> Option<Self> {
        let table = u16::try_from(table)
            .ok()
            .filter(|table| u64::from(*table) < MAX_TABLES)?;
        let row = u32::try_from(row).ok()?;
        let part = part.number()?;
        Some(Self { table, row, part })
    }

    /// The ordinal of the table.
    pub fn table(self) -> i64 {
        self.table.into()
    }

    /// The row as a person sees it.
    pub fn row(self) -> i64 {
        self.row.into()
    }

    /// The number of what of the row it is.
    pub fn part_number(self) -> i64 {
        self.part.into()
    }

    /// What of the row it is.
    pub fn part(self) -> Option<RowPart> {
        RowPart::from_number(self.part)
    }
}

/// The ids of one run's records.
///
/// ```
/// use torqueflow_model::{EntityKind, RecordPlace, RowPart, RunIds, Slot};
/// let ids = RunIds::of(0x0199_33a0_1c00_7abc_8def_0123_4567_89ab);
/// let place = RecordPlace::new(2, 17, RowPart::Record(Slot::Main(EntityKind::Vehicle))).unwrap();
/// let id = ids.id(place);
/// assert_eq!(ids.place(id), Some(place));
/// assert!(ids.of_table(2).contains(&id) && !ids.of_table(3).contains(&id));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunIds {
    /// What the ids of all places have in common, but for the fingerprint.
    base: u128,
    tag: u128,
}

impl RunIds {
    /// Those of the run with this id, which is a UUID of version 7 itself.
    pub fn of(run_id: u128) -> Self {
        let tag = hash128([run_id.to_be_bytes().as_slice()]) & mask(TAG_BITS);
        Self {
            base: run_id >> TIME_SHIFT << TIME_SHIFT | VERSION | VARIANT,
            tag,
        }
    }

    /// The id of the record of this place.
    pub fn id(self, place: RecordPlace) -> u128 {
        let (table, row, part) = (place.table.into(), place.row.into(), place.part.into());
        self.joined(table, row, part, self.tag)
    }

    /// The place of the record with this id. `None` for ids that are none of this run's.
    pub fn place(self, id: u128) -> Option<RecordPlace> {
        let part = |shift: u32, bits: u32| id >> shift & mask(bits);
        let place = RecordPlace {
            table: part(TABLE_SHIFT, TABLE_BITS).try_into().ok()?,
            row: part(ROW_SHIFT, 32).try_into().ok()?,
            part: part(TAG_BITS, PART_BITS).try_into().ok()?,
        };
        (self.id(place) == id && place.part().is_some()).then_some(place)
    }

    /// What the last six hexadecimal digits of each id are, in small letters. Between the ids of a run there may be those of
    /// others, made in the same millisecond; these end otherwise.
    pub fn ending(self) -> String {
        format!("{:06x}", self.tag)
    }

    /// The first and the last that an id of this run can be.
    pub fn of_run(self) -> RangeInclusive<u128> {
        let first = self.of_table(0);
        let last = self.of_table(mask(TABLE_BITS) as i64);
        *first.start()..=*last.end()
    }

    /// The first and the last that an id of the table with this ordinal can be.
    pub fn of_table(self, table: i64) -> RangeInclusive<u128> {
        let table = table as u128 & mask(TABLE_BITS);
        let first = self.joined(table, 0, 0, 0);
        let last = self.joined(table, mask(32), mask(PART_BITS), mask(TAG_BITS));
        first..=last
    }

    fn joined(self, table: u128, row: u128, part: u128, tag: u128) -> u128 {
        self.base | table << TABLE_SHIFT | row << ROW_SHIFT | part << TAG_BITS | tag
    }
}

const fn mask(bits: u32) -> u128 {
    (1 << bits) - 1
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use proptest::test_runner::{Config, RngSeed, TestRunner};

    use super::*;
    use crate::field::OnMissing;

    const RUN: u128 = 0x0199_33a0_1c00_7abc_8def_0123_4567_89ab;

    fn place(table: i64, row: i64, part: u8) -> RecordPlace {
        RecordPlace::new(table, row, RowPart::from_number(part).unwrap()).unwrap()
    }

    #[track_caller]
    fn check(table: i64, row: i64, part: u8, expected: u128) {
        let ids = RunIds::of(RUN);
        let id = ids.id(place(table, row, part));
        assert_eq!(format!("{id:032x}"), format!("{:032x}", expected | ids.tag));
    }

    #[test]
    fn each_part_of_a_place_has_its_bits() {
        check(0, 0, 0, 0x0199_33a0_1c00_7000_8000_0000_0000_0000);
        check(0, 1, 0, 0x0199_33a0_1c00_7000_8000_0000_4000_0000);
        check(0, 2, 6, 0x0199_33a0_1c00_7000_8000_0000_8600_0000);
        check(1, 0, 45, 0x0199_33a0_1c00_7001_8000_0000_2d00_0000);
        check(4095, 0, 0, 0x0199_33a0_1c00_7fff_8000_0000_0000_0000);
        check(4095, 4_294_967_295, 19, 0x0199_33a0_1c00_7fff_bfff_ffff_d300_0000);
    }

    #[test]
    fn every_slot_and_every_lookup_that_a_row_can_name_has_a_number_of_its_own() {
        let mut expected = vec![Slot::BillingAddress, Slot::ShippingAddress];
        expected.extend(EntityKind::ALL.map(Slot::Main));
        let lookups = EntityKind::ALL.into_iter().flat_map(|kind| {
            let fields = kind.fields().iter();
            let named = fields.filter(|spec| {
                let makes = OnMissing::CreateLookup;
                matches!(spec.kind, FieldKind::Reference { to, on_missing } if to.is_lookup() || on_missing == makes)
            });
            named.map(move |spec| RowPart::Lookup(Slot::Main(kind), spec.name))
        });
        let expected: HashSet<RowPart> = expected.into_iter().map(RowPart::Record).chain(lookups).collect();
        assert_eq!(RowPart::all().collect::<HashSet<_>>(), expected);
        let numbers: HashSet<u8> = expected.iter().map(|part| part.number().unwrap()).collect();
        assert_eq!(numbers.len(), expected.len());
        assert!(numbers.iter().all(|number| *number < 1 << PART_BITS));
        for part in expected {
            assert_eq!(RowPart::from_number(part.number().unwrap()), Some(part));
            if let RowPart::Lookup(..) = part {
                assert!(part.entity().is_lookup(), "{part:?}");
            }
        }
    }

    #[test]
    fn what_no_id_can_name_is_no_place() {
        let customer = RowPart::Record(Slot::Main(EntityKind::Customer));
        for (table, row, part) in [
            (4096, 2, customer),
            (-1, 2, customer),
            (0, 1 << 32, customer),
            (0, -1, customer),
            (0, 2, RowPart::Lookup(Slot::Main(EntityKind::Customer), "email")),
        ] {
            assert_eq!(RecordPlace::new(table, row, part), None, "{table} {row} {part:?}");
        }
    }

    #[test]
    fn ids_of_others_have_no_place() {
        let ids = RunIds::of(RUN);
        let id = ids.id(place(3, 7, 6));
        // Another version, another variant, a part that there is none of, another ending, another millisecond.
        for bit in [76, 62, 29, 0, 80] {
            assert_eq!(ids.place(id ^ 1 << bit), None, "bit {bit}");
        }
        assert_eq!(ids.place(RUN), None);
    }

    fn places() -> impl Strategy<Value = RecordPlace> {
        let parts: Vec<u8> = PARTS.iter().map(|(number, _)| *number).collect();
        (0_i64..4096, any::<u32>(), prop::sample::select(parts))
            .prop_map(|(table, row, part)| place(table, row.into(), part))
    }

    /// UUIDs of version 7.
    fn runs() -> impl Strategy<Value = u128> {
        any::<u128>().prop_map(|bits| bits & !(0xf << 76 | 0b11 << 62) | VERSION | VARIANT)
    }

    #[track_caller]
    fn for_all<S: Strategy>(strategy: S, holds: impl Fn(S::Value)) {
        let config = Config {
            rng_seed: RngSeed::Fixed(7),
            failure_persistence: None,
            ..Config::default()
        };
        let outcome = TestRunner::new(config).run(&strategy, |value| {
            holds(value);
            Ok(())
        });
        outcome.unwrap();
    }

    #[test]
    fn an_id_leads_back_to_its_place_and_stands_in_all_of_its_ranges() {
        for_all((runs(), places()), |(run, place)| {
            let ids = RunIds::of(run);
            let id = ids.id(place);
            assert_eq!(ids.place(id), Some(place));
            assert!(ids.of_run().contains(&id) && ids.of_table(place.table()).contains(&id));
            assert!(!ids.of_table((place.table() + 1) % 4096).contains(&id));
            assert!(format!("{id:032x}").ends_with(&ids.ending()));
        });
    }

    #[test]
    fn every_id_is_of_version_7_and_has_the_runs_time() {
        for_all((runs(), places()), |(run, place)| {
            let id = RunIds::of(run).id(place);
            assert_eq!((id >> 76 & 0xf, id >> 62 & 0b11), (7, 0b10));
            assert_eq!(id >> TIME_SHIFT, run >> TIME_SHIFT);
        });
    }

    #[test]
    fn ids_ascend_by_table_row_and_part() {
        for_all((runs(), places(), places()), |(run, one, other)| {
            let ids = RunIds::of(run);
            let order = |place: RecordPlace| (place.table(), place.row(), place.part_number());
            assert_eq!(ids.id(one).cmp(&ids.id(other)), order(one).cmp(&order(other)));
        });
    }

    #[test]
    fn runs_share_no_id_even_when_they_were_made_in_the_same_millisecond() {
        for_all((runs(), any::<u64>(), places(), places()), |(run, bits, one, other)| {
            let random = mask(62);
            let neighbour = run & !random | u128::from(bits) & random;
            let (ids, others) = (RunIds::of(run), RunIds::of(neighbour));
            if ids.tag == others.tag {
                assert_eq!(
                    run, neighbour,
                    "one pair in sixteen millions may share its ending, and none here does"
                );
                return;
            }
            assert_ne!(ids.id(one), others.id(other));
            assert_eq!(others.place(ids.id(one)), None);
        });
    }
}
