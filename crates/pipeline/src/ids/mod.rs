//! Whether columns identify the records of their rows: what is kept of it in the plan.

mod portrait;
mod subject;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{IdVerdict, IdentityVote, Portrait, PortraitRule};
use torqueflow_model::{EntityKind, FieldKind, FieldRef, LeftOutRows, Record, Row, Slot};

use crate::plan::{PlannedColumn, TablePlan};
use subject::{Subject, subject};

pub(crate) use portrait::PortraitColumns;

/// What all rows say of a column whose values go to a field that may identify its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedIdentity {
    /// The column, from 0.
    pub column: usize,
    /// Whether it identifies records.
    pub verdict: PlannedIdVerdict,
    /// Ids that do not: each belongs to the first of its rows only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<PlannedConflict>,
    /// Not all ids could be watched, so there may be more of these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_sampled: bool,
}

/// Whether a column identifies records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedIdVerdict {
    /// It does.
    Id,
    /// Its header names another record than that of the row: the salesman, the branch, the model.
    Foreign,
    /// Its values stand again beside other records.
    Differs,
    /// Its numbers have lost digits.
    LostDigits,
    /// Another column is the id.
    Spare,
}

/// An id that rows of different records have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedConflict {
    /// The id.
    pub id: String,
    /// The row that has it first, and keeps it.
    pub first_row: u64,
    /// The file of that row, where it is of another table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_file: Option<String>,
    /// The first row that is of another record.
    pub other_row: u64,
    /// What the rows that keep it agree on, as fingerprints.
    pub keeper: Vec<u16>,
}

/// Ids of records of other tables that are kept in the plan of one.
const MOST_OF_OTHER_TABLES: usize = 5000;

impl TablePlan {
    /// Forgets which ids of this table are those of other records of tables before it, so that these can be looked for anew.
    pub fn forget_conflicts_of_other_tables(&mut self) {
        for identity in self.identities.iter_mut().flatten() {
            identity.conflicts.retain(|conflict| conflict.first_file.is_none());
        }
    }

    /// Takes note that an id in this table is that of another record, which stands in a table before it: in this row of this
    /// file. A table without a column of such ids has no place for it.
    pub fn add_conflict(&mut self, keeper: &Record, id: &str, first: (u64, &str), other_row: u64) {
        let slot = keeper.slot;
        let portrait = PortraitColumns::of(&self.columns, slot).portrait_of(&self.columns, keeper);
        let columns = &self.columns;
        let gives_id = |identity: &&mut PlannedIdentity| {
            let field = columns.get(identity.column).and_then(|column| column.field);
            identity.verdict == PlannedIdVerdict::Id && field.is_some_and(|field| field.slot == slot)
        };
        let Some(identity) = self.identities.iter_mut().flatten().find(gives_id) else {
            return;
        };
        let is_known = identity.conflicts.iter().any(|known| known.id == id);
        if is_known || identity.conflicts.len() >= MOST_OF_OTHER_TABLES {
            return;
        }
        identity.conflicts.push(PlannedConflict {
            id: id.to_owned(),
            first_row: first.0,
            first_file: Some(first.1.to_owned()),
            other_row,
            keeper: portrait.numbers().to_vec(),
        });
    }
}

/// The votes of all rows of a table on which of its columns are ids.
#[derive(Debug)]
pub(crate) struct IdentityVotes {
    columns: Vec<ColumnVote>,
    portraits: Vec<(Slot, PortraitColumns)>,
}

#[derive(Debug)]
struct ColumnVote {
    column: usize,
    field: FieldRef,
    vote: IdentityVote,
    portrait: usize,
}

impl IdentityVotes {
    /// No votes yet, for the columns of this plan that may be ids, unless that is settled.
    pub fn of(plan: &TablePlan) -> Self {
        let mut votes = Self {
            columns: Vec::new(),
            portraits: Vec::new(),
        };
        if plan.identities.is_some() {
            return votes;
        }
        for (column, field) in id_columns(&plan.columns) {
            let known = votes.portraits.iter().position(|(slot, _)| *slot == field.slot);
            let portrait = known.unwrap_or_else(|| {
                votes
                    .portraits
                    .push((field.slot, PortraitColumns::of(&plan.columns, field.slot)));
                votes.portraits.len() - 1
            });
            let rule = votes
                .portraits
                .get(portrait)
                .map_or(PortraitRule::Thing, |(_, columns)| columns.rule);
            votes.columns.push(ColumnVote {
                column,
                field,
                vote: IdentityVote::new(rule),
                portrait,
            });
        }
        votes
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        if self.columns.is_empty() {
            return;
        }
        let portraits: Vec<Portrait> = self
            .portraits
            .iter()
            .map(|(_, columns)| columns.portrait(row))
            .collect();
        for column in &mut self.columns {
            let cell = row.cells.get(column.column).filter(|cell| !cell.is_blank());
            if let (Some(cell), Some(portrait)) = (cell, portraits.get(column.portrait)) {
                column.vote.observe(row.number, cell, portrait);
            }
        }
    }

    /// Settles in the plan which columns are ids. Says, in sentences, which are not, and why.
    pub fn settle(&self, plan: &mut TablePlan) -> Vec<String> {
        if plan.identities.is_some() {
            return Vec::new();
        }
        let mut notes = Vec::new();
        let mut identities: Vec<PlannedIdentity> = Vec::new();
        for column in &self.columns {
            let Some(planned) = plan.columns.get(column.column) else {
                continue;
            };
            let vote = column.without_blanks(plan);
            let (identity, note) = column.settle(&vote, column.subject(planned), &planned.header);
            notes.extend(note);
            identities.push(identity);
        }
        notes.extend(self.spare(plan, &mut identities));
        plan.further_lines = self.further_lines(plan, &identities);
        plan.identities = Some(identities);
        notes
    }

    /// Rows that have the number of a document above, in a table whose lines are not imported.
    fn further_lines(&self, plan: &TablePlan, identities: &[PlannedIdentity]) -> LeftOutRows {
        let fields = || plan.columns.iter().filter_map(|column| column.field);
        let is_line = |field: FieldRef| field.slot.entity().owner().is_some() && field.slot.address_type().is_none();
        let votes = self.columns.iter().zip(identities);
        let mut documents = votes.filter(|(vote, identity)| {
            let entity = vote.field.slot.entity();
            let is_document = matches!(entity, EntityKind::Invoice | EntityKind::WorkOrder);
            is_document && identity.verdict == PlannedIdVerdict::Id
        });
        let document = documents.next().filter(|_| !fields().any(is_line));
        document
            .map(|(vote, _)| vote.vote.repeats().clone())
            .unwrap_or_default()
    }

    /// Where one column is the record's own id, an id of doubtful meaning is not, even if it could be.
    fn spare(&self, plan: &TablePlan, identities: &mut [PlannedIdentity]) -> Vec<String> {
        let subject_of = |vote: &ColumnVote| plan.columns.get(vote.column).map(|column| vote.subject(column));
        let is_own = |(vote, identity): &(&ColumnVote, &PlannedIdentity)| {
            let is_id = identity.verdict == PlannedIdVerdict::Id && vote.ids(plan) > 0;
            is_id && subject_of(vote) == Some(Subject::Record)
        };
        let votes = self.columns.iter().zip(identities.iter());
        let own: Vec<Slot> = votes.filter(is_own).map(|(vote, _)| vote.field.slot).collect();
        let mut notes = Vec::new();
        for (vote, identity) in self.columns.iter().zip(identities) {
            let Some(column) = plan.columns.get(vote.column) else {
                continue;
            };
            let is_doubtful = vote.subject(column) == Subject::Doubtful && vote.field.spec.kind == FieldKind::SourceId;
            if identity.verdict == PlannedIdVerdict::Id && is_doubtful && own.contains(&vote.field.slot) {
                identity.verdict = PlannedIdVerdict::Spare;
                notes.push(format!(
                    "Column `{}` is not taken for the id of the {}, since another column is.",
                    column.header,
                    vote.field.slot.entity().spec().label.to_lowercase()
                ));
            }
        }
        notes
    }
}

impl ColumnVote {
    /// What the column's header speaks of. What a person chose is the record's id; a spelling that is known for it is so as
    /// long as its values behave.
    fn subject(&self, column: &PlannedColumn) -> Subject {
        match (subject(&column.header, self.field.slot.entity()), column.by.as_str()) {
            (_, "person") => Subject::Record,
            (Subject::Other, "alias") => Subject::Doubtful,
            (subject, _) => subject,
        }
    }

    /// The votes of its ids, without what stands for none.
    fn without_blanks(&self, plan: &TablePlan) -> Cow<'_, IdentityVote> {
        let mut vote = Cow::Borrowed(&self.vote);
        for blank in plan.blanks.iter().flatten().filter(|blank| blank.column == self.column) {
            if let Some(text) = &blank.text {
                vote.to_mut().forget(text, blank.rows.count);
            }
        }
        vote
    }

    /// Rows that have an id, without what stands for none.
    fn ids(&self, plan: &TablePlan) -> u64 {
        let blanks = plan.blanks.iter().flatten();
        let texts = blanks.filter(|blank| blank.column == self.column && blank.text.is_some());
        self.vote
            .ids()
            .saturating_sub(texts.map(|blank| blank.rows.count).sum())
    }

    fn settle(&self, vote: &IdentityVote, subject: Subject, header: &str) -> (PlannedIdentity, Option<String>) {
        let entity = self.field.slot.entity().spec().label.to_lowercase();
        let mut identity = PlannedIdentity {
            column: self.column,
            verdict: PlannedIdVerdict::Id,
            conflicts: Vec::new(),
            is_sampled: !vote.is_complete(),
        };
        if subject == Subject::Other {
            identity.verdict = PlannedIdVerdict::Foreign;
            let note = format!("Column `{header}` is not taken for the id of the {entity}: it names something else.");
            return (identity, (vote.ids() > 0).then_some(note));
        }
        let note = match vote.verdict(subject == Subject::Doubtful) {
            IdVerdict::Identifies(conflicts) => {
                identity.conflicts = conflicts.into_iter().map(PlannedConflict::from).collect();
                let note = || {
                    format!(
                        "Different records have the same id in column `{header}` ({}); each id is that of the first one only.",
                        examples(&identity.conflicts)
                    )
                };
                (!identity.conflicts.is_empty()).then(note)
            }
            IdVerdict::Differs { example, .. } => {
                identity.verdict = PlannedIdVerdict::Differs;
                Some(format!(
                    "Column `{header}` is not taken for the id of the {entity}, and its values are not imported: they stand \
                     beside different records, such as `{}` in rows {} and {}.",
                    example.id, example.first_row, example.other_row
                ))
            }
            IdVerdict::LostDigits(count) => {
                identity.verdict = PlannedIdVerdict::LostDigits;
                Some(format!(
                    "Column `{header}` is not taken for the id of the {entity}: {count} of its numbers have lost digits \
                     (`1.23457E+15`). Export it again as text."
                ))
            }
        };
        (identity, note)
    }
}

fn examples(conflicts: &[PlannedConflict]) -> String {
    let example = |conflict: &PlannedConflict| {
        format!(
            "`{}` in rows {} and {}",
            conflict.id, conflict.first_row, conflict.other_row
        )
    };
    conflicts.iter().take(3).map(example).collect::<Vec<_>>().join(", ")
}

impl From<torqueflow_cleanup::ConflictingId> for PlannedConflict {
    fn from(conflict: torqueflow_cleanup::ConflictingId) -> Self {
        Self {
            id: conflict.id,
            first_row: conflict.first_row,
            first_file: None,
            other_row: conflict.other_row,
            keeper: conflict.keeper.numbers().to_vec(),
        }
    }
}

/// The columns whose values go to fields that identify a record by themselves: its id at the source, its code.
fn id_columns(columns: &[PlannedColumn]) -> impl Iterator<Item = (usize, FieldRef)> {
    let field = |(index, column): (usize, &PlannedColumn)| Some((index, column.field?));
    columns
        .iter()
        .enumerate()
        .filter_map(field)
        .filter(|(_, field)| is_id(*field))
}

/// The field names the record by itself.
pub(crate) fn is_id(field: FieldRef) -> bool {
    let Slot::Main(entity) = field.slot else { return false };
    !entity.is_lookup() && (field.spec.kind == FieldKind::SourceId || entity.code_field() == Some(field.spec.name))
}

#[cfg(test)]
mod tests {
    use torqueflow_model::Cell;

    use super::*;

    fn plan(columns: &[(&str, &str)]) -> TablePlan {
        let column = |(header, field): &(&str, &str)| PlannedColumn::new(header, FieldRef::parse(field), "similar");
        TablePlan {
            columns: columns.iter().map(column).collect(),
            ..TablePlan::default()
        }
    }

    fn settle(columns: &[(&str, &str)], rows: &[&[&str]]) -> (TablePlan, Vec<String>) {
        let mut plan = plan(columns);
        let mut votes = IdentityVotes::of(&plan);
        for (number, row) in (2..).zip(rows) {
            votes.observe(&Row {
                number,
                cells: row.iter().map(|text| Cell::text(*text)).collect(),
            });
        }
        let notes = votes.settle(&mut plan);
        assert!(IdentityVotes::of(&plan).is_empty());
        (plan, notes)
    }

    #[track_caller]
    fn check(columns: &[(&str, &str)], rows: &[&[&str]], expected: &[PlannedIdVerdict]) {
        let (plan, notes) = settle(columns, rows);
        let verdicts: Vec<PlannedIdVerdict> = plan
            .identities
            .iter()
            .flatten()
            .map(|identity| identity.verdict)
            .collect();
        assert_eq!(verdicts, expected, "{notes:?}");
        let told = expected
            .iter()
            .filter(|verdict| **verdict != PlannedIdVerdict::Id)
            .count();
        assert_eq!(notes.len(), told, "{notes:?}");
        let mut backwards = rows.to_vec();
        backwards.reverse();
        let (other, _) = settle(columns, &backwards);
        let again: Vec<PlannedIdVerdict> = other
            .identities
            .iter()
            .flatten()
            .map(|identity| identity.verdict)
            .collect();
        assert_eq!(again, expected, "backwards");
    }

    use PlannedIdVerdict as V;

    const GIVEN: (&str, &str) = ("Given", "customer.first_name");
    const FAMILY: (&str, &str) = ("Family", "customer.last_name");
    const NUMBER: (&str, &str) = ("Customer Number", "customer.external_customer_number");

    #[test]
    fn an_id_of_the_salesman_is_not_the_customer_s() {
        check(
            &[NUMBER, GIVEN, FAMILY, ("Sales Rep Id", "customer.source_id")],
            &[
                &["C1", "Ann", "Hay", "R1"],
                &["C2", "Ben", "Ive", "R2"],
                &["C3", "Col", "Jay", "R3"],
            ],
            &[V::Id, V::Foreign],
        );
        check(
            &[NUMBER, GIVEN, FAMILY, ("Owner ID", "customer.source_id")],
            &[&["C1", "Ann", "Hay", "R1"], &["C2", "Ben", "Ive", "R1"]],
            &[V::Id, V::Differs],
        );
        check(
            &[NUMBER, GIVEN, FAMILY, ("Owner ID", "customer.source_id")],
            &[&["C1", "Ann", "Hay", "R1"], &["C2", "Ben", "Ive", "R2"]],
            &[V::Id, V::Spare],
        );
    }

    #[test]
    fn an_account_is_the_customer_where_it_behaves_so() {
        let account = ("Account ID", "customer.external_customer_number");
        check(
            &[GIVEN, FAMILY, account],
            &[&["Ann", "Hay", "A1"], &["Ben", "Ive", "A2"], &["Ben", "Ive", "A2"]],
            &[V::Id],
        );
        check(
            &[GIVEN, FAMILY, account],
            &[
                &["Ann", "Hay", "A1"],
                &["Ben", "Ive", "A1"],
                &["Col", "Jay", "A2"],
                &["Dan", "Kay", "A3"],
            ],
            &[V::Differs],
        );
    }

    #[test]
    fn an_id_of_the_model_is_not_the_vehicle_s() {
        let plate = ("Reg", "vehicle.registration");
        check(
            &[plate, ("CAP ID", "vehicle.source_id")],
            &[&["YD19 AAA", "1"], &["YD19 AAB", "2"]],
            &[V::Foreign],
        );
        check(
            &[plate, ("Asset ID", "vehicle.source_id")],
            &[&["YD19 AAA", "1"], &["YD19 AAB", "1"]],
            &[V::Differs],
        );
    }

    #[test]
    fn one_exception_is_told_with_its_rows() {
        let rows: [&[&str]; 4] = [
            &["C1", "Ann", "Hay"],
            &["C2", "Ben", "Ive"],
            &["C2", "Col", "Jay"],
            &["C3", "Dan", "Kay"],
        ];
        let (plan, notes) = settle(&[NUMBER, GIVEN, FAMILY], &rows);
        assert_eq!(
            notes,
            [
                "Different records have the same id in column `Customer Number` (`C2` in rows 3 and 4); each id is that of the first one only."
            ]
        );
        let identities = plan.identities.unwrap();
        let conflict = &identities[0].conflicts[0];
        assert_eq!(
            (conflict.id.as_str(), conflict.first_row, conflict.other_row),
            ("C2", 3, 4)
        );
        assert_eq!(conflict.keeper.len(), Portrait::NUMBERS);
    }

    #[test]
    fn ids_that_lost_digits_are_none() {
        check(
            &[NUMBER, GIVEN],
            &[&["1.23457E+15", "Ann"], &["1.23457E+15", "Ben"]],
            &[V::LostDigits],
        );
    }

    #[test]
    fn lines_of_an_invoice_are_of_one_invoice() {
        let columns = [
            ("Invoice No", "invoice.number"),
            ("Customer", "invoice.customer"),
            ("Date", "invoice.issued_on"),
        ];
        check(
            &columns,
            &[
                &["1", "C1", "1/2/2024"],
                &["1", "C1", "1/2/2024"],
                &["2", "C2", "1/2/2024"],
            ],
            &[V::Id],
        );
        check(
            &columns,
            &[&["1", "C1", "1/2/2024"], &["1", "C2", "3/4/2024"]],
            &[V::Differs],
        );
    }
}
