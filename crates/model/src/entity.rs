//! The kinds of things that are imported, in the order in which they depend on each other.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::field::{FieldKind, FieldSpec};

/// A kind of record. The declaration order is the import order: what comes later may refer to what comes earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A class of customers, such as "Trade". A lookup: it is its name.
    CustomerGroup,
    /// A class of products. A lookup.
    ProductFamily,
    /// A branch of the business. A lookup.
    Location,
    /// Somebody who sells parts to the garage.
    Supplier,
    /// Something that is sold or fitted.
    Product,
    /// A price of labour.
    LabourUnit,
    /// A person or company that has work done.
    Customer,
    /// Where a customer is billed, or where things are sent.
    CustomerAddress,
    /// A vehicle.
    Vehicle,
    /// A job: work done on a vehicle.
    WorkOrder,
    /// A remark on a job.
    WorkOrderNote,
    /// A part used on a job.
    WorkOrderPart,
    /// Labour spent on a job.
    WorkOrderLabour,
    /// A bill.
    Invoice,
    /// Money received.
    Payment,
    /// Something that a customer is told of when it falls due.
    Reminder,
    /// A product with a serial number.
    Device,
    /// A code of a reward scheme.
    RewardCode,
}

impl EntityKind {
    /// Every kind, in import order.
    pub const ALL: [Self; 18] = [
        Self::CustomerGroup,
        Self::ProductFamily,
        Self::Location,
        Self::Supplier,
        Self::Product,
        Self::LabourUnit,
        Self::Customer,
        Self::CustomerAddress,
        Self::Vehicle,
        Self::WorkOrder,
        Self::WorkOrderNote,
        Self::WorkOrderPart,
        Self::WorkOrderLabour,
        Self::Invoice,
        Self::Payment,
        Self::Reminder,
        Self::Device,
        Self::RewardCode,
    ];

    /// The stable name, also the name of the database table: `work_order_part`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The kind with this [`name`](Self::name).
    ///
    /// ```
    /// use torqueflow_model::EntityKind;
    /// assert_eq!(EntityKind::from_name("work_order"), Some(EntityKind::WorkOrder));
    /// assert_eq!(EntityKind::from_name("spaceship"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind's row in the catalogue.
    pub fn spec(self) -> &'static EntitySpec {
        catalogue::entity(self)
    }

    /// The kind's fields in the catalogue.
    pub fn fields(self) -> &'static [FieldSpec] {
        self.spec().fields
    }

    /// The field that holds the code by which the business itself knows such a record: a customer number, a job number.
    ///
    /// ```
    /// use torqueflow_model::EntityKind;
    /// assert_eq!(EntityKind::Product.code_field(), Some("code"));
    /// assert_eq!(EntityKind::Vehicle.code_field(), None);
    /// ```
    pub fn code_field(self) -> Option<&'static str> {
        match self.spec().identity.iter().find(|rule| !rule.derived)?.fields {
            [code] => Some(code),
            _ => None,
        }
    }

    /// What owns such a record: the link to it, and its kind. What is owned is nothing without its owner, and goes and stays
    /// with it; whatever else refers to a record stands for itself.
    ///
    /// ```
    /// use torqueflow_model::EntityKind;
    /// let (link, owner) = EntityKind::CustomerAddress.owner().unwrap();
    /// assert_eq!((link.name, owner), ("customer", EntityKind::Customer));
    /// assert!(EntityKind::Vehicle.owner().is_none());
    /// ```
    pub fn owner(self) -> Option<(&'static FieldSpec, Self)> {
        self.fields().iter().find_map(|spec| match spec.kind {
            FieldKind::Reference { to, .. } if spec.is_owner => Some((spec, to)),
            _ => None,
        })
    }

    /// The kinds of records that such a record owns.
    pub fn owns(self) -> impl Iterator<Item = Self> {
        let is_owner = move |kind: &Self| kind.owner().is_some_and(|(_, owner)| owner == self);
        Self::ALL.into_iter().filter(is_owner)
    }

    /// A lookup is nothing but its name, and may be made on the way when a row mentions it.
    pub fn is_lookup(self) -> bool {
        matches!(self, Self::CustomerGroup | Self::ProductFamily | Self::Location)
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One row of the catalogue: an entity with its fields and rules.
#[derive(Debug)]
pub struct EntitySpec {
    /// Which entity.
    pub kind: EntityKind,
    /// The stable name: `work_order`.
    pub name: &'static str,
    /// What a person calls one: `Job`.
    pub label: &'static str,
    /// What a person calls several, in running text: `jobs`.
    pub plural: &'static str,
    /// The fields.
    pub fields: &'static [FieldSpec],
    /// A record must have, of each of these groups, at least one field. Otherwise its row fails.
    pub required: &'static [&'static [&'static str]],
    /// How a record's stable id at its source is found when the source gives none, best rule first.
    /// A record that fits none of them is identified by its content and its occurrence among equal rows.
    pub identity: &'static [IdentityRule],
}

/// A set of fields that together identify a record at its source, when all of them are there.
#[derive(Debug)]
pub struct IdentityRule {
    /// The fields' names.
    pub fields: &'static [&'static str],
    /// False where the source itself names the record so (a customer number); true where we conclude it (name and phone).
    pub derived: bool,
}

/// The place of one record in a row. One row may hold several records, and two addresses of the same customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The row's record of this kind.
    Main(EntityKind),
    /// The billing address of the row's customer.
    BillingAddress,
    /// The shipping (delivery) address of the row's customer.
    ShippingAddress,
}

impl Slot {
    /// The kind of record that this slot holds.
    pub fn entity(self) -> EntityKind {
        match self {
            Self::Main(kind) => kind,
            Self::BillingAddress | Self::ShippingAddress => EntityKind::CustomerAddress,
        }
    }

    /// The prefix of field references: `customer`, `billing_address`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Main(kind) => kind.name(),
            Self::BillingAddress => "billing_address",
            Self::ShippingAddress => "shipping_address",
        }
    }

    /// The slot with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "billing_address" => Some(Self::BillingAddress),
            "shipping_address" => Some(Self::ShippingAddress),
            _ => EntityKind::from_name(name).map(Self::Main),
        }
    }

    /// For an address: `billing` or `shipping`.
    pub fn address_type(self) -> Option<&'static str> {
        match self {
            Self::Main(_) => None,
            Self::BillingAddress => Some("billing"),
            Self::ShippingAddress => Some("shipping"),
        }
    }
}
