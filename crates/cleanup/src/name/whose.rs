//! Whether a customer is a company or a person, where the file has a word for it.

use torqueflow_model::{Party, Value};

use crate::boolean;
use crate::clean::Input;

/// What the row says: the column that is there for it, else its salutation, else the group that the customer is in.
pub(super) fn said(inputs: &[Input<'_>]) -> Option<Party> {
    let said_in = |name: &str| {
        let mut cells = inputs.iter().filter(|input| input.name() == name);
        cells.find_map(|input| Party::of_word(&input.text))
    };
    let answer = || {
        let input = inputs.iter().find(|input| input.name() == "company_or_person")?;
        match boolean::boolean(&input.text, input.cell_kind()).value? {
            Value::Boolean(true) => Some(Party::Company),
            Value::Boolean(false) => Some(Party::Person),
            _ => None,
        }
    };
    // A German salutation is `Herr`, `Frau` or `Firma`.
    let salutation = || said_in("title").filter(|party| *party == Party::Company);
    said_in("company_or_person")
        .or_else(answer)
        .or_else(salutation)
        .or_else(|| said_in("customer_group"))
}
