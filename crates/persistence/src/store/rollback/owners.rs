//! What becomes of the records that own others, told before it is their turn: what they own is taken back first.

use std::collections::{HashMap, HashSet};

use torqueflow_model::import::{JournalAction, JournalEntry, Owners, Writes};
use torqueflow_model::{ColumnType, EntityKind};
use uuid::Uuid;

use super::facts::{Turn, ids, with};
use super::journal::{among, creation, entry_columns, read_entry};
use super::{RollbackPage, RollbackPart};
use crate::bulk::{BulkTransaction, Scalar};
use crate::store::created::{IdRange, place_of, within};
use crate::{OrganizationId, StoreError};

/// Entries about whose records facts are read at once.
const ENTRIES_AT_ONCE: usize = 1000;

impl BulkTransaction {
    /// The owners of what a page has written, where the run wrote to them too. They are locked before what they own is, as
    /// everybody does who changes both.
    pub(super) async fn owners(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &[JournalEntry],
        preview: bool,
    ) -> Result<Option<Box<Owners>>, StoreError> {
        let Some((link, kind)) = owner_of(page.part.entity) else {
            return Ok(None);
        };
        let written = ids(entries, |entry| entry.action != JournalAction::Mapped);
        let mut of = self
            .owners_among(organization, page.part.entity, &link, &written)
            .await?;
        let owner_ids: Vec<Uuid> = of.values().copied().collect::<HashSet<_>>().into_iter().collect();
        let owner_page = of_kind(page, kind);
        let entries = self.owner_entries(organization, &owner_page, &owner_ids).await?;
        if entries.is_empty() {
            return Ok(None);
        }
        let turn = Turn::Later { preview };
        let facts = self.facts_of(organization, &owner_page, &entries, turn).await?;
        let mut owned = Vec::new();
        for kind in kind.owns() {
            let child_page = of_kind(page, kind);
            let found = self.owned_entries(organization, &child_page, &link, &owner_ids).await?;
            of.extend(found.iter().map(|(owner, entry)| (entry.record_id, *owner)));
            for entries in by_record(found.into_iter().map(|(_, entry)| entry)) {
                let facts = self.facts_of(organization, &child_page, &entries, turn).await?;
                owned.push(Writes { entries, facts });
            }
        }
        Ok(Some(Box::new(Owners {
            of,
            writes: Writes { entries, facts },
            owned,
        })))
    }

    /// The owners of records, as far as these are there.
    async fn owners_among(
        &mut self,
        organization: OrganizationId,
        kind: EntityKind,
        link: &str,
        owned: &[Uuid],
    ) -> Result<HashMap<Uuid, Uuid>, StoreError> {
        if owned.is_empty() {
            return Ok(HashMap::new());
        }
        let (condition, arguments) = among("id", owned.iter().copied());
        let sql = format!(
            "SELECT id, \"{link}\" FROM \"{}\" WHERE organization_id = ? AND {condition} AND \"{link}\" IS NOT NULL",
            kind.name()
        );
        let columns = [ColumnType::Uuid, ColumnType::Uuid];
        let rows = self.fetch(&sql, &with(organization, arguments), &columns).await?;
        rows.into_iter().map(|mut row| Ok((row.uuid()?, row.uuid()?))).collect()
    }

    /// What the run wrote to these records.
    async fn owner_entries(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        owners: &[Uuid],
    ) -> Result<Vec<JournalEntry>, StoreError> {
        if owners.is_empty() {
            return Ok(Vec::new());
        }
        let (condition, arguments) = among("j.record_id", owners.iter().copied());
        let (columns, types) = entry_columns("j");
        let sql = format!(
            "SELECT {columns} FROM import_journal AS j {STANDING} AND {condition} \
             ORDER BY j.record_id, j.version_after DESC"
        );
        let rows = self
            .fetch(&sql, &standing(organization, page, arguments), &types)
            .await?;
        let entries = rows.into_iter().map(|mut row| read_entry(page.part.entity, &mut row));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        let journalled = journalled(entries.iter());
        let of_run = owners.iter().filter(|id| !journalled.contains(id));
        entries.extend(of_run.filter_map(|id| Some(creation(page.part.entity, *id, place_of(page.run_id, *id)?))));
        Ok(entries)
    }

    /// What the run wrote to records of these owners that may stay by themselves: somebody else changed them, or another
    /// run leads to them or may have confirmed them, or they were there before. With the owner of each.
    async fn owned_entries(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        link: &str,
        owners: &[Uuid],
    ) -> Result<Vec<(Uuid, JournalEntry)>, StoreError> {
        let (condition, mut arguments) = among(&format!("c.\"{link}\""), owners.iter().copied());
        arguments.push(page.run_id.into());
        let (columns, mut types) = entry_columns("j");
        types.insert(0, ColumnType::Uuid);
        let sql = format!(
            "SELECT c.\"{link}\", {columns} FROM \"{}\" AS c JOIN import_journal AS j \
             ON j.organization_id = c.organization_id AND j.record_id = c.id {STANDING} AND {condition} \
             AND (j.action = 'updated' OR j.version_after IS NULL OR c.version <> j.version_after \
             OR (SELECT 1 FROM import_mapping AS m WHERE m.organization_id = c.organization_id \
             AND m.record_id = c.id AND m.run_id <> ? LIMIT 1) IS NOT NULL) \
             ORDER BY j.record_id, j.version_after DESC",
            page.part.entity.name()
        );
        let rows = self
            .fetch(&sql, &standing(organization, page, arguments), &types)
            .await?;
        let owned = rows
            .into_iter()
            .map(|mut row| Ok((row.uuid()?, read_entry(page.part.entity, &mut row)?)));
        let mut owned = owned.collect::<Result<Vec<_>, StoreError>>()?;
        let created = self.owned_creations(organization, page, link, owners).await?;
        let journalled = journalled(owned.iter().map(|(_, entry)| entry));
        owned.extend(
            created
                .into_iter()
                .filter(|(_, entry)| !journalled.contains(&entry.record_id)),
        );
        // Of each record the newest first, which stays so.
        owned.sort_by_key(|(_, entry)| entry.record_id);
        Ok(owned)
    }

    /// Those of them that the run created.
    async fn owned_creations(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        link: &str,
        owners: &[Uuid],
    ) -> Result<Vec<(Uuid, JournalEntry)>, StoreError> {
        let (condition, mut arguments) = among(&format!("c.\"{link}\""), owners.iter().copied());
        arguments.extend(IdRange::of_run(page.run_id).scalars());
        arguments.push(page.run_id.into());
        let confirmed = if page.keeps_confirmed {
            arguments.extend([page.run_id.into(), page.part.entity.name().into()]);
            "OR (SELECT 1 FROM import_confirmation AS k WHERE k.organization_id = c.organization_id \
             AND k.confirmed_run_id = ? AND k.entity_type = ? LIMIT 1) IS NOT NULL"
        } else {
            ""
        };
        let sql = format!(
            "SELECT c.\"{link}\", c.id FROM \"{}\" AS c WHERE c.organization_id = ? AND {condition} AND {} \
             AND (c.version <> 1 OR (SELECT 1 FROM import_mapping AS m WHERE m.organization_id = c.organization_id \
             AND m.record_id = c.id AND m.run_id <> ? LIMIT 1) IS NOT NULL {confirmed})",
            page.part.entity.name(),
            within(self.is_postgres(), "c.id"),
        );
        let columns = [ColumnType::Uuid, ColumnType::Uuid];
        let mut created = Vec::new();
        for mut row in self.fetch(&sql, &with(organization, arguments), &columns).await? {
            let (owner, id) = (row.uuid()?, row.uuid()?);
            let place = place_of(page.run_id, id);
            created.extend(place.map(|place| (owner, creation(page.part.entity, id, place))));
        }
        Ok(created)
    }
}

/// Joins what became of entries, and leaves those of a run and kind that wrote to a record and were not taken back.
const STANDING: &str = "LEFT JOIN import_rollback_result AS r ON r.organization_id = j.organization_id \
                        AND r.run_id = j.run_id AND r.job_id = j.job_id AND r.row_number = j.row_number \
                        AND r.ordinal = j.ordinal WHERE j.organization_id = ? AND j.run_id = ? \
                        AND j.entity_type = ? AND j.action <> 'mapped' \
                        AND (r.outcome IS NULL OR r.outcome <> 'reversed')";

/// The arguments of a statement with [`STANDING`] in it.
fn standing(organization: OrganizationId, page: &RollbackPage, others: Vec<Scalar>) -> Vec<Scalar> {
    let own = [page.run_id.into(), page.part.entity.name().into()];
    with(organization, own.into_iter().chain(others).collect())
}

/// The records whose creation the journal has.
fn journalled<'a>(entries: impl Iterator<Item = &'a JournalEntry>) -> HashSet<Uuid> {
    let created = entries.filter(|entry| entry.action == JournalAction::Created);
    created.map(|entry| entry.record_id).collect()
}

/// The column that says what owns a record of this kind, and the kind of the owner.
fn owner_of(kind: EntityKind) -> Option<(String, EntityKind)> {
    let (spec, owner) = kind.owner()?;
    Some((spec.column()?, owner))
}

/// Whether this is the column that says what owns a record of this kind.
pub(super) fn is_link_to_owner(kind: EntityKind, column: &str) -> bool {
    owner_of(kind).is_some_and(|(link, _)| link == column)
}

/// The same run, and another kind of record.
fn of_kind(page: &RollbackPage, entity: EntityKind) -> RollbackPage {
    RollbackPage {
        part: RollbackPart { entity, ..page.part },
        ..*page
    }
}

/// Entries in pieces that can be read about at once. What was written to one record stays together.
fn by_record(entries: impl Iterator<Item = JournalEntry>) -> Vec<Vec<JournalEntry>> {
    let mut pieces: Vec<Vec<JournalEntry>> = Vec::new();
    for entry in entries {
        match pieces.last_mut() {
            Some(piece)
                if piece.len() < ENTRIES_AT_ONCE
                    || piece.last().is_some_and(|last| last.record_id == entry.record_id) =>
            {
                piece.push(entry);
            }
            _ => pieces.push(vec![entry]),
        }
    }
    pieces
}
