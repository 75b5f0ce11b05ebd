//! Names and places to invent from. Surnames, streets and towns are put together from halves, so that rare ones are rare.

use torqueflow_test_support::rng::Rng;

const WOMEN: &str = "Mary Susan Margaret Patricia Christine Linda Jean Helen Elizabeth Sarah Karen Julie Jane Sharon Nicola Emma \
    Laura Claire Rebecca Rachel Samantha Amanda Joanne Lisa Michelle Louise Tracey Deborah Angela Jacqueline Alison Catherine \
    Victoria Charlotte Hannah Gemma Kelly Lauren Amy Jessica Katie Sophie Chloe Olivia Emily Megan Lucy Holly Grace Ella Ruby \
    Poppy Daisy Freya Isla Ava Mia Dorothy Joan Barbara Sheila Maureen Doreen Pauline Brenda Gillian Wendy Heather Fiona Morag \
    Eilidh Nerys Niamh Aoife Siobhan Agnieszka Katarzyna Priya Anjali Fatima Aisha Zainab Shanice Ngozi Mei Yasmin Ioana";
const MEN: &str = "John David Michael Peter Robert Paul Stephen Andrew Mark Christopher James William Alan Richard Kevin Brian \
    Anthony Ian Graham Keith Simon Gary Martin Steven Philip Neil Colin Nigel Trevor Barry Derek Geoffrey Raymond Roger Kenneth \
    Dennis Ronald Terence Stuart Darren Jason Lee Craig Wayne Dean Matthew Daniel Thomas Joseph Benjamin Samuel Adam Luke Ryan \
    Jack Harry Oliver George Charlie Alfie Jacob Noah Leo Archie Ethan Callum Hamish Gareth Rhys Dafydd Declan Ciaran Piotr \
    Tomasz Imran Mohammed Tariq Ahmed Sanjay Arjun Rajesh Kwame Chidi Wei Andrei Frederick Ernest Walter Leonard Clive Norman";
const COMMON_SURNAMES: &str = "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White \
    Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis Harris Martin Cooper King Lee Baker Turner Hill Morris Ward Moore \
    Clark Carter Phillips Mitchell Allen Young Hughes Watson Bennett Cook Shaw Murphy Kelly Singh Hussain Begum Murray Macdonald \
    Campbell Stewart Scott Kowalski Nowak Ali Ahmed Okafor O'Brien Ryan Byrne";
const SURNAME_BEGINNINGS: &str = "Ash Black Brad Bram Brook Bur Car Chad Clay Cold Cran Dal Den Drey Eld Ever Fair Fen Field Gar \
    Gold Gran Hal Hart Hay Hol Hurst Kel Kirk Lang Law Lind Lock Mar Mel Mid Nor Oak Old Pen Pres Rad Red Rook Sand Shel Stan \
    Stock Thorn Tren Wad Wal Wes Whit Win Wol Wood York";
const SURNAME_ENDINGS: &str = "bank borne brook bury by cliff combe cott croft dale den don field ford gate ham hurst land ley man \
    mere more ridge shaw stead stock stone ton well wick wood worth yard";
const STREET_KINDS: &str =
    "Road Road Road Street Street Lane Avenue Close Drive Way Court Gardens Place Crescent Terrace";
const STREETS: &str =
    "High Church Station Park Victoria Mill Green Manor Kings Queens School London North Albert George";
const TOWN_ENDINGS: &str = "ton ham ford bury field mouth port pool minster bridge chester dale";
const HOSTS: &str =
    "gmail.com gmail.com hotmail.com hotmail.co.uk yahoo.co.uk outlook.com btinternet.com icloud.com sky.com";

fn one_of<'a>(words: &'a str, rng: &mut Rng) -> &'a str {
    let words: Vec<&str> = words.split_whitespace().collect();
    rng.pick(&words)
}

/// One of a list whose first words are the more common ones.
fn skewed<'a>(words: &'a str, rng: &mut Rng) -> &'a str {
    let words: Vec<&str> = words.split_whitespace().collect();
    let at = rng.below(words.len()).min(rng.below(words.len()));
    words.get(at).copied().unwrap_or_default()
}

pub fn given(is_woman: bool, rng: &mut Rng) -> String {
    skewed(if is_woman { WOMEN } else { MEN }, rng).to_owned()
}

pub fn surname(rng: &mut Rng) -> String {
    if rng.per_mille(400) {
        return skewed(COMMON_SURNAMES, rng).to_owned();
    }
    format!("{}{}", one_of(SURNAME_BEGINNINGS, rng), one_of(SURNAME_ENDINGS, rng))
}

/// House, street, town and postcode. Towns and postcode areas are of no map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    pub house: String,
    pub street: String,
    pub town: String,
    pub postcode: String,
}

/// An address of a garage's surroundings: few towns, each with its districts.
pub fn address(rng: &mut Rng) -> Address {
    let beginnings: Vec<&str> = SURNAME_BEGINNINGS.split_whitespace().collect();
    let town_at = rng.below(24).min(rng.below(24));
    let endings: Vec<&str> = TOWN_ENDINGS.split_whitespace().collect();
    let half = |words: &[&str], at: usize| words.get(at % words.len()).copied().unwrap_or_default().to_owned();
    let town = half(&beginnings, town_at * 5) + &half(&endings, town_at);
    // Fifteen houses or so have one postcode, all in one street.
    let street_at = rng.below(220);
    let stretch = rng.below(4);
    let mut fixed = Rng::stream(town_at as u64, street_at as u64);
    let name = if fixed.per_mille(200) {
        one_of(STREETS, &mut fixed).to_owned()
    } else {
        format!(
            "{}{}",
            one_of(SURNAME_BEGINNINGS, &mut fixed),
            one_of(SURNAME_ENDINGS, &mut fixed)
        )
    };
    let kind = one_of(STREET_KINDS, &mut fixed);
    let letter = |at: usize| char::from(b'A' + (at % 26) as u8);
    Address {
        house: (stretch * 15 + 1 + rng.below(15)).to_string(),
        street: format!("{name} {kind}"),
        town,
        postcode: format!(
            "Q{} {}{}{}",
            town_at + 1,
            street_at % 10,
            letter(street_at / 10),
            letter(stretch * 3 + street_at)
        ),
    }
}

pub fn mobile(rng: &mut Rng) -> String {
    format!("07{:03} {:06}", rng.between(300, 999), rng.below(1_000_000))
}

pub fn landline(rng: &mut Rng) -> String {
    format!("01{:03} {:06}", rng.between(200, 240), rng.between(200_000, 899_999))
}

pub fn email(given: &str, surname: &str, rng: &mut Rng) -> String {
    let plain = |name: &str| name.to_lowercase().replace(['\'', ' '], "");
    let (given, surname) = (plain(given), plain(surname));
    let local = match rng.below(4) {
        0 => format!("{given}.{surname}"),
        1 => format!("{}{surname}{}", given.get(..1).unwrap_or_default(), rng.below(100)),
        2 => format!("{given}{surname}{}", rng.below(100)),
        _ => format!("{surname}{}", rng.below(10_000)),
    };
    format!("{local}@{}", one_of(HOSTS, rng))
}

/// A current registration, without I and Q as they are issued.
pub fn plate(rng: &mut Rng) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNOPRSTUVWXYZ";
    let mut letter = || {
        LETTERS
            .get(rng.below(LETTERS.len()))
            .map_or('A', |letter| char::from(*letter))
    };
    let (first, second, third, fourth, fifth) = (letter(), letter(), letter(), letter(), letter());
    let year = rng.between(2, 24) + if rng.per_mille(500) { 50 } else { 0 };
    format!("{first}{second}{year:02} {third}{fourth}{fifth}")
}
