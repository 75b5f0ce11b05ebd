//! Little-endian fields of a byte slice, read without a panic.

use crate::error::Error;

/// The field at `at`, or nothing if the slice ends before it does.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The field at `at`, or nothing if the slice ends before it does.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The field at `at`, or nothing if the slice ends before it does.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Reads fields one after another; `what` is reported when the bytes run out.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Error::malformed(self.what))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Error> {
        let what = self.what;
        u16_at(self.take(2)?, 0).ok_or(Error::malformed(what))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Error> {
        let what = self.what;
        u32_at(self.take(4)?, 0).ok_or(Error::malformed(what))
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }
}
