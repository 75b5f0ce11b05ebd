//! Finding customers.

use serde::Serialize;
use torqueflow_cleanup::{Context, clean_record};
use torqueflow_model::{Cell, EntityKind, FieldRef, MappedCell, Slot, Value, fold};
use torqueflow_persistence::{CustomerClause, CustomerSearch};
use uuid::Uuid;

use super::{Customer, CustomerError, cleanup_context, with_addresses};
use crate::error::AppError;
use crate::{App, OrganizationId, boxed};

/// The most customers of a page.
const MAX_LIMIT: u64 = 200;
/// Fewer digits are no beginning of a telephone number.
const MIN_DIGITS: usize = 5;

/// Which customers are looked for.
#[derive(Debug, Clone, Default)]
pub struct CustomerQuery {
    /// What a person types: names or their beginnings, an e-mail address, a telephone number in any spelling, a customer
    /// number, or a registration. `None` or blank: everybody.
    pub q: Option<String>,
    /// Exactly this customer number. That of a merged customer finds the one it was merged into.
    pub external_customer_number: Option<String>,
    /// How many at most; 200 is the most.
    pub limit: u64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A page of customers in the order of their folded names.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerPage {
    /// The customers.
    pub items: Vec<Customer>,
    /// Where the next page begins; `None` after the last.
    pub next_cursor: Option<String>,
}

/// The customers that fit a query. Merged ones are left out; what fits them finds those they were merged into.
#[boxed]
pub async fn search(app: &App, organization: OrganizationId, query: &CustomerQuery) -> Result<CustomerPage, AppError> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let mut groups = Vec::new();
    if let Some(text) = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let context = cleanup_context(app, organization).await?;
        groups.push(clauses(text, &context));
    }
    if let Some(number) = &query.external_customer_number {
        groups.push(vec![CustomerClause::Number(vec![number.trim().to_owned()])]);
    }
    // Nothing that anybody could have: only punctuation.
    if groups.iter().any(Vec::is_empty) {
        return Ok(CustomerPage {
            items: Vec::new(),
            next_cursor: None,
        });
    }
    let after = query.cursor.as_deref().map(read_cursor).transpose()?;
    let search = CustomerSearch {
        groups,
        limit: limit + 1,
        after,
    };
    let mut rows = app.store.customer_search(organization, &search).await?;
    let more = rows.len() as u64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|last| write_cursor(last.row.text("sort_name").unwrap_or_default(), last.row.id));
    let items = with_addresses(app, organization, rows).await?;
    Ok(CustomerPage { items, next_cursor })
}

/// The customer that a person names by id or customer number. The number of a merged customer names the one that it was
/// merged into.
#[boxed]
pub async fn find(app: &App, organization: OrganizationId, name: &str) -> Result<Customer, AppError> {
    if let Ok(id) = Uuid::parse_str(name) {
        return super::get(app, organization, id).await;
    }
    let query = CustomerQuery {
        external_customer_number: Some(name.to_owned()),
        limit: MAX_LIMIT,
        ..CustomerQuery::default()
    };
    let mut found = search(app, organization, &query).await?.items;
    match (found.pop(), found.len()) {
        (None, _) => Err(CustomerError::NoSuchCustomer(name.to_owned()).into()),
        (Some(only), 0) => Ok(only),
        (Some(_), others) => Err(CustomerError::Ambiguous {
            number: name.to_owned(),
            count: others + 1,
        }
        .into()),
    }
}

/// What a person may mean by what was typed.
fn clauses(text: &str, context: &Context) -> Vec<CustomerClause> {
    let mut clauses = Vec::new();
    if text.contains('@') {
        clauses.push(CustomerClause::Email(text.to_lowercase()));
        return clauses;
    }
    let words: Vec<String> = fold(text).split_whitespace().map(str::to_owned).collect();
    if !words.is_empty() {
        clauses.push(CustomerClause::Words(words));
        // A shop's own numbers are written in capitals as a rule.
        let mut numbers = vec![text.to_owned(), text.to_uppercase()];
        numbers.dedup();
        clauses.push(CustomerClause::Number(numbers));
    }
    clauses.extend(phone(text, context).map(CustomerClause::Phone));
    let plate: String = text.chars().filter(|character| character.is_alphanumeric()).collect();
    if plate.len() >= 2 {
        clauses.push(CustomerClause::Registration(plate.to_uppercase()));
    }
    clauses
}

/// A telephone number, or the beginning of one, in E.164.
fn phone(text: &str, context: &Context) -> Option<String> {
    let is_number = |character: char| character.is_ascii_digit() || " +()-./".contains(character);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !text.chars().all(is_number) || digits.len() < MIN_DIGITS {
        return None;
    }
    let slot = Slot::Main(EntityKind::Customer);
    let cell = MappedCell {
        field: FieldRef::new(slot, "phone")?,
        column: None,
        cell: Cell::text(text),
    };
    let cleaned = clean_record(slot, &[cell], context);
    let whole = cleaned
        .fields
        .iter()
        .find_map(|field| match (&field.value, field.spec.name) {
            (Value::Text(number), "phone" | "landline") => Some(number.clone()),
            _ => None,
        });
    whole.or_else(|| {
        let international = digits
            .strip_prefix("00")
            .or_else(|| text.starts_with('+').then_some(&*digits));
        let is_british = context.default_country.has_british_postcodes();
        let national = digits.strip_prefix('0').filter(|_| is_british);
        let national = national.map(|rest| format!("+44{rest}"));
        international.map(|rest| format!("+{rest}")).or(national)
    })
}

/// `id` and the folded name, in digits that need no escaping.
fn write_cursor(name: &str, id: Uuid) -> String {
    format!("{}{}", id.simple(), hex::encode(name))
}

fn read_cursor(cursor: &str) -> Result<(String, Uuid), AppError> {
    let read = || {
        let (id, name) = cursor.split_at_checked(32)?;
        let name = String::from_utf8(hex::decode(name).ok()?).ok()?;
        Some((name, Uuid::parse_str(id).ok()?))
    };
    read().ok_or_else(|| CustomerError::BadCursor.into())
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use torqueflow_pipeline::Country;

    use super::*;

    #[track_caller]
    fn check_in(country: Country, text: &str, expected: Option<&str>) {
        let context = Context::new(date!(2026 - 11 - 22)).with_default_country(country);
        assert_eq!(phone(text, &context).as_deref(), expected, "{text}");
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        check_in(Country::GB, text, expected);
    }

    #[test]
    fn numbers_are_known_in_any_spelling() {
        check("07911 123456", Some("+447911123456"));
        check("+44 (0)7911 123456", Some("+447911123456"));
        check("00447911123456", Some("+447911123456"));
        check("7911123456", Some("+447911123456"));
        check("0791112", Some("+44791112"));
        check("+4479111", Some("+4479111"));
        check("0791", None);
        check("AB12 CDE", None);
    }

    #[test]
    fn numbers_that_name_no_country_are_those_of_the_organisation() {
        let [us, germany] = ["US", "DE"].map(|code| Country::from_name(code).unwrap());
        check_in(us, "(212) 555-0142", Some("+12125550142"));
        check_in(us, "+44 7911 123456", Some("+447911123456"));
        check_in(germany, "030 901820", Some("+4930901820"));
        check_in(germany, "03090", None);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let id = Uuid::from_u128(7);
        assert_eq!(
            read_cursor(&write_cursor("o’neill é", id)).unwrap(),
            ("o’neill é".into(), id)
        );
        assert!(read_cursor("x").is_err() && read_cursor(&"é".repeat(30)).is_err());
    }
}
