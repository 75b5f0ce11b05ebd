//! A number through a format, to text.

use super::code::{Comparison, NumberFormat, Section, Token};
use super::digits::{Digits, push_general};
use super::layout::Layout;

/// Appends a finite number as its format shows it, without the blanks that only align it.
pub(crate) fn push_formatted(value: f64, format: &NumberFormat, text: &mut String) {
    let start = text.len();
    let Some((section, signed)) = section_for(value, &format.sections) else {
        push_general(value, text);
        return;
    };
    push_section(value, section, signed, text);
    let shown = text.get(start..).unwrap_or_default().trim();
    // A format that shows nothing of the number hides it; the number is there all the same.
    if shown.is_empty() {
        text.truncate(start);
        push_general(value, text);
    } else if shown.len() < text.len() - start {
        let shown = shown.to_owned();
        text.truncate(start);
        text.push_str(&shown);
    }
}

#[expect(clippy::float_cmp, reason = "a condition of a format compares exactly")]
fn holds(comparison: Comparison, value: f64, other: f64) -> bool {
    match comparison {
        Comparison::Less => value < other,
        Comparison::LessOrEqual => value <= other,
        Comparison::Equal => value == other,
        Comparison::NotEqual => value != other,
        Comparison::GreaterOrEqual => value >= other,
        Comparison::Greater => value > other,
    }
}

/// The section for a number, and whether the number brings its own minus.
fn section_for(value: f64, sections: &[Section]) -> Option<(&Section, bool)> {
    if sections.iter().any(|section| section.condition.is_some()) {
        let fits = |section: &&Section| {
            section
                .condition
                .is_none_or(|condition| holds(condition.comparison, value, condition.value))
        };
        return sections.iter().find(fits).map(|section| (section, true));
    }
    match sections {
        [_, negative, ..] if value < 0.0 => Some((negative, false)),
        [_, _, zero, ..] if value == 0.0 => Some((zero, false)),
        [first, ..] => Some((first, true)),
        [] => None,
    }
}

fn push_section(value: f64, section: &Section, signed: bool, text: &mut String) {
    let layout = &section.layout;
    let mut digits = Digits::new(value);
    if !digits.is_zero() {
        digits.exponent += layout.scale;
    }
    digits.round(layout.decimals);
    if signed && value < 0.0 && !digits.is_zero() {
        text.push('-');
    }
    let tokens = &section.tokens;
    let (whole, fraction) = tokens.split_at_checked(layout.point).unwrap_or((tokens, &[]));
    push_whole(value, &digits, layout, whole, text);
    push_fraction(&digits, fraction, text);
}

/// The digits before the point, right to left into their places; those without a place of their own go to the first.
fn push_whole(value: f64, digits: &Digits, layout: &Layout, tokens: &[Token], text: &mut String) {
    let (places, grouped) = (layout.places, layout.grouped);
    let length = if digits.is_zero() { 0 } else { digits.exponent.max(0) };
    let mut power = places;
    for token in tokens {
        match token {
            Token::Digit(place) => {
                if power == places {
                    for higher in (places..length).rev() {
                        push_digit(digits, higher, grouped, text);
                    }
                }
                power -= 1;
                if *place == '0' || power < length {
                    push_digit(digits, power, grouped && (power < length || *place == '0'), text);
                }
            }
            Token::Literal(character) => text.push(*character),
            Token::Percent => text.push('%'),
            Token::General => push_general(value.abs(), text),
            _ => {}
        }
    }
}

fn push_digit(digits: &Digits, power: i32, grouped: bool, text: &mut String) {
    text.push(char::from(digits.at(power)));
    if grouped && power > 0 && power % 3 == 0 {
        text.push(',');
    }
}

/// The point and what follows it.
fn push_fraction(digits: &Digits, tokens: &[Token], text: &mut String) {
    let mut power = 0;
    let lowest = digits.lowest();
    for token in tokens {
        match token {
            Token::Point => text.push('.'),
            Token::Digit(place) => {
                power -= 1;
                if *place == '0' || (lowest <= power && !digits.is_zero()) {
                    text.push(char::from(digits.at(power)));
                }
            }
            Token::Literal(character) => text.push(*character),
            Token::Percent => text.push('%'),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, value: f64, expected: &str) {
        let mut text = String::new();
        push_formatted(value, &NumberFormat::new(code), &mut text);
        assert_eq!(text, expected, "{value} as {code}");
    }

    #[test]
    fn leading_zeros_are_restored() {
        check("00000000000", 7_911_123_456.0, "07911123456");
        check("00000\\ 000000", 7_911_123_456.0, "07911 123456");
        check("(00000) 000 000", 1_632_960_001.0, "(01632) 960 001");
        check("000", 7.0, "007");
        check("000-00-0000", 1_234_567.0, "001-23-4567");
    }

    #[test]
    fn money_and_shares_look_as_in_the_sheet() {
        check("#,##0.00", 1234.5, "1,234.50");
        check("#,##0", 1_234_567.0, "1,234,567");
        check("#,##0", 0.0, "0");
        check("[$£-809]#,##0.00", -1234.5, "-£1,234.50");
        check("\"£\"#,##0.00;(\"£\"#,##0.00)", -3.0, "(£3.00)");
        check("0%", 0.125, "13%");
        check("0.0%", 0.125, "12.5%");
        check("0.00", 1.005, "1.01");
        check("#.##", 0.5, ".5");
        check("#.##", 12.0, "12.");
        check("0.0,", 12_345.0, "12.3");
        check("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", 12.0, "12.00");
        check("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", 0.0, "-");
        check("[>=1000]0.0,\"k\";0", 1500.0, "1.5k");
        check("[>=1000]0.0,\"k\";0", 15.0, "15");
        check("0 \"mi\"", 12.0, "12 mi");
        check(";;;", 12.0, "12");
        check("0000,000", 12.0, "0,000,012");
    }
}
