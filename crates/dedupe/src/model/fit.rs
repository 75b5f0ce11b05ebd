//! Fitting the model to an organisation's own records, without labels.
//!
//! The u-probabilities come from random pairs, which are strangers nearly always. The m-probabilities of the same and of related
//! ones, and how many there are of each, come from expectation maximisation over the candidates of a sample of records (Winkler
//! 1988). The priors count as so many pairs (a Dirichlet prior), so that little data move little.

use super::neighbours::neighbours;
use super::{Model, Table, Weights};
use crate::compare::{Compared, Profile, compare};
use crate::index::{Index, RecordKind, RecordNumber, Room};
use crate::level::{Level, PerLevel, rounded};
use crate::role::{Field, PerField};
use crate::scope::Scope;

/// Below this many records of a kind its priors stay.
const FEWEST: usize = 500;
/// Records whose candidates are looked at.
const PROBES: usize = 6_000;
/// Random pairs that are compared.
const RANDOM_PAIRS: usize = 20_000;
/// For how many pairs the priors count, per field.
const PRIOR_PAIRS: f64 = 60.0;
/// Rounds at most.
const ROUNDS: usize = 15;
/// A pair whose bits are below this for both classes is a stranger's and stays one.
const HOPELESS: f64 = -9.0;

/// The model for these records.
pub(crate) fn fit(prior: &Model, index: &Index, scope: Scope) -> Model {
    let mut fitted = prior.clone();
    for kind in [RecordKind::Person, RecordKind::Organisation, RecordKind::Vehicle] {
        let numbers: Vec<RecordNumber> = index
            .numbers()
            .filter(|number| index.is_present(*number) && index.kind(*number) == Some(kind))
            .collect();
        if numbers.len() < FEWEST {
            continue;
        }
        let table = fitted.table_mut(kind);
        table.fit_strangers(index, &numbers);
        table.neighbours = neighbours(&table.neighbours, index, &numbers);
        let pairs = pairs(index, scope, kind, &numbers, table);
        fitted.fitted_pairs += pairs.compared.len() as u64;
        fitted
            .table_mut(kind)
            .fit_classes(prior.table(kind), &pairs, numbers.len() as u32);
    }
    fitted
}

impl Model {
    /// The table of a kind.
    pub(crate) fn table(&self, kind: RecordKind) -> &Table {
        match kind {
            RecordKind::Person => &self.people,
            RecordKind::Organisation => &self.firms,
            RecordKind::Vehicle => &self.vehicles,
        }
    }

    fn table_mut(&mut self, kind: RecordKind) -> &mut Table {
        match kind {
            RecordKind::Person => &mut self.people,
            RecordKind::Organisation => &mut self.firms,
            RecordKind::Vehicle => &mut self.vehicles,
        }
    }
}

/// Pairs that could be the same or related, and how many pairs they were found among.
struct Pairs {
    compared: Vec<Compared>,
    /// Pairs that the probes make with all that they may be the same as.
    universe: f64,
}

/// The candidates of a sample of records that is spread evenly.
fn pairs(index: &Index, scope: Scope, kind: RecordKind, numbers: &[RecordNumber], table: &Table) -> Pairs {
    let weights = Weights::new(table, numbers.len() as u32);
    let rows: Vec<(usize, RecordNumber)> = numbers
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, number)| scope.asks(*number))
        .collect();
    let step = rows.len().div_ceil(PROBES).max(1);
    let mut found = Pairs {
        compared: Vec::new(),
        universe: 0.0,
    };
    let mut room = Room::default();
    let (mut one, mut other) = (Profile::default(), Profile::default());
    for (before, number) in rows.into_iter().step_by(step) {
        let stored = if scope.among_new {
            before
        } else {
            numbers.partition_point(|number| *number < scope.stored)
        };
        found.universe += stored as f64;
        index.profile(number, &mut one);
        index.candidates(&one, kind, Some(number), &mut room);
        for candidate in room
            .candidates
            .iter()
            .filter(|candidate| scope.admits(number, **candidate))
        {
            index.profile(*candidate, &mut other);
            let compared = compare(&one, &other, index);
            let reached = weights.score(&compared);
            if reached.bits > HOPELESS || reached.related_bits > HOPELESS {
                found.compared.push(compared);
            }
        }
    }
    found
}

impl Table {
    /// How often strangers have each level: by random pairs.
    fn fit_strangers(&mut self, index: &Index, numbers: &[RecordNumber]) {
        let mut counts = Counts::default();
        let mut order = Order(0x9e37_79b9_7f4a_7c15);
        let (mut one, mut other) = (Profile::default(), Profile::default());
        for _ in 0..RANDOM_PAIRS {
            let (Some(first), Some(second)) = (order.pick(numbers), order.pick(numbers)) else {
                return;
            };
            if first != second {
                index.profile(first, &mut one);
                index.profile(second, &mut other);
                counts.add(&compare(&one, &other, index), 1.0);
            }
        }
        self.unrelated = counts.shares(&self.unrelated, |_| PRIOR_PAIRS);
    }

    fn fit_classes(&mut self, prior: &Self, pairs: &Pairs, records: u32) {
        for _ in 0..ROUNDS {
            let weights = Weights::new(self, records);
            let (mut same, mut related) = (Counts::default(), Counts::default());
            for compared in &pairs.compared {
                let score = weights.score(compared);
                same.add(compared, score.probability());
                related.add(compared, score.related_probability());
            }
            let scale = f64::from(records) / pairs.universe.max(1.0);
            let before = (self.expected_same, self.expected_related);
            self.expected_same = rounded((same.total + 1.0) * scale);
            self.expected_related = rounded((related.total + 0.01) * scale);
            self.same = same.shares(&prior.same, |_| PRIOR_PAIRS);
            self.keep_names(prior);
            // What makes a household is that its members differ: that is no finding, it is what the word means.
            self.related = related.shares(
                &prior.related,
                |field| if is_of_the_person(field) { 1e9 } else { PRIOR_PAIRS },
            );
            let moved = |before: f64, now: f64| (now - before).abs() > 0.001 * before;
            if !moved(before.0, self.expected_same) && !moved(before.1, self.expected_related) {
                break;
            }
        }
    }
}

impl Table {
    /// However dirty the data, records of one person rarely have two known first names, and those of one firm two names: where a
    /// fit says otherwise, it has taken neighbours for the same.
    fn keep_names(&mut self, prior: &Self) {
        for (field, most) in [(Field::Given, 4.0), (Field::Organisation, 1.5)] {
            let most = most * prior.same[field][Level::Other];
            let share = self.same[field][Level::Other];
            if share > most {
                let rest = (1.0 - most) / (1.0 - share);
                self.same[field] = PerLevel(self.same[field].0.map(|share| share * rest)).rounded();
                self.same[field][Level::Other] = most;
            }
        }
    }
}

/// What tells the members of a household apart, two branches of a firm, or two cars.
fn is_of_the_person(field: Field) -> bool {
    matches!(
        field,
        Field::Given | Field::Born | Field::Generation | Field::NameOrder | Field::Vin
    )
}

/// Levels that were seen, by field.
struct Counts {
    levels: PerField<PerLevel>,
    total: f64,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            levels: PerField::all(PerLevel([0.0; Level::COUNT])),
            total: 0.0,
        }
    }
}

impl Counts {
    fn add(&mut self, compared: &Compared, weight: f64) {
        self.total += weight;
        for field in Field::ALL {
            if let Some(level) = compared.levels[field] {
                self.levels[field][level] += weight;
            }
        }
    }

    /// The shares of the levels, with a prior that counts for so many pairs.
    fn shares(&self, prior: &PerField<PerLevel>, pairs: impl Fn(Field) -> f64) -> PerField<PerLevel> {
        let mut shares = *prior;
        for field in Field::ALL {
            let pairs = pairs(field);
            let total: f64 = self.levels[field].0.iter().sum::<f64>() + pairs;
            for level in Level::ALL {
                shares[field][level] = (self.levels[field][level] + pairs * prior[field][level]) / total;
            }
            shares[field] = shares[field].rounded();
        }
        shares
    }
}

/// Numbers without a pattern, the same every time (xorshift, Marsaglia 2003).
struct Order(u64);

impl Order {
    fn pick(&mut self, numbers: &[RecordNumber]) -> Option<RecordNumber> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let at = (u128::from(self.0) * numbers.len() as u128) >> 64;
        numbers.get(at as usize).copied()
    }
}
