//! The words with which files say that somebody is a company or a person.

use crate::fold;

/// Somebody that business is done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// A company, an association, a public body.
    Company,
    /// A natural person.
    Person,
}

/// What files write for companies, folded: English, German, French, Dutch, Spanish, Portuguese, Italian, Polish.
#[rustfmt::skip]
const COMPANY: &[&str] = &[
    "company", "organisation", "organization", "corporate", "corporation", "limited company", "ltd", "firm", "b2b",
    "business customer", "company account", "legal entity", "legal person", "enterprise",
    "firma", "unternehmen", "firmenkunde", "geschäftskunde", "juristische person", "gewerblich",
    "entreprise", "société", "societe", "professionnel", "personne morale", "bedrijf", "zakelijk", "rechtspersoon",
    "empresa", "sociedad", "persona jurídica", "persona juridica", "pessoa jurídica", "pessoa juridica",
    "azienda", "società", "societa", "persona giuridica", "osoba prawna",
];

/// What files write for people, folded.
#[rustfmt::skip]
const PERSON: &[&str] = &[
    "person", "individual", "private person", "private individual", "private customer", "consumer", "b2c", "people",
    "natural person", "privatperson", "privatkunde", "natürliche person", "particulier", "personne physique",
    "natuurlijk persoon", "persoon", "particular", "persona", "persona física", "persona fisica", "pessoa física",
    "pessoa fisica", "privato", "osoba", "osoba fizyczna",
];

/// Words that also say what something is used for, folded: of a vehicle, of a telephone number, of an address.
const COMPANY_OR_USE: &[&str] = &["business", "commercial"];
const PERSON_OR_USE: &[&str] = &[
    "private",
    "personal",
    "residential",
    "privat",
    "privé",
    "prive",
    "privado",
];

impl Party {
    /// What a word says.
    ///
    /// ```
    /// use torqueflow_model::Party;
    /// assert_eq!(Party::of_word("Limited Company"), Some(Party::Company));
    /// assert_eq!(Party::of_word("privat"), Some(Party::Person));
    /// assert_eq!(Party::of_word("Trade"), None);
    /// ```
    pub fn of_word(text: &str) -> Option<Self> {
        let word = fold(text);
        let is = |list: &[&str]| list.contains(&word.as_str());
        if is(COMPANY) || is(COMPANY_OR_USE) {
            Some(Self::Company)
        } else if is(PERSON) || is(PERSON_OR_USE) {
            Some(Self::Person)
        } else {
            None
        }
    }

    /// Whether a word that [`Party::of_word`] knows says nothing else: `Private` is also what a car is used for.
    pub fn is_plain_word(text: &str) -> bool {
        let word = fold(text);
        COMPANY.contains(&word.as_str()) || PERSON.contains(&word.as_str())
    }
}
