//! Measures nanoseconds per cell: `cargo run --release -p torqueflow-cleanup --example profiling`.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use torqueflow_cleanup::{ColumnProfiler, Expected, IdentityVote, Portrait, PortraitRule};
use torqueflow_model::Cell;

const ROWS: usize = 200_000;

/// A column: its name, whether its values go to a field of dates or numbers, and its value in a row.
type Column = (&'static str, Expected, fn(usize) -> String);

const TEXTS: Expected = Expected {
    dates: false,
    numbers: false,
};
const DATES: Expected = Expected {
    dates: true,
    numbers: false,
};
const NUMBERS: Expected = Expected {
    dates: false,
    numbers: true,
};

#[rustfmt::skip]
const COLUMNS: [Column; 14] = [
    ("number", TEXTS, |row| format!("C{row:05}")),
    ("name", TEXTS, |row| format!("{} Ada Smith {}", if row.is_multiple_of(2) { "Mrs" } else { "MR" }, row % 5000)),
    ("mobile", TEXTS, |row| format!("079{:02} {:06}", 12 + row % 80, row % 1_000_000)),
    ("email", TEXTS, |row| format!("Ada{row}@Smith.example")),
    ("street", TEXTS, |row| format!("{} Mill Lane", row % 200)),
    ("town", TEXTS, |_| "Leeds".to_owned()),
    ("postcode", TEXTS, |row| format!("ls{} 3aa", row % 30)),
    ("flag", TEXTS, |row| (if row.is_multiple_of(3) { "True" } else { "False" }).to_owned()),
    ("plate", TEXTS, |row| format!("AB{:02} CDE", 2 + row % 40)),
    ("vin", TEXTS, |row| format!("WVWZZZ1KZ6W{:06}", row % 1_000_000)),
    ("mileage", NUMBERS, |row| format!("{},{:03}", row % 90, row % 1000)),
    ("price", NUMBERS, |row| format!("{}.{:02}", row % 900, row % 100)),
    ("date, mapped", DATES, |row| format!("{:02}/{:02}/2016", 1 + row % 28, 1 + row % 12)),
    ("blank", TEXTS, |_| String::new()),
];

fn main() {
    let mut all = 0.0;
    for (name, expected, value) in COLUMNS {
        let cells: Vec<Cell> = (0..ROWS).map(|row| Cell::text(value(row))).collect();
        let start = Instant::now();
        let mut column = ColumnProfiler::new(expected);
        for cell in &cells {
            column.observe(cell);
        }
        let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / ROWS as f64;
        black_box(column.profile());
        all += nanoseconds;
        let _ = writeln!(std::io::stdout(), "{name}: {nanoseconds:.0} ns");
    }
    let _ = writeln!(
        std::io::stdout(),
        "all columns: {:.0} ns a cell",
        all / COLUMNS.len() as f64
    );

    let rows: Vec<(Cell, String)> = (0..ROWS)
        .map(|row| (Cell::text(format!("C{:05}", row / 2)), format!("Ada Smith {}", row / 2)))
        .collect();
    let start = Instant::now();
    let mut vote = IdentityVote::new(PortraitRule::Person);
    for (row, (id, name)) in (2..).zip(&rows) {
        let mut portrait = Portrait::default();
        portrait.add_name(0, name);
        vote.observe(row, id, &portrait);
    }
    black_box(vote.verdict(false));
    let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / ROWS as f64;
    let _ = writeln!(std::io::stdout(), "id and name: {nanoseconds:.0} ns a row");
}
