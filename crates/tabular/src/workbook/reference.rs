//! References such as `AB12` (ECMA-376 Part 1, 18.18.7, `ST_CellRef`).

/// Columns of a sheet.
pub(crate) const MAX_COLUMNS: u32 = 16_384;
/// Rows of a sheet.
pub(crate) const MAX_ROWS: u64 = 1_048_576;

/// Column from 0 and row from 1; `None` for anything that is no cell of a sheet.
pub(crate) fn parse(reference: &[u8]) -> Option<(usize, u64)> {
    let mut column: u32 = 0;
    let mut row: u64 = 0;
    for byte in reference.iter().copied() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
            }
            b'0'..=b'9' => row = row * 10 + u64::from(byte - b'0'),
            b'$' => {}
            _ => return None,
        }
        if column > MAX_COLUMNS || row > MAX_ROWS {
            return None;
        }
    }
    (column > 0 && row > 0).then(|| (column as usize - 1, row))
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
