//! One file per command.

pub mod audit;
pub mod clean;
pub mod detect;
pub mod duplicates;
pub mod import;
pub mod merge;
pub mod migrate;
pub mod openapi;
mod password;
mod preview;
pub mod report;
pub mod rollback;
pub mod runs;
pub mod said;
pub mod serve;
pub mod show;
pub mod sources;
mod suggest;
pub mod template;
pub mod token;
pub mod worker;

use std::path::{Path, PathBuf};
use std::time::Duration;

use time::{Date, OffsetDateTime};
use torqueflow_app::audit::{AuditConfig, AuditKey, seal};
use torqueflow_app::isolate::ConverterCommand;
use torqueflow_app::source_files::{SourceFaults, SourceFile, load_sources};
use torqueflow_app::source_name::{SourceNameError, is_known, source_named};
use torqueflow_app::{
    App, AppConfig, AppError, Deadline, Input, LimitError, Limits, Opener, OrganizationId, known_sources_with,
};
use torqueflow_model::SourceDefinition;
use torqueflow_pipeline::{ReadSeek, Sources};
use uuid::Uuid;

use crate::args::{CONVERT_WORKBOOK, Common};

/// Opens the database of a command.
async fn open(common: &Common) -> anyhow::Result<(App, OrganizationId)> {
    let data_dir = common.data_dir.clone();
    let data_dir = data_dir.unwrap_or_else(|| default_data_dir(&common.database));
    let mut config = AppConfig::new(common.database.clone(), data_dir);
    config.bucket_url.clone_from(&common.bucket);
    config.limits = limits(common)?;
    config.converter = converter();
    config.sources = definitions(common)?;
    config.commit_interval = Duration::from_millis(common.commit_interval);
    config.audit = AuditConfig {
        key: common.audit_key_file.as_deref().map(AuditKey::read).transpose()?,
        head_file: common.audit_head_file.clone(),
    };
    let app = App::open(&config).await?;
    let organization = app.organization(&common.organization).await?;
    Ok((app, organization))
}

/// Seals what a command has written to the audit log. A log that can't be sealed now is sealed with the next command.
async fn seal_audit_log(app: &App) {
    match seal(app).await {
        Ok(sealed) => {
            if let Some(path) = sealed.new_key {
                note!(
                    "The audit log is sealed with a new key, `{}`. Keep a copy of it away from the database.",
                    path.display()
                );
            }
        }
        Err(error) => note!("The audit log could not be sealed: {:#}", anyhow::Error::from(error)),
    }
}

/// Says that there is no such run, when that is what the error says.
fn unless_unknown<T>(run_id: Uuid, outcome: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match outcome {
        Err(AppError::Store(error)) if error.is_not_found() => {
            note!("There is no run {run_id}; `torqueflow runs` lists them.");
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

/// How files are opened by commands without a database.
fn opener(common: &Common) -> Result<Opener, LimitError> {
    Ok(Opener::new(limits(common)?, converter(), &std::env::temp_dir()))
}

/// The limits: the defaults, changed by the environment, changed by the arguments.
fn limits(common: &Common) -> Result<Limits, LimitError> {
    let of_environment = std::env::var("TORQUEFLOW_LIMITS").unwrap_or_default();
    let settings = of_environment.split(',').filter(|setting| !setting.trim().is_empty());
    let mut limits = Limits::default();
    for setting in settings.chain(common.set_limit.iter().map(String::as_str)) {
        limits.set(setting)?;
    }
    Ok(limits)
}

/// This program reads the older forms of workbooks itself, in a process of its own.
fn converter() -> Option<ConverterCommand> {
    Some(ConverterCommand {
        program: std::env::current_exe().ok()?,
        arguments: vec![CONVERT_WORKBOOK.into()],
    })
}

/// The source systems of the folder that the arguments name.
fn source_files(common: &Common) -> Result<Vec<SourceFile>, SourceFaults> {
    common.sources.as_deref().map_or(Ok(Vec::new()), load_sources)
}

fn definitions(common: &Common) -> Result<Vec<SourceDefinition>, SourceFaults> {
    let files = source_files(common)?.into_iter();
    Ok(files.map(|file| file.definition).collect())
}

/// All source systems: those that are built in, and those of the folder that the arguments name.
fn sources(common: &Common) -> Result<Sources, SourceFaults> {
    Ok(known_sources_with(definitions(common)?))
}

/// The source system that an argument names. Says so where it is none that is known: it may be misspelt.
fn source_system(source: Option<&str>, sources: &Sources) -> Result<Option<String>, SourceNameError> {
    let Some(given) = source else { return Ok(None) };
    let name = source_named(sources, given)?;
    if !is_known(sources, &name) {
        let known = sources.definitions().iter().map(|known| known.id.as_str());
        let known: Vec<_> = known.filter(|id| *id != "generic").collect();
        note!(
            "`{name}` is no source system whose files are recognised, so it names your own; recognised are {}.",
            known.join(", ")
        );
    }
    Ok(Some(name))
}

/// Creates a file that only this user can read: it holds people's data.
fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Beside the SQLite file, so that a database and its uploads stay together; else the current folder.
fn default_data_dir(database: &str) -> PathBuf {
    const NAME: &str = "torqueflow-data";
    let file = database
        .strip_prefix("sqlite:")
        .map(|path| path.trim_start_matches("//"));
    let path = file.and_then(|file| file.split('?').next()).map(Path::new);
    path.and_then(Path::parent)
        .map_or_else(|| NAME.into(), |folder| folder.join(NAME))
}

/// The file's name without its folders.
fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Opens a file, for as long as its time lasts.
fn open_file(input: &Input, deadline: Option<Deadline>) -> std::io::Result<Box<dyn ReadSeek>> {
    let file = std::io::BufReader::new(input.open()?);
    Ok(match deadline {
        Some(deadline) => Box::new(deadline.reader(file)),
        None => Box::new(file),
    })
}

/// Says how a limit is raised, where a file is above one.
fn note_limits<'a>(mut codes: impl Iterator<Item = &'a str>) {
    if codes.any(|code| matches!(code, "limit_exceeded" | "conversion_failed")) {
        note!("A limit is raised with --set-limit NAME=VALUE; see --help.");
    }
}

/// The date that counts as today for commands without a run.
fn today() -> Date {
    OffsetDateTime::now_utc().date()
}
