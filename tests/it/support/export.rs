//! An audit export, read back.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use serde_json::Value;
use zip::ZipArchive;

/// The members of an export, by name.
pub struct Export(pub BTreeMap<String, Vec<u8>>);

impl Export {
    /// Unpacks a zip.
    pub fn read(bytes: &[u8]) -> Self {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut members = BTreeMap::new();
        for index in 0..zip.len() {
            let mut member = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            members.insert(member.name().unwrap().into_owned(), content);
        }
        Self(members)
    }

    /// A member that is one piece of JSON.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.0[name]).unwrap()
    }

    /// The lines of a member.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::str::from_utf8(&self.0[name]).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
