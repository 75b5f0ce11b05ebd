//! References such as `AB12` (ECMA-376 Part 1, 18.18.7, `ST_CellRef`).

/// Columns of a sheet.
pub(crate) const MAX_COLUMNS: u32 = 16_384;
/// Rows of a sheet.
pub(crate) const MAX_ROWS: u64 = 1_048_576;

/// Column from 0 and row from 1; `None` for anything that is no cell of a sheet.
pub(crate) fn parse(reference: &[u8]) -> Option<(usize, u64)> {
    /// Longer ones are out of bounds, and these do not overflow.
    const MOST_LETTERS: usize = 6;
    const MOST_DIGITS: usize = 18;
    let first_digit = reference.iter().position(u8::is_ascii_digit)?;
    let (letters, digits) = reference.split_at(first_digit);
    if letters.len() > MOST_LETTERS || digits.len() > MOST_DIGITS {
        return None;
    }
    let column = letters.iter().try_fold(0, |column: u32, byte| match byte {
        b'A'..=b'Z' => Some(column * 26 + u32::from(byte - b'A') + 1),
        b'a'..=b'z' => Some(column * 26 + u32::from(byte - b'a') + 1),
        b'$' => Some(column),
        _ => None,
    })?;
    let row = digits.iter().try_fold(0, |row: u64, byte| match byte {
        b'0'..=b'9' => Some(row * 10 + u64::from(byte - b'0')),
        _ => None,
    })?;
    let is_cell = (1..=MAX_COLUMNS).contains(&column) && (1..=MAX_ROWS).contains(&row);
    is_cell.then(|| (column as usize - 1, row))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn references_are_bounded() {
        for (reference, expected) in [
            ("A1", Some((0, 1))),
            ("a1", Some((0, 1))),
            ("AB12", Some((27, 12))),
            ("$AB$12", Some((27, 12))),
            ("A0012", Some((0, 12))),
            ("XFD1048576", Some((16_383, 1_048_576))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("12", None),
            ("", None),
            ("A1B", None),
            ("AAAAAAAAAAAAAAAAAAAA1", None),
            ("A99999999999999999999999999", None),
        ] {
            assert_eq!(parse(reference.as_bytes()), expected, "{reference}");
        }
    }
}
