//! `torqueflow rollback`

use std::io::{IsTerminal, Write};

use clap::Args;
use torqueflow_app::rollback::{self, Confirmed, RollbackReport};
use torqueflow_app::{App, AppError, Caller, OrganizationId};
use torqueflow_model::RunStatus;
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::progress::Progress;
use crate::render;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
pub struct Rollback {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Show what would happen, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask; needed where nobody can be asked
    #[arg(long)]
    pub yes: bool,
    /// Also take back records that a later import found unchanged
    #[arg(long)]
    pub remove_confirmed: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Takes a run back, after it has shown what would happen.
pub async fn run(common: &Common, arguments: &Rollback) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let outcome = undo(&app, organization, arguments).await;
    super::seal_audit_log(&app).await;
    Ok(super::unless_unknown(arguments.run_id, outcome)?.unwrap_or(Exit::NothingRun))
}

async fn undo(app: &App, organization: OrganizationId, arguments: &Rollback) -> Result<Exit, AppError> {
    let run_id = arguments.run_id;
    let confirmed = if arguments.remove_confirmed {
        Confirmed::Remove
    } else {
        Confirmed::Keep
    };
    let preview = rollback::preview(app, organization, run_id, confirmed).await?;
    if arguments.dry_run {
        show(&preview, arguments.json);
        if !arguments.json {
            say!("Nothing was written: this was a dry run.");
        }
        return Ok(exit(&preview));
    }
    // A rollback that was stopped has been agreed to before.
    if preview.status != RunStatus::RollingBack && !arguments.yes {
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            note!("error: nobody can be asked here; look at it with --dry-run first, then say --yes");
            return Ok(Exit::Usage);
        }
        note!("{}", render::rollback_table(&preview));
        if !agreed() {
            note!("Nothing was written.");
            return Ok(Exit::Waiting);
        }
    }
    let caller = Caller::program(organization, "cli");
    let progress = Progress::new();
    rollback::request(app, &caller, run_id, confirmed, false).await?;
    let outcome = rollback::rollback(app, &caller, run_id, &|event| progress.on(event)).await;
    progress.clear();
    outcome?;
    let report = rollback::report(app, organization, run_id).await?;
    show(&report, arguments.json);
    Ok(exit(&report))
}

fn show(report: &RollbackReport, json: bool) {
    if json {
        say!("{}", serde_json::to_string_pretty(report).unwrap_or_default());
    } else {
        say!("{}", render::rollback_table(report));
    }
}

fn exit(report: &RollbackReport) -> Exit {
    if report.is_complete() {
        Exit::Done
    } else {
        Exit::Flagged
    }
}

/// Asks on the terminal.
fn agreed() -> bool {
    let _ = write!(std::io::stderr().lock(), "Take the run back? [y/N] ");
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
