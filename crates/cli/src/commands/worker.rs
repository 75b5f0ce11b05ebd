//! `torqueflow worker`

use torqueflow_app::worker;

use super::serve::told_to_end;
use crate::args::{Common, WorkOptions};
use crate::exit_code::Exit;

/// Works on runs until the process is told to end; then finishes the batches at hand.
pub async fn run(common: &Common, arguments: &WorkOptions) -> anyhow::Result<Exit> {
    let (app, _) = super::open(common).await?;
    // Before it says that it is there: whoever reads that may tell it to end.
    let told_to_end = told_to_end();
    note!("Working on what the service is given.");
    let options = arguments.options();
    let ended = async {
        told_to_end.await;
        app.stop();
    };
    tokio::join!(worker::run(&app, &options), ended);
    Ok(Exit::Done)
}
