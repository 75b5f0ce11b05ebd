//! Hash tables of our own spellings, in which a table's headers are looked up many times.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use torqueflow_model::hash64;

/// A hash table by text. Its keys are ours: whoever writes the texts that are looked up can't make it slow.
pub type ByText<V> = HashMap<String, V, BuildHasherDefault<TextHasher>>;

/// Takes the fingerprint of a text for its hash.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextHasher(u64);

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= hash64(bytes);
    }

    /// The mark behind a text, which a key that is one text can do without.
    fn write_u8(&mut self, _: u8) {}
}
