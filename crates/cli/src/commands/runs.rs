//! `torqueflow runs`

use clap::Args;
use torqueflow_app::summary::run_list;

use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Runs {
    /// How many, the newest first
    #[arg(long, default_value_t = 20)]
    pub limit: u64,
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
}

/// Lists the runs, the newest first.
pub async fn run(common: &Common, arguments: &Runs) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let runs = run_list(&app, organization, arguments.limit).await?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&runs)?);
    } else if runs.is_empty() {
        say!("No import has been run yet.");
    } else {
        say!("{}", render::runs_table(&runs));
    }
    Ok(Exit::Done)
}
