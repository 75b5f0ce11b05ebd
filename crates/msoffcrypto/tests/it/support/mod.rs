//! A small encryptor, written against the specification and not against the crate under test.

mod agile;
mod container;
mod primitives;
mod standard;

pub use self::agile::Agile;
pub use self::container::Container;
pub use self::primitives::Hash;
pub use self::standard::Standard;

use std::io::{Cursor, Read};

use msoffcrypto::{Error, Limits, Password};

/// Text whose every position is recognisable.
pub fn plaintext(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

/// Decrypts a file as a caller would.
pub fn decrypt(file: &[u8], password: &str) -> Result<Vec<u8>, Error> {
    let reader = Cursor::new(file);
    let mut plain = msoffcrypto::decrypt(reader, &Password::new(password), &Limits::default())?;
    let mut bytes = Vec::new();
    plain.read_to_end(&mut bytes)?;
    assert_eq!(bytes.len() as u64, plain.len());
    Ok(bytes)
}
