//! What the links of the records of a batch lead to, and the lookups that are made for them.

use torqueflow_model::{EntityKind, FieldRef, FieldValue, Finding, Record, RowPart, Slot, SourceId, Value};
use uuid::Uuid;

use super::{Links, Plan};
use crate::fate::Fate;
use crate::links::{Target, WantedLink, wanted};
use crate::policy::JobRow;
use crate::resolve::Followed;

impl Plan<'_> {
    /// Resolves the links of the records that are to be written. The error is a finding that fails the row, for which nothing is
    /// made then.
    pub(super) fn links(&mut self, row: &JobRow, fates: &[Fate]) -> Result<Links, Finding> {
        let mut followed = Vec::new();
        for link in wanted(&row.clean) {
            if !fates.get(link.record).is_some_and(|fate| fate.writes()) || self.view().is_settled(row, &link) {
                continue;
            }
            match self.view().follow(row, fates, &link) {
                Followed::Fails(finding) => return Err(finding),
                to => followed.push((link, to)),
            }
        }
        let mut links = Links::new();
        for (link, to) in followed {
            let to = match to {
                Followed::To(id) => Some(id),
                Followed::New(kind, folded) => self.create_lookup(row, &link, kind, folded),
                Followed::Untold(finding) => {
                    self.find(row, &finding);
                    None
                }
                Followed::Nowhere | Followed::Fails(_) => None,
            };
            links.extend(to.map(|id| (link.record, link.spec.name, id)));
        }
        self.add_locations(row, fates, &mut links);
        Ok(links)
    }

    /// New records that name no location get that of the run.
    fn add_locations(&self, row: &JobRow, fates: &[Fate], links: &mut Links) {
        let Some(location) = self.policy.location_id else {
            return;
        };
        for (index, (record, fate)) in row.clean.records.iter().zip(fates).enumerate() {
            let mut specs = record.slot.entity().fields().iter();
            if let (Fate::Create(_) | Fate::Merge(_), Some(spec)) = (fate, specs.find(|spec| spec.name == "location"))
                && record.get(spec.name).is_none()
            {
                links.push((index, spec.name, location));
            }
        }
    }

    /// Makes the lookup that a row names.
    fn create_lookup(&mut self, row: &JobRow, link: &WantedLink, kind: EntityKind, folded: String) -> Option<Uuid> {
        let Target::Name(name) = &link.target else {
            return None;
        };
        // Another link of the row may have named it.
        if let Some(id) = self.made.lookup(&(kind, folded.clone())) {
            return Some(id);
        }
        let slot = Slot::Main(kind);
        let text = |field: &str, text: &str| {
            FieldRef::new(slot, field).map(|field| FieldValue {
                spec: field.spec,
                value: Value::Text(text.to_owned()),
                raw: String::new(),
            })
        };
        let record = Record {
            slot,
            source_id: SourceId::Derived(folded.clone()),
            fields: [text("name", name), text("sort_name", &folded)]
                .into_iter()
                .flatten()
                .collect(),
        };
        let of = row.clean.records.get(link.record)?.slot;
        let id = self.table.new_id(row, RowPart::Lookup(of, link.spec.name))?;
        self.create(row, id, 0, record, Vec::new());
        self.made.add_lookup((kind, folded), id);
        Some(id)
    }
}
