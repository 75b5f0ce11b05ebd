//! Invented people and firms: names drawn from lists, put together by chance.

use crate::rng::Rng;
use crate::sample::rates;

const WOMEN: [&str; 48] = [
    "Maria",
    "Susan",
    "Margaret",
    "Jacqueline",
    "Carol",
    "Helen",
    "Joanne",
    "Tracey",
    "Alison",
    "Karen",
    "Diane",
    "Lorraine",
    "Yvonne",
    "Zoë",
    "Siân",
    "Chloë",
    "Renée",
    "Aisha",
    "Priya",
    "Fatima",
    "Gwen",
    "Nerys",
    "Morag",
    "Catriona",
    "Niamh",
    "Aoife",
    "Agnieszka",
    "Olivia",
    "Amelia",
    "Poppy",
    "Jessica",
    "Charlotte",
    "Hannah",
    "Rebecca",
    "Hilda",
    "Edna",
    "Doreen",
    "Beryl",
    "Pauline",
    "Sandra",
    "Beverley",
    "Kerry",
    "Leanne",
    "Natalie",
    "Rachel",
    "Sharon",
    "Wendy",
    "Ngozi",
];
const MEN: [&str; 48] = [
    "Fred", "Brian", "Keith", "Trevor", "Nigel", "Colin", "Derek", "Graham", "Barry", "Gareth", "Rhys", "Dafydd",
    "Callum", "Hamish", "Ruairi", "Declan", "Ciarán", "José", "André", "Piotr", "Marek", "Imran", "Tariq", "Sanjay",
    "Arjun", "Kwame", "Oliver", "George", "Harry", "Jack", "Alfie", "Stanley", "Walter", "Cyril", "Norman", "Leonard",
    "Roy", "Clive", "Dennis", "Terence", "Malcolm", "Stuart", "Craig", "Darren", "Lee", "Wayne", "Gavin", "Ross",
];
const SURNAMES: [&str; 112] = [
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Williams",
    "Wilson",
    "Davies",
    "Evans",
    "Thomas",
    "Roberts",
    "Walker",
    "Wright",
    "Thompson",
    "Robinson",
    "Hughes",
    "Edwards",
    "Green",
    "Wood",
    "Harris",
    "Clarke",
    "Hargrave",
    "Ollerton",
    "Pickersgill",
    "Thistlewood",
    "Birtwhistle",
    "Cathcart",
    "Dunmore",
    "Ellwood",
    "Fairclough",
    "Garside",
    "Haworth",
    "Inchbald",
    "Jessop",
    "Kershaw",
    "Longbottom",
    "Micklethwaite",
    "Netherwood",
    "Oldroyd",
    "Postlethwaite",
    "Quarmby",
    "Ramsbottom",
    "Shackleton",
    "Tattersall",
    "Umpleby",
    "Varley",
    "Wigglesworth",
    "Yarwood",
    "Askew",
    "Bellwether",
    "Crowther",
    "Dearden",
    "Entwistle",
    "Farnworth",
    "Greenhalgh",
    "Hebblethwaite",
    "Illingworth",
    "Judson",
    "Kilbride",
    "Lockwood",
    "Murgatroyd",
    "Nuttall",
    "Ormerod",
    "Priestley",
    "Rushworth",
    "Sutcliffe",
    "Threlfall",
    "Unsworth",
    "Vickers",
    "Whittaker",
    "Yeadon",
    "O'Brien",
    "O'Connor",
    "O'Hara",
    "McDonald",
    "McAllister",
    "MacLeod",
    "MacGregor",
    "McTavish",
    "Campbell-Ross",
    "Smith-Jones",
    "Parry-Williams",
    "van der Berg",
    "de Souza",
    "St John",
    "Fitzgerald",
    "Llewellyn",
    "Gwyther",
    "Prosser",
    "Treharne",
    "Penhaligon",
    "Trelawney",
    "Tregenza",
    "Ahmed",
    "Khan",
    "Hussain",
    "Patel",
    "Singh",
    "Kaur",
    "Begum",
    "Chowdhury",
    "Okafor",
    "Mensah",
    "Kowalska",
    "Nowak",
    "Wójcik",
    "Müller",
    "Fernández",
    "García",
    "Nguyen",
    "Chan",
    "Ng",
    "Li",
];
const TRADES: [&str; 24] = [
    "Plumbing",
    "Builders",
    "Roofing",
    "Electrical",
    "Motors",
    "Autos",
    "Taxis",
    "Car Hire",
    "Leasing",
    "Haulage",
    "Couriers",
    "Scaffolding",
    "Landscapes",
    "Catering",
    "Joinery",
    "Flooring",
    "Windows",
    "Security",
    "Cleaning",
    "Transport",
    "Engineering",
    "Fencing",
    "Groundworks",
    "Pest Control",
];

/// A person who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `Mrs`.
    pub title: &'static str,
    /// `Maria`.
    pub first_name: &'static str,
    /// `Ollerton`.
    pub last_name: &'static str,
}

impl Person {
    /// Somebody.
    pub fn invent(rng: &mut Rng) -> Self {
        let woman = rng.per_mille(500);
        let title = match (woman, rng.below(20)) {
            (_, 0) => "Dr",
            (true, 1..=8) => "Mrs",
            (true, 9..=13) => "Miss",
            (true, _) => "Ms",
            (false, _) => "Mr",
        };
        let first_name = rng.pick(if woman { &WOMEN } else { &MEN });
        Self {
            title,
            first_name,
            last_name: rng.pick(&SURNAMES),
        }
    }

    /// Somebody of the same family.
    #[must_use]
    pub fn relative(&self, rng: &mut Rng) -> Self {
        Self {
            last_name: self.last_name,
            ..Self::invent(rng)
        }
    }

    /// `Maria Ollerton`.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// `maria.ollerton`, as people begin their addresses.
    pub fn mail_box(&self) -> String {
        let ascii = |name: &str| -> String { name.to_lowercase().chars().filter_map(unaccented).collect() };
        format!("{}.{}", ascii(self.first_name), ascii(self.last_name))
    }
}

/// What kind of customer a name stands for, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameStyle {
    /// `Maria Ollerton`.
    FirstLast,
    /// `Mrs Maria Ollerton`.
    TitleFirstLast,
    /// `Mrs Ollerton`.
    TitleLast,
    /// `Mr & Mrs Ollerton`: two people, one customer.
    Couple,
    /// `Fred & Hilda Ollerton`: two people, one customer.
    TwoFirstNames,
    /// `MARIA OLLERTON`.
    Capitals,
    /// `Ollerton, Maria`.
    LastFirst,
    /// A firm, with a person to talk to.
    Company,
}

impl NameStyle {
    /// The styles of `count` customers, at the rates of [`rates::NAMES`].
    pub fn deal(count: usize, rng: &mut Rng) -> Vec<Self> {
        rng.deal(count, Self::FirstLast, &rates::NAMES)
    }

    /// The name of `person` in this style; for a firm, the name of a firm.
    pub fn write(self, person: &Person, rng: &mut Rng) -> String {
        let Person {
            title,
            first_name,
            last_name,
        } = person;
        match self {
            Self::FirstLast => person.full_name(),
            Self::TitleFirstLast => format!("{title} {}", person.full_name()),
            Self::TitleLast => format!("{title} {last_name}"),
            Self::Couple => format!(
                "{} {last_name}",
                rng.pick(&["Mr & Mrs", "Mr & Mrs", "Mr and Mrs", "Mr/Mrs"])
            ),
            Self::TwoFirstNames => format!("{} & {} {last_name}", rng.pick(&MEN), rng.pick(&WOMEN)),
            Self::Capitals => person.full_name().to_uppercase(),
            Self::LastFirst => format!("{last_name}, {first_name}"),
            Self::Company => company_name(rng),
        }
    }
}

/// A firm that does not exist.
fn company_name(rng: &mut Rng) -> String {
    let surname = rng.pick(&SURNAMES);
    let trade = rng.pick(&TRADES);
    match rng.below(10) {
        0..=3 => format!("{surname} {trade} Ltd"),
        4 => format!("{surname} {trade} Limited"),
        5 => format!("{surname} & Sons {trade}"),
        6 => format!("{surname} & Co"),
        7 => format!("{} {surname} t/a {surname} {trade}", initial(rng)),
        8 => format!("{surname} {trade} LLP"),
        _ => format!("{surname} {} {trade}", rng.pick(&SURNAMES)),
    }
}

fn initial(rng: &mut Rng) -> char {
    char::from(b'A' + rng.below(26) as u8)
}

/// The letter as it stands in an address; `None` for what does not stand there.
fn unaccented(letter: char) -> Option<char> {
    match letter {
        'á' | 'â' | 'à' => Some('a'),
        'é' | 'ë' | 'è' => Some('e'),
        'í' | 'ï' => Some('i'),
        'ó' | 'ö' => Some('o'),
        'ü' | 'ú' => Some('u'),
        _ => letter.is_ascii_alphanumeric().then_some(letter),
    }
}

/// `hargrave-plumbing-ltd`: a firm's name as the name of a host.
pub fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split_whitespace()
        .map(|word| word.chars().filter_map(unaccented).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_boxes_are_plain_ascii() {
        let person = Person {
            title: "Ms",
            first_name: "Zoë",
            last_name: "O'Brien",
        };
        assert_eq!(person.mail_box(), "zoe.obrien");
        assert_eq!(slug("Müller & Sons Car Hire"), "muller-sons-car-hire");
        for name in WOMEN.iter().chain(&MEN).chain(&SURNAMES) {
            let expected = name.chars().filter(|letter| letter.is_alphanumeric()).count();
            assert_eq!(slug(&name.replace(' ', "")).replace('-', "").len(), expected, "{name}");
        }
    }

    #[test]
    fn couples_are_one_name() {
        let person = Person {
            title: "Mr",
            first_name: "Fred",
            last_name: "Smith",
        };
        let name = NameStyle::Couple.write(&person, &mut Rng::new(1));
        assert!(name.starts_with("Mr") && name.ends_with("Mrs Smith"), "{name}");
    }
}
