//! `torqueflow show`

use clap::Args;
use torqueflow_app::summary::run_summary;
use uuid::Uuid;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Show {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Print the run as JSON
    #[arg(long)]
    pub json: bool,
}

/// Shows one run in full.
pub async fn run(common: &Common, arguments: &Show) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let summary = run_summary(&app, organization, arguments.run_id).await;
    let Some(summary) = super::unless_unknown(arguments.run_id, summary)? else {
        return Ok(Exit::NothingRun);
    };
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        say!("{}", render::detection_table(&render::lines_of(&summary)));
        say!("{}", render::report(&summary));
    }
    Ok(Exit::Done)
}
