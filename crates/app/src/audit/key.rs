//! The key of the audit log.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::App;
use crate::error::AppError;

/// The key's file in the data folder, when none is configured.
const FILE: &str = "audit.key";
/// Bytes of a key at least: those of a SHA-256.
const MIN_BYTES: usize = 32;

/// The secret that links entries of the audit log. It is wiped from memory when dropped, and is not printed.
#[derive(Clone)]
pub struct AuditKey(Zeroizing<Vec<u8>>);

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(…)")
    }
}

impl AuditKey {
    /// Reads a key from a file: at least 32 bytes, without the white space around them.
    pub fn read(path: &Path) -> Result<Self, AppError> {
        let bytes = Zeroizing::new(std::fs::read(path).map_err(AppError::io(path))?);
        Self::new(&bytes).ok_or_else(|| AppError::AuditKey {
            path: path.display().to_string(),
            reason: "it has fewer than 32 bytes; `head -c 32 /dev/urandom | base64` makes a good one",
        })
    }

    /// A key of these bytes, without the white space around them; `None` for fewer than 32.
    ///
    /// ```
    /// use torqueflow_app::audit::AuditKey;
    /// let key = AuditKey::new(b"correct horse battery staple, twice over\n").unwrap();
    /// assert_eq!(format!("{key:?}"), "AuditKey(…)");
    /// assert!(AuditKey::new(b"too short").is_none());
    /// ```
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii();
        (bytes.len() >= MIN_BYTES).then(|| Self(Zeroizing::new(bytes.to_vec())))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A new key, in hexadecimal.
    fn generate() -> Result<Zeroizing<String>, AppError> {
        let mut bytes = Zeroizing::new([0_u8; MIN_BYTES]);
        getrandom::fill(bytes.as_mut()).map_err(|_| AppError::Internal("the system gives no random numbers"))?;
        Ok(Zeroizing::new(hex::encode(bytes.as_slice())))
    }
}

impl App {
    /// The key that is configured, else the one in the data folder; with its path when it was made just now.
    pub(super) fn audit_key(&self) -> Result<(AuditKey, Option<PathBuf>), AppError> {
        if let Some(key) = self.audit.key.as_ref().or_else(|| self.audit_key.get()) {
            return Ok((key.clone(), None));
        }
        let path = self.blobs.path(FILE);
        let is_new = !path.exists();
        if is_new {
            create(&path)?;
        }
        let key = AuditKey::read(&path)?;
        Ok((self.audit_key.get_or_init(|| key).clone(), is_new.then_some(path)))
    }
}

/// Makes a key that only this user can read. Another process may do so at the same moment: the first one's stays.
fn create(path: &Path) -> Result<(), AppError> {
    let text = AuditKey::generate()?;
    if let Some(folder) = path.parent() {
        crate::blobs::create_private_folder(folder).map_err(AppError::io(folder))?;
    }
    // Written elsewhere and linked into its place, so that nobody reads half of it.
    let draft = path.with_extension(format!("{}.new", Uuid::now_v7()));
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        writeln!(file, "{}", text.as_str())?;
        file.sync_all()?;
        std::fs::hard_link(&draft, path)
    })();
    let _ = std::fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        written => written.map_err(AppError::io(path)),
    }
}
