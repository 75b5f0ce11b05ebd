//! The vehicles, and the rows in which each is listed with its owner.

use std::collections::BTreeSet;

use crate::rng::Rng;
use crate::sample::customers::{Customer, CustomerRole};
use crate::sample::people::NameStyle;
use crate::sample::plates::{self, Model, RegistrationQuirk, VinQuirk};
use crate::sample::rates;
use crate::sample::values::{DateCell, Moment, thousands};

const COLOURS: [&str; 12] = [
    "Black", "White", "Silver", "Grey", "Blue", "Red", "Green", "Yellow", "Orange", "Brown", "Beige", "BLUE",
];
const FUELS: [&str; 6] = ["Petrol", "Diesel", "Petrol", "Diesel", "Hybrid", "Electric"];

/// One vehicle of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// Whose it is: an index into the customers.
    pub customer: usize,
    /// The registration in capitals, letters and digits only; `None` where nobody knows it.
    pub registration: Option<String>,
    /// The cell of `VehicleRegistration`.
    pub registration_cell: String,
    /// What is odd about that cell.
    pub registration_quirk: RegistrationQuirk,
    /// The true VIN or chassis number.
    pub vin: Option<String>,
    /// The cell of `VehicleVin`.
    pub vin_cell: String,
    /// What is odd about that cell.
    pub vin_quirk: VinQuirk,
    /// Make and model.
    pub model: Model,
    /// The cell of `VehicleColour`.
    pub colour: &'static str,
    /// The cell of `VehicleFuelType`.
    pub fuel: &'static str,
    /// The cell of `VehicleEngineCc`.
    pub engine_cc: String,
    /// When it was first registered.
    pub first_registered: DateCell,
    /// Its mileage; 0 where nobody knows.
    pub mileage: u64,
    /// The cell of `VehicleMileage`.
    pub mileage_cell: String,
    /// When its MOT is due.
    pub mot_due: DateCell,
    /// When its service is due.
    pub service_due: DateCell,
}

impl Vehicle {
    /// Vehicle number `number` of a list of any length, of customer number `number`. It is known by a registration that no
    /// other vehicle of the list has, or by its VIN.
    pub(crate) fn numbered(number: u64, rng: &mut Rng) -> Self {
        let quirk = match rng.draw(RegistrationQuirk::Plain, &rates::REGISTRATION) {
            // These are drawn from too few to be different.
            RegistrationQuirk::Foreign | RegistrationQuirk::HeldByTwo => RegistrationQuirk::Plain,
            quirk => quirk,
        };
        let is_unknown = matches!(quirk, RegistrationQuirk::Blank | RegistrationQuirk::Placeholder);
        let vin_quirk = match rng.draw(VinQuirk::Plain, &rates::VIN) {
            VinQuirk::Blank if is_unknown => VinQuirk::Plain,
            quirk => quirk,
        };
        let plate = (!is_unknown).then(|| plates::numbered_registration(number));
        let mut vehicle = invent(number as usize, vin_quirk, rng);
        vehicle.registration = plate.as_deref().map(folded_registration);
        vehicle.registration_cell = registration_cell(quirk, plate.as_deref().unwrap_or_default(), rng);
        vehicle.registration_quirk = quirk;
        vehicle
    }

    /// The cells of the vehicle's columns, in the order of the export.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.registration_cell.clone(),
            self.vin_cell.clone(),
            self.model.make.to_owned(),
            self.model.model.to_owned(),
            self.colour.to_owned(),
            self.fuel.to_owned(),
            self.engine_cc.clone(),
            self.first_registered.text.clone(),
            self.mileage_cell.clone(),
            self.mot_due.text.clone(),
            self.service_due.text.clone(),
        ]
    }
}

/// Letters and digits of a registration, in capitals.
pub fn folded_registration(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// The vehicles of all `customers`.
pub(crate) fn vehicles(customers: &[Customer], rng: &mut Rng) -> Vec<Vehicle> {
    let owners = owners(customers, rng);
    let registration_quirks = plates::deal_registration_quirks(owners.len(), rng);
    let vin_quirks = plates::deal_vin_quirks(owners.len(), rng);
    let mut taken = BTreeSet::new();
    let mut vehicles: Vec<Vehicle> = Vec::with_capacity(owners.len());
    for (index, owner) in owners.into_iter().enumerate() {
        let mut vehicle = invent(owner, vin_quirks[index], rng);
        let (plate, quirk) = plate(&vehicle, registration_quirks[index], &vehicles, &mut taken, rng);
        vehicle.registration = plate.as_deref().map(folded_registration);
        vehicle.registration_cell = registration_cell(quirk, plate.as_deref().unwrap_or_default(), rng);
        vehicle.registration_quirk = quirk;
        vehicles.push(vehicle);
    }
    vehicles
}

/// For each vehicle the customer who owns it, in the order of customers.
fn owners(customers: &[Customer], rng: &mut Rng) -> Vec<usize> {
    let without = rng.deal(customers.len(), false, &[(true, rates::WITHOUT_VEHICLE)]);
    let mut owners = Vec::new();
    for (index, customer) in customers.iter().enumerate() {
        let is_fleet = customer.role == CustomerRole::Fleet && rng.per_mille(330);
        let has_many = customer.name_style == NameStyle::Company && rng.per_mille(rates::MANY_VEHICLES * 10);
        let count = match rng.below(100) {
            _ if without[index] => 0,
            _ if is_fleet || has_many => rng.between(5, 25) as usize,
            0..=63 => 1,
            64..=89 => 2,
            90..=97 => 3,
            _ => 4,
        };
        owners.extend(std::iter::repeat_n(index, count));
    }
    owners
}

/// A vehicle without a registration.
fn invent(customer: usize, vin_quirk: VinQuirk, rng: &mut Rng) -> Vehicle {
    let model = Model::pick(rng);
    let fuel = rng.pick(&FUELS);
    let first_registered = Moment::from_export(-rng.between(200, 9300));
    let (vin, vin_cell) = vin(model, vin_quirk, rng);
    let mileage = if rng.per_mille(30) {
        0
    } else {
        rng.between(900, 165_000) as u64
    };
    let cc = rng.pick(&[
        "998", "1199", "1398", "1499", "1598", "1798", "1968", "1995", "2143", "2993",
    ]);
    Vehicle {
        customer,
        registration: None,
        registration_cell: String::new(),
        registration_quirk: RegistrationQuirk::Plain,
        vin,
        vin_cell,
        vin_quirk,
        model,
        colour: rng.pick(&COLOURS),
        fuel,
        engine_cc: if fuel == "Electric" {
            String::new()
        } else {
            cc.to_owned()
        },
        first_registered: DateCell::mostly_known(first_registered, rates::NULL_DATES, rng),
        mileage,
        mileage_cell: if rng.per_mille(60) {
            thousands(mileage)
        } else {
            mileage.to_string()
        },
        mot_due: DateCell::mostly_known(Moment::from_export(rng.between(-200, 365)), rates::NULL_DATES, rng),
        service_due: if rng.per_mille(300) {
            DateCell::blank()
        } else {
            DateCell::mostly_known(Moment::from_export(rng.between(-200, 365)), rates::NULL_DATES, rng)
        },
    }
}

fn vin(model: Model, quirk: VinQuirk, rng: &mut Rng) -> (Option<String>, String) {
    let vin = model.vin(rng);
    match quirk {
        VinQuirk::Plain => (Some(vin.clone()), vin),
        VinQuirk::Blank => (None, String::new()),
        VinQuirk::Short => {
            let number = plates::chassis_number(rng);
            (Some(number.clone()), number)
        }
        VinQuirk::LetterO => {
            let cell = vin.replacen('0', "O", 1);
            (Some(vin), cell)
        }
    }
}

/// The registration, and the quirk that it has in the end: a plate can be held by two only once there is a first.
fn plate(
    vehicle: &Vehicle,
    quirk: RegistrationQuirk,
    earlier: &[Vehicle],
    taken: &mut BTreeSet<String>,
    rng: &mut Rng,
) -> (Option<String>, RegistrationQuirk) {
    match quirk {
        RegistrationQuirk::Blank | RegistrationQuirk::Placeholder => return (None, quirk),
        RegistrationQuirk::HeldByTwo => {
            let elsewhere = |other: &&Vehicle| {
                other.customer != vehicle.customer && other.registration_quirk == RegistrationQuirk::Plain
            };
            let others: Vec<&Vehicle> = earlier.iter().filter(elsewhere).collect();
            if !others.is_empty() {
                return (Some(others[rng.below(others.len())].registration_cell.clone()), quirk);
            }
        }
        _ => {}
    }
    let quirk = if quirk == RegistrationQuirk::HeldByTwo {
        RegistrationQuirk::Plain
    } else {
        quirk
    };
    let (year, month, _) = vehicle
        .first_registered
        .value
        .unwrap_or(Moment::from_export(-3000))
        .ymd();
    loop {
        let plate = match quirk {
            RegistrationQuirk::Foreign => plates::foreign_registration(rng),
            _ => plates::registration(year, month, rng),
        };
        if taken.insert(folded_registration(&plate)) {
            return (Some(plate), quirk);
        }
    }
}

fn registration_cell(quirk: RegistrationQuirk, plate: &str, rng: &mut Rng) -> String {
    match quirk {
        RegistrationQuirk::Blank => String::new(),
        RegistrationQuirk::Placeholder => plates::placeholder_registration(rng).to_owned(),
        RegistrationQuirk::LowerCase => plate.to_lowercase(),
        RegistrationQuirk::Punctuated => plate.replace(' ', rng.pick(&["-", ".", "  "])),
        RegistrationQuirk::Plain | RegistrationQuirk::HeldByTwo if rng.per_mille(300) => plate.replace(' ', ""),
        RegistrationQuirk::Foreign | RegistrationQuirk::Plain | RegistrationQuirk::HeldByTwo => plate.to_owned(),
    }
}
