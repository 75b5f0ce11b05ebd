//! Names of people and companies.
//!
//! What: a whole name is split into title, first and last name, or known to be a company's; parts make a whole name where
//! only they are given. A couple stays one customer. What can't be split safely is kept as a whole.
//! Why: letters need a last name, search needs both, and the source gives whatever it has.
//! Example: `SMITH, ADA (MRS)` becomes `Mrs`, `Ada`, `Smith` and the name `Mrs Ada Smith`;
//! `Mr & Mrs Smith` is one customer with `name_several_people`.

mod case;
mod split;
mod words;

use torqueflow_model::{FieldKind, FindingCode, Value, fold};

use crate::clean::{Draft, Input};
use crate::text::{one_line, stands_for_blank};
use crate::verdict::Verdict;
use split::{Parts, split};

/// A company's name where it stands alone, as a supplier's does.
pub(crate) fn company_name(text: &str) -> Verdict {
    let line = one_line(text);
    if stands_for_blank(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    Verdict::text(case::company(&line))
}

/// A first or last name.
pub(crate) fn person_name(text: &str) -> Verdict {
    let line = one_line(text);
    if stands_for_blank(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    let couple = line.contains(" & ") || line.contains(" and ");
    Verdict::text(case::person(&line)).note_if(couple, FindingCode::NameSeveralPeople, "")
}

/// A title, or several: `mr/mrs` becomes `Mr & Mrs`. Unknown titles are kept.
pub(crate) fn title(text: &str) -> Verdict {
    let line = one_line(text);
    if stands_for_blank(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    let parts = split(&line);
    match (parts.title, parts.first, parts.last) {
        (Some(title), None, None) => Verdict::text(title).note_if(parts.several, FindingCode::NameSeveralPeople, ""),
        _ => Verdict::text(case::person(&line)),
    }
}

/// Completes the names of a customer: splits a whole name into the parts that are missing, or composes it of them, and
/// makes the name for sorting. The parts themselves have been cleaned by then.
pub(crate) fn complete(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    if draft.spec("sort_name").is_none() {
        return;
    }
    let whole = inputs
        .iter()
        .find(|input| input.kind() == FieldKind::FullName && !stands_for_blank(&input.text));
    if let Some(input) = whole {
        take_apart(draft, input);
    }
    if draft.text("display_name").is_none() {
        let part = |name: &str| draft.text(name).map(str::to_owned);
        let parts = Parts {
            title: part("title"),
            first: part("first_name"),
            last: part("last_name"),
            company: part("company"),
            several: false,
        };
        // A title alone names nobody.
        let name = match (&parts.first, &parts.last) {
            (None, None) => parts.company,
            _ => parts.compose(),
        };
        if let Some(name) = name {
            draft.set_by_name("display_name", Value::Text(name), "");
        }
    }
    if let Some(sort_name) = sort_name(draft) {
        draft.set_by_name("sort_name", Value::Text(sort_name), "");
    }
}

/// Splits the whole name. Parts that have columns of their own win over the split.
fn take_apart(draft: &mut Draft<'_>, input: &Input<'_>) {
    let line = one_line(&input.text);
    if draft.text("company").is_some_and(|company| fold(company) == fold(&line)) {
        draft.set_by_name("display_name", Value::Text(case::company(&line)), input.raw());
        return;
    }
    let parts = split(&line);
    if parts.several && draft.has_no_note(FindingCode::NameSeveralPeople) {
        draft.note(FindingCode::NameSeveralPeople, "", input);
    }
    let display = parts.compose().unwrap_or_else(|| case::person(&line));
    draft.set_by_name("display_name", Value::Text(display), input.raw());
    let named = draft.text("first_name").is_some() || draft.text("last_name").is_some();
    if let Some(company) = parts.company {
        if !named && draft.text("company").is_none() {
            draft.set_by_name("company", Value::Text(company), "");
        }
        return;
    }
    if named {
        return;
    }
    for (name, part) in [
        ("title", parts.title),
        ("first_name", parts.first),
        ("last_name", parts.last),
    ] {
        if let Some(part) = part {
            draft.set_by_name(name, Value::Text(part), "");
        }
    }
}

/// `smith ada`, or the company, or the whole name.
fn sort_name(draft: &Draft<'_>) -> Option<String> {
    let last = draft.text("last_name").unwrap_or_default();
    let first = draft.text("first_name").unwrap_or_default();
    let person = fold(&format!("{last} {first}"));
    let company = || draft.text("company").map(fold);
    let whole = || draft.text("display_name").map(fold);
    [Some(person), company(), whole()]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
}

#[cfg(test)]
mod tests;
