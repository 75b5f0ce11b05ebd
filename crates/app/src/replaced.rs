//! Other people and cars under the ids of those that were imported before: what tells that a file comes from another
//! program than its source system says, or that its program has given its numbers anew.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use torqueflow_dedupe::{Car, Person, are_other_cars, are_other_people};
use torqueflow_engine::source_hash;
use torqueflow_model::{EntityKind, JobStatus, Record};
use torqueflow_persistence::{ImportFile, Job, MappedRecord, MappingOrigin, Run};
use torqueflow_pipeline::Country;

use crate::App;
use crate::error::AppError;
use crate::job_rows::JobRows;
use crate::options::{RunMode, RunOptions};

/// Pairs that a person is shown.
const SHOWN_PAIRS: usize = 10;
/// Fewer than this many may be corrections.
const FEWEST: u64 = 3;
/// Up to one in so many may be corrections.
const ONE_IN: u64 = 20;

/// What a refresh would put in the place of records that were imported before, and waits for a person to confirm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceConfirmation {
    /// The records that were imported before and are in these tables, of the kinds that are in doubt.
    pub mapped: u64,
    /// Those of them that would become somebody else, or another car.
    pub replaced: u64,
    /// The first ten of those.
    pub pairs: Vec<ReplacedPair>,
}

/// A record, and what would take its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplacedPair {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// The row, as the person's program shows it.
    pub row: i64,
    /// `customer` or `vehicle`.
    pub entity: EntityKind,
    /// The source system that has it by this id.
    pub source_system: String,
    /// The id that both have.
    pub source_id: String,
    /// What the source said when it was last imported.
    pub before: String,
    /// What the file says.
    pub after: String,
}

impl fmt::Display for ReplacedPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} would become {}", self.source_id, self.before, self.after)
    }
}

impl SourceConfirmation {
    /// What a person has to confirm before the run can be started, if anything.
    pub(crate) fn needed(run: &Run, options: &RunOptions, files: &[ImportFile], jobs: &[Job]) -> Option<Self> {
        let is_refresh = run.mode.as_deref() == Some(RunMode::Refresh.name());
        let updates = options.update_existing.unwrap_or(is_refresh);
        let before_start = run.started_at.is_none() && !run.status.is_done();
        if options.source_confirmation || !updates || !before_start {
            return None;
        }
        // A list may be in several tables: all that a run has of a source counts.
        let mut all: BTreeMap<(&str, EntityKind), Self> = BTreeMap::new();
        for job in jobs.iter().filter(|job| job.status == JobStatus::Ready) {
            let source_system = job.source_system.as_deref().unwrap_or_default();
            for (entity, tally) in Tallies::of(job).0 {
                let of_kind = all.entry((source_system, entity)).or_default();
                of_kind.mapped += tally.mapped;
                of_kind.replaced += tally.replaced;
                let pairs = tally.pairs.into_iter();
                of_kind.pairs.extend(pairs.map(|pair| pair.of(job, entity, files)));
            }
        }
        let mut needed = Self::default();
        for of_kind in all.into_values().filter(Self::is_doubtful) {
            needed.mapped += of_kind.mapped;
            needed.replaced += of_kind.replaced;
            needed.pairs.extend(of_kind.pairs);
        }
        needed.pairs.truncate(SHOWN_PAIRS);
        (needed.replaced > 0).then_some(needed)
    }

    /// Too many are others to be corrections.
    fn is_doubtful(&self) -> bool {
        self.replaced >= FEWEST && self.replaced * ONE_IN > self.mapped
    }
}

impl fmt::Display for SourceConfirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mapped, replaced, .. } = self;
        write!(
            f,
            "{replaced} of {mapped} records that were imported before would become other people or cars: confirm that the \
             files are from the same source, or name another one"
        )
    }
}

/// What a table has under the ids of mapped records, by kind of record.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tallies(BTreeMap<EntityKind, Tally>);

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    mapped: u64,
    replaced: u64,
    pairs: Vec<Pair>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pair {
    row: i64,
    source_id: String,
    before: String,
    after: String,
}

impl Pair {
    fn of(self, job: &Job, entity: EntityKind, files: &[ImportFile]) -> ReplacedPair {
        let file = files.iter().find(|file| file.id == job.file_id);
        ReplacedPair {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: job.sheet.clone(),
            row: self.row,
            entity,
            source_system: job.source_system.clone().unwrap_or_default(),
            source_id: self.source_id,
            before: self.before,
            after: self.after,
        }
    }
}

/// Whether two records with one id are plainly other people, or other cars.
pub(crate) fn are_others(one: &Record, other: &Record) -> bool {
    match one.slot.entity() {
        EntityKind::Customer => are_other_people(&person(|field| one.text(field)), &person(|field| other.text(field))),
        EntityKind::Vehicle => are_other_cars(&car(|field| one.text(field)), &car(|field| other.text(field))),
        _ => false,
    }
}

/// A record of the file that an earlier run mapped, in its first row.
pub(crate) struct MetAgain {
    row: i64,
    entity: EntityKind,
    source_id: String,
    /// What the file says of it, where that is not what it said before.
    changed: Option<Record>,
}

impl MetAgain {
    /// Customers and vehicles that a refresh may change; of others nobody can tell that they are not the same.
    pub fn of(
        row: i64,
        source_id: &str,
        mapped: Option<&MappedRecord>,
        record: &Record,
        country: Country,
    ) -> Option<Self> {
        let mapped = mapped.filter(|mapped| mapped.origin != MappingOrigin::Skipped)?;
        let entity = record.slot.entity();
        matches!(entity, EntityKind::Customer | EntityKind::Vehicle).then(|| Self {
            row,
            entity,
            source_id: source_id.to_owned(),
            changed: (source_hash(record, country) != mapped.row_hash).then(|| record.clone()),
        })
    }
}

impl Tallies {
    /// What was found when the job was analysed.
    fn of(job: &Job) -> Self {
        let found = job.replaced.clone();
        found
            .and_then(|json| serde_json::from_value(json).ok())
            .unwrap_or_default()
    }

    /// Compares mapped records with what their source said of them when they were last imported.
    pub async fn add(&mut self, app: &App, job: &JobRows, met: &[MetAgain]) -> Result<(), AppError> {
        let mut changed: BTreeMap<EntityKind, Vec<(&MetAgain, &Record)>> = BTreeMap::new();
        for met in met {
            self.tally(met.entity).mapped += 1;
            if let Some(record) = &met.changed {
                changed.entry(met.entity).or_default().push((met, record));
            }
        }
        for (entity, records) in changed {
            let ids: Vec<String> = records.iter().map(|(met, _)| met.source_id.clone()).collect();
            let imported = app
                .store
                .mapping_imported_values(job.organization, &job.source_system, entity, &ids)
                .await?;
            for (met, record) in records {
                if let Some(before) = imported.get(&met.source_id) {
                    self.tally(entity).compare(met, record, before);
                }
            }
        }
        Ok(())
    }

    fn tally(&mut self, entity: EntityKind) -> &mut Tally {
        self.0.entry(entity).or_default()
    }

    /// What a job keeps; `None` where nothing of it was mapped.
    pub fn into_json(self) -> Option<Json> {
        if self.0.is_empty() {
            return None;
        }
        serde_json::to_value(self).ok()
    }
}

impl Tally {
    fn compare(&mut self, met: &MetAgain, record: &Record, imported: &Json) {
        let before = |field: &'static str| imported_text(imported, field);
        let after = |field: &'static str| record.text(field);
        let (are_others, labels) = if met.entity == EntityKind::Customer {
            let (before, after) = (person(before), person(after));
            let labels = (person_label(&before), person_label(&after));
            (are_other_people(&before, &after), labels)
        } else {
            let (before, after) = (car(before), car(after));
            (are_other_cars(&before, &after), (car_label(&before), car_label(&after)))
        };
        if !are_others {
            return;
        }
        self.replaced += 1;
        if self.pairs.len() < SHOWN_PAIRS {
            self.pairs.push(Pair {
                row: met.row,
                source_id: met.source_id.clone(),
                before: labels.0,
                after: labels.1,
            });
        }
    }
}

/// The text that was imported of a field: the entry itself, or the second of what a cell said and what that means.
fn imported_text<'a>(imported: &'a Json, field: &str) -> Option<&'a str> {
    let entry = imported.get(field)?;
    entry.get(1).unwrap_or(entry).as_str()
}

fn person<'a>(text: impl Fn(&'static str) -> Option<&'a str>) -> Person<'a> {
    Person {
        given: text("first_name"),
        family: text("last_name"),
        display: text("display_name"),
        company: text("company"),
        contact: text("contact_name"),
    }
}

fn car<'a>(text: impl Fn(&'static str) -> Option<&'a str>) -> Car<'a> {
    Car {
        registration: text("registration"),
        vin: text("vin"),
        make: text("make"),
        model: text("model"),
    }
}

fn person_label(person: &Person<'_>) -> String {
    let parts = [person.given, person.family].into_iter().flatten();
    let whole = person.display.or(person.company).map(str::to_owned);
    whole.unwrap_or_else(|| parts.collect::<Vec<_>>().join(" "))
}

fn car_label(car: &Car<'_>) -> String {
    let parts = [car.registration.or(car.vin), car.make, car.model];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of so many mapped records so many are others: whether a person is asked.
    #[track_caller]
    fn check(mapped: u64, replaced: u64, expected: bool) {
        let confirmation = SourceConfirmation {
            mapped,
            replaced,
            pairs: Vec::new(),
        };
        assert_eq!(confirmation.is_doubtful(), expected, "{replaced} of {mapped}");
    }

    #[test]
    fn more_than_one_in_twenty_and_three_at_least_are_no_corrections() {
        check(2, 2, false);
        check(3, 3, true);
        check(59, 3, true);
        check(60, 3, false);
        check(1000, 50, false);
        check(1000, 51, true);
        check(1000, 0, false);
    }

    #[test]
    fn what_a_job_keeps_is_read_back() {
        let pair = Pair {
            row: 2,
            source_id: "1".to_owned(),
            before: "Ada Lowe".to_owned(),
            after: "Zed Zulu".to_owned(),
        };
        let tally = Tally {
            mapped: 3,
            replaced: 3,
            pairs: vec![pair],
        };
        let kept = Tallies(BTreeMap::from([(EntityKind::Vehicle, tally)]))
            .into_json()
            .unwrap();
        let read: Tallies = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(read.into_json(), Some(kept));
        assert_eq!(Tallies::default().into_json(), None);
    }

    #[test]
    fn what_was_imported_is_read_in_each_of_its_forms() {
        let imported = serde_json::json!({
            "last_name": "Lowe",
            "first_name": ["", "Ada"],
            "company": ["LOWE LTD", "Lowe Ltd", "kept"],
            "on_stop": true,
        });
        let read = |field| imported_text(&imported, field);
        assert_eq!(
            [
                read("last_name"),
                read("first_name"),
                read("company"),
                read("on_stop"),
                read("vin")
            ],
            [Some("Lowe"), Some("Ada"), Some("Lowe Ltd"), None, None]
        );
    }
}
