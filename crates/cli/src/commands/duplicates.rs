//! `torqueflow duplicates`

use std::path::PathBuf;

use clap::Args;
use torqueflow_app::duplicates::{DecisionError, apply_sheet, list, write_csv};
use torqueflow_app::{App, AppError, Caller, DuplicateFilter, OrganizationId};
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Duplicates {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Take over the decisions of this file: its columns id and action (skip, merge, create, or nothing)
    #[arg(long, value_name = "FILE")]
    pub apply: Option<PathBuf>,
    /// Write all matches to this CSV, with what was decided
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
}

/// Matches that are listed; all of them are counted.
const SHOWN: u64 = 50;

/// Lists the likely duplicates of a run, writes them to a file, or takes the decisions of one over.
pub async fn run(common: &Common, arguments: &Duplicates) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    if let Some(path) = &arguments.apply {
        let caller = Caller::program(organization, "cli");
        let applied = apply_sheet(&app, &caller, arguments.run_id, path).await;
        super::seal_audit_log(&app).await;
        let applied = match applied {
            Err(DecisionError::App(error)) => super::unless_unknown(arguments.run_id, Err(error))?,
            applied => Some(applied?),
        };
        let Some(decisions) = applied else {
            return Ok(Exit::NothingRun);
        };
        note!(
            "{} read.",
            render::counted(decisions as i64, "decision was", "decisions were")
        );
    }
    let shown = export_or_show(&app, organization, arguments).await;
    Ok(super::unless_unknown(arguments.run_id, shown)?.unwrap_or(Exit::NothingRun))
}

async fn export_or_show(app: &App, organization: OrganizationId, arguments: &Duplicates) -> Result<Exit, AppError> {
    let run_id = arguments.run_id;
    let page = list(app, organization, run_id, &DuplicateFilter::default(), None, SHOWN).await?;
    if let Some(path) = &arguments.export {
        let mut file = super::create_private(path).map_err(AppError::io(path))?;
        let written = write_csv(app, organization, run_id, &mut file).await?;
        note!(
            "{} written to {}. Fill in the column action, then give it back with --apply.",
            render::counted(written as i64, "match was", "matches were"),
            path.display()
        );
    }
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&page).unwrap_or_default());
    } else if arguments.export.is_none() && arguments.apply.is_none() {
        say!("{}", render::duplicates_table(&page.items));
        if page.next.is_some() {
            say!("These are the surest {SHOWN} of {}; --export writes all.", page.total);
        }
    }
    if page.undecided == 0 {
        return Ok(Exit::Done);
    }
    let undecided = page.undecided as i64;
    note!(
        "{} for a decision.",
        render::counted(undecided, "likely duplicate waits", "likely duplicates wait")
    );
    Ok(Exit::Waiting)
}
