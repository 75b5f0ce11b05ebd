//! How a section of a format lays out digits: what its tokens mean for every number alike, found out once.

use super::code::Token;

/// The places for digits in a section.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// The index of the point among the tokens; their number if there is none.
    pub(crate) point: usize,
    /// Places before the point.
    pub(crate) places: i32,
    /// Places after the point.
    pub(crate) decimals: i32,
    /// A comma between two digits before the point asks for groups of thousands.
    pub(crate) grouped: bool,
    /// The power of ten that a number is multiplied by: two up for each percent sign, three down for each comma behind the
    /// last digit.
    pub(crate) scale: i32,
}

impl Layout {
    pub(crate) fn new(tokens: &[Token]) -> Self {
        let point = tokens.iter().position(|token| *token == Token::Point);
        let point = point.unwrap_or(tokens.len());
        let (whole, fraction) = tokens.split_at(point);
        let percents = tokens.iter().filter(|token| **token == Token::Percent).count() as i32;
        Self {
            point,
            places: digits(whole),
            decimals: digits(fraction),
            grouped: is_grouped(whole),
            scale: 2 * percents - 3 * commas_behind(tokens),
        }
    }
}

fn is_digit(token: &Token) -> bool {
    matches!(token, Token::Digit(_))
}

fn digits(tokens: &[Token]) -> i32 {
    tokens.iter().filter(|token| is_digit(token)).count() as i32
}

fn is_grouped(tokens: &[Token]) -> bool {
    let first = tokens.iter().position(is_digit);
    let last = tokens.iter().rposition(is_digit);
    match (first, last) {
        (Some(first), Some(last)) => tokens
            .iter()
            .skip(first)
            .take(last - first)
            .any(|token| *token == Token::Comma),
        _ => false,
    }
}

fn commas_behind(tokens: &[Token]) -> i32 {
    let last_digit = tokens.iter().rposition(is_digit);
    last_digit.map_or(0, |last| {
        let behind = tokens.iter().skip(last + 1);
        behind.take_while(|token| **token == Token::Comma).count() as i32
    })
}
