//! Invented addresses: streets and towns of no map, postcodes of areas that do not exist.

use crate::rng::Rng;

const STREETS: [&str; 30] = [
    "Tannery",
    "Foundry",
    "Larkspur",
    "Bramble",
    "Kestrel",
    "Millrace",
    "Quarry Bank",
    "Saddlers",
    "Orchard End",
    "Copperfield",
    "Ropewalk",
    "Weavers",
    "Hawthorn",
    "Sycamore",
    "Beacon",
    "Chapel Hill",
    "Dovecote",
    "Elderberry",
    "Furlong",
    "Gatehouse",
    "Harrier",
    "Ironstone",
    "Juniper",
    "Limekiln",
    "Meadowsweet",
    "Nightingale",
    "Old Forge",
    "Packhorse",
    "Rookery",
    "St Oswin's",
];
const STREET_KINDS: [&str; 7] = ["Road", "Street", "Lane", "Avenue", "Close", "Drive", "Way"];
const HOUSES: [&str; 6] = [
    "Rose Cottage",
    "The Old Barn",
    "Flat 2",
    "Unit 7",
    "The Coach House",
    "Flat 11b",
];
/// Town, county and postcode area. The areas are of the right shape and are not in use.
const TOWNS: [(&str, &str, &str); 12] = [
    ("Northbrook", "Ashshire", "NB"),
    ("Ashcombe Regis", "Ashshire", "NB"),
    ("Wexbourne", "Ashshire", "NB"),
    ("Kilnworth", "Kilnshire", "KB"),
    ("Little Harrow Vale", "Kilnshire", "KB"),
    ("Stoke Merrin", "Kilnshire", "KB"),
    ("Eldersby", "East Wolding", "EB"),
    ("Marsham-on-Wold", "East Wolding", "EB"),
    ("Dunfell", "Dunfellshire", "DB"),
    ("Port Carrow", "Dunfellshire", "DB"),
    ("Whitmere", "West Merin", "WB"),
    ("Llanfair Derwen", "West Merin", "WB"),
];

/// Where somebody lives who does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// `12 Tannery Road`.
    pub line_1: String,
    /// `Flat 2`, mostly empty.
    pub line_2: String,
    /// `Northbrook`.
    pub town: String,
    /// `Ashshire`; not everybody gives one.
    pub county: String,
    /// The true postcode: `NB4 7QT`.
    pub postcode: String,
    /// The postcode as typed: `nb47qt`.
    pub postcode_cell: String,
}

impl Address {
    /// An address.
    pub fn invent(rng: &mut Rng) -> Self {
        let (town, county, area) = TOWNS[rng.below(TOWNS.len())];
        let number = rng.between(1, 240);
        let line_1 = format!("{number} {} {}", rng.pick(&STREETS), rng.pick(&STREET_KINDS));
        let line_2 = if rng.per_mille(120) { rng.pick(&HOUSES) } else { "" };
        let county = if rng.per_mille(700) { county } else { "" };
        let postcode = postcode(area, rng);
        let postcode_cell = match rng.below(50) {
            0 => String::new(),
            1..=4 => postcode.to_lowercase(),
            5..=9 => postcode.replace(' ', ""),
            _ => postcode.clone(),
        };
        Self {
            line_1,
            line_2: line_2.to_owned(),
            town: town.to_owned(),
            county: county.to_owned(),
            postcode,
            postcode_cell,
        }
    }

    /// The cells of an address in an export: two lines, town, county, postcode.
    pub fn cells(&self) -> [String; 5] {
        let Self {
            line_1,
            line_2,
            town,
            county,
            postcode: _,
            postcode_cell,
        } = self;
        [
            line_1.clone(),
            line_2.clone(),
            town.clone(),
            county.clone(),
            postcode_cell.clone(),
        ]
    }
}

/// The name of a town.
pub fn town(rng: &mut Rng) -> &'static str {
    TOWNS[rng.below(TOWNS.len())].0
}

fn postcode(area: &str, rng: &mut Rng) -> String {
    const INWARD: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
    let letters: String = (0..2).map(|_| char::from(INWARD[rng.below(INWARD.len())])).collect();
    format!("{area}{} {}{letters}", rng.between(1, 49), rng.between(1, 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_have_the_shape_of_real_ones() {
        let mut rng = Rng::new(1);
        for _ in 0..100 {
            let postcode = Address::invent(&mut rng).postcode;
            let (outward, inward) = postcode.split_once(' ').unwrap();
            assert!((3..=4).contains(&outward.len()), "{postcode}");
            assert!(
                inward.len() == 3 && inward.starts_with(|first: char| first.is_ascii_digit()),
                "{postcode}"
            );
        }
    }
}
