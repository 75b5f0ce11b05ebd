//! What is measured, and what must hold.

use std::path::{Path, PathBuf};

use super::once::SHARED_STRINGS_BYTES;
use super::workbook::Content;
use super::{OpenBench, Work, encrypted, workbook};

const MB: u64 = 1 << 20;

/// A file and what is done with it.
pub struct Case {
    pub name: &'static str,
    pub work: Work,
    /// The memory that we may take.
    pub cap_bytes: u64,
    pub file: PathBuf,
    kind: Kind,
}

/// What is in a file.
#[derive(Clone, Copy)]
enum Kind {
    Agile { plain_bytes: usize },
    Standard { plain_bytes: usize },
    Workbook(Content),
}

impl Case {
    /// All cases; their files are not written yet.
    pub fn all(folder: &Path) -> Vec<Self> {
        let agile = |name, plain_bytes| (name, Kind::Agile { plain_bytes }, Work::Agile, 16 * MB);
        let standard = |name, plain_bytes| (name, Kind::Standard { plain_bytes }, Work::Standard, 16 * MB);
        let read = |name, content, cap| (name, Kind::Workbook(content), Work::Read, cap);
        let with_strings = 64 * MB + SHARED_STRINGS_BYTES as u64;
        let (small, large) = (20_000_000, 200_000_000);
        [
            agile("agile, 20 MB", small),
            standard("standard, 20 MB", small),
            agile("agile, 200 MB", large),
            read("inline strings", Content::Inline, 64 * MB),
            read("shared strings, 1,000", Content::FewShared, 64 * MB),
            read("shared strings, all distinct", Content::AllShared, with_strings),
            read("numbers and dates", Content::Numbers, 64 * MB),
        ]
        .into_iter()
        .enumerate()
        .map(|(index, (name, kind, work, cap_bytes))| Self {
            name,
            work,
            cap_bytes,
            file: folder.join(format!("{index}.bin")),
            kind,
        })
        .collect()
    }

    /// Writes the file.
    pub fn write(&self, bench: &OpenBench) -> anyhow::Result<()> {
        match self.kind {
            Kind::Agile { plain_bytes } => encrypted::write_agile(&self.file, plain_bytes),
            Kind::Standard { plain_bytes } => encrypted::write_standard(&self.file, plain_bytes),
            Kind::Workbook(content) => workbook::write(&self.file, content, bench.rows, bench.columns),
        }
    }
}
