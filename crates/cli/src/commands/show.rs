//! `torqueflow show`

use torqueflow_app::summary::run_summary;

use crate::args::{Common, Show};
use crate::exit_code::Exit;
use crate::render;

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
