//! Addresses.
//!
//! What: free lines are put into town, county, postcode and country where those are missing; a postcode may stand at the
//! end of any line; what is left over joins the second line. Of several addresses in a row, such as home and business, the
//! first that says something is taken whole. An address without a single value is no address, nor is a country alone.
//! Why: Sage and others export five free lines, and address books one text of several lines.
//! Example: `12 Mill Lane` / `Headingley` / `Leeds` / `West Yorkshire` / `LS6 3AA` becomes two lines, town, county, postcode.

use torqueflow_model::{FieldKind, FindingCode, Value};

use crate::clean::{Draft, Input};
use crate::country::{self, Country};
use crate::house_number;
use crate::postcode;
use crate::text::{one_line, settled, stands_for_blank};

const FREE_LINES: [&str; 5] = ["line_1", "line_2", "line_3", "line_4", "line_5"];

/// A line of the address with the cell that it came from.
struct Line {
    text: String,
    raw: String,
    /// Which of the five; several when a cell held several lines.
    field: usize,
}

/// Fills an address from its cells.
pub(crate) fn compose(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    let Some(address_type) = draft.slot().address_type() else {
        return;
    };
    let inputs = &one_address(draft, inputs);
    let mut lines = lines(draft, inputs);
    for name in ["city", "region"] {
        for input in inputs.iter().filter(|input| input.name() == name) {
            draft.apply(input, crate::text::text(&input.text));
        }
    }
    take_country(draft, inputs, &mut lines);
    take_postcode(draft, inputs, &mut lines);
    add_house_number(draft, inputs, &mut lines);
    place(draft, lines);
    let mut real = FREE_LINES.iter().chain(&["city", "region", "postal_code"]);
    if real.any(|name| draft.get(name).is_some()) {
        draft.set_by_name("address_type", Value::Text(address_type.to_owned()), "");
        draft.set_by_name("is_primary", Value::Boolean(address_type == "billing"), "");
    } else {
        tell_country(draft, inputs);
        draft.clear();
    }
}

/// Says that the country is left out of which nothing else is known.
fn tell_country(draft: &mut Draft<'_>, inputs: &[&Input<'_>]) {
    let Some(country) = draft.text("country_code").map(str::to_owned) else {
        return;
    };
    // What each row has, no cell says.
    let said = inputs.iter().filter(|input| input.column().is_some());
    // The first of the country's own, else of all.
    if let Some(input) = said.min_by_key(|input| input.kind() != FieldKind::Country) {
        let detail = format!("address (it has nothing but the country {country})");
        draft.note(FindingCode::RecordLeftOut, &detail, input);
    }
}

/// The cells of the first address that says something, and those that belong to all. The others are left out.
fn one_address<'i, 'c>(draft: &mut Draft<'_>, inputs: &'i [Input<'c>]) -> Vec<&'i Input<'c>> {
    let context = draft.context();
    let address = |input: &Input<'_>| context.column(input.column()).address;
    let first_of = |counts: &dyn Fn(&Input<'_>) -> bool| {
        let said = inputs
            .iter()
            .filter(|input| counts(input) && !stands_for_blank(&input.text));
        said.map(address).filter(|address| *address > 0).min()
    };
    let first = first_of(&|input| input.kind() != FieldKind::Country).or_else(|| first_of(&|_| true));
    let (taken, others): (Vec<_>, Vec<_>) = inputs
        .iter()
        .partition(|input| address(input) == 0 || Some(address(input)) == first);
    for other in others {
        draft.leave_out(other);
    }
    taken
}

/// The free lines in order. A cell of several lines gives them all.
fn lines(draft: &mut Draft<'_>, inputs: &[&Input<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (field, name) in FREE_LINES.iter().enumerate() {
        let mut cells = inputs.iter().filter(|input| input.name() == *name);
        let Some(input) = cells.next() else {
            continue;
        };
        for other in cells.filter(|other| other.text != input.text) {
            draft.leave_out(other);
        }
        for (index, text) in input.text.split('\n').enumerate() {
            let text = one_line(text.trim_matches([' ', ',', '\n']));
            if stands_for_blank(&text) && !text.is_empty() {
                draft.note(FindingCode::ValuePlaceholder, "", input);
            } else if !text.is_empty() {
                lines.push(Line {
                    text: text.into_owned(),
                    raw: input.raw().to_owned(),
                    field: field + index,
                });
            }
        }
    }
    lines
}

/// A number in a column of its own joins the street.
fn add_house_number(draft: &mut Draft<'_>, inputs: &[&Input<'_>], lines: &mut [Line]) {
    let said = inputs.iter().find(|input| input.name() == "house_number");
    let Some(input) = said.filter(|input| !stands_for_blank(&input.text)) else {
        return;
    };
    let number = one_line(input.text.trim_matches([' ', ',', '\n']));
    let country = draft.text("country_code").map(str::to_owned);
    let header = draft.context().header(input.column()).map(str::to_owned);
    let street = lines.iter_mut().find(|line| line.field == 0);
    let joined = street
        .as_ref()
        .map(|street| house_number::join(&street.text, &number, country.as_deref(), header.as_deref()));
    // What would be read as a postcode is no house number.
    let is_number = |text: &String| postcode::split_postcode(text).is_none();
    match (street, joined.filter(is_number)) {
        (Some(street), Some(joined)) => street.text = joined,
        _ => draft.leave_out(input),
    }
}

/// The country of its column, else of a line that is nothing but a country.
fn take_country(draft: &mut Draft<'_>, inputs: &[&Input<'_>], lines: &mut Vec<Line>) {
    let mut given = false;
    let mut codes = inputs.iter().filter(|input| input.kind() == FieldKind::Postcode);
    let has_british_code = codes.any(|input| postcode::is_uk_postcode(&input.text));
    for input in inputs.iter().filter(|input| input.kind() == FieldKind::Country) {
        given = true;
        let is_british = has_british_code || draft.context().column(input.column()).origin.is_british();
        draft.apply(input, country::country(&input.text, is_british));
    }
    let last_is_free = lines.last().is_some_and(|line| line.field >= 2);
    if given || !last_is_free {
        return;
    }
    let found = lines
        .last()
        .filter(|line| line.text.len() > 3)
        .and_then(|line| Country::from_name(&line.text));
    if let Some(country) = found
        && let Some(line) = lines.pop()
    {
        draft.set_by_name("country_code", Value::Text(country.code().to_owned()), &line.raw);
    }
}

/// The postcode of its column, else of the end of a line, the last first.
fn take_postcode(draft: &mut Draft<'_>, inputs: &[&Input<'_>], lines: &mut Vec<Line>) {
    for input in inputs.iter().filter(|input| input.kind() == FieldKind::Postcode) {
        let country = draft.country(input.column());
        draft.apply(input, postcode::postcode(&input.text, country));
    }
    let is_british = draft.country(None).is_some_and(Country::has_british_postcodes);
    if draft.get("postal_code").is_some() || !is_british {
        return;
    }
    let found = lines.iter().enumerate().rev().find_map(|(index, line)| {
        let (rest, code) = postcode::split_postcode(&line.text)?;
        Some((index, rest.to_owned(), code))
    });
    let Some((index, rest, code)) = found else { return };
    if let Some(line) = lines.get_mut(index) {
        draft.set_by_name("postal_code", Value::Text(code), &line.raw);
        line.text = rest;
    }
    lines.retain(|line| !line.text.is_empty());
}

/// Puts the lines where they belong: the first two stay, the last become county and town, the others join the second.
fn place(draft: &mut Draft<'_>, lines: Vec<Line>) {
    let (mut own, mut free): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.field < 2);
    let no_city = draft.get("city").is_none();
    let no_region = draft.get("region").is_none();
    if no_city && no_region && free.len() >= 2 {
        take_last(draft, &mut free, "region");
    }
    if no_city {
        take_last(draft, &mut free, "city");
    }
    own.append(&mut free);
    let mut own = own.into_iter().peekable();
    if let Some(first) = own.next_if(|line| line.field == 0) {
        draft.set_by_name("line_1", Value::Text(first.text), &first.raw);
    }
    let rest: Vec<Line> = own.collect();
    if let Some(first) = rest.first() {
        let text = rest
            .iter()
            .map(|line| line.text.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let text = settled(text);
        let text = text.trim_matches([' ', ',']).to_owned();
        draft.set_by_name("line_2", Value::Text(text), &first.raw);
    }
}

fn take_last(draft: &mut Draft<'_>, free: &mut Vec<Line>, name: &str) {
    if let Some(line) = free.pop() {
        draft.set_by_name(name, Value::Text(line.text), &line.raw);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use torqueflow_model::{Cell, FieldRef, MappedCell, Slot};

    use crate::{Context, clean_record};

    /// Cells as `field=text`; the result in the order of the catalogue, without type and primary.
    #[track_caller]
    fn check(cells: &[(&str, &str)], expected: &[(&str, &str)]) {
        let slot = Slot::BillingAddress;
        let cells: Vec<MappedCell> = cells
            .iter()
            .map(|(name, text)| MappedCell {
                field: FieldRef::new(slot, name).unwrap(),
                column: None,
                cell: Cell::text(*text),
            })
            .collect();
        let cleaned = clean_record(slot, &cells, &Context::new(date!(2026 - 11 - 21)));
        let actual: Vec<(&str, String)> = cleaned
            .fields
            .iter()
            .filter(|field| !["address_type", "is_primary"].contains(&field.spec.name))
            .map(|field| (field.spec.name, field.value.to_string()))
            .collect();
        let actual: Vec<(&str, &str)> = actual.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut expected = expected.to_vec();
        let mut actual = actual;
        expected.sort_unstable();
        actual.sort_unstable();
        assert_eq!(actual, expected);
    }

    #[test]
    fn five_free_lines_are_put_in_their_places() {
        check(
            &[
                ("line_1", "12 Mill Lane"),
                ("line_2", "Headingley"),
                ("line_3", "Leeds"),
                ("line_4", "West Yorkshire"),
                ("line_5", "ls63aa"),
            ],
            &[
                ("line_1", "12 Mill Lane"),
                ("line_2", "Headingley"),
                ("city", "Leeds"),
                ("region", "West Yorkshire"),
                ("postal_code", "LS6 3AA"),
            ],
        );
    }

    #[test]
    fn the_postcode_may_end_any_line() {
        check(
            &[("line_1", "Mill Lane"), ("house_number", "12"), ("city", "Leeds")],
            &[("line_1", "12 Mill Lane"), ("city", "Leeds")],
        );
        check(
            &[
                ("line_1", "Lindenstraße"),
                ("house_number", "5a"),
                ("country_code", "Germany"),
            ],
            &[("line_1", "Lindenstraße 5a"), ("country_code", "DE")],
        );
        check(
            &[("line_1", "12 Mill Lane"), ("line_2", "Leeds, LS6 3AA")],
            &[
                ("line_1", "12 Mill Lane"),
                ("line_2", "Leeds"),
                ("postal_code", "LS6 3AA"),
            ],
        );
        check(
            &[
                ("line_1", "12 Mill Lane"),
                ("line_3", "Leeds LS6 3AA"),
                ("line_4", "England"),
            ],
            &[
                ("line_1", "12 Mill Lane"),
                ("city", "Leeds"),
                ("postal_code", "LS6 3AA"),
                ("country_code", "GB"),
            ],
        );
    }

    #[test]
    fn lines_that_are_left_over_join_the_second() {
        check(
            &[
                ("line_1", "Unit 4"),
                ("line_2", "Mill Park"),
                ("line_3", "Mill Lane"),
                ("city", "Leeds"),
            ],
            &[
                ("line_1", "Unit 4"),
                ("line_2", "Mill Park, Mill Lane"),
                ("city", "Leeds"),
            ],
        );
    }

    #[test]
    fn one_cell_may_hold_the_whole_address() {
        check(
            &[("line_1", "12 Mill Lane\nHeadingley\nLeeds\nLS6 3AA")],
            &[
                ("line_1", "12 Mill Lane"),
                ("line_2", "Headingley"),
                ("city", "Leeds"),
                ("postal_code", "LS6 3AA"),
            ],
        );
    }

    #[test]
    fn foreign_postcodes_are_kept_without_a_warning() {
        check(
            &[
                ("line_1", "5 Rue Haute"),
                ("city", "Paris"),
                ("postal_code", "75008"),
                ("country_code", "France"),
            ],
            &[
                ("line_1", "5 Rue Haute"),
                ("city", "Paris"),
                ("postal_code", "75008"),
                ("country_code", "FR"),
            ],
        );
    }

    #[test]
    fn an_address_without_values_is_none() {
        check(&[("line_1", " "), ("postal_code", "-"), ("customer", "C1001")], &[]);
    }

    #[test]
    fn a_country_alone_is_no_address() {
        check(&[("country_code", "France")], &[]);
        check(&[("country_code", "US"), ("line_1", ""), ("city", "-")], &[]);
        check(
            &[("country_code", "France"), ("city", "Paris")],
            &[("country_code", "FR"), ("city", "Paris")],
        );
        check(
            &[("country_code", "US"), ("region", "Ohio")],
            &[("country_code", "US"), ("region", "Ohio")],
        );
    }
}
