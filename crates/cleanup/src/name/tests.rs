use super::*;

/// `title|first|last|company`, `*` for several people; the whole name where nothing can be split.
#[track_caller]
fn check(input: &str, expected: &str) {
    let parts = split(input);
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let several = if parts.several { " *" } else { "" };
    let actual = format!(
        "{}|{}|{}|{}{several}",
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
    check("Fred Smith Jr", "|Fred|Smith Jr|");
    check("Fred Smith, OBE", "|Fred|Smith OBE|");
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
