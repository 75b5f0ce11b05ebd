//! Source systems from files: what a folder of TOML files adds to those that are built in.
//!
//! A folder is read once, when a process starts. What is wrong with any file is told with its line, and nothing is loaded.
//! A folder may be somebody else's: what is read of it is bounded, and links do not lead out of it.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use torqueflow_model::{SourceDefinition, fold_header};
use torqueflow_pipeline::{check_source, parse_source};

use crate::known_sources;

/// The most bytes of a file that describes a source system.
const MAX_SOURCE_BYTES: u64 = 256 * 1024;
/// The most such files of a folder.
const MAX_SOURCE_FILES: usize = 100;
/// Entries of a folder that are looked at.
const MAX_ENTRIES: usize = 10_000;
/// The ids and labels of the systems that are built in.
static BUILT_IN: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let sources = known_sources();
    let known = sources.definitions().iter();
    known.map(|known| (known.id.clone(), known.label.clone())).collect()
});

/// A source system, and the file that describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFile {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub definition: SourceDefinition,
}

/// Something that is wrong with such a file, or with the folder. Shown as `FILE:LINE: what`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    /// The file or folder.
    pub path: PathBuf,
    /// The line, from 1, where it is about one.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.line {
            Some(line) => write!(f, "{path}:{line}: {}", self.what),
            None => write!(f, "{path}: {}", self.what),
        }
    }
}

/// All that is wrong with the files of source systems, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct SourceFaults(pub Vec<SourceFault>);

fn lines(faults: &[SourceFault]) -> String {
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    shown.join("\n")
}

/// The source systems that the `.toml` files of a folder describe, in the order of their names. Hidden files, files of other
/// kinds and folders within it are passed over.
///
/// # Errors
/// All that is wrong: the folder can't be read or has too many files; a file is too large, no text, no regular file or a link
/// that leads out of the folder; it describes no source system; its id or its label is that of another one.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("wrench.toml"), "id = \"wrench\"\nlabel = \"\"")?;
/// let faults = torqueflow_app::source_files::load_sources(folder.path()).unwrap_err();
/// assert!(faults.to_string().ends_with("wrench.toml:2: `label` must not be blank"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn load_sources(folder: &Path) -> Result<Vec<SourceFile>, SourceFaults> {
    let of_folder = |what: String| SourceFaults(vec![fault(folder, None, what)]);
    let home = folder.canonicalize().map_err(|error| of_folder(error.to_string()))?;
    let mut loaded: Vec<SourceFile> = Vec::new();
    let mut faults = Vec::new();
    for path in files_of(folder).map_err(of_folder)? {
        match read_source(&path, Some(&home), &loaded) {
            Ok(file) => loaded.push(file),
            Err(wrong) => faults.extend(wrong.0),
        }
    }
    if faults.is_empty() {
        Ok(loaded)
    } else {
        Err(SourceFaults(faults))
    }
}

/// The source system that one file describes, beside those that are built in and these.
///
/// # Errors
/// All that is wrong with it, as of [`load_sources`].
pub fn check_source_file(path: &Path, others: &[SourceFile]) -> Result<SourceFile, SourceFaults> {
    read_source(path, None, others)
}

fn fault(path: &Path, line: Option<usize>, what: impl Into<String>) -> SourceFault {
    SourceFault {
        path: path.to_owned(),
        line,
        what: what.into(),
    }
}

/// The files of a folder that describe sources, sorted.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let entries = folder.read_dir().map_err(|error| error.to_string())?;
    for (place, entry) in entries.enumerate() {
        if place == MAX_ENTRIES {
            return Err(format!("it has more than {MAX_ENTRIES} entries"));
        }
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|end| end == "toml") && !name.starts_with('.') {
            files.push(path);
        }
    }
    if files.len() > MAX_SOURCE_FILES {
        return Err(format!(
            "it has {} files of source systems; the most are {MAX_SOURCE_FILES}",
            files.len()
        ));
    }
    files.sort();
    Ok(files)
}

fn read_source(path: &Path, home: Option<&Path>, others: &[SourceFile]) -> Result<SourceFile, SourceFaults> {
    let text = read_text(path, home).map_err(|what| SourceFaults(vec![fault(path, None, what)]))?;
    let Ok(definition) = parse_source(&text) else {
        let faults = check_source(&text).into_iter();
        let faults = faults.map(|wrong| fault(path, Some(wrong.line()), wrong.what()));
        return Err(SourceFaults(faults.collect()));
    };
    let taken = taken(&definition, others);
    if !taken.is_empty() {
        let faults = taken
            .into_iter()
            .map(|(key, what)| fault(path, line_of(&text, key), what));
        return Err(SourceFaults(faults.collect()));
    }
    Ok(SourceFile {
        path: path.to_owned(),
        definition,
    })
}

/// The text of a file, if it is a regular one of the folder and not too large.
fn read_text(path: &Path, home: Option<&Path>) -> Result<String, String> {
    let told = |error: std::io::Error| error.to_string();
    let target = path.canonicalize().map_err(told)?;
    if home.is_some_and(|home| !target.starts_with(home)) {
        return Err(format!("it is a link out of the folder, to `{}`", target.display()));
    }
    let about = target.metadata().map_err(told)?;
    if !about.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(&target).map_err(told)?;
    file.take(MAX_SOURCE_BYTES + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(format!("it is larger than {MAX_SOURCE_BYTES} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_owned())?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(unmarked) => unmarked.to_owned(),
        None => text,
    })
}

/// The names of a source that another one has already: under which key of the file, and whose they are. Types of tables begin
/// with the id, so they are nobody else's where the id is not.
fn taken(definition: &SourceDefinition, others: &[SourceFile]) -> Vec<(&'static str, String)> {
    let built_in = BUILT_IN.iter().map(|(id, label)| (id, label, None));
    let loaded = others
        .iter()
        .map(|file| (&file.definition.id, &file.definition.label, Some(&file.path)));
    let label = fold_header(&definition.label);
    let mut taken = Vec::new();
    for (known, name, path) in built_in.chain(loaded) {
        let whose = path.map_or("a system that is built in".to_owned(), |path| {
            format!("the system of `{}`", path.display())
        });
        if *known == definition.id {
            taken.push(("id", format!("the id `{known}` is that of {whose}")));
        } else if fold_header(known) == label || fold_header(name) == label {
            let what = format!("the label `{}` is the name of `{known}`, {whose}", definition.label);
            taken.push(("label", what));
        }
    }
    taken
}

/// The line where a key of the file stands.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let is_key = |line: &str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    text.lines().position(is_key).map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARS: &str = "[[table]]\ntype = \"ID.cars\"\nlabel = \"Cars\"\nnoun = \"cars\"\nrequired = [\"Plate\"]\n\
                        [table.columns]\nPlate = \"vehicle.registration\"\n";

    fn source(id: &str, label: &str) -> String {
        format!("id = \"{id}\"\nlabel = \"{label}\"\n{}", CARS.replace("ID", id))
    }

    /// What is said of a folder with these files, each line without the folder's name.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let said = match load_sources(folder.path()) {
            Ok(loaded) => loaded.iter().map(|file| file.definition.id.clone()).collect(),
            Err(faults) => faults
                .to_string()
                .replace(&format!("{}/", folder.path().display()), "")
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn files_are_loaded_in_the_order_of_their_names_and_other_things_passed_over() {
        check(&[], &[]);
        let (first, second) = (source("wrench", "Wrench"), source("spanner", "Spanner & Sons"));
        check(&[("b.toml", &first), ("a.toml", &second)], &["spanner", "wrench"]);
        let marked = format!("\u{feff}{}", first.replace('\n', "\r\n"));
        check(
            &[
                ("a.toml", &marked),
                (".b.toml", "x"),
                ("c.toml~", "x"),
                ("README.md", "x"),
            ],
            &["wrench"],
        );
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_file_and_line() {
        let unknown = source("wrench", "Wrench").replace("vehicle.registration", "vehicle.plate");
        check(
            &[
                ("a.toml", "id = 7"),
                ("b.toml", &unknown),
                ("c.toml", "colour = 1\nid = \"c\"\nlabel = \"C\""),
            ],
            &[
                "a.toml:1: invalid type: integer `7`, expected a string",
                "b.toml:9: table `wrench.cars`, column `Plate`: `vehicle.plate` is not a field of the catalogue",
                "c.toml:1: unknown field `colour`, expected one of `id`, `label`, `spellings`, `slots`, `not_fields`, `table`",
            ],
        );
    }

    #[test]
    fn ids_and_labels_are_nobody_else_s() {
        check(
            &[("a.toml", &source("xero", "Zero"))],
            &["a.toml:1: the id `xero` is that of a system that is built in"],
        );
        check(
            &[("a.toml", &source("techman", "T"))],
            &["a.toml:1: the id `techman` is that of a system that is built in"],
        );
        check(
            &[("a.toml", &source("generic", "G"))],
            &["a.toml:1: the id `generic` is that of a system that is built in"],
        );
        check(
            &[("a.toml", &source("zero", "XERO"))],
            &["a.toml:2: the label `XERO` is the name of `xero`, a system that is built in"],
        );
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.toml", "b.toml"] {
            std::fs::write(folder.path().join(name), source("wrench", "Wrench")).unwrap();
        }
        let said = load_sources(folder.path()).unwrap_err().to_string();
        let (first, second) = (folder.path().join("a.toml"), folder.path().join("b.toml"));
        let expected = format!(
            "{}:1: the id `wrench` is that of the system of `{}`",
            second.display(),
            first.display()
        );
        assert_eq!(said, expected);
        // A file is no other one than itself.
        assert!(check_source_file(&first, &[]).is_ok());
    }

    #[test]
    fn hostile_folders_are_refused_in_bounds() {
        let large = format!(
            "# {}\n{}",
            "x".repeat(MAX_SOURCE_BYTES as usize),
            source("wrench", "Wrench")
        );
        check(&[("a.toml", &large)], &["a.toml: it is larger than 262144 bytes"]);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), b"id = \"\xff\"").unwrap();
        std::fs::create_dir(folder.path().join("b.toml")).unwrap();
        let said = load_sources(folder.path()).unwrap_err().0;
        let said: Vec<_> = said.iter().map(|fault| fault.what.as_str()).collect();
        assert_eq!(said, ["it is no UTF-8 text", "it is no regular file"]);
        assert!(load_sources(&folder.path().join("nowhere")).is_err());
        let many = tempfile::tempdir().unwrap();
        for place in 0..=MAX_SOURCE_FILES {
            std::fs::write(many.path().join(format!("{place}.toml")), "").unwrap();
        }
        let said = load_sources(many.path()).unwrap_err().to_string();
        assert!(
            said.ends_with(": it has 101 files of source systems; the most are 100"),
            "{said}"
        );
    }

    /// A folder whose files are links within it is read, as cluster managers make them; a link out of it is not followed.
    #[cfg(unix)]
    #[test]
    fn links_lead_only_where_the_folder_is() {
        use std::os::unix::fs::symlink;
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir(folder.path().join("..data")).unwrap();
        std::fs::write(folder.path().join("..data/w.toml"), source("wrench", "Wrench")).unwrap();
        symlink("..data/w.toml", folder.path().join("w.toml")).unwrap();
        assert_eq!(load_sources(folder.path()).unwrap().len(), 1);
        std::fs::write(elsewhere.path().join("secret.toml"), "password = 1").unwrap();
        symlink(elsewhere.path().join("secret.toml"), folder.path().join("x.toml")).unwrap();
        symlink("/dev/zero", folder.path().join("y.toml")).unwrap();
        symlink("z.toml", folder.path().join("z.toml")).unwrap();
        let said = load_sources(folder.path()).unwrap_err().0;
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].what.starts_with("it is a link out of the folder") && !said[0].what.contains("password"));
        assert!(said[1].what.starts_with("it is a link out of the folder"));
    }
}
