//! Calamine reads the same workbooks: where both read a cell, they must agree on its value.

use std::io::Cursor;

use calamine::{Data, Reader as _};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};
use torqueflow_model::{Cell, CellKind, Row};
use torqueflow_tabular::{OpenOptions, open};

/// A value to write.
#[derive(Debug, Clone)]
enum Value {
    Number(f64),
    Date(u32),
    Text(String),
    Boolean(bool),
    Nothing,
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(Value::Number),
        (-1_000_000_i32..1_000_000).prop_map(|number| Value::Number(f64::from(number) / 100.0)),
        (61_u32..60_000).prop_map(Value::Date),
        "[a-zA-Z é€<&\"'\n_x0-9]{1,20}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Boolean),
        Just(Value::Nothing),
    ]
}

fn write(rows: &[Vec<Value>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (column, name) in (0..).zip(["Customer Name", "Phone", "City", "Notes"]) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, values) in (1..).zip(rows) {
        for (column, value) in (0..).zip(values) {
            match value {
                Value::Number(number) => sheet.write(row, column, *number).unwrap(),
                Value::Date(serial) => sheet.write_with_format(row, column, *serial, &date).unwrap(),
                Value::Text(text) => sheet.write(row, column, text).unwrap(),
                Value::Boolean(value) => sheet.write(row, column, *value).unwrap(),
                Value::Nothing => sheet,
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[expect(clippy::float_cmp, reason = "both read the same digits")]
fn agree(ours: &Cell, theirs: &Data) -> bool {
    match (ours.kind, theirs) {
        (CellKind::Empty, Data::Empty) => true,
        (CellKind::Text, Data::String(text)) => ours.text == *text,
        (CellKind::Number(number), Data::Float(value)) => number == *value,
        (CellKind::Number(number), Data::Int(value)) => number == *value as f64,
        (CellKind::Boolean(value), Data::Bool(other)) => value == *other,
        (CellKind::Date(date), Data::DateTime(serial)) => {
            let (year, month, day, ..) = serial.to_ymd_hms_milli();
            ours.text == format!("{year:04}-{month:02}-{day:02}") && date.day() == day
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn calamine_agrees(rows in prop::collection::vec(prop::collection::vec(value(), 4), 1..12)) {
        let bytes = write(&rows);
        let mut theirs: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        let range = theirs.worksheet_range_at(0).unwrap().unwrap();
        let mut document = open("x.xlsx", Box::new(Cursor::new(&bytes)), &OpenOptions::default()).unwrap();
        let mut table = document.read_table(0).unwrap();
        let (mut row, mut findings) = (Row::default(), Vec::new());
        while table.next_row(&mut row, &mut findings).unwrap() {
            for (column, cell) in (0..).zip(&row.cells) {
                let other = range.get_value((row.number as u32 - 1, column)).cloned().unwrap_or_default();
                prop_assert!(agree(cell, &other), "{:?} is {:?}", cell, other);
            }
        }
    }
}
