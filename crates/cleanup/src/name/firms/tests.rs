use super::*;

#[track_caller]
fn check(names: &[&str], expected: Named) {
    for name in names {
        assert_eq!(named(name, false), expected, "{name}");
    }
}

#[test]
fn words_of_trades_make_firms() {
    check(
        &[
            "Green Lawn Care",
            "Mallow Wrecker Service",
            "City of Bramley",
            "Town of Oak Bend",
            "University of Bramley",
            "Kim's Nail Studio",
            "State Street Maintenance",
            "Bramley Brothers",
            "Bramley Christian Academy",
            "Accu Landscape",
            "Carlow Lawncare",
            "A & A Plants",
            "Lakescapes Nursery",
            "Bramley School",
            "First Bramley Bank",
            "St Mary Church",
            "Ada Motors",
            "Jack Farm",
            "Larkstowing Ltd",
            "Bramley-Motors Leeds",
        ],
        Named::Firm,
    );
}

#[test]
fn so_do_those_of_other_languages() {
    check(
        &[
            "Autohaus Feld",
            "Bäckerei Korn",
            "Kfz-Werkstatt Müller",
            "Feldmann Gebäudereinigung",
            "Gemeinde Feldkirch",
            "Freiwillige Feuerwehr Felden",
            "Garage Dupré",
            "Boulangerie du Port",
            "Ville de Brume",
            "Mairie de Brume",
            "Autobedrijf de Vries",
            "Stichting Zon",
            "Loodgietersbedrijf Bakker",
            "Taller Ruiz",
            "Ayuntamiento de Olivar",
            "Talleres Hermanos Ruiz",
            "Oficina do João",
            "Padaria Sol",
            "Officina Bianchi",
            "Comune di Olivo",
            "Fratelli Bianchi",
            "Warsztat Kowalski",
            "Piekarnia Nowak",
            "Zakład Usługowy Las",
            "Bilverkstad Norr",
            "Skogens Åkeri",
            "Bakke Murerfirma",
        ],
        Named::Firm,
    );
}

#[test]
fn surnames_that_are_words_stay_surnames() {
    check(
        &[
            "John Farmer",
            "Peter Bank",
            "Mary Church",
            "Mary Jane Church",
            "J Banks",
            "Oby Mills",
            "Hannah Butcher",
            "Georg Händel",
            "Anna Schmuck",
            "Joana Sales",
            "Will Power",
            "Ruth Glass",
            "Mr Taxi",
            "Mrs Bank",
            "Ada Hire-Smith",
            "Marine Le Feld",
            "Ludwig van der Berg",
            "Oberian Hall",
            "Ada Lowe",
            "Zed Zulu",
            "Smith, Ada",
            "AnnMarie Lowe",
            "Ada McDonald",
            "Seán O'Neill",
            "Dawn Council",
            "Pedro Pablo Solar",
            "Macarena Del Solar",
        ],
        Named::Person,
    );
}

#[test]
fn what_may_be_anything_is_left_alone() {
    check(
        &[
            "Tom Care",
            "Angela Homes",
            "Mr Tyre Service",
            "Stone of Bramley",
            "Al Ponte Cucina to Go",
            "The Smiths",
            "Ada's Place",
            "Larks'",
            "Larkin's",
            "L'Herbe Haute",
            "TowingPilot Account_1",
            "AgencyPilot",
            "CentriServe IT",
            "Le Petit",
            "Southwind ApS Lowe",
            "Marsh Pizza Julio Lowe",
            "Polder B.V. Lowe",
        ],
        Named::Anything,
    );
}

#[test]
fn given_names_make_a_person_sure() {
    let check = |name: &str, is_ordered, expected| {
        let names: Vec<&str> = name.split(' ').collect();
        assert_eq!(is_surely_person(&names, is_ordered), expected, "{name}");
    };
    check("Ada Lowe", true, true);
    check("Ada J. Lowe", true, true);
    check("Ada de la Cruz", true, true);
    check("Accu Cut", true, false);
    check("J Lowe", true, false);
    check("Ada Lowe Cut", true, false);
    check("Lowe Ada", true, false);
    check("Leon Carolina", false, false);
    check("Leon Carolina", true, true);
    check("Ana Moreno Ruiz", true, true);
    check("Ana Moreno Ruiz", false, false);
    check("Ana Maria Ruiz", false, true);
    check("Ana Maria Luisa Ruiz", false, false);
}

#[test]
fn each_word_stands_once_and_is_no_given_name() {
    let listed = include_str!("words.txt")
        .lines()
        .filter(|line| !line.starts_with(['#', '[']));
    assert_eq!(listed.flat_map(str::split_whitespace).count(), TRADES.len());
    for word in TRADES.keys() {
        assert_eq!(fold_accents(&fold(word)), *word);
        assert!(!given::is_given(word), "{word}");
    }
}
