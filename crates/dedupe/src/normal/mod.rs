//! From the cells of a row to values that can be compared, one normaliser per role.

pub(crate) mod address;
mod company;
pub(crate) mod email;
mod name;
mod phone;
mod placeholder;
mod text;
pub(crate) mod vehicle;

use crate::role::{Field, Role};

/// Values of one field that are kept; what a cell has beyond is left out.
const MOST_VALUES: usize = 4;

/// The cells of a row, each with what its column holds, in any order. Empty cells may be left out.
pub type Cells<'a> = [(Role, &'a str)];

/// The values of a row, by field. Placeholders are not among them.
pub(crate) fn normalise(cells: &Cells<'_>) -> Vec<(Field, String)> {
    let mut values = Values::default();
    let mut source = None;
    let mut id = None;
    for (role, cell) in cells {
        match role {
            Role::Source => source = Some(text::plain(cell)),
            Role::ExternalId => id = Some(text::code(cell)).filter(|id| !id.is_empty()),
            role => values.read(*role, cell),
        }
    }
    // Ids of different sources have nothing to do with each other.
    if let Some(id) = id {
        values.push(Field::ExternalId, Some(format!("{}:{id}", source.unwrap_or_default())));
    }
    values.0.sort_by_key(|(field, _)| *field);
    values.0
}

#[derive(Default)]
struct Values(Vec<(Field, String)>);

impl Values {
    fn read(&mut self, role: Role, cell: &str) {
        match role {
            Role::GivenName => self.push_name(name::given(cell)),
            Role::Surname => self.push_name(name::surname(cell)),
            Role::FullName if company::is_organisation(cell) => {
                self.push(Field::Organisation, company::organisation(cell));
            }
            Role::FullName => self.push_name(name::full(cell)),
            Role::Organisation => self.push(Field::Organisation, company::organisation(cell)),
            Role::Phone => phone::phones(cell)
                .into_iter()
                .for_each(|phone| self.push(Field::Phone, Some(phone))),
            Role::Email => email::emails(cell)
                .into_iter()
                .for_each(|email| self.push(Field::Email, Some(email))),
            Role::House => self.push(Field::House, address::house(cell)),
            Role::Street => {
                let line = address::line(cell);
                self.push(Field::Street, line.street);
                self.push(Field::House, line.house);
            }
            Role::Town => self.push(Field::Town, address::town(cell)),
            Role::Postcode => self.push(Field::Postcode, address::postcode(cell)),
            Role::BirthDate => self.push(Field::Born, vehicle::day(cell)),
            Role::Plate => {
                for plate in cell.split([',', ';', '/']).filter_map(vehicle::plate) {
                    self.push(Field::Plate, Some(plate));
                }
            }
            Role::Vin => self.push(Field::Vin, vehicle::vin(cell)),
            Role::Make => self.push(Field::Make, vehicle::make(cell)),
            Role::Model => self.push(Field::Model, vehicle::words(cell)),
            Role::Colour => self.push(Field::Colour, vehicle::words(cell)),
            Role::Year => self.push(Field::Year, vehicle::year(cell)),
            Role::Owner => self.push(Field::Owner, vehicle::words(cell)),
            Role::ExternalId | Role::Source => {}
        }
    }

    fn push_name(&mut self, name: name::PersonName) {
        self.push(Field::Given, name.given);
        self.push(Field::Surname, name.surname);
        self.push(Field::Generation, name.generation.map(str::to_owned));
    }

    /// Adds a value; of fields that a record has once, the first stays.
    fn push(&mut self, field: Field, value: Option<String>) {
        let Some(value) = value else {
            return;
        };
        let most = match field {
            Field::Phone | Field::Email | Field::Plate => MOST_VALUES,
            _ => 1,
        };
        let others = || self.0.iter().filter(|(other, _)| *other == field);
        if others().count() < most && !others().any(|(_, other)| *other == value) {
            self.0.push((field, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &Cells<'_>, expected: &[(Field, &str)]) {
        let found = normalise(cells);
        let found: Vec<(Field, &str)> = found.iter().map(|(field, text)| (*field, text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn cells_become_values_of_fields() {
        check(
            &[
                (Role::FullName, "Mr John Smith"),
                (Role::Phone, "01632 960001"),
                (Role::Street, "12 High St"),
                (Role::Town, "TBA"),
            ],
            &[
                (Field::Given, "john"),
                (Field::Surname, "smith"),
                (Field::Phone, "1632960001"),
                (Field::Street, "high street"),
                (Field::House, "12"),
            ],
        );
        check(
            &[(Role::FullName, "Hartley Haulage Ltd")],
            &[(Field::Organisation, "hartley haulage")],
        );
        check(
            &[(Role::Phone, "01632 960001"), (Role::Phone, "+44 1632 960001")],
            &[(Field::Phone, "1632960001")],
        );
    }

    #[test]
    fn an_id_belongs_to_its_source() {
        check(
            &[(Role::ExternalId, "C-17"), (Role::Source, "Old DMS")],
            &[(Field::ExternalId, "old dms:C17")],
        );
    }

    #[test]
    fn what_stands_for_nothing_is_no_value() {
        check(
            &[
                (Role::FullName, "CASH SALE"),
                (Role::Plate, "NOREG"),
                (Role::Email, "none@none.com"),
                (Role::Phone, "00000 000000"),
            ],
            &[],
        );
    }
}
