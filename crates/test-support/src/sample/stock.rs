//! Suppliers, products and labour prices.

use crate::rng::Rng;
use crate::sample::people::{Person, slug};
use crate::sample::phones::Number;
use crate::sample::places::{self, Address};
use crate::sample::rates;
use crate::sample::values::{Pence, hundredths, thousands};

/// Name, family, lowest and highest price in pounds.
const PARTS: [(&str, &str, i64, i64); 30] = [
    ("Oil filter", "Filters", 4, 22),
    ("Air filter", "Filters", 7, 38),
    ("Pollen filter", "Filters", 6, 34),
    ("Fuel filter", "Filters", 9, 62),
    ("Brake pads, front", "Brakes", 18, 95),
    ("Brake pads, rear", "Brakes", 16, 85),
    ("Brake discs, front (pair)", "Brakes", 38, 210),
    ("Brake calliper 57\"", "Brakes", 70, 320),
    ("Wiper blade 24\"", "Wipers", 5, 24),
    ("Engine oil 5W-30, 5 l", "Fluids", 22, 64),
    ("Engine oil 0W-20, 5 l", "Fluids", 28, 72),
    ("Brake fluid DOT 4", "Fluids", 5, 14),
    ("Antifreeze, 5 l", "Fluids", 12, 34),
    ("AdBlue®, 10 l", "Fluids", 9, 19),
    ("Battery 12V 60Ah", "Electrical", 58, 160),
    ("Alternator", "Electrical", 110, 480),
    ("Starter motor", "Electrical", 90, 420),
    ("Bulb H7", "Electrical", 3, 12),
    ("Spark plug", "Ignition", 3, 18),
    ("Coil pack", "Ignition", 24, 120),
    ("Tyre 205/55 R16", "Tyres", 48, 110),
    ("Tyre 225/45 R17", "Tyres", 58, 160),
    ("Shock absorber, front", "Suspension", 42, 240),
    ("Coil spring, rear", "Suspension", 22, 98),
    ("Track rod end", "Steering", 11, 48),
    ("Clutch kit", "Transmission", 120, 620),
    ("Dual-mass flywheel", "Transmission", 240, 980),
    ("Gearbox, reconditioned", "Transmission", 890, 2450),
    ("Turbocharger, exchange", "Engine", 420, 1680),
    ("Timing belt kit", "Engine", 46, 260),
];
const WORKS: [(&str, i64); 20] = [
    ("MOT test, class 4", 75),
    ("Interim service", 100),
    ("Full service", 200),
    ("Major service", 320),
    ("Front brake pads", 80),
    ("Front discs and pads", 130),
    ("Rear discs and pads", 140),
    ("Timing belt", 380),
    ("Clutch", 560),
    ("Diagnostics", 100),
    ("Air conditioning re-gas", 75),
    ("Wheel alignment", 60),
    ("Tyre fit & balance", 25),
    ("Puncture repair", 40),
    ("Exhaust, rear section", 90),
    ("Battery replacement", 40),
    ("Suspension arm", 150),
    ("Wheel bearing", 170),
    ("Diagnose noise (\"clonk\")", 100),
    ("Valet", 150),
];

/// A supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// The `SupplierCode`.
    pub code: String,
    /// The cells of the row, the code included.
    pub cells: Vec<String>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The `ProductCode`.
    pub code: String,
    /// The cell of `ProductName`.
    pub name: String,
    /// The family.
    pub family: &'static str,
    /// Who delivers it: an index into the suppliers.
    pub supplier: usize,
    /// What it costs the garage.
    pub cost: Pence,
    /// What it costs the customer.
    pub retail: Pence,
    /// How many are there.
    pub stock: i64,
    /// The shelf.
    pub location: String,
}

/// A labour price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabourUnit {
    /// The `LabourCode`.
    pub code: String,
    /// What is done.
    pub description: String,
    /// Hours, in hundredths.
    pub hours_hundredths: i64,
    /// The price of an hour.
    pub rate: Pence,
}

impl Product {
    /// The cells of the row.
    pub fn cells(&self, suppliers: &[Supplier]) -> Vec<String> {
        vec![
            self.code.clone(),
            self.name.clone(),
            self.family.to_owned(),
            suppliers[self.supplier].code.clone(),
            self.cost.to_string(),
            self.retail.to_string(),
            "20.00".to_owned(),
            if self.stock < 0 {
                self.stock.to_string()
            } else {
                thousands(self.stock as u64)
            },
            self.location.clone(),
        ]
    }
}

impl LabourUnit {
    /// The cells of the row.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.code.clone(),
            self.description.clone(),
            hundredths(self.hours_hundredths),
            self.rate.to_string(),
            if self.description.starts_with("MOT") { "0" } else { "20" }.to_owned(),
        ]
    }
}

/// About 40 suppliers for 5,500 customers.
pub(crate) fn suppliers(customers: usize, seed: u64, rng: &mut Rng) -> Vec<Supplier> {
    let count = (customers / 140).clamp(8, 80);
    (0..count).map(|index| supplier(index, seed, rng)).collect()
}

fn supplier(index: usize, seed: u64, rng: &mut Rng) -> Supplier {
    let contact = Person::invent(rng);
    let kind = rng.pick(&[
        "Motor Factors",
        "Autoparts",
        "Tyres",
        "Car Parts Ltd",
        "Dealership",
        "Oils & Lubricants",
    ]);
    let name = format!("{} {kind}", places::town(rng));
    let code = format!(
        "{}{:02}",
        name.chars().take(3).collect::<String>().to_uppercase(),
        index + 1
    );
    // Far past the numbers of the customers.
    let phone = Number::landline(seed, 5_000_000 + index as u64);
    let mut cells = vec![
        code.clone(),
        name.clone(),
        contact.full_name(),
        phone.typed(rng),
        format!("orders{index}@{}.example", slug(&name)),
    ];
    cells.extend(Address::invent(rng).cells());
    cells.push(format!("TF{:05}", rng.below(100_000)));
    Supplier { code, cells }
}

/// The products.
pub(crate) fn products(customers: usize, suppliers: &[Supplier], rng: &mut Rng) -> Vec<Product> {
    let count = (customers * rates::PRODUCTS).div_ceil(1000);
    (0..count)
        .map(|index| {
            let (name, family, low, high) = PARTS[rng.below(PARTS.len())];
            let retail = Pence(rng.between(low * 100, high * 100));
            Product {
                code: format!(
                    "{}-{:05}",
                    family.chars().take(3).collect::<String>().to_uppercase(),
                    index + 1
                ),
                name: name.to_owned(),
                family,
                supplier: rng.below(suppliers.len()),
                cost: Pence(retail.0 * rng.between(45, 80) / 100),
                retail,
                stock: rng.between(-2, 40) * if rng.per_mille(10) { 100 } else { 1 },
                location: format!("{}{}", rng.pick(&["A", "B", "C", "D", "Yard "]), rng.between(1, 24)),
            }
        })
        .collect()
}

/// About 60 labour prices for 5,500 customers.
pub(crate) fn labour_units(customers: usize, rng: &mut Rng) -> Vec<LabourUnit> {
    let count = (customers / 90).clamp(12, 120);
    (0..count)
        .map(|index| {
            let (description, hours) = WORKS[index % WORKS.len()];
            let size = [
                "",
                ", large vehicle",
                ", van",
                ", hybrid or electric",
                ", motorcycle",
                ", classic",
            ];
            let variant = index / WORKS.len();
            LabourUnit {
                code: format!("L{:03}", index + 1),
                description: format!("{description}{}", size[variant % size.len()]),
                hours_hundredths: hours + 25 * variant as i64,
                rate: Pence(rng.between(45, 95) * 100),
            }
        })
        .collect()
}
