//! The candidate index: records in memory, and who could be the same as one.

mod blocking;
mod postings;
mod values;

pub use postings::RecordNumber;

use rustc_hash::FxHashMap;

use crate::compare::{Holders, Profile, Value, WordCounts};
use crate::given_names::is_listed;
use crate::normal::{Cells, normalise};
use crate::role::Field;
use blocking::{Keys, Strength, keys};
use postings::{CAP, Postings};
use values::{ValueId, Values, fingerprint};

/// What kind of thing a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum RecordKind {
    /// A person, perhaps with the firm they are at.
    Person,
    /// A firm without a person's name.
    Organisation,
    /// A vehicle.
    Vehicle,
}

impl RecordKind {
    fn of(values: &[(Field, String)]) -> Self {
        let has = |field| values.iter().any(|(other, _)| *other == field);
        let is_named = has(Field::Given) || has(Field::Surname);
        let is_car = has(Field::Vin) || has(Field::Make) || has(Field::Model) || has(Field::Owner);
        if is_named {
            Self::Person
        } else if has(Field::Organisation) {
            Self::Organisation
        } else if is_car || (has(Field::Plate) && !has(Field::Phone) && !has(Field::Email)) {
            Self::Vehicle
        } else {
            Self::Person
        }
    }
}

/// A record of the index.
#[derive(Debug, Clone, Copy)]
struct Stored {
    at: u32,
    length: u8,
    kind: RecordKind,
    is_present: bool,
}

/// Records that can be found by what they have in common with another one, in memory.
///
/// Nothing in it depends on the order of additions but the numbers of the records.
#[derive(Debug, Default)]
pub struct Index {
    values: Values,
    records: Vec<Stored>,
    /// The values of all records, one after the other.
    fields: Vec<(Field, ValueId)>,
    postings: Postings,
    /// Equal rows, however many: the earliest of them, and each one's next.
    equals: FxHashMap<u64, Vec<RecordNumber>>,
    with: [u32; Field::COUNT],
    present: u32,
    kinds: [u32; 3],
    words: FxHashMap<u64, u32>,
    keys: Keys,
}

/// A row that is not in the index.
#[derive(Debug)]
pub(crate) struct Row {
    values: Vec<(Field, String)>,
    pub kind: RecordKind,
}

impl Row {
    pub fn of(cells: &Cells<'_>) -> Self {
        let values = normalise(cells);
        let kind = RecordKind::of(&values);
        Self { values, kind }
    }
}

/// Room that is used again from record to record.
#[derive(Debug, Default)]
pub(crate) struct Room {
    keys: Keys,
    hits: Vec<(RecordNumber, u8)>,
    pub candidates: Vec<RecordNumber>,
}

impl Index {
    /// An index without records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record, and says its number: numbers go up by one.
    pub fn add(&mut self, cells: &Cells<'_>) -> RecordNumber {
        let Row { values, kind } = Row::of(cells);
        let number = self.records.len() as RecordNumber;
        let at = self.fields.len() as u32;
        for (field, text) in &values {
            let id = self.values.add(*field, text);
            self.fields.push((*field, id));
        }
        self.records.push(Stored {
            at,
            length: values.len() as u8,
            kind,
            is_present: true,
        });
        self.count(number, kind, 1);
        for key in self.keys_of(number, kind) {
            self.postings.add(key, number);
        }
        if !values.is_empty() {
            self.equals.entry(self.row_hash(number)).or_default().push(number);
        }
        number
    }

    /// Takes a record away: it was merged into another one, or deleted. Its number is not used again.
    pub fn remove(&mut self, number: RecordNumber) {
        let Some(stored) = self.records.get_mut(number as usize).filter(|stored| stored.is_present) else {
            return;
        };
        stored.is_present = false;
        let kind = stored.kind;
        for key in self.keys_of(number, kind) {
            self.postings.remove(key, number);
        }
        let hash = self.row_hash(number);
        if let Some(equals) = self.equals.get_mut(&hash) {
            equals.retain(|other| *other != number);
        }
        self.count(number, kind, -1);
        for at in 0..self.fields_of(number).len() {
            if let Some((_, id)) = self.fields_of(number).get(at).copied() {
                self.values.release(id);
            }
        }
    }

    /// Whether a record is there.
    pub fn is_present(&self, number: RecordNumber) -> bool {
        self.records
            .get(number as usize)
            .is_some_and(|stored| stored.is_present)
    }

    /// The blocking keys of a record, those of its kind.
    fn keys_of(&mut self, number: RecordNumber, kind: RecordKind) -> Vec<u64> {
        let mut made = std::mem::take(&mut self.keys);
        let mut profile = Profile::default();
        self.profile(number, &mut profile);
        keys(&profile, &mut made);
        drop(profile);
        let found = made.found.iter().map(|key| key.hash ^ kind as u64).collect();
        self.keys = made;
        found
    }

    /// Counts a record that comes or goes.
    fn count(&mut self, number: RecordNumber, kind: RecordKind, by: i32) {
        self.present = self.present.saturating_add_signed(by);
        if let Some(count) = self.kinds.get_mut(kind as usize) {
            *count = count.saturating_add_signed(by);
        }
        let mut last = None;
        for (field, id) in self.fields_of(number).to_vec() {
            if last != Some(field)
                && let Some(count) = self.with.get_mut(field as usize)
            {
                *count = count.saturating_add_signed(by);
            }
            last = Some(field);
            if field == Field::Organisation {
                self.count_words(id, by);
            }
        }
    }

    fn count_words(&mut self, firm: ValueId, by: i32) {
        let mut words: Vec<&[u8]> = self.values.get(firm).text.split(|sign| *sign == b' ').collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            let count = self.words.entry(fingerprint(0, &[word])).or_default();
            *count = count.saturating_add_signed(by);
        }
    }

    /// Records that are there.
    pub fn len(&self) -> usize {
        self.present as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.present == 0
    }

    /// The highest number a record has had, plus one.
    pub fn numbers(&self) -> std::ops::Range<RecordNumber> {
        0..self.records.len() as RecordNumber
    }

    /// Records of a kind.
    pub(crate) fn records_of(&self, kind: RecordKind) -> u32 {
        self.kinds.get(kind as usize).copied().unwrap_or_default()
    }

    /// What a record is.
    pub fn kind(&self, number: RecordNumber) -> Option<RecordKind> {
        self.records.get(number as usize).map(|record| record.kind)
    }

    /// The bytes it takes in memory, about.
    pub fn bytes(&self) -> usize {
        self.values.bytes()
            + self.postings.bytes()
            + self.records.capacity() * size_of::<Stored>()
            + self.fields.capacity() * size_of::<(Field, ValueId)>()
            + self.equals.capacity() * (size_of::<(u64, Vec<RecordNumber>)>() + 1)
            + self
                .equals
                .values()
                .map(|records| records.capacity() * size_of::<RecordNumber>())
                .sum::<usize>()
            + self.words.capacity() * 13
    }

    /// Fills in the values of a record.
    pub(crate) fn profile<'a>(&'a self, number: RecordNumber, profile: &mut Profile<'a>) {
        profile.clear();
        for (field, id) in self.fields_of(number) {
            let known = self.values.get(*id);
            profile.push(Value {
                field: *field,
                text: known.text,
                holders: known.holders,
                is_listed: known.is_listed,
            });
        }
    }

    /// The number of a record's first value of a field: equal values have equal numbers.
    pub(crate) fn value(&self, number: RecordNumber, field: Field) -> Option<ValueId> {
        let found = self.fields_of(number).iter().find(|(other, _)| *other == field);
        found.map(|(_, id)| *id)
    }

    fn fields_of(&self, number: RecordNumber) -> &[(Field, ValueId)] {
        let stored = self.records.get(number as usize);
        let fields = stored.and_then(|stored| {
            self.fields
                .get(stored.at as usize..stored.at as usize + usize::from(stored.length))
        });
        fields.unwrap_or_default()
    }

    /// Fills in the values of a row, as if it were one more record.
    pub(crate) fn profile_of_row<'a>(&self, row: &'a Row, profile: &mut Profile<'a>) {
        profile.clear();
        for (field, text) in &row.values {
            profile.push(Value {
                field: *field,
                text: text.as_bytes(),
                holders: self.values.holders(*field, text) + 1,
                is_listed: *field == Field::Given && is_listed(text),
            });
        }
    }

    /// Who could be the same as a record: those that share a strong key, or several weak ones, or one weak key that few have.
    pub(crate) fn candidates(
        &self,
        record: &Profile<'_>,
        kind: RecordKind,
        own: Option<RecordNumber>,
        room: &mut Room,
    ) {
        room.hits.clear();
        room.candidates.clear();
        keys(record, &mut room.keys);
        for key in &room.keys.found {
            let hash = key.hash ^ kind as u64;
            let weight = match key.strength {
                Strength::Strong => 2,
                Strength::Weak if self.postings.count(hash) <= FEW => 2,
                Strength::Weak => 1,
            };
            let others = self.postings.records(hash).filter(|other| Some(*other) != own);
            room.hits.extend(others.map(|other| (other, weight)));
        }
        let equals = self
            .equals
            .get(&row_hash(record))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let equals = equals.iter().filter(|other| Some(**other) != own).take(CAP as usize);
        room.hits.extend(equals.map(|other| (*other, 2)));
        room.hits.sort_unstable();
        let groups = room.hits.chunk_by(|one, other| one.0 == other.0);
        let found = groups.filter(|group| group.iter().map(|(_, weight)| u32::from(*weight)).sum::<u32>() >= 2);
        room.candidates
            .extend(found.filter_map(|group| group.first()).map(|(record, _)| *record));
    }

    /// Whether two records come up as candidates of each other.
    pub(crate) fn share_a_key(&self, one: RecordNumber, other: RecordNumber) -> bool {
        let (mut room, mut profile) = (Room::default(), Profile::default());
        self.profile(one, &mut profile);
        let kind = self.kind(one).unwrap_or(RecordKind::Person);
        self.candidates(&profile, kind, Some(one), &mut room);
        room.candidates.binary_search(&other).is_ok()
    }

    fn row_hash(&self, number: RecordNumber) -> u64 {
        let mut profile = Profile::default();
        self.profile(number, &mut profile);
        row_hash(&profile)
    }
}

/// The fingerprint of a whole row. The id at the source is what equal rows differ in.
fn row_hash(record: &Profile<'_>) -> u64 {
    let telling = record.values().iter().filter(|value| value.field != Field::ExternalId);
    telling.fold(0, |hash: u64, value| {
        hash.rotate_left(7) ^ fingerprint(value.field as u8, &[value.text])
    })
}

/// A weak key that no more records have is as good as a strong one.
const FEW: u32 = 6;

impl WordCounts for Index {
    fn holders(&self, word: &[u8]) -> u32 {
        self.words.get(&fingerprint(0, &[word])).copied().unwrap_or_default()
    }

    fn firms(&self) -> u32 {
        self.with(Field::Organisation)
    }
}

impl Holders for Index {
    fn with(&self, field: Field) -> u32 {
        self.with.get(field as usize).copied().unwrap_or_default()
    }
}
