//! `torqueflow migrate`

use crate::args::Common;
use crate::exit_code::Exit;

/// Brings the database up to date. Opening it does.
pub async fn run(common: &Common) -> anyhow::Result<Exit> {
    super::open(common).await?;
    say!("The database is up to date.");
    Ok(Exit::Done)
}
