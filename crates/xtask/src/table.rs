//! Tables for people, as Markdown.

use std::fmt::Write;
use std::iter;

/// A table whose first `words` columns are words, to the left, and whose others are figures, to the right.
pub fn markdown(header: &[&str], rows: &[Vec<String>], words: usize) -> String {
    let header_cells = header.iter().map(ToString::to_string).collect();
    let rows: Vec<&Vec<String>> = iter::once(&header_cells).chain(rows).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        text.push('|');
        for (column, cell) in row.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let width = cells.map(|cell| cell.chars().count()).max().unwrap_or_default();
            // Writing to a string does not fail.
            let _ = if column < words {
                write!(text, " {cell:<width$} |")
            } else {
                write!(text, " {cell:>width$} |")
            };
        }
        text.push('\n');
        if number == 0 {
            let kinds = (0..header.len()).map(|column| if column < words { "---|" } else { "---:|" });
            let _ = writeln!(text, "|{}", kinds.collect::<String>());
        }
    }
    text
}

/// Prints a chore's result.
#[expect(clippy::print_stdout, reason = "a chore tells the person what came out")]
pub fn print(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |name: &str, count: &str| vec![name.to_owned(), count.to_owned()];
        let text = markdown(&["name", "n"], &[row("Zoë", "1"), row("é", "1000")], 1);
        assert_eq!(text, "| name |    n |\n|---|---:|\n| Zoë  |    1 |\n| é    | 1000 |\n");
    }
}
