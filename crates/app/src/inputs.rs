//! What a path leads to, for those who only look into files: one file, or the files of an archive.

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::{Path, PathBuf};

use torqueflow_pipeline::OpenError;
use torqueflow_pipeline::archive::{Archive, is_archive};

use crate::deadline::Deadline;
use crate::limits::Limits;

/// A file to look into.
#[derive(Debug)]
pub struct Input {
    /// What a person calls it: `customers.csv`, `export.zip/customers.csv`.
    pub name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Path(PathBuf),
    /// A file of an archive, unpacked into a file without a name.
    Unpacked(File),
}

impl Input {
    /// Opens it at its start. It is to be read by one reader at a time.
    pub fn open(&self) -> io::Result<File> {
        match &self.content {
            Content::Path(path) => File::open(path),
            Content::Unpacked(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Ok(file)
            }
        }
    }
}

/// What is at this path, and what there is to say about it. Archives are unpacked under the limits, until the deadline.
pub fn inputs(
    name: &str,
    path: &Path,
    limits: &Limits,
    deadline: &Deadline,
) -> Result<(Vec<Input>, Option<String>), OpenError> {
    let mut reader = deadline.reader(BufReader::new(File::open(path)?));
    if !is_archive(&mut reader)? {
        let input = Input {
            name: name.to_owned(),
            content: Content::Path(path.to_owned()),
        };
        return Ok((vec![input], None));
    }
    let mut archive = Archive::open(name, Box::new(reader), &limits.file)?;
    let members = archive.members().to_vec();
    let mut inputs = Vec::with_capacity(members.len());
    for (index, member) in members.into_iter().enumerate() {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut archive.read(index)?, &mut file)?;
        inputs.push(Input {
            name: member.name,
            content: Content::Unpacked(file),
        });
    }
    Ok((inputs, archive.note()))
}
