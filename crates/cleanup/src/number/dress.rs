//! What stands beside a number: its sign, brackets, the currency, the unit, words about tax.

use torqueflow_model::{Measure, without_tax_words};

use super::currency;

/// What may stand beside any number without changing it: words for hours and pieces, in other languages too.
const NEUTRAL: &[&str] = &[
    "hours", "hour", "hrs", "hr", "h", "%", "gbp", "eur", "usd", "pcs", "each", "ea", "off", "approx.", "approx",
    "ca.", "circa", "c.", "+vat", "stunden", "stunde", "std.", "std", "heures", "heure", "uren", "uur", "horas",
    "hora", "ore", "ora", "godz.", "godz", "timmar", "timer", "tim", "stück", "stk.", "stk", "st.", "stuks", "pièces",
    "pz.", "pz", "uds.", "uds", "ud.", "szt.", "szt", "un.",
];
const MILES: &[&str] = &["miles", "mile", "mls", "mi", "m"];
const KILOMETRES: &[&str] = &["kilometres", "kilometers", "kilometre", "kilometer", "kms", "km"];
const CUBIC_CENTIMETRES: &[&str] = &["ccm", "cm3", "cm\u{b3}", "cc"];
const LITRES: &[&str] = &["litres", "liters", "litre", "liter", "ltrs", "ltr", "l"];
const MINUTES: &[&str] = &["minutes", "minute", "mins", "min", "m"];
const CREDIT: &[&str] = &["cr.", "cr"];
const DEBIT: &[&str] = &["dr.", "dr"];

/// The unit that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Miles,
    Kilometres,
    CubicCentimetres,
    Litres,
    Minutes,
}

/// The side of an account that an amount stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Credit,
    Debit,
}

/// A number and what stood beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Dressed<'t> {
    /// Begins and ends with a digit or a mark.
    pub(super) body: &'t str,
    pub(super) is_negative: bool,
    pub(super) unit: Option<Unit>,
    pub(super) side: Option<Side>,
    /// `k` stood behind it.
    pub(super) in_thousands: bool,
}

/// Which words are understood beside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wardrobe {
    pub(super) measure: Option<Measure>,
    pub(super) is_money: bool,
}

/// Takes off the sign, the brackets, the currency and the units of a text in lower case. `None` where two of a kind
/// contradict each other.
pub(super) fn undress(text: &str, wardrobe: Wardrobe) -> Option<Dressed<'_>> {
    let mut dressed = Dressed {
        body: text.trim(),
        ..Dressed::default()
    };
    while let Some(shorter) = take_off(&mut dressed, wardrobe)? {
        dressed.body = shorter.trim();
    }
    Some(dressed)
}

/// Takes one thing off.
#[expect(
    clippy::option_option,
    reason = "no number, nothing more to take off, or what is left"
)]
fn take_off<'t>(dressed: &mut Dressed<'t>, wardrobe: Wardrobe) -> Option<Option<&'t str>> {
    const MINUS: [char; 2] = ['-', '\u{2212}'];
    let body = dressed.body;
    let bracketed = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let minus = bracketed
        .or_else(|| body.strip_prefix(MINUS))
        .or_else(|| body.strip_suffix(MINUS));
    if let Some(rest) = minus {
        return (!std::mem::replace(&mut dressed.is_negative, true)).then_some(Some(rest));
    }
    if let Some(rest) = body.strip_prefix(['+', '~']) {
        return Some(Some(rest));
    }
    if let Some(rest) = body
        .strip_prefix(currency::is_sign)
        .or_else(|| body.strip_suffix(currency::is_sign))
    {
        return Some(Some(rest));
    }
    // Most numbers end here.
    if !body
        .bytes()
        .any(|byte| byte.is_ascii_alphabetic() || byte == b'%' || byte >= 0x80)
    {
        return Some(None);
    }
    if wardrobe.is_money {
        if let Some(rest) = without_tax_words(body) {
            return Some(Some(rest));
        }
        if let Some((side, rest)) = side(body) {
            return dressed.side.replace(side).is_none().then_some(Some(rest));
        }
        if let Some(rest) = currency::strip(body) {
            return Some(Some(rest));
        }
    }
    if let Some((unit, rest)) = unit(body, wardrobe.measure) {
        let before = dressed.unit.replace(unit);
        return before.is_none_or(|before| before == unit).then_some(Some(rest));
    }
    if wardrobe.measure == Some(Measure::Miles)
        && let Some(rest) = body.strip_suffix('k')
    {
        return (!std::mem::replace(&mut dressed.in_thousands, true)).then_some(Some(rest));
    }
    Some(strip_word(body, NEUTRAL))
}

fn side(body: &str) -> Option<(Side, &str)> {
    let credit = strip_word(body, CREDIT).map(|rest| (Side::Credit, rest));
    credit.or_else(|| strip_word(body, DEBIT).map(|rest| (Side::Debit, rest)))
}

/// A unit. `m` is a minute among hours, else a mile.
fn unit(body: &str, measure: Option<Measure>) -> Option<(Unit, &str)> {
    let find = |words: &[&str], unit| strip_word(body, words).map(|rest| (unit, rest));
    let minutes = || {
        (measure == Some(Measure::Hours))
            .then(|| find(MINUTES, Unit::Minutes))
            .flatten()
    };
    let kilometres = || {
        (measure == Some(Measure::Miles))
            .then(|| find(KILOMETRES, Unit::Kilometres))
            .flatten()
    };
    minutes()
        .or_else(kilometres)
        .or_else(|| find(MILES, Unit::Miles))
        .or_else(|| find(CUBIC_CENTIMETRES, Unit::CubicCentimetres))
        .or_else(|| find(LITRES, Unit::Litres))
}

/// Takes a word off one end. It stands apart from what is left, or beside a digit or a mark.
fn strip_word<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| {
        let is_apart =
            |neighbour: char| neighbour.is_ascii_digit() || " .,-)".contains(neighbour) || currency::is_sign(neighbour);
        let before = text
            .strip_suffix(word)
            .filter(|rest| rest.chars().next_back().is_some_and(is_apart));
        let after = || {
            let rest = text.strip_prefix(word)?;
            rest.chars()
                .next()
                .is_some_and(|first| first.is_ascii_digit() || " -(".contains(first) || currency::is_sign(first))
                .then_some(rest)
        };
        before.or_else(after)
    })
}
