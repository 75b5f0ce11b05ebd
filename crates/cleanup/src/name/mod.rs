//! Names of people and companies.
//!
//! What: a whole name is split into title, first and last name, or known to be a company's; parts make a whole name where
//! only they are given. A couple stays one customer. What can't be split safely is kept as a whole. Whether a name is a
//! company's the file's own word for it decides, else the name. A company's name is kept as given, and so is a name with
//! marks or words that people's names don't have. Letters behind a name stay in the whole name only.
//! Why: letters need a last name, search needs both, and the source gives whatever it has.
//! Example: `SMITH, ADA (MRS)` becomes `Mrs`, `Ada`, `Smith` and the name `Mrs Ada Smith`;
//! `Mr & Mrs Smith` is one customer with `name_several_people`.

mod case;
mod column;
mod firms;
mod forms;
mod given;
mod job;
mod marks;
mod split;
mod vote;
mod whose;
mod words;

pub use column::{ColumnNames, NameVote};
pub use vote::TitleVote;

use std::borrow::Cow;

use torqueflow_model::{FieldKind, FindingCode, Party, Value, fold};

use crate::clean::{Draft, Input};
use crate::text::{findable_part, names_nobody, one_line};
use crate::verdict::Verdict;
use firms::Named;
use job::split_job;
use split::{Parts, split};

/// A company's name where it stands alone, as a supplier's does.
pub(crate) fn company_name(text: &str) -> Verdict {
    let line = one_line(text);
    if names_nobody(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    Verdict::text(case::company(&line))
}

/// A first or last name.
pub(crate) fn person_name(text: &str) -> Verdict {
    let line = one_line(text);
    if names_nobody(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    let couple = line.contains(" & ") || line.contains(" and ");
    Verdict::text(case::person(&line)).note_if(couple, FindingCode::NameSeveralPeople, "")
}

/// A title, or several: `mr/mrs` becomes `Mr & Mrs`. Unknown titles are kept; what says that a company is addressed is none.
pub(crate) fn title(text: &str) -> Verdict {
    let line = one_line(text);
    if names_nobody(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    if Party::of_word(&line) == Some(Party::Company) {
        return Verdict::default();
    }
    let parts = split(&line, Some(Party::Person), ColumnNames::default());
    match (parts.title, parts.first, parts.last) {
        (Some(title), None, None) => Verdict::text(title).note_if(parts.several, FindingCode::NameSeveralPeople, ""),
        _ => Verdict::text(case::person(&line)),
    }
}

/// Completes the names of a customer: splits a whole name into the parts that are missing, or composes it of them, and
/// makes the names for sorting and searching. The parts themselves have been cleaned by then.
pub(crate) fn complete(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    if draft.spec("sort_name").is_none() {
        return;
    }
    let full_names = || inputs.iter().filter(|input| input.kind() == FieldKind::FullName);
    for input in full_names().filter(|input| names_nobody(&input.text)) {
        draft.note(FindingCode::ValuePlaceholder, "", input);
    }
    let mut whole = full_names().filter(|input| !names_nobody(&input.text));
    if let Some(input) = whole.next() {
        take_apart(draft, input, whose::said(inputs));
        for other in whole.filter(|other| fold(&other.text) != fold(&input.text)) {
            draft.leave_out(other);
        }
    }
    if draft.text("display_name").is_none() {
        let parts = given_parts(draft);
        // A title alone names nobody.
        let name = match (&parts.first, &parts.last) {
            (None, None) => parts.company,
            _ => parts.compose(),
        };
        if let Some(name) = name {
            draft.set_by_name("display_name", Value::Text(name), "");
        }
    }
    if draft.text("display_name").is_none() && draft.text("company").is_none() {
        go_by_email(draft, inputs);
    }
    if let Some(sort_name) = sort_name(draft) {
        draft.set_by_name("sort_name", Value::Text(findable_part(sort_name)), "");
    }
    draft.set_by_name("search_name", Value::Text(search_name(draft)), "");
}

/// A customer of whom nothing but an e-mail address is known goes by that, as shops and mail programs show such a person.
fn go_by_email(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    let Some(address) = draft.text("email").map(str::to_owned) else {
        return;
    };
    let Some(input) = inputs.iter().find(|input| input.kind() == FieldKind::Email) else {
        return;
    };
    draft.set_by_name("display_name", Value::Text(address), "");
    draft.note(FindingCode::NameFromEmail, "", input);
}

/// Splits the whole name. Parts that have columns of their own win over the split.
fn take_apart(draft: &mut Draft<'_>, input: &Input<'_>, said: Option<Party>) {
    let line = one_line(&input.text);
    // A colon that stands in the parts too belongs to them.
    let says_the_parts = |draft: &Draft<'_>| {
        let is_company = draft
            .text("company")
            .is_some_and(|company| fold(company) == fold(&line));
        is_company || named_by_parts(draft, &line).is_some()
    };
    let line = match split_job(&line).filter(|_| !says_the_parts(draft)) {
        Some((customer, job)) => {
            draft.note(FindingCode::NameHasJob, job, input);
            one_line(customer)
        }
        None => Cow::Borrowed(line.as_ref()),
    };
    let is_given_company = draft
        .text("company")
        .is_some_and(|company| fold(company) == fold(&line));
    let is_given_person = draft.text("first_name").is_some() || draft.text("last_name").is_some();
    let name = if is_given_company {
        case::company(&line)
    } else if is_given_person {
        named_by_parts(draft, &line)
            .or_else(|| other_half(draft, &line, said))
            .unwrap_or_else(|| beside_parts(draft, &line, said))
    } else if begins_with_company(draft, &line) {
        // `Polder B.V. Lowe` beside `Polder B.V.`: the firm, and more.
        case::company(&line)
    } else {
        // The name beside that of a company is its contact's, whatever the customer is.
        let said = said.filter(|_| draft.text("company").is_none());
        split_into(draft, input, &line, said)
    };
    draft.set_by_name("display_name", Value::Text(name), input.raw());
}

/// Whether a whole name begins with that of the company beside it and goes on.
fn begins_with_company(draft: &Draft<'_>, line: &str) -> bool {
    let company = draft.text("company").map(fold).unwrap_or_default();
    let rest = fold(line).strip_prefix(&company).map(str::to_owned).unwrap_or_default();
    !company.is_empty() && rest.starts_with(' ')
}

/// Splits the whole name into the fields of its parts. Gives the name in spoken order, with the title of its column.
fn split_into(draft: &mut Draft<'_>, input: &Input<'_>, line: &str, said: Option<Party>) -> String {
    let column = draft.context().column(input.column()).names;
    let parts = split(line, said, column);
    if parts.several && draft.has_no_note(FindingCode::NameSeveralPeople) {
        draft.note(FindingCode::NameSeveralPeople, "", input);
    }
    if let Some(company) = parts.company {
        draft.set_by_name("company", Value::Text(company.clone()), "");
        return company;
    }
    let is_split = parts.first.is_some() || parts.last.is_some();
    let found = [
        ("title", parts.title),
        ("first_name", parts.first),
        ("last_name", parts.last),
    ];
    for (name, part) in found {
        if let Some(part) = part {
            draft.set_by_name(name, Value::Text(part), "");
        }
    }
    let suffix = parts.suffix;
    let whole = || {
        Parts {
            suffix,
            ..given_parts(draft)
        }
        .compose()
    };
    if let Some(composed) = is_split.then(whole).flatten() {
        // `Living and Home` may be a shop: where nothing else changes, the word that joins two names is kept.
        return if marks::differ_by_and(line, &composed) {
            case::person(line)
        } else {
            composed
        };
    }
    let name = case::person(line);
    // Written in mixed case, it may show a legal form, as it would when it comes back.
    if said.is_none() && firms::named(&name, column.initials) == Named::Firm {
        draft.set_by_name("company", Value::Text(name.clone()), "");
    }
    name
}

/// `Name` beside last names alone holds the first ones, and the other way round: one word or two, none of them the other's.
fn other_half(draft: &mut Draft<'_>, line: &str, said: Option<Party>) -> Option<String> {
    let is_long = line.split_whitespace().count() > 2;
    if said == Some(Party::Company) || is_long || draft.text("company").is_some() {
        return None;
    }
    let (known, open) = match (draft.text("first_name"), draft.text("last_name")) {
        (None, Some(last)) => (fold(last), "first_name"),
        (Some(first), None) => (fold(first), "last_name"),
        _ => return None,
    };
    let own = fold(line);
    let repeats = own.split(' ').any(|word| known.split(' ').any(|part| part == word));
    if repeats || split(line, None, ColumnNames::default()).company.is_some() {
        return None;
    }
    draft.set_by_name(open, Value::Text(case::person(line)), "");
    given_parts(draft).compose()
}

/// A whole name that says something else than the parts beside it: the name of the company that they are the contact of,
/// where the file says that the customer is one.
fn beside_parts(draft: &mut Draft<'_>, line: &str, said: Option<Party>) -> String {
    if said == Some(Party::Company) && draft.text("company").is_none() {
        let company = case::company(line);
        draft.set_by_name("company", Value::Text(company.clone()), "");
        return company;
    }
    case::person(line)
}

/// The parts in spoken order, where a whole name says nothing but them: `Smith, Ada` beside `Ada` and `Smith`.
fn named_by_parts(draft: &Draft<'_>, whole: &str) -> Option<String> {
    let parts = given_parts(draft);
    let name = parts.compose()?;
    let words = |text: &str| {
        let folded = fold(text);
        let mut words: Vec<String> = folded.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let untitled = Parts { title: None, ..parts }.compose()?;
    let said = words(whole);
    if said != words(&name) && said != words(&untitled) {
        return None;
    }
    let in_same_order = fold(whole) == fold(&name) || fold(whole) == fold(&untitled);
    Some(if in_same_order && marks::are_lost(whole, &name) {
        case::person(whole)
    } else {
        name
    })
}

fn given_parts(draft: &Draft<'_>) -> Parts {
    let part = |name: &str| draft.text(name).map(str::to_owned);
    Parts {
        title: part("title"),
        first: part("first_name"),
        last: part("last_name"),
        suffix: None,
        company: part("company"),
        several: false,
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

/// The folded words of all names, each once: `ada smith sons ltd`.
fn search_name(draft: &Draft<'_>) -> String {
    let names = ["display_name", "first_name", "last_name", "company", "contact_name"];
    let folded: Vec<String> = names
        .into_iter()
        .filter_map(|name| draft.text(name))
        .map(fold)
        .collect();
    let mut words: Vec<&str> = Vec::new();
    for word in folded.iter().flat_map(|name| name.split(' ')) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests;
