//! Directory entries: names and beginnings of streams ([MS-CFB] 2.6).

use crate::bytes::{u16_at, u32_at, u64_at};
use crate::error::Error;

pub(super) const ENTRY_BYTES: usize = 128;

/// What a directory entry stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Storage,
    Stream,
    Root,
}

/// One entry of the directory.
pub(super) struct Entry {
    pub(super) kind: EntryKind,
    name: Vec<u16>,
    pub(super) siblings: [u32; 2],
    pub(super) child: u32,
    pub(super) first_sector: u32,
    pub(super) bytes: u64,
}

impl Entry {
    pub(super) fn parse(bytes: &[u8; ENTRY_BYTES], sector_bytes: u64) -> Result<Self, Error> {
        Self::fields(bytes, sector_bytes).ok_or(Error::malformed("a directory entry has no valid name or type"))
    }

    fn fields(bytes: &[u8; ENTRY_BYTES], sector_bytes: u64) -> Option<Self> {
        let kind = match bytes.get(66)? {
            1 => EntryKind::Storage,
            2 => EntryKind::Stream,
            5 => EntryKind::Root,
            _ => return None,
        };
        // The length counts bytes and includes the final NUL.
        let name_bytes = usize::from(u16_at(bytes, 64)?);
        if !(2..=64).contains(&name_bytes) || name_bytes % 2 != 0 {
            return None;
        }
        let name = (0..name_bytes - 2)
            .step_by(2)
            .map(|at| u16_at(bytes, at))
            .collect::<Option<_>>()?;
        let length = u64_at(bytes, 120)?;
        Some(Self {
            kind,
            name,
            siblings: [u32_at(bytes, 68)?, u32_at(bytes, 72)?],
            child: u32_at(bytes, 76)?,
            first_sector: u32_at(bytes, 116)?,
            // In files with small sectors the upper half need not be set ([MS-CFB] 2.6.1).
            bytes: if sector_bytes == 512 {
                length & u64::from(u32::MAX)
            } else {
                length
            },
        })
    }

    /// Compares names as the format does, without regard to case.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let upper = |unit: u16| u8::try_from(unit).map_or(unit, |b| b.to_ascii_uppercase().into());
        self.name
            .iter()
            .map(|unit| upper(*unit))
            .eq(name.encode_utf16().map(upper))
    }
}
