//! `conformance`: the service does what its specification says, and the specification is one that others can build on.

mod service;
mod tools;

use std::fs;

use clap::Args;

use crate::programs::{NODE, NPM, PYTHON, ensure};
use crate::step::{run, say};
use service::Service;
use tools::Tools;

/// Requests per operation where nobody says how many.
const DEFAULT_EXAMPLES: u32 = 200;

/// Check the service against its specification, and the specification against its rules.
///
/// Spectral and Redocly read the specification; the client in `api-spec/client` is compiled against it; then Schemathesis
/// makes up requests for a service of this checkout, with an imported run, on SQLite. How each does that is said in
/// `api-spec`. It needs Node and Python, and installs them where root runs it on Debian or Ubuntu; the tools themselves are
/// installed below the target folder, in fixed versions.
#[derive(Args)]
pub struct Conformance {
    /// How many requests are made up per operation and phase at most.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_EXAMPLES, value_parser = clap::value_parser!(u32).range(1..))]
    pub examples: u32,
}

impl Conformance {
    /// Runs every check; stops at the first that fails.
    pub fn run(&self) -> anyhow::Result<()> {
        ensure(&[NODE, NPM, PYTHON])?;
        let tools = Tools::install()?;
        check_specification(&tools)?;
        compile_client(&tools)?;
        self.try_service(&tools)
    }

    fn try_service(&self, tools: &Tools) -> anyhow::Result<()> {
        let folder = tools.folder().join("service");
        let service = Service::start(&folder)?;
        let reports = folder.join("reports");
        let mut schemathesis = tools.python("schemathesis");
        schemathesis
            .args(["--config-file", "schemathesis.toml", "run", "openapi.json"])
            .args(["--max-examples", &self.examples.to_string()])
            .args(["--url", service.address()])
            .args(["--report", "junit", "--report-dir"])
            .arg(&reports)
            .env("TORQUEFLOW_TOKEN", service.token());
        let outcome = run(&mut schemathesis);
        if outcome.is_err() {
            say(&format!("what the service said is in {}", service.log().display()));
        }
        outcome
    }
}

/// Spectral and Redocly have nothing to say.
fn check_specification(tools: &Tools) -> anyhow::Result<()> {
    run(tools.node("spectral").args([
        "lint",
        "openapi.json",
        "--ruleset",
        ".spectral.yaml",
        "--fail-severity",
        "warn",
    ]))?;
    run(tools
        .node("redocly")
        .args(["lint", "openapi.json", "--config", "redocly.yaml"])
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"))
}

/// The types that follow from the specification are those that the client is written with.
fn compile_client(tools: &Tools) -> anyhow::Result<()> {
    // A field that has a default may be left out of a request.
    run(tools.node("openapi-typescript").args([
        "openapi.json",
        "--output",
        "client/schema.d.ts",
        "--default-non-nullable",
        "false",
    ]))?;
    let types = tools.folder().join("client/schema.d.ts");
    anyhow::ensure!(fs::metadata(&types)?.len() > 0, "`{}` is empty", types.display());
    run(tools.node("tsc").args(["--project", "tsconfig.json"]))
}
