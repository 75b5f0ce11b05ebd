//! `torqueflow import`

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};
use torqueflow_app::duplicates::{self, DuplicatePage};
use torqueflow_app::error_log::write_csv;
use torqueflow_app::lists::read_list;
use torqueflow_app::options::{self, Orphans, RunMode, RunOptions};
use torqueflow_app::organizations::read_country;
use torqueflow_app::replaced::SourceConfirmation;
use torqueflow_app::runs::{Purpose, Said};
use torqueflow_app::summary::{RunSummary, run_summary};
use torqueflow_app::wishes::NamedTable;
use torqueflow_app::{App, AppError, Caller, DuplicateAction, DuplicateFilter, OrganizationId, runs};
use torqueflow_model::RunStatus;
use torqueflow_pipeline::{Country, Password};
use uuid::Uuid;

use super::preview::{USUAL_ROWS, WithPreviews, previews};
use super::said::{self, SaidError, TableOptions};
use crate::args::{Common, PasswordSource};
use crate::exit_code::Exit;
use crate::progress::Progress;
use crate::render;
use crate::shell::{self, CommandLine};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Import {
    /// The files: CSV and Excel workbooks in any mix
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it: techman, ga4, xero, …; or a name of your own for a program that is not
    /// known, so that its files belong together
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    #[command(flatten)]
    pub tables: TableOptions,
    /// Keep the mapping of the tables that --type, --map or --mapping speak of under this name, for later files with the same
    /// columns; without it, what a table that nobody recognises is imported by is remembered without a name
    #[arg(long, value_name = "NAME")]
    pub save_mapping: Option<String>,
    /// The country of telephone numbers and postcodes that name none, where neither their row nor their column shows one:
    /// US, IE, …; by default that of the organisation
    #[arg(long, value_name = "CODE", value_parser = read_country)]
    pub country: Option<Country>,
    /// Import although other people or cars take the place of those that were imported before
    #[arg(long)]
    pub confirm_source: bool,
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
    /// With --dry-run: show the first rows of each table, each cell beside what it becomes
    #[arg(long, num_args = 0..=1, default_missing_value = USUAL_ROWS, require_equals = true, value_name = "ROWS",
          value_parser = clap::value_parser!(u16).range(1..=100), requires = "dry_run")]
    pub preview: Option<u16>,
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

/// Duplicates that are listed; all of them are counted.
const SHOWN_DUPLICATES: u64 = 50;

/// The whole flow on files: open, detect, analyse, import, report.
pub async fn run(common: &Common, arguments: &Import) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let password = super::password::read(&arguments.password)?;
    let source = match arguments.source.as_deref() {
        Some(name) => super::source_system(Some(name), &super::sources(common)?)?,
        None => None,
    };
    let (app, organization) = super::open(common).await?;
    let outcome = import_files(&app, organization, (common, arguments), (source, password), begun).await;
    super::seal_audit_log(&app).await;
    outcome
}

async fn import_files(
    app: &App,
    organization: OrganizationId,
    (common, arguments): (&Common, &Import),
    (source, password): (Option<String>, Option<Password>),
    begun: Instant,
) -> anyhow::Result<Exit> {
    let caller = Caller::program(organization, "cli");
    let progress = Progress::new();
    let listener = |event| progress.on(event);
    let options = options(arguments, source);
    let said = said(arguments)?;
    let purpose = if arguments.dry_run {
        Purpose::DryRun
    } else {
        Purpose::Import
    };
    let run = runs::create(app, &caller, &arguments.files, &options, purpose, &listener).await?;
    let run = runs::prepare_as(app, &caller, run.id, password.as_ref(), &said, &listener).await?;
    drop(password);
    let import = Running {
        app,
        organization,
        run_id: run.id,
        common,
        arguments,
        begun,
    };
    progress.clear();
    if !arguments.json {
        import.show_detection().await?;
    }
    match run.status {
        RunStatus::AwaitingPassword => return import.report(Exit::Waiting).await,
        RunStatus::Failed => return import.report_failure().await,
        _ => {}
    }
    // A run that was started before keeps the rows that were left out then.
    if let Some(path) = &arguments.exclude_rows
        && run.status == RunStatus::Ready
    {
        import.exclude_rows(path).await?;
    }
    if arguments.dry_run {
        return import.dry_run().await;
    }
    // A run that is taken up again was started before.
    if run.status == RunStatus::Ready {
        match runs::start(app, &caller, run.id).await {
            Err(AppError::SourceUnconfirmed(what)) => return import.ask_for_source(&what).await,
            Err(AppError::UndecidedDuplicates { .. }) => return import.ask_for_decisions().await,
            started => started?,
        };
    }
    let outcome = runs::import(app, &caller, run.id, &listener).await;
    progress.clear();
    outcome?;
    import.report(Exit::Done).await
}

/// What is said of tables. A dry run keeps no mapping.
fn said(arguments: &Import) -> anyhow::Result<Said> {
    let wishes = arguments.tables.wishes()?;
    if arguments.save_mapping.is_some() && wishes.is_empty() {
        return Err(SaidError("--save-mapping needs a mapping: --type, --map or --mapping".to_owned()).into());
    }
    Ok(Said {
        wishes,
        save_mapping_as: arguments.save_mapping.clone().filter(|_| !arguments.dry_run),
    })
}

fn options(arguments: &Import, source_system: Option<String>) -> RunOptions {
    RunOptions {
        source_system,
        on_duplicate: decision_of(arguments),
        create_missing: arguments.create_missing.map(|switch| switch == Switch::On),
        orphans: arguments.orphans.into(),
        mode: arguments.mode.map(Into::into),
        update_existing: arguments.update_existing.map(|switch| switch == Switch::On),
        blank_wipes: arguments.blank_wipes,
        country: arguments.country.map(|country| country.code().to_owned()),
        source_confirmation: arguments.confirm_source,
        ..RunOptions::default()
    }
}

fn decision_of(arguments: &Import) -> options::OnDuplicate {
    let action = arguments.on_duplicate.map(Into::into);
    action.map(options::OnDuplicate::all).unwrap_or_default()
}

/// All tables of a run, as a person can name them.
fn named_tables(summary: &RunSummary) -> Vec<NamedTable> {
    let jobs = summary.jobs.iter().map(|job| (&job.file, &job.sheet, job.table));
    let left_out = summary
        .not_imported
        .iter()
        .map(|table| (&table.file, &table.sheet, table.table));
    let unrecognised = summary
        .unrecognised
        .iter()
        .map(|table| (&table.file, &table.sheet, table.table));
    let all = jobs.chain(left_out).chain(unrecognised);
    all.map(|(file, sheet, ordinal)| named_table(file, sheet.as_ref(), ordinal))
        .collect()
}

fn named_table(file: &str, sheet: Option<&String>, ordinal: usize) -> NamedTable {
    NamedTable {
        file: file.to_owned(),
        sheet: sheet.cloned(),
        ordinal,
        headers: Vec::new(),
        is_known: false,
    }
}

/// A run of this command.
struct Running<'a> {
    app: &'a App,
    organization: OrganizationId,
    run_id: Uuid,
    common: &'a Common,
    arguments: &'a Import,
    /// When the command began.
    begun: Instant,
}

impl Running<'_> {
    /// What became of the run, with how long whoever typed the command has waited: for opening and analysis too.
    async fn summary(&self) -> anyhow::Result<RunSummary> {
        let mut summary = run_summary(self.app, self.organization, self.run_id).await?;
        summary.duration_ms = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        Ok(summary)
    }

    async fn show_detection(&self) -> anyhow::Result<()> {
        let summary = self.summary().await?;
        let lines = render::lines_of(&summary);
        say!("{}", render::detection_table(&lines));
        say!("{}", render::summary_line(&lines));
        if summary.mode.as_deref() == Some(RunMode::Refresh.name()) {
            say!("This is a refresh: records that this source brought before take over what it changed since.");
        }
        Ok(())
    }

    /// Ends a run of which nothing can be imported. It waits for a person where a table could be of several types.
    async fn report_failure(&self) -> anyhow::Result<Exit> {
        let summary = self.summary().await?;
        let asks = summary.unrecognised.iter().any(|table| !table.candidates.is_empty());
        self.report(if asks { Exit::Waiting } else { Exit::NothingRun }).await
    }

    /// Says how tables that nobody recognises can be imported.
    fn ask_for_types(&self, summary: &RunSummary) {
        let tables = named_tables(summary);
        for table in &summary.unrecognised {
            // A file of an archive stands behind the archive's name.
            let is_at = |path: &Path, file: &str| {
                let name = super::file_name(path);
                file == name || file.starts_with(&format!("{name}/"))
            };
            let path = self.arguments.files.iter().find(|path| is_at(path, &table.file));
            let is_beside = |other: &&NamedTable| path.is_some_and(|path| is_at(path, &other.file));
            let beside: Vec<NamedTable> = tables.iter().filter(is_beside).cloned().collect();
            let place = said::prefix(
                &beside,
                &named_table(&table.file, table.sheet.as_ref(), table.table),
                false,
            );
            let path = path.map_or_else(|| shell::quoted(&table.file), |path| shell::path(path));
            for candidate in &table.candidates {
                let mut line = CommandLine::new("import");
                let Import { password, source, .. } = self.arguments;
                line.with(&path).again(self.common, password, source.as_deref());
                line.option("--type", &format!("{place}{}", candidate.type_id));
                note!("  {}", line.text());
            }
            note!("`torqueflow detect {path}` says more: what to type, with the columns.");
        }
    }

    /// Ends with what became of the run, and says how by the exit code: no better than `best`.
    async fn report(&self, best: Exit) -> anyhow::Result<Exit> {
        let summary = self.summary().await?;
        if let Some(path) = &self.arguments.error_log {
            self.write_error_log(path).await?;
        }
        if self.arguments.json {
            say!("{}", serde_json::to_string_pretty(&summary)?);
        }
        super::note_limits(summary.errors.iter().map(|error| error.code.as_str()));
        if best != Exit::Done {
            for line in render::problems(&summary) {
                note!("{line}");
            }
            self.ask_for_types(&summary);
            return Ok(best);
        }
        if !self.arguments.json {
            say!("{}", render::report(&summary));
        }
        self.ask_for_types(&summary);
        Ok(
            if summary.status == RunStatus::Completed && summary.unrecognised.is_empty() {
                Exit::Done
            } else {
                Exit::Flagged
            },
        )
    }

    async fn write_error_log(&self, path: &Path) -> anyhow::Result<()> {
        let mut file = super::create_private(path)
            .with_context(|| format!("failed to write the error log `{}`", path.display()))?;
        Ok(write_csv(self.app, self.organization, self.run_id, &mut file).await?)
    }

    /// The surest of the matches that wait for a decision.
    async fn undecided(&self) -> anyhow::Result<DuplicatePage> {
        let filter = DuplicateFilter::undecided();
        Ok(duplicates::list(
            self.app,
            self.organization,
            self.run_id,
            &filter,
            None,
            SHOWN_DUPLICATES,
        )
        .await?)
    }

    async fn ask_for_decisions(&self) -> anyhow::Result<Exit> {
        let DuplicatePage {
            items: shown,
            total: count,
            ..
        } = self.undecided().await?;
        if self.arguments.json {
            let mut summary = serde_json::to_value(self.summary().await?)?;
            if let Some(object) = summary.as_object_mut() {
                object.insert("undecided".to_owned(), count.into());
                object.insert("duplicates".to_owned(), serde_json::to_value(&shown)?);
            }
            say!("{}", serde_json::to_string_pretty(&summary)?);
        } else {
            say!("{}", render::duplicates_table(&shown));
            if count > SHOWN_DUPLICATES {
                say!("These are the surest {SHOWN_DUPLICATES}.");
            }
        }
        note!(
            "{} for a decision; nothing was written. Say what to do with all of them: --on-duplicate skip, merge or \
             create; or with each: torqueflow duplicates {} --export FILE.",
            render::counted(count as i64, "likely duplicate waits", "likely duplicates wait"),
            self.run_id,
        );
        if let Some(path) = &self.arguments.error_log {
            self.write_error_log(path).await?;
        }
        Ok(Exit::Waiting)
    }

    /// Shows what would be replaced.
    async fn ask_for_source(&self, confirmation: &SourceConfirmation) -> anyhow::Result<Exit> {
        if self.arguments.json {
            say!("{}", serde_json::to_string_pretty(&self.summary().await?)?);
        } else {
            say!("{}", render::replaced_table(confirmation));
        }
        note!("{}", render::source_question(confirmation));
        if let Some(path) = &self.arguments.error_log {
            self.write_error_log(path).await?;
        }
        Ok(Exit::Waiting)
    }

    /// Shows what would happen, and gives the run up.
    async fn dry_run(&self) -> anyhow::Result<Exit> {
        let summary = self.summary().await?;
        if let Some(path) = &self.arguments.error_log {
            self.write_error_log(path).await?;
        }
        let DuplicatePage {
            items: shown,
            total: count,
            ..
        } = self.undecided().await?;
        let confirmation = &summary.source_confirmation;
        let previews = previews(self.app, self.organization, self.run_id, self.arguments.preview).await?;
        if self.arguments.json {
            let shown = WithPreviews {
                summary: &summary,
                previews: previews.as_deref(),
            };
            say!("{}", serde_json::to_string_pretty(&shown)?);
        } else {
            if let Some(confirmation) = confirmation {
                say!("{}", render::replaced_table(confirmation));
            }
            for preview in previews.iter().flatten() {
                say!("{}", preview.render());
            }
            if count > 0 {
                say!("{}", render::duplicates_table(&shown));
            }
            say!("{}", render::findings_table(&summary));
            say!("Nothing was written: this was a dry run.");
        }
        if let Some(name) = &self.arguments.save_mapping {
            note!("The mapping `{name}` is not kept either: leave --dry-run out to keep it.");
        }
        if let Some(confirmation) = confirmation {
            note!("{}", render::source_question(confirmation));
        }
        runs::cancel(self.app, &Caller::program(self.organization, "cli"), self.run_id).await?;
        let has_errors = !summary.errors.is_empty() || !summary.unrecognised.is_empty();
        let undecided = count > 0 && self.arguments.on_duplicate.is_none();
        Ok(if undecided || confirmation.is_some() {
            Exit::Waiting
        } else if has_errors {
            Exit::Flagged
        } else {
            Exit::Done
        })
    }

    async fn exclude_rows(&self, path: &Path) -> anyhow::Result<()> {
        let caller = Caller::program(self.organization, "cli");
        let lines = read_list(self.app.opener(), path, &["file", "row"], &["sheet"])?;
        // What an error log says of a whole file is about no row.
        for line in lines.iter().filter(|line| !line.text("row").is_empty()) {
            let row_number = line.text("row");
            let row_number = row_number
                .parse()
                .with_context(|| format!("`{}`, row {}: `{row_number}` is no row", path.display(), line.row))?;
            let sheet = Some(line.text("sheet")).filter(|sheet| !sheet.is_empty());
            runs::exclude_row(self.app, &caller, self.run_id, line.text("file"), sheet, row_number).await?;
        }
        Ok(())
    }
}
