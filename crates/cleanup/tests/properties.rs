//! What holds for any cell in any field: no panic, and a clean value stays as it is.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use time::macros::date;
use torqueflow_cleanup::{
    Cleaned, ColumnDateOrder, ColumnDecimalMark, ColumnFacts, ColumnNumbers, ColumnText, ColumnUnit, Context, Country,
    Damage, DateNumbers, DateVote, DecimalMark, NumberVote, Origin, PhoneVote, PostcodeVote, TextVote, TitleVote,
    clean_record, number_kind,
};
use torqueflow_model::{
    Cell, CellKind, DateOrder, EntityKind, FieldKind, FieldRef, FindingCode, MappedCell, Slot, Storage, Value,
};

fn context() -> Context {
    context_from(Origin::Unknown)
}

fn context_from(origin: Origin) -> Context {
    let facts = ColumnFacts::default()
        .with_date_order(ColumnDateOrder::Proven(DateOrder::DayFirst))
        .with_origin(origin);
    Context::new(date!(2026 - 11 - 21)).with_columns(vec![facts])
}

/// Every slot with every field that a file can fill.
fn fields() -> Vec<FieldRef> {
    let addresses = [Slot::BillingAddress, Slot::ShippingAddress];
    EntityKind::ALL
        .into_iter()
        .map(Slot::Main)
        .chain(addresses)
        .flat_map(|slot| slot.entity().fields().iter().map(move |spec| FieldRef { slot, spec }))
        .filter(|field| field.spec.mappable)
        .collect()
}

/// Texts that look like what columns hold, bent out of shape, beside texts of any kind.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ 0-9+()/.x#-]{0,24}",
        "(\\+44|0044|0)? ?[0-9 ]{8,13}( [A-Z]{2,8})?( (x|ext) ?[0-9]{1,5})?",
        "[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?( ?[AP]M)?",
        "(3|12|30)[ -](Jan|MARCH|sept)[ -](24|2024)",
        "(MR|mrs|Dr\\.)?( (&|and|/) ?(MRS|Mr))? ?[A-Za-z'’.-]{0,8} ?(&|and)? ?[A-Z]{0,8},? ?[A-Za-z]{0,6}( \\((Mrs|mr)\\))?",
        "[A-Za-z]{1,9} (van|DE|Mc|O'|Mac)? ?[A-Za-z]{1,9} ?(LTD|plc|& SONS|Motors|Jr)?",
        "[A-Za-z]{2,8} [A-Za-z]{2,8}( MBE| PhD| Dr| MA|:Van fleet)",
        "[A-Za-z]{2,6}( [-|/&] |, | )[A-Za-z]{1,5}( SA| S\\.L\\.| AB| BV| Sarl| GmbH| ApS| s\\.a\\.| & C\\.|\\.com)?",
        "[2-9][0-9]{2}[-. ][2-9][0-9]{2}[-. ][0-9]{4}( x[0-9]{3})?",
        "([A-Z][0-9][A-Z] [0-9][A-Z][0-9]|[0-9]{5}|Florida|Ireland|D02 X285|, Winnipeg, MB, R3J 0A1)",
        "[a-zA-Z0-9. ]{1,10}@{1,2}[a-z0-9.-]{1,12}(,|;| )?[a-z@.]{0,12}",
        "[A-Z]{1,3} ?[0-9]{1,4} ?[A-Z]{0,3}",
        "[A-Za-z]{1,2}[0-9]{1,2}[A-Z]? ?[0-9][A-Z]{2}",
        "[£$(-]{0,2}[0-9]{0,4}[,. ]?[0-9]{0,4}[,.]?[0-9]{0,4}[)-]?( miles| ?km|k|%| GBP| CR|L| TDI)?",
        "[0-9]{1,2}[:h][0-9]{0,2}( ?min)?",
        "[€£]?[0-9]{1,4},[0-9]{2} ?€?( -| \\+)? \\(?(Incl\\. btw|inkl\\. 19 % MwSt\\.|ex VAT|TTC|IVA incl\\.|z VAT)\\)?",
        "0?[.,][0-9]{1,5}( ?%)?",
        "([A-Za-z]{2,6}:? ){1,2}@? ?[a-z]{0,4}@[a-z]{2,6}\\.example( [a-z]{2,5})?",
        "[0-9]{4}-[0-9]{2}-[0-9]{2} ([0-9]{1,4}|[0-9]{1,2}[.h:][0-9]{2})( ?Uhr| ?pm| about)?",
        "1[0-9]{9}([0-9]{3})?",
        "[A-Z][a-z]{1,6}(&amp;|&#039;|&#x27;| & |Ã©|é|&)[a-z]{0,6}",
        "['=\"]{0,3}[0-9A-Z]{0,6}['\"]{0,2}",
        "(In Progress|CLOSED|bacs|heavy oil|n/a|-|TBA|NULL|yes|False|Null|\\\\N|\\[object Object\\]|0|000-0|US)",
    ]
}

fn kind() -> impl Strategy<Value = CellKind> {
    prop_oneof![
        8 => Just(CellKind::Text),
        1 => any::<f64>().prop_map(CellKind::Number),
        1 => (0_i64..100_000_000_000).prop_map(|number| CellKind::Number(number as f64)),
        1 => any::<bool>().prop_map(CellKind::Boolean),
        1 => Just(CellKind::Error),
        1 => Just(CellKind::Date(date!(2024 - 05 - 06))),
    ]
}

fn cell(field: FieldRef, text: String, kind: CellKind) -> MappedCell {
    let cell = Cell { text, kind };
    MappedCell {
        field,
        column: Some(0),
        cell,
    }
}

/// The cleaned fields as cells of the next file. What only cleanup makes is left to it.
fn again(slot: Slot, cleaned: &Cleaned) -> Vec<MappedCell> {
    cleaned
        .fields
        .iter()
        .filter(|field| field.spec.mappable)
        .map(|field| {
            cell(
                FieldRef { slot, spec: field.spec },
                field.value.to_string(),
                CellKind::Text,
            )
        })
        .collect()
}

/// What must stay: every value but those that only the file's wording gives.
fn values(cleaned: &Cleaned) -> Vec<(&'static str, String)> {
    let mut values: Vec<_> = cleaned
        .fields
        .iter()
        .filter(|field| {
            !field.spec.name.ends_with("_as_given") && (field.spec.mappable || field.spec.name != "phone_extension")
        })
        .map(|field| (field.spec.name, field.value.to_string()))
        .collect();
    values.sort_unstable();
    values
}

fn codes(cleaned: &Cleaned) -> Vec<FindingCode> {
    let mut codes: Vec<_> = cleaned.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

proptest! {
    // The same cases each time; more of them, and so others, with PROPTEST_CASES.
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2026),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_cell_in_any_field_is_cleaned_once_and_for_all(text in text(), kind in kind()) {
        for field in fields() {
            let first = clean_record(field.slot, &[cell(field, text.clone(), kind)], &context());
            check_shape(field.slot, &first);
            let second = clean_record(field.slot, &again(field.slot, &first), &context());
            prop_assert_eq!(values(&first), values(&second), "{} {:?}", field, text);
            let known = codes(&first);
            let new: Vec<_> = codes(&second).into_iter().filter(|code| !known.contains(code)).collect();
            prop_assert!(new.is_empty(), "{} {:?}: {:?}", field, text, new);
        }
    }

    #[test]
    fn any_customer_and_address_is_cleaned_once_and_for_all(texts in proptest::collection::vec(text(), 12)) {
        let slots = [Slot::Main(EntityKind::Customer), Slot::Main(EntityKind::Supplier), Slot::BillingAddress];
        let origins = [Origin::Unknown, Origin::Abroad, Origin::From(Country::GB), Origin::From(Country::US)];
        for (slot, origin) in slots.into_iter().flat_map(|slot| origins.map(|origin| (slot, origin))) {
            let context = context_from(origin);
            let mappable = slot.entity().fields().iter().filter(|spec| spec.mappable);
            let cells: Vec<MappedCell> = mappable
                .zip(texts.iter().cycle())
                .map(|(spec, text)| cell(FieldRef { slot, spec }, text.clone(), CellKind::Text))
                .collect();
            let first = clean_record(slot, &cells, &context);
            check_shape(slot, &first);
            let second = clean_record(slot, &again(slot, &first), &context);
            prop_assert_eq!(values(&first), values(&second), "{:?} {}", texts, origin.name());
        }
    }

    #[test]
    fn any_digits_are_judged_without_a_panic(digits in "[+]?[0-9]{0,18}") {
        // What is a number is one in the form that it was given in.
        if number_kind(&digits).is_some() {
            prop_assert!(digits.starts_with('+') && digits.len() <= 16);
        }
    }

    #[test]
    fn votes_on_people_do_not_depend_on_the_order_of_rows(texts in proptest::collection::vec(text(), 0..8)) {
        check_order(&texts, &PhoneVote::new(), PhoneVote::observe, PhoneVote::merge);
        check_order(&texts, &PostcodeVote::new(), PostcodeVote::observe, PostcodeVote::merge);
        check_order(&texts, &TitleVote::new(), TitleVote::observe, TitleVote::merge);
    }

    #[test]
    fn votes_do_not_depend_on_the_order_of_rows(cells in proptest::collection::vec((text(), kind()), 0..8).prop_shuffle()) {
        let cells: Vec<Cell> = cells.into_iter().map(|(text, kind)| Cell { text, kind }).collect();
        let mut forward = Votes::default();
        for cell in &cells {
            forward.observe(cell);
        }
        let mut backward = Votes::default();
        for cell in cells.iter().rev() {
            let mut one = Votes::default();
            one.observe(cell);
            backward.merge(&one);
        }
        prop_assert_eq!(forward, backward);
        prop_assert_eq!(forward.facts(), backward.facts());
    }

    #[test]
    fn what_is_clean_stays_so_whatever_the_column_says_of_its_dates_and_texts(text in text()) {
        let facts = ColumnFacts::default()
            .with_date_numbers(DateNumbers::UnixSeconds)
            .with_text(ColumnText { html: Damage::Proven, decoding: Damage::Proven, ..ColumnText::default() })
            // A rate below one percent is written with its sign in a column of fractions, and without it once it is clean.
            .with_numbers(ColumnNumbers {
                unit: (!text.contains('%')).then_some(ColumnUnit::Fractions),
                ..ColumnNumbers::default()
            });
        let context = Context::new(date!(2026 - 11 - 21)).with_columns(vec![facts]);
        for field in fields() {
            let first = clean_record(field.slot, &[cell(field, text.clone(), CellKind::Text)], &context);
            check_shape(field.slot, &first);
            let second = clean_record(field.slot, &again(field.slot, &first), &context);
            prop_assert_eq!(values(&first), values(&second), "{} {:?}", field, text);
        }
    }

    #[test]
    fn a_contradiction_among_many_changes_nothing(
        digits in proptest::collection::vec((1_u32..1000, 0_u32..100), 40..60),
        (whole, hundredths) in (1_u32..1000, 0_u32..100),
    ) {
        let mut vote = NumberVote::new();
        for (whole, hundredths) in &digits {
            vote.observe(&Cell::text(format!("{whole},{hundredths:02}")));
        }
        let before = vote.decimal_mark(false, None);
        vote.observe(&Cell::text(format!("{whole}.{hundredths:02}")));
        prop_assert_eq!(vote.decimal_mark(false, None), before);
        prop_assert_eq!(before, ColumnDecimalMark::Proven(DecimalMark::Comma));
    }
}

/// All votes on a column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Votes {
    dates: DateVote,
    numbers: NumberVote,
    texts: TextVote,
}

impl Votes {
    fn observe(&mut self, cell: &Cell) {
        self.dates.observe(cell);
        self.numbers.observe(cell);
        self.texts.observe(cell);
    }

    fn merge(&mut self, other: &Self) {
        self.dates.merge(&other.dates);
        self.numbers.merge(&other.numbers);
        self.texts.merge(&other.texts);
    }

    fn facts(&self) -> ColumnFacts {
        ColumnFacts::default()
            .with_date_order(self.dates.verdict(None))
            .with_date_numbers(self.dates.unix_time().unwrap_or_default())
            .with_swapped_dates(self.dates.has_swapped_dates())
            .with_text(self.texts.verdict())
            .with_numbers(ColumnNumbers {
                decimal_mark: self.numbers.decimal_mark(false, None),
                unit: None,
            })
    }
}

/// Observed in order or row by row from the end, the votes are the same.
fn check_order<V: Clone + PartialEq + std::fmt::Debug>(
    texts: &[String],
    none: &V,
    observe: fn(&mut V, &Cell),
    merge: fn(&mut V, &V),
) {
    let (mut forward, mut backward) = (none.clone(), none.clone());
    for text in texts {
        observe(&mut forward, &Cell::text(text.clone()));
    }
    for text in texts.iter().rev() {
        let mut one = none.clone();
        observe(&mut one, &Cell::text(text.clone()));
        merge(&mut backward, &one);
    }
    assert_eq!(forward, backward);
}

/// Each field once, no input-only field but the source's id, types that fit their columns.
fn check_shape(slot: Slot, cleaned: &Cleaned) {
    let mut names: Vec<_> = cleaned.fields.iter().map(|field| field.spec.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for field in &cleaned.fields {
        assert!(slot.entity().fields().contains(field.spec));
        assert!(field.spec.storage != Storage::Input || field.spec.kind == FieldKind::SourceId);
        let fits = match field.spec.kind {
            FieldKind::Boolean => matches!(field.value, Value::Boolean(_)),
            FieldKind::Date(_) => matches!(field.value, Value::Date(_)),
            FieldKind::DateTime(_) => matches!(field.value, Value::DateTime(_)),
            FieldKind::Integer => matches!(field.value, Value::Integer(_)),
            FieldKind::Decimal { scale } => matches!(field.value, Value::Decimal(decimal) if decimal.scale == scale),
            _ => matches!(&field.value, Value::Text(text) if !text.trim().is_empty()),
        };
        assert!(fits, "{}: {:?}", field.spec.name, field.value);
    }
}
