//! Three-way: what a field's value becomes, from what was imported last, what is there now, and what comes in.

/// What a field's value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// The source says what it said last time. Whatever is there stays.
    Unchanged,
    /// The source says something else, and that is there already.
    Agreed,
    /// The source says something else, and nobody has changed the field here: it is taken over.
    Update,
    /// The source says nothing any more, nobody has changed the field here, and blanks wipe: it becomes null.
    Wipe,
    /// The source says nothing any more, and blanks do not wipe: what is there stays.
    BlankKept,
    /// The source and a person here have both changed the field: it stays as it is, and is reported.
    Preserved,
}

impl Resolution {
    /// Whether the record is written.
    pub fn writes(self) -> bool {
        matches!(self, Self::Update | Self::Wipe)
    }
}

/// What may be done with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// A blank at the source makes the field null.
    pub blank_wipes: bool,
    /// The source may change the field: it filled it, or found it blank.
    pub source_owned: bool,
    /// The file has the very text that it had last time, and it is only read differently now.
    pub same_text: bool,
}

/// Decides on one field. `None` is blank.
///
/// A changed value is taken over only where what is there is what was imported last. Text that is the same and only
/// cleaned better follows the same rule, but where somebody has changed the field here there is nothing to report.
pub(crate) fn three_way<T: PartialEq>(
    last: Option<&T>,
    current: Option<&T>,
    incoming: Option<&T>,
    policy: Policy,
) -> Resolution {
    let untouched = policy.source_owned && current == last;
    if incoming == last {
        Resolution::Unchanged
    } else if incoming == current {
        Resolution::Agreed
    } else if incoming.is_none() && !policy.blank_wipes {
        Resolution::BlankKept
    } else if incoming.is_none() && untouched {
        Resolution::Wipe
    } else if untouched {
        Resolution::Update
    } else if policy.same_text {
        Resolution::Unchanged
    } else {
        Resolution::Preserved
    }
}

/// The line that a report has for a preserved field: all three values.
pub(crate) fn preserved_line(label: &str, last: &str, current: &str, incoming: &str) -> String {
    let shown = |text: &str| {
        if text.is_empty() {
            "blank".to_owned()
        } else {
            format!("`{text}`")
        }
    };
    format!(
        "{label} is {} here, was imported as {}, and is {} at the source now",
        shown(current),
        shown(last),
        shown(incoming),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Resolution::{Agreed, BlankKept, Preserved, Unchanged, Update, Wipe};
    use super::*;

    const DEFAULT: Policy = Policy {
        blank_wipes: false,
        source_owned: true,
        same_text: false,
    };
    const BLANK_WIPES: Policy = Policy {
        blank_wipes: true,
        ..DEFAULT
    };
    const NOT_OWNED: Policy = Policy {
        source_owned: false,
        ..BLANK_WIPES
    };
    const SAME_TEXT: Policy = Policy {
        same_text: true,
        ..DEFAULT
    };

    /// Last, current and incoming, `-` for blank; then what becomes of them by default, where blanks wipe, where the
    /// field is not the source's (and blanks wipe), and where the same text is read differently.
    const CASES: &[(&str, [Resolution; 4])] = &[
        ("---", [Unchanged; 4]),
        ("--A", [Update, Update, Preserved, Update]),
        ("-A-", [Unchanged; 4]),
        ("-AA", [Agreed; 4]),
        ("-AB", [Preserved, Preserved, Preserved, Unchanged]),
        ("A--", [Agreed; 4]),
        ("A-A", [Unchanged; 4]),
        ("A-B", [Preserved, Preserved, Preserved, Unchanged]),
        ("AA-", [BlankKept, Wipe, Preserved, BlankKept]),
        ("AAA", [Unchanged; 4]),
        ("AAB", [Update, Update, Preserved, Update]),
        ("AB-", [BlankKept, Preserved, Preserved, BlankKept]),
        ("ABA", [Unchanged; 4]),
        ("ABB", [Agreed; 4]),
        ("ABC", [Preserved, Preserved, Preserved, Unchanged]),
    ];

    /// The sides that are reported, with their lines.
    const LINES: &[(&str, &str)] = &[
        (
            "--A",
            "Mobile is blank here, was imported as blank, and is `A` at the source now",
        ),
        (
            "-AB",
            "Mobile is `A` here, was imported as blank, and is `B` at the source now",
        ),
        (
            "A-B",
            "Mobile is blank here, was imported as `A`, and is `B` at the source now",
        ),
        (
            "AA-",
            "Mobile is `A` here, was imported as `A`, and is blank at the source now",
        ),
        (
            "AAB",
            "Mobile is `A` here, was imported as `A`, and is `B` at the source now",
        ),
        (
            "AB-",
            "Mobile is `B` here, was imported as `A`, and is blank at the source now",
        ),
        (
            "ABC",
            "Mobile is `B` here, was imported as `A`, and is `C` at the source now",
        ),
    ];

    fn resolve(sides: &str, policy: Policy) -> Resolution {
        let [last, current, incoming] = values(sides);
        three_way(last.as_ref(), current.as_ref(), incoming.as_ref(), policy)
    }

    fn values(sides: &str) -> [Option<char>; 3] {
        let mut sides = sides.chars().map(|side| (side != '-').then_some(side));
        [(); 3].map(|()| sides.next().unwrap())
    }

    /// The same sides with the letters in the order in which they first appear.
    fn renamed(sides: &str) -> String {
        let mut seen = Vec::new();
        let mut rename = |side: char| {
            if side == '-' {
                return '-';
            }
            let known = seen.iter().position(|known| *known == side);
            let place = known.unwrap_or_else(|| {
                seen.push(side);
                seen.len() - 1
            });
            ['A', 'B', 'C'][place]
        };
        sides.chars().map(&mut rename).collect()
    }

    #[test]
    fn every_combination_of_sides_has_its_resolution_per_policy() {
        for (sides, expected) in CASES {
            let resolved = [DEFAULT, BLANK_WIPES, NOT_OWNED, SAME_TEXT].map(|policy| resolve(sides, policy));
            assert_eq!(&resolved, expected, "{sides}");
        }
    }

    #[test]
    fn the_cases_are_all_there_are() {
        let mut met = BTreeSet::new();
        for last in "-ABC".chars() {
            for current in "-ABC".chars() {
                for incoming in "-ABC".chars() {
                    let sides = String::from_iter([last, current, incoming]);
                    let case = renamed(&sides);
                    for policy in [DEFAULT, BLANK_WIPES, NOT_OWNED, SAME_TEXT] {
                        assert_eq!(resolve(&sides, policy), resolve(&case, policy), "{sides}");
                    }
                    met.insert(case);
                }
            }
        }
        let listed: BTreeSet<String> = CASES.iter().map(|(sides, _)| (*sides).to_owned()).collect();
        assert_eq!(met, listed);
    }

    #[test]
    fn what_is_preserved_in_any_case_has_its_line() {
        let reported: Vec<&str> = CASES
            .iter()
            .filter(|(_, resolutions)| resolutions.contains(&Preserved))
            .map(|(sides, _)| *sides)
            .collect();
        assert_eq!(reported, LINES.iter().map(|(sides, _)| *sides).collect::<Vec<_>>());
        for (sides, expected) in LINES {
            let [last, current, incoming] = values(sides).map(|side| side.map(String::from).unwrap_or_default());
            assert_eq!(preserved_line("Mobile", &last, &current, &incoming), *expected);
        }
    }
}
