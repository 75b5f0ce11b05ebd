//! What a table holds, told by two numbers: how many records, and a checksum in which their order does not matter.

use std::fmt;

use sha2::{Digest, Sha256};

/// How many records there are, and what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Content {
    /// The records.
    pub records: u64,
    /// The sum of the fingerprints of their lines.
    checksum: u64,
}

impl Content {
    /// Adds a record, by the line of text that says what is checked of it.
    pub fn add(&mut self, line: &str) {
        let fingerprint = Sha256::digest(line.as_bytes());
        let first: [u8; 8] = std::array::from_fn(|place| fingerprint.get(place).copied().unwrap_or_default());
        self.records += 1;
        self.checksum = self.checksum.wrapping_add(u64::from_le_bytes(first));
    }
}

impl<T: AsRef<str>> FromIterator<T> for Content {
    fn from_iter<I: IntoIterator<Item = T>>(lines: I) -> Self {
        let mut content = Self::default();
        lines.into_iter().for_each(|line| content.add(line.as_ref()));
        content
    }
}

impl fmt::Display for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} records with the checksum {:016x}",
            self.records, self.checksum
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        let content = |lines: &[&str]| lines.iter().collect::<Content>();
        assert_eq!(content(&["a|1", "b|2"]), content(&["b|2", "a|1"]));
        for other in [&["a|1", "b|3"][..], &["a|1"], &["a|1", "a|1", "b|2"], &["a|12", "b|"]] {
            assert_ne!(content(&["a|1", "b|2"]), content(other), "{other:?}");
        }
    }
}
