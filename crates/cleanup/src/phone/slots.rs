//! Which number goes into which field.

use torqueflow_model::{FieldKind, FindingCode, Value};

use super::NumberKind;
use super::label::Label;
use super::reading::Reading;
use super::scan::{Found, Scan, scan};
use crate::clean::{Draft, Input};

/// A number on its way to a field.
struct Candidate<'a> {
    input: &'a Input<'a>,
    found: Found,
    /// Its cell is for landlines, by the file's own word or by its field.
    from_landline: bool,
    /// The file calls it a mobile.
    is_called_mobile: bool,
    /// It is not the first number of its cell.
    extra: bool,
}

/// The field that numbers are put into, and what it holds so far.
struct Place {
    name: &'static str,
    as_given: &'static str,
    exists: bool,
    taken: Option<String>,
}

/// Reads all telephone cells of a record and fills `phone`, `landline`, what was given for them, and the extension.
pub(crate) fn assign(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    let is_phone = |input: &&Input<'_>| matches!(input.kind(), FieldKind::Phone | FieldKind::Landline);
    let mut candidates = Vec::new();
    for input in inputs.iter().filter(is_phone) {
        let label = Label::of(draft, inputs, input);
        if label == Some(Label::Machine) {
            draft.leave_out(input);
            continue;
        }
        let scan = scan(&input.text, input.cell_kind(), Reading::of(draft, input.column()));
        report(draft, input, &scan);
        let from_landline = match label {
            Some(label) => label == Label::Place,
            None => input.kind() == FieldKind::Landline,
        };
        candidates.extend(scan.numbers.into_iter().enumerate().map(|(index, found)| Candidate {
            input,
            found,
            from_landline,
            is_called_mobile: label == Some(Label::Mobile),
            extra: index > 0,
        }));
    }
    // A number that is in both kinds of column, and may be either, is the mobile that one of them says.
    let has_landline = draft.spec("landline").is_some();
    candidates.sort_by_key(|candidate| {
        let is_for_place = has_landline && candidate.from_landline;
        (!candidate.is_called_mobile, is_for_place)
    });
    let unread = inputs.iter().filter(is_phone).filter(|input| {
        let has_number = candidates.iter().any(|candidate| std::ptr::eq(candidate.input, *input));
        !has_number && draft.has_noted(FindingCode::PhoneCountryUnknown, input)
    });
    let unread: Vec<&Input<'_>> = unread.collect();
    place(draft, candidates);
    // What is said once of the column, that numbers are kept as they are given, has to hold for each.
    for input in unread {
        let is_kept = ["phone_as_given", "landline_as_given"]
            .iter()
            .any(|name| draft.text(name) == Some(input.text.as_ref()));
        if !is_kept {
            draft.leave_out(input);
        }
    }
}

/// Gives the numbers their fields. Those that find no place are left out; of a cell with several the cell's own finding tells.
fn place(draft: &mut Draft<'_>, mut candidates: Vec<Candidate<'_>>) {
    if candidates.is_empty() {
        return;
    }
    let field = |name, as_given| Place {
        name,
        as_given,
        exists: draft.spec(name).is_some(),
        taken: None,
    };
    let mut mobile = field("phone", "phone_as_given");
    let mut landline = field("landline", "landline_as_given");
    if landline.exists {
        for round in Round::ALL {
            candidates.retain(|candidate| !settle(draft, candidate, round, &mut mobile, &mut landline));
        }
    } else {
        candidates.retain(|candidate| {
            let is_there = mobile.taken.as_ref() == Some(&candidate.found.e164);
            !is_there && !put(draft, candidate, &mut mobile)
        });
    }
    for candidate in candidates.iter().filter(|candidate| !candidate.extra) {
        draft.leave_out(candidate.input);
    }
}

/// The order in which numbers are given their place: those that are where they belong come first, and none gets the field of
/// the other kind while one that belongs there has no place yet.
#[derive(Clone, Copy, PartialEq)]
enum Round {
    AtHome,
    Misplaced,
    Extra,
    Overflow,
    ExtraOverflow,
}

impl Round {
    const ALL: [Self; 5] = [
        Self::AtHome,
        Self::Misplaced,
        Self::Extra,
        Self::Overflow,
        Self::ExtraOverflow,
    ];
}

/// Gives a number its place if it is its turn; true when it needs no other.
fn settle(
    draft: &mut Draft<'_>,
    candidate: &Candidate<'_>,
    round: Round,
    mobile: &mut Place,
    landline: &mut Place,
) -> bool {
    let number = Some(&candidate.found.e164);
    if mobile.taken.as_ref() == number || landline.taken.as_ref() == number {
        return true;
    }
    let belongs_to_landline = match candidate.found.kind {
        NumberKind::Mobile => false,
        NumberKind::Landline => true,
        NumberKind::Either => candidate.from_landline,
    };
    let at_home = belongs_to_landline == candidate.from_landline;
    let turn = match round {
        Round::AtHome => at_home && !candidate.extra,
        Round::Misplaced | Round::Overflow => !candidate.extra,
        Round::Extra | Round::ExtraOverflow => true,
    };
    if !turn {
        return false;
    }
    let (natural, other) = if belongs_to_landline {
        (landline, mobile)
    } else {
        (mobile, landline)
    };
    if round == Round::Overflow {
        let is_put = put(draft, candidate, other);
        // It stands in a field that is neither its own nor its column's.
        if is_put && at_home {
            draft.note(FindingCode::PhoneMoved, other.name, candidate.input);
        }
        return is_put;
    }
    if round == Round::ExtraOverflow {
        // Reminders go to mobiles: no second landline takes the place of one.
        let is_no_mobile = candidate.found.kind == NumberKind::Landline;
        return !is_no_mobile && put(draft, candidate, other);
    }
    let moved = !at_home && !candidate.extra && natural.taken.is_none();
    if put(draft, candidate, natural) {
        if moved {
            draft.note(FindingCode::PhoneMoved, natural.name, candidate.input);
        }
        return true;
    }
    false
}

/// Puts a number into a field that is free.
fn put(draft: &mut Draft<'_>, candidate: &Candidate<'_>, place: &mut Place) -> bool {
    if place.taken.is_some() {
        return false;
    }
    place.taken = Some(candidate.found.e164.clone());
    draft.set_by_name(
        place.name,
        Value::Text(candidate.found.e164.clone()),
        candidate.input.raw(),
    );
    draft.replace_by_name(place.as_given, Value::Text(candidate.input.text.clone().into_owned()));
    if let Some(extension) = &candidate.found.extension {
        draft.set_by_name("phone_extension", Value::Text(extension.clone()), "");
    }
    true
}

/// Says what was found in a cell, and keeps the text of one that holds no number.
fn report(draft: &mut Draft<'_>, input: &Input<'_>, scan: &Scan) {
    let Some(first) = scan.numbers.first() else {
        if scan.placeholder {
            draft.note(FindingCode::PhonePlaceholder, "", input);
        } else {
            let is_from_elsewhere = scan.is_bare && Reading::of(draft, input.column()).is_from_elsewhere();
            let code = if is_from_elsewhere {
                FindingCode::PhoneCountryUnknown
            } else {
                FindingCode::PhoneNormalisationFailed
            };
            draft.note(code, "", input);
            let as_given = match (input.kind(), draft.spec("landline_as_given").is_some()) {
                (FieldKind::Landline, true) => "landline_as_given",
                _ => "phone_as_given",
            };
            draft.set_by_name(as_given, Value::Text(input.text.clone().into_owned()), "");
        }
        return;
    };
    if first.repaired {
        draft.note(FindingCode::PhoneRepaired, &first.e164, input);
    }
    if !scan.words.is_empty() {
        draft.note(FindingCode::PhoneHasText, &scan.words, input);
    }
    let others: Vec<&str> = scan.numbers.iter().skip(1).map(|found| found.e164.as_str()).collect();
    if !others.is_empty() {
        draft.note(FindingCode::PhoneSeveralNumbers, &others.join(", "), input);
    }
}
