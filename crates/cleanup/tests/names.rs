//! The names of customers, with what the file says beside them.

use time::macros::date;
use torqueflow_cleanup::{ColumnFacts, Context, clean_record};
use torqueflow_model::{Cell, EntityKind, FieldRef, MappedCell, Slot};

/// The names that come out, as `field=value`, then the findings. Cells are fields of a customer, in columns from 0; `jobs`:
/// the titles are none.
fn clean(cells: &[(&str, &str)], jobs: bool) -> Vec<String> {
    let slot = Slot::Main(EntityKind::Customer);
    let cells: Vec<MappedCell> = cells
        .iter()
        .enumerate()
        .map(|(column, (field, text))| MappedCell {
            field: FieldRef::new(slot, field).unwrap_or_else(|| panic!("no field {field}")),
            column: Some(column),
            cell: Cell::text(*text),
        })
        .collect();
    let facts = vec![ColumnFacts::default().with_salutations(!jobs); cells.len()];
    let context = Context::new(date!(2026 - 11 - 21)).with_columns(facts);
    let cleaned = clean_record(slot, &cells, &context);
    let names = ["display_name", "title", "first_name", "last_name", "company"];
    let mut lines: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let field = cleaned.fields.iter().find(|field| field.spec.name == *name)?;
            Some(format!("{name}={}", field.value))
        })
        .collect();
    lines.extend(
        cleaned
            .findings
            .iter()
            .map(|finding| format!("[{}: {}]", finding.code.code(), finding.detail)),
    );
    lines
}

#[track_caller]
fn check(cells: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(clean(cells, false), expected, "{cells:?}");
}

#[test]
fn a_name_beside_half_of_one_is_its_other_half() {
    check(
        &[("display_name", "Tom"), ("last_name", "Lowe")],
        &["display_name=Tom Lowe", "first_name=Tom", "last_name=Lowe"],
    );
    check(
        &[("first_name", "Ann"), ("display_name", "COLE")],
        &["display_name=Ann Cole", "first_name=Ann", "last_name=Cole"],
    );
    check(
        &[("display_name", "Tom Lowe"), ("last_name", "Lowe")],
        &["display_name=Tom Lowe", "last_name=Lowe"],
    );
    check(
        &[("display_name", "Lowe Garage Ltd"), ("last_name", "Cole")],
        &["display_name=Lowe Garage Ltd", "last_name=Cole"],
    );
}

#[test]
fn surnames_that_are_words_of_trade_are_people() {
    for name in [
        "Tom Flowers",
        "Kim Books",
        "Ann Market",
        "Emma Brands",
        "Peter Bank",
        "Mary Church",
        "John Farmer",
    ] {
        let (first, last) = name.split_once(' ').unwrap();
        let expected = [
            format!("display_name={name}"),
            format!("first_name={first}"),
            format!("last_name={last}"),
        ];
        assert_eq!(clean(&[("display_name", name)], false), expected);
    }
}

#[test]
fn a_column_of_jobs_gives_no_title() {
    let cells = [
        ("title", "Fleet Manager"),
        ("first_name", "Ida"),
        ("last_name", "Noble"),
    ];
    assert_eq!(
        clean(&cells, true),
        ["display_name=Ida Noble", "first_name=Ida", "last_name=Noble"]
    );
    check(
        &cells,
        &[
            "display_name=Fleet Manager Ida Noble",
            "title=Fleet Manager",
            "first_name=Ida",
            "last_name=Noble",
        ],
    );
}

#[test]
fn letters_behind_the_name_stay_in_the_whole_name() {
    check(
        &[("display_name", "MRS ADA SMITH MBE")],
        &[
            "display_name=Mrs Ada Smith MBE",
            "title=Mrs",
            "first_name=Ada",
            "last_name=Smith",
        ],
    );
    check(
        &[("display_name", "Ada Smith Dr")],
        &[
            "display_name=Dr Ada Smith",
            "title=Dr",
            "first_name=Ada",
            "last_name=Smith",
        ],
    );
}

#[test]
fn the_file_s_own_word_makes_a_company_or_a_person() {
    check(
        &[("display_name", "Harbour"), ("company_or_person", "TRUE")],
        &["display_name=Harbour", "company=Harbour"],
    );
    check(
        &[("display_name", "Mary Bank"), ("company_or_person", "person")],
        &["display_name=Mary Bank", "first_name=Mary", "last_name=Bank"],
    );
    check(
        &[("display_name", "Mary Bank"), ("company_or_person", "0")],
        &["display_name=Mary Bank", "first_name=Mary", "last_name=Bank"],
    );
    check(
        &[("display_name", "Ada Smith"), ("customer_group", "Business")],
        &["display_name=Ada Smith", "company=Ada Smith"],
    );
}

#[test]
fn a_salutation_may_address_a_company() {
    check(
        &[("title", "Firma"), ("display_name", "Harbour")],
        &["display_name=Harbour", "company=Harbour"],
    );
    check(
        &[("title", "Herr"), ("first_name", "Max"), ("last_name", "Müller")],
        &[
            "display_name=Herr Max Müller",
            "title=Herr",
            "first_name=Max",
            "last_name=Müller",
        ],
    );
    check(
        &[("title", "Mme"), ("display_name", "Claire Dupont")],
        &[
            "display_name=Mme Claire Dupont",
            "title=Mme",
            "first_name=Claire",
            "last_name=Dupont",
        ],
    );
}

#[test]
fn other_words_say_nothing_of_it() {
    check(
        &[("display_name", "Ada Smith"), ("customer_group", "Trade")],
        &["display_name=Ada Smith", "first_name=Ada", "last_name=Smith"],
    );
    check(
        &[("display_name", "Smith Motors"), ("company_or_person", "perhaps")],
        &["display_name=Smith Motors", "company=Smith Motors"],
    );
}

#[test]
fn a_company_keeps_its_contact() {
    check(
        &[
            ("display_name", "Harbour"),
            ("first_name", "Ada"),
            ("last_name", "Smith"),
            ("company_or_person", "company"),
        ],
        &[
            "display_name=Harbour",
            "first_name=Ada",
            "last_name=Smith",
            "company=Harbour",
        ],
    );
    check(
        &[
            ("display_name", "Ada Smith"),
            ("company", "Speedy Ltd"),
            ("company_or_person", "company"),
        ],
        &[
            "display_name=Ada Smith",
            "first_name=Ada",
            "last_name=Smith",
            "company=Speedy Ltd",
        ],
    );
}

#[test]
fn a_job_is_its_customer_s() {
    check(
        &[("display_name", "Smith Ltd:Van fleet")],
        &[
            "display_name=Smith Ltd",
            "company=Smith Ltd",
            "[name_has_job: Van fleet]",
        ],
    );
    check(
        &[("display_name", "Smith, Ada:Golf")],
        &[
            "display_name=Ada Smith",
            "first_name=Ada",
            "last_name=Smith",
            "[name_has_job: Golf]",
        ],
    );
}

#[test]
fn marks_are_kept() {
    let alone = |name: &str| check(&[("display_name", name)], &[&format!("display_name={name}")]);
    alone("Sando - Alba");
    alone("Carla B. | Concept");
    alone("[old ] Mojo");
    alone("H. Quast / Modehaus Quast");
    check(
        &[
            ("display_name", "TECH BLOG & NEWS"),
            ("first_name", "TECH BLOG"),
            ("last_name", "NEWS"),
        ],
        &[
            "display_name=Tech Blog & News",
            "first_name=Tech Blog",
            "last_name=News",
        ],
    );
    // Full stops and commas are no such marks.
    check(
        &[
            ("display_name", "Smith, Ada"),
            ("first_name", "Ada"),
            ("last_name", "Smith"),
        ],
        &["display_name=Ada Smith", "first_name=Ada", "last_name=Smith"],
    );
}

#[test]
fn the_word_between_two_names_is_kept() {
    let couple = |name: &str, expected: [&str; 3]| {
        let [whole, first, last] = expected;
        check(
            &[("display_name", name)],
            &[
                &format!("display_name={whole}"),
                &format!("first_name={first}"),
                &format!("last_name={last}"),
                "[name_several_people: ]",
            ],
        );
    };
    couple("Ida and Bob Alsted", ["Ida and Bob Alsted", "Ida & Bob", "Alsted"]);
    couple(
        "FRED AND HILDA SMITH",
        ["Fred and Hilda Smith", "Fred & Hilda", "Smith"],
    );
    couple("Fred & Hilda Smith", ["Fred & Hilda Smith", "Fred & Hilda", "Smith"]);
    couple("Smith, Fred and Hilda", ["Fred & Hilda Smith", "Fred & Hilda", "Smith"]);
    let shop = "Living and Home Alsted";
    check(
        &[("display_name", shop)],
        &[&format!("display_name={shop}"), &format!("company={shop}")],
    );
}

#[test]
fn nothing_but_dashes_is_a_placeholder() {
    for name in ["-", "--", "- -", ". .", "\u{2013} \u{2013}"] {
        check(&[("display_name", name)], &["[value_placeholder: ]"]);
    }
}

#[test]
fn addresses_that_stand_for_names_are_kept() {
    for name in [
        "ada.smith@post.example",
        "ADA@post.example",
        "ADA@POST.EXAMPLE",
        "smithmotors.co.uk",
    ] {
        check(&[("display_name", name)], &[&format!("display_name={name}")]);
    }
}

#[test]
fn the_file_s_own_word_may_be_foreign() {
    check(
        &[("display_name", "Ayuntamiento Alto"), ("company_or_person", "Empresa")],
        &["display_name=Ayuntamiento Alto", "company=Ayuntamiento Alto"],
    );
    check(
        &[("display_name", "Olivar, S.L."), ("company_or_person", "particular")],
        &["display_name=S.L. Olivar", "first_name=S.L.", "last_name=Olivar"],
    );
}

#[test]
fn who_has_nothing_but_an_e_mail_address_goes_by_it() {
    let said = "[name_from_email: ]";
    check(
        &[("email", "Ada.Smith@Smith.example.com")],
        &["display_name=ada.smith@smith.example.com", said],
    );
    check(
        &[("display_name", "--"), ("email", "ada@smith-garage.com")],
        &["display_name=ada@smith-garage.com", "[value_placeholder: ]", said],
    );
    check(
        &[("title", "Mrs"), ("email", "ada@smith-garage.com")],
        &["display_name=ada@smith-garage.com", "title=Mrs", said],
    );
    check(
        &[("first_name", "Ada"), ("email", "ada@smith-garage.com")],
        &["display_name=Ada", "first_name=Ada"],
    );
    check(
        &[("company", "Hill's Garage"), ("email", "ada@smith-garage.com")],
        &["display_name=Hill's Garage", "company=Hill's Garage"],
    );
    check(&[("phone", "07700 900123")], &[]);
}

#[test]
fn a_name_that_goes_on_behind_the_company_s_is_not_taken_apart() {
    for (company, name) in [
        ("Polder B.V.", "Polder B.V. Lowe"),
        ("Lowe, Ada", "Lowe, Ada Fern House"),
        ("Format", "Format Wonderland"),
    ] {
        check(
            &[("display_name", name), ("company", company)],
            &[&format!("display_name={name}"), &format!("company={company}")],
        );
    }
    check(
        &[("display_name", "Ada Lowe"), ("company", "Lowe & Sons")],
        &[
            "display_name=Ada Lowe",
            "first_name=Ada",
            "last_name=Lowe",
            "company=Lowe & Sons",
        ],
    );
}

#[test]
fn a_firm_told_at_length_is_no_couple() {
    check(
        &[("display_name", "Bruno Gallo & C. officina dei fratelli Gallo")],
        &["display_name=Bruno Gallo & C. officina dei fratelli Gallo"],
    );
    check(
        &[("display_name", "Fred & Hilda Mary Ann Smith")],
        &[
            "display_name=Fred & Hilda Mary Ann Smith",
            "first_name=Fred & Hilda Mary Ann",
            "last_name=Smith",
            "[name_several_people: ]",
        ],
    );
}

#[test]
fn shops_and_domains_are_nobody_s_first_and_last_name() {
    for shop in [
        "Carina's Concept Store",
        "Hill & Dale Towing",
        "La Petite Boutique",
        "Lütt Blumen",
    ] {
        check(
            &[("display_name", shop)],
            &[&format!("display_name={shop}"), &format!("company={shop}")],
        );
    }
    for domain in ["hills.ai", "tow.solutions", "hill-garage.towing"] {
        check(&[("display_name", domain)], &[&format!("display_name={domain}")]);
    }
    check(
        &[("display_name", "st.john")],
        &["display_name=St.John", "last_name=St.John"],
    );
    check(
        &[("display_name", "Mr Shop")],
        &["display_name=Mr Shop", "title=Mr", "last_name=Shop"],
    );
    check(&[("display_name", "Store")], &["display_name=Store"]);
}
