//! Whole records: what becomes of the cells of a row.

use time::macros::date;
use torqueflow_cleanup::{Cleaned, ColumnDateOrder, ColumnFacts, Context, clean_record};
use torqueflow_model::{Cell, CellKind, FieldRef, MappedCell, Slot};

fn field(slot: &str, name: &str) -> FieldRef {
    FieldRef::parse(&format!("{slot}.{name}")).unwrap_or_else(|| panic!("{slot} has no field {name}"))
}

/// Cells as `field=text`, in columns from 0.
fn clean(slot: &str, cells: &[(&str, &str)]) -> Cleaned {
    let cells: Vec<MappedCell> = cells
        .iter()
        .enumerate()
        .map(|(column, (name, text))| MappedCell {
            field: field(slot, name),
            column: Some(column),
            cell: Cell::text(*text),
        })
        .collect();
    let slot = Slot::from_name(slot).unwrap_or_else(|| panic!("no slot {slot}"));
    clean_record(slot, &cells, &Context::new(date!(2026 - 11 - 21)))
}

fn render(cleaned: &Cleaned) -> Vec<String> {
    let fields = cleaned
        .fields
        .iter()
        .map(|field| format!("{}={}", field.spec.name, field.value));
    let findings = cleaned.findings.iter().map(|finding| {
        let field = finding.field.map(|field| field.to_string()).unwrap_or_default();
        let column = finding.column.map(|column| column.to_string()).unwrap_or_default();
        format!(
            "[{} {field} {column} {:?} {}]",
            finding.code.code(),
            finding.value,
            finding.detail
        )
        .replace(" ]", "]")
    });
    let mut lines: Vec<String> = fields.collect();
    lines.sort_unstable();
    lines.extend(findings);
    lines
}

#[track_caller]
fn check(slot_name: &str, cells: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(render(&clean(slot_name, cells)), expected);
}

#[test]
fn blank_cells_say_nothing() {
    check(
        "customer",
        &[("email", ""), ("phone", "  "), ("on_stop", "\u{a0}")],
        &[],
    );
}

#[test]
fn a_typical_customer_is_cleaned() {
    check(
        "customer",
        &[
            ("external_customer_number", "00417"),
            ("display_name", "MRS ADA SMITH"),
            ("phone", "7911123456"),
            ("landline", "01632 960001"),
            ("email", "Ada@Smith.Example"),
            ("customer_group", " Trade "),
            ("on_stop", "False"),
            ("notify_sms", "True"),
            ("sms_consent", "True"),
            ("source_created_on", "21/03/2016 00:00:00"),
        ],
        &[
            "customer_group=Trade",
            "display_name=Mrs Ada Smith",
            "email=ada@smith.example",
            "external_customer_number=00417",
            "first_name=Ada",
            "landline=+441632960001",
            "landline_as_given=01632 960001",
            "last_name=Smith",
            "notify_sms=true",
            "on_stop=false",
            "phone=+447911123456",
            "phone_as_given=7911123456",
            "search_name=mrs ada smith",
            "sms_consent=true",
            "sort_name=smith ada",
            "source_created_on=2016-03-21",
            "title=Mrs",
            "[phone_repaired customer.phone 2 \"7911123456\" +447911123456]",
        ],
    );
}

#[test]
fn parts_make_a_name() {
    check(
        "customer",
        &[("title", "MR"), ("first_name", "fred"), ("last_name", "O'NEILL")],
        &[
            "display_name=Mr Fred O'Neill",
            "first_name=Fred",
            "last_name=O'Neill",
            "search_name=mr fred oneill",
            "sort_name=oneill fred",
            "title=Mr",
        ],
    );
    check(
        "customer",
        &[("company", "SMITH MOTORS LTD")],
        &[
            "company=Smith Motors Ltd",
            "display_name=Smith Motors Ltd",
            "search_name=smith motors ltd",
            "sort_name=smith motors ltd",
        ],
    );
    check("customer", &[("title", "Mr")], &["title=Mr"]);
}

#[test]
fn a_whole_name_beside_its_parts_is_turned_round() {
    check(
        "customer",
        &[
            ("display_name", "SMITH, ADA"),
            ("first_name", "Ada"),
            ("last_name", "Smith"),
        ],
        &[
            "display_name=Ada Smith",
            "first_name=Ada",
            "last_name=Smith",
            "search_name=ada smith",
            "sort_name=smith ada",
        ],
    );
}

#[test]
fn a_person_beside_a_company_is_its_contact() {
    check(
        "customer",
        &[("display_name", "Ada Smith"), ("company", "Smith Motors Ltd")],
        &[
            "company=Smith Motors Ltd",
            "display_name=Ada Smith",
            "first_name=Ada",
            "last_name=Smith",
            "search_name=ada smith motors ltd",
            "sort_name=smith ada",
        ],
    );
    check(
        "customer",
        &[("display_name", "SMITH MOTORS LTD"), ("company", "Smith Motors Ltd")],
        &[
            "company=Smith Motors Ltd",
            "display_name=Smith Motors Ltd",
            "search_name=smith motors ltd",
            "sort_name=smith motors ltd",
        ],
    );
}

#[test]
fn couples_are_reported_once() {
    check(
        "customer",
        &[("title", "Mr & Mrs"), ("display_name", "Mr & Mrs Smith")],
        &[
            "display_name=Mr & Mrs Smith",
            "last_name=Smith",
            "search_name=mr mrs smith",
            "sort_name=smith",
            "title=Mr & Mrs",
            "[name_several_people customer.title 0 \"Mr & Mrs\"]",
        ],
    );
}

#[test]
fn people_called_null_exist() {
    check(
        "customer",
        &[("last_name", "Null")],
        &[
            "display_name=Null",
            "last_name=Null",
            "search_name=null",
            "sort_name=null",
        ],
    );
    check(
        "customer",
        &[("vat_number", "NULL")],
        &["[value_placeholder customer.vat_number 0 \"NULL\"]"],
    );
}

#[test]
fn the_first_value_of_two_columns_wins_and_notes_are_joined() {
    check(
        "vehicle",
        &[
            ("registration", "TBA"),
            ("registration", "ab12cde"),
            ("registration", "AB12 XYZ"),
            ("notes", "Towbar"),
            ("notes", "Roof rack"),
        ],
        &[
            "notes=Towbar\nRoof rack",
            "registration=AB12CDE",
            "[vrm_placeholder vehicle.registration 0 \"TBA\"]",
            "[other_values_left_out vehicle.registration 2 \"AB12 XYZ\" Registration: kept ab12cde (column 2), left out AB12 XYZ (column 3)]",
        ],
    );
}

#[test]
fn the_text_of_the_file_is_kept() {
    let cleaned = clean("vehicle", &[("registration", " ab12 cde ")]);
    assert_eq!(cleaned.fields[0].raw, " ab12 cde ");
}

#[test]
fn the_id_at_the_source_and_references_are_codes() {
    check(
        "work_order",
        &[
            ("source_id", "'7A3F21"),
            ("customer", " C1001 "),
            ("location", "Main  branch"),
        ],
        &["customer=C1001", "location=Main branch", "source_id=7A3F21"],
    );
}

#[test]
fn typed_numbers_are_codes_without_a_point() {
    let cell = MappedCell {
        field: field("work_order", "customer"),
        column: None,
        cell: Cell {
            text: "1,001.00".to_owned(),
            kind: CellKind::Number(1001.0),
        },
    };
    let cleaned = clean_record(
        cell.field.slot,
        std::slice::from_ref(&cell),
        &Context::new(date!(2026 - 11 - 21)),
    );
    assert_eq!(render(&cleaned), ["customer=1001"]);
}

#[test]
fn spreadsheet_errors_and_nul_are_reported() {
    check(
        "vehicle",
        &[("make", "#N/A"), ("model", "Go\0lf")],
        &[
            "model=Go\u{fffd}lf",
            "[cell_error vehicle.make 0 \"#N/A\" #N/A]",
            "[text_nul_replaced vehicle.model 1 \"Go\\0lf\"]",
        ],
    );
}

#[test]
fn a_supplier_has_one_number() {
    check(
        "supplier",
        &[
            ("name", "NORTHGATE FACTORS LTD"),
            ("phone", "01632 960101 ext 12 / 07911 123456 Priya"),
        ],
        &[
            "name=Northgate Factors Ltd",
            "phone=+441632960101",
            "phone_as_given=01632 960101 ext 12 / 07911 123456 Priya",
            "phone_extension=12",
            "[phone_has_text supplier.phone 1 \"01632 960101 ext 12 / 07911 123456 Priya\" Priya]",
            "[phone_several_numbers supplier.phone 1 \"01632 960101 ext 12 / 07911 123456 Priya\" +447911123456]",
        ],
    );
}

#[test]
fn shipping_addresses_are_not_primary() {
    check(
        "shipping_address",
        &[
            ("line_1", "12 Mill Lane"),
            ("postal_code", "ls63aa"),
            ("customer", "C1001"),
        ],
        &[
            "address_type=shipping",
            "customer=C1001",
            "is_primary=false",
            "line_1=12 Mill Lane",
            "postal_code=LS6 3AA",
        ],
    );
    check("shipping_address", &[("customer", "C1001")], &[]);
}

#[test]
fn each_column_has_its_own_date_order() {
    let cell = |name, column| MappedCell {
        field: field("work_order", name),
        column: Some(column),
        cell: Cell::text("05/06/2024 10:00"),
    };
    let context = Context::new(date!(2026 - 11 - 21)).with_columns(
        [
            ColumnDateOrder::Mixed,
            ColumnDateOrder::Assumed(torqueflow_model::DateOrder::MonthFirst),
        ]
        .map(|order| ColumnFacts::default().with_date_order(order))
        .to_vec(),
    );
    let slot = field("work_order", "opened_at").slot;
    let cleaned = clean_record(slot, &[cell("opened_at", 0), cell("completed_at", 1)], &context);
    assert_eq!(
        render(&cleaned),
        [
            "completed_at=2024-05-06T10:00:00",
            "[date_order_mixed work_order.opened_at 0 \"05/06/2024 10:00\"]"
        ]
    );
}
