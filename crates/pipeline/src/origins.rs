//! What all rows of a table say of where its telephone numbers, postcodes and plates are from, of its titles and of its names.

use torqueflow_cleanup::{Country, CountryVote, NameVote, Origin, PhoneVote, PlateVote, PostcodeVote, TitleVote};
use torqueflow_model::{FieldKind, Row};

use crate::plan::{PlannedColumn, TablePlan};

/// Takes the votes of all rows of a table on where its numbers are from, what its titles are and how its names are written.
#[derive(Debug, Default)]
pub(crate) struct OriginVotes {
    phones: Vec<(usize, PhoneVote)>,
    postcodes: Vec<(usize, PostcodeVote)>,
    plates: Vec<(usize, PlateVote)>,
    titles: Vec<(usize, TitleVote)>,
    names: Vec<(usize, NameVote)>,
    countries: Vec<(usize, CountryVote)>,
}

impl OriginVotes {
    /// No votes yet, for the columns of this plan of which it is open what they hold.
    pub fn of(plan: &TablePlan) -> Self {
        let mut votes = Self::default();
        for (index, column) in plan.columns.iter().enumerate() {
            match column.field.map(|field| field.spec.kind) {
                Some(FieldKind::Phone | FieldKind::Landline) if column.origin.is_none() => {
                    votes.phones.push((index, PhoneVote::new()));
                }
                Some(FieldKind::Postcode) if column.origin.is_none() => {
                    votes.postcodes.push((index, PostcodeVote::new()));
                }
                Some(FieldKind::Vrm) if column.origin.is_none() => votes.plates.push((index, PlateVote::new())),
                Some(FieldKind::Title) if column.salutations.is_none() => votes.titles.push((index, TitleVote::new())),
                Some(FieldKind::FullName) if column.names.is_none() => votes.names.push((index, NameVote::new())),
                Some(FieldKind::Country) if column.origin.is_none() => {
                    votes.countries.push((index, CountryVote::new()));
                }
                _ => {}
            }
        }
        votes
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        let places = self.phones.is_empty() && self.postcodes.is_empty() && self.plates.is_empty();
        places && self.titles.is_empty() && self.names.is_empty() && self.countries.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        for (column, vote) in &mut self.phones {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
        for (column, vote) in &mut self.postcodes {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
        for (column, vote) in &mut self.plates {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
        for (column, vote) in &mut self.titles {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
        for (column, vote) in &mut self.names {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
        for (column, vote) in &mut self.countries {
            row.cells.get(*column).into_iter().for_each(|cell| vote.observe(cell));
        }
    }

    /// Settles in the plan what the columns hold. Says, in sentences, what a person would not expect.
    pub fn settle(&self, plan: &mut TablePlan) -> Vec<String> {
        let mut notes = self.settle_origins(plan);
        for (index, vote) in &self.names {
            if let Some(column) = plan.columns.get_mut(*index) {
                column.names = Some(vote.verdict().into());
            }
        }
        for (index, vote) in &self.titles {
            let Some(column) = plan.columns.get_mut(*index) else {
                continue;
            };
            column.salutations = Some(vote.verdict());
            if !vote.verdict() {
                notes.push(format!(
                    "Column `{}` holds no salutation, such as Mr or Mrs; it is taken for the job and left out.",
                    column.header
                ));
            }
        }
        notes
    }

    /// Settles in the plan where numbers and postcodes are from: by the column's own values, else by those of other
    /// columns of its kind, else by all others. Says, in sentences, what is read otherwise than at home.
    fn settle_origins(&self, plan: &mut TablePlan) -> Vec<String> {
        let mut phones = PhoneVote::new();
        self.phones.iter().for_each(|(_, vote)| phones.merge(vote));
        let mut postcodes = PostcodeVote::new();
        self.postcodes.iter().for_each(|(_, vote)| postcodes.merge(vote));
        let speaks_for_itself = |column: &PlannedColumn| {
            let kind = column.field.map(|field| field.spec.kind);
            matches!(kind, Some(FieldKind::Vrm | FieldKind::Country))
        };
        let known = plan.columns.iter().filter(|column| !speaks_for_itself(column));
        let known = known.map(PlannedColumn::known_origin);
        let known = known.fold(Origin::Unknown, Origin::or);
        let (phones, postcodes) = (phones.verdict().or(known), postcodes.verdict().or(known));
        let mut notes = Vec::new();
        let mut set = |index: &usize, origin: Origin| {
            if let Some(column) = plan.columns.get_mut(*index) {
                column.origin = Some(origin.name().to_owned());
                notes.extend(note(column, origin));
            }
        };
        for (index, vote) in &self.phones {
            let known = vote.verdict().or(phones).or(postcodes);
            set(index, known.or(vote.verdict_of_misfits()));
        }
        for (index, vote) in &self.postcodes {
            set(index, vote.verdict().or(postcodes).or(phones));
        }
        // Cars cross borders more easily than addresses: plates speak for themselves, and so do countries.
        for (index, vote) in &self.plates {
            set(index, vote.verdict());
        }
        for (index, vote) in &self.countries {
            set(index, vote.verdict());
        }
        notes
    }
}

/// What a person should know of a column of numbers that are not read as British.
fn note(column: &PlannedColumn, origin: Origin) -> Option<String> {
    let is_phone = column
        .field
        .is_some_and(|field| matches!(field.spec.kind, FieldKind::Phone | FieldKind::Landline));
    let header = &column.header;
    match origin {
        Origin::From(country) if is_phone && country != Country::GB => Some(format!(
            "The numbers of column `{header}` that name no country are read as those of {country}, by the column's other numbers or the postcodes."
        )),
        Origin::Abroad if is_phone => Some(format!(
            "The numbers of column `{header}` are not British; those that name no country are kept as they are given."
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Cell, FieldRef};

    use super::*;
    use crate::plan::HeaderChoice;

    fn plan(fields: &[&str]) -> TablePlan {
        let column = |field: &&str| PlannedColumn::new(field, FieldRef::parse(field), "alias");
        TablePlan {
            type_id: None,
            source_system: None,
            columns: fields.iter().map(column).collect(),
            required_values: Vec::new(),
            header: HeaderChoice::AsFound,
            date1904: false,
            ..TablePlan::default()
        }
    }

    /// The origins of the columns after these rows.
    #[track_caller]
    fn check(fields: &[&str], rows: &[&[&str]], expected: &[Option<&str>]) {
        let mut plan = plan(fields);
        let mut votes = OriginVotes::of(&plan);
        for cells in rows {
            votes.observe(&Row {
                number: 0,
                cells: cells.iter().map(|text| Cell::text(*text)).collect(),
            });
        }
        votes.settle(&mut plan);
        let origins: Vec<Option<&str>> = plan.columns.iter().map(|column| column.origin.as_deref()).collect();
        assert_eq!(origins, expected);
        assert!(OriginVotes::of(&plan).is_empty());
    }

    #[test]
    fn a_column_says_itself_where_it_is_from() {
        check(
            &["customer.display_name", "customer.phone", "billing_address.postal_code"],
            &[&["Ada", "204-555-0184", "LS6 3AA"]],
            &[None, Some("US"), Some("GB")],
        );
    }

    #[test]
    fn other_columns_say_it_where_it_does_not() {
        check(
            &["customer.phone", "customer.landline", "billing_address.postal_code"],
            &[&["7712345678", "", "LS6 3AA"]],
            &[Some("GB"), Some("GB"), Some("GB")],
        );
        check(
            &["customer.phone", "customer.landline"],
            &[&["7712345678", "01632 960001"]],
            &[Some("GB"), Some("GB")],
        );
        check(&["customer.phone"], &[&["7712345678"]], &[Some("unknown")]);
    }

    #[test]
    fn numbers_none_of_which_is_british_are_from_elsewhere_where_nothing_says_otherwise() {
        let numbers = [
            "088-494 951",
            "088-473 522",
            "016-810 5563",
            "012-395 6664",
            "082-456 789",
        ];
        let rows: Vec<[&str; 2]> = numbers.iter().map(|number| [*number, "LS6 3AA"]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(<[&str; 2]>::as_slice).collect();
        check(&["supplier.phone"], &rows, &[Some("abroad")]);
        check(
            &["supplier.phone", "supplier.postal_code"],
            &rows,
            &[Some("GB"), Some("GB")],
        );
    }

    #[test]
    fn plates_speak_for_themselves() {
        check(
            &["vehicle.registration", "customer.phone"],
            &[&["M-AB 1234", "07911 123456"], &["HH-EF 8912", ""], &["B-CD 4567", ""]],
            &[Some("abroad"), Some("GB")],
        );
        check(&["vehicle.registration"], &[&["AB12 CDE"]], &[Some("GB")]);
    }

    #[test]
    fn a_column_of_jobs_holds_no_salutations() {
        let mut plan = plan(&["customer.title"]);
        let mut votes = OriginVotes::of(&plan);
        votes.observe(&Row {
            number: 2,
            cells: vec![Cell::text("Fleet Manager")],
        });
        assert_eq!(votes.settle(&mut plan).len(), 1);
        assert_eq!(plan.columns[0].salutations, Some(false));
    }

    #[test]
    fn a_column_of_names_says_whether_initials_stand_behind_surnames() {
        for (names, expected) in [
            (["Smith, S.L.", "Jones, P.J.", "Evans, T.H."], true),
            (["Olivar, S.L.", "Lowe, Ada", ""], false),
        ] {
            let mut plan = plan(&["customer.display_name"]);
            let mut votes = OriginVotes::of(&plan);
            for name in names {
                votes.observe(&Row {
                    number: 2,
                    cells: vec![Cell::text(name)],
                });
            }
            assert!(votes.settle(&mut plan).is_empty());
            assert_eq!(plan.columns[0].names.map(|names| names.initials), Some(expected));
        }
    }

    #[test]
    fn home_nations_say_what_ni_is_and_nothing_of_the_numbers() {
        check(
            &["billing_address.country_code", "customer.phone"],
            &[&["England", "+33 6 12 34 56 78"], &["NI", "06 12 34 56 79"]],
            &[Some("GB"), Some("FR")],
        );
        check(
            &["billing_address.country_code"],
            &[&["NI"], &["CR"]],
            &[Some("unknown")],
        );
    }

    #[test]
    fn what_is_settled_speaks_for_a_column_that_is_mapped_later() {
        let mut plan = plan(&["customer.phone", "customer.landline"]);
        plan.columns[0].origin = Some("US".to_owned());
        let votes = OriginVotes::of(&plan);
        assert!(!votes.is_empty());
        votes.settle(&mut plan);
        assert_eq!(plan.columns[1].origin.as_deref(), Some("US"));
    }
}
