//! Which columns tell one record of a kind from another.

use torqueflow_cleanup::{Portrait, PortraitRule};
use torqueflow_model::{EntityKind, Record, Row, Slot};

use crate::plan::PlannedColumn;

/// The columns that tell one record of a kind from another.
#[derive(Debug, Clone)]
pub(crate) struct PortraitColumns {
    pub rule: PortraitRule,
    names: Vec<(usize, usize)>,
    features: Vec<(usize, usize)>,
    codes: Vec<(usize, usize)>,
}

impl PortraitColumns {
    pub fn of(columns: &[PlannedColumn], slot: Slot) -> Self {
        let of_field = |name: &str| -> Vec<usize> {
            let is_it = |column: &PlannedColumn| {
                column
                    .field
                    .is_some_and(|field| field.slot == slot && field.spec.name == name)
            };
            let found = columns.iter().enumerate().filter(|(_, column)| is_it(column));
            found.map(|(index, _)| index).collect()
        };
        let entity = slot.entity();
        let mut portrait = Self {
            rule: rule(entity),
            names: Vec::new(),
            features: Vec::new(),
            codes: Vec::new(),
        };
        let mut names: &[(usize, &str)] = names(entity);
        if entity == EntityKind::Customer && of_field("first_name").is_empty() && of_field("last_name").is_empty() {
            names = &[(0, "display_name")];
        }
        for (set, name) in names {
            portrait
                .names
                .extend(of_field(name).into_iter().map(|column| (*set, column)));
        }
        let (features, codes) = features(entity);
        for (feature, name) in features {
            portrait
                .features
                .extend(of_field(name).into_iter().map(|column| (*feature, column)));
        }
        for (feature, name) in codes {
            portrait
                .codes
                .extend(of_field(name).into_iter().map(|column| (*feature, column)));
        }
        portrait
    }

    pub fn portrait(&self, row: &Row) -> Portrait {
        let text = |column: &usize| row.cells.get(*column).map(|cell| cell.text.trim());
        self.portrait_by(text)
    }

    /// The portrait of a record of another table, as a row of this one would give it.
    pub fn portrait_of(&self, columns: &[PlannedColumn], record: &Record) -> Portrait {
        let text = |column: &usize| record.text(columns.get(*column)?.field?.spec.name);
        self.portrait_by(text)
    }

    fn portrait_by<'t>(&self, text: impl Fn(&usize) -> Option<&'t str>) -> Portrait {
        let mut portrait = Portrait::default();
        let text = |column: &usize| text(column).filter(|text| !text.is_empty());
        for (set, column) in &self.names {
            if let Some(text) = text(column) {
                portrait.add_name(*set, text);
            }
        }
        for (feature, column) in &self.features {
            if let Some(text) = text(column) {
                portrait.add_feature(*feature, text);
            }
        }
        for (feature, column) in &self.codes {
            if let Some(text) = text(column) {
                portrait.add_code(*feature, text);
            }
        }
        portrait
    }
}

fn rule(entity: EntityKind) -> PortraitRule {
    match entity {
        EntityKind::Customer => PortraitRule::Person,
        EntityKind::Vehicle => PortraitRule::Vehicle,
        EntityKind::WorkOrder | EntityKind::Invoice => PortraitRule::CustomersDocument,
        EntityKind::Payment | EntityKind::Device => PortraitRule::Document,
        _ => PortraitRule::Thing,
    }
}

/// The fields whose words tell records apart, each with its set in the portrait.
fn names(entity: EntityKind) -> &'static [(usize, &'static str)] {
    match entity {
        EntityKind::Customer => &[(0, "first_name"), (1, "last_name")],
        EntityKind::Product | EntityKind::Supplier => &[(0, "name")],
        EntityKind::LabourUnit => &[(0, "description")],
        _ => &[],
    }
}

type Features = &'static [(usize, &'static str)];

/// The fields that tell records apart as a whole, each with its place in the portrait; then those that are plates or VINs.
fn features(entity: EntityKind) -> (Features, Features) {
    match entity {
        EntityKind::Customer => (&[(0, "company")], &[]),
        EntityKind::Vehicle => (&[], &[(0, "registration"), (1, "vin")]),
        EntityKind::WorkOrder => (&[(0, "customer")], &[(2, "registration")]),
        EntityKind::Invoice => (&[(0, "customer"), (1, "issued_on"), (2, "total_gross")], &[]),
        EntityKind::Payment => (&[(0, "invoice"), (1, "paid_on"), (2, "amount")], &[]),
        EntityKind::Device => (&[(0, "product"), (1, "customer")], &[]),
        _ => (&[], &[]),
    }
}
