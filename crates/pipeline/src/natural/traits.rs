//! What a row says of a record beside its natural key, and whether two rows are plainly of different records.

use torqueflow_cleanup::{VrmShape, stands_for_blank, vrm_shape};
use torqueflow_dedupe::{Car, Person, are_other_cars, are_other_people};
use torqueflow_model::{ColumnProfile, EntityKind, FieldRef, Look, Row, Slot, ValueKind, fold};

use super::headers::{self, Tells};
use crate::ids::is_id;
use crate::plan::PlannedColumn;

/// Between the parts of a key, and between traits: a sign that no cell has.
const BETWEEN: char = '\u{1f}';
/// How keys begin that are codes and not names.
const CODE: &str = "code";

/// What a row says of a record: the traits of its kind, then the numbers of columns without a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Traits(Box<str>);

impl Traits {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        Self(texts.collect::<Vec<_>>().join(&BETWEEN.to_string()).into())
    }

    pub fn from_texts(texts: &[String]) -> Self {
        Self::of(texts.iter().map(String::as_str))
    }

    pub fn into_texts(self) -> Vec<String> {
        self.0.split(BETWEEN).map(str::to_owned).collect()
    }

    /// Adds what another row of the same record says beyond this one.
    pub fn fill(&mut self, other: &Self) {
        let is_open = |(own, other): (&str, &str)| own.is_empty() && !other.is_empty();
        let pairs = || self.0.split(BETWEEN).zip(other.0.split(BETWEEN));
        if pairs().any(is_open) {
            *self = Self::of(pairs().map(|pair| if is_open(pair) { pair.1 } else { pair.0 }));
        }
    }

    /// One of them; `None` where the row does not say it.
    fn get(&self, index: usize) -> Option<&str> {
        self.0.split(BETWEEN).nth(index).filter(|text| !text.is_empty())
    }

    fn numbers(&self, from: usize) -> impl Iterator<Item = &str> {
        self.0.split(BETWEEN).skip(from)
    }
}

/// Places of the traits of each kind.
mod place {
    pub const PLATE: usize = 0;
    pub const VIN: usize = 1;
    pub const MAKE: usize = 2;
    pub const MODEL: usize = 3;
    pub const YEAR: usize = 4;
    pub const COMPANY: usize = 0;
    pub const VAT_NUMBER: usize = 1;
    pub const NAME: usize = 0;
}

/// The fields that tell records of one key apart.
fn fields(entity: EntityKind) -> &'static [&'static str] {
    match entity {
        EntityKind::Vehicle => &[
            "registration",
            "vin",
            "make",
            "model",
            "model_year",
            "first_registered_on",
            "colour",
            "fuel",
            "engine_cc",
        ],
        EntityKind::Customer => &["company", "vat_number"],
        EntityKind::Product => &["name", "family", "supplier", "cost_price", "retail_price"],
        _ => &[],
    }
}

/// The columns of a table that name a record of one kind, and those that tell it from others of its name.
#[derive(Debug)]
pub(super) struct TraitColumns {
    pub entity: EntityKind,
    fields: Vec<(usize, FieldRef)>,
    /// The columns of each trait.
    traits: Vec<Vec<usize>>,
    /// Columns without a field that may tell such records apart, and how.
    numbers: Vec<(usize, Tells)>,
}

impl TraitColumns {
    /// The columns of a plan. `numbers`: which columns without a field count, once that is known. `None` where the table has
    /// no such records.
    pub fn of(columns: &[PlannedColumn], entity: EntityKind, numbers: Option<&[usize]>) -> Option<Self> {
        let field = |(index, column): (usize, &PlannedColumn)| Some((index, column.field?));
        let fields: Vec<(usize, FieldRef)> = columns.iter().enumerate().filter_map(field).collect();
        if !fields.iter().any(|(_, field)| field.slot == Slot::Main(entity)) {
            return None;
        }
        let mut trait_columns = Self {
            entity,
            traits: Vec::new(),
            numbers: Vec::new(),
            fields,
        };
        let names = self::fields(entity).iter();
        trait_columns.traits = names
            .map(|name| trait_columns.columns_of(entity, name).collect())
            .collect();
        // In a table of several kinds a number may be that of any of them.
        let is_alone = trait_columns.fields.iter().all(|(_, field)| match field.slot {
            Slot::Main(other) => other == entity,
            _ => true,
        });
        if is_alone {
            let open = columns.iter().enumerate().filter(|(_, column)| column.field.is_none());
            let telling = open.filter_map(|(index, column)| Some((index, headers::tells(&column.header, entity)?)));
            let counts = |(index, _): &(usize, Tells)| numbers.is_none_or(|numbers| numbers.contains(index));
            let mut telling: Vec<(usize, Tells)> = telling.filter(counts).collect();
            telling.sort_by_key(|(_, tells)| *tells == Tells::Perhaps);
            telling.truncate(MOST_NUMBERS);
            trait_columns.numbers = telling;
        }
        Some(trait_columns)
    }

    fn columns_of(&self, entity: EntityKind, name: &str) -> impl Iterator<Item = usize> {
        let is_it = move |field: &FieldRef| field.slot == Slot::Main(entity) && field.spec.name == name;
        let found = self.fields.iter().filter(move |(_, field)| is_it(field));
        found.map(|(index, _)| *index)
    }

    /// The first filled cell of a field.
    fn text<'r>(&self, row: &'r Row, entity: EntityKind, name: &str) -> Option<&'r str> {
        self.columns_of(entity, name).find_map(|column| said(row, column))
    }

    /// What the row says beside the key.
    pub fn traits(&self, row: &Row) -> Traits {
        let mut all = String::new();
        let fixed = self
            .traits
            .iter()
            .map(|columns| columns.iter().find_map(|column| said(row, *column)));
        let number = |column| said(row, column).filter(|text| text.len() <= LONGEST_NUMBER);
        let numbers = self.numbers.iter().map(|(column, _)| number(*column));
        for (place, text) in fixed.chain(numbers).enumerate() {
            if place > 0 {
                all.push(BETWEEN);
            }
            all.extend(text.unwrap_or_default().chars().filter(|sign| *sign != BETWEEN));
        }
        Traits(all.into())
    }

    /// The natural keys that the row gives its record.
    pub fn keys(&self, row: &Row) -> Vec<String> {
        let name = |name: &str| self.text(row, self.entity, name);
        let mut keys = Vec::new();
        match self.entity {
            EntityKind::Vehicle => {
                let plate = name("registration").map(letters_and_digits).unwrap_or_default();
                if plate.chars().any(|sign| sign.is_ascii_digit()) {
                    let owner = self.owner(row).unwrap_or_default();
                    keys.push(key("plate", &[&plate, &owner]));
                }
            }
            EntityKind::Customer => keys.extend(self.person(row)),
            EntityKind::Product => {
                keys.extend(name("code").map(Self::code_key));
                keys.extend(name("name").map(|name| key("name", &[&fold(name)])));
            }
            _ => keys.extend(name("name").map(|name| key(self.entity.name(), &[&fold(name)]))),
        }
        keys
    }

    /// The key of what has this code.
    pub fn code_key(code: &str) -> String {
        key(CODE, &[code])
    }

    /// The name of a customer, folded, in any order of its words.
    fn words_of_name(&self, row: &Row) -> String {
        let text = |name: &str| self.text(row, EntityKind::Customer, name);
        let name = text("display_name").map_or_else(
            || {
                let parts: Vec<&str> = ["first_name", "last_name"].into_iter().filter_map(text).collect();
                if parts.is_empty() {
                    text("company").unwrap_or_default().to_owned()
                } else {
                    parts.join(" ")
                }
            },
            str::to_owned,
        );
        let folded = fold(&name);
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// The name and the address of a customer of whom the row says nothing that tells them from a namesake. `None` where it
    /// does: a number of theirs, or a postcode, by which duplicates are looked for. It is asked where there is no natural key.
    pub fn bare_person(&self, row: &Row) -> Option<String> {
        if self.entity != EntityKind::Customer {
            return None;
        }
        let name = self.words_of_name(row);
        let of_address = |name: &str| {
            let slots = [Slot::BillingAddress, Slot::ShippingAddress];
            let is_it = move |field: &FieldRef| slots.contains(&field.slot) && field.spec.name == name;
            let mut columns = self.fields.iter().filter(|(_, field)| is_it(field));
            columns.find_map(|(column, _)| said(row, *column)).map(fold)
        };
        let is_customers_id = |field: &FieldRef| field.slot == Slot::Main(EntityKind::Customer) && is_id(*field);
        let mut ids = self.fields.iter().filter(|(_, field)| is_customers_id(field));
        let is_known = ids.any(|(column, _)| said(row, *column).is_some());
        if name.is_empty() || is_known || of_address("postal_code").is_some() {
            return None;
        }
        let address = ["line_1", "city"].map(|name| of_address(name).unwrap_or_default());
        Some(key("namesake", &[&name, &address.concat()]))
    }

    /// The name of a customer with an e-mail address or a number.
    fn person(&self, row: &Row) -> Option<String> {
        let text = |name: &str| self.text(row, EntityKind::Customer, name);
        let words = self.words_of_name(row);
        let contact = text("email").map(str::to_lowercase).or_else(|| {
            let number = text("phone").or_else(|| text("landline"))?;
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            (digits.len() >= 5).then_some(digits)
        });
        let contact = contact.or_else(|| {
            text("vat_number")
                .map(letters_and_digits)
                .filter(|number| number.chars().any(|sign| sign != '0'))
        });
        let contact = contact.filter(|_| !words.is_empty())?;
        Some(key("person", &[&words, &contact]))
    }

    /// What names the owner of the row's vehicle.
    fn owner(&self, row: &Row) -> Option<String> {
        let is_customers = |field: &FieldRef| {
            field.slot == Slot::Main(EntityKind::Customer) && is_id(*field)
                || field.slot == Slot::Main(EntityKind::Vehicle) && field.spec.name == "customer"
        };
        let mut ids = self.fields.iter().filter(|(_, field)| is_customers(field));
        let id = ids.find_map(|(column, _)| said(row, *column)).map(str::to_owned);
        id.or_else(|| self.person(row))
    }

    /// The key is a code of the record, and not its name.
    pub fn is_code(key: &str) -> bool {
        key.split(BETWEEN).next() == Some(CODE)
    }

    /// The column that gives the key.
    pub fn key_column(&self, key: &str, row: &Row) -> Option<usize> {
        let names: &[&str] = match self.entity {
            EntityKind::Vehicle => &["registration"],
            EntityKind::Customer => &["email", "phone", "landline"],
            _ if Self::is_code(key) => &["code"],
            _ => &["name"],
        };
        let mut columns = names.iter().flat_map(|name| self.columns_of(self.entity, name));
        columns.find(|column| said(row, *column).is_some())
    }

    /// The field of a column.
    pub fn field_of(&self, column: usize) -> Option<FieldRef> {
        let mut fields = self.fields.iter().filter(|(index, _)| *index == column);
        fields.next().map(|(_, field)| *field)
    }

    /// Whether two rows with this key are plainly of different records.
    pub fn are_others(&self, key: &str, keeper: &Traits, own: &Traits) -> bool {
        let differ = |place: usize| Some(!is_same(keeper.get(place)?, own.get(place)?));
        let fixed = self.traits.len();
        let mut numbers = keeper.numbers(fixed).zip(own.numbers(fixed));
        let other_number = numbers.any(|(one, other)| !one.is_empty() && !other.is_empty() && !is_same(one, other));
        match self.entity {
            EntityKind::Vehicle => are_other_vehicles(keeper, own, other_number),
            EntityKind::Customer => {
                other_number || are_other_companies(keeper, own) || are_other_taxpayers(keeper, own)
            }
            EntityKind::Product if Self::is_code(key) => {
                let is_other = (place::NAME + 1..fixed).any(|place| differ(place) == Some(true)) || other_number;
                let is_named = keeper.get(place::NAME).is_some() && own.get(place::NAME).is_some();
                let is_other_name = have_other_names(keeper, own) || !is_named && other_number;
                self.are_variants(keeper, own) || is_other && is_other_name
            }
            _ => other_number,
        }
    }

    /// Whether two rows are of variants of a product, which differ in what variants differ in.
    pub fn are_variants(&self, keeper: &Traits, own: &Traits) -> bool {
        let mut options = self.options(keeper).zip(self.options(own));
        options.any(|(one, other)| !one.is_empty() && !other.is_empty() && !is_same(one, other))
    }

    /// What the row says of what variants differ in.
    fn options<'t>(&'t self, traits: &'t Traits) -> impl Iterator<Item = &'t str> {
        let numbers = traits.numbers(self.traits.len()).zip(&self.numbers);
        numbers
            .filter(|(_, (_, tells))| *tells == Tells::Option)
            .map(|(text, _)| text)
    }

    /// What tells the record from the one that keeps the key.
    pub fn telling(&self, key: &str, keeper: &Traits, own: &Traits) -> String {
        let of = |places: &[usize]| -> Vec<String> {
            let texts = places.iter().filter_map(|place| own.get(*place));
            texts.map(fold).collect()
        };
        let mut parts = match self.entity {
            EntityKind::Vehicle if own.get(place::VIN).is_some() => {
                own.get(place::VIN).map(letters_and_digits).into_iter().collect()
            }
            EntityKind::Vehicle if plates_differ(keeper, own) => {
                own.get(place::PLATE).map(str::to_uppercase).into_iter().collect()
            }
            EntityKind::Customer => {
                let company = are_other_companies(keeper, own).then_some(place::COMPANY);
                let vat_number = own.get(place::VAT_NUMBER).filter(|_| are_other_taxpayers(keeper, own));
                // Without its country, which not every row writes.
                let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect();
                of(company.as_slice())
                    .into_iter()
                    .chain(vat_number.map(digits))
                    .collect()
            }
            EntityKind::Product if Self::is_code(key) => {
                let options = self.options(own).filter(|option| !option.is_empty()).map(fold);
                of(&[place::NAME]).into_iter().chain(options).collect()
            }
            _ => Vec::new(),
        };
        let is_told = !parts.is_empty() && (Self::is_code(key) || self.entity == EntityKind::Vehicle);
        if !is_told {
            let numbers = own.numbers(self.traits.len()).filter(|number| !number.is_empty());
            parts.extend(numbers.map(str::to_owned));
        }
        if parts.is_empty() && self.entity == EntityKind::Vehicle {
            parts = of(&[place::MAKE, place::MODEL, place::YEAR]);
        }
        parts.join("|")
    }

    /// The columns without a field that give records numbers of their own, by what all rows say of them. Rows that say nothing
    /// of such records do not count.
    pub fn proven_numbers(&self, profiles: &[ColumnProfile]) -> Vec<usize> {
        let own = self
            .fields
            .iter()
            .filter(|(_, field)| field.slot == Slot::Main(self.entity));
        let filled = own.filter_map(|(column, _)| Some(profiles.get(*column)?.filled));
        let records = filled.max().unwrap_or_default();
        let is_proven = |(column, tells): &&(usize, Tells)| {
            profiles.get(*column).is_some_and(|profile| {
                let is_in_most = profile.filled * 10 >= records * 9 && profile.filled >= 2;
                let is_of_product = self.entity == EntityKind::Product;
                !self.is_something_else(profile)
                    && match tells {
                        Tells::Option => profile.filled > 0,
                        Tells::Number if is_of_product => {
                            let tells_most =
                                profile.filled * 2 >= records && profile.distinct.values * 10 >= profile.filled;
                            // What only a few parts have is their number where hardly two have the same.
                            tells_most || profile.filled >= 2 && profile.distinct.values * 10 >= profile.filled * 9
                        }
                        Tells::Number => is_in_most && is_nearly_unique(profile),
                        Tells::Perhaps => is_in_most && is_nearly_unique(profile) && holds_codes(profile),
                    }
            })
        };
        let proven = self.numbers.iter().filter(is_proven);
        proven.map(|(column, _)| *column).collect()
    }

    /// The values number something else than the record: a person's car, whom to call.
    fn is_something_else(&self, profile: &ColumnProfile) -> bool {
        let is_like = |look| profile.likeness(look).unwrap_or_default() > 0.5;
        let plates = profile.looks.get(&Look::Plate).map_or(0, |plates| plates.fits);
        let is_of_car = is_like(Look::Vin) || plates * 2 > profile.filled;
        is_like(Look::Phone) || is_like(Look::Email) || self.entity != EntityKind::Vehicle && is_of_car
    }

    /// The traits without the numbers of other columns than these.
    pub fn only(&self, traits: &Traits, proven: &[usize]) -> Traits {
        let fixed = self.traits.len();
        let texts = traits.0.split(BETWEEN).enumerate().filter(|(place, _)| {
            let number = place.checked_sub(fixed).and_then(|place| self.numbers.get(place));
            *place < fixed || number.is_some_and(|(column, _)| proven.contains(column))
        });
        Traits::of(texts.map(|(_, text)| text))
    }
}

/// Columns without a field that are watched.
const MOST_NUMBERS: usize = 6;
/// Bytes of the longest text in them that tells records apart; what is longer describes something.
const LONGEST_NUMBER: usize = 60;

/// No value stands in two rows, but for one in fifty: two numbers that were mistyped do not make all others worthless.
fn is_nearly_unique(profile: &ColumnProfile) -> bool {
    profile.distinct.is_unique || profile.distinct.values * 50 >= profile.filled * 49
}

/// Nearly all of the values are of letters and digits, and none of them is very short.
fn holds_codes(profile: &ColumnProfile) -> bool {
    let codes = profile.kinds.get(&ValueKind::Code).copied().unwrap_or_default();
    codes * 10 >= profile.filled * 9 && profile.lengths.0 >= SHORTEST_CODE
}

/// Letters and digits of the shortest code that is one whatever its header says.
const SHORTEST_CODE: u64 = 4;

fn key(kind: &str, parts: &[&str]) -> String {
    let mut key = kind.to_owned();
    for part in parts {
        key.push(BETWEEN);
        key.push_str(part);
    }
    key
}

/// What a cell says, if anything.
fn said(row: &Row, column: usize) -> Option<&str> {
    let text = row.cells.get(column)?.text.trim();
    (!text.is_empty() && !stands_for_blank(text)).then_some(text)
}

fn letters_and_digits(text: &str) -> String {
    text.chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || fold(one) == fold(other)
}

/// Two cars that have one plate: their VINs differ; or without these, their numbers at the business, or make or model and
/// something else.
fn are_other_vehicles(keeper: &Traits, own: &Traits, other_number: bool) -> bool {
    if plates_differ(keeper, own) {
        return true;
    }
    let vin = |traits: &Traits| {
        let vin = traits.get(place::VIN).map(letters_and_digits);
        vin.filter(|vin| vin.chars().any(|sign| sign.is_ascii_digit()) && vin.len() >= SHORTEST_VIN)
    };
    if let (Some(one), Some(other)) = (vin(keeper), vin(own)) {
        let car = |vin| Car {
            vin: Some(vin),
            ..Car::default()
        };
        return are_other_cars(&car(&one), &car(&other));
    }
    if other_number {
        return true;
    }
    let is_other_word = |place| are_other_words(keeper, own, place);
    let (make, model) = (is_other_word(place::MAKE), is_other_word(place::MODEL));
    if make != Some(true) && model != Some(true) {
        return false;
    }
    let others = (place::YEAR..fields(EntityKind::Vehicle).len()).filter_map(|place| {
        let (one, other) = (keeper.get(place)?, own.get(place)?);
        let is_word = !one.contains(|sign: char| sign.is_ascii_digit());
        Some(if is_word {
            is_other_word(place)?
        } else {
            !is_same(one, other)
        })
    });
    let differing = others.filter(|differs| *differs).count();
    let named = usize::from(make == Some(true)) + usize::from(model == Some(true));
    named + differing >= 2
}

/// The shortest number that can tell cars apart.
const SHORTEST_VIN: usize = 5;

/// The plates are cut otherwise, where the form of such plates is not known, `48245-1` and `4824-51`, or is that of a place
/// before letters and digits, `M-AB 123` and `MA-B 123`.
fn plates_differ(keeper: &Traits, own: &Traits) -> bool {
    let parts = |traits: &Traits| -> Vec<String> {
        let plate = traits.get(place::PLATE).unwrap_or_default().to_uppercase();
        let parts = plate
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (one, other) = (parts(keeper), parts(own));
    let names_place = |parts: &[String]| match parts {
        [place, letters, digits] => {
            place.chars().chain(letters.chars()).all(char::is_alphabetic)
                && digits.chars().all(|sign| sign.is_ascii_digit())
        }
        _ => false,
    };
    let is_cut_with_meaning = vrm_shape(&one.concat()) == VrmShape::Other || names_place(&one) && names_place(&other);
    one.len() >= 2 && one.len() == other.len() && one != other && is_cut_with_meaning
}

fn are_other_companies(keeper: &Traits, own: &Traits) -> bool {
    are_other_words(keeper, own, place::COMPANY) == Some(true)
}

/// Both have a VAT number, and neither is the other with its country, or with what stands behind it.
fn are_other_taxpayers(keeper: &Traits, own: &Traits) -> bool {
    let number = |traits: &Traits| {
        let number = traits.get(place::VAT_NUMBER).map(letters_and_digits)?;
        let digits = number.chars().filter(char::is_ascii_digit).count();
        (digits >= FEWEST_VAT_DIGITS).then_some(number)
    };
    let (Some(one), Some(other)) = (number(keeper), number(own)) else {
        return false;
    };
    let holds = |one: &str, other: &str| one.starts_with(other) || one.ends_with(other);
    !holds(&one, &other) && !holds(&other, &one)
}

/// Digits of the shortest VAT number that tells firms apart.
const FEWEST_VAT_DIGITS: usize = 5;

/// Whether two records have plainly other names in this place; `None` where one of them says none.
fn are_other_words(keeper: &Traits, own: &Traits, place: usize) -> Option<bool> {
    let named = |display| Person {
        display: Some(display),
        ..Person::default()
    };
    Some(are_other_people(&named(keeper.get(place)?), &named(own.get(place)?)))
}

/// Each of the names has a word that the other lacks, so neither is the other one, told at length.
fn have_other_names(keeper: &Traits, own: &Traits) -> bool {
    let (Some(one), Some(other)) = (keeper.get(place::NAME), own.get(place::NAME)) else {
        return false;
    };
    let (one, other) = (fold(one), fold(other));
    let has_own = |one: &str, other: &str| {
        let joined: String = other.split(' ').collect();
        one.split(' ').any(|word| !joined.contains(word))
    };
    has_own(&one, &other) && has_own(&other, &one)
}
