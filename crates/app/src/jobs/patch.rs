//! What a person changes of a table.

use std::collections::BTreeSet;

use serde::Serialize;
use torqueflow_model::DateOrder;
use torqueflow_persistence::{Actor, AuditEvent, ImportFile, Job, OrganizationId, SavedMapping};
use torqueflow_pipeline::{
    ChoiceError, ColumnChoice, Mapping, column_keys, column_named, given_away, mapping_for, said_twice,
};
use uuid::Uuid;

use super::head_of;
use crate::App;
use crate::detect::choices_of;
use crate::error::AppError;
use crate::saved_mappings::{self, learn};
use crate::tables::{Head, TableChoices, plan_again};

/// What a person changes of a table. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct JobPatch {
    /// The type: `generic.customers`.
    pub table_type: Option<String>,
    /// What changes of the mapping.
    pub mapping: Option<MappingPatch>,
    /// Whether the first row is a header.
    pub has_header_row: Option<bool>,
    /// The order of day and month in all date columns.
    pub date_order: Option<DateOrder>,
    /// Whether the table is imported at all.
    pub included: Option<bool>,
    /// Remembers the mapping under this name, for tables with the same headers.
    pub save_mapping_as: Option<String>,
}

/// What a person changes of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MappingPatch {
    /// Everything that people said of the columns, now or in a saved mapping.
    TakeBack,
    /// What becomes of these columns. Those that are not named stay.
    Columns(Mapping),
}

/// Changes a job as a person says. Gives the mapping that is to be saved with it, if any. Nothing is kept yet.
pub(crate) async fn change(
    app: &App,
    organization: OrganizationId,
    actor: &Actor,
    job: &mut Job,
    files: &[ImportFile],
    source_system: Option<&str>,
    patch: &JobPatch,
) -> Result<Option<SavedMapping>, AppError> {
    let choices = choices_of(job.choices.as_ref())?;
    let found = head_of(app, job, files).await?;
    let has_header_row = patch.has_header_row.or(choices.has_header_row);
    let head = Head::new(&found.headers, job.header_row, found.rows, has_header_row);
    let learned = learn(app, organization, job, &head, choices).await?;
    let choices = patch.over(learned, job.table_type.as_deref(), &head.headers)?;
    plan_again(job, app.sources(), source_system, &head, &choices)?;
    job.choices = serde_json::to_value(&choices).ok();
    job.version += 1;
    match &patch.save_mapping_as {
        Some(name) => Ok(Some(saved_mappings::named(app, organization, actor, job, name).await?)),
        None => Ok(None),
    }
}

impl JobPatch {
    /// The choices so far, with these over them. `shown`: the type that the job shows; `headers`: those of the table by now.
    fn over(
        &self,
        choices: TableChoices,
        shown: Option<&str>,
        headers: &[String],
    ) -> Result<TableChoices, ChoiceError> {
        let shown = choices.table_type.as_deref().or(shown);
        let retyped = self.table_type.is_some() && self.table_type.as_deref() != shown;
        let takes_back = self.mapping == Some(MappingPatch::TakeBack);
        // The fields of another type are other fields, and another header has other columns.
        let before = choices.mapping.filter(|_| !retyped && !takes_back);
        let before = before.map(|mapping| mapping_for(headers, &mapping));
        // A type that was taken from a saved mapping goes with it.
        let type_before = choices.table_type.filter(|_| !(takes_back && choices.saved.is_some()));
        let mut notes = choices.notes;
        let (mapping, maps) = match &self.mapping {
            Some(MappingPatch::Columns(columns)) => {
                let (mapping, taken) = merged(before.unwrap_or_default(), columns, headers)?;
                notes.extend(taken);
                (Some(mapping), true)
            }
            Some(MappingPatch::TakeBack) | None => (before, false),
        };
        Ok(TableChoices {
            table_type: self.table_type.clone().or(type_before),
            mapping,
            has_header_row: self.has_header_row.or(choices.has_header_row),
            date_order: self.date_order.or(choices.date_order),
            included: self.included.or(choices.included),
            saved: choices.saved.filter(|_| !retyped && !takes_back),
            without_saved: choices.without_saved || takes_back,
            changed_since: choices.changed_since && !takes_back || retyped || maps,
            notes,
        })
    }

    /// What is told of it.
    pub(crate) fn event(&self, actor: &Actor, job_id: Uuid) -> AuditEvent {
        AuditEvent::now(actor, "import_job.changed")
            .on("import_job", job_id.to_string())
            .with(serde_json::json!({
                "type": self.table_type,
                "mapping": self.mapping,
                "has_header_row": self.has_header_row,
                "date_order": self.date_order,
                "included": self.included,
                "save_mapping_as": self.save_mapping_as,
            }))
    }
}

/// A mapping with these entries in place of its own, by the columns that they mean. A column whose field they give to another
/// one is left out, unless it is one of several of the field: these are told in the sentences.
///
/// # Errors
///
/// Entries that contradict each other.
pub(crate) fn merged(
    mut mapping: Mapping,
    columns: &Mapping,
    headers: &[String],
) -> Result<(Mapping, Vec<String>), ChoiceError> {
    let keys = column_keys(headers);
    let twice = said_twice(&keys, columns);
    if !twice.is_empty() {
        return Err(ChoiceError::Mapping(twice));
    }
    let key_of = |name| column_named(&keys, name).and_then(|index| keys.get(index));
    let named: BTreeSet<&String> = columns.keys().filter_map(|name| key_of(name)).collect();
    let mut notes = Vec::new();
    for (name, choice) in columns {
        let key = key_of(name);
        // What is no column was a constant, which null takes away.
        if key.is_none() && *choice == ColumnChoice::LeftOut && mapping.remove(name).is_some() {
            continue;
        }
        let key = key.unwrap_or(name);
        // A column that has its field already takes it from nobody.
        let given = choice.whole_field().filter(|_| mapping.get(key) != Some(choice));
        for (other, kept) in mapping.iter_mut().filter(|(other, _)| !named.contains(other)) {
            if let Some(field) = given.filter(|_| kept.whole_field() == given) {
                notes.push(given_away(other, field, key));
                *kept = ColumnChoice::LeftOut;
            }
        }
        mapping.insert(key.clone(), choice.clone());
    }
    Ok((mapping, notes))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::saved_mappings::SavedUse;

    fn patch(table_type: Option<&str>, mapping: Option<&Value>) -> JobPatch {
        let columns = mapping.map(|mapping| serde_json::from_value(mapping.clone()).unwrap());
        JobPatch {
            table_type: table_type.map(str::to_owned),
            mapping: columns
                .map(|columns: Option<Mapping>| columns.map_or(MappingPatch::TakeBack, MappingPatch::Columns)),
            ..JobPatch::default()
        }
    }

    fn over(choices: &TableChoices, patch: &JobPatch) -> TableChoices {
        let headers = ["Wie", "Tel A", "Tel B"].map(str::to_owned);
        patch
            .over(choices.clone(), Some("generic.customers"), &headers)
            .unwrap()
    }

    /// What is mapped after what was mapped before, and what is told of it.
    #[track_caller]
    fn check(before: &Value, change: &Value, expected: &Value, told: &[&str]) {
        let before = over(&TableChoices::default(), &patch(None, Some(before)));
        let after = over(&before, &patch(None, Some(change)));
        assert_eq!(serde_json::to_value(&after.mapping).unwrap(), *expected, "{change}");
        assert_eq!(after.notes, told, "{change}");
    }

    #[test]
    fn columns_change_one_by_one_under_any_spelling() {
        check(
            &json!({ "Wie": "customer.display_name" }),
            &json!({ "WIE": "customer.company", "tel a": null }),
            &json!({ "Wie": "customer.company", "Tel A": null }),
            &[],
        );
        let group = json!({ "group": { "field": "customer.customer_group", "constant": "Retail" } });
        check(&group, &json!({ "group": null }), &json!({}), &[]);
    }

    #[test]
    fn a_field_that_is_given_to_another_column_is_taken_from_the_first() {
        let first = json!({ "Tel A": "customer.phone" });
        check(
            &first,
            &json!({ "Tel B": "customer.phone" }),
            &json!({ "Tel A": null, "Tel B": "customer.phone" }),
            &[
                "Column `Tel A` is not imported, since its field customer.phone was given to `Tel B`. Map both to it to have both.",
            ],
        );
        let both = json!({ "Tel A": "customer.phone", "Tel B": "customer.phone" });
        check(&first, &both, &both, &[]);
        // Said again, it is given to nobody else.
        check(&both, &json!({ "Tel B": "customer.phone" }), &both, &[]);
        let second = json!({ "Tel B": { "field": "customer.phone", "order": 1 } });
        let ordered = json!({ "Tel A": "customer.phone", "Tel B": { "field": "customer.phone", "order": 1 } });
        check(&first, &second, &ordered, &[]);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let patch = patch(
            None,
            Some(&json!({ "WIE": "customer.company", "Wie": "customer.display_name" })),
        );
        let headers = ["Wie".to_owned()];
        assert!(patch.over(TableChoices::default(), None, &headers).is_err());
    }

    #[test]
    fn the_type_that_is_shown_already_forgets_no_column() {
        let mapped = over(
            &TableChoices::default(),
            &patch(None, Some(&json!({ "Wie": "customer.notes" }))),
        );
        let same = over(&mapped, &patch(Some("generic.customers"), None));
        assert_eq!(same.mapping, mapped.mapping);
        assert_eq!(over(&mapped, &patch(Some("generic.vehicles"), None)).mapping, None);
    }

    #[test]
    fn only_what_a_person_says_changes_what_was_taken_from_a_saved_mapping() {
        let learned = TableChoices {
            saved: Some(SavedUse {
                id: Uuid::nil(),
                name: None,
            }),
            ..over(&TableChoices::default(), &patch(Some("generic.customers"), None))
        };
        assert!(!over(&learned, &patch(Some("generic.customers"), None)).changed_since);
        let mapped = over(&learned, &patch(None, Some(&json!({ "Wie": null }))));
        assert!(mapped.changed_since && over(&mapped, &patch(None, None)).changed_since);
        assert!(over(&learned, &patch(Some("generic.vehicles"), None)).changed_since);
        assert!(!over(&mapped, &patch(None, Some(&Value::Null))).changed_since);
    }
}
