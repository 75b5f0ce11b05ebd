//! The members of the export, each written page by page: memory does not grow with the run.

use std::collections::HashMap;

use serde_json::json;
use torqueflow_persistence::{
    AuditFilter, AuditOrder, ExportedJournal, ExportedMapping, FindingFilter, OrganizationId, Place, Run,
};
use uuid::Uuid;

use super::archive::Archive;
use super::pretty;
use super::views::{DuplicateLine, FindingLine, JournalLine, MappingLine, RowPlace, TableView, fills_line, upload};
use crate::App;
use crate::audit::AuditEntry;
use crate::error::AppError;
use crate::error_log::headers;
use crate::reports::Places;
use crate::work::options_of;

/// Lines that are read at a time.
const PAGE: u64 = 2000;

/// Writes what a run did.
pub(super) struct Exporter<'a> {
    pub app: &'a App,
    pub organization: OrganizationId,
    pub run: &'a Run,
    pub places: &'a Places,
}

impl Exporter<'_> {
    /// Every member but the manifest.
    pub async fn write(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        let uploads: Vec<_> = self.places.files.iter().map(upload).collect();
        archive.member("uploads.json", &pretty(&uploads)?)?;
        let tables: Vec<_> = self
            .places
            .jobs
            .iter()
            .map(|job| TableView::new(self.places, job))
            .collect();
        archive.member("tables.json", &pretty(&tables)?)?;
        self.duplicates(archive).await?;
        self.left_out(archive).await?;
        self.row_results(archive).await?;
        self.findings(archive).await?;
        self.fills(archive).await?;
        self.journal(archive).await?;
        self.mappings(archive).await?;
        self.audit_log(archive).await
    }

    fn place(&self, job_id: Uuid, row: i64) -> RowPlace {
        RowPlace::new(self.places, job_id, row)
    }

    async fn duplicates(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        let options = options_of(self.run)?;
        archive.begin("duplicates.ndjson")?;
        let mut after = None;
        loop {
            let store = &self.app.store;
            let page = store
                .export_duplicates(self.organization, self.run.id, after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for duplicate in page {
                let effective = duplicate.action.or(options.on_duplicate.of(duplicate.level));
                archive.line(&DuplicateLine::new(self.places, duplicate, effective))?;
            }
        }
        archive.end();
        Ok(())
    }

    async fn left_out(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("left_out.ndjson")?;
        for job in &self.places.jobs {
            let mut after = None;
            loop {
                let store = &self.app.store;
                let page = store
                    .export_rows_left_out(self.organization, job.id, after, PAGE)
                    .await?;
                let Some(last) = page.last() else { break };
                after = Some(*last);
                for row in page {
                    archive.line(&self.place(job.id, row))?;
                }
            }
        }
        archive.end();
        Ok(())
    }

    async fn row_results(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("row_results.ndjson")?;
        for job in &self.places.jobs {
            let mut after = None;
            loop {
                let store = &self.app.store;
                let page = store
                    .export_row_results(self.organization, job.id, None, after, PAGE)
                    .await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(*last);
                for (row, outcome) in page {
                    let place = self.place(job.id, row);
                    archive.line(&json!({
                        "file": place.file, "sheet": place.sheet, "row": row, "outcome": outcome,
                    }))?;
                }
            }
        }
        archive.end();
        Ok(())
    }

    async fn findings(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("findings.ndjson")?;
        for job in &self.places.jobs {
            let headers = headers(job);
            let mut after = None;
            loop {
                let store = &self.app.store;
                let page = store
                    .finding_list(self.organization, job.id, &FindingFilter::default(), after, PAGE)
                    .await?;
                let Some(last) = page.last() else { break };
                after = Some((last.row_number, last.ordinal));
                for finding in page {
                    let place = self.place(job.id, finding.row_number);
                    archive.line(&FindingLine::new(place, &headers, finding))?;
                }
            }
        }
        archive.end();
        Ok(())
    }

    async fn fills(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("fills.ndjson")?;
        for job in &self.places.jobs {
            let mut after = None;
            loop {
                let store = &self.app.store;
                let page = store.export_fills(self.organization, job.id, after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some((last.row_number, last.slot.clone()));
                for fills in page {
                    archive.line(&fills_line(self.places, job.id, fills))?;
                }
            }
        }
        archive.end();
        Ok(())
    }

    /// The run's writes, page by page.
    async fn journal_page(&self, after: Place) -> Result<Vec<ExportedJournal>, AppError> {
        let store = &self.app.store;
        Ok(store
            .export_journal(self.organization, self.run.id, after, PAGE)
            .await?)
    }

    async fn journal(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("journal.ndjson")?;
        let mut after = Place::START;
        loop {
            let page = self.journal_page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.place;
            for entry in page {
                archive.line(&JournalLine::new(self.places, entry))?;
            }
        }
        archive.end();
        Ok(())
    }

    /// The mappings that the run wrote, as it left them, in the order of its writes.
    async fn mappings(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("mappings.ndjson")?;
        let mut after = Place::START;
        loop {
            let page = self.journal_page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.place;
            let mut mappings = self.mappings_of(&page).await?;
            for entry in &page {
                let Some((system, id)) = entry.mapping.clone() else {
                    continue;
                };
                let key = (entry.entity.clone(), system.clone(), id.clone());
                if let Some(mapping) = mappings.remove(&key) {
                    archive.line(&MappingLine::new(self.places, entry, (system, id), mapping))?;
                }
            }
        }
        archive.end();
        Ok(())
    }

    /// The mappings of a page of the journal, by entity, source system and source id.
    async fn mappings_of(
        &self,
        page: &[ExportedJournal],
    ) -> Result<HashMap<(String, String, String), ExportedMapping>, AppError> {
        let mut wanted: HashMap<(&str, &str), Vec<String>> = HashMap::new();
        for entry in page {
            if let Some((system, id)) = &entry.mapping {
                wanted.entry((&entry.entity, system)).or_default().push(id.clone());
            }
        }
        let mut mappings = HashMap::new();
        for ((entity, system), ids) in wanted {
            let store = &self.app.store;
            let found = store
                .export_mappings(self.organization, self.run.id, system, entity, &ids)
                .await?;
            let keyed = found
                .into_iter()
                .map(|(id, mapping)| ((entity.to_owned(), system.to_owned(), id), mapping));
            mappings.extend(keyed);
        }
        Ok(mappings)
    }

    async fn audit_log(&self, archive: &mut Archive<'_>) -> Result<(), AppError> {
        archive.begin("audit_log.ndjson")?;
        let filter = AuditFilter {
            run_id: Some(self.run.id),
            ..AuditFilter::default()
        };
        let mut after = None;
        loop {
            let store = &self.app.store;
            let page = store
                .audit_list(self.organization, &filter, AuditOrder::OldestFirst, after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for event in page {
                archive.line(&AuditEntry::from(event))?;
            }
        }
        archive.end();
        Ok(())
    }
}
