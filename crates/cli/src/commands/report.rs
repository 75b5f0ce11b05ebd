//! `torqueflow report`

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use torqueflow_app::failed_rows;
use torqueflow_app::reports::{data_quality, reconciliation};
use torqueflow_app::{App, AppError, OrganizationId};
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::{render, report_tables};

#[derive(Debug, Args)]
pub struct Report {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    #[command(flatten)]
    pub which: WhichReport,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Print the report as CSV
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// One of them; by default both reports are printed.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct WhichReport {
    /// What the run did, per entity and per field
    #[arg(long)]
    pub reconciliation: bool,
    /// What was found in which column, and how complete the records are
    #[arg(long)]
    pub data_quality: bool,
    /// Write the rows that failed to this folder, a file for each file of the upload, to be corrected and imported again
    #[arg(long, value_name = "DIR", conflicts_with_all = ["json", "csv"])]
    pub failed_rows: Option<PathBuf>,
}

/// Reports on one run.
pub async fn run(common: &Common, arguments: &Report) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let outcome = match &arguments.which.failed_rows {
        Some(folder) => write_failed_rows(&app, organization, arguments, folder).await,
        None => print_reports(&app, organization, arguments).await,
    };
    match outcome {
        Err(error) => match error.downcast::<AppError>() {
            Ok(error) => Ok(super::unless_unknown(arguments.run_id, Err(error))?.unwrap_or(Exit::NothingRun)),
            Err(error) => Err(error),
        },
        outcome => outcome,
    }
}

async fn print_reports(app: &App, organization: OrganizationId, arguments: &Report) -> anyhow::Result<Exit> {
    let both = !arguments.which.reconciliation && !arguments.which.data_quality;
    let mut json = serde_json::Map::new();
    if both || arguments.which.reconciliation {
        let report = reconciliation(app, organization, arguments.run_id).await?;
        if arguments.json {
            json.insert("reconciliation".to_owned(), serde_json::to_value(&report)?);
        } else if arguments.csv {
            report.write_csv(std::io::stdout().lock())?;
        } else {
            say!("{}", report_tables::reconciliation(&report));
        }
    }
    if both || arguments.which.data_quality {
        let report = data_quality(app, organization, arguments.run_id).await?;
        if arguments.json {
            json.insert("data_quality".to_owned(), serde_json::to_value(&report)?);
        } else if arguments.csv {
            report.write_csv(std::io::stdout().lock())?;
        } else {
            say!("{}", report_tables::data_quality(&report));
        }
    }
    if arguments.json {
        // A single report stands for itself.
        let value = match (both, json.len()) {
            (false, 1) => json.into_iter().next().map(|(_, report)| report).unwrap_or_default(),
            _ => json.into(),
        };
        say!("{}", serde_json::to_string_pretty(&value)?);
    }
    Ok(Exit::Done)
}

async fn write_failed_rows(
    app: &App,
    organization: OrganizationId,
    arguments: &Report,
    folder: &Path,
) -> anyhow::Result<Exit> {
    let files = failed_rows::list(app, organization, arguments.run_id).await?;
    if files.is_empty() {
        note!("No row of this run failed.");
        return Ok(Exit::Done);
    }
    std::fs::create_dir_all(folder).with_context(|| format!("failed to create the folder `{}`", folder.display()))?;
    for file in &files {
        let path = folder.join(&file.name);
        let output = super::create_private(&path).with_context(|| format!("failed to write `{}`", path.display()))?;
        failed_rows::write_file(app, organization, file, &mut std::io::BufWriter::new(output)).await?;
        say!("{}: {}", path.display(), render::counted(file.rows, "row", "rows"));
    }
    Ok(Exit::Done)
}
