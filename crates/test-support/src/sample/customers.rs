//! The customers: who they are, how they belong together, and what the export says about them.

use crate::rng::Rng;
use crate::sample::people::{NameStyle, Person, slug};
use crate::sample::phones::{Number, PhoneCell, PhoneQuirk};
use crate::sample::places::Address;
use crate::sample::rates;
use crate::sample::values::{DateCell, Moment, flag};

/// The customer groups of the garage.
pub const GROUPS: [&str; 6] = ["Retail", "Trade", "Fleet", "Account", "Staff", "Warranty"];

/// The e-mail that the front desk types where it has none.
pub const PLACEHOLDER_MAIL: &str = "noemail@garage.example";

/// How a customer belongs to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CustomerRole {
    /// Not at all.
    Single,
    /// To a family: same surname, address and e-mail; often the same telephone.
    Family,
    /// To a fleet: firms of one owner, with one e-mail.
    Fleet,
    /// The same person as an earlier customer, under another number.
    Repeat,
}

/// Whose e-mail a customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// None.
    Nobodys,
    /// Their own.
    Own,
    /// That of the family or fleet.
    Shared,
    /// [`PLACEHOLDER_MAIL`].
    Placeholder,
}

/// One customer, as true as it gets, with the cells that the export has for them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the export has these flags, one column each"
)]
pub struct Customer {
    /// The `CustomerNumber`: six digits, with leading zeros that count.
    pub number: String,
    /// How they belong to others.
    pub role: CustomerRole,
    /// The customer (as an index) whose second record this is.
    pub repeats: Option<usize>,
    /// How the name is written.
    pub name_style: NameStyle,
    /// The person; for a firm, the one to talk to.
    pub person: Person,
    /// The cell of `CustomerName`.
    pub name: String,
    /// The cell of `ContactName`: filled for firms.
    pub contact_name: String,
    /// The cell of `Phone`.
    pub phone: PhoneCell,
    /// The cell of `PhoneLandline`.
    pub landline: String,
    /// The landline in E.164.
    pub landline_e164: Option<String>,
    /// Whose e-mail they have.
    pub mail_kind: MailKind,
    /// The cell of `Email`.
    pub email: String,
    /// The e-mail in lower case; `None` where the cell holds none that could work.
    pub email_address: Option<String>,
    /// Where they live.
    pub address: Address,
    /// Where they want things delivered, if that is elsewhere.
    pub delivery: Option<Address>,
    /// The cell of `CustomerGroupName`: one of [`GROUPS`] or nothing.
    pub group: &'static str,
    /// Has an account.
    pub is_account: bool,
    /// Pays no VAT.
    pub is_vat_exempt: bool,
    /// Gets no more credit.
    pub is_on_stop: bool,
    /// Wants reminders.
    pub vehicle_reminders: bool,
    /// Wants notifications.
    pub notifications: bool,
    /// Wants them by text message; `None` where nobody asked.
    pub by_sms: Option<bool>,
    /// Wants them by e-mail; `None` where nobody asked.
    pub by_email: Option<bool>,
    /// When the record was made.
    pub created: DateCell,
}

impl Customer {
    /// The cells of the customer's columns, in the order of the export.
    pub fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            self.number.clone(),
            self.name.clone(),
            self.contact_name.clone(),
            self.phone.text.clone(),
            self.landline.clone(),
            self.email.clone(),
        ];
        cells.extend(self.address.cells());
        cells.extend(self.delivery.clone().unwrap_or_default().cells());
        cells.push(self.group.to_owned());
        let flags = [
            self.is_account,
            self.is_vat_exempt,
            self.is_on_stop,
            self.vehicle_reminders,
            self.notifications,
        ];
        cells.extend(flags.map(|value| flag(value).to_owned()));
        cells.extend([self.by_sms, self.by_email].map(|value| value.map(flag).unwrap_or_default().to_owned()));
        cells.push(self.created.text.clone());
        cells
    }
}

/// What a customer is made from.
pub(crate) struct Blueprint<'sample> {
    pub seed: u64,
    pub index: usize,
    pub of: usize,
    pub number: String,
    pub role: CustomerRole,
    pub name_style: NameStyle,
    pub phone_quirk: PhoneQuirk,
    /// Which of the numbers for films and plays, where it has one.
    pub drama_index: u64,
    pub mail_kind: MailKind,
    /// The customer with whom they share; the index and the record.
    pub relation: Option<(usize, &'sample Customer)>,
}

impl Blueprint<'_> {
    /// The customer.
    pub(crate) fn build(self, rng: &mut Rng) -> Customer {
        let role = if self.relation.is_none() && self.role == CustomerRole::Repeat {
            CustomerRole::Single
        } else {
            self.role
        };
        let name_style = self.name_style();
        let person = self.person(rng);
        let name = self.name(name_style, &person, rng);
        let is_firm = name_style == NameStyle::Company;
        let address = self
            .relation
            .map_or_else(|| Address::invent(rng), |(_, other)| other.address.clone());
        let (phone, landline) = self.phones(&person, rng);
        let (email, email_address) = self.mail(&person, &name, is_firm, rng);
        let age_days = 5000 - (5000 * self.index / self.of.max(1)) as i64;
        let created = Moment::from_export(-age_days - 1).in_working_hours(rng);
        Customer {
            role,
            repeats: self
                .relation
                .filter(|_| role == CustomerRole::Repeat)
                .map(|(index, _)| index),
            name_style,
            contact_name: if is_firm { person.full_name() } else { String::new() },
            person,
            name,
            phone,
            landline: landline
                .as_ref()
                .map(|landline| landline.typed(rng))
                .unwrap_or_default(),
            landline_e164: landline.map(|landline| landline.e164()),
            mail_kind: self.mail_kind,
            email,
            by_email: asked(email_address.is_some(), rng),
            email_address,
            address,
            delivery: rng
                .per_mille(if is_firm { 250 } else { 40 })
                .then(|| Address::invent(rng)),
            group: group(is_firm, rng),
            is_account: rng.per_mille(if is_firm { 700 } else { 10 }),
            is_vat_exempt: rng.per_mille(5),
            is_on_stop: rng.per_mille(15),
            vehicle_reminders: rng.per_mille(880),
            notifications: rng.per_mille(920),
            by_sms: asked(true, rng),
            created: DateCell::mostly_known(created, rates::NULL_DATES, rng),
            number: self.number,
        }
    }

    fn name_style(&self) -> NameStyle {
        match (self.role, self.name_style) {
            (CustomerRole::Fleet, _) => NameStyle::Company,
            (
                CustomerRole::Family | CustomerRole::Repeat,
                NameStyle::Company | NameStyle::Couple | NameStyle::TwoFirstNames,
            ) => NameStyle::TitleFirstLast,
            (_, style) => style,
        }
    }

    fn person(&self, rng: &mut Rng) -> Person {
        match (self.relation, self.role) {
            (Some((_, other)), CustomerRole::Repeat) => other.person.clone(),
            (Some((_, other)), _) => other.person.relative(rng),
            (None, _) => Person::invent(rng),
        }
    }

    /// Firms of one fleet carry one name and a number.
    fn name(&self, style: NameStyle, person: &Person, rng: &mut Rng) -> String {
        match (self.relation, self.role) {
            (Some((_, other)), CustomerRole::Fleet) => format!("{} ({})", other.name, self.index),
            _ => style.write(person, rng),
        }
    }

    fn phones(&self, person: &Person, rng: &mut Rng) -> (PhoneCell, Option<Number>) {
        // Half of a family have the telephone of the other half; who comes back under a new number kept theirs.
        let shares = self.role == CustomerRole::Repeat || (self.role == CustomerRole::Family && rng.per_mille(500));
        let owner = self.relation.filter(|_| shares).map_or(self.index, |(index, _)| index) as u64;
        let mobile = match self.phone_quirk {
            PhoneQuirk::Drama => Number::drama_mobile(self.drama_index),
            _ => Number::mobile(self.seed, owner),
        };
        let landline = Number::landline(self.seed, owner);
        let cell = PhoneCell::new(self.phone_quirk, &mobile, &landline, person.first_name, rng);
        (cell, rng.per_mille(rates::LANDLINE).then_some(landline))
    }

    fn mail(&self, person: &Person, name: &str, is_firm: bool, rng: &mut Rng) -> (String, Option<String>) {
        if let Some((_, other)) = self.relation {
            return (other.email.clone(), other.email_address.clone());
        }
        match self.mail_kind {
            MailKind::Nobodys => (String::new(), None),
            MailKind::Placeholder => (PLACEHOLDER_MAIL.to_owned(), Some(PLACEHOLDER_MAIL.to_owned())),
            MailKind::Shared => {
                let address = own_address(person, name, is_firm, self.index, rng);
                (address.clone(), Some(address))
            }
            MailKind::Own => typed_mail(own_address(person, name, is_firm, self.index, rng), rng),
        }
    }
}

/// An address that no other customer has.
pub(crate) fn own_address(person: &Person, name: &str, is_firm: bool, index: usize, rng: &mut Rng) -> String {
    if is_firm {
        return format!(
            "{}{index}@{}.example",
            rng.pick(&["accounts", "office", "fleet", "info"]),
            slug(name)
        );
    }
    let host = rng.pick(&["webmail", "inbox", "post", "mymail", "letterbox"]);
    format!("{}{index}@{host}.example", person.mail_box())
}

/// The address as typed, and what can be made of it.
pub(crate) fn typed_mail(address: String, rng: &mut Rng) -> (String, Option<String>) {
    if !rng.per_mille(rates::BROKEN_MAIL) {
        let cell = if rng.per_mille(60) {
            address.to_uppercase()
        } else {
            address.clone()
        };
        return (cell, Some(address));
    }
    match rng.below(4) {
        0 => (address.replace('@', "@@"), None),
        1 => (address.replace('@', " at "), None),
        2 => (format!(" {address} "), Some(address)),
        _ => (format!("{address}; second.{address}"), Some(address)),
    }
}

/// What somebody answered whom the desk mostly asked.
fn asked(can_say_yes: bool, rng: &mut Rng) -> Option<bool> {
    match rng.below(20) {
        0 => None,
        1..=3 => Some(false),
        _ => Some(can_say_yes),
    }
}

/// The group of a customer; some have none.
pub(crate) fn group(is_firm: bool, rng: &mut Rng) -> &'static str {
    let place = match (is_firm, rng.below(100)) {
        (_, 0..=4) => return "",
        (true, 5..=44) => 1,
        (true, 45..=74) => 2,
        (true, _) => 3,
        (false, 5..=6) => 4,
        (false, 7..=12) => 5,
        (false, _) => 0,
    };
    GROUPS[place]
}
