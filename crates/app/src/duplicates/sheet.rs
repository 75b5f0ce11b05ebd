//! The matches of a run as a table for a spreadsheet, and the decisions that come back in it.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::Path;

use torqueflow_persistence::{AuditEvent, DuplicateAction, DuplicateFilter, OrganizationId};
use uuid::Uuid;

use super::{DuplicateView, list, refusal};
use crate::error::AppError;
use crate::lists::{LineProblem, ListError, problems_text, read_list};
use crate::spreadsheet::neutral;
use crate::{App, Caller, boxed};

/// Matches that are read at a time.
const PAGE: u64 = 200;
const ID: &str = "id";
const ACTION: &str = "action";

/// Writes all matches of a run, the surest first, as CSV that is safe to open in a spreadsheet. Says how many.
///
/// The last column, `action`, is what was decided; it is there to be filled in for [`apply_sheet`].
#[boxed]
pub async fn write_csv(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    writer: &mut (dyn Write + Send),
) -> Result<u64, AppError> {
    let failed = |error: csv::Error| AppError::io("the matches".as_ref())(io::Error::other(error));
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        ID,
        "file",
        "sheet",
        "row",
        "entity",
        "incoming",
        "matches",
        "level",
        "confidence",
        "reasons",
        "merge_fills",
        "earlier_decision",
        ACTION,
    ])
    .map_err(failed)?;
    let mut written = 0;
    let mut after = None;
    loop {
        let page = list(app, organization, run_id, &DuplicateFilter::default(), after, PAGE).await?;
        for item in &page.items {
            csv.write_record(line(item)).map_err(failed)?;
            written += 1;
        }
        after = page.next;
        if after.is_none() {
            csv.flush().map_err(AppError::io("the matches".as_ref()))?;
            return Ok(written);
        }
    }
}

fn line(item: &DuplicateView) -> [String; 13] {
    let fills = item.fields.iter().filter(|field| field.merge_fills);
    let fills: Vec<_> = fills
        .map(|field| format!("{}: {}", field.label, field.incoming.as_deref().unwrap_or_default()))
        .collect();
    let earlier = item.earlier_decision.as_ref();
    let earlier = earlier.map(|earlier| format!("{}: {}", earlier.action.name(), earlier.matches));
    let earlier = earlier.unwrap_or_default();
    [
        item.id.to_string(),
        neutral(&item.file),
        neutral(item.sheet.as_deref().unwrap_or_default()),
        item.row.to_string(),
        item.entity.name().to_owned(),
        neutral(&item.incoming),
        neutral(&item.matches),
        item.confidence_level.name().to_owned(),
        format!("{:.2}", item.confidence),
        neutral(&item.reasons.join("; ")),
        neutral(&fills.join("; ")),
        neutral(&earlier),
        item.action.map(DuplicateAction::name).unwrap_or_default().to_owned(),
    ]
}

/// Why decisions were not taken over. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The file can't be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// Lines of it say what can't be done.
    #[error("`{file}`: {}", problems_text(.problems))]
    Lines {
        /// The file's name.
        file: String,
        /// Which, and why.
        problems: Vec<LineProblem>,
    },
    /// The run can't be decided on, or the database is away.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Takes over the decisions of a file with the columns `id` and `action`: a CSV or workbook, as [`write_csv`] makes it
/// and a spreadsheet saves it. All of them or none. Says how many.
///
/// An empty action takes a decision back, so that the default counts. Matches that the file does not list stay as they
/// are.
#[boxed]
pub async fn apply_sheet(app: &App, caller: &Caller, run_id: Uuid, path: &Path) -> Result<u64, DecisionError> {
    let run = app
        .store
        .run_get(caller.organization, run_id)
        .await
        .map_err(AppError::from)?;
    let lines = read_list(&app.opener, path, &[ID, ACTION], &[])?;
    let known = app
        .store
        .duplicate_ids(caller.organization, run_id)
        .await
        .map_err(AppError::from)?;
    let mut decisions = BTreeMap::new();
    let mut problems = Vec::new();
    for line in &lines {
        let decided = decision(line.text(ID), line.text(ACTION), &known).and_then(|(id, action)| {
            match decisions.insert(id, action) {
                Some(earlier) if earlier != action => Err(format!("match {id} is there twice, with two actions")),
                _ => Ok(()),
            }
        });
        if let Err(message) = decided {
            problems.push(LineProblem { row: line.row, message });
        }
    }
    if !problems.is_empty() {
        let file = path.display().to_string();
        return Err(DecisionError::Lines { file, problems });
    }
    let event = AuditEvent::now(&caller.actor, "import_run.duplicates_decided")
        .in_run(run_id)
        .with(serde_json::json!({ "decisions": decisions }));
    app.store
        .duplicate_decide_each(caller.organization, run_id, &decisions, &event)
        .await
        .map_err(|error| refusal(error, &run))?;
    Ok(decisions.len() as u64)
}

fn decision(id: &str, action: &str, known: &HashSet<Uuid>) -> Result<(Uuid, Option<DuplicateAction>), String> {
    let found = Uuid::parse_str(id).ok().filter(|id| known.contains(id));
    let id = found.ok_or_else(|| format!("the run has no match `{id}`"))?;
    match action.to_lowercase().as_str() {
        "" => Ok((id, None)),
        name => match name.parse() {
            Ok(action) => Ok((id, Some(action))),
            Err(_) => Err(format!("`{action}` is no action; use skip, merge, create or nothing")),
        },
    }
}
