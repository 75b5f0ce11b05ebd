//! Columns of yes and no that say whether a row is of the table's kind: `Customer` in a list of contacts.
//!
//! What: where such a column says nothing but yes and no, and both, a row that says no is not imported, and told so.
//! Why: the staff and the suppliers in a list of contacts are nobody's customers.
//! Example: `0` in the column `customer` of a list of partners.

use torqueflow_cleanup::truth;
use torqueflow_model::{Cell, CellKind, ColumnProfile, Finding, FindingCode, Row, Slot, fold_header};

use crate::plan::TablePlan;
use crate::sources::Sources;

/// Columns without a field whose headers say of each row whether it is of the table's type.
pub(crate) fn flags(sources: &Sources, plan: &TablePlan) -> Vec<usize> {
    let mut tables = sources.definitions().iter().flat_map(|source| &source.tables);
    let Some(table) = tables.find(|table| Some(&table.type_id) == plan.type_id.as_ref()) else {
        return Vec::new();
    };
    let columns = plan.columns.iter().enumerate();
    columns
        .filter(|(_, column)| column.fields().next().is_none() && table.flags.contains(&fold_header(&column.header)))
        .map(|(index, _)| index)
        .collect()
}

/// The columns that tell the rows of a table from others, by what all rows say in them.
#[derive(Debug, Default)]
pub(crate) struct FlagColumns {
    columns: Vec<usize>,
    /// What a row is not: `The row is no …`.
    label: String,
}

impl FlagColumns {
    pub fn of(plan: &TablePlan) -> Self {
        let tells = |index: &usize| plan.profiles.get(*index).is_some_and(says_both);
        let columns: Vec<usize> = plan.flags.iter().copied().filter(tells).collect();
        let mut mapped = plan.columns.iter().filter_map(|column| column.field);
        let main = mapped.find_map(|field| match field.slot {
            Slot::Main(entity) => Some(entity.spec().label.to_lowercase()),
            _ => None,
        });
        Self {
            columns,
            label: main.unwrap_or_default(),
        }
    }

    /// Why a row is not what the table's rows are: a column says no, and none says yes.
    pub fn otherwise(&self, row: &Row) -> Option<Finding> {
        let said = |column: usize| truth(row.cells.get(column)?);
        let column = self
            .columns
            .iter()
            .copied()
            .find(|column| said(*column) == Some(false))?;
        if self.columns.iter().any(|column| said(*column) == Some(true)) {
            return None;
        }
        let value = row.cells.get(column).map(|cell| cell.text.clone()).unwrap_or_default();
        let mut finding = Finding::row(
            FindingCode::OtherKindOfRow,
            format!("{}: it says “{}”", self.label, value.trim()),
        );
        finding.column = Some(column);
        finding.value = value;
        Some(finding)
    }
}

/// The few different values of a column are all yes or no, and there are both.
fn says_both(profile: &ColumnProfile) -> bool {
    let distinct = profile.distinct;
    let said = profile.examples.iter().map(|text| {
        let kind = CellKind::Text;
        truth(&Cell {
            text: text.clone(),
            kind,
        })
    });
    let said: Vec<Option<bool>> = said.collect();
    // So few that each of them is an example.
    let are_all = distinct.is_exact && distinct.values == said.len() as u64;
    are_all && !said.contains(&None) && said.contains(&Some(true)) && said.contains(&Some(false))
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Distinct, FieldRef};

    use super::*;
    use crate::plan::PlannedColumn;

    /// What is said of rows with these cells in columns of flags; `examples` are the values of each.
    #[track_caller]
    fn check(examples: &[&[&str]], row: &[&str], expected: Option<&str>) {
        let profile = |examples: &&[&str]| ColumnProfile {
            distinct: Distinct {
                values: examples.len() as u64,
                is_exact: true,
                ..Distinct::default()
            },
            examples: examples.iter().map(|text| (*text).to_owned()).collect(),
            ..ColumnProfile::default()
        };
        let name = PlannedColumn::new("Name", FieldRef::parse("customer.display_name"), "alias");
        let flag = || PlannedColumn::new("Customer", None, "unmapped");
        let plan = TablePlan {
            columns: std::iter::once(name).chain(examples.iter().map(|_| flag())).collect(),
            profiles: std::iter::once(ColumnProfile::default())
                .chain(examples.iter().map(profile))
                .collect(),
            flags: (1..=examples.len()).collect(),
            ..TablePlan::default()
        };
        let row = Row {
            number: 2,
            cells: std::iter::once("Ann Ash")
                .chain(row.iter().copied())
                .map(Cell::text)
                .collect(),
        };
        let found = FlagColumns::of(&plan).otherwise(&row);
        assert_eq!(found.map(|finding| finding.message().into_owned()).as_deref(), expected);
    }

    #[test]
    fn a_row_that_says_no_is_not_of_the_kind() {
        check(&[&["0", "1"]], &["0"], Some("The row is no customer: it says “0”"));
        check(
            &[&["Nein", "Ja"]],
            &["nein"],
            Some("The row is no customer: it says “nein”"),
        );
        check(&[&["0", "1"]], &["1"], None);
        check(&[&["0", "1"]], &[""], None);
        check(&[&["0", "1"], &["True", "False"]], &["0", "True"], None);
        check(
            &[&["0", "1"], &["True", "False"]],
            &["", "False"],
            Some("The row is no customer: it says “False”"),
        );
    }

    #[test]
    fn a_column_that_says_one_thing_or_other_things_says_nothing() {
        check(&[&["0"]], &["0"], None);
        check(&[&["No", "N"]], &["No"], None);
        check(&[&["0", "1", "2"]], &["0"], None);
        check(&[&["No", "Yes", "Lapsed"]], &["No"], None);
    }
}
