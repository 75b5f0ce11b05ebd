//! What the links of a record lead to.

use torqueflow_dedupe::MatchKey;
use torqueflow_model::{EntityKind, Finding, FindingCode, OnMissing, fold};
use torqueflow_pipeline::{Called, id_text};
use uuid::Uuid;

use crate::fate::{Fate, View};
use crate::links::{Target, WantedLink, id_hash};
use crate::names::{named, wrong_name};
use crate::policy::{JobRow, Orphans};
use crate::refresh::says_the_same;

/// Where a link leads.
#[derive(Debug, PartialEq)]
pub(crate) enum Followed {
    /// To this record.
    To(Uuid),
    /// To a lookup that is to be made: its kind and folded name.
    New(EntityKind, String),
    /// Nowhere, which has been told.
    Nowhere,
    /// Nowhere, which is still to be told.
    Untold(Finding),
    /// Nowhere, and without it the row can't be imported.
    Fails(Finding),
}

impl From<Option<Uuid>> for Followed {
    fn from(found: Option<Uuid>) -> Self {
        found.map_or(Self::Nowhere, Self::To)
    }
}

impl View<'_> {
    /// The source names the record that it named when the link was last resolved.
    pub fn is_settled(&self, row: &JobRow, link: &WantedLink) -> bool {
        let Some(record) = row.clean.records.get(link.record) else {
            return false;
        };
        let id = id_text(&record.source_id, self.facts.occurrence(row, record.slot));
        let last = self.facts.imported.get(&(record.slot.entity(), id));
        last.is_some_and(|last| says_the_same(last, record, link.spec))
    }

    /// Where a link of a row leads, of whose records these are the fates.
    pub fn follow(&self, row: &JobRow, fates: &[Fate], link: &WantedLink) -> Followed {
        match &link.target {
            Target::Name(name) => self.look_up(link, name),
            Target::Row(target) => {
                let id = fates.get(*target).and_then(|fate| fate.id());
                id.map_or_else(|| self.missing(row, link), Followed::To)
            }
            Target::Id(id) => self.by_id(link, id).unwrap_or_else(|| self.missing(row, link)),
            Target::Named { id, called } => self
                .by_id(link, id)
                .unwrap_or_else(|| self.by_name(row, link, id, called)),
            Target::Registration { registration, .. } => self
                .by_source_id(link)
                .map_or_else(|| self.by_registration(row, link, registration), Followed::To),
        }
    }

    /// The record with an id at the source. `None`: there is none.
    fn by_id(&self, link: &WantedLink, id: &str) -> Option<Followed> {
        let is_mapped = self.facts.mapped(link.to, id.to_owned()).is_some();
        if self
            .policy
            .ambiguous
            .contains(self.table.source_system, link.to, id, is_mapped)
        {
            // The analysis has told so.
            return Some(Followed::Nowhere);
        }
        self.by_source_id(link).map(Followed::To)
    }

    fn by_source_id(&self, link: &WantedLink) -> Option<Uuid> {
        let id = link.target.source_id()?;
        let in_batch = self.made.resolved(id_hash(self.table.source_system, link.to, &id));
        in_batch.or_else(|| self.facts.mapped(link.to, id))
    }

    /// The customer of a name: the only one of the run that has it, else of the store.
    fn by_name(&self, row: &JobRow, link: &WantedLink, name: &str, called: &Called) -> Followed {
        let of_run = self.policy.names.find(called);
        if let [customer] = of_run.as_slice() {
            let hash = id_hash(&customer.source_system, EntityKind::Customer, &customer.id);
            let brought = self
                .made
                .resolved(hash)
                .or_else(|| self.facts.of_run.get(customer).copied());
            if let Some(brought) = brought {
                return Followed::To(brought);
            }
        } else if !of_run.is_empty() {
            return Followed::Nowhere;
        }
        let stored = named(&self.facts.named, called);
        if let [customer] = stored.as_slice() {
            return Followed::To(customer.id);
        }
        // The analysis counted on a customer of the run, who did not come.
        let untold = wrong_name(name, &[], &stored).filter(|_| !of_run.is_empty());
        untold.map_or(Followed::Nowhere, |(code, detail)| {
            Followed::Untold(link.finding(self.table.cleaner, &row.clean, code, detail))
        })
    }

    /// The vehicle with a registration; one that several have is never guessed.
    fn by_registration(&self, row: &JobRow, link: &WantedLink, registration: &str) -> Followed {
        match self.vehicles(registration).as_slice() {
            [] => self.missing(row, link),
            [vehicle] => Followed::To(*vehicle),
            [_, ..] if self.fails_rows(link) => {
                let code = FindingCode::RegistrationAmbiguousRow;
                let detail = registration.to_owned();
                Followed::Fails(link.finding(self.table.cleaner, &row.clean, code, detail))
            }
            [_, ..] => Followed::Nowhere,
        }
    }

    /// The vehicles with this registration, of the store and of this batch and the one before it.
    fn vehicles(&self, registration: &str) -> Vec<Uuid> {
        let key = MatchKey::of_registration(registration).hash;
        let stored = self.facts.registrations.get(&key).into_iter().flatten().copied();
        let mut vehicles: Vec<Uuid> = stored.chain(self.made.vehicles(key)).collect();
        // Those of the batch before may be committed by now.
        vehicles.sort_unstable();
        vehicles.dedup();
        vehicles
    }

    /// The lookup with this name; to be made when there is none, unless that is switched off.
    fn look_up(&self, link: &WantedLink, name: &str) -> Followed {
        let key = (link.to, fold(name));
        let known = self.facts.lookups.get(&key).copied();
        if let Some(id) = known.or_else(|| self.made.lookup(&key)) {
            return Followed::To(id);
        }
        if self.policy.create_missing {
            return Followed::New(key.0, key.1);
        }
        let described = format!("{} {name}", link.to.spec().label.to_lowercase());
        Followed::Untold(Finding::row(FindingCode::LookupNotCreated, described))
    }

    /// What the analysis did not see coming, since the record failed only when it was written. What it did see is in
    /// its findings already.
    fn missing(&self, row: &JobRow, link: &WantedLink) -> Followed {
        if self.fails_rows(link) {
            let finding = link.finding(self.table.cleaner, &row.clean, FindingCode::Orphan, link.describe());
            return Followed::Fails(finding);
        }
        Followed::Nowhere
    }

    fn fails_rows(&self, link: &WantedLink) -> bool {
        link.on_missing == OnMissing::FailRow && self.policy.orphans == Orphans::Fail
    }
}
