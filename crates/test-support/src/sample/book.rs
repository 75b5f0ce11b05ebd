//! The customer book: all customers in order, families, fleets and repeats included.

use crate::rng::Rng;
use crate::sample::customers::{Blueprint, Customer, CustomerRole, MailKind};
use crate::sample::people::NameStyle;
use crate::sample::phones::{Number, PhoneCell, PhoneQuirk};
use crate::sample::rates;

/// Members of a family, at least; the last one of a sample may have one more.
const FAMILY: usize = 2;
/// Firms of a fleet.
const FLEET: usize = 4;

/// `count` customers.
pub(crate) fn customers(count: usize, seed: u64, rng: &mut Rng) -> Vec<Customer> {
    let roles = rng.deal(count, CustomerRole::Single, &rates::ROLES);
    let names = NameStyle::deal(count, rng);
    let phones = PhoneCell::deal_quirks(count, rng);
    let mails = deal_mails(&roles, rng);
    let numbers = numbers(count, rng);
    let mut book: Vec<Customer> = Vec::with_capacity(count);
    let mut groups = Groups::default();
    let mut drama_numbers = 0..;
    for (index, number) in numbers.into_iter().enumerate() {
        let role = roles[index];
        let relation = match role {
            CustomerRole::Single => None,
            CustomerRole::Family => groups.family.join(index, FAMILY),
            CustomerRole::Fleet => groups.fleet.join(index, FLEET),
            CustomerRole::Repeat => earlier_person(&book, rng),
        };
        let blueprint = Blueprint {
            seed,
            index,
            of: count,
            number,
            role,
            name_style: names[index],
            phone_quirk: phones[index],
            drama_index: if phones[index] == PhoneQuirk::Drama {
                drama_numbers.next().unwrap_or(0)
            } else {
                0
            },
            mail_kind: relation.map_or(mails[index], |other: usize| book[other].mail_kind),
            relation: relation.map(|other| (other, &book[other])),
        };
        let customer = blueprint.build(rng);
        book.push(customer);
    }
    let with_name = book
        .iter_mut()
        .find(|customer| customer.phone.quirk == PhoneQuirk::ContactName);
    if let Some(customer) = with_name {
        customer.phone = the_cell_on_record(rng);
    }
    book
}

/// `07700900982 MARIA`, the cell that importers tell of.
fn the_cell_on_record(rng: &mut Rng) -> PhoneCell {
    PhoneCell::new(
        PhoneQuirk::ContactName,
        &Number::drama_mobile(982),
        &Number::landline(0, 0),
        "Maria",
        rng,
    )
}

/// Six digits, ascending, with gaps where records were deleted.
fn numbers(count: usize, rng: &mut Rng) -> Vec<String> {
    let mut last = 100;
    (0..count)
        .map(|_| {
            last += if rng.per_mille(120) { rng.between(2, 5) } else { 1 };
            format!("{last:06}")
        })
        .collect()
}

/// Customers alone are dealt an e-mail; families and fleets share one.
fn deal_mails(roles: &[CustomerRole], rng: &mut Rng) -> Vec<MailKind> {
    let alone = roles
        .iter()
        .filter(|role| matches!(role, CustomerRole::Single | CustomerRole::Repeat))
        .count();
    let mut dealt = rng.deal(alone, MailKind::Nobodys, &rates::MAIL).into_iter();
    roles
        .iter()
        .map(|role| match role {
            CustomerRole::Single | CustomerRole::Repeat => dealt.next().unwrap_or(MailKind::Nobodys),
            CustomerRole::Family | CustomerRole::Fleet => MailKind::Shared,
        })
        .collect()
}

/// A person who was a customer before, and belongs to no family.
fn earlier_person(book: &[Customer], rng: &mut Rng) -> Option<usize> {
    let candidates: Vec<usize> = (0..book.len())
        .filter(|&index| book[index].role == CustomerRole::Single && book[index].name_style != NameStyle::Company)
        .collect();
    (!candidates.is_empty()).then(|| candidates[rng.below(candidates.len())])
}

#[derive(Default)]
struct Groups {
    family: OpenGroup,
    fleet: OpenGroup,
}

/// A group that more customers may join.
#[derive(Default)]
struct OpenGroup {
    /// Its first member.
    first: usize,
    members: usize,
}

impl OpenGroup {
    /// Adds the customer at `index`; gives the first member, or `None` where that is the customer.
    fn join(&mut self, index: usize, size: usize) -> Option<usize> {
        if self.members == 0 || self.members >= size {
            *self = Self {
                first: index,
                members: 1,
            };
            return None;
        }
        self.members += 1;
        Some(self.first)
    }
}
