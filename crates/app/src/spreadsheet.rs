//! Text for files that people open in a spreadsheet.

/// Text that a spreadsheet takes for a formula gets an apostrophe before it, which it shows as text. Numbers in E.164
/// stay as they are. See <https://owasp.org/www-community/attacks/CSV_Injection>.
///
/// An import takes such an apostrophe away again.
pub(crate) fn neutral(text: &str) -> String {
    let is_phone = text
        .strip_prefix('+')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_phone {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(neutral(text), expected);
    }

    #[test]
    fn formulas_are_neutralised_and_phones_survive() {
        check("=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-2", "'-2");
        check("\tx", "'\tx");
        check("\rx", "'\rx");
        check("+447911123456", "+447911123456");
        check("+44 7911", "'+44 7911");
        check("plain", "plain");
    }
}
