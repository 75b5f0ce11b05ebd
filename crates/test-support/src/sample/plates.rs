//! Invented vehicles: makes, registrations and chassis numbers.

use crate::rng::Rng;
use crate::sample::rates;

/// Make, first three characters of its VINs, models.
const MAKES: [(&str, &str, [&str; 4]); 22] = [
    ("Ford", "WF0", ["Fiesta", "Focus", "Kuga", "Transit Custom"]),
    ("Vauxhall", "W0L", ["Corsa", "Astra", "Insignia", "Vivaro"]),
    ("Volkswagen", "WVW", ["Golf", "Polo", "Passat", "Tiguan"]),
    ("BMW", "WBA", ["116d", "320d M Sport", "520d", "X3"]),
    ("Audi", "WAU", ["A1", "A3 Sportback", "A4 Avant", "Q5"]),
    ("Mercedes-Benz", "WDD", ["A180", "C220", "E250", "Sprinter"]),
    ("Toyota", "SB1", ["Yaris", "Auris", "Avensis", "RAV4"]),
    ("Nissan", "SJN", ["Micra", "Juke", "Qashqai", "Note"]),
    ("Honda", "SHH", ["Jazz", "Civic", "CR-V", "HR-V"]),
    ("Peugeot", "VF3", ["107", "208", "308 SW", "Partner"]),
    ("Renault", "VF1", ["Clio", "Mégane", "Captur", "Trafic"]),
    ("Citroën", "VF7", ["C1", "C3", "C4 Picasso", "Berlingo"]),
    ("Kia", "U5Y", ["Picanto", "Cee'd", "Sportage", "Niro"]),
    ("Hyundai", "TMA", ["i10", "i20", "i30", "Tucson"]),
    ("MINI", "WMW", ["Cooper", "Cooper S", "Clubman", "Countryman"]),
    (
        "Land Rover",
        "SAL",
        ["Defender 90", "Discovery Sport", "Freelander 2", "Range Rover Evoque"],
    ),
    ("Volvo", "YV1", ["V40", "V60", "XC60", "S60"]),
    ("Fiat", "ZFA", ["500", "Panda", "Punto", "Ducato"]),
    ("SEAT", "VSS", ["Ibiza", "Leon", "Ateca", "Arona"]),
    ("Škoda", "TMB", ["Fabia", "Octavia", "Superb", "Yeti"]),
    ("Mazda", "JMZ", ["2", "3", "CX-5", "MX-5"]),
    ("Suzuki", "TSM", ["Swift", "Vitara", "Ignis", "Jimny"]),
];
/// Letters of the last three of a plate, and of the first place.
const PLATE_LETTERS: &[u8; 22] = b"ABCDEFGHJKLMNPRSTUVWXY";
/// Characters of a VIN: no I, O and Q.
const VIN_CHARACTERS: &[u8; 33] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

/// What is odd about the cell of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationQuirk {
    /// Nothing: `JA19 KBT` or `JA19KBT`.
    Plain,
    /// Nothing is known.
    Blank,
    /// `TBA`, `NOREG`.
    Placeholder,
    /// `ja19 kbt`.
    LowerCase,
    /// `JA19-KBT`.
    Punctuated,
    /// A plate of another country.
    Foreign,
    /// A plate that a second customer has on another vehicle.
    HeldByTwo,
}

/// What is odd about the cell of a VIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VinQuirk {
    /// Nothing: 17 characters.
    Plain,
    /// Nothing is known.
    Blank,
    /// A chassis number of 7 to 11 characters.
    Short,
    /// One zero was typed as the letter O.
    LetterO,
}

/// Make and model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// `Citroën`.
    pub make: &'static str,
    /// `C4 Picasso`.
    pub model: &'static str,
    /// The first three characters of its VINs.
    maker_code: &'static str,
}

impl Model {
    /// One of those that a garage sees every week.
    pub fn pick(rng: &mut Rng) -> Self {
        let (make, maker_code, models) = MAKES[rng.below(MAKES.len())];
        Self {
            make,
            model: rng.pick(&models),
            maker_code,
        }
    }

    /// A VIN of this make, 17 characters.
    pub fn vin(self, rng: &mut Rng) -> String {
        let middle: String = (0..6).map(|_| letter(VIN_CHARACTERS, rng)).collect();
        // The last six count vehicles; the zero in front of them is what people type as a letter.
        format!("{}ZZ{middle}{}{:05}", self.maker_code, 0, rng.below(100_000))
    }
}

/// The quirks of `count` registrations, at the rates of [`rates::REGISTRATION`].
pub fn deal_registration_quirks(count: usize, rng: &mut Rng) -> Vec<RegistrationQuirk> {
    rng.deal(count, RegistrationQuirk::Plain, &rates::REGISTRATION)
}

/// The quirks of `count` VINs, at the rates of [`rates::VIN`].
pub fn deal_vin_quirks(count: usize, rng: &mut Rng) -> Vec<VinQuirk> {
    rng.deal(count, VinQuirk::Plain, &rates::VIN)
}

/// The registration, with a space where it has one, of a vehicle first registered in `year` and `month`.
pub fn registration(year: i64, month: i64, rng: &mut Rng) -> String {
    if rng.per_mille(15) {
        return cherished(rng);
    }
    if year < 2001 || (year == 2001 && month < 9) {
        return format!(
            "{} {}",
            age_letter(year, rng) + &rng.between(1, 999).to_string(),
            letters(3, rng)
        );
    }
    let age = match month {
        1..=2 => year - 2001 + 50,
        3..=8 => year - 2000,
        _ => year - 2000 + 50,
    };
    // No office ever gave out letter pairs that begin with J, T or U.
    let first = rng.pick(&["J", "T", "U"]);
    format!("{first}{}{age:02} {}", letters(1, rng), letters(3, rng))
}

/// A registration of the current style, with a space: each of the first 28 million numbers has its own.
pub fn numbered_registration(number: u64) -> String {
    /// Plates of one age, and ages: 02 to 21, then 52 to 71.
    const OF_ONE_AGE: u64 = 3 * 22 * 22 * 22 * 22;
    const AGES: u64 = 40;
    // The factor has no divisor in common with the number of plates: different numbers, different plates, until all of an
    // age are used up; then come the same letters with the next age.
    let place = number % OF_ONE_AGE * 433_494_437 % OF_ONE_AGE;
    let age = (place + number / OF_ONE_AGE) % AGES;
    let age = if age < 20 { age + 2 } else { age + 32 };
    let letter = |place: u64| char::from(PLATE_LETTERS[(place % 22) as usize]);
    let first = ["J", "T", "U"][(place % 3) as usize];
    let [a, b, c, d] = [3, 3 * 22, 3 * 22 * 22, 3 * 22 * 22 * 22].map(|divisor| letter(place / divisor));
    format!("{first}{a}{age:02} {b}{c}{d}")
}

/// A plate of another country.
pub fn foreign_registration(rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => format!("{}-D-{}", rng.between(131, 241), rng.between(100, 59_999)),
        1 => format!("{}-{}-{}", letters(2, rng), rng.between(100, 999), letters(2, rng)),
        _ => format!("B-{} {}", letters(2, rng), rng.between(1000, 9999)),
    }
}

/// What somebody types who does not know the registration.
pub fn placeholder_registration(rng: &mut Rng) -> &'static str {
    rng.pick(&["TBA", "NOREG", "NO REG", "TBC", "UNKNOWN", "N/A"])
}

/// A short chassis number.
pub fn chassis_number(rng: &mut Rng) -> String {
    let length = rng.between(7, 11);
    (0..length).map(|_| letter(VIN_CHARACTERS, rng)).collect()
}

/// Plates of Northern Ireland, before 1983 or before 1963: what people buy to show off.
fn cherished(rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => format!("{}IZ {}", letters(1, rng), rng.between(1000, 9999)),
        1 => format!(
            "{} {}{}",
            letters(3, rng),
            rng.between(1, 999),
            rng.pick(&["A", "F", "K", "R", "X"])
        ),
        _ => format!("{} {}", rng.between(1, 9999), letters(2, rng)),
    }
}

/// The letter of a year before September 2001.
fn age_letter(year: i64, rng: &mut Rng) -> String {
    match year {
        2001 | 2000 => rng.pick(&["W", "X", "Y"]),
        1999 => rng.pick(&["T", "V"]),
        1998 => rng.pick(&["R", "S"]),
        1997 => rng.pick(&["P", "R"]),
        _ => rng.pick(&["K", "L", "M", "N"]),
    }
    .to_owned()
}

fn letters(count: usize, rng: &mut Rng) -> String {
    (0..count).map(|_| letter(PLATE_LETTERS, rng)).collect()
}

fn letter(of: &[u8], rng: &mut Rng) -> char {
    char::from(of[rng.below(of.len())])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn vins_have_seventeen_characters() {
        let mut rng = Rng::new(2);
        for _ in 0..200 {
            let vin = Model::pick(&mut rng).vin(&mut rng);
            assert_eq!(vin.len(), 17, "{vin}");
            assert!(!vin.contains(['I', 'O', 'Q']), "{vin}");
        }
    }

    #[test]
    fn every_number_has_its_own_plate() {
        // The second half has the letters of the first, with other ages.
        let numbers = (0..20_000).chain(702_768..722_768);
        let plates: BTreeSet<String> = numbers.map(numbered_registration).collect();
        assert_eq!(plates.len(), 40_000);
        assert!(plates.iter().all(|plate| plate.len() == 8), "{plates:?}");
    }

    #[test]
    fn the_age_of_a_plate_follows_the_month() {
        let age = |year, month| -> String {
            // Any plate of the current style has the age in places 3 and 4.
            let mut rng = Rng::new(9);
            loop {
                let plate = registration(year, month, &mut rng);
                let age: String = plate.chars().skip(2).take(2).collect();
                if plate.len() == 8 && age.chars().all(|digit| digit.is_ascii_digit()) {
                    return age;
                }
            }
        };
        assert_eq!(age(2019, 3), "19");
        assert_eq!(age(2019, 9), "69");
        assert_eq!(age(2020, 1), "69");
        assert_eq!(age(2001, 10), "51");
    }
}
