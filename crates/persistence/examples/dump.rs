//! Prints the canonical dump of an organisation: `cargo run -p torqueflow-persistence --example dump -- URL [SLUG]`.
//! Two databases that print the same hold the same data.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use torqueflow_persistence::{Store, StoreError, dump};

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite://torqueflow.db".to_owned());
    let slug = arguments.next().unwrap_or_else(|| "default".to_owned());
    let store = Store::connect(&url).await?;
    let organization = store.organization_ensure(&slug).await?;
    print!("{}", dump(&store, organization).await?);
    Ok(())
}
