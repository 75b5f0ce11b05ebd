//! What there is to know before writes are taken back.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use torqueflow_model::import::{CurrentMapping, CurrentRecord, JournalAction, JournalEntry, RollbackFacts};
use torqueflow_model::{ColumnType, EntityKind};
use uuid::Uuid;

use super::RollbackPage;
use super::journal::among;
use super::owners::is_link_to_owner;
use crate::bulk::{BulkTransaction, Scalar};
use crate::store::created::{IdRange, within};
use crate::store::links_of;
use crate::{OrganizationId, StoreError};

/// A temporary table of what a preview has found: records of the run that stay (with an empty link), and links of other
/// records that will be put back.
pub(super) const NOTED: &str = "rollback_noted";

/// When it is the turn of the records that are read about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// Now. In a preview nothing has been taken back before.
    Now {
        /// It is a preview.
        preview: bool,
    },
    /// Later: what they own and the run wrote to is still there, and does not count.
    Later {
        /// It is a preview.
        preview: bool,
    },
}

impl Turn {
    fn is_preview(self) -> bool {
        let (Self::Now { preview } | Self::Later { preview }) = self;
        preview
    }
}

impl BulkTransaction {
    /// Reads what there is to know of these entries. What is not only looked at is locked until the transaction ends.
    pub(super) async fn rollback_facts(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &[JournalEntry],
        preview: bool,
    ) -> Result<RollbackFacts, StoreError> {
        let owners = self.owners(organization, page, entries, preview).await?;
        let facts = self
            .facts_of(organization, page, entries, Turn::Now { preview })
            .await?;
        Ok(RollbackFacts { owners, ..facts })
    }

    /// The same without owners.
    pub(super) async fn facts_of(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &[JournalEntry],
        turn: Turn,
    ) -> Result<RollbackFacts, StoreError> {
        let preview = turn.is_preview();
        let mut facts = RollbackFacts::default();
        let written = ids(entries, |entry| entry.action != JournalAction::Mapped);
        facts.records = self
            .current_records(organization, page.part.entity, &written, !preview)
            .await?;
        let changed = ids(entries, |entry| {
            let record = facts.records.get(&entry.record_id);
            record.is_some_and(|record| entry.version_after != Some(record.version))
        });
        facts.reversed_versions = self.reversed_versions(organization, page, &changed, preview).await?;
        let created = ids(entries, |entry| {
            entry.action == JournalAction::Created && facts.records.contains_key(&entry.record_id)
        });
        for (table, column) in referrers(page.part.entity) {
            self.add_referred(organization, page, (table, &column), &created, turn, &mut facts)
                .await?;
        }
        facts.mapped_elsewhere = self.mapped_elsewhere(organization, page, &created).await?;
        self.add_mappings(organization, page.part.entity, entries, &mut facts)
            .await?;
        self.add_targets(organization, page.part.entity, entries, !preview, &mut facts)
            .await?;
        if page.keeps_confirmed {
            let ids = entries.iter().map(|entry| entry.record_id);
            facts.confirmed = self
                .confirmed_of(organization, page.run_id, page.part.entity, ids)
                .await?;
        }
        Ok(facts)
    }

    async fn current_records(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        ids: &[Uuid],
        lock: bool,
    ) -> Result<HashMap<Uuid, CurrentRecord>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let merged = if entity == EntityKind::Customer {
            "merged_into_id"
        } else {
            "NULL"
        };
        // In the order of the ids, so that two who lock the same records do not wait for each other.
        let lock = if lock && self.is_postgres() {
            " ORDER BY id FOR UPDATE"
        } else {
            ""
        };
        let (condition, arguments) = among("id", ids.iter().copied());
        let sql = format!(
            "SELECT id, version, {merged} IS NOT NULL FROM \"{}\" WHERE organization_id = ? AND {condition}{lock}",
            entity.name()
        );
        let columns = [ColumnType::Uuid, ColumnType::BigInteger, ColumnType::Boolean];
        let rows = self.fetch(&sql, &with(organization, arguments), &columns).await?;
        let records = rows.into_iter().map(|mut row| {
            let (id, version) = (row.uuid()?, row.integer()?);
            let merged = row.scalar() == Scalar::Boolean(true);
            Ok((id, CurrentRecord { version, merged }))
        });
        records.collect()
    }

    /// A preview takes the run's own writes for reversed: where a record's other versions are accounted for, they are.
    async fn reversed_versions(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        ids: &[Uuid],
        preview: bool,
    ) -> Result<HashMap<Uuid, HashSet<i64>>, StoreError> {
        let mut versions: HashMap<Uuid, HashSet<i64>> = HashMap::new();
        if ids.is_empty() {
            return Ok(versions);
        }
        self.add_merge_versions(organization, ids, &mut versions).await?;
        let (condition, mut arguments) = among("j.record_id", ids.iter().copied());
        let own = if preview {
            arguments.push(page.run_id.into());
            "OR j.run_id = ?"
        } else {
            ""
        };
        let sql = format!(
            "SELECT j.record_id, j.version_after, r.version_after FROM import_journal AS j \
             LEFT JOIN import_rollback_result AS r ON r.organization_id = j.organization_id AND r.run_id = j.run_id \
             AND r.job_id = j.job_id AND r.row_number = j.row_number AND r.ordinal = j.ordinal \
             WHERE j.organization_id = ? AND {condition} AND (r.outcome = 'reversed' {own})"
        );
        let columns = [ColumnType::Uuid, ColumnType::BigInteger, ColumnType::BigInteger];
        for mut row in self.fetch(&sql, &with(organization, arguments), &columns).await? {
            let known = versions.entry(row.uuid()?).or_default();
            known.extend(row.maybe_integer());
            known.extend(row.maybe_integer());
        }
        Ok(versions)
    }

    /// Versions that a merge of customers made and that its undo made.
    async fn add_merge_versions(
        &mut self,
        organization: OrganizationId,
        ids: &[Uuid],
        versions: &mut HashMap<Uuid, HashSet<i64>>,
    ) -> Result<(), StoreError> {
        let (condition, arguments) = among("record_id", ids.iter().copied());
        let sql = format!(
            "SELECT record_id, version_after, undo_version FROM customer_merge_entry \
             WHERE organization_id = ? AND {condition} AND undo_version IS NOT NULL"
        );
        let columns = [ColumnType::Uuid, ColumnType::BigInteger, ColumnType::BigInteger];
        for mut row in self.fetch(&sql, &with(organization, arguments), &columns).await? {
            let known = versions.entry(row.uuid()?).or_default();
            known.extend(row.maybe_integer());
            known.extend(row.maybe_integer());
        }
        Ok(())
    }

    /// Children of the same run are taken back before their parents, so what refers to a record here remains. A preview
    /// leaves them where they are, and so has to tell which of them would be gone. Before it is the turn of the records,
    /// the same goes for what they own.
    async fn add_referred(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        (kind, column): (EntityKind, &str),
        ids: &[Uuid],
        turn: Turn,
        facts: &mut RollbackFacts,
    ) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let (condition, mut arguments) = among(&format!("c.\"{column}\""), ids.iter().copied());
        let created = IdRange::of_run(page.run_id).scalars();
        let is_created = within(self.is_postgres(), "c.id");
        let remaining = if is_link_to_owner(kind, column) && matches!(turn, Turn::Later { .. }) {
            arguments.extend(created);
            arguments.push(page.run_id.into());
            format!(
                " AND NOT {is_created} AND (SELECT 1 FROM import_journal AS j \
                 WHERE j.organization_id = c.organization_id AND j.record_id = c.id AND j.run_id = ? \
                 AND j.action <> 'mapped' LIMIT 1) IS NULL"
            )
        } else if turn.is_preview() {
            arguments.extend(created);
            // Not `EXISTS`: PostgreSQL would read the whole table once for each page, and keep it in a hash table.
            let noted =
                |link: &str| format!("(SELECT 1 FROM {NOTED} AS n WHERE n.id = c.id AND n.link = '{link}' LIMIT 1)");
            format!(
                " AND (NOT {is_created} OR {} IS NOT NULL) AND {} IS NULL",
                noted(""),
                noted(column)
            )
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT DISTINCT c.\"{column}\" FROM \"{}\" AS c WHERE c.organization_id = ? AND {condition}{remaining}",
            kind.name()
        );
        let rows = self
            .fetch(&sql, &with(organization, arguments), &[ColumnType::Uuid])
            .await?;
        for mut row in rows {
            facts.referred_by.entry(row.uuid()?).or_insert(kind);
        }
        Ok(())
    }

    async fn mapped_elsewhere(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        ids: &[Uuid],
    ) -> Result<HashSet<Uuid>, StoreError> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let (condition, mut arguments) = among("record_id", ids.iter().copied());
        arguments.push(page.run_id.into());
        let sql = format!(
            "SELECT DISTINCT record_id FROM import_mapping WHERE organization_id = ? AND {condition} AND run_id <> ?"
        );
        let rows = self
            .fetch(&sql, &with(organization, arguments), &[ColumnType::Uuid])
            .await?;
        rows.into_iter().map(|mut row| row.uuid()).collect()
    }

    async fn add_mappings(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        entries: &[JournalEntry],
        facts: &mut RollbackFacts,
    ) -> Result<(), StoreError> {
        use ColumnType::{Text, Uuid as Id};
        for (system, source_ids) in mapped_ids(entries.iter()) {
            let (condition, arguments) = among("source_id", source_ids);
            let sql = format!(
                "SELECT source_id, record_id, run_id FROM import_mapping \
                 WHERE organization_id = ? AND source_system = ? AND entity_type = ? AND {condition}"
            );
            let key = [organization.0.into(), system.into(), entity.name().into()];
            let arguments: Vec<Scalar> = key.into_iter().chain(arguments).collect();
            for mut row in self.fetch(&sql, &arguments, &[Text, Id, Id]).await? {
                let key = (system.to_owned(), row.text()?);
                let (record_id, run_id) = (row.uuid()?, row.uuid()?);
                facts.mappings.insert(key, CurrentMapping { record_id, run_id });
            }
        }
        Ok(())
    }

    async fn add_targets(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        entries: &[JournalEntry],
        lock: bool,
        facts: &mut RollbackFacts,
    ) -> Result<(), StoreError> {
        for (column, to) in links_of(entity) {
            let images = entries.iter().filter_map(|entry| entry.before.as_ref());
            let wanted: HashSet<Uuid> = images.filter_map(|before| link_in(before, &column)).collect();
            if wanted.is_empty() {
                continue;
            }
            let wanted: Vec<Uuid> = wanted.into_iter().collect();
            // Locked like the rest, so that nobody deletes them before they are referred to again.
            let found = self.current_records(organization, to, &wanted, lock).await?;
            facts.targets.extend(found.into_keys());
        }
        Ok(())
    }
}

/// What an entry's before-image refers to.
pub(super) fn link_in(before: &Json, column: &str) -> Option<Uuid> {
    before.get(column)?.as_str().and_then(|text| Uuid::parse_str(text).ok())
}

/// Every column that may lead to a kind of record; those of what it owns come last.
fn referrers(entity: EntityKind) -> Vec<(EntityKind, String)> {
    let mut referrers = Vec::new();
    for kind in EntityKind::ALL {
        let links = links_of(kind).filter(|(_, to)| *to == entity);
        referrers.extend(links.map(|(column, _)| (kind, column)));
    }
    if entity == EntityKind::Customer {
        referrers.push((entity, "merged_into_id".to_owned()));
    }
    referrers.sort_by_key(|(kind, column)| is_link_to_owner(*kind, column));
    referrers
}

/// Source ids of entries that wrote a mapping to a record that was there, by source system.
pub(super) fn mapped_ids<'a>(entries: impl Iterator<Item = &'a JournalEntry>) -> HashMap<&'a str, HashSet<&'a str>> {
    let mut mapped: HashMap<_, HashSet<_>> = HashMap::new();
    for entry in entries.filter(|entry| entry.action != JournalAction::Created) {
        if let Some((system, id)) = &entry.mapping {
            mapped.entry(system.as_str()).or_default().insert(id.as_str());
        }
    }
    mapped
}

pub(super) fn ids(entries: &[JournalEntry], which: impl Fn(&JournalEntry) -> bool) -> Vec<Uuid> {
    let ids: HashSet<Uuid> = entries
        .iter()
        .filter(|entry| which(entry))
        .map(|entry| entry.record_id)
        .collect();
    ids.into_iter().collect()
}

/// The arguments of a statement, the organisation first.
pub(super) fn with(organization: OrganizationId, arguments: Vec<Scalar>) -> Vec<Scalar> {
    let mut all = vec![organization.0.into()];
    all.extend(arguments);
    all
}
