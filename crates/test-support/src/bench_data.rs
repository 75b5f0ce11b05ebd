//! Large files for measurements, written row by row: a file of any length takes the memory of one row.

use std::io::{self, Write};

use crate::delimited::{CsvRows, CsvStyle};
use crate::rng::Rng;
use crate::sample::customers::{Blueprint, Customer, CustomerRole, MailKind};
use crate::sample::people::NameStyle;
use crate::sample::phones::PhoneQuirk;
use crate::sample::rates;
use crate::sample::tables::{CUSTOMER_COLUMNS, VEHICLE_COLUMNS};
use crate::sample::vehicles::Vehicle;

/// Writes a customer list as the Techman program exports it: `rows` customers, each with a number of their own, with
/// the flaws of a real list at the [`rates`] of the sample.
///
/// Repeats and families refer to one of the rows shortly before. The same arguments give the same bytes.
pub fn write_customers_csv(writer: impl Write, rows: u64, seed: u64) -> io::Result<()> {
    let mut csv = CsvRows::start(writer, CsvStyle::default())?;
    csv.write(&CUSTOMER_COLUMNS)?;
    customers(rows, seed).try_for_each(|customer| csv.write(&customer.cells()))
}

/// The customers of [`write_customers_csv`], one after the other.
pub fn customers(rows: u64, seed: u64) -> impl Iterator<Item = Customer> {
    (0..rows).map(move |row| customer(row, rows, seed))
}

/// The same customers, each with a vehicle that nobody else has.
pub fn customers_with_vehicles(rows: u64, seed: u64) -> impl Iterator<Item = (Customer, Vehicle)> {
    // The vehicles have streams of their own: with or without them, the customers are the same.
    let vehicle = move |row| Vehicle::numbered(row, &mut Rng::stream(!seed, row));
    customers(rows, seed).zip((0..rows).map(vehicle))
}

/// The columns of a list of customers with vehicles: those of [`Customer::cells`], then those of [`Vehicle::cells`].
pub fn columns_with_vehicles() -> Vec<&'static str> {
    CUSTOMER_COLUMNS.into_iter().chain(VEHICLE_COLUMNS).collect()
}

/// How far back the customer can be whom a row repeats.
const REACH: u64 = 200;

/// The customer in row `row` of `rows`.
fn customer(row: u64, rows: u64, seed: u64) -> Customer {
    let mut rng = Rng::stream(seed, row);
    let role = rng.draw(CustomerRole::Single, &rates::ROLES);
    if role == CustomerRole::Single || row == 0 {
        return build(row, rows, seed, CustomerRole::Single, None, &mut rng);
    }
    let other = row - 1 - rng.below(row.min(REACH) as usize) as u64;
    let relation = build(
        other,
        rows,
        seed,
        CustomerRole::Single,
        None,
        &mut Rng::stream(seed, other),
    );
    build(row, rows, seed, role, Some((other as usize, &relation)), &mut rng)
}

fn build(
    row: u64,
    rows: u64,
    seed: u64,
    role: CustomerRole,
    relation: Option<(usize, &Customer)>,
    rng: &mut Rng,
) -> Customer {
    let blueprint = Blueprint {
        seed,
        index: row as usize,
        of: rows as usize,
        number: format!("{:06}", row + 101),
        role,
        name_style: rng.draw(NameStyle::FirstLast, &rates::NAMES),
        phone_quirk: rng.draw(PhoneQuirk::Plain, &rates::PHONE),
        drama_index: row,
        mail_kind: rng.draw(MailKind::Nobodys, &rates::MAIL),
        relation,
    };
    blueprint.build(rng)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn written(rows: u64, seed: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_customers_csv(&mut bytes, rows, seed).unwrap();
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert!(written(500, 7) == written(500, 7));
        assert!(written(500, 7) != written(500, 8));
    }

    #[test]
    fn every_row_has_its_own_number() {
        let text = String::from_utf8(written(3000, 7)).unwrap();
        let numbers: BTreeSet<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!((numbers.len(), text.lines().count()), (3000, 3001));
    }

    #[test]
    fn every_customer_has_a_vehicle_that_can_be_told_from_all_others() {
        let vehicles: Vec<Vehicle> = customers_with_vehicles(3000, 7).map(|(_, vehicle)| vehicle).collect();
        let known = vehicles.iter().filter_map(|vehicle| vehicle.registration.as_deref());
        let (count, distinct) = (known.clone().count(), known.collect::<BTreeSet<_>>().len());
        assert!(count == distinct && count > 2900, "{distinct} of {count}");
        let nameless = |vehicle: &&Vehicle| vehicle.registration.is_none() && vehicle.vin.is_none();
        assert_eq!(vehicles.iter().find(nameless), None);
        let cells = customers_with_vehicles(1, 7)
            .next()
            .map(|(customer, vehicle)| [customer.cells(), vehicle.cells()].concat());
        assert_eq!(cells.unwrap().len(), columns_with_vehicles().len());
    }

    #[test]
    fn most_customers_have_no_mail_of_their_own() {
        let mails: Vec<String> = (0..5000).map(|row| customer(row, 5000, 7).email).collect();
        let own = mails
            .iter()
            .filter(|mail| mails.iter().filter(|other| other == mail).count() == 1)
            .count();
        assert!((600..=800).contains(&own), "{own} of 5000");
    }
}
