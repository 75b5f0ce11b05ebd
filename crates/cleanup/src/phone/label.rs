//! What the file calls a telephone number.

use torqueflow_model::fold_accents;

use crate::clean::{Draft, Input};

/// What a number is for, by the column of its type or by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Mobile,
    /// Of a place: home, work.
    Place,
    /// Nobody talks there: a fax, a pager.
    Machine,
}

const MOBILE: &[&str] = &[
    "mobil",
    "cell",
    "handy",
    "iphone",
    "whatsapp",
    "sms",
    "portable",
    "movil",
    "telemovel",
    "gsm",
    "natel",
    "komork",
    "mobiel",
];
const PLACE: &[&str] = &[
    "home",
    "work",
    "business",
    "office",
    "landline",
    "land line",
    "house",
    "company",
    "main",
    "privat",
    "prive",
    "domicile",
    "bureau",
    "travail",
    "professionnel",
    "festnetz",
    "geschaft",
    "dienstlich",
    "buro",
    "thuis",
    "zakelijk",
    "casa",
    "oficina",
    "trabajo",
    "trabalho",
    "residencia",
    "fijo",
    "fixo",
    "fixe",
    "fisso",
    "ufficio",
    "lavoro",
    "abitazione",
    "domow",
    "stacjonarn",
    "sluzbow",
    "arbete",
    "bostad",
    "arbejde",
    "jobb",
];
const MACHINE: &[&str] = &["fax", "pager", "telex", "tty", "isdn"];

impl Label {
    /// The label of a cell: what the column of its type says, else its header.
    pub fn of(draft: &Draft<'_>, inputs: &[Input<'_>], input: &Input<'_>) -> Option<Self> {
        let context = draft.context();
        let type_column = context.column(input.column()).type_column;
        let typed = inputs
            .iter()
            .find(|other| type_column.is_some() && other.column() == type_column);
        match typed {
            Some(typed) => Self::read(&typed.text),
            None => Self::of_header(context.header(input.column())?),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let lower = fold_accents(&lower);
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        match (says(MACHINE), says(MOBILE), says(PLACE)) {
            (true, _, _) => Some(Self::Machine),
            // `Work Mobile` is a mobile that is paid for at work.
            (false, true, _) => Some(Self::Mobile),
            (false, false, true) => Some(Self::Place),
            (false, false, false) => None,
        }
    }

    /// A header may name several kinds of number, of which the cells then hold any: `Mobile or home`. And who maps a column
    /// of fax numbers to a telephone means it.
    fn of_header(header: &str) -> Option<Self> {
        let lower = header.to_lowercase();
        let several = lower.contains(['/', '&', ','])
            || [" or ", " and ", " oder ", " ou ", " o ", " of ", " lub "]
                .iter()
                .any(|word| lower.contains(word));
        Self::read(header).filter(|label| !several && *label != Self::Machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_headers_are_read() {
        let check = |text, expected| assert_eq!(Label::read(text), expected, "{text}");
        check("* Mobile", Some(Label::Mobile));
        check("Work Fax", Some(Label::Machine));
        check("Work", Some(Label::Place));
        check("Work Mobile", Some(Label::Mobile));
        check("Other", None);
        check("Téléphone portable", Some(Label::Mobile));
        check("Telefon (geschäftlich)", Some(Label::Place));
        check("Komórka", Some(Label::Mobile));
        let check = |text, expected| assert_eq!(Label::of_header(text), expected, "{text}");
        check("Business Phone", Some(Label::Place));
        check("MobilePhone", Some(Label::Mobile));
        check("Fax", None);
        check("Mobile or Home", None);
        check("Phone 1 - Value", None);
    }
}
