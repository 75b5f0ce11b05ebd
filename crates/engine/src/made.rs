//! What a batch has made so far: later rows refer to it.

use std::collections::{HashMap, HashSet};

use torqueflow_dedupe::MatchKey;
use torqueflow_model::EntityKind;
use torqueflow_model::import::{CreatedRecord, MappingOrigin};
use uuid::Uuid;

/// What a batch brings that later rows may refer to, before it is committed.
#[derive(Debug, Default)]
pub struct Brought {
    /// Records with an id at the source, by identity.
    resolved: HashMap<u128, Uuid>,
    /// Those of them for which a match stands.
    skipped: HashSet<u128>,
    /// Lookups, by kind and folded name.
    lookups: HashMap<(EntityKind, String), Uuid>,
    /// Vehicles, by the fingerprint of their registration.
    registrations: HashMap<u128, Vec<Uuid>>,
}

impl Brought {
    fn add_registration(&mut self, vehicle: &CreatedRecord) {
        if let Some(registration) = vehicle.record.text("registration") {
            let key = MatchKey::of_registration(registration).hash;
            let vehicles = self.registrations.entry(key).or_default();
            if !vehicles.contains(&vehicle.id) {
                vehicles.push(vehicle.id);
            }
        }
    }
}

/// What a batch has made so far, and what the one before it brings where that is still being written.
#[derive(Debug, Default)]
pub(crate) struct Made<'a> {
    brought: Brought,
    before: Option<&'a Brought>,
    created: Vec<CreatedRecord>,
    /// Where in `created`, by id.
    by_id: HashMap<Uuid, usize>,
    /// Addresses, by customer: where in `created`.
    addresses: HashMap<Uuid, Vec<usize>>,
}

impl<'a> Made<'a> {
    pub fn after(before: Option<&'a Brought>) -> Self {
        Self {
            before,
            ..Self::default()
        }
    }

    fn all_brought(&self) -> impl Iterator<Item = &Brought> {
        std::iter::once(&self.brought).chain(self.before)
    }

    /// The record with this identity.
    pub fn resolved(&self, key_hash: u128) -> Option<Uuid> {
        self.all_brought()
            .find_map(|brought| brought.resolved.get(&key_hash).copied())
    }

    /// Whether a match stands for the record with this identity.
    pub fn is_skipped(&self, key_hash: u128) -> bool {
        self.all_brought().any(|brought| brought.skipped.contains(&key_hash))
    }

    pub fn resolve(&mut self, key_hash: u128, record_id: Uuid, origin: MappingOrigin) {
        self.brought.resolved.insert(key_hash, record_id);
        if origin == MappingOrigin::Skipped {
            self.brought.skipped.insert(key_hash);
        }
    }

    /// The lookup of this kind and folded name.
    pub fn lookup(&self, key: &(EntityKind, String)) -> Option<Uuid> {
        self.all_brought().find_map(|brought| brought.lookups.get(key).copied())
    }

    pub fn add_lookup(&mut self, key: (EntityKind, String), id: Uuid) {
        self.brought.lookups.insert(key, id);
    }

    /// The vehicles with the registration of this fingerprint.
    pub fn vehicles(&self, registration: u128) -> impl Iterator<Item = Uuid> {
        let of = move |brought: &'_ Brought| brought.registrations.get(&registration).cloned().unwrap_or_default();
        self.all_brought().flat_map(of)
    }

    /// Adds a new record.
    pub fn create(&mut self, created: CreatedRecord) {
        let at = self.created.len();
        self.by_id.insert(created.id, at);
        match created.record.slot.entity() {
            EntityKind::CustomerAddress => {
                let customer = created.links.iter().find(|(field, _)| *field == "customer");
                if let Some((_, customer)) = customer {
                    self.addresses.entry(*customer).or_default().push(at);
                }
            }
            EntityKind::Vehicle => self.brought.add_registration(&created),
            _ => {}
        }
        self.created.push(created);
    }

    /// Takes note of what was filled in a new record.
    pub fn filled(&mut self, id: Uuid) {
        if let Some(created) = self.by_id.get(&id).and_then(|at| self.created.get(*at))
            && created.record.slot.entity() == EntityKind::Vehicle
        {
            self.brought.add_registration(created);
        }
    }

    /// The record, if the batch creates it.
    pub fn created(&self, id: Uuid) -> Option<&CreatedRecord> {
        self.created.get(*self.by_id.get(&id)?)
    }

    /// The same, to be filled before it is written.
    pub fn created_mut(&mut self, id: Uuid) -> Option<&mut CreatedRecord> {
        self.created.get_mut(*self.by_id.get(&id)?)
    }

    /// The addresses that the batch gives a customer.
    pub fn addresses(&self, customer: Uuid) -> impl Iterator<Item = &CreatedRecord> {
        let places = self.addresses.get(&customer).into_iter().flatten();
        places.filter_map(|at| self.created.get(*at))
    }

    /// The new records, and what of it matters for later rows.
    pub fn finish(self) -> (Vec<CreatedRecord>, Brought) {
        (self.created, self.brought)
    }
}
