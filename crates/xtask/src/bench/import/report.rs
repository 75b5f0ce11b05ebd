//! The table of the results, as Markdown.

use super::target::Target;
use crate::table;

/// A workload, what it took, and what it may take.
pub struct Line {
    /// What was done.
    pub workload: String,
    /// What was measured.
    pub measured: String,
    /// What it is compared with; nothing where the target is an amount.
    pub against: String,
    /// What the target is about: the quotient of the two, or what was measured.
    pub figure: f64,
    pub target: Target,
}

const HEADER: [&str; 7] = [
    "workload",
    "measured",
    "floor or peer",
    "ratio",
    "must",
    "aim",
    "verdict",
];

/// Prints the machine, the table, and what was left out.
pub fn print(machine: &str, lines: &[Line], left_out: &[String]) {
    table::print(&format!("{machine}\n\n{}", markdown(lines)));
    for message in left_out {
        table::print(message);
    }
}

fn markdown(lines: &[Line]) -> String {
    let rows: Vec<Vec<String>> = lines.iter().map(cells).collect();
    // The first column alone is words; the others are compared by their ends.
    table::markdown(&HEADER, &rows, 1)
}

fn cells(line: &Line) -> Vec<String> {
    let Line {
        workload,
        measured,
        against,
        figure,
        target,
    } = line;
    vec![
        workload.clone(),
        measured.clone(),
        against.clone(),
        target.ratio(*figure),
        target.must(),
        target.aim(),
        target.verdict(*figure).to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::target;
    use super::*;

    #[test]
    fn a_line_has_a_cell_for_each_heading() {
        let line = |against: &str, figure, target| Line {
            workload: "list".to_owned(),
            measured: "20.00 s".to_owned(),
            against: against.to_owned(),
            figure,
            target,
        };
        let text = markdown(&[
            line("COPY, 8.00 s", 2.5, target::POSTGRES_IMPORT),
            line("", 3.6, target::WORKBOOK),
        ]);
        let row = |number: usize| {
            let cells = text.lines().nth(number).unwrap().split('|').map(str::trim);
            cells.collect::<Vec<_>>().join("|")
        };
        assert_eq!(row(2), "|list|20.00 s|COPY, 8.00 s|2.50 ×|≤ 2.5 ×|≤ 2 ×|met|");
        assert_eq!(row(3), "|list|20.00 s|||< 3.5 s|< 3 s|not met|");
    }
}
