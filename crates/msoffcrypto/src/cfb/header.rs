//! The header: where the tables start and how large a sector is ([MS-CFB] 2.2).

use crate::bytes::{u16_at, u32_at};
use crate::error::Error;

/// The first eight bytes of every compound file.
pub(crate) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

pub(super) const HEADER_BYTES: usize = 512;
pub(super) const MINI_SECTOR_BYTES: u64 = 64;

const FIRST_DIFAT_AT: usize = 76;
const CUT_OFF: &str = "the compound file header is cut off";

/// The parts of the header that reading needs.
pub(super) struct Header {
    pub(super) file_bytes: u64,
    pub(super) sector_bytes: u64,
    pub(super) first_directory_sector: u32,
    pub(super) first_mini_table_sector: u32,
    pub(super) first_difat_sector: Option<u32>,
    /// Streams shorter than this lie in the mini stream.
    pub(super) mini_cutoff: u64,
    /// The first 109 sectors of the allocation table; the others are listed in DIFAT sectors.
    pub(super) table_sectors: Vec<u32>,
}

impl Header {
    pub(super) fn parse(bytes: &[u8], file_bytes: u64) -> Result<Self, Error> {
        let field = |at| u32_at(bytes, at).ok_or(Error::malformed(CUT_OFF));
        let shift = |at| u16_at(bytes, at).ok_or(Error::malformed(CUT_OFF));
        // The version number says no more than the sector size does, so it is not needed.
        let sector_bytes = match shift(30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(Error::malformed("the sector size is neither 512 nor 4096")),
        };
        if shift(32)? != 6 {
            return Err(Error::malformed("the mini sector size is not 64"));
        }
        let header = Self {
            file_bytes,
            sector_bytes,
            first_directory_sector: field(48)?,
            first_mini_table_sector: field(60)?,
            // Without such sectors the field holds whatever the writer left there.
            first_difat_sector: (field(72)? > 0).then_some(field(68)?),
            mini_cutoff: field(56)?.into(),
            table_sectors: (FIRST_DIFAT_AT..HEADER_BYTES)
                .step_by(4)
                .map(field)
                .collect::<Result<_, _>>()?,
        };
        // The counts are not needed, but absurd ones give a damaged file away.
        for at in [44, 64, 72] {
            if u64::from(field(at)?) > header.sector_count() {
                return Err(Error::malformed("an allocation table is larger than the file"));
            }
        }
        Ok(header)
    }

    /// Sectors in the file, the header left out and a last partial one included.
    pub(super) fn sector_count(&self) -> u64 {
        self.file_bytes
            .saturating_sub(self.sector_bytes)
            .div_ceil(self.sector_bytes)
    }

    /// Where a sector starts and how many of its bytes the file has.
    pub(super) fn sector(&self, sector: u32) -> Result<(u64, u64), Error> {
        if u64::from(sector) >= self.sector_count() {
            return Err(Error::malformed("a sector lies outside the file"));
        }
        let start = (u64::from(sector) + 1) * self.sector_bytes;
        let available = self.file_bytes.saturating_sub(start).min(self.sector_bytes);
        Ok((start, available))
    }
}
