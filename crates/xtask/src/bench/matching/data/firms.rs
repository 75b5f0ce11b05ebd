//! Firms with branches, and fleets whose drivers share an address of mail.

use torqueflow_test_support::rng::Rng;

use super::Labels;
use super::lists::{Address, address, landline, surname};
use super::slips::{misheard, mistyped};

const HEADER: &[&str] = &["company", "phone", "email", "house", "street", "town", "postcode"];
const TRADES: &str = "Haulage Plumbing Builders Electrical Taxis Roofing Joinery Catering Logistics Landscapes Couriers Scaffolding \
    Interiors Farms Nurseries Windows Flooring Security Cleaning Engineering";
const FORMS: [&str; 5] = ["Ltd", "Limited", "& Sons", "Group", "Services"];

#[derive(Debug, Clone)]
struct Firm {
    name: String,
    phone: String,
    email: String,
    place: Address,
}

/// About so many records of firms.
pub fn firms(records: usize, rng: &mut Rng) -> Labels {
    let mut labels = Labels::new(HEADER);
    let mut who = 0;
    let trades: Vec<&str> = TRADES.split_whitespace().collect();
    while labels.rows.len() < records {
        let name = format!("{} {} {}", surname(rng), rng.pick(&trades), rng.pick(&FORMS));
        let host = name.to_lowercase().replace([' ', '&', '\''], "");
        let branches = rng.draw(1, &[(2, 100), (3, 50), (8, 10)]);
        for _ in 0..branches {
            let firm = Firm {
                name: name.clone(),
                phone: landline(rng),
                email: if rng.per_mille(400) {
                    format!("info@{host}.example")
                } else {
                    String::new()
                },
                place: address(rng),
            };
            labels.rows.push((who, firm.cells()));
            if rng.per_mille(300) {
                labels.rows.push((who, firm.again(rng)));
            }
            who += 1;
        }
    }
    labels
}

impl Firm {
    fn cells(&self) -> Vec<String> {
        let Self {
            name,
            phone,
            email,
            place,
        } = self.clone();
        vec![
            name,
            phone,
            email,
            place.house,
            place.street,
            place.town,
            place.postcode,
        ]
    }

    fn again(&self, rng: &mut Rng) -> Vec<String> {
        let mut other = self.clone();
        match rng.below(6) {
            0 => other.name = mistyped(&other.name, rng),
            1 => other.name = misheard(&other.name, rng),
            2 => {
                other.name = other
                    .name
                    .rsplit_once(' ')
                    .map_or_else(String::new, |(rest, _)| rest.to_owned());
            }
            3 => other.name = other.name.replace("Limited", "Ltd").to_uppercase(),
            _ => {}
        }
        if rng.per_mille(150) {
            other.phone = if rng.per_mille(300) {
                mistyped(&other.phone, rng)
            } else {
                landline(rng)
            };
        }
        if rng.per_mille(100) {
            other.phone.clear();
        }
        if rng.per_mille(100) {
            other.place = Address::default();
        } else if rng.per_mille(150) {
            other.place.street = mistyped(&other.place.street, rng);
        }
        other.cells()
    }
}
