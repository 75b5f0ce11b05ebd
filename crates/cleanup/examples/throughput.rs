//! Measures rows per second: `cargo run --release -p torqueflow-cleanup --example throughput`.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use time::macros::date;
use torqueflow_cleanup::{ColumnDateOrder, ColumnFacts, Context, clean_record, number_kind};
use torqueflow_model::{Cell, DateOrder, FieldRef, MappedCell, Slot};

const ROWS: usize = 100_000;

/// A row of a customers-and-vehicles export: three records.
#[rustfmt::skip]
fn row(number: usize) -> Vec<MappedCell> {
    let texts = [
        ("customer.external_customer_number", format!("C{number:05}")),
        ("customer.display_name", format!("{} Ada Smith", if number.is_multiple_of(2) { "Mrs" } else { "MR" })),
        ("customer.phone", format!("079{:02} {:06}", 12 + number % 80, number % 1_000_000)),
        ("customer.landline", format!("01483 {:06}", number % 1_000_000)),
        ("customer.email", format!("Ada{number}@Smith.example")),
        ("billing_address.line_1", format!("{} Mill Lane", number % 200)),
        ("billing_address.line_2", "Headingley".to_owned()),
        ("billing_address.city", "Leeds".to_owned()),
        ("billing_address.region", "West Yorkshire".to_owned()),
        ("billing_address.postal_code", "ls6 3aa".to_owned()),
        ("customer.customer_group", "Trade".to_owned()),
        ("customer.is_account", "True".to_owned()),
        ("customer.vat_exempt", "False".to_owned()),
        ("customer.on_stop", "False".to_owned()),
        ("customer.notify_vehicle_reminders", "True".to_owned()),
        ("customer.notify_any", "True".to_owned()),
        ("customer.source_created_on", "21/03/2016 00:00:00".to_owned()),
        ("vehicle.registration", format!("AB{:02} CDE", 2 + number % 40)),
        ("vehicle.vin", "WVWZZZ1KZ6W612305".to_owned()),
        ("vehicle.make", "Volkswagen".to_owned()),
        ("vehicle.model", "Golf".to_owned()),
        ("vehicle.fuel", "HEAVY OIL".to_owned()),
        ("vehicle.engine_cc", "1968".to_owned()),
        ("vehicle.first_registered_on", "21/03/2016".to_owned()),
        ("vehicle.mileage", "64,210".to_owned()),
        ("vehicle.mot_due_on", "21/03/2027 00:00:00".to_owned()),
    ];
    texts
        .into_iter()
        .enumerate()
        .filter_map(|(column, (field, text))| {
            let field = FieldRef::parse(field)?;
            Some(MappedCell { field, column: Some(column), cell: Cell::text(text) })
        })
        .collect()
}

fn report(what: &str, count: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let _ = writeln!(std::io::stdout(), "{what}: {:.0} per second", count as f64 / seconds);
}

fn main() {
    let day_first = ColumnFacts::default().with_date_order(ColumnDateOrder::Proven(DateOrder::DayFirst));
    let context = Context::new(date!(2026 - 11 - 21)).with_columns(vec![day_first; 26]);
    let rows: Vec<_> = (0..ROWS).map(row).collect();
    let vehicle = FieldRef::parse("vehicle.make").map(|field| field.slot);
    let customer = FieldRef::parse("customer.phone").map(|field| field.slot);
    let slots: Vec<Slot> = [customer, Some(Slot::BillingAddress), vehicle]
        .into_iter()
        .flatten()
        .collect();

    let start = Instant::now();
    for (cells, slot) in rows.iter().zip(customer.into_iter().cycle()) {
        black_box(clean_record(slot, cells, &context));
    }
    report("customers (17 cells with address)", ROWS, start);

    let start = Instant::now();
    for cells in &rows {
        for slot in &slots {
            black_box(clean_record(*slot, cells, &context));
        }
    }
    report("rows of customer, address and vehicle (26 cells)", ROWS, start);

    let phones: Vec<String> = (0..ROWS)
        .map(|number| format!("+4479{:02}{:06}", 12 + number % 80, number))
        .collect();
    let start = Instant::now();
    for phone in &phones {
        black_box(number_kind(phone));
    }
    report("mobiles by table", ROWS, start);

    let foreign: Vec<String> = (0..20_000)
        .map(|number| format!("+336{:08}", 12_345_678 + number))
        .collect();
    let start = Instant::now();
    for phone in &foreign {
        black_box(number_kind(phone));
    }
    report("foreign numbers by the library", foreign.len(), start);
}
