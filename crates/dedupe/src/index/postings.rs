//! Which records are under a key.

use rustc_hash::FxHashMap;

/// The number of a record in the index.
pub type RecordNumber = u32;

/// A key that more records hold identifies none of them and is skipped. What many share, a generic value, is no way to find
/// one of them.
pub(crate) const CAP: u32 = 60;

const NONE: u32 = u32::MAX;
/// The count of a key that has had too many.
const FULL: u32 = u32::MAX;

/// The records of a key, as a chain through the links.
#[derive(Debug, Clone, Copy)]
struct Chain {
    newest: u32,
    count: u32,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    record: RecordNumber,
    older: u32,
}

/// Records by key.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    chains: FxHashMap<u64, Chain>,
    links: Vec<Link>,
    /// Links of records that have left.
    free: Vec<u32>,
}

impl Postings {
    /// Puts a record under a key.
    pub fn add(&mut self, key: u64, record: RecordNumber) {
        let chain = self.chains.entry(key).or_insert(Chain { newest: NONE, count: 0 });
        if chain.count >= CAP {
            // Once there are too many, the key is full for good, and its records need not be known.
            if let Some(newest) = (chain.newest != NONE).then_some(chain.newest) {
                *chain = Chain {
                    newest: NONE,
                    count: FULL,
                };
                self.release(newest);
            }
            return;
        }
        let link = Link {
            record,
            older: chain.newest,
        };
        chain.count += 1;
        let free = self.free.pop();
        if let Some(place) = free.and_then(|free| self.links.get_mut(free as usize)) {
            *place = link;
        } else {
            self.links.push(link);
        }
        chain.newest = free.unwrap_or(self.links.len() as u32 - 1);
    }

    /// Frees a chain of links.
    fn release(&mut self, newest: u32) {
        let mut at = newest;
        while let Some(link) = self.links.get(at as usize) {
            self.free.push(at);
            at = link.older;
        }
    }

    /// Takes a record from a key. A key that was full stays so until the index is built anew.
    pub fn remove(&mut self, key: u64, record: RecordNumber) {
        let Some(chain) = self.chains.get_mut(&key).filter(|chain| chain.count != FULL) else {
            return;
        };
        let (mut before, mut at) = (NONE, chain.newest);
        while let Some(link) = self.links.get(at as usize).copied() {
            if link.record == record {
                chain.count -= 1;
                match self.links.get_mut(before as usize) {
                    Some(before) => before.older = link.older,
                    None => chain.newest = link.older,
                }
                self.free.push(at);
                break;
            }
            (before, at) = (at, link.older);
        }
        if chain.count == 0 {
            self.chains.remove(&key);
        }
    }

    /// How many records a key has.
    pub fn count(&self, key: u64) -> u32 {
        self.chains.get(&key).map_or(0, |chain| chain.count)
    }

    /// The records of a key, the newest first; none if there are too many.
    pub fn records(&self, key: u64) -> impl Iterator<Item = RecordNumber> + '_ {
        let chain = self.chains.get(&key).filter(|chain| chain.count <= CAP);
        let mut at = chain.map_or(NONE, |chain| chain.newest);
        std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.older;
            Some(link.record)
        })
    }

    pub fn bytes(&self) -> usize {
        self.chains.capacity() * (size_of::<(u64, Chain)>() + 1)
            + self.links.capacity() * size_of::<Link>()
            + self.free.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(postings: &Postings, expected: &[RecordNumber]) {
        assert_eq!(postings.records(7).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn records_come_and_go() {
        let mut postings = Postings::default();
        for record in 0..4 {
            postings.add(7, record);
        }
        check(&postings, &[3, 2, 1, 0]);
        postings.remove(7, 2);
        postings.remove(7, 3);
        check(&postings, &[1, 0]);
        postings.add(7, 9);
        check(&postings, &[9, 1, 0]);
        for record in [0, 1, 9] {
            postings.remove(7, record);
        }
        check(&postings, &[]);
        assert!(postings.chains.is_empty());
    }

    #[test]
    fn a_key_of_too_many_is_none_and_takes_no_room() {
        let mut postings = Postings::default();
        for record in 0..1000 {
            postings.add(7, record);
        }
        check(&postings, &[]);
        assert!(postings.links.len() <= CAP as usize);
    }
}
