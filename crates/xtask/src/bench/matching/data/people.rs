//! Families: households of one to five at one address, whose members share what households share.

use torqueflow_test_support::rng::Rng;

use super::Labels;
use super::lists::{Address, address, email, given, landline, mobile, plate, surname};
use super::slips::{called, misheard, misread, mistyped};

const HEADER: &[&str] = &[
    "first_name",
    "last_name",
    "phone",
    "mobile",
    "email",
    "house",
    "street",
    "town",
    "postcode",
    "registration",
];

/// Of a thousand, how many of those who are there twice have each flaw in the second record.
mod rates {
    pub const TWICE: u32 = 280;
    pub const THRICE: u32 = 120;
    pub const GIVEN_TYPED: u32 = 60;
    pub const GIVEN_HEARD: u32 = 40;
    pub const CALLED: u32 = 150;
    pub const SURNAME_TYPED: u32 = 70;
    pub const SURNAME_HEARD: u32 = 50;
    pub const MARRIED: u32 = 15;
    pub const SWAPPED: u32 = 20;
    pub const PHONE_TYPED: u32 = 40;
    pub const PHONE_CHANGED: u32 = 80;
    pub const PHONE_GONE: u32 = 150;
    pub const NAME_IN_PHONE: u32 = 30;
    pub const MAIL_GONE: u32 = 300;
    pub const MOVED: u32 = 40;
    pub const ADDRESS_GONE: u32 = 80;
    pub const ADDRESS_TYPED: u32 = 80;
    pub const OTHER_CAR: u32 = 200;
    pub const PLATE_MISREAD: u32 = 80;
}

/// One person as they are.
#[derive(Debug, Clone, Default)]
struct Person {
    given: String,
    surname: String,
    phone: String,
    mobile: String,
    email: String,
    home: Address,
    plate: String,
}

/// About so many records of people in families.
pub fn families(records: usize, rng: &mut Rng) -> Labels {
    let mut labels = Labels::new(HEADER);
    let mut who = 0;
    let mut sold = Vec::new();
    while labels.rows.len() < records {
        for person in household(rng, &mut sold) {
            labels.rows.push((who, person.cells()));
            let again = rng.draw(0, &[(1, rates::TWICE - rates::THRICE), (2, rates::THRICE)]);
            for _ in 0..again {
                labels.rows.push((who, person.again(rng)));
            }
            who += 1;
        }
        if rng.per_mille(10) {
            labels.rows.push((who, cash_sale(rng)));
            who += 1;
        }
    }
    labels
}

fn household(rng: &mut Rng, sold: &mut Vec<String>) -> Vec<Person> {
    let size = rng.draw(2, &[(1, 300), (3, 170), (4, 130), (5, 50)]);
    let (name, home, phone) = (surname(rng), address(rng), landline(rng));
    // A registration that somebody sold is on somebody else's car now.
    let car = if rng.per_mille(30) && !sold.is_empty() {
        sold.swap_remove(rng.below(sold.len()))
    } else {
        plate(rng)
    };
    if rng.per_mille(30) {
        sold.push(car.clone());
    }
    let has_landline = rng.per_mille(550);
    let family_mail = email("the", &name, rng);
    let mut members: Vec<Person> = Vec::new();
    for number in 0..size {
        let is_woman = if number < 2 { number == 1 } else { rng.per_mille(500) };
        let surname = if number == 1 && rng.per_mille(100) {
            surname(rng)
        } else {
            name.clone()
        };
        let mut first = given(is_woman, rng);
        while members.iter().any(|other| other.given == first) {
            first = given(is_woman, rng);
        }
        let own = mobile(rng);
        let shared = members
            .first()
            .map(|head| head.mobile.clone())
            .filter(|_| rng.per_mille(300));
        let mut person = Person {
            email: String::new(),
            phone: if has_landline { phone.clone() } else { String::new() },
            mobile: shared.unwrap_or_else(|| if rng.per_mille(850) { own } else { String::new() }),
            plate: if rng.per_mille(600) { car.clone() } else { plate(rng) },
            home: home.clone(),
            given: first,
            surname,
        };
        if rng.per_mille(170) {
            person.email = if rng.per_mille(300) {
                family_mail.clone()
            } else {
                email(&person.given, &person.surname, rng)
            };
        }
        members.push(person);
    }
    name_a_son_after_his_father(&mut members, rng);
    members
}

/// A son of his father's name is another person all the same, with his own phone.
fn name_a_son_after_his_father(members: &mut [Person], rng: &mut Rng) {
    let father = members.first().map(|head| (head.given.clone(), head.surname.clone()));
    if let (Some((given, surname)), Some(son)) = (father, members.get_mut(2))
        && rng.per_mille(30)
    {
        *son = Person {
            given,
            surname: format!("{surname} Jnr"),
            mobile: mobile(rng),
            ..son.clone()
        };
    }
}

fn cash_sale(rng: &mut Rng) -> Vec<String> {
    let name = rng.pick(&["CASH SALE", "Cash Customer", "TBA", "Unknown"]).to_owned();
    let person = Person {
        surname: name,
        phone: "00000 000000".to_owned(),
        email: "none@none.com".to_owned(),
        plate: "NOREG".to_owned(),
        ..Person::default()
    };
    person.cells()
}

impl Person {
    fn cells(&self) -> Vec<String> {
        let Self {
            given,
            surname,
            phone,
            mobile,
            email,
            home,
            plate,
        } = self.clone();
        vec![
            given,
            surname,
            phone,
            mobile,
            email,
            home.house,
            home.street,
            home.town,
            home.postcode,
            plate,
        ]
    }

    /// As they were written down another time.
    fn again(&self, rng: &mut Rng) -> Vec<String> {
        let mut other = self.clone();
        other.name_again(rng);
        other.contact_again(rng);
        other.home_again(rng);
        if rng.per_mille(rates::OTHER_CAR) {
            other.plate = plate(rng);
        } else if rng.per_mille(rates::PLATE_MISREAD) {
            other.plate = misread(&other.plate);
        }
        other.cells()
    }

    fn name_again(&mut self, rng: &mut Rng) {
        if rng.per_mille(rates::CALLED) {
            self.given = called(&self.given, rng);
        } else if rng.per_mille(rates::GIVEN_TYPED) {
            self.given = mistyped(&self.given, rng);
        } else if rng.per_mille(rates::GIVEN_HEARD) {
            self.given = misheard(&self.given, rng);
        }
        if rng.per_mille(rates::MARRIED) {
            self.surname = surname(rng);
        } else if rng.per_mille(rates::SURNAME_TYPED) {
            self.surname = mistyped(&self.surname, rng);
        } else if rng.per_mille(rates::SURNAME_HEARD) {
            self.surname = misheard(&self.surname, rng);
        }
        if rng.per_mille(rates::SWAPPED) {
            std::mem::swap(&mut self.given, &mut self.surname);
        }
    }

    fn contact_again(&mut self, rng: &mut Rng) {
        if rng.per_mille(rates::PHONE_CHANGED) {
            self.mobile = mobile(rng);
        } else if rng.per_mille(rates::PHONE_GONE) {
            self.mobile.clear();
        } else if rng.per_mille(rates::PHONE_TYPED) {
            self.mobile = mistyped(&self.mobile, rng);
        }
        if rng.per_mille(rates::PHONE_GONE) {
            self.phone.clear();
        }
        if rng.per_mille(rates::NAME_IN_PHONE) && !self.mobile.is_empty() {
            self.mobile = format!("{} ({})", self.mobile, self.given);
        }
        if rng.per_mille(rates::MAIL_GONE) {
            self.email.clear();
        }
    }

    fn home_again(&mut self, rng: &mut Rng) {
        if rng.per_mille(rates::MOVED) {
            self.home = address(rng);
        } else if rng.per_mille(rates::ADDRESS_GONE) {
            self.home = Address::default();
        }
        for part in [
            &mut self.home.street,
            &mut self.home.town,
            &mut self.home.postcode,
            &mut self.home.house,
        ] {
            if rng.per_mille(rates::ADDRESS_TYPED) {
                *part = mistyped(part, rng);
            }
        }
    }
}
