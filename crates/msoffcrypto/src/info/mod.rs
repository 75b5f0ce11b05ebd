//! The `EncryptionInfo` stream: how a package is encrypted ([MS-OFFCRYPTO] 2.3.4).

mod agile;
mod descriptor;
mod scheme;
mod standard;

pub use self::scheme::{Scheme, SchemeKind};

pub(crate) use self::agile::AgileInfo;
pub(crate) use self::scheme::EncryptionInfo;
pub(crate) use self::standard::StandardInfo;
