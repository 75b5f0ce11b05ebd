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
