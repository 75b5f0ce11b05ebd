//! `torqueflow audit`

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use torqueflow_app::audit::{AuditFilter, Heads, ProblemKind, Verification, export, list, verify};
use torqueflow_app::{App, Caller, OrganizationId};
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::{render, report_tables};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no entry was changed, removed, moved or put in since it was sealed
    ///
    /// Entries that were cut off at the end show only against a head that was kept elsewhere.
    Verify(AuditVerify),
    /// List the entries, the newest first
    List(AuditList),
    /// Write everything that a run did to a zip
    Export(AuditExport),
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// What the log ended with at some time: COUNT:MAC, or a file with such heads
    #[arg(long, value_name = "FILE|COUNT:MAC")]
    pub head: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct AuditList {
    /// Only what was done so: `import_run.completed`
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only what was done by this one: cli
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only what belongs to this run
    #[arg(long, value_name = "RUN_ID")]
    pub run: Option<Uuid>,
    /// How many, the newest first
    #[arg(long, default_value_t = 50)]
    pub limit: u64,
    /// Go on behind the page that ended with this cursor
    #[arg(long)]
    pub cursor: Option<String>,
    /// Print the entries as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct AuditExport {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// The zip to be written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Checks, lists and exports the audit log.
pub async fn run(common: &Common, arguments: &Audit) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    match arguments {
        Audit::Verify(verify) => check(&app, organization, verify).await,
        Audit::List(list) => show(&app, organization, list).await,
        Audit::Export(export) => write(&app, organization, export).await,
    }
}

async fn check(app: &App, organization: OrganizationId, arguments: &AuditVerify) -> anyhow::Result<Exit> {
    let heads = match &arguments.head {
        Some(given) => Heads::read(organization, given)?,
        None => Heads::default(),
    };
    let verification = verify(app, organization, &heads).await?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&verification)?);
    } else {
        tell(&verification);
    }
    Ok(if verification.problem.is_some() {
        Exit::Flagged
    } else {
        Exit::Done
    })
}

fn tell(verification: &Verification) {
    let checked = render::counted(verification.entries, "entry", "entries");
    match &verification.problem {
        None => say!("The audit log is intact: {checked}."),
        Some(problem) => {
            say!("The audit log was tampered with: {}.", problem.message);
            say!("Before that, {checked} are as they were sealed.");
        }
    }
    if let Some(head) = &verification.head {
        say!("It ends with {head}");
    }
    if verification.unsealed > 0 {
        let unsealed = render::counted(verification.unsealed as i64, "entry is", "entries are");
        say!("{unsealed} not sealed yet.");
    }
    let is_cut = |kind| matches!(kind, ProblemKind::CutOff | ProblemKind::HeadDiffers);
    if verification.heads_checked == 0
        && !verification
            .problem
            .as_ref()
            .is_some_and(|problem| is_cut(problem.kind))
    {
        say!("Whether entries were cut off at the end can't be told without a head that was kept elsewhere (--head).");
    }
}

async fn show(app: &App, organization: OrganizationId, arguments: &AuditList) -> anyhow::Result<Exit> {
    let filter = AuditFilter {
        action: arguments.action.clone(),
        actor: arguments.actor.clone(),
        run_id: arguments.run,
        ..AuditFilter::default()
    };
    let page = list(app, organization, &filter, arguments.cursor.as_deref(), arguments.limit).await?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&page)?);
        return Ok(Exit::Done);
    }
    say!("{}", report_tables::audit_log(&page.items));
    if let Some(cursor) = page.next_cursor {
        note!("There are more: --cursor {cursor}");
    }
    Ok(Exit::Done)
}

async fn write(app: &App, organization: OrganizationId, arguments: &AuditExport) -> anyhow::Result<Exit> {
    let (path, run_id) = (&arguments.output, arguments.run_id);
    let run = app.store().run_get(organization, run_id).await.map_err(Into::into);
    if super::unless_unknown(run_id, run)?.is_none() {
        return Ok(Exit::NothingRun);
    }
    let output = super::create_private(path).with_context(|| format!("failed to write `{}`", path.display()))?;
    let caller = Caller::program(organization, "cli");
    let exported = export::export(app, &caller, run_id, &mut std::io::BufWriter::new(output)).await?;
    for member in &exported.members {
        say!("{}  {}", member.sha256, member.name);
    }
    if let Some(head) = &exported.audit_head {
        say!("The audit log ended with {head}");
    }
    Ok(Exit::Done)
}
