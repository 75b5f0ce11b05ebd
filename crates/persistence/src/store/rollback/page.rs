//! One page of a rollback, and the whole of a preview.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_model::ColumnType;
use torqueflow_model::import::{JournalAction, JournalEntry, RollbackFacts, Verdict};
use uuid::Uuid;

use super::RollbackPart;
use super::facts::NOTED;
use crate::bulk::{BulkTransaction, Rows, Scalar};
use crate::store::lease::Lease;
use crate::store::links_of;
use crate::{OrganizationId, Store, StoreError};

/// Some of the writes of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollbackPage {
    /// The run.
    pub run_id: Uuid,
    /// The part.
    pub part: RollbackPart,
    /// Where the page before it ended; `None`: it begins at the part's end.
    pub after: Option<PageEnd>,
    /// How many entries it has at most.
    pub limit: usize,
    /// An earlier attempt may have taken some of it back.
    pub again: bool,
    /// Records stay that other runs have confirmed as this run left them.
    pub keeps_confirmed: bool,
}

/// Where a page ends: the last of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PageEnd {
    /// An entry of the journal: row and ordinal.
    Entry(i64, i64),
    /// A record that was created.
    Record(Uuid),
}

/// Decides what becomes of writes.
pub trait Judge: Send {
    /// What becomes of each of these entries of a page. The newest comes first.
    fn judge(&mut self, page: &RollbackPage, entries: &[JournalEntry], facts: &RollbackFacts) -> Vec<Verdict>;

    /// How far the run is after a page that ends here, as `import_run.rollback` keeps it. `None`: its part is done.
    fn progress(&mut self, end: Option<PageEnd>) -> serde_json::Value;
}

impl Store {
    /// Takes a page back, if the lease still holds: records, mappings, results and progress, all of it or nothing. Says
    /// where the page ended; `None` when the part is done.
    pub async fn rollback_page(
        &self,
        organization: OrganizationId,
        lease: &Lease,
        page: &RollbackPage,
        judge: &mut dyn Judge,
    ) -> Result<Option<PageEnd>, StoreError> {
        let mut transaction = self.begin().await?;
        transaction.relax_durability().await?;
        let (entries, end) = transaction.written_page(organization, page).await?;
        let facts = transaction.rollback_facts(organization, page, &entries, false).await?;
        let verdicts = judge.judge(page, &entries, &facts);
        let now = OffsetDateTime::now_utc();
        transaction
            .apply(organization, page, now, &entries, &facts, &verdicts)
            .await?;
        transaction
            .keep_progress(organization, page.run_id, &judge.progress(end))
            .await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await?;
        Ok(end)
    }

    /// Asks what would become of all these parts, and writes nothing. Memory does not grow with the run: what matters
    /// to later pages is noted in a temporary table.
    pub async fn rollback_preview(
        &self,
        organization: OrganizationId,
        pages: &[RollbackPage],
        judge: &mut dyn Judge,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin_reading().await?;
        let kind = if transaction.is_postgres() { "uuid" } else { "blob" };
        let create = format!("CREATE TEMPORARY TABLE {NOTED} (id {kind} NOT NULL, link text NOT NULL)");
        transaction.execute(&create, &[]).await?;
        let index = format!("CREATE INDEX {NOTED}_id ON {NOTED} (id, link)");
        transaction.execute(&index, &[]).await?;
        for first in pages {
            let mut page = *first;
            loop {
                let (entries, end) = transaction.written_page(organization, &page).await?;
                let facts = transaction.rollback_facts(organization, &page, &entries, true).await?;
                let verdicts = judge.judge(&page, &entries, &facts);
                transaction.note(&entries, &verdicts).await?;
                if end.is_none() {
                    break;
                }
                page.after = end;
            }
        }
        // Dropped without a commit: the table was never there.
        Ok(())
    }
}

impl BulkTransaction {
    async fn keep_progress(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        progress: &serde_json::Value,
    ) -> Result<(), StoreError> {
        self.execute(
            "UPDATE import_run SET rollback = ?, progress_version = progress_version + 1 \
             WHERE organization_id = ? AND id = ?",
            &[Scalar::Json(progress.to_string()), organization.0.into(), run_id.into()],
        )
        .await?;
        Ok(())
    }

    /// Notes what matters to those pages of a preview that come later: which records stay, and which links will be gone.
    async fn note(&mut self, entries: &[JournalEntry], verdicts: &[Verdict]) -> Result<(), StoreError> {
        let mut rows = Rows::new(NOTED, [("id", ColumnType::Uuid), ("link", ColumnType::Text)]);
        for (entry, verdict) in entries.iter().zip(verdicts) {
            match (entry.action, verdict.is_reversed()) {
                (JournalAction::Created, false) => rows.push([entry.record_id.into(), "".into()]),
                (JournalAction::Updated, true) => {
                    let changed =
                        |column: &String| entry.before.as_ref().is_some_and(|before| before.get(column).is_some());
                    for (column, _) in links_of(entry.entity).filter(|(column, _)| changed(column)) {
                        rows.push([entry.record_id.into(), column.into()]);
                    }
                }
                _ => {}
            }
        }
        self.insert(&rows).await
    }
}
