//! Under which account PostgreSQL's programs run.

use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Whether we are root.
pub fn is_root() -> io::Result<bool> {
    Ok(tempfile::tempfile()?.metadata()?.uid() == 0)
}

/// The account of the server. It refuses to run as root, so root lends it the account `postgres`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Account {
    Own,
    Postgres { user_id: u32, group_id: u32 },
}

impl Account {
    pub(super) fn find() -> io::Result<Self> {
        if !is_root()? {
            return Ok(Self::Own);
        }
        Ok(Self::Postgres {
            user_id: id("-u")?,
            group_id: id("-g")?,
        })
    }

    /// A command that runs under this account.
    pub(super) fn command(self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        if let Self::Postgres { user_id, group_id } = self {
            command.uid(user_id).gid(group_id);
        }
        command
    }

    /// Makes a folder the account's own.
    pub(super) fn take(self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Postgres { user_id, group_id } => chown(folder, Some(user_id), Some(group_id)),
        }
    }
}

/// A number of the account `postgres`, from the program `id`.
fn id(option: &str) -> io::Result<u32> {
    let output = Command::new("id").args([option, "postgres"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| {
        io::Error::other("PostgreSQL refuses to run as root, and there is no account `postgres` to run it under")
    })
}
