//! Which row brings a record, and what it says. It is the first row that holds the record and takes part, with what others
//! that take part add. A row that a person left out, or that failed, takes no part. What became of a row after the record was
//! imported is said again: taken back where the row failed, added where it was run again.

use std::collections::{HashMap, HashSet};

use torqueflow_engine::{JobRow, SaidAgain, apply_fills, found_at, merge_repeat, source_hash};
use torqueflow_model::{Record, Slot, SourceId};
use torqueflow_persistence::{FoundRecord, Job, KnownRecord, MappingOrigin, Repeat};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use super::Importer;
use super::load::Loader;
use crate::error::AppError;
use crate::job_rows::JobRows;

/// A row that holds a record.
struct Place {
    job_id: Uuid,
    row_number: i64,
    row_index: i64,
    slot: Slot,
}

impl Place {
    fn row(&self) -> (Uuid, i64) {
        (self.job_id, self.row_number)
    }
}

impl Loader<'_> {
    /// Finds out which rows of the batch bring records, where rows may be out. `failed`: rows of the batch that are known to
    /// fail.
    pub(super) async fn find_stand_ins(&mut self, rows: &[JobRow], failed: &HashSet<i64>) -> Result<(), AppError> {
        let all: Vec<&JobRow> = rows.iter().collect();
        let holders = Holders::load(self.importer, self.job, &all, failed).await?;
        if holders.out.is_empty() {
            return Ok(());
        }
        let mut tables = Tables::of(self.importer, self.job).await?;
        for known in holders.known.values() {
            let places = holders.places(&tables, known);
            if places.iter().any(|place| holders.is_out(place)) {
                let taking_part = places.into_iter().filter(|place| !holders.is_out(place)).collect();
                self.bring(&mut tables, rows, known.clone(), taking_part).await?;
            }
        }
        Ok(())
    }

    /// Lets the first of these rows bring the record, where it is one of the batch.
    async fn bring(
        &mut self,
        tables: &mut Tables<'_>,
        rows: &[JobRow],
        known: KnownRecord,
        taking_part: Vec<Place>,
    ) -> Result<(), AppError> {
        let Some((bringing, others)) = taking_part.split_first() else {
            return Ok(());
        };
        let is_bringing = |row: &&JobRow| bringing.row() == (tables.job.job.id, row.number);
        let row = rows.iter().find(is_bringing);
        let mut records = row.into_iter().flat_map(|row| &row.clean.records);
        let Some(record) = records.find(|record| record.slot == bringing.slot) else {
            return Ok(());
        };
        let others: Vec<&Place> = others.iter().collect();
        let fills = tables.fills(record, &others).await?;
        if (known.job_id, known.found.row_number) != bringing.row() {
            self.facts.stand_ins.insert(known.found.record_id);
        }
        let found = FoundRecord {
            row_number: bringing.row_number,
            slot: bringing.slot,
            row_index: bringing.row_index,
            fills,
            ..known.found
        };
        self.facts.found.insert(found_at(&found), found);
        Ok(())
    }

    /// Finds the records that the run has imported with what a row of the batch adds, which fails now, or without what one
    /// adds that failed before and is run again.
    pub(super) async fn find_said_again(&mut self, rows: &[JobRow], failed: &HashSet<i64>) -> Result<(), AppError> {
        let is_again = |row: &&JobRow| self.job.job.attempt > 1 && !self.facts.done.contains(&row.number);
        let concerned = rows.iter().filter(|row| is_again(row) || failed.contains(&row.number));
        let concerned: Vec<&JobRow> = concerned.collect();
        let holders = Holders::load(self.importer, self.job, &concerned, failed).await?;
        if holders.known.is_empty() {
            return Ok(());
        }
        let mut tables = Tables::of(self.importer, self.job).await?;
        for (row, record) in records_with_ids(&concerned) {
            let id = (record.slot.entity(), id_text(&record.source_id, 0));
            let Some(mapped) = self.facts.mappings.get(&id).copied() else {
                continue;
            };
            if mapped.run_id != self.importer.run.id || mapped.origin == MappingOrigin::Skipped {
                continue;
            }
            let Some(known) = holders.known.get(&hash_of(self.job, record)) else {
                continue;
            };
            let said = holders
                .said_beside(&mut tables, known, (self.job.job.id, row.number))
                .await?;
            let Some(said) = said.filter(|said| source_hash(said, self.job.country) != mapped.row_hash) else {
                continue;
            };
            self.load_last(id.0, &[id.1], &[mapped.record_id]).await?;
            let again = SaidAgain {
                record_id: mapped.record_id,
                record: said,
            };
            self.facts.said_again.insert((row.number, record.slot), again);
        }
        Ok(())
    }
}

/// The rows that hold records which stand in several.
struct Holders {
    known: HashMap<u128, KnownRecord>,
    repeats: HashMap<u128, Vec<Repeat>>,
    /// Those that bring nothing.
    out: HashSet<(Uuid, i64)>,
}

impl Holders {
    async fn load(
        importer: &Importer<'_>,
        job: &JobRows,
        rows: &[&JobRow],
        failed: &HashSet<i64>,
    ) -> Result<Self, AppError> {
        let store = &importer.app.store;
        let records = records_with_ids(rows);
        let hashes: HashSet<u128> = records.iter().map(|(_, record)| hash_of(job, record)).collect();
        let hashes: Vec<u128> = hashes.into_iter().collect();
        let mut repeats: HashMap<u128, Vec<Repeat>> = HashMap::new();
        for repeat in store.repeat_find(job.organization, importer.run.id, &hashes).await? {
            repeats.entry(repeat.key_hash).or_default().push(repeat);
        }
        let repeated: Vec<u128> = repeats.keys().copied().collect();
        let known = store.record_find(job.organization, importer.run.id, &repeated).await?;
        let first = known.values().map(|known| (known.job_id, known.found.row_number));
        let others = repeats
            .values()
            .flatten()
            .map(|repeat| (repeat.job_id, repeat.row_number));
        let mut out = store.rows_out(job.organization, first.chain(others)).await?;
        out.extend(failed.iter().map(|row| (job.job.id, *row)));
        Ok(Self { known, repeats, out })
    }

    /// The rows of a record: the first, and the others in import order.
    fn places(&self, tables: &Tables<'_>, known: &KnownRecord) -> Vec<Place> {
        let first = Place {
            job_id: known.job_id,
            row_number: known.found.row_number,
            row_index: known.found.row_index,
            slot: known.found.slot,
        };
        let repeats = self.repeats.get(&known.found.key_hash).into_iter().flatten();
        let mut others: Vec<Place> = repeats
            .map(|repeat| Place {
                job_id: repeat.job_id,
                row_number: repeat.row_number,
                row_index: repeat.row_index,
                slot: repeat.slot,
            })
            .collect();
        others.sort_by_key(|place| {
            let position = tables.jobs.iter().position(|job| job.id == place.job_id);
            (position, place.row_index, place.slot != first.slot)
        });
        let mut places = vec![first];
        places.extend(others);
        places
    }

    /// What the rows that take part say of a record. `None` where this row is not behind the one that brings it: what came with
    /// a later row has to be undone before that one is.
    async fn said_beside(
        &self,
        tables: &mut Tables<'_>,
        known: &KnownRecord,
        row: (Uuid, i64),
    ) -> Result<Option<Record>, AppError> {
        let places = self.places(tables, known);
        let behind: Vec<&Place> = places.iter().skip_while(|place| self.is_out(place)).collect();
        let Some((bringing, others)) = behind.split_first() else {
            return Ok(None);
        };
        if !others.iter().any(|place| place.row() == row) {
            return Ok(None);
        }
        let taking_part: Vec<&Place> = others.iter().copied().filter(|place| !self.is_out(place)).collect();
        let Some(mut record) = tables.record_at(bringing).await? else {
            return Ok(None);
        };
        if let Some(fills) = tables.fills(&record, &taking_part).await? {
            apply_fills(&mut record, &fills);
        }
        Ok(Some(record))
    }

    fn is_out(&self, place: &Place) -> bool {
        self.out.contains(&place.row())
    }
}

/// The records of rows that have an id, and may stand in several.
fn records_with_ids<'r>(rows: &[&'r JobRow]) -> Vec<(&'r JobRow, &'r Record)> {
    let mut records = Vec::new();
    for row in rows {
        let with_id = |record: &&Record| !matches!(record.source_id, SourceId::Content(_));
        records.extend(row.clean.records.iter().filter(with_id).map(|record| (*row, record)));
    }
    records
}

fn hash_of(job: &JobRows, record: &Record) -> u128 {
    key_hash(&job.source_system, record.slot.entity(), &record.source_id)
}

/// The tables of the run, for going back to rows of them.
struct Tables<'a> {
    importer: &'a Importer<'a>,
    job: &'a JobRows,
    /// In import order.
    jobs: Vec<Job>,
    opened: HashMap<Uuid, JobRows>,
}

impl<'a> Tables<'a> {
    async fn of(importer: &'a Importer<'a>, job: &'a JobRows) -> Result<Self, AppError> {
        let store = &importer.app.store;
        Ok(Self {
            importer,
            job,
            jobs: store.job_list(job.organization, importer.run.id).await?,
            opened: HashMap::new(),
        })
    }

    /// What these rows add to a record.
    async fn fills(&mut self, record: &Record, others: &[&Place]) -> Result<Option<serde_json::Value>, AppError> {
        let mut fills = None;
        for place in others {
            if let Some(repeat) = self.record_at(place).await? {
                merge_repeat(record, &mut fills, &repeat, place.row());
            }
        }
        Ok(fills)
    }

    /// Goes back to a record in a row.
    async fn record_at(&mut self, place: &Place) -> Result<Option<Record>, AppError> {
        if place.job_id == self.job.job.id {
            return self.job.record_at(place.row_index, place.slot);
        }
        if !self.opened.contains_key(&place.job_id) {
            let Some(job) = self.jobs.iter().find(|job| job.id == place.job_id) else {
                return Ok(None);
            };
            let (app, run) = (self.importer.app, self.importer.run);
            let rows = JobRows::open(self.job.organization, &app.blobs, app.sources(), job.clone(), run).await?;
            self.opened.insert(place.job_id, rows);
        }
        let rows = self.opened.get(&place.job_id);
        rows.map_or(Ok(None), |rows| rows.record_at(place.row_index, place.slot))
    }
}
