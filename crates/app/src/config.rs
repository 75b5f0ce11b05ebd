//! What every use case needs.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use torqueflow_model::{SourceAdapter, SourceDefinition};
use torqueflow_persistence::{OrganizationId, Store};
use torqueflow_pipeline::Sources;
use torqueflow_techman::techman;

use crate::audit::{AuditConfig, AuditKey};
use crate::blobs::BlobStore;
use crate::boxed;
use crate::error::AppError;
use crate::events::Feeds;
use crate::isolate::ConverterCommand;
use crate::limits::Limits;
use crate::opener::Opener;
use crate::supervise::Pulse;

/// How an [`App`] is set up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppConfig {
    /// The database: `sqlite://torqueflow.db?mode=rwc` or `postgres://…`.
    pub database_url: String,
    /// The folder of uploads and staged rows, private to this user.
    pub data_dir: PathBuf,
    /// The bucket where several machines share uploads and staged rows, `s3://bucket/prefix`; the folder has copies then.
    pub bucket_url: Option<String>,
    /// Bounds on what people may upload.
    pub limits: Limits,
    /// The program that reads `.xls`, `.xlsb` and `.ods` in a child process. Without it those are refused by name.
    pub converter: Option<ConverterCommand>,
    /// How the audit log is sealed.
    pub audit: AuditConfig,
    /// How long a commit of an import is to take about: it carries as many batches of 100 rows as fit, one at least. Half a
    /// second, if not set.
    pub commit_interval: Duration,
    /// Source systems beside those that are built in; [`load_sources`](crate::source_files::load_sources) reads them from a
    /// folder. One of these takes the place of a built-in system with the same id.
    pub sources: Vec<SourceDefinition>,
}

impl AppConfig {
    /// A database, a folder, and the default for everything else.
    pub fn new(database_url: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            database_url: database_url.into(),
            data_dir: data_dir.into(),
            bucket_url: None,
            limits: Limits::default(),
            converter: None,
            audit: AuditConfig::default(),
            commit_interval: Duration::from_millis(500),
            sources: Vec::new(),
        }
    }
}

/// The source systems, made when they are first needed.
type LazySources = LazyLock<Sources, Box<dyn FnOnce() -> Sources + Send>>;

/// The importer: its store, its blobs, the source systems that it knows. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) blobs: BlobStore,
    /// Made when it is first needed: most commands never do.
    sources: Arc<LazySources>,
    pub(crate) opener: Opener,
    pub(crate) feeds: Feeds,
    /// Asks all work of this process to stop after the batch that it is at.
    pub(crate) stop: CancellationToken,
    /// Wakes the workers of this process when a run has something to do.
    pub(crate) queue: Arc<Notify>,
    /// The sign of life of this process's worker.
    pub(crate) pulse: Pulse,
    pub(crate) audit: Arc<AuditConfig>,
    /// How long a commit of an import is to take about.
    pub(crate) commit_interval: Duration,
    /// The key of the audit log, once it was needed.
    pub(crate) audit_key: Arc<OnceLock<AuditKey>>,
}

impl App {
    /// Connects to the database and brings it up to date.
    ///
    /// ```no_run
    /// use torqueflow_app::{App, AppConfig};
    /// # async fn example() -> Result<(), torqueflow_app::AppError> {
    /// let app = App::open(&AppConfig::new("sqlite://torqueflow.db?mode=rwc", "torqueflow-data")).await?;
    /// let organization = app.organization("default").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[boxed]
    pub async fn open(config: &AppConfig) -> Result<Self, AppError> {
        let store = Store::connect(&config.database_url).await?;
        store.migrate().await?;
        let sources = config.sources.clone();
        Ok(Self {
            store,
            blobs: BlobStore::open(config.data_dir.clone(), config.bucket_url.as_deref())?,
            sources: Arc::new(LazyLock::new(Box::new(|| known_sources_with(sources)))),
            opener: Opener::new(config.limits.clone(), config.converter.clone(), &config.data_dir),
            feeds: Feeds::default(),
            stop: CancellationToken::new(),
            queue: Arc::default(),
            pulse: Pulse::default(),
            audit: Arc::new(config.audit.clone()),
            commit_interval: config.commit_interval,
            audit_key: Arc::default(),
        })
    }

    /// The organisation with this slug, made when it is new.
    #[boxed]
    pub async fn organization(&self, slug: &str) -> Result<OrganizationId, AppError> {
        Ok(self.store.organization_ensure(slug).await?)
    }

    /// Asks all work of this process to stop after the batch that it is at; others can take it up from there.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// The slug of an organisation, if there is one with this id.
    #[boxed]
    pub async fn organization_slug(&self, id: OrganizationId) -> Result<Option<String>, AppError> {
        Ok(self.store.organization_slug(id).await?)
    }

    /// The store itself, for those who link this crate and want to read what was imported.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How files are opened.
    pub fn opener(&self) -> &Opener {
        &self.opener
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        self.opener.limits()
    }

    /// The source systems that are recognised.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

/// Every source system that we know: the one list of those with code, and all that are data alone.
pub fn known_sources() -> Sources {
    known_sources_with([])
}

/// The same, and these: they are data alone.
pub fn known_sources_with(more: impl IntoIterator<Item = SourceDefinition>) -> Sources {
    let mut adapters: Vec<Arc<dyn SourceAdapter>> = vec![Arc::new(techman())];
    adapters.extend(
        more.into_iter()
            .map(|source| Arc::new(source) as Arc<dyn SourceAdapter>),
    );
    Sources::with_adapters(adapters)
}
