//! A password that leaves no copy behind and cannot be printed.

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::Secret;

/// A password, wiped from memory when dropped and never printed.
///
/// It is used as typed: Office does no Unicode normalisation either. The empty password is a
/// password like any other; some writers encrypt with it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password over. A `String` is taken without a copy.
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }

    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The password as it is hashed: UTF-16, low byte first, without an end mark.
    pub(crate) fn to_utf16(&self) -> Secret {
        // Reserved at once, since a buffer that grows leaves its old contents behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.0.len() * 2));
        for unit in self.0.encode_utf16() {
            bytes.extend_from_slice(&unit.to_le_bytes());
        }
        bytes
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}
