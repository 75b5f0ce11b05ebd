//! Characters that XML can't hold, written `_x000D_` (ECMA-376 Part 1, 22.9.2.19, `ST_Xstring`).

use memchr::memchr;

/// Appends `raw` to `text` with its `_xHHHH_` resolved.
pub(crate) fn unescape_into(raw: &str, text: &mut String) {
    let mut rest = raw;
    // Most texts have no such letter.
    while let Some((before, after)) = memchr(b'_', rest.as_bytes()).and_then(|_| rest.split_once("_x")) {
        text.push_str(before);
        rest = if let Some((character, left)) = escaped(after) {
            text.push(character);
            left
        } else {
            text.push_str("_x");
            after
        };
    }
    text.push_str(rest);
}

/// The character that `HHHH_` stands for, and what follows it. Two halves of a surrogate pair make one character.
fn escaped(after: &str) -> Option<(char, &str)> {
    let (unit, rest) = unit(after)?;
    if let Some(character) = char::from_u32(u32::from(unit)) {
        return Some((character, rest));
    }
    if let Some((low, rest)) = rest.strip_prefix("_x").and_then(self::unit)
        && let Some(Ok(character)) = char::decode_utf16([unit, low]).next()
    {
        return Some((character, rest));
    }
    Some(('\u{FFFD}', rest))
}

fn unit(after: &str) -> Option<(u16, &str)> {
    let digits = after.get(..4)?;
    let rest = after.get(4..)?.strip_prefix('_')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::unescape_into;

    #[test]
    fn escapes_are_resolved_once() {
        let cases = [
            ("plain", "plain"),
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000A_", "_x000A_"),
            ("_xZZZZ_ _x12", "_xZZZZ_ _x12"),
            ("_xD83D__xDE00_", "\u{1F600}"),
            ("_xD83D_!", "\u{FFFD}!"),
            ("_x€€_", "_x€€_"),
        ];
        for (raw, expected) in cases {
            let mut text = String::new();
            unescape_into(raw, &mut text);
            assert_eq!(text, expected, "{raw}");
        }
    }
}
