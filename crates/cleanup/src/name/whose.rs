//! Whether a customer is a company or a person, where the file has a word for it.

use torqueflow_model::{Value, fold};

use crate::boolean;
use crate::clean::Input;

/// Whose name a customer's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Company,
    Person,
}

/// What files write for customers that are companies and for those that are people, folded.
const COMPANY: &[&str] = &[
    "company",
    "business",
    "organisation",
    "organization",
    "corporate",
    "corporation",
    "limited company",
    "ltd",
    "firm",
    "b2b",
    "business customer",
    "company account",
    "commercial",
    "legal entity",
    "enterprise",
];
const PERSON: &[&str] = &[
    "person",
    "individual",
    "private",
    "private person",
    "private individual",
    "private customer",
    "consumer",
    "b2c",
    "personal",
    "people",
    "natural person",
    "residential",
];

/// What the row says: the column that is there for it, else the group that the customer is in.
pub(super) fn said(inputs: &[Input<'_>]) -> Option<Whose> {
    let said_in = |name: &str| {
        let mut cells = inputs.iter().filter(|input| input.name() == name);
        cells.find_map(|input| of_word(&input.text))
    };
    let answer = || {
        let input = inputs.iter().find(|input| input.name() == "company_or_person")?;
        match boolean::boolean(&input.text, input.cell_kind()).value? {
            Value::Boolean(true) => Some(Whose::Company),
            Value::Boolean(false) => Some(Whose::Person),
            _ => None,
        }
    };
    said_in("company_or_person")
        .or_else(answer)
        .or_else(|| said_in("customer_group"))
}

fn of_word(text: &str) -> Option<Whose> {
    let word = fold(text);
    if COMPANY.contains(&word.as_str()) {
        Some(Whose::Company)
    } else if PERSON.contains(&word.as_str()) {
        Some(Whose::Person)
    } else {
        None
    }
}
