//! The rows of the tab of customers and vehicles: each customer once per vehicle, and not always the same.

use crate::rng::Rng;
use crate::sample::customers::Customer;
use crate::sample::rates;
use crate::sample::vehicles::Vehicle;

/// One row: a customer with one of the vehicles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedRow {
    /// An index into the customers.
    pub customer: usize,
    /// An index into the vehicles; `None` where the customer has none.
    pub vehicle: Option<usize>,
    /// What this row says otherwise than the first row of the customer.
    pub difference: Option<Difference>,
    /// The vehicle is listed in another row as well; its registration is spaced otherwise here.
    pub is_second_listing: bool,
}

/// How a row differs from the other rows of its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// `CustomerName` is in capitals; or in small letters, where it was in capitals before.
    NameCase,
    /// `Town` is empty.
    TownMissing,
    /// `AddressLine1` is abbreviated: `Rd` for `Road`.
    Abbreviated,
    /// `CustomerOnStop` says the contrary.
    OnStop,
    /// `Phone` has no spaces; is empty, where it had none; is `N/A`, where it was empty.
    PhoneSpacing,
}

impl Difference {
    /// Any.
    pub const ALL: [Self; 5] = [
        Self::NameCase,
        Self::TownMissing,
        Self::Abbreviated,
        Self::OnStop,
        Self::PhoneSpacing,
    ];

    /// The column that differs.
    pub fn column(self) -> &'static str {
        match self {
            Self::NameCase => "CustomerName",
            Self::TownMissing => "Town",
            Self::Abbreviated => "AddressLine1",
            Self::OnStop => "CustomerOnStop",
            Self::PhoneSpacing => "Phone",
        }
    }

    /// `customer`, as this row has them.
    fn apply(self, customer: &Customer) -> Customer {
        let mut changed = customer.clone();
        match self {
            Self::NameCase => {
                let capitals = customer.name.to_uppercase();
                changed.name = if capitals == customer.name {
                    customer.name.to_lowercase()
                } else {
                    capitals
                };
            }
            Self::TownMissing => changed.address.town.clear(),
            Self::Abbreviated => changed.address.line_1 = abbreviated(&customer.address.line_1),
            Self::OnStop => changed.is_on_stop = !customer.is_on_stop,
            Self::PhoneSpacing => {
                let without = customer.phone.text.replace([' ', '(', ')'], "");
                changed.phone.text = match customer.phone.text.as_str() {
                    "" => "N/A".to_owned(),
                    text if text == without => String::new(),
                    _ => without,
                };
            }
        }
        changed
    }
}

impl ListedRow {
    /// The cells of the row.
    pub fn cells(&self, customers: &[Customer], vehicles: &[Vehicle]) -> Vec<String> {
        let customer = &customers[self.customer];
        let mut cells = self
            .difference
            .map_or_else(|| customer.cells(), |difference| difference.apply(customer).cells());
        match self.vehicle {
            None => cells.extend(std::iter::repeat_n(String::new(), VEHICLE_COLUMNS)),
            Some(vehicle) => {
                let mut vehicle = vehicles[vehicle].clone();
                if self.is_second_listing {
                    vehicle.registration_cell = spaced_otherwise(&vehicle.registration_cell);
                }
                cells.extend(vehicle.cells());
            }
        }
        cells
    }
}

/// The columns of a vehicle.
const VEHICLE_COLUMNS: usize = 11;

/// The rows, mostly in the order of customers.
pub(crate) fn rows(customers: &[Customer], vehicles: &[Vehicle], rng: &mut Rng) -> Vec<ListedRow> {
    let plain = |customer, vehicle| ListedRow {
        customer,
        vehicle,
        difference: None,
        is_second_listing: false,
    };
    let mut has_vehicle = vec![false; customers.len()];
    for vehicle in vehicles {
        has_vehicle[vehicle.customer] = true;
    }
    let mut rows: Vec<ListedRow> = (0..customers.len())
        .filter(|&customer| !has_vehicle[customer])
        .map(|customer| plain(customer, None))
        .chain(
            vehicles
                .iter()
                .enumerate()
                .map(|(index, vehicle)| plain(vehicle.customer, Some(index))),
        )
        .collect();
    let twice = rng.deal(vehicles.len(), false, &[(true, rates::TWICE_LISTED)]);
    let second = (0..vehicles.len())
        .filter(|&index| twice[index] && vehicles[index].registration.is_some())
        .map(|index| ListedRow {
            is_second_listing: true,
            ..plain(vehicles[index].customer, Some(index))
        });
    rows.extend(second);
    rows.sort_by_key(|row| row.customer);
    displace(&mut rows, rng);
    differ(&mut rows, customers.len(), rng);
    rows
}

/// Moves some rows far away.
fn displace(rows: &mut [ListedRow], rng: &mut Rng) {
    // Each swap displaces two.
    for _ in 0..(rows.len() * rates::DISPLACED_ROWS as usize / 2000) {
        let (from, to) = (rng.below(rows.len()), rng.below(rows.len()));
        rows.swap(from, to);
    }
}

/// Lets some of the rows that repeat a customer differ from the first one; a second listing comes second.
fn differ(rows: &mut [ListedRow], customers: usize, rng: &mut Rng) {
    let mut seen = vec![false; customers];
    let repeats: Vec<usize> = (0..rows.len())
        .filter(|&row| std::mem::replace(&mut seen[rows[row].customer], true))
        .collect();
    let differs = rng.deal(repeats.len(), false, &[(true, rates::DIFFERING_REPEATS)]);
    for (row, _) in repeats.into_iter().zip(differs).filter(|&(_, differs)| differs) {
        rows[row].difference = Some(Difference::ALL[rng.below(Difference::ALL.len())]);
    }
}

fn abbreviated(line: &str) -> String {
    let (head, kind) = line.rsplit_once(' ').unwrap_or((line, ""));
    let short = match kind {
        "Road" => "Rd",
        "Street" => "St",
        "Lane" => "Ln",
        "Avenue" => "Ave",
        "Close" => "Cl",
        "Drive" => "Dr",
        _ => "Wy",
    };
    format!("{head} {short}")
}

fn spaced_otherwise(registration: &str) -> String {
    let without: String = registration.chars().filter(|&letter| letter != ' ').collect();
    if without != registration || without.len() < 5 {
        return without;
    }
    let (head, tail) = registration.split_at(registration.len() - 3);
    format!("{head} {tail}")
}
