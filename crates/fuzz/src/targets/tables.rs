//! Tables of arbitrary cells: what they are, and what is cleaned out of them.

use std::sync::{Arc, LazyLock};

use time::Date;
use time::macros::date;
use torqueflow_cleanup::DateVote;
use torqueflow_dedupe::match_keys;
use torqueflow_detection::Detection;
use torqueflow_model::{EntityKind, FieldRef, Row, Slot, SourceId};
use torqueflow_pipeline::{CleanRow, Cleaner, Sources, TablePlan, id_text, key_hash};

use super::cells;
use crate::Target;
use crate::sections::split_mode;

pub const TARGET: Target = Target {
    name: "tables",
    about: "arbitrary cells: detection, order of dates, cleanup, identity, match keys",
    max_bytes: 2 * 1024,
    seeds,
    tokens: &[
        "\u{1F}",
        "\n",
        "CustomerNumber",
        "Customer Name",
        "Phone",
        "Mobile",
        "Email",
        "Registration",
        "VIN",
        "Postcode",
        "Date of Birth",
        "31/12/2024",
        "12/31/24",
        "2024-02-30",
        "31 Feb",
        "@19000",
        "#45000.5",
        "%19000",
        "?TRUE",
        "!#N/A",
        "+44 7911 123456",
        "07911123456 ext 5",
        "tel:",
        "ada@example.com",
        "mailto:",
        "AB12 CDE",
        "WVWZZZ1JZXW000001",
        "SW1A 1AA",
        "United Kingdom",
        "£1,234.50",
        "(12.00)",
        "1.234,50",
        "Mr & Mrs",
        "O'Neil",
        "van der",
        "Ltd",
        "Dr.",
        "Yes",
        "N/A",
        "TBA",
        "\u{A0}",
        "\u{200B}",
        "é",
        "ﬁ",
        "\u{202E}",
    ],
    run,
};

const AS_OF: Date = date!(2026 - 11 - 21);

static SOURCES: LazyLock<Sources> =
    LazyLock::new(|| Sources::with_adapters(vec![Arc::new(torqueflow_techman::techman())]));

/// Every field that a column can be mapped to, in each place it can have in a row.
static FIELDS: LazyLock<Vec<FieldRef>> = LazyLock::new(|| {
    let slots = EntityKind::ALL.into_iter().map(Slot::Main);
    let slots = slots.chain([Slot::BillingAddress, Slot::ShippingAddress]);
    let fields = slots.flat_map(|slot| {
        let specs = slot.entity().fields().iter().filter(|spec| spec.mappable);
        specs.map(move |spec| FieldRef { slot, spec })
    });
    fields.collect()
});

/// The first line is the header, the first byte says how the columns are mapped.
fn run(input: &[u8]) {
    let (mode, rest) = split_mode(input);
    let text = String::from_utf8_lossy(rest);
    let mut rows = cells::rows(&text);
    let header: Vec<String> = rows.remove(0).cells.into_iter().map(|cell| cell.text).collect();
    let detection = SOURCES.detect(None, &header, &rows);
    check_detection(&detection, &header, &rows);
    let mut plan = TablePlan::from_detection(&detection);
    if mode > 0 {
        map_anew(&mut plan, usize::from(mode));
    }
    set_date_orders(&mut plan, &rows);
    let kept = serde_json::to_string(&plan).and_then(|json| serde_json::from_str::<TablePlan>(&json));
    assert!(kept.is_ok_and(|kept| kept == plan), "a plan is kept as it was");
    let adapter = plan.source_system.as_deref().and_then(|system| SOURCES.adapter(system));
    let cleaner = Cleaner::new(&plan, adapter, AS_OF);
    for row in &rows {
        let clean = cleaner.clean(row);
        assert_eq!(clean, cleaner.clean(row), "cleaned twice");
        check_row(row, &clean);
    }
}

fn check_detection(detection: &Detection, header: &[String], rows: &[Row]) {
    assert_eq!(*detection, SOURCES.detect(None, header, rows), "detected twice");
    assert!((0.0..=1.0).contains(&detection.confidence), "{}", detection.confidence);
    let columns: Vec<&String> = detection.columns.iter().map(|column| &column.header).collect();
    assert!(columns.into_iter().eq(header), "{header:?}");
}

/// Maps each column to a field of the catalogue, whatever it says.
fn map_anew(plan: &mut TablePlan, mode: usize) {
    for (index, column) in plan.columns.iter_mut().enumerate() {
        let place = (mode * 7 + index * (1 + mode / 64)) % FIELDS.len();
        column.field = FIELDS.get(place).copied();
    }
}

/// Settles the order of day and month by a vote that does not depend on the order of the rows.
fn set_date_orders(plan: &mut TablePlan, rows: &[Row]) {
    for (index, column) in plan.columns.iter_mut().enumerate() {
        let vote = |rows: &mut dyn Iterator<Item = &Row>| {
            let mut vote = DateVote::new();
            for cell in rows.filter_map(|row| row.cells.get(index)) {
                vote.observe(cell);
            }
            vote.verdict(None)
        };
        let order = vote(&mut rows.iter());
        assert_eq!(order, vote(&mut rows.iter().rev()), "column {index}");
        column.date_order = Some(order.into());
    }
}

fn check_row(row: &Row, clean: &CleanRow) {
    assert_eq!(row.number, clean.number);
    for finding in &clean.findings {
        assert!(
            finding.column.is_none_or(|column| column < row.cells.len()),
            "{finding:?}"
        );
        assert!(!finding.message().is_empty(), "{finding:?}");
    }
    assert!(
        !clean.records.is_empty() || clean.has_error(),
        "a row that says nothing, and no word of it"
    );
    let count = clean.records.len();
    assert!(
        clean.links.iter().all(|link| link.from < count && link.to < count),
        "{:?}",
        clean.links
    );
    for record in &clean.records {
        let is_given = matches!(record.source_id, SourceId::Given(_));
        assert!(is_given || clean.has_error() || !record.fields.is_empty(), "{record:?}");
        if let SourceId::Given(id) | SourceId::Derived(id) = &record.source_id {
            assert!(!id.is_empty(), "{record:?}");
        }
        assert!(!id_text(&record.source_id, 0).is_empty());
        let entity = record.slot.entity();
        assert_eq!(
            key_hash("a", entity, &record.source_id),
            key_hash("a", entity, &record.source_id)
        );
        assert!(match_keys(record, &clean.records) == match_keys(record, &clean.records));
        for field in &record.fields {
            assert!(record.get(field.spec.name).is_some());
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let table = |mode: u8, rows: &[&[&str]]| {
        let lines: Vec<String> = rows.iter().map(|row| row.join("\u{1F}")).collect();
        [&[mode], lines.join("\n").as_bytes()].concat()
    };
    let mut seeds = vec![
        table(
            0,
            &[
                &[
                    "CustomerNumber",
                    "CustomerName",
                    "Phone",
                    "Email",
                    "Registration",
                    "Postcode",
                ],
                &[
                    "C1",
                    "Mr Ada King",
                    "07911 123456",
                    "ada@example.com",
                    "AB12 CDE",
                    "sw1a1aa",
                ],
                &["#2", "King Motors Ltd", "#7911123456", "x", "", ""],
            ],
        ),
        table(
            0,
            &[
                &["Vehicle Registration", "Make", "MOT Due", "Mileage"],
                &["AB12CDE", "FORD", "31/12/2024", "12,345"],
                &["CD34 EFG", "Audi", "@19000", "#100000"],
            ],
        ),
        table(
            0,
            &[
                &["Product Code", "Description", "Price", "VAT"],
                &["P1", "Oil filter", "£12.50", "20%"],
            ],
        ),
        table(0, &[&["a", "b"], &["1"], &["1", "2", "3"], &[""]]),
    ];
    let values: [&[&str]; 4] = [
        &[
            "Ada King",
            "07911123456",
            "ada@example.com",
            "AB12CDE",
            "31/12/2024",
            "£1,234.50",
        ],
        &["#7911123456", "@19000", "%19000", "?TRUE", "!#N/A", "#1.5"],
        &[
            "Mr & Mrs J. O'Neil-Smith",
            "+44 (0)20 7946 0000 ext 5",
            "a@b, c@d.example",
            "WVWZZZ1JZXW000001",
            "SW1A 1AA",
            "GB",
        ],
        &["yes", "12/31/24", "1.234,50", "10 High St\u{85}Leeds", "TBA", "Ltd"],
    ];
    let header: &[&str] = &["a", "b", "c", "d", "e", "f"];
    for (mode, row) in (1..=120).step_by(4).zip(values.into_iter().cycle()) {
        seeds.push(table(mode, &[header, row, values[0]]));
    }
    seeds
}
