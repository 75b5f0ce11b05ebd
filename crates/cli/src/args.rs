//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use torqueflow_app::DuplicateAction;
use torqueflow_app::options::{Orphans, RunMode};
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
    /// Bring the database up to date
    Migrate,
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
