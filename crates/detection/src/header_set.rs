//! The headers of a table as a set: by which the table of a program that nobody recognises is found again.

use std::cmp::Ordering;

use torqueflow_model::{fold_header, hash128};

/// Two sets of which one has a header more must have as many in common.
const ENOUGH_IN_COMMON: usize = 2;

/// The headers of a table, without their order and spelling. A header that stands over two columns counts twice; columns
/// without a header do not count.
///
/// ```
/// use torqueflow_detection::HeaderSet;
/// let first = HeaderSet::of(["Account No", "Full Name", "E-mail"]).unwrap();
/// let later = HeaderSet::of(["full name", "EMAIL", "Town", "account_no"]).unwrap();
/// assert!(first.is_like(&later) && first != later);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderSet(Vec<String>);

impl HeaderSet {
    /// The set of these headers; `None` where no column has one, since there is nothing to know the table by.
    pub fn of<T: AsRef<str>>(headers: impl IntoIterator<Item = T>) -> Option<Self> {
        let folded = headers.into_iter().map(|header| fold_header(header.as_ref()));
        let mut set: Vec<String> = folded.filter(|header| !header.is_empty()).collect();
        set.sort_unstable();
        (!set.is_empty()).then_some(Self(set))
    }

    /// The folded headers, sorted.
    pub fn headers(&self) -> &[String] {
        &self.0
    }

    /// Equal exactly for equal sets; stored.
    pub fn fingerprint(&self) -> u128 {
        hash128(self.0.iter().map(String::as_bytes))
    }

    /// The same table, as far as headers can tell: the sets are equal, or one has a single header more.
    pub fn is_like(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut common, mut single) = (0, 0);
        loop {
            let side = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(here), Some(there)) => here.cmp(there),
            };
            if side.is_eq() {
                common += 1;
            } else {
                single += 1;
            }
            if side.is_le() {
                left.next();
            }
            if side.is_ge() {
                right.next();
            }
        }
        single == 0 || (single == 1 && common >= ENOUGH_IN_COMMON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(headers: &str) -> HeaderSet {
        HeaderSet::of(headers.split('|')).unwrap()
    }

    #[track_caller]
    fn check(first: &str, second: &str, expected: bool) {
        let (left, right) = (set(first), set(second));
        assert_eq!(left.is_like(&right), expected, "{first} / {second}");
        assert_eq!(right.is_like(&left), expected, "{second} / {first}");
        assert_eq!(left == right, left.fingerprint() == right.fingerprint());
    }

    #[test]
    fn order_case_and_marks_make_no_difference() {
        check("Account No|Full Name|Town", "town|FULL_NAME|Account No.", true);
        check("Name", "name", true);
        check("Kundennr.|Straße|Größe", "größe|STRAßE|kundennr", true);
    }

    #[test]
    fn one_column_more_or_less_makes_no_difference() {
        check("Account No|Full Name", "Account No|Full Name|Town", true);
        check("Account No|Full Name|Town", "Account No|Town", true);
        check("Name|Phone|Phone", "Name|Phone", true);
        check("Name|Phone|", "Name||Phone", true);
    }

    #[test]
    fn what_differs_by_more_is_another_table() {
        check("Account No|Full Name", "Account No|Full Name|Town|County", false);
        // One came and one went: whatever it is called now, it is not what it was.
        check("Account No|Full Name|Town", "Account No|Full Name|County", false);
        check(
            "Customer Number|Customer Name|Phone",
            "Account No|Full Name|E-mail|Town",
            false,
        );
        check("Name|Phone|Phone|Phone", "Name|Phone", false);
        // A single common header is anybody's.
        check("Name", "Name|Phone", false);
    }

    #[test]
    fn a_table_without_headers_can_t_be_known_again() {
        for headers in [&[] as &[&str], &["", "  "], &["-", "#"]] {
            assert_eq!(HeaderSet::of(headers), None);
        }
    }
}
