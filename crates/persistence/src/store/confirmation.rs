//! Which records of earlier runs a run has found to be as their source still has them, and so confirms. An unchanged row writes
//! nothing else, so this is kept small: ids of neighbouring rows differ in the number of the row alone ([`RunIds`]), so one
//! row of the table tells of up to 256 of them.
//!
//! [`RunIds`]: torqueflow_model::RunIds

use std::collections::{BTreeMap, HashSet};

use torqueflow_model::import::Confirmation;
use torqueflow_model::{ColumnType, EntityKind};
use uuid::Uuid;

use crate::bulk::{BulkTransaction, Rows};
use crate::fetch::Fetched;
use crate::store::lease::Lease;
use crate::store::rollback::among;
use crate::{OrganizationId, Store, StoreError};

/// Where an id has the number of the row.
const ROW_SHIFT: u32 = 30;
/// Neighbouring rows that are told of together.
const WINDOW: u128 = 256;

/// The first id of the window that an id is in, and its place there.
fn place_in_window(id: Uuid) -> (Uuid, u8) {
    let mask = (WINDOW - 1) << ROW_SHIFT;
    let id = id.as_u128();
    let offset = u8::try_from((id & mask) >> ROW_SHIFT).unwrap_or_default();
    (Uuid::from_u128(id & !mask), offset)
}

/// The places in a window that are confirmed, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Offsets([u64; 4]);

impl Offsets {
    fn insert(&mut self, offset: u8) {
        if let Some(word) = self.0.get_mut(usize::from(offset / 64)) {
            *word |= 1 << (offset % 64);
        }
    }

    fn contains(self, offset: u8) -> bool {
        let word = self.0.get(usize::from(offset / 64)).copied().unwrap_or_default();
        word >> (offset % 64) & 1 == 1
    }

    fn count(self) -> i64 {
        self.0.iter().map(|word| i64::from(word.count_ones())).sum()
    }

    /// Four hexadecimal numbers, those at the end left out that are 0.
    fn to_text(self) -> String {
        let words: Vec<String> = self.0.iter().map(|word| format!("{word:x}")).collect();
        words.join(",").trim_end_matches(",0").to_owned()
    }

    fn from_text(text: &str) -> Result<Self, StoreError> {
        let mut offsets = Self::default();
        for (place, word) in text.split(',').enumerate() {
            let read = u64::from_str_radix(word, 16).ok();
            let (Some(kept), Some(read)) = (offsets.0.get_mut(place), read) else {
                return Err(StoreError::Damaged { what: "confirmation" });
            };
            *kept = read;
        }
        Ok(offsets)
    }
}

/// Confirmations by window and by the run that is confirmed, with the first row of each.
fn windows(confirmed: &[Confirmation]) -> BTreeMap<(EntityKind, Uuid, Uuid), (i64, Offsets)> {
    let mut windows = BTreeMap::new();
    for confirmation in confirmed {
        let (base, offset) = place_in_window(confirmation.record_id);
        let (_, offsets) = windows
            .entry((confirmation.entity, base, confirmation.confirmed_run_id))
            .or_insert((confirmation.row_number, Offsets::default()));
        offsets.insert(offset);
    }
    windows
}

pub(super) fn confirmation_rows(
    organization: OrganizationId,
    run_id: Uuid,
    job_id: Uuid,
    confirmed: &[Confirmation],
) -> Rows {
    use ColumnType::{BigInteger, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_confirmation",
        [
            ("organization_id", Id),
            ("run_id", Id),
            ("job_id", Id),
            ("confirmed_run_id", Id),
            ("row_number", BigInteger),
            ("entity_type", Text),
            ("base_id", Id),
            ("offsets", Text),
            ("records", BigInteger),
        ],
    );
    for ((entity, base, confirmed_run_id), (row_number, offsets)) in windows(confirmed) {
        rows.push([
            organization.0.into(),
            run_id.into(),
            job_id.into(),
            confirmed_run_id.into(),
            row_number.into(),
            entity.name().into(),
            base.into(),
            offsets.to_text().into(),
            offsets.count().into(),
        ]);
    }
    rows
}

impl Store {
    /// How many records of earlier runs a run has confirmed, those of each of its tables.
    pub async fn confirmation_count(&self, organization: OrganizationId, run_id: Uuid) -> Result<i64, StoreError> {
        let mut transaction = self.begin_reading().await?;
        let mut rows = transaction
            .fetch(
                "SELECT CAST(coalesce(sum(records), 0) AS bigint) FROM import_confirmation \
                 WHERE organization_id = ? AND run_id = ?",
                &[organization.0.into(), run_id.into()],
                &[ColumnType::BigInteger],
            )
            .await?;
        rows.first_mut().map_or(Ok(0), Fetched::integer)
    }

    /// Withdraws what a run has confirmed, if the lease on it still holds.
    pub async fn confirmation_forget(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        lease: &Lease,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        transaction
            .execute(
                "DELETE FROM import_confirmation WHERE organization_id = ? AND run_id = ?",
                &[organization.0.into(), run_id.into()],
            )
            .await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }
}

impl BulkTransaction {
    /// Those of these records that other runs have confirmed as this run left them.
    pub(super) async fn confirmed_of(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        entity: EntityKind,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<HashSet<Uuid>, StoreError> {
        let mut wanted: BTreeMap<Uuid, Vec<(u8, Uuid)>> = BTreeMap::new();
        for id in ids {
            let (base, offset) = place_in_window(id);
            wanted.entry(base).or_default().push((offset, id));
        }
        let mut confirmed = HashSet::new();
        if wanted.is_empty() {
            return Ok(confirmed);
        }
        let (condition, bases) = among("base_id", wanted.keys().copied());
        let sql = format!(
            "SELECT base_id, offsets FROM import_confirmation \
             WHERE organization_id = ? AND confirmed_run_id = ? AND entity_type = ? AND {condition}"
        );
        let mut arguments = vec![organization.0.into(), run_id.into(), entity.name().into()];
        arguments.extend(bases);
        for mut row in self
            .fetch(&sql, &arguments, &[ColumnType::Uuid, ColumnType::Text])
            .await?
        {
            let (base, offsets) = (row.uuid()?, Offsets::from_text(&row.text()?)?);
            let of_window = wanted.get(&base).into_iter().flatten();
            confirmed.extend(
                of_window
                    .filter(|(offset, _)| offsets.contains(*offset))
                    .map(|(_, id)| *id),
            );
        }
        Ok(confirmed)
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{RecordPlace, RowPart, RunIds, Slot};

    use super::*;

    const CUSTOMER: RowPart = RowPart::Record(Slot::Main(EntityKind::Customer));

    #[test]
    fn neighbouring_rows_share_a_window() {
        let ids = RunIds::of(Uuid::now_v7().as_u128());
        let id = |row| Uuid::from_u128(ids.id(RecordPlace::new(3, row, CUSTOMER).unwrap()));
        let confirmed: Vec<Confirmation> = [2, 3, 7, 255, 256, 300]
            .into_iter()
            .map(|row| Confirmation {
                row_number: row + 1000,
                entity: EntityKind::Customer,
                record_id: id(row),
                confirmed_run_id: Uuid::nil(),
            })
            .collect();
        let windows: Vec<_> = windows(&confirmed).into_values().collect();
        let [(1002, first), (1256, second)] = windows.as_slice() else {
            panic!("{windows:?}");
        };
        assert_eq!((first.count(), second.count()), (4, 2));
        for row in 0..512 {
            let (base, offset) = place_in_window(id(row));
            let offsets = if row < 256 { first } else { second };
            let is_confirmed = confirmed.iter().any(|one| one.record_id == id(row));
            assert_eq!(offsets.contains(offset), is_confirmed, "{row}");
            assert_eq!(base, place_in_window(id(row / 256 * 256)).0, "{row}");
        }
    }

    #[track_caller]
    fn check(offsets: &[u8], text: &str) {
        let mut set = Offsets::default();
        for offset in offsets {
            set.insert(*offset);
        }
        assert_eq!(set.to_text(), text);
        assert_eq!(Offsets::from_text(text).unwrap(), set);
    }

    #[test]
    fn offsets_are_read_back() {
        check(&[0], "1");
        check(&[0, 1, 2, 3, 4], "1f");
        check(&[64], "0,1");
        check(&[255], "0,0,0,8000000000000000");
        for damaged in ["", "x", "1,2,3,4,5"] {
            assert!(Offsets::from_text(damaged).is_err(), "{damaged}");
        }
    }
}
