//! What can be typed.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use torqueflow_api::Algorithm;
use torqueflow_app::access::Role;
use torqueflow_app::options::{Orphans, RunMode};
use torqueflow_app::worker::WorkerOptions;
use torqueflow_app::{DuplicateAction, Limits};
use uuid::Uuid;

/// Brings a garage's customers, vehicles and work orders over from other software.
#[derive(Debug, Parser)]
#[command(name = "torqueflow", version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

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
        default_value = "sqlite://torqueflow.db?mode=rwc"
    )]
    pub database: String,
    /// The organisation that everything belongs to
    #[arg(long, global = true, value_name = "SLUG", default_value = "default")]
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

#[derive(Debug, Args)]
pub struct Import {
    /// The files: CSV and Excel workbooks in any mix
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it: techman, ga4, xero, …
    #[arg(long, value_name = "SYSTEM")]
    pub source: Option<String>,
    /// What to do with likely duplicates; without it they are listed and nothing is written
    #[arg(long, value_enum, value_name = "ACTION")]
    pub on_duplicate: Option<OnDuplicate>,
    /// Whether groups, families and locations that rows name are created; by default in a first import
    #[arg(long, value_enum, value_name = "ON|OFF")]
    pub create_missing: Option<Switch>,
    /// How to treat what the source system brought before; by default a refresh, if it brought anything
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// Update records that have the code of an incoming one (customer number, product code, …), whoever made them; with
    /// `off`, update nothing that is there already
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "on", require_equals = true, value_name = "ON|OFF")]
    pub update_existing: Option<Switch>,
    /// In a refresh, make fields null whose cell is blank now and that nobody changed here
    #[arg(long)]
    pub blank_wipes: bool,
    /// What to do with rows whose customer, job or invoice is nowhere
    #[arg(long, value_enum, default_value = "fail", value_name = "ACTION")]
    pub orphans: OrphanAction,
    /// Leave out the rows that this CSV lists by file, sheet and row
    #[arg(long, value_name = "FILE")]
    pub exclude_rows: Option<PathBuf>,
    /// Analyse everything, show what would happen, and write no record
    #[arg(long)]
    pub dry_run: bool,
    /// Write every finding to this CSV
    #[arg(long, value_name = "FILE")]
    pub error_log: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnDuplicate {
    /// Leave the incoming record out; what belongs to it attaches to the match
    Skip,
    /// Fill what is blank in the match; never overwrite
    Merge,
    /// Import it as a record of its own
    Create,
}

impl From<OnDuplicate> for DuplicateAction {
    fn from(action: OnDuplicate) -> Self {
        match action {
            OnDuplicate::Skip => Self::Skip,
            OnDuplicate::Merge => Self::Merge,
            OnDuplicate::Create => Self::Create,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Leave records as they are that were imported before
    Initial,
    /// Update them where the source changed them and nobody changed them here
    Refresh,
}

impl From<Mode> for RunMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Initial => Self::Initial,
            Mode::Refresh => Self::Refresh,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OrphanAction {
    /// The rows fail, and the error log names what is missing
    Fail,
    /// The rows are imported without the link
    Unlinked,
}

impl From<OrphanAction> for Orphans {
    fn from(action: OrphanAction) -> Self {
        match action {
            OrphanAction::Fail => Self::Fail,
            OrphanAction::Unlinked => Self::Unlinked,
        }
    }
}

#[derive(Debug, Args)]
pub struct Detect {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it
    #[arg(long, value_name = "SYSTEM")]
    pub source: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Clean {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it
    #[arg(long, value_name = "SYSTEM")]
    pub source: Option<String>,
}

#[derive(Debug, Args)]
pub struct Template {
    /// The entity: `customer`, `vehicle`, `product`, `work_order` …
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// The form of the template
    #[arg(long, value_enum, default_value = "csv")]
    pub format: TemplateFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateFormat {
    Csv,
    Xlsx,
}

#[derive(Debug, Args)]
pub struct Runs {
    /// How many, the newest first
    #[arg(long, default_value_t = 20)]
    pub limit: u64,
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Show {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Print the run as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Duplicates {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Take over the decisions of this file: its columns id and action (skip, merge, create, or nothing)
    #[arg(long, value_name = "FILE")]
    pub apply: Option<PathBuf>,
    /// Write all matches to this CSV, with what was decided
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
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

#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on; with port 0 the system chooses one
    #[arg(
        long,
        env = "TORQUEFLOW_BIND",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    pub bind: SocketAddr,
    /// Answer requests only; runs are worked on by `torqueflow worker`
    #[arg(long)]
    pub no_worker: bool,
    #[command(flatten)]
    pub work: WorkOptions,
    /// The address of the metrics; by default they are at /metrics of the service
    #[arg(long, env = "TORQUEFLOW_METRICS_BIND", value_name = "ADDRESS")]
    pub metrics_bind: Option<SocketAddr>,
    #[command(flatten)]
    pub tokens: TokenOptions,
    /// A web origin that browsers may call from, such as `https://app.example`; can be repeated
    #[arg(
        long,
        env = "TORQUEFLOW_ALLOWED_ORIGINS",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origin: Vec<String>,
    /// Believe the proxy in front about where requests come from (X-Forwarded-For)
    #[arg(long, env = "TORQUEFLOW_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// How many requests a user or key may make in a minute
    #[arg(
        long,
        env = "TORQUEFLOW_REQUESTS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = 1200
    )]
    pub requests_per_minute: u32,
    /// How many requests without a valid token an address may make in a minute
    #[arg(
        long,
        env = "TORQUEFLOW_REFUSALS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = 60
    )]
    pub refusals_per_minute: u32,
}

#[derive(Debug, Args)]
pub struct Token {
    /// The user
    #[arg(long, value_name = "NAME", default_value = "developer")]
    pub user: String,
    /// The user's role: owner, admin, manager, `service_advisor`, technician, or one of the organisation's own
    #[arg(long, value_name = "ROLE", default_value = "owner", value_parser = parse_role)]
    pub role: Role,
    /// How many hours it is good for
    #[arg(long, value_name = "HOURS", default_value_t = 12)]
    pub hours: u32,
    #[command(flatten)]
    pub tokens: TokenOptions,
}

fn parse_role(name: &str) -> Result<Role, &'static str> {
    Role::parse(name).ok_or("a role is 1 to 50 lower-case letters, digits and underscores")
}

#[derive(Debug, Args)]
pub struct Report {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    #[command(flatten)]
    pub which: WhichReport,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Print the report as CSV
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// One of them; by default both reports are printed.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct WhichReport {
    /// What the run did, per entity and per field
    #[arg(long)]
    pub reconciliation: bool,
    /// What was found in which column, and how complete the records are
    #[arg(long)]
    pub data_quality: bool,
    /// Write the rows that failed to this folder, a file for each file of the upload, to be corrected and imported again
    #[arg(long, value_name = "DIR", conflicts_with_all = ["json", "csv"])]
    pub failed_rows: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no entry was changed, removed, moved or put in since it was sealed
    ///
    /// Entries that were cut off at the end show only against a head that was kept elsewhere.
    Verify(AuditVerify),
    /// List the entries, the newest first
    List(AuditList),
    /// Write everything that a run did to a zip
    Export(AuditExport),
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// What the log ended with at some time: COUNT:MAC, or a file with such heads
    #[arg(long, value_name = "FILE|COUNT:MAC")]
    pub head: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Merge {
    /// The customer that stays, then those that end up in it; each by id or customer number
    #[arg(value_name = "CUSTOMER", required_unless_present = "undo", conflicts_with = "undo")]
    pub customers: Vec<String>,
    /// Take a field from this customer: `email=C1002`
    #[arg(long = "field", value_name = "FIELD=CUSTOMER", value_parser = field_choice, conflicts_with = "undo")]
    pub fields: Vec<(String, String)>,
    /// Undo this merge instead
    #[arg(long, value_name = "MERGE_ID")]
    pub undo: Option<Uuid>,
    /// Only show what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Rollback {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// Show what would happen, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask; needed where nobody can be asked
    #[arg(long)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct AuditList {
    /// Only what was done so: `import_run.completed`
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only what was done by this one: cli
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only what belongs to this run
    #[arg(long, value_name = "RUN_ID")]
    pub run: Option<Uuid>,
    /// How many, the newest first
    #[arg(long, default_value_t = 50)]
    pub limit: u64,
    /// Go on behind the page that ended with this cursor
    #[arg(long)]
    pub cursor: Option<String>,
    /// Print the entries as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct AuditExport {
    /// The run's id
    #[arg(value_name = "RUN_ID")]
    pub run_id: Uuid,
    /// The zip to be written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

fn field_choice(text: &str) -> Result<(String, String), String> {
    let (field, customer) = text.split_once('=').ok_or("write it as FIELD=CUSTOMER")?;
    Ok((field.to_owned(), customer.to_owned()))
}
