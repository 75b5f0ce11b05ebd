//! What a column holds, and what of it is compared.

use std::fmt;
use std::str::FromStr;

/// What a column of a file holds, as its mapping says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// First names.
    GivenName,
    /// The family name.
    Surname,
    /// A whole name in one cell, a person's or a firm's.
    FullName,
    /// A firm.
    Organisation,
    /// One or more telephone numbers, perhaps with words around them.
    Phone,
    /// One or more e-mail addresses.
    Email,
    /// The number or the name of a house.
    House,
    /// The street, or a whole address line with the number in it.
    Street,
    /// Town, city or suburb.
    Town,
    /// The postal code.
    Postcode,
    /// The day a person was born.
    BirthDate,
    /// A vehicle's registration.
    Plate,
    /// The vehicle identification number.
    Vin,
    /// A vehicle's make.
    Make,
    /// A vehicle's model.
    Model,
    /// A vehicle's colour.
    Colour,
    /// The year a vehicle was built.
    Year,
    /// Whose a vehicle is.
    Owner,
    /// The record's id in the system it came from.
    ExternalId,
    /// The system it came from: ids are compared within one source only.
    Source,
}

/// Names of roles, the first of each being the one that is shown.
const NAMES: &[(Role, &[&str])] = &[
    (Role::GivenName, &["given", "given_name", "first_name", "forename"]),
    (Role::Surname, &["surname", "last_name", "family_name"]),
    (Role::FullName, &["name", "full_name"]),
    (
        Role::Organisation,
        &["org", "organisation", "organization", "company", "company_name"],
    ),
    (
        Role::Phone,
        &["phone", "phone_number", "mobile", "landline", "telephone"],
    ),
    (Role::Email, &["email", "e-mail"]),
    (Role::House, &["house", "house_number", "street_number"]),
    (Role::Street, &["street", "address", "addr", "address_line"]),
    (Role::Town, &["town", "city", "suburb"]),
    (Role::Postcode, &["postcode", "postal_code", "zip", "zipcode"]),
    (Role::BirthDate, &["born", "birth_date", "date_of_birth", "dob"]),
    (
        Role::Plate,
        &[
            "plate",
            "registration",
            "license_plate",
            "licence_plate",
            "number_plate",
        ],
    ),
    (Role::Vin, &["vin"]),
    (Role::Make, &["make"]),
    (Role::Model, &["model"]),
    (Role::Colour, &["colour", "color"]),
    (Role::Year, &["year"]),
    (Role::Owner, &["owner"]),
    (Role::ExternalId, &["id", "external_id"]),
    (Role::Source, &["source"]),
];

impl Role {
    /// The names under which roles are known, one each.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter_map(|(_, names)| names.first().copied())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role of a column")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        let folded = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let is_named = |names: &[&str]| names.iter().any(|name| name.replace('-', "_") == folded);
        let found = NAMES.iter().find(|(_, names)| is_named(names));
        found.map(|(role, _)| *role).ok_or_else(|| UnknownRole(word.to_owned()))
    }
}

/// What is compared of two records: each is one term of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Field {
    /// First names.
    Given,
    /// The family name.
    Surname,
    /// Whether first and family name stand in the same order.
    NameOrder,
    /// What tells father and son of one name apart: junior, senior.
    Generation,
    /// The name of a firm.
    Organisation,
    /// Telephone numbers; of several the pair that agrees best.
    Phone,
    /// E-mail addresses, likewise.
    Email,
    /// Postal code.
    Postcode,
    /// Town.
    Town,
    /// Street, without the house.
    Street,
    /// House number or name.
    House,
    /// Day of birth.
    Born,
    /// Registrations.
    Plate,
    /// Vehicle identification number.
    Vin,
    /// Make of a vehicle.
    Make,
    /// Model of a vehicle.
    Model,
    /// Colour of a vehicle.
    Colour,
    /// Year of a vehicle.
    Year,
    /// Owner of a vehicle.
    Owner,
    /// Id at its source.
    ExternalId,
}

impl Field {
    /// How many there are.
    pub(crate) const COUNT: usize = 20;

    /// All, in the order in which they are compared.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Given,
        Self::Surname,
        Self::NameOrder,
        Self::Generation,
        Self::Organisation,
        Self::Phone,
        Self::Email,
        Self::Postcode,
        Self::Town,
        Self::Street,
        Self::House,
        Self::Born,
        Self::Plate,
        Self::Vin,
        Self::Make,
        Self::Model,
        Self::Colour,
        Self::Year,
        Self::Owner,
        Self::ExternalId,
    ];

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Given => "first name",
            Self::Surname => "surname",
            Self::NameOrder => "order of names",
            Self::Generation => "junior or senior",
            Self::Organisation => "company",
            Self::Phone => "phone number",
            Self::Email => "e-mail address",
            Self::Postcode => "postcode",
            Self::Town => "town",
            Self::Street => "street",
            Self::House => "house number",
            Self::Born => "date of birth",
            Self::Plate => "registration",
            Self::Vin => "VIN",
            Self::Make => "make",
            Self::Model => "model",
            Self::Colour => "colour",
            Self::Year => "year",
            Self::Owner => "owner",
            Self::ExternalId => "id at its source",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// One thing per field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PerField<T>(pub [T; Field::COUNT]);

impl<T: Copy> PerField<T> {
    /// The same for all.
    pub fn all(value: T) -> Self {
        Self([value; Field::COUNT])
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each field")]
impl<T> std::ops::Index<Field> for PerField<T> {
    type Output = T;

    fn index(&self, field: Field) -> &T {
        &self.0[field as usize]
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each field")]
impl<T> std::ops::IndexMut<Field> for PerField<T> {
    fn index_mut(&mut self, field: Field) -> &mut T {
        &mut self.0[field as usize]
    }
}
