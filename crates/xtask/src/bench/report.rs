//! The table of the results, as Markdown.

use std::time::Duration;

use super::floor::Floor;
use super::measure::Phases;
use crate::table;

/// An import and its floor.
pub struct Line {
    pub input: String,
    pub database: &'static str,
    pub rows_in: u64,
    pub phases: Phases,
    pub wall: Duration,
    pub peak_bytes: u64,
    pub floor: Floor,
    /// Taking the import back, where that was asked for.
    pub rollback: Option<Rollback>,
}

/// An import that was taken back.
#[derive(Debug, Clone, Copy)]
pub struct Rollback {
    pub wall: Duration,
    pub peak_bytes: u64,
}

const HEADER: [&str; 17] = [
    "file",
    "database",
    "rows in",
    "seconds",
    "rows/s",
    "peak MB",
    "detect s",
    "analyse s",
    "import s",
    "rows left",
    "floor s",
    "ratio",
    "business floor s",
    "ratio",
    "rollback s",
    "of the import",
    "peak MB",
];

/// Prints the machine and the table.
pub fn print(machine: &str, lines: &[Line]) {
    table::print(&format!("{machine}\n\n{}", markdown(lines)));
}

fn markdown(lines: &[Line]) -> String {
    let rows: Vec<Vec<String>> = lines.iter().map(cells).collect();
    // The first two columns are words.
    table::markdown(&HEADER, &rows, 2)
}

fn cells(line: &Line) -> Vec<String> {
    let (wall, floor) = (line.wall.as_secs_f64(), &line.floor);
    let seconds = |duration: Duration| format!("{:.2}", duration.as_secs_f64());
    let ratio = |floor: Duration| format!("{:.1}", wall / floor.as_secs_f64());
    let megabytes = |bytes: u64| format!("{:.0}", bytes as f64 / 1_048_576.0);
    let of_rollback = |cell: &dyn Fn(Rollback) -> String| line.rollback.map(cell).unwrap_or_default();
    vec![
        line.input.clone(),
        line.database.to_owned(),
        line.rows_in.to_string(),
        seconds(line.wall),
        format!("{:.0}", line.rows_in as f64 / wall),
        megabytes(line.peak_bytes),
        seconds(line.phases.detecting),
        seconds(line.phases.analysing),
        seconds(line.phases.importing),
        floor.rows.to_string(),
        seconds(floor.all),
        ratio(floor.all),
        seconds(floor.business),
        ratio(floor.business),
        of_rollback(&|rollback| seconds(rollback.wall)),
        of_rollback(&|rollback| format!("{:.2}", rollback.wall.as_secs_f64() / wall)),
        of_rollback(&|rollback| megabytes(rollback.peak_bytes)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_cell_for_each_heading() {
        let at = Duration::from_secs;
        let line = Line {
            input: "CSV".to_owned(),
            database: "SQLite",
            rows_in: 200_000,
            phases: Phases {
                detecting: at(1),
                analysing: at(10),
                importing: at(20),
            },
            wall: at(40),
            peak_bytes: 50 << 20,
            floor: Floor {
                rows: 900_000,
                all: at(10),
                business: at(5),
            },
            rollback: Some(Rollback {
                wall: at(30),
                peak_bytes: 40 << 20,
            }),
        };
        let text = markdown(&[line]);
        let cells: Vec<&str> = text.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        let expected = "|CSV|SQLite|200000|40.00|5000|50|1.00|10.00|20.00|900000|10.00|4.0|5.00|8.0|30.00|0.75|40|";
        assert_eq!(cells.join("|"), expected);
        assert!(
            text.lines().all(|line| line.matches('|').count() == HEADER.len() + 1),
            "{text}"
        );
    }
}
