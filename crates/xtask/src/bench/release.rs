//! The program that is measured: a release build of this checkout.

use std::path::PathBuf;

use anyhow::bail;

use crate::step::{cargo, run, target_folder};

/// Builds the release program and says where it is.
pub fn build() -> anyhow::Result<PathBuf> {
    run(cargo().args(["build", "--release", "--package", "torqueflow-cli"]))?;
    let binary = target_folder().join("release").join("torqueflow");
    if !binary.is_file() {
        bail!("there is no {}; name the program: --binary FILE", binary.display());
    }
    Ok(binary)
}
