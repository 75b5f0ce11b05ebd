//! Bounds on the work and memory that a hostile file can ask for.

/// Bounds on what a file may ask for, each checked before the work.
///
/// The defaults let through every file that Office and the libraries known to us write. Memory and
/// time otherwise grow with the length of the file at most, so bound that too.
///
/// ```
/// let mut limits = msoffcrypto::Limits::default();
/// limits.max_spin_count = 1_000_000;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Rounds of hashing between password and key. Office writes 100,000; ten million take a few
    /// seconds, and a file can claim four thousand million.
    pub max_spin_count: u32,
    /// Length of the stream that describes the encryption. Office writes about 1,300 bytes, and
    /// more when certificates can open the file as well.
    pub max_encryption_info_bytes: u64,
    /// Directory entries looked at for the two streams of the package. Office writes about ten.
    pub max_directory_entries: u32,
    /// Separate pieces a stream may lie in; each is kept in memory with 24 bytes.
    pub max_fragments: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_spin_count: 10_000_000,
            max_encryption_info_bytes: 1 << 20,
            max_directory_entries: 100_000,
            max_fragments: 250_000,
        }
    }
}
