//! Whether the rows of a table are records of its type, or of something that belongs to them.

use torqueflow_model::{EntityKind, FieldRef, Slot};

use super::Candidate;
use crate::column::ColumnValues;
use crate::table::Table;

/// Of fewer rows nobody can say whether a number repeats by chance.
const ROWS: usize = 8;
/// So many of the rows say again what another says: a list of records has no more than a few of those.
const REPEATED: f64 = 0.3;
/// What tells the records of a kind apart, best first, and what one record has one of.
#[rustfmt::skip]
const OF_ONE_RECORD: &[(&[&str], &[&str])] = &[
    (&["product.code", "product.name"], &["product.name", "product.retail_price", "product.cost_price"]),
    (
        &["customer.external_customer_number", "customer.source_id"],
        &["customer.display_name", "customer.last_name", "customer.company"],
    ),
    (&["customer.display_name"], &["customer.email", "customer.phone", "billing_address.line_1"]),
    (&["supplier.code"], &["supplier.name"]),
    (&["supplier.name"], &["supplier.phone", "supplier.email", "supplier.line_1"]),
    (&["vehicle.registration", "vehicle.vin"], &["vehicle.model"]),
    (&["invoice.number"], &["invoice.customer"]),
];

impl Candidate<'_> {
    /// What should tell its records apart stands in many rows, which differ in what each record has one of: the rows are prices,
    /// movements or parts of such records, or of something else.
    pub fn is_of_parts_of_records(&self, file: &Table) -> bool {
        let Some(main) = self.table.entities().first().copied() else {
            return false;
        };
        // A customer stands in as many rows as they have vehicles or jobs.
        let main = Slot::Main(match main {
            EntityKind::Customer if self.table.slots().contains(&Slot::Main(EntityKind::Vehicle)) => {
                EntityKind::Vehicle
            }
            other => other,
        });
        let is_main = |name: &str| FieldRef::parse(name).is_some_and(|field| field.slot == main);
        let has_own_id = self.column_of(&format!("{}.source_id", main.name())).is_some_and(|id| {
            file.column(id)
                .is_some_and(|column| column.filled > 0 && column.is_unique())
        });
        let key = OF_ONE_RECORD.iter().find_map(|(keys, others)| {
            let index = keys
                .iter()
                .find_map(|name| is_main(name).then(|| self.column_of(name))?)?;
            Some((index, others))
        });
        let Some((key, others)) = key.filter(|_| !has_own_id) else {
            return false;
        };
        let repeats = |column: &ColumnValues| column.filled >= ROWS && column.repeat_share() >= REPEATED;
        let others = others.iter().filter_map(|name| self.column_of(name));
        file.column(key).is_some_and(repeats)
            && others
                .filter(|other| *other != key)
                .any(|other| file.differs_mostly_within(key, other))
    }

    /// Lines repeat the number of what they belong to. One that no two rows share is that of the row itself.
    pub(super) fn has_numbers_of_its_own(&self, file: &Table) -> bool {
        let parents = ["work_order_part.work_order", "work_order_labour.work_order"];
        let columns = parents.iter().filter_map(|name| self.column_of(name));
        columns
            .filter_map(|index| file.column(index))
            .any(|column| column.filled >= ROWS && column.is_unique())
    }
}
