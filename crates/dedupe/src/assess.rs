//! From shared keys to a match: how sure, and why.
//!
//! Exact keys only. A probabilistic comparison of two records would take its place beside this one, with the same result.

use crate::keys::KeyKind;

/// A key that an incoming record shares with another record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedKey {
    /// What the key is made of.
    pub kind: KeyKind,
    /// How many other records hold it: 1 when it singles the match out.
    pub holders: usize,
}

/// How sure a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchLevel {
    /// Worth a look.
    Low,
    /// Likely.
    Medium,
    /// Next to certain.
    High,
}

/// What two records have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// How sure.
    pub level: MatchLevel,
    /// The same as a number, 0 to 1.
    pub confidence: f64,
    /// Why, in words, the strongest reason first.
    pub reasons: Vec<String>,
}

/// From here on a match is medium.
const MEDIUM: f64 = 0.6;
/// From here on a match is high.
const HIGH: f64 = 0.9;
/// What a key is worth whose value several records hold: a family's phone, a fleet's e-mail.
const SHARED: f64 = 0.5;

/// The match that these shared keys make; `None` when they are none.
///
/// Independent keys add up: what remains doubtful after one is halved by the next, roughly. A phone or a customer number with
/// another name, or a name with a postcode, is worth a look and no more: any two programs have a customer number 1.
pub fn assess(shared: &[SharedKey]) -> Option<Match> {
    let mut keys = shared.to_vec();
    keys.sort_by_key(|key| key.kind);
    keys.dedup_by_key(|key| key.kind);
    if keys.iter().any(|key| key.kind == KeyKind::PhoneAndName) {
        keys.retain(|key| key.kind != KeyKind::Phone);
    }
    if keys.iter().any(|key| key.kind == KeyKind::NumberAndName) {
        keys.retain(|key| key.kind != KeyKind::ExternalNumber);
    }
    let mut weighed: Vec<(f64, String)> = keys.into_iter().map(weigh).collect();
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let doubt: f64 = weighed.iter().map(|(weight, _)| 1.0 - weight).product();
    let confidence = ((1.0 - doubt) * 100.0).round() / 100.0;
    if weighed.is_empty() {
        return None;
    }
    let level = if confidence >= HIGH {
        MatchLevel::High
    } else if confidence >= MEDIUM {
        MatchLevel::Medium
    } else {
        MatchLevel::Low
    };
    Some(Match {
        level,
        confidence,
        reasons: weighed.into_iter().map(|(_, reason)| reason).collect(),
    })
}

fn weigh(key: SharedKey) -> (f64, String) {
    let (weight, reason) = match key.kind {
        KeyKind::Email => (0.75, "same e-mail address"),
        KeyKind::PhoneAndName => (0.92, "same phone number and name"),
        KeyKind::Phone => (0.35, "same phone number, other name"),
        KeyKind::NameAndPostcode => (0.5, "same name and postcode"),
        KeyKind::NumberAndName => (0.6, "same customer number and name"),
        KeyKind::ExternalNumber => (0.35, "same customer number, other name"),
        KeyKind::Registration => (0.75, "same registration"),
        KeyKind::Vin => (0.9, "same VIN"),
    };
    if key.holders > 1 {
        (weight * SHARED, format!("{reason} (shared by {} records)", key.holders))
    } else {
        (weight, reason.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use KeyKind::{Email, ExternalNumber, NameAndPostcode, NumberAndName, Phone, PhoneAndName, Registration, Vin};
    use MatchLevel::{High, Low, Medium};

    #[track_caller]
    fn check(shared: &[(KeyKind, usize)], expected: Option<MatchLevel>) {
        let shared: Vec<_> = shared
            .iter()
            .map(|&(kind, holders)| SharedKey { kind, holders })
            .collect();
        let found = assess(&shared);
        assert_eq!(found.as_ref().map(|found| found.level), expected, "{found:?}");
    }

    #[test]
    fn keys_make_levels() {
        check(&[], None);
        check(&[(Phone, 1)], Some(Low));
        check(&[(NameAndPostcode, 1)], Some(Low));
        check(&[(Email, 1)], Some(Medium));
        check(&[(Email, 3)], Some(Low));
        check(&[(PhoneAndName, 1), (Phone, 1)], Some(High));
        check(&[(Email, 1), (PhoneAndName, 1), (Phone, 2)], Some(High));
        check(&[(Email, 1), (Phone, 1)], Some(Medium));
        check(&[(ExternalNumber, 1)], Some(Low));
        check(&[(NumberAndName, 1), (ExternalNumber, 1)], Some(Medium));
        check(&[(Email, 1), (NumberAndName, 1), (ExternalNumber, 1)], Some(High));
        check(&[(Registration, 1)], Some(Medium));
        check(&[(Registration, 4)], Some(Low));
        check(&[(Registration, 1), (Vin, 1)], Some(High));
    }

    #[test]
    fn a_shared_value_says_so() {
        let found = assess(&[SharedKey {
            kind: Email,
            holders: 4,
        }])
        .unwrap();
        assert_eq!(found.reasons, ["same e-mail address (shared by 4 records)"]);
    }
}
