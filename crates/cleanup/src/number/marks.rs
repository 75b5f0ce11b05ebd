//! Which mark of a number stands before its decimals, as far as the number itself says it.

/// The mark before the decimals. The other one, where there is one, separates thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    /// 1,234.50
    Point,
    /// 1.234,50
    Comma,
}

impl DecimalMark {
    /// The mark that separates thousands where this one stands before the decimals.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }

    pub(super) fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// What the marks of a number say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// There is neither a point nor a comma.
    Unmarked,
    /// Decimals can stand behind this mark only.
    Certain(DecimalMark),
    /// `1.250`: this mark stands before three decimals, or it separates thousands.
    Open {
        mark: DecimalMark,
        /// The three digits are zeros, so the number is whole in both readings.
        is_round: bool,
    },
}

/// Looks at the marks of a number that has nothing but digits, marks, blanks and apostrophes. `None`: it is no number.
///
/// A single mark separates thousands only before exactly three digits and behind one to three, of which the first is not
/// zero.
pub(super) fn layout(text: &str) -> Option<Layout> {
    let (mut commas, mut points, mut last) = (0, 0, None);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b',' => {
                commas += 1;
                last = Some((place, DecimalMark::Comma));
            }
            b'.' => {
                points += 1;
                last = Some((place, DecimalMark::Point));
            }
            _ => {}
        }
    }
    let Some((place, mark)) = last else {
        return is_whole(text, None).then_some(Layout::Unmarked);
    };
    let (own, others) = match mark {
        DecimalMark::Comma => (commas, points),
        DecimalMark::Point => (points, commas),
    };
    let (whole, rest) = text.split_at_checked(place)?;
    let fraction = rest.get(1..)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (own, others) {
        (1, 0) if fraction.len() == 3 && starts_groups(whole) => Some(Layout::Open {
            mark,
            is_round: fraction == "000",
        }),
        (1, _) if whole.is_empty() && others == 0 => (!fraction.is_empty()).then_some(Layout::Certain(mark)),
        (1, _) => is_whole(whole, Some(mark.other())).then_some(Layout::Certain(mark)),
        (_, 0) => is_grouped(text, mark.character()).then_some(Layout::Certain(mark.other())),
        _ => None,
    }
}

/// The digits before and behind the decimal mark.
pub(super) fn split(text: &str, decimal: DecimalMark) -> (&str, &str) {
    text.rsplit_once(decimal.character()).unwrap_or((text, ""))
}

/// One to three digits that groups of three can follow.
fn starts_groups(text: &str) -> bool {
    (1..=3).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits, plain or in groups of three that a blank, an apostrophe or this mark separates.
fn is_whole(text: &str, separator: Option<DecimalMark>) -> bool {
    let Some(first) = text.chars().find(|character| !character.is_ascii_digit()) else {
        return !text.is_empty();
    };
    let separates = matches!(first, ' ' | '\'' | '\u{2019}') || separator.map(DecimalMark::character) == Some(first);
    separates && is_grouped(text, first)
}

/// Digits in groups of three, but for the first.
fn is_grouped(text: &str, separator: char) -> bool {
    let digits_only = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = text.split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && digits_only(first) && groups.all(|group| group.len() == 3 && digits_only(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Layout>) {
        assert_eq!(layout(text), expected, "{text:?}");
    }

    #[test]
    fn a_number_may_say_what_its_marks_are() {
        for point in [
            "4.2",
            "0.125",
            ".5",
            "5.",
            "1,355.90",
            "1,234,567",
            "1234.567",
            "1 234.567",
            "1'234.5",
        ] {
            check(point, Some(Layout::Certain(DecimalMark::Point)));
        }
        for comma in ["4,20", "0,125", "1.355,90", "1.234.567", "1234,567", "1 234,567"] {
            check(comma, Some(Layout::Certain(DecimalMark::Comma)));
        }
        for unmarked in ["7", "1234567", "1 234", "1'234'567"] {
            check(unmarked, Some(Layout::Unmarked));
        }
    }

    #[test]
    fn three_digits_behind_a_single_mark_leave_it_open() {
        for (text, mark, is_round) in [
            ("1.250", DecimalMark::Point, false),
            ("64,210", DecimalMark::Comma, false),
            ("103,000", DecimalMark::Comma, true),
        ] {
            check(text, Some(Layout::Open { mark, is_round }));
        }
    }

    #[test]
    fn wrong_groups_are_no_number() {
        for text in [
            "1,23,456",
            "12,34.5",
            "1.2.3",
            "1,234,56",
            "1 23",
            "",
            ".",
            ",",
            "12.34,5.6",
            "1x",
            ",234,567",
        ] {
            check(text, None);
        }
    }
}
