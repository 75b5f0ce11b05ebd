//! Fields that are one thing to a person: the parts of a name, the lines of an address, a number and how it was given.
//!
//! Half of an old address and half of a new one lead nowhere, so such fields are decided on together.

use super::field::RefreshedField;
use super::three_way::Resolution;

/// Fields that belong together. The first one leads.
struct Unit {
    fields: &'static [&'static str],
    blanks: Blanks,
}

/// What becomes of a part that the source has no more when the leading field is updated.
#[derive(PartialEq)]
enum Blanks {
    /// It is cleared: the new address has no second line.
    Clear,
    /// It is cleared where it is made from the leading field; a blank column of its own does not wipe.
    ClearIfMade,
    /// It stays.
    Keep,
}

const UNITS: &[Unit] = &[
    Unit {
        fields: &[
            "display_name",
            "title",
            "first_name",
            "last_name",
            "company",
            "sort_name",
        ],
        blanks: Blanks::ClearIfMade,
    },
    Unit {
        fields: &["line_1", "line_2", "city", "region", "postal_code", "country_code"],
        blanks: Blanks::Clear,
    },
    Unit {
        fields: &["phone", "phone_as_given"],
        blanks: Blanks::Keep,
    },
    Unit {
        fields: &["landline", "landline_as_given"],
        blanks: Blanks::Keep,
    },
];

/// Brings the fields of each unit into line.
pub(super) fn settle(fields: &mut [RefreshedField]) {
    for unit in UNITS {
        let mut parts: Vec<&mut RefreshedField> = fields
            .iter_mut()
            .filter(|field| unit.fields.contains(&field.spec.name))
            .collect();
        let lead = parts
            .iter()
            .find(|part| unit.fields.first() == Some(&part.spec.name))
            .map(|part| part.resolution);
        if parts.iter().any(|part| part.resolution == Resolution::Preserved) {
            for part in &mut parts {
                if part.resolution.writes() {
                    part.resolution = Resolution::Preserved;
                }
            }
            continue;
        }
        for part in &mut parts {
            match (lead, part.resolution) {
                (Some(Resolution::Update), Resolution::BlankKept) if clears(unit, part) => {
                    part.resolution = Resolution::Wipe;
                }
                // How a number was given says nothing about one that stays.
                (Some(Resolution::BlankKept), Resolution::Update) if !part.spec.mappable => {
                    part.resolution = Resolution::BlankKept;
                }
                _ => {}
            }
        }
    }
}

fn clears(unit: &Unit, part: &RefreshedField) -> bool {
    let may = match unit.blanks {
        Blanks::Clear => true,
        Blanks::ClearIfMade => !part.has_column,
        Blanks::Keep => false,
    };
    may && part.is_owned && part.current == part.last
}

#[cfg(test)]
mod tests {
    use Resolution::{BlankKept, Preserved, Unchanged, Update, Wipe};
    use torqueflow_model::{FieldRef, Value};

    use super::*;

    /// Fields as `name=resolution`; a `+` before the name: the file has a column for it.
    #[track_caller]
    fn check(slot: &str, fields: &[(&str, Resolution)], expected: &[Resolution]) {
        let mut fields: Vec<RefreshedField> = fields
            .iter()
            .map(|(name, resolution)| {
                let field = FieldRef::parse(&format!("{slot}.{}", name.trim_start_matches('+'))).unwrap();
                let held = (*resolution != Unchanged).then(|| Value::Text("held".into()));
                RefreshedField {
                    spec: field.spec,
                    key: field.spec.name.to_owned(),
                    raw: String::new(),
                    last: held.clone(),
                    current: held,
                    incoming: None,
                    has_column: name.starts_with('+'),
                    is_owned: true,
                    resolution: *resolution,
                }
            })
            .collect();
        settle(&mut fields);
        let settled: Vec<_> = fields.iter().map(|field| field.resolution).collect();
        assert_eq!(settled, expected);
    }

    #[test]
    fn an_address_that_moved_loses_the_lines_that_it_has_no_more() {
        check(
            "billing_address",
            &[("+line_1", Update), ("+line_2", BlankKept), ("+city", Update)],
            &[Update, Wipe, Update],
        );
    }

    #[test]
    fn an_address_whose_first_line_stays_loses_nothing() {
        check(
            "billing_address",
            &[("+line_1", Unchanged), ("+line_2", BlankKept), ("+postal_code", Update)],
            &[Unchanged, BlankKept, Update],
        );
    }

    #[test]
    fn an_address_that_a_person_corrected_is_not_mixed_with_another() {
        check(
            "billing_address",
            &[("+line_1", Preserved), ("+line_2", BlankKept), ("+city", Update)],
            &[Preserved, BlankKept, Preserved],
        );
    }

    #[test]
    fn the_parts_of_a_name_follow_it_unless_they_have_columns() {
        check(
            "customer",
            &[("+display_name", Update), ("title", BlankKept), ("+company", BlankKept)],
            &[Update, Wipe, BlankKept],
        );
    }

    #[test]
    fn how_a_number_was_given_stays_with_the_number() {
        check(
            "customer",
            &[("+phone", BlankKept), ("phone_as_given", Update)],
            &[BlankKept, BlankKept],
        );
        check(
            "customer",
            &[("+phone", Preserved), ("phone_as_given", Update)],
            &[Preserved, Preserved],
        );
    }

    #[test]
    fn fields_of_different_units_do_not_touch_each_other() {
        check(
            "customer",
            &[("+phone", Preserved), ("+landline", Update), ("+email", Update)],
            &[Preserved, Update, Update],
        );
    }
}
