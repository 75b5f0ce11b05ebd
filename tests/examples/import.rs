//! Imports a file in a program of one's own, into a new database in a folder, and says what became of it:
//!
//! ```text
//! cargo run -p torqueflow-tests --example import -- tests/samples/techman-export.xlsx tests/samples/password.txt /tmp/garage
//! ```

use std::env;
use std::error::Error;
use std::fs::read_to_string;
use std::io::{Write, stdout};

use torqueflow_app::options::{OnDuplicate, RunOptions};
use torqueflow_app::runs::{self, Purpose};
use torqueflow_app::summary::run_summary;
use torqueflow_app::{App, AppConfig, Caller, DuplicateAction};
use torqueflow_pipeline::Password;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(password), Some(folder)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("say the file, the file with its password, and the folder for the database".into());
    };
    let password = Password::new(read_to_string(password)?.trim());
    let app = App::open(&AppConfig::new(format!("sqlite://{folder}/garage.db?mode=rwc"), folder)).await?;
    let garage = app.organization("a-garage").await?;
    let caller = Caller::program(garage, "a service");
    let options = RunOptions {
        on_duplicate: OnDuplicate::all(DuplicateAction::Create),
        ..RunOptions::default()
    };
    let run = runs::create(&app, &caller, &[file.into()], &options, Purpose::Import, &|_| {}).await?;
    runs::prepare(&app, &caller, run.id, Some(&password), &|_| {}).await?;
    runs::start(&app, &caller, run.id).await?;
    runs::import(&app, &caller, run.id, &|_| {}).await?;
    let summary = run_summary(&app, garage, run.id).await?;
    let dump = torqueflow_persistence::dump(app.store(), garage).await?;
    let customers = dump.lines().filter(|line| line.starts_with("techman\tcustomer\t"));
    writeln!(
        stdout(),
        "{} rows, {} failed, {} customers",
        summary.totals.rows,
        summary.totals.counts.failed,
        customers.count()
    )?;
    Ok(())
}
