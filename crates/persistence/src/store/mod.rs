//! The store's methods, one file per kind of thing.

pub mod analysis;
pub mod audit;
pub mod batch;
pub mod business;
pub mod change;
pub mod dump;
pub mod duplicate;
pub mod file;
pub mod finding;
pub mod job;
pub mod lease;
pub mod mapping;
pub mod organization;
pub mod retry;
pub mod run;
pub mod saved_mapping;
pub mod update;

/// How many values one query asks for at most.
const CHUNK: usize = 2048;

/// The values in chunks, each padded to a power of two by repeating its last value, so that there are few different
/// statements and the prepared ones are used again.
fn padded_chunks<T: Clone>(values: &[T]) -> impl Iterator<Item = Vec<T>> {
    values.chunks(CHUNK).map(|chunk| {
        let mut padded = chunk.to_vec();
        if let Some(last) = chunk.last() {
            padded.resize(chunk.len().next_power_of_two(), last.clone());
        }
        padded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_padded_to_powers_of_two() {
        let values: Vec<usize> = (0..CHUNK + 3).collect();
        let chunks: Vec<_> = padded_chunks(&values).collect();
        assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [CHUNK, 4]);
        assert_eq!(chunks[1], [CHUNK, CHUNK + 1, CHUNK + 2, CHUNK + 2]);
        assert_eq!(padded_chunks::<usize>(&[]).count(), 0);
    }
}
