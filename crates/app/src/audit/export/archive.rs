//! The zip, written as a stream, with the hash of each member.

use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::Member;
use crate::error::AppError;

/// A zip in the making.
pub(super) struct Archive<'w> {
    zip: ZipWriter<StreamWriter<&'w mut (dyn Write + Send)>>,
    members: Vec<Member>,
    /// The hash of the member that is being written.
    hasher: Sha256,
}

fn failed(error: impl Into<io::Error>) -> AppError {
    AppError::io("the export".as_ref())(error.into())
}

impl<'w> Archive<'w> {
    pub fn new(writer: &'w mut (dyn Write + Send)) -> Self {
        Self {
            zip: ZipWriter::new_stream(writer),
            members: Vec::new(),
            hasher: Sha256::new(),
        }
    }

    /// Begins a member. What is written from now on belongs to it.
    pub fn begin(&mut self, name: &str) -> Result<(), AppError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // How long a member becomes is not known when it begins.
            .large_file(true);
        self.zip.start_file(name, options).map_err(failed)?;
        self.hasher = Sha256::new();
        self.members.push(Member {
            name: name.to_owned(),
            size_bytes: 0,
            sha256: String::new(),
        });
        Ok(())
    }

    /// Adds bytes to the member.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.zip.write_all(bytes).map_err(failed)?;
        self.hasher.update(bytes);
        if let Some(member) = self.members.last_mut() {
            member.size_bytes += bytes.len() as u64;
        }
        Ok(())
    }

    /// Adds a line of NDJSON to the member.
    pub fn line(&mut self, value: &impl Serialize) -> Result<(), AppError> {
        let mut line = serde_json::to_vec(value).map_err(failed)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Ends the member.
    pub fn end(&mut self) {
        let hash = std::mem::take(&mut self.hasher).finalize();
        if let Some(member) = self.members.last_mut() {
            member.sha256 = hex::encode(hash);
        }
    }

    /// A whole member.
    pub fn member(&mut self, name: &str, bytes: &[u8]) -> Result<(), AppError> {
        self.begin(name)?;
        self.write(bytes)?;
        self.end();
        Ok(())
    }

    /// The members so far.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Writes the directory of the zip.
    pub fn finish(self) -> Result<(), AppError> {
        let writer = self.zip.finish().map_err(failed)?.into_inner();
        writer.flush().map_err(failed)
    }
}
