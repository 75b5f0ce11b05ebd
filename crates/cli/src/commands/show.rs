//! `torqueflow show`

use clap::Args;
use torqueflow_app::summary::run_summary;
use uuid::Uuid;

use super::preview::{USUAL_ROWS, WithPreviews, previews};
use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Show {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Show the first rows of each table, each cell beside what it becomes, and what each row is that holds no record
    #[arg(long, num_args = 0..=1, default_missing_value = USUAL_ROWS, require_equals = true, value_name = "ROWS",
          value_parser = clap::value_parser!(u16).range(1..=100))]
    pub preview: Option<u16>,
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
    let previews = previews(&app, organization, arguments.run_id, arguments.preview).await?;
    if arguments.json {
        let shown = WithPreviews {
            summary: &summary,
            previews: previews.as_deref(),
        };
        say!("{}", serde_json::to_string_pretty(&shown)?);
    } else {
        for preview in previews.iter().flatten() {
            say!("{}", preview.render());
        }
        say!("{}", render::detection_table(&render::lines_of(&summary)));
        say!("{}", render::report(&summary));
    }
    Ok(Exit::Done)
}
