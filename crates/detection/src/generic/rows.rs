//! Whether the rows of a table are records of its type, or of something that belongs to them.

use std::collections::{HashMap, HashSet};

use torqueflow_model::{EntityKind, FieldRef, Slot};

use super::Candidate;
use crate::column::ColumnValues;
use crate::table::Table;

/// Of fewer rows nobody can say whether a number is one of each row's own.
const ROWS: usize = 8;
/// So many of the rows say again what another says: a list of records has no more than a few of those.
const REPEATED: f64 = 0.3;
/// In fewer rows than [`ENOUGH`], but not in less than [`FEWEST`], so many have to.
const HALF: f64 = 0.5;
const FEWEST: usize = 4;
const ENOUGH: usize = 12;
/// What tells the records of a kind apart, best first, and what one record has one of.
#[rustfmt::skip]
const OF_ONE_RECORD: &[(&[&str], &[&str])] = &[
    (
        &["product.code", "product.name"],
        &["product.name", "product.retail_price", "product.cost_price", "product.stock_level"],
    ),
    (
        &["customer.external_customer_number", "customer.source_id"],
        &["customer.display_name", "customer.last_name", "customer.company"],
    ),
    (&["customer.display_name"], &["customer.email", "customer.phone", "billing_address.line_1"]),
    (&["supplier.code"], &["supplier.name"]),
    (&["supplier.name"], &["supplier.phone", "supplier.email", "supplier.line_1"]),
    (&["vehicle.registration", "vehicle.vin"], &["vehicle.model", "vehicle.mileage"]),
    (&["invoice.number"], &["invoice.customer"]),
];
/// Last words of headers for money that something cost, and for when it was, and words that say that it is of the vehicle.
const COSTS: &[&str] = &["amount", "total", "cost", "costs", "premium", "fee", "fine", "charge"];
const TIMES: &[&str] = &["date", "time", "day", "completed"];
/// Words of headers for an id, for how many there are of something, and for what they come to.
const IDS: &[&str] = &["id", "uuid", "guid"];
const QUANTITIES: &[&str] = &["quantity", "qty"];
const TOTALS: &[&str] = &["total", "subtotal", "amount"];
/// What a product is of, made by, or kept in: ids of these are said of it.
#[rustfmt::skip]
const OF_A_PRODUCT: &[&str] = &[
    "product", "item", "article", "part", "category", "family", "group", "class", "type", "brand", "make", "manufacturer", "supplier",
    "vendor", "unit", "uom", "warehouse", "location", "store", "shop", "branch", "shelf", "bin", "tax", "vat", "currency", "image",
    "user", "owner", "company", "parent", "colour", "color", "size", "model", "variant", "barcode", "external", "created", "updated",
];
/// Words for a number.
const NUMBERS: &[&str] = &["id", "no", "number", "nr", "ref", "reference"];
#[rustfmt::skip]
const OF_THE_VEHICLE: &[&str] = &[
    "vehicle", "veh", "car", "truck", "van", "fleet", "unit", "asset", "stock", "engine", "chassis", "registration", "reg", "plate",
    "purchase", "purchased", "sale", "sold", "buying", "acquisition", "arrival", "in", "delivery", "production", "manufacture",
    "manufacturing", "build", "warranty", "insurance", "tax", "inspection", "expiry", "lease", "key", "tag", "serial", "model",
    "customer", "client", "owner", "keeper", "driver", "account", "phone", "telephone", "mobile", "contact", "licence", "license",
    "vat", "birth", "house", "book",
];

impl Candidate<'_> {
    /// Why its rows are no records of this kind, as half a sentence; `None` where nothing says so.
    pub fn rows_are_of_something_else(&self, file: &Table) -> Option<&'static str> {
        if self.is_left_out() || self.template {
            None
        } else if self.is_of_parts_of_records(file) {
            Some("many of its rows have the same name or number, and differ in what there is one of")
        } else if self.merged.is_some_and(|merged| merged.is_doubtful) {
            Some(
                "most of its rows share their name or code with others, and differ in the rest, as the lines of something else do",
            )
        } else if self.refers_to_products(file) {
            Some("its rows refer to products by an id, and none says what they are called")
        } else if self.are_lines(file) {
            Some("its rows may be the lines of something else")
        } else if self.is_of_events(file) {
            Some("its rows may be of what happens to vehicles, and not of the vehicles")
        } else {
            None
        }
    }

    /// What should tell its records apart stands in many rows, which differ in what each record has one of: the rows are prices,
    /// movements or parts of such records, or of something else.
    fn is_of_parts_of_records(&self, file: &Table) -> bool {
        let Some(main) = self.main_slot() else { return false };
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
        let others = others.iter().filter_map(|name| self.column_of(name));
        others
            .filter(|other| *other != key)
            .any(|other| are_parts(file, key, other))
    }

    /// Beside an id of its own, a row has that of a product and no name: it is a price, a movement or a place of one that stands
    /// elsewhere.
    fn refers_to_products(&self, file: &Table) -> bool {
        let is_id = |index: usize| file.words(index).iter().any(|word| IDS.contains(&word.as_str()));
        let has_own = self.column_of("product.source_id").is_some();
        let refers = self.column_of("product.code").is_some_and(is_id);
        has_own && refers && self.column_of("product.name").is_none()
    }

    /// What was taken for a stock is so many of something, which come to a total, and the rows have the id of what they belong to.
    fn are_lines(&self, file: &Table) -> bool {
        let has_word = |index: usize, list: &[&str]| file.words(index).iter().any(|word| list.contains(&word.as_str()));
        let is_open = |index: &usize| self.mapping.field(*index).is_none() && file.is_filled(*index);
        let open = || (0..file.headers.len()).filter(is_open);
        let counts = self
            .column_of("product.stock_level")
            .is_some_and(|index| has_word(index, QUANTITIES) && !has_word(index, &["stock", "hand", "available"]));
        let is_id_of_other =
            |index: usize| has_word(index, IDS) && !has_word(index, OF_A_PRODUCT) && file.words(index).len() > 1;
        counts && open().any(|index| has_word(index, TOTALS)) && open().any(is_id_of_other)
    }

    /// The kind of record that stands in each row. A customer stands in as many rows as they have vehicles.
    fn main_slot(&self) -> Option<Slot> {
        let main = self.table.entities().first().copied()?;
        let vehicle = Slot::Main(EntityKind::Vehicle);
        let has_vehicles = main == EntityKind::Customer && self.table.slots().contains(&vehicle);
        Some(if has_vehicles { vehicle } else { Slot::Main(main) })
    }

    /// Lines repeat the number of what they belong to. One that no two rows share is that of the row itself.
    pub(super) fn has_numbers_of_its_own(&self, file: &Table) -> bool {
        let parents = ["work_order_part.work_order", "work_order_labour.work_order"];
        let columns = parents.iter().filter_map(|name| self.column_of(name));
        columns
            .filter_map(|index| file.column(index))
            .any(|column| column.filled >= ROWS && column.is_unique())
    }

    /// The rows are of what happens to vehicles, be it a service, a fine or a policy: beside the vehicles there stand two of a
    /// number of the row's own, when it was, and what it cost.
    fn is_of_events(&self, file: &Table) -> bool {
        let of_vehicles = self.main_slot() == Some(Slot::Main(EntityKind::Vehicle));
        if !of_vehicles || self.is_plainly_named() {
            return false;
        }
        let is_open = |index: &usize| {
            let is_unused = self.mapping.field(*index).is_none() && !file.is_no_field(*index);
            is_unused && file.is_filled(*index) && !file.is_flag(*index)
        };
        let open: Vec<usize> = (0..file.headers.len()).filter(is_open).collect();
        let ends_in = |list: &[&str], least: usize, index: usize| {
            let words = file.words(index);
            let is_one = words.last().is_some_and(|word| list.contains(&word.as_str()));
            let is_of_vehicle = words.iter().any(|word| OF_THE_VEHICLE.contains(&word.as_str()));
            is_one && !is_of_vehicle && words.len() >= least
        };
        let is_unique = |index: usize| file.column(index).is_none_or(ColumnValues::is_unique);
        let has_number = open
            .iter()
            .any(|index| ends_in(NUMBERS, 2, *index) && is_unique(*index));
        let has_time = open.iter().any(|index| ends_in(TIMES, 1, *index));
        let has_cost = open.iter().any(|index| ends_in(COSTS, 1, *index));
        [has_number, has_time, has_cost]
            .iter()
            .filter(|is_there| **is_there)
            .count()
            > 1
    }
}

/// Many rows have the same key, and most of the keys that repeat have more than one value in the other column. The commonest
/// key may be words for none.
fn are_parts(file: &Table, key: usize, other: usize) -> bool {
    let mut rows: HashMap<&str, (usize, HashSet<&str>)> = HashMap::new();
    for (key, value) in file.pairs(key, other) {
        if key.chars().any(char::is_alphanumeric) {
            let (count, values) = rows.entry(key).or_default();
            *count += 1;
            values.extend(Some(value).filter(|text| !text.is_empty()));
        }
    }
    let all: usize = rows.values().map(|(count, _)| count).sum();
    let repeated: Vec<_> = rows.iter().filter(|(_, (count, _))| *count > 1).collect();
    let again: usize = repeated.iter().map(|(_, (count, _))| count - 1).sum();
    let most = repeated.iter().max_by_key(|(_, (count, _))| *count);
    let is_word = |key: &str| !key.bytes().any(|byte| byte.is_ascii_digit());
    let of_none = most.map_or(0, |(key, (count, _))| if is_word(key) { count - 1 } else { 0 });
    let again = if 2 * of_none > again { again - of_none } else { again };
    let different = repeated.iter().filter(|(_, (_, values))| values.len() > 1).count();
    let share = again as f64 / all.max(1) as f64;
    let is_many = (all >= ENOUGH && share >= REPEATED) || (all >= FEWEST && share >= HALF);
    is_many && different >= 2 && 2 * different >= repeated.len()
}
