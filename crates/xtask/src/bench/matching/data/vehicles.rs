//! Vehicles, some written down twice, and registrations that moved from one to another.

use torqueflow_test_support::rng::Rng;

use super::Labels;
use super::lists::{given, plate, surname};
use super::slips::{misread, mistyped};

const HEADER: &[&str] = &["registration", "vin", "make", "model", "colour", "owner"];
const MODELS: [(&str, &str, &str); 8] = [
    ("Ford", "WF0", "Fiesta Focus Kuga Transit"),
    ("Vauxhall", "W0L", "Corsa Astra Insignia Vivaro"),
    ("Volkswagen", "WVW", "Golf Polo Passat Tiguan"),
    ("BMW", "WBA", "116d 320d 520d X3"),
    ("Audi", "WAU", "A1 A3 A4 Q5"),
    ("Toyota", "SB1", "Yaris Auris Avensis RAV4"),
    ("Nissan", "SJN", "Micra Juke Qashqai Note"),
    ("Peugeot", "VF3", "107 208 308 Partner"),
];
const COLOURS: [&str; 8] = ["Black", "White", "Grey", "Silver", "Blue", "Red", "Green", "Yellow"];
const SIGNS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

#[derive(Debug, Clone)]
struct Vehicle {
    plate: String,
    vin: String,
    make: String,
    model: String,
    colour: String,
    owner: String,
}

/// About so many records of vehicles.
pub fn vehicles(records: usize, rng: &mut Rng) -> Labels {
    let mut labels = Labels::new(HEADER);
    let mut moved: Vec<String> = Vec::new();
    for who in 0.. {
        if labels.rows.len() >= records {
            break;
        }
        let mut vehicle = Vehicle::new(rng);
        if rng.per_mille(60) {
            moved.push(vehicle.plate.clone());
        } else if rng.per_mille(50) && !moved.is_empty() {
            vehicle.plate = moved.swap_remove(rng.below(moved.len()));
        }
        labels.rows.push((who, vehicle.cells()));
        if rng.per_mille(250) {
            labels.rows.push((who, vehicle.again(rng)));
        }
    }
    labels
}

impl Vehicle {
    fn new(rng: &mut Rng) -> Self {
        let (make, begin, models) = MODELS.get(rng.below(MODELS.len())).copied().unwrap_or(("", "", ""));
        let models: Vec<&str> = models.split_whitespace().collect();
        let rest = (0..14).map(|_| SIGNS.get(rng.below(SIGNS.len())).map_or('0', |sign| char::from(*sign)));
        let vin: String = begin.chars().chain(rest).collect();
        Self {
            plate: plate(rng),
            vin: if rng.per_mille(700) { vin } else { String::new() },
            make: make.to_owned(),
            model: rng.pick(&models).to_owned(),
            colour: rng.pick(&COLOURS).to_owned(),
            owner: format!("{} {}", given(rng.per_mille(500), rng), surname(rng)),
        }
    }

    fn cells(&self) -> Vec<String> {
        let Self {
            plate,
            vin,
            make,
            model,
            colour,
            owner,
        } = self.clone();
        vec![plate, vin, make, model, colour, owner]
    }

    fn again(&self, rng: &mut Rng) -> Vec<String> {
        let mut other = self.clone();
        match rng.below(10) {
            0 => other.plate = misread(&other.plate),
            1 => other.plate = mistyped(&other.plate, rng),
            2 => other.plate = plate(rng),
            3 => other.vin = mistyped(&other.vin, rng),
            4 => other.vin.clear(),
            5 => other.vin = other.vin.chars().skip(9).collect(),
            _ => {}
        }
        if rng.per_mille(200) {
            other.owner = format!("{} {}", given(true, rng), surname(rng));
        }
        if rng.per_mille(100) {
            other.colour.clear();
        }
        if rng.per_mille(100) {
            other.model = mistyped(&other.model, rng);
        }
        other.cells()
    }
}
