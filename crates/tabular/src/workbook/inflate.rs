//! What may come out of a packed file: counted against caps while it is inflated.

use std::io::{self, Read};

use crate::error::OpenError;
use crate::limits::{self, Limits};

/// Inflated bytes up to which any ratio is fine.
const SMALL_PART_BYTES: u64 = 32 << 20;

/// What the parts of a file may still inflate to, all together: many parts may be the same few bytes of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    left: u64,
    /// The same by the size of the file.
    left_by_ratio: u64,
    max_bytes: u64,
    max_ratio: u64,
}

impl Budget {
    /// The budget of a file of this size.
    pub(crate) fn new(file_bytes: u64, limits: &Limits) -> Self {
        Self {
            left: limits.max_inflated_bytes,
            left_by_ratio: inflated_at_most(file_bytes, limits.max_inflation_ratio),
            max_bytes: limits.max_inflated_bytes,
            max_ratio: limits.max_inflation_ratio,
        }
    }

    /// Bytes that a part of this size may inflate to. What it says of that itself is believed where it is too much.
    pub(super) fn of_part(&self, packed: u64, said: u64) -> Result<u64, OpenError> {
        let part_left = inflated_at_most(packed, self.max_ratio);
        if said > part_left {
            return Err(limits::INFLATION_RATIO.exceeded(self.max_ratio));
        }
        limits::INFLATED_BYTES.check(said, self.max_bytes)?;
        Ok(part_left)
    }
}

/// A part on its way out of a packed file, counted.
pub(crate) struct Inflated<'p, R> {
    bytes: R,
    /// Bytes that are left to this part.
    part_left: u64,
    budget: &'p mut Budget,
}

impl<'p, R: Read> Inflated<'p, R> {
    /// A part that may take all that is left.
    pub(crate) fn new(bytes: R, budget: &'p mut Budget) -> Self {
        Self::of_part(bytes, u64::MAX, budget)
    }

    /// A part that may take so many bytes.
    pub(super) fn of_part(bytes: R, part_left: u64, budget: &'p mut Budget) -> Self {
        Self {
            bytes,
            part_left,
            budget,
        }
    }
}

impl<R: Read> Read for Inflated<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let Budget {
            max_bytes, max_ratio, ..
        } = *self.budget;
        take(&mut self.budget.left, count).ok_or_else(|| limits::INFLATED_BYTES.exceeded(max_bytes))?;
        take(&mut self.part_left, count)
            .and_then(|()| take(&mut self.budget.left_by_ratio, count))
            .ok_or_else(|| limits::INFLATION_RATIO.exceeded(max_ratio))?;
        Ok(count)
    }
}

/// What this many packed bytes may inflate to.
fn inflated_at_most(packed: u64, ratio: u64) -> u64 {
    packed.saturating_mul(ratio).max(SMALL_PART_BYTES)
}

/// Takes from what is left; `None` if there is not enough.
fn take(left: &mut u64, count: usize) -> Option<()> {
    *left = left.checked_sub(count as u64)?;
    Some(())
}
