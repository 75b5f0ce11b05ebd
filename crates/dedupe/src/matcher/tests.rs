//! The rules, one table each.

use crate::assess::MatchLevel;
use crate::{Found, Index, Matcher, Model, Role, Scope};

/// `name=John Smith; phone=07700 900123` as cells.
fn cells(row: &str) -> Vec<(Role, &str)> {
    let cells = row.split(';').filter_map(|cell| cell.split_once('='));
    cells
        .map(|(role, text)| (role.trim().parse().unwrap(), text.trim()))
        .collect()
}

/// Six hundred people who have nothing to do with anything: what is common is common among them.
const STRANGERS: u32 = 600;

fn garage() -> Index {
    let mut index = Index::new();
    let given = [
        "John", "Karen", "Trevor", "Wendy", "Derek", "Sheila", "Gavin", "Joanne", "Piotr", "Aisha",
    ];
    for at in 0..STRANGERS as usize {
        let surname = match at % 25 {
            0 => "Smith".to_owned(),
            _ => format!(
                "{}{}",
                ["Ash", "Bram", "Cold", "Den", "Ever", "Fair"][at % 6],
                ["ford", "ley", "ton", "wick", "worth"][at / 6 % 5]
            ),
        };
        index.add(&[
            (Role::GivenName, given[at % 10]),
            (Role::Surname, &surname),
            (Role::Phone, &format!("016{:02} {:06}", at % 90, 213_457 + at * 997)),
            (
                Role::Street,
                &format!(
                    "{} {} Road",
                    at % 80 + 1,
                    ["Mill", "Kelstead", "Orchard", "Tannery"][at / 80 % 4]
                ),
            ),
            (Role::Postcode, &format!("Q{} {}AB", at % 40 + 1, at / 40 % 10)),
            (
                Role::Plate,
                &format!("Q{}{:02} ABC", char::from(b'A' + (at % 20) as u8), at / 20),
            ),
        ]);
    }
    index
}

fn find(stored: &[&str], row: &str) -> Found {
    let mut index = garage();
    for stored in stored {
        index.add(&cells(stored));
    }
    Matcher::new(&index, &Model::shipped()).find_row(&cells(row), 3)
}

/// What is offered for a row: `0 high` is the first stored record at that level, `1 related` the second as a relation.
fn offered(found: &Found) -> String {
    let suggestions = found.suggestions.iter().map(|suggestion| {
        let level = match suggestion.level {
            MatchLevel::High => "high",
            MatchLevel::Medium => "medium",
            MatchLevel::Low => "low",
        };
        (suggestion.record, level)
    });
    let relations = found.relations.iter().map(|relation| (relation.record, "related"));
    let all = suggestions.chain(relations).filter(|(record, _)| *record >= STRANGERS);
    let mut all: Vec<String> = all
        .map(|(record, level)| format!("{} {level}", record - STRANGERS))
        .collect();
    all.sort();
    all.join(", ")
}

#[track_caller]
fn check(stored: &[&str], row: &str, expected: &str) -> Found {
    let found = find(stored, row);
    assert_eq!(offered(&found), expected, "{found:#?}");
    found
}

const HOME: &str = "street=12 Larkspur Close; town=Oakpool; postcode=Q77 3XY";

fn at_home(name: &str, rest: &str) -> String {
    format!("name={name}; {rest}; {HOME}")
}

#[test]
fn a_family_on_one_phone_is_related() {
    let phone = "phone=07700 900123";
    let family = ["John Hartley", "Susan Hartley", "Emily Hartley", "Oliver Hartley"].map(|name| at_home(name, phone));
    let family: Vec<&str> = family.iter().map(String::as_str).collect();
    check(
        &family[..3],
        &at_home("Oliver Hartley", phone),
        "0 related, 1 related, 2 related",
    );
    let found = check(
        &family,
        &at_home("Susan Hartley", phone),
        "0 related, 1 high, 2 related, 3 related",
    );
    let reason = &found.suggestions[0].explanation.reason;
    assert!(
        reason.contains("same first name") && reason.contains("same phone number"),
        "{reason}"
    );
    check(
        &family,
        &at_home("Sue Hartley", phone),
        "0 related, 1 medium, 2 related, 3 related",
    );
}

#[test]
fn a_fleets_address_of_mail_brings_nobody_together() {
    let drivers: Vec<String> = (0..80)
        .map(|at| {
            format!(
                "name={} Driver{at}; email=fleet@haulage.example",
                ["Alan", "Brian", "Clive", "Diane"][at % 4]
            )
        })
        .collect();
    let drivers: Vec<&str> = drivers.iter().map(String::as_str).collect();
    check(&drivers, "name=Edward Kowalski; email=fleet@haulage.example", "");
}

#[test]
fn two_of_one_name_in_one_street_are_two() {
    let stored = "name=John Smith; phone=07700 900123; street=12 Mill Road; postcode=Q7 1AB";
    let found = find(
        &[stored],
        "name=John Smith; phone=07911 555777; street=57 Mill Road; postcode=Q7 1AB",
    );
    assert!(
        found
            .suggestions
            .iter()
            .all(|suggestion| suggestion.level == MatchLevel::Low),
        "{found:#?}"
    );
}

#[test]
fn father_and_son_of_one_name_are_never_high() {
    let father = at_home("George Hartley", "phone=07700 900123; email=george@hartley.example");
    let son = at_home("George Hartley", "phone=07911 555777; email=racing@georgie.example");
    let found = check(&[&father], &son, "0 medium");
    assert!(
        found.suggestions[0]
            .explanation
            .reason
            .ends_with("but no phone number or e-mail address in common")
    );
    let junior = at_home("George Hartley Jnr", "phone=07911 555777");
    let found = find(&[&father], &junior);
    assert!(
        found
            .suggestions
            .iter()
            .all(|suggestion| suggestion.level != MatchLevel::High),
        "{found:#?}"
    );
}

#[test]
fn a_firm_and_its_owner_are_separate() {
    let contact = "phone=07700 900123; email=info@hartleyhaulage.example";
    let firm = format!("org=Hartley Haulage Ltd; {contact}; {HOME}");
    check(&[&firm], &at_home("John Hartley", contact), "");
    check(&[&at_home("John Hartley", contact)], &firm, "");
    check(
        &[&firm],
        &format!("name=Hartley Haulage Limited; {contact}; {HOME}"),
        "0 high",
    );
}

#[test]
fn a_name_alone_never_matches() {
    check(
        &["name=Zebedee Quillfeather"],
        "name=Zebedee Quillfeather; phone=07700 900123",
        "",
    );
    check(
        &["name=Zebedee Quillfeather; phone=07911 555777"],
        "name=Zebedee Quillfeather; phone=07700 900123",
        "",
    );
}

#[test]
fn one_shared_value_is_never_high() {
    for shared in ["email=ada@lowe.example", "plate=AB12 CDE"] {
        let found = find(
            &[&format!("given=; {shared}")],
            &format!("given=; {shared}; town=Oakpool"),
        );
        assert!(
            found
                .suggestions
                .iter()
                .all(|suggestion| suggestion.level != MatchLevel::High),
            "{found:#?}"
        );
        let other_name = find(
            &[&format!("name=John Smith; {shared}")],
            &format!("name=Priya Patel; {shared}"),
        );
        assert_eq!(offered(&other_name), "", "{other_name:#?}");
    }
}

#[test]
fn placeholders_are_no_evidence() {
    let nothing = "phone=00000 000000; email=none@none.com; plate=NOREG; street=TBA";
    check(
        &[&format!("name=CASH SALE; {nothing}")],
        &format!("name=CASH SALE; {nothing}"),
        "",
    );
    check(
        &[&format!("name=John Smith; {nothing}")],
        &format!("name=Jon Smith; {nothing}"),
        "",
    );
}

#[test]
fn slips_and_other_forms_are_found() {
    let stored = at_home("Robert Macdonald", "phone=07700 900123; plate=BO07 XYZ");
    for (row, expected) in [
        (at_home("Bob McDonald", "phone=+44 7700 900123"), "0 high"),
        (at_home("Macdonald, Robert", "phone=07700 900132"), "0 high"),
        (
            "given=Macdonald; surname=Robert; phone=07700 900123; postcode=Q77 3XY".to_owned(),
            "0 high",
        ),
        (
            "name=R Macdonald; phone=Bob 07700 900123; plate=B007 XYZ".to_owned(),
            "0 medium",
        ),
    ] {
        check(&[&stored], &row, expected);
    }
}

#[test]
fn somebody_who_moved_is_found_by_name_and_phone() {
    let stored = at_home("Robert Macdonald", "phone=07700 900123");
    let found = find(
        &[&stored],
        "name=Robert Macdonald; phone=07700 900123; street=3 Tannery Road; postcode=Q12 2AB",
    );
    assert!(!found.suggestions.is_empty(), "{found:#?}");
}

#[test]
fn vehicles_are_told_by_their_vin() {
    let golf = "plate=AB12 CDO; vin=WVWZZZ1KZ6W612305; make=VW; model=Golf";
    check(
        &[golf],
        "plate=AB12CD0; vin=WVWZZZ1KZ6W612305; make=Volkswagen; model=Golf",
        "0 high",
    );
    check(
        &[golf],
        "plate=L0 WEX; vin=WVWZZZ1KZ6W612305; make=Volkswagen; model=Golf",
        "0 high",
    );
    // The plate has moved to another car.
    check(
        &[golf],
        "plate=AB12 CDO; vin=WF0DXXGAKDJA12345; make=Ford; model=Focus",
        "0 related",
    );
    let same_model = find(&[golf], "plate=AB12 CDO; vin=WVWZZZ1KZ7P123456; make=VW; model=Golf");
    assert!(
        same_model
            .suggestions
            .iter()
            .all(|suggestion| suggestion.level != MatchLevel::High),
        "{same_model:#?}"
    );
}

#[test]
fn equal_rows_find_each_other_however_many_share_their_values() {
    let mut index = Index::new();
    let shared = "phone=07700 900123; email=desk@shop.example; plate=AB12 CDE; postcode=Q77 3XY";
    for at in 0..300 {
        index.add(&cells(&format!("name=Sam Trade; {shared}; town=Town{at}")));
    }
    let first = index.add(&cells(&format!("name=Sam Trade; {shared}; town=Oakpool")));
    let second = index.add(&cells(&format!("name=Sam Trade; {shared}; town=Oakpool")));
    let found = Matcher::new(&index, &Model::shipped()).find(second, Scope::ALL, 3);
    assert!(found.compared < 100, "{}", found.compared);
    assert!(
        found.suggestions.iter().any(|suggestion| suggestion.record == first),
        "{found:#?}"
    );
}

#[test]
fn two_records_that_match_as_well_as_each_other_are_a_question() {
    let twins = [
        "name=J Hartley; phone=07700 900123; town=Oakpool",
        "name=J Hartley; phone=07700 900123; town=Lockport; born=1950-02-03",
    ];
    let found = find(&twins, "name=John Hartley; phone=07700 900123");
    let high = found
        .suggestions
        .iter()
        .filter(|suggestion| suggestion.level == MatchLevel::High)
        .count();
    assert!(high != 1, "one of two that match alike is not singled out: {found:#?}");
}

#[test]
fn a_third_record_brings_two_together() {
    let both = at_home("Zebedee Quillfeather", "phone=07700 900123; email=zeb@quill.example");
    let by_home = format!("name=Zebedee Quillfeather; {HOME}");
    let by_phone = "name=Zebedee Quillfeather; phone=07700 900123; email=zeb@quill.example";
    check(&[&by_home], by_phone, "");
    let found = find(&[&both, &by_home], by_phone);
    assert!(offered(&found).starts_with("0 high"), "{found:#?}");
}

#[test]
fn the_terms_sum_to_the_score_and_say_why() {
    let stored = [
        at_home("John Hartley", "phone=07700 900123"),
        at_home("Susan Hartley", "phone=07700 900123"),
    ];
    let found = find(&[&stored[0], &stored[1]], &at_home("Jon Hartley", "phone=07700 900123"));
    assert!(!found.suggestions.is_empty() && !found.relations.is_empty());
    for suggestion in &found.suggestions {
        let sum: f64 = suggestion.explanation.terms.iter().map(|term| term.bits).sum();
        assert!((sum - suggestion.bits).abs() < 1e-9);
        assert!((suggestion.probability - 1.0 / (1.0 + (-suggestion.bits).exp2())).abs() < 1e-12);
        assert!(suggestion.explanation.reason.contains("same phone number"));
    }
}

#[test]
fn the_model_can_be_kept() {
    let model = Model::shipped();
    let kept: Model = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    assert_eq!(kept, model);
}
