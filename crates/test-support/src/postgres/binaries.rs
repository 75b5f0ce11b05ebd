//! Where PostgreSQL's programs are, and how their failures are told.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment variable that names the folder of PostgreSQL's programs. It goes before every other place.
pub const PG_BIN: &str = "PG_BIN";

/// Where Debian keeps its versions of PostgreSQL.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of PostgreSQL's programs, among them `program`: the one that [`PG_BIN`] names, else the newest version below
/// `/usr/lib/postgresql`, else the first on `PATH`.
pub fn binaries(program: &str) -> io::Result<PathBuf> {
    let (folders, places) = match env::var_os(PG_BIN) {
        Some(folder) => (
            vec![PathBuf::from(folder)],
            format!("in the folder that {PG_BIN} names"),
        ),
        None => (
            installed().into_iter().chain(on_path()).collect(),
            format!("below {DEBIAN} or on PATH"),
        ),
    };
    let found = folders.iter().find(|folder| folder.join(program).is_file());
    found.map(|folder| behind_link(folder, program)).ok_or_else(|| {
        let message = format!("there is no `{program}` of PostgreSQL {places}");
        io::Error::new(io::ErrorKind::NotFound, message)
    })
}

fn installed() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(DEBIAN) else {
        return Vec::new();
    };
    newest_first(entries.flatten().map(|entry| entry.path()).collect())
        .into_iter()
        .map(|folder| folder.join("bin"))
        .collect()
}

/// Sorts folders that are named after a version, 9.6 before 15; leaves out the others.
fn newest_first(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let version = |folder: &Path| -> Option<Vec<u32>> {
        let name = folder.file_name()?.to_str()?;
        name.split('.').map(|part| part.parse().ok()).collect()
    };
    let mut versions: Vec<_> = folders
        .into_iter()
        .filter_map(|folder| Some((version(&folder)?, folder)))
        .collect();
    versions.sort_by_key(|(version, _)| Reverse(version.clone()));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn on_path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}

/// A link to one program stands alone; its target stands among the other programs.
fn behind_link(folder: &Path, program: &str) -> PathBuf {
    fs::canonicalize(folder.join(program))
        .ok()
        .and_then(|target| target.parent().map(Path::to_path_buf))
        .filter(|folder| folder.join(program).is_file())
        .unwrap_or_else(|| folder.to_path_buf())
}

/// Runs a program to its end; a failure carries what it wrote.
pub(super) fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        let program = command.get_program().to_string_lossy();
        io::Error::new(error.kind(), format!("failed to start {program}: {error}"))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let program = command.get_program().to_string_lossy();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(io::Error::other(format!("{program} failed: {}", said.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let folders = ["/pg/9.6", "/pg/15", "/pg/common", "/pg/17", "/pg/9.10"].map(PathBuf::from);
        let expected = ["/pg/17", "/pg/15", "/pg/9.10", "/pg/9.6"].map(PathBuf::from);
        assert_eq!(newest_first(folders.to_vec()), expected);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = binaries("no-such-program").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(error.to_string().contains("`no-such-program`"), "{error}");
    }

    #[test]
    fn a_failure_carries_what_the_program_wrote() {
        let error = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "sh failed: out\nerr");
    }
}
