//! `torqueflow show`

use torqueflow_app::AppError;
use torqueflow_app::summary::run_summary;

use crate::args::{Common, Show};
use crate::exit_code::Exit;
use crate::render;

/// Shows one run in full.
pub async fn run(common: &Common, arguments: &Show) -> anyhow::Result<Exit> {
    let (app, organization) = super::open(common).await?;
    let summary = match run_summary(&app, organization, arguments.run_id).await {
        Err(AppError::Store(error)) if error.is_not_found() => {
            note!("There is no run {}; `torqueflow runs` lists them.", arguments.run_id);
            return Ok(Exit::NothingRun);
        }
        summary => summary?,
    };
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&summary)?);
    } else {
        say!("{}", render::detection_table(&render::lines_of(&summary)));
        say!("{}", render::report(&summary));
    }
    Ok(Exit::Done)
}
