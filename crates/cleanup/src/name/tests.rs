use super::*;

/// `title|first|last|company`, `+` before the letters behind the name, `*` for several people; the whole name where nothing
/// can be split.
#[track_caller]
fn check(input: &str, expected: &str) {
    check_said(input, None, expected);
}

#[track_caller]
fn check_said(input: &str, said: Option<Party>, expected: &str) {
    let parts = split(input, said, ColumnNames::default());
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let several = if parts.several { " *" } else { "" };
    let suffix = parts
        .suffix
        .as_ref()
        .map(|letters| format!(" +{letters}"))
        .unwrap_or_default();
    let actual = format!(
        "{}|{}|{}|{}{suffix}{several}",
        part(&parts.title),
        part(&parts.first),
        part(&parts.last),
        part(&parts.company)
    );
    assert_eq!(actual, expected, "{input:?}");
}

#[test]
fn people_are_split() {
    check("Mrs Ada Smith", "Mrs|Ada|Smith|");
    check("Ada Smith", "|Ada|Smith|");
    check("Ada Jane Smith", "|Ada Jane|Smith|");
    check("Smith", "||Smith|");
    check("Mr. Smith", "Mr||Smith|");
    check("Rev Dr Ada Smith", "Rev Dr|Ada|Smith|");
    check("Ludwig van der Berg", "|Ludwig|van der Berg|");
}

#[test]
fn titles_of_other_languages_are_titles() {
    check("Herr Max Müller", "Herr|Max|Müller|");
    check("FRAU DR. EVA MEIER", "Frau Dr|Eva|Meier|");
    check("Herr und Frau Müller", "Herr & Frau||Müller| *");
    check("Mme Claire Dupont", "Mme|Claire|Dupont|");
    check("Monsieur et Madame Dupont", "Monsieur & Madame||Dupont| *");
    check("Mevr. A. de Vries", "Mevr|A.|de Vries|");
    check("Sr. y Sra. García", "Sr & Sra||García| *");
    check("Sig.ra Anna Rossi", "Sig.ra|Anna|Rossi|");
    check("Dott. Rossi", "Dott||Rossi|");
    check("Pani Anna Nowak", "Pani|Anna|Nowak|");
    // What may be a name is one.
    check("Pan Wei", "|Pan|Wei|");
    check("M. Smith", "|M.|Smith|");
    check("Don Smith", "|Don|Smith|");
}

#[test]
fn letters_behind_the_name_are_no_part_of_it() {
    check("Fred Smith Jr", "|Fred|Smith| +Jr");
    check("Fred Smith Sr.", "|Fred|Smith| +Sr");
    check("Fred Smith, OBE", "|Fred|Smith| +OBE");
    check("Mrs Ada Smith MBE", "Mrs|Ada|Smith| +MBE");
    check("ADA SMITH M.B.E. PHD", "|Ada|Smith| +MBE PhD");
    check("Smith, Ada, MBE", "|Ada|Smith| +MBE");
    check("Ada Smith (MBE)", "|Ada|Smith| +MBE");
    check("Ada Smith MA", "|Ada|Smith| +MA");
    check("Ludwig van der Berg III", "|Ludwig|van der Berg| +III");
    check("Smith MBE", "||Smith| +MBE");
}

#[test]
fn titles_behind_the_name_are_titles() {
    check("Ada Smith Dr", "Dr|Ada|Smith|");
    check("Smith Mrs", "Mrs||Smith|");
    check("Ada Smith MBE Dr.", "Dr|Ada|Smith| +MBE");
}

#[test]
fn names_that_look_like_letters_stay_names() {
    check("Jack Ma", "|Jack|Ma|");
    check("JACK MA", "|Jack|Ma|");
    check("Li Wei Ma", "|Li Wei|Ma|");
    check("Tom Judge", "|Tom|Judge|");
    check("John Major", "|John|Major|");
    check("Sr Maria Lopez", "Sr|Maria|Lopez|");
    check("Mr Null", "Mr||Null|");
    check("Md Rahman", "|Md|Rahman|");
}

#[test]
fn the_file_s_own_word_decides_whose_name_it_is() {
    check_said("Ada Smith", Some(Party::Company), "|||Ada Smith");
    check_said("Mary Bank", Some(Party::Person), "|Mary|Bank|");
    check_said("A1 Autos", Some(Party::Company), "|||A1 Autos");
    check_said("Jack Farm", None, "|||Jack Farm");
}

#[test]
fn surnames_first_are_turned_round() {
    check("Smith, Ada", "|Ada|Smith|");
    check("Smith, Ada (Mrs)", "Mrs|Ada|Smith|");
    check("SMITH, MRS ADA", "Mrs|Ada|Smith|");
    check("Smith, Ada, Mrs", "Mrs|Ada|Smith|");
    check("Smith, Mr", "Mr||Smith|");
    check("van der Berg, Ludwig", "|Ludwig|van der Berg|");
}

#[test]
fn capitals_keep_their_order() {
    check("SMITH ADA", "|Smith|Ada|");
    check("MR FRED O'NEILL", "Mr|Fred|O'Neill|");
}

#[test]
fn couples_are_one_customer() {
    check("Mr & Mrs Smith", "Mr & Mrs||Smith| *");
    check("Mr and Mrs F Smith", "Mr & Mrs|F|Smith| *");
    check("Mr/Mrs Smith", "Mr & Mrs||Smith| *");
    check("Mr E Lord", "Mr|E|Lord|");
    check("Mrs Y Major", "Mrs|Y|Major|");
    check("Fred & Hilda Smith", "|Fred & Hilda|Smith| *");
    check("Mr F & Mrs H Smith", "Mr & Mrs|F & H|Smith| *");
    check("Fred Smith & Hilda Smith", "|Fred & Hilda|Smith| *");
}

#[test]
fn people_with_surnames_of_their_own_stay_whole() {
    check("Fred Smith & Hilda Jones", "||| *");
    check("Smith & Jones", "||| *");
}

#[test]
fn companies_are_told_from_people() {
    check("Smith & Sons Ltd", "|||Smith & Sons Ltd");
    check("SMITH MOTORS", "|||Smith Motors");
    check("Ada Smith t/a Speedy Cars", "|||Ada Smith t/a Speedy Cars");
    check("Leeds City Council", "|||Leeds City Council");
    check("Bright Spark L.L.P.", "|||Bright Spark L.L.P.");
    check("Mr Taxi", "Mr||Taxi|");
    check("CASH SALE", "|||Cash Sale");
    check("Ada Hire-Smith", "|Ada|Hire-Smith|");
}

#[test]
fn what_is_no_name_stays_whole() {
    check("Ada 07911123456", "|||");
    check("ada@smith.example", "|||");
    check("Smith, Ada, Jones, Fred", "|||");
    check("Ada Smith (garage)", "|||");
}

#[test]
fn titles_have_one_spelling() {
    for (input, expected) in [
        ("MR.", "Mr"),
        ("mrs", "Mrs"),
        ("Doctor", "Dr"),
        ("Brigadier", "Brigadier"),
        ("RN", "RN"),
    ] {
        assert_eq!(title(input).to_string(), expected);
    }
    assert_eq!(title("Mr/Mrs").to_string(), "Mr & Mrs [name_several_people]");
    assert_eq!(title("-").to_string(), "- [value_placeholder]");
}

#[test]
fn foreign_legal_forms_make_companies() {
    for name in [
        "Olivar, S.L.",
        "Olivar, S. L.",
        "Grupo Molino S.L.",
        "Olivar S.L.U.",
        "Molino Alto, S.A.",
        "Molino S.A. de C.V.",
        "Molino S. de R.L. de C.V.",
        "Padaria Ltda",
        "Desenho Lda",
        "Brise, SARL",
        "Sarl Brise Marine",
        "EURL Brise",
        "Brise Marine Sarl",
        "SAS Brise Marine",
        "Brise Marine SAS",
        "SCI Les Tilleuls",
        "Polder BV",
        "Polder B.V.",
        "Polder, BVBA",
        "Polder NV",
        "Feld, GmbH",
        "Feld GmbH & Co. KG",
        "Feld AG",
        "Feld KG",
        "Feld OHG",
        "Feld & Berg GbR",
        "Fuchs e.Kfr.",
        "Fuchs e.K.",
        "Verein Feld e.V.",
        "Feld UG (haftungsbeschränkt)",
        "Bianchi, S.r.l.",
        "Bianchi Srl",
        "Bianchi S.p.A.",
        "Bianchi Spa",
        "Bianchi Mario & C.",
        "Bianchi & C. S.n.c.",
        "Las, Sp. z o.o.",
        "Las sp. z o. o.",
        "Skog AB",
        "Fjord AS",
        "Fjord A/S",
        "Bakke ApS",
        "Koski Oy",
        "Kask OÜ",
        "UAB Ledas",
        "Mezo Kft.",
        "Hrast d.o.o.",
        "Dub s.r.o.",
        "Dub a.s.",
        "Bukit Sdn Bhd",
        "Bukit Pte Ltd",
        "Reef Pty Ltd",
        "Ace LLC",
        "Ace Inc.",
        "Ace Corp.",
        "Alto, S.L.P.",
        "Ace PLC",
        "Ace LLP",
        "Ace CIC",
        "M/s Ravi Traders",
        "日の出株式会社",
    ] {
        check(name, &format!("|||{name}"));
    }
    check("POLDER BV", "|||Polder BV");
    check("GRUPO MOLINO S.L.", "|||Grupo Molino S.L.");
    check("M/S RAVI TRADERS", "|||M/S Ravi Traders");
    check("SAS MISS", "|||SAS Miss");
}

#[test]
fn people_with_names_like_legal_forms_stay_people() {
    check("Sa Lee", "|Sa|Lee|");
    check("Lee, Sa", "|Sa|Lee|");
    check("LEE SA", "|Lee|SA|");
    check("Ag Nes", "|Ag|Nes|");
    check("As Khan", "|As|Khan|");
    check("Khan, As", "|As|Khan|");
    check("KHAN AS", "|Khan|AS|");
    check("Anna Sas", "|Anna|Sas|");
    check("Lars Ek", "|Lars|Ek|");
    check("Wei Ou", "|Wei|Ou|");
    check("Asa Doo", "|Asa|Doo|");
    check("Mr Smith SA", "Mr|Smith|SA|");
    check("Smith, A.B.", "|A.B.|Smith|");
    check("Ada Smith MA", "|Ada|Smith| +MA");
}

#[test]
fn where_initials_stand_behind_surnames_they_are_no_legal_form() {
    let check = |name: &str, expected: [Option<&str>; 3]| {
        let column = ColumnNames {
            initials: true,
            ..ColumnNames::default()
        };
        let parts = split(name, None, column);
        let actual = [&parts.first, &parts.last, &parts.company].map(Option::as_deref);
        assert_eq!(actual, expected, "{name}");
    };
    check("Smith, S.L.", [Some("S.L."), Some("Smith"), None]);
    check("Smith, SA", [Some("SA"), Some("Smith"), None]);
    check("Feld GmbH", [None, None, Some("Feld GmbH")]);
    check("Bianchi, S.r.l.", [None, None, Some("Bianchi, S.r.l.")]);
}

#[test]
fn names_with_marks_stay_whole() {
    for name in [
        "Sando - Alba",
        "Carla B. | Concept",
        "[old ] Mojo",
        "H. Quast / Modehaus Quast",
        "CHANDAL / Modern Life",
        "Ada > Smith",
    ] {
        check(name, "|||");
    }
    check("Fred/Hilda Smith", "|Fred & Hilda|Smith| *");
    check("Mr / Mrs Smith", "Mr & Mrs||Smith| *");
    check("- Ada Smith", "|Ada|Smith|");
    check("Ada . Smith", "|Ada|Smith|");
    check("Ada Hire-Smith", "|Ada|Hire-Smith|");
}

/// As [`check`], in a column of which all names say this.
#[track_caller]
fn check_in(column: ColumnNames, input: &str, expected: [Option<&str>; 3]) {
    let parts = split(input, None, column);
    let actual = [&parts.first, &parts.last, &parts.company].map(Option::as_deref);
    assert_eq!(actual, expected, "{input}");
}

const WHOLE: [Option<&str>; 3] = [None; 3];

#[test]
fn among_firms_only_what_is_surely_a_person_is_split() {
    let column = ColumnNames {
        few_people: true,
        ..ColumnNames::default()
    };
    check_in(column, "Accu Cut", WHOLE);
    check_in(column, "Growth", WHOLE);
    check_in(column, "Lark & Finch", WHOLE);
    check_in(column, "Ada Lowe", [Some("Ada"), Some("Lowe"), None]);
    check_in(column, "Lowe, Ada", [Some("Ada"), Some("Lowe"), None]);
    check_in(column, "Mr Oby Cut", [Some("Oby"), Some("Cut"), None]);
    check_in(column, "Ada & Bob Lowe", [Some("Ada & Bob"), Some("Lowe"), None]);
    check_in(column, "Green Lawn Care", [None, None, Some("Green Lawn Care")]);
}

#[test]
fn where_surnames_may_stand_first_names_that_may_be_either_stay_whole() {
    let column = ColumnNames {
        order_unclear: true,
        ..ColumnNames::default()
    };
    check_in(column, "Lowe Ada", WHOLE);
    check_in(column, "Ruiz Ortega Carlos Luis", WHOLE);
    check_in(column, "Leon Carolina", WHOLE);
    check_in(column, "Carolina Ruiz", [Some("Carolina"), Some("Ruiz"), None]);
}

#[test]
fn where_people_have_two_surnames_longer_names_stay_whole() {
    let column = ColumnNames {
        two_surnames: true,
        ..ColumnNames::default()
    };
    check_in(column, "Ana Ruiz Ortega", WHOLE);
    check_in(column, "Ana Maria Ruiz", [Some("Ana Maria"), Some("Ruiz"), None]);
    check_in(column, "Oby Ruiz", [Some("Oby"), Some("Ruiz"), None]);
}

#[test]
fn a_single_word_that_may_be_no_surname_stays_whole() {
    let column = ColumnNames {
        rare_singles: true,
        ..ColumnNames::default()
    };
    check_in(column, "Registry", WHOLE);
    check_in(ColumnNames::default(), "Ada", WHOLE);
    check_in(ColumnNames::default(), "Lowe", [None, Some("Lowe"), None]);
}

#[test]
fn a_rare_comma_turns_round_what_given_names_prove() {
    let column = ColumnNames {
        rare_commas: true,
        ..ColumnNames::default()
    };
    check_in(column, "Ida, Carlos Marsh", WHOLE);
    check_in(column, "Larks, Leeds", WHOLE);
    check_in(column, "Lowe, Ada", [Some("Ada"), Some("Lowe"), None]);
}

#[test]
fn firms_without_a_legal_form_are_firms() {
    for name in [
        "Green Lawn Care",
        "Mallow Wrecker Service",
        "City of Bramley",
        "Kim's Nail Studio",
        "Autohaus Feld",
    ] {
        check(name, &format!("|||{name}"));
    }
    for name in [
        "Ada's Place",
        "Polder B.V. Lowe",
        "Tom Care",
        "Luis Armando Lowe Ortega",
    ] {
        check(name, "|||");
    }
    check("Mary Church", "|Mary|Church|");
    check("Church, Mary Jane", "|Mary Jane|Church|");
    check("van der Berg", "||van der Berg|");
    check("Maria de la Cruz", "|Maria|de la Cruz|");
    check("Ada E Lowe", "|Ada E|Lowe|");
}
