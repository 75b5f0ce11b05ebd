//! An invented garage: customers, vehicles and everything that was done for them, with the flaws of real exports.
//!
//! [`Garage::generate`] makes the truth; [`Garage::tables`] writes it down as the export does, flaws included. A test
//! compares what a program made of the tables with the truth.

use std::collections::{BTreeMap, BTreeSet};

use crate::rng::Rng;

mod book;
pub mod customers;
pub mod listing;
pub mod money;
pub mod people;
pub mod phones;
pub mod places;
pub mod plates;
pub mod rates;
pub mod stock;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod values;
pub mod vehicles;
pub mod work;

pub use customers::Customer;
pub use tables::SampleTable;
pub use vehicles::Vehicle;

/// Which garage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleOptions {
    /// How many customers; everything else follows. A garage of three bays has about 5,500.
    pub customers: usize,
    /// Another seed, another garage.
    pub seed: u64,
}

/// A garage that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garage {
    /// The customers, in the order of their numbers.
    pub customers: Vec<Customer>,
    /// The vehicles, in the order of their customers. A vehicle that is listed twice is here once.
    pub vehicles: Vec<Vehicle>,
    /// The rows of the tab `CustomersAndVehicles`.
    pub rows: Vec<listing::ListedRow>,
    /// The suppliers.
    pub suppliers: Vec<stock::Supplier>,
    /// The products.
    pub products: Vec<stock::Product>,
    /// The labour prices.
    pub labour_units: Vec<stock::LabourUnit>,
    /// The jobs, in the order of their dates.
    pub jobs: Vec<work::Job>,
    /// The notes on jobs.
    pub notes: Vec<work::Note>,
    /// The parts used on jobs.
    pub parts: Vec<work::PartLine>,
    /// The labour on jobs.
    pub labour: Vec<work::LabourLine>,
    /// The invoices.
    pub invoices: Vec<money::Invoice>,
    /// The payments.
    pub payments: Vec<money::Payment>,
    /// The reminders.
    pub reminders: Vec<work::Reminder>,
}

impl Garage {
    /// The garage of `options`: the same options give the same garage.
    pub fn generate(options: &SampleOptions) -> Self {
        let &SampleOptions { customers: count, seed } = options;
        // A stream for each kind of thing: more notes do not change the vehicles.
        let rng = |stream| Rng::stream(seed, stream);
        let customers = book::customers(count, seed, &mut rng(1));
        let vehicles = vehicles::vehicles(&customers, &mut rng(2));
        let rows = listing::rows(&customers, &vehicles, &mut rng(3));
        let suppliers = stock::suppliers(count, seed, &mut rng(4));
        let products = stock::products(count, &suppliers, &mut rng(5));
        let labour_units = stock::labour_units(count, &mut rng(6));
        let mut jobs = work::jobs(&customers, &vehicles, &mut rng(7));
        let notes = work::notes(&jobs, &mut rng(8));
        let parts = work::parts(&mut jobs, &products, &mut rng(9));
        let labour = work::labour(&mut jobs, &labour_units, &mut rng(10));
        let invoices = money::invoices(&jobs, &mut rng(11));
        let payments = money::payments(&invoices, &mut rng(12));
        let reminders = work::reminders(&vehicles, &mut rng(13));
        Self {
            customers,
            vehicles,
            rows,
            suppliers,
            products,
            labour_units,
            jobs,
            notes,
            parts,
            labour,
            invoices,
            payments,
            reminders,
        }
    }

    /// Every customer number, once.
    pub fn customer_numbers(&self) -> BTreeSet<&str> {
        self.customers.iter().map(|customer| customer.number.as_str()).collect()
    }

    /// For each customer number with a vehicle, the registrations (letters and digits, in capitals), each once.
    pub fn registrations(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut registrations: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for vehicle in &self.vehicles {
            if let Some(registration) = &vehicle.registration {
                let number = self.customers[vehicle.customer].number.as_str();
                registrations.entry(number).or_default().insert(registration);
            }
        }
        registrations
    }

    /// The registrations that more than one customer holds.
    pub fn contested_registrations(&self) -> BTreeSet<&str> {
        let mut holders: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for vehicle in &self.vehicles {
            if let Some(registration) = &vehicle.registration {
                holders.entry(registration).or_default().insert(vehicle.customer);
            }
        }
        holders
            .into_iter()
            .filter(|(_, holders)| holders.len() > 1)
            .map(|(registration, _)| registration)
            .collect()
    }

    /// The jobs whose customer is not in the file.
    pub fn orphan_jobs(&self) -> impl Iterator<Item = &work::Job> {
        self.jobs.iter().filter(|job| job.is_orphan())
    }

    /// Pairs of customer numbers that are the same person: the first record and the later one.
    pub fn repeated_people(&self) -> impl Iterator<Item = (&str, &str)> {
        self.customers.iter().filter_map(|customer| {
            let first = self.customers.get(customer.repeats?)?;
            Some((first.number.as_str(), customer.number.as_str()))
        })
    }
}
