//! What a run created, which nothing lists: the ids of its records say so.
//!
//! The ids of a run's records lie next to each other ([`RunIds`]), and each says where its record stands. A record that is
//! gone is still named by the mapping that came with it, and one that was taken back by the result of that. Only where
//! another row brought a record than the one that its id names, the first having been left out or failed, the journal says
//! so in an entry `created`.
//!
//! **The mapping that came with a record** leads to it, unless the record was merged into another customer: then the merge
//! says from which record it has moved it, and of a mapping that was moved on and on, the first of these is meant.

use std::collections::{BTreeMap, HashMap};

use torqueflow_model::import::FIRST_ENTRY;
use torqueflow_model::{ColumnType, EntityKind, RecordPlace, RowPart, RunIds};
use uuid::Uuid;

use super::export::Place;
use crate::bulk::{BulkTransaction, Scalar};
use crate::connect::Backend;
use crate::sql::query;
use crate::{OrganizationId, Store, StoreError};

/// A range of ids of a run's records, as statements ask for them.
#[derive(Debug, Clone)]
pub(super) struct IdRange {
    first: Uuid,
    last: Uuid,
    ending: String,
}

impl IdRange {
    /// All of a run.
    pub fn of_run(run_id: Uuid) -> Self {
        let ids = RunIds::of(run_id.as_u128());
        let (first, last) = ids.of_run().into_inner();
        Self::new(ids, first, last)
    }

    fn new(ids: RunIds, first: u128, last: u128) -> Self {
        Self {
            first: Uuid::from_u128(first),
            last: Uuid::from_u128(last),
            ending: ids.ending(),
        }
    }

    /// The same from this id on.
    pub fn starting_at(&self, first: Uuid) -> Self {
        Self { first, ..self.clone() }
    }

    /// The same below this id.
    pub fn below(&self, id: Uuid) -> Self {
        let last = Uuid::from_u128(id.as_u128().saturating_sub(1));
        Self { last, ..self.clone() }
    }

    /// The values for [`within`].
    pub fn scalars(&self) -> [Scalar; 3] {
        [self.first.into(), self.last.into(), self.ending.as_str().into()]
    }

    /// The same for statements of SeaORM's connection.
    pub fn values(&self) -> [sea_orm::Value; 3] {
        [self.first.into(), self.last.into(), self.ending.clone().into()]
    }
}

/// The condition that a column has an id of a range, with three `?`.
pub(super) fn within(is_postgres: bool, column: &str) -> String {
    let ending = if is_postgres {
        format!("right(CAST({column} AS text), 6)")
    } else {
        format!("lower(hex(substr({column}, 14)))")
    };
    format!("({column} BETWEEN ? AND ? AND {ending} = ?)")
}

/// The tables of a run: its jobs by their ordinals.
pub(super) type Tables = BTreeMap<i64, Uuid>;

/// A record that a run created, as its id tells it.
#[derive(Debug, Clone)]
pub(super) struct Creation {
    pub place: Place,
    pub entity: EntityKind,
    pub record_id: Uuid,
    /// The mapping that came with it: source system and source id.
    pub mapping: Option<(String, String)>,
}

/// Which creations are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CreationFilter<'a> {
    pub entity: Option<EntityKind>,
    /// Only those whose mapping has something imported under this name.
    pub field: Option<&'a str>,
}

/// The mappings that came with records of a range: `created_id` and all of `import_mapping`. First those that still lead to
/// them, then those that a merge has moved away. Each needs [`created_mappings_values`].
pub(super) fn created_mappings(is_postgres: bool) -> [String; 2] {
    let was_moved_to = |record: &str, mapping: &str| {
        format!(
            "EXISTS (SELECT 1 FROM customer_merge AS g JOIN customer_merge_entry AS x \
             ON x.organization_id = g.organization_id AND x.merge_id = g.id \
             WHERE g.organization_id = {mapping}.organization_id AND g.survivor_id = {record} \
             AND g.undone_at IS NULL AND x.kind = 'mapping' AND x.source_system = {mapping}.source_system \
             AND x.source_id = {mapping}.source_id)"
        )
    };
    let leading = format!(
        "SELECT m.record_id AS created_id, m.* FROM import_mapping AS m WHERE m.organization_id = ? AND {} \
         AND m.origin = 'created' AND NOT {}",
        within(is_postgres, "m.record_id"),
        was_moved_to("m.record_id", "m"),
    );
    let moved = format!(
        "SELECT e.record_id AS created_id, m.* FROM customer_merge_entry AS e JOIN customer_merge AS o \
         ON o.organization_id = e.organization_id AND o.id = e.merge_id AND o.undone_at IS NULL \
         JOIN import_mapping AS m ON m.organization_id = e.organization_id AND m.source_system = e.source_system \
         AND m.entity_type = e.entity_type AND m.source_id = e.source_id \
         WHERE e.organization_id = ? AND {} AND e.kind = 'mapping' AND m.origin = 'created' AND NOT {}",
        within(is_postgres, "e.record_id"),
        was_moved_to("e.record_id", "m"),
    );
    [leading, moved]
}

/// The values for each of [`created_mappings`]: the organisation and those of the range.
pub(super) fn created_mappings_values(organization: OrganizationId, range: &IdRange) -> Vec<sea_orm::Value> {
    std::iter::once(organization.0.into()).chain(range.values()).collect()
}

impl Store {
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.backend(), Backend::Postgres)
    }

    /// The creations of a run behind this place, by job and place; without those that the journal has.
    pub(super) async fn creations_after(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        filter: CreationFilter<'_>,
        after: Place,
        limit: u64,
    ) -> Result<Vec<Creation>, StoreError> {
        let jobs =
            "SELECT id, ordinal FROM import_job WHERE organization_id = ? AND run_id = ? AND id >= ? ORDER BY id";
        let values = [organization.0.into(), run_id.into(), after.job_id.into()];
        let mut creations = Vec::new();
        for row in query(&self.reader, jobs, values).await? {
            let (job_id, table): (Uuid, i64) = (row.try_get("", "id")?, row.try_get("", "ordinal")?);
            let mut behind = if job_id == after.job_id {
                (after.row_number, after.ordinal)
            } else {
                (i64::MIN, i64::MIN)
            };
            while (creations.len() as u64) < limit {
                let missing = limit - creations.len() as u64;
                let table = TableOf {
                    organization,
                    run_id,
                    job_id,
                    table,
                };
                let found = self.creations_of_table(table, filter, behind, missing).await?;
                let Some(last) = found.last() else { break };
                behind = (last.place.row_number, last.place.ordinal);
                creations.extend(self.without_journalled(organization, run_id, found).await?);
            }
        }
        Ok(creations)
    }

    /// The next creations of a table, those of the journal among them.
    async fn creations_of_table(
        &self,
        of: TableOf,
        filter: CreationFilter<'_>,
        behind: (i64, i64),
        limit: u64,
    ) -> Result<Vec<Creation>, StoreError> {
        let ids = RunIds::of(of.run_id.as_u128());
        let mut found = BTreeMap::new();
        for (record_id, creation) in self.creations_with_mapping(of, ids, filter, behind, limit).await? {
            found.entry(record_id).or_insert(creation);
        }
        // What was taken back has no mapping any more, and so nothing that was imported.
        if filter.field.is_none() {
            for creation in self.creations_taken_back(of, filter, behind, limit).await? {
                found.entry(creation.record_id).or_insert(creation);
            }
        }
        Ok(found.into_values().take(limit as usize).collect())
    }

    async fn creations_with_mapping(
        &self,
        of: TableOf,
        ids: RunIds,
        filter: CreationFilter<'_>,
        behind: (i64, i64),
        limit: u64,
    ) -> Result<Vec<(Uuid, Creation)>, StoreError> {
        let range = IdRange::new(ids, first_behind(ids, of.table, behind), *ids.of_table(of.table).end());
        let mut values = created_mappings_values(of.organization, &range);
        let mut conditions = vec!["c.created_id IS NOT NULL"];
        if let Some(entity) = filter.entity {
            conditions.push("c.entity_type = ?");
            values.push(entity.name().into());
        }
        if let Some(field) = filter.field {
            conditions.push("c.imported_values -> ? IS NOT NULL");
            values.push(field.into());
        }
        values.push((limit as i64).into());
        let mut rows = Vec::new();
        for mappings in created_mappings(self.is_postgres()) {
            let sql = format!(
                "SELECT c.created_id, c.source_system, c.source_id FROM ({mappings}) AS c WHERE {} \
                 ORDER BY c.created_id LIMIT ?",
                conditions.join(" AND "),
            );
            rows.extend(query(&self.reader, &sql, values.clone()).await?);
        }
        let creations = rows.iter().map(|row| {
            let record_id: Uuid = row.try_get("", "created_id")?;
            let mapping = (row.try_get("", "source_system")?, row.try_get("", "source_id")?);
            let creation = ids.place(record_id.as_u128()).and_then(|place| {
                let entity = place.part()?.entity();
                let place = Place {
                    job_id: of.job_id,
                    row_number: place.row(),
                    ordinal: place.part_number(),
                };
                Some(Creation {
                    place,
                    entity,
                    record_id,
                    mapping: Some(mapping),
                })
            });
            Ok(creation.map(|creation| (record_id, creation)))
        });
        creations.filter_map(Result::transpose).collect()
    }

    async fn creations_taken_back(
        &self,
        of: TableOf,
        filter: CreationFilter<'_>,
        behind: (i64, i64),
        limit: u64,
    ) -> Result<Vec<Creation>, StoreError> {
        let mut values: Vec<sea_orm::Value> = vec![
            of.organization.0.into(),
            of.run_id.into(),
            of.job_id.into(),
            behind.0.into(),
            behind.1.into(),
            FIRST_ENTRY.into(),
        ];
        let mut of_entity = "";
        if let Some(entity) = filter.entity {
            of_entity = "AND entity_type = ?";
            values.push(entity.name().into());
        }
        values.push((limit as i64).into());
        let sql = format!(
            "SELECT row_number, ordinal, entity_type, record_id, mapping_source_system, mapping_source_id \
             FROM import_rollback_result WHERE organization_id = ? AND run_id = ? AND job_id = ? \
             AND (row_number, ordinal) > (?, ?) AND ordinal < ? AND outcome = 'reversed' {of_entity} \
             ORDER BY row_number, ordinal LIMIT ?"
        );
        let rows = query(&self.reader, &sql, values).await?;
        let creations = rows.iter().map(|row| {
            let entity: String = row.try_get("", "entity_type")?;
            let system: Option<String> = row.try_get("", "mapping_source_system")?;
            let source_id: Option<String> = row.try_get("", "mapping_source_id")?;
            Ok(Creation {
                place: Place {
                    job_id: of.job_id,
                    row_number: row.try_get("", "row_number")?,
                    ordinal: row.try_get("", "ordinal")?,
                },
                entity: EntityKind::from_name(&entity).ok_or(StoreError::Damaged { what: "rollback" })?,
                record_id: row.try_get("", "record_id")?,
                mapping: system.zip(source_id),
            })
        });
        creations.collect()
    }

    async fn without_journalled(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        mut creations: Vec<Creation>,
    ) -> Result<Vec<Creation>, StoreError> {
        let ids: Vec<Uuid> = creations.iter().map(|creation| creation.record_id).collect();
        for chunk in super::padded_chunks(&ids) {
            let sql = format!(
                "SELECT record_id FROM import_journal WHERE organization_id = ? AND run_id = ? \
                 AND action = 'created' AND record_id IN ({})",
                crate::sql::places(chunk.len())
            );
            let values = [organization.0.into(), run_id.into()].into_iter();
            let rows = query(&self.reader, &sql, values.chain(chunk.into_iter().map(Into::into))).await?;
            for row in rows {
                let journalled: Uuid = row.try_get("", "record_id")?;
                creations.retain(|creation| creation.record_id != journalled);
            }
        }
        Ok(creations)
    }
}

/// A table of a run.
#[derive(Clone, Copy)]
struct TableOf {
    organization: OrganizationId,
    run_id: Uuid,
    job_id: Uuid,
    table: i64,
}

impl BulkTransaction {
    /// The tables of a run.
    pub(super) async fn tables(&mut self, organization: OrganizationId, run_id: Uuid) -> Result<Tables, StoreError> {
        let rows = self
            .fetch(
                "SELECT ordinal, id FROM import_job WHERE organization_id = ? AND run_id = ?",
                &[organization.0.into(), run_id.into()],
                &[ColumnType::BigInteger, ColumnType::Uuid],
            )
            .await?;
        rows.into_iter()
            .map(|mut row| Ok((row.integer()?, row.uuid()?)))
            .collect()
    }

    /// The ids of records of a kind in a range, from the highest on: those that are there, and those that only the mapping
    /// that came with them names. With these mappings, and whether there may be more below.
    pub(super) async fn created_below(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        range: &IdRange,
        limit: usize,
    ) -> Result<CreatedPage, StoreError> {
        let arguments = |range: &IdRange| {
            let mut arguments = vec![organization.0.into()];
            arguments.extend(range.scalars());
            arguments
        };
        let sql = format!(
            "SELECT id FROM \"{}\" WHERE organization_id = ? AND {} ORDER BY id DESC LIMIT ?",
            entity.name(),
            within(self.is_postgres(), "id"),
        );
        let mut of_records = arguments(range);
        of_records.push((limit as i64).into());
        let mut records = Vec::new();
        for mut row in self.fetch(&sql, &of_records, &[ColumnType::Uuid]).await? {
            records.push(row.uuid()?);
        }
        let is_full = records.len() == limit;
        // Where there are more records below, mappings need not be asked for beyond the last of these.
        let range = match records.last() {
            Some(last) if is_full => range.starting_at(*last),
            _ => range.clone(),
        };
        let sql = format!(
            "SELECT record_id, source_system, source_id FROM import_mapping WHERE organization_id = ? AND {} \
             AND entity_type = ? AND origin = 'created' ORDER BY record_id DESC LIMIT ?",
            within(self.is_postgres(), "record_id"),
        );
        let mut of_mappings = arguments(&range);
        of_mappings.extend([entity.name().into(), (limit as i64).into()]);
        let columns = [ColumnType::Uuid, ColumnType::Text, ColumnType::Text];
        let mut mappings = HashMap::new();
        let mut named = Vec::new();
        for mut row in self.fetch(&sql, &of_mappings, &columns).await? {
            let id = row.uuid()?;
            named.push(id);
            mappings.insert(id, (row.text()?, row.text()?));
        }
        Ok(CreatedPage::of(records, named, mappings, limit))
    }
}

/// Ids of created records, from the highest on.
#[derive(Debug, Default, PartialEq)]
pub(super) struct CreatedPage {
    pub ids: Vec<Uuid>,
    /// The mappings that lead to them.
    pub mappings: HashMap<Uuid, (String, String)>,
    /// There may be more below the last.
    pub has_more: bool,
}

impl CreatedPage {
    /// Of what two queries said, each from the highest on and no more than `limit`, what both have seen all of.
    fn of(records: Vec<Uuid>, named: Vec<Uuid>, mappings: HashMap<Uuid, (String, String)>, limit: usize) -> Self {
        let end = |ids: &[Uuid]| ids.last().copied().filter(|_| ids.len() == limit);
        let end = end(&records).max(end(&named));
        let mut ids: Vec<Uuid> = records.into_iter().chain(named).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids.dedup();
        if let Some(end) = end {
            ids.retain(|id| *id >= end);
        }
        let has_more = end.is_some() || ids.len() > limit;
        ids.truncate(limit);
        Self {
            ids,
            mappings,
            has_more,
        }
    }
}

/// The lowest id that a record behind this row and ordinal of a table can have.
fn first_behind(ids: RunIds, table: i64, (row, ordinal): (i64, i64)) -> u128 {
    let parts = RowPart::all().filter(|part| part.number().is_some_and(|number| i64::from(number) <= ordinal));
    let last = parts.max_by_key(|part| part.number());
    let last = last.and_then(|part| RecordPlace::new(table, row, part));
    last.map_or(*ids.of_table(table).start(), |place| ids.id(place) + 1)
}

/// The place in a run of the record with this id.
pub(super) fn place_of(run_id: Uuid, record_id: Uuid) -> Option<RecordPlace> {
    RunIds::of(run_id.as_u128()).place(record_id.as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[u128]) -> Vec<Uuid> {
        numbers.iter().map(|number| Uuid::from_u128(*number)).collect()
    }

    #[track_caller]
    fn check(records: &[u128], named: &[u128], expected: &[u128], has_more: bool) {
        let page = CreatedPage::of(ids(records), ids(named), HashMap::new(), 3);
        assert_eq!(
            (page.ids, page.has_more),
            (ids(expected), has_more),
            "{records:?} {named:?}"
        );
    }

    #[test]
    fn what_stands_behind_a_place_has_a_higher_id() {
        let ids = RunIds::of(Uuid::now_v7().as_u128());
        let id = |row, number| {
            let part = RowPart::from_number(number).unwrap();
            ids.id(RecordPlace::new(1, row, part).unwrap())
        };
        for (after, last_before, first_behind) in [
            ((2, 6), id(2, 6), id(2, 7)),
            // There is no part of this number.
            ((2, 30), id(2, 19), id(2, 40)),
            ((2, FIRST_ENTRY), id(2, 45), id(3, 0)),
            ((2, i64::MAX), id(2, 45), id(3, 0)),
            ((i64::MIN, i64::MIN), ids.of_table(1).start() - 1, id(0, 0)),
        ] {
            let first = super::first_behind(ids, 1, after);
            assert!(last_before < first && first <= first_behind, "{after:?}");
        }
    }

    #[test]
    fn a_page_ends_where_one_of_its_sources_does() {
        check(&[], &[], &[], false);
        check(&[5, 4], &[5, 4], &[5, 4], false);
        check(&[9, 8, 7], &[9, 8, 7], &[9, 8, 7], true);
        // One is gone.
        check(&[9, 7, 5], &[9, 8, 7], &[9, 8, 7], true);
        check(&[9, 7], &[9, 8, 7], &[9, 8, 7], true);
        check(&[], &[9, 8, 7], &[9, 8, 7], true);
        check(&[9, 7], &[8, 6], &[9, 8, 7], true);
        // Several mappings lead to one.
        check(&[9, 8, 7], &[9, 9, 9], &[9], true);
        // One has none.
        check(&[9, 8, 7], &[9, 7], &[9, 8, 7], true);
        check(&[9, 8], &[8], &[9, 8], false);
    }
}
