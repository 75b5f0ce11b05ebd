//! What can be typed: the commands, and what several of them share. What is a command's own stands in its file.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use torqueflow_api::Algorithm;
use torqueflow_app::Limits;
use torqueflow_app::worker::WorkerOptions;

use crate::commands::{
    audit::Audit, clean::Clean, detect::Detect, duplicates::Duplicates, import::Import, merge::Merge, report::Report,
    rollback::Rollback, runs::Runs, serve::Serve, show::Show, sources::Sources, template::Template, token::Token,
};

/// Brings a garage's customers, vehicles and work orders over from other software.
#[derive(Debug, Parser)]
#[command(name = "torqueflow", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// The database where none is named.
pub const DEFAULT_DATABASE: &str = "sqlite://torqueflow.db?mode=rwc";
/// The organisation where none is named.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// What all commands with a database know.
#[derive(Debug, Args)]
pub struct Common {
    /// The database, `sqlite://FILE?mode=rwc` or `postgres://USER@HOST/NAME`
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = DEFAULT_DATABASE
    )]
    pub database: String,
    /// The organisation that everything belongs to
    #[arg(long, global = true, value_name = "SLUG", default_value = DEFAULT_ORGANIZATION)]
    pub organization: String,
    /// The folder of uploads and staged rows; by default beside the SQLite file, else in the current folder
    #[arg(long, global = true, env = "TORQUEFLOW_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The S3-compatible bucket where several machines share uploads and staged rows, `s3://BUCKET/PREFIX`
    #[arg(
        long,
        global = true,
        env = "TORQUEFLOW_BUCKET",
        value_name = "URL",
        requires = "audit_key_file"
    )]
    pub bucket: Option<String>,
    /// The key that the audit log is sealed with, at least 32 bytes; by default one that is made in the data folder
    #[arg(long, global = true, env = "TORQUEFLOW_AUDIT_KEY_FILE", value_name = "FILE")]
    pub audit_key_file: Option<PathBuf>,
    /// The file that gets the head of the audit log with each sealing, best kept away from the database
    #[arg(long, global = true, env = "TORQUEFLOW_AUDIT_HEAD_FILE", value_name = "FILE")]
    pub audit_head_file: Option<PathBuf>,
    /// How many milliseconds a commit of an import is to take about: it carries as many batches of 100 rows as fit; 0 means
    /// one each
    #[arg(
        long,
        global = true,
        env = "TORQUEFLOW_COMMIT_INTERVAL",
        value_name = "MILLISECONDS",
        default_value_t = 500
    )]
    pub commit_interval: u64,
    /// The folder of more source systems, a TOML file each; `torqueflow sources` lists and checks them
    #[arg(long, global = true, env = "TORQUEFLOW_SOURCES", value_name = "DIR")]
    pub sources: Option<PathBuf>,
    /// Set a limit on what files may ask for: `rows=5000`, `file_bytes=64MiB`; --help lists them
    #[arg(long, global = true, value_name = "NAME=VALUE", help_heading = "Limits", long_help = limits_help())]
    pub set_limit: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import files: open, detect, analyse, import, report
    ///
    /// The same files with the same options again take up an unfinished import where it stopped.
    Import(Import),
    /// Say what is in files, and why we think so; without a database
    Detect(Detect),
    /// Print the cleaned records of files as NDJSON, with what was found; without a database
    Clean(Clean),
    /// List the source systems that are known, or check the TOML file of one
    Sources(Sources),
    /// Print the import template of an entity, with a sample row
    Template(Template),
    /// List the import runs
    Runs(Runs),
    /// Show one run in full
    Show(Show),
    /// List the likely duplicates of a run, and decide on them in a spreadsheet
    ///
    /// Once all are decided, the same import again goes on by these decisions.
    Duplicates(Duplicates),
    /// Report on one run: what it did to records and fields, how good its data is; or write its failed rows
    Report(Report),
    /// Check, list and export the audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Merge customers into one, or undo a merge; what would happen is shown first
    ///
    /// With one customer alone: who is likely to be the same.
    Merge(Merge),
    /// Take a run back: delete what it created, put back what it changed
    ///
    /// First it shows what would happen. What others have changed or built on since stays. The same command again takes
    /// up a rollback that was stopped.
    Rollback(Rollback),
    /// Bring the database up to date
    Migrate,
    /// Serve the REST API
    Serve(Box<Serve>),
    /// Work on the runs of the service, beside others that do
    Worker(WorkOptions),
    /// Print a token for development
    Token(Token),
    /// Print the specification of the REST API, OpenAPI 3.1
    Openapi,
    /// Read a workbook of an older form from standard input, and write its rows to standard output
    ///
    /// What other commands run in a process of its own. It limits itself before it reads.
    #[command(hide = true)]
    ConvertWorkbook {
        /// What the parent says
        arguments: Vec<String>,
    },
}

/// The name of the hidden command, for whoever starts it.
pub const CONVERT_WORKBOOK: &str = "convert-workbook";

/// What `--help` says of limits: the one table of them.
fn limits_help() -> String {
    let mut text = "Set a limit on what files may ask for. Can be given several times. TORQUEFLOW_LIMITS has such \
                    settings too, with commas between them; what is given here goes before it.\n\nThe limits and their \
                    defaults:"
        .to_owned();
    for limit in Limits::default().in_force() {
        let _ = write!(text, "\n  {:24} {:>13}  {}", limit.name, limit.shown, limit.what);
    }
    text
}

/// Where the password of encrypted workbooks comes from. Never from an argument: those can be seen by everybody.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct PasswordSource {
    /// Read the workbooks' password from the first line of this file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Read the workbooks' password from the first line of standard input
    #[arg(long)]
    pub password_stdin: bool,
}

/// How tokens are checked, and which keys they are signed with.
#[derive(Debug, Args)]
pub struct TokenOptions {
    /// Check tokens with the secret in the first line of this file (HS256), of 32 bytes at least
    #[arg(
        long,
        env = "TORQUEFLOW_JWT_SECRET_FILE",
        value_name = "FILE",
        conflicts_with = "jwks"
    )]
    pub jwt_secret_file: Option<PathBuf>,
    /// Check tokens with the public keys of an issuer: a JWK set, in a file or at a URL
    #[arg(long, env = "TORQUEFLOW_JWKS", value_name = "FILE|URL")]
    pub jwks: Option<String>,
    /// The algorithms that the issuer signs with
    #[arg(
        long,
        env = "TORQUEFLOW_JWT_ALGORITHMS",
        value_name = "ALGORITHM",
        value_delimiter = ',',
        default_value = "RS256,ES256"
    )]
    pub jwt_algorithms: Vec<Algorithm>,
    /// The issuer that tokens must name
    #[arg(
        long,
        env = "TORQUEFLOW_JWT_ISSUER",
        value_name = "NAME",
        default_value = "torqueflow"
    )]
    pub jwt_issuer: String,
    /// The audience that tokens must name
    #[arg(
        long,
        env = "TORQUEFLOW_JWT_AUDIENCE",
        value_name = "NAME",
        default_value = "torqueflow-api"
    )]
    pub jwt_audience: String,
}

/// How runs are worked on.
#[derive(Debug, Args)]
pub struct WorkOptions {
    /// How many runs are worked on at once
    #[arg(long, env = "TORQUEFLOW_RUNS_AT_ONCE", value_name = "NUMBER", default_value_t = 2)]
    pub runs_at_once: usize,
    /// How many days uploads and staged rows of an ended run are kept
    #[arg(long, env = "TORQUEFLOW_RETENTION_DAYS", value_name = "DAYS", default_value_t = 30)]
    pub retention_days: u64,
}

impl WorkOptions {
    /// The same for the worker itself.
    pub fn options(&self) -> WorkerOptions {
        let mut options = WorkerOptions::default();
        options.runs_at_once = self.runs_at_once.max(1);
        options.retention = Duration::from_hours(24 * self.retention_days);
        options
    }
}
