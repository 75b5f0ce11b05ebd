//! `torqueflow report`

use std::path::Path;

use anyhow::Context;
use torqueflow_app::failed_rows;
use torqueflow_app::reports::{data_quality, reconciliation};
use torqueflow_app::{App, AppError, OrganizationId};

use crate::args::{Common, Report};
use crate::exit_code::Exit;
use crate::{render, report_tables};

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
        failed_rows::write_file(app, organization, file, std::io::BufWriter::new(output)).await?;
        say!("{}: {}", path.display(), render::counted(file.rows, "row", "rows"));
    }
    Ok(Exit::Done)
}
