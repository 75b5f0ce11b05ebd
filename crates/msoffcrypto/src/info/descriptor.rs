//! The XML that describes agile encryption ([MS-OFFCRYPTO] 2.3.4.10).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::crypto::hash::HashAlgorithm;
use crate::error::Error;
use crate::info::agile::{AgileInfo, Parameters};
use crate::info::scheme::check_key_bits;

const ENCRYPTION: &str = "http://schemas.microsoft.com/office/2006/encryption";
const PASSWORD: &str = "http://schemas.microsoft.com/office/2006/keyEncryptor/password";

const NOT_XML: &str = "the encryption descriptor is not well-formed XML";

/// The padding is not needed to read a value, so its absence is forgiven.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The elements that matter, wherever they stand and whatever their prefix.
#[derive(Default)]
struct Elements<'a> {
    key_data: Option<BytesStart<'a>>,
    data_integrity: Option<BytesStart<'a>>,
    encrypted_key: Option<BytesStart<'a>>,
}

pub(super) fn parse(xml: &[u8]) -> Result<AgileInfo, Error> {
    let xml = std::str::from_utf8(xml).map_err(|_| Error::malformed("the encryption descriptor is not UTF-8"))?;
    let elements = find_elements(xml)?;
    let key_data = elements.key_data.ok_or(Error::malformed("`keyData` is missing"))?;
    let key = elements
        .encrypted_key
        .ok_or_else(|| Error::unsupported("encryption without a password (certificates only)", ""))?;
    // Without it nobody could tell whether the data are the original ones.
    let integrity = elements
        .data_integrity
        .ok_or_else(|| Error::unsupported("agile encryption without `dataIntegrity`", ""))?;
    Ok(AgileInfo {
        package: parameters(&key_data)?,
        password: parameters(&key)?,
        spin_count: number(&key, "spinCount")?,
        encrypted_verifier_input: binary(&key, "encryptedVerifierHashInput")?,
        encrypted_verifier_hash: binary(&key, "encryptedVerifierHashValue")?,
        encrypted_key_value: binary(&key, "encryptedKeyValue")?,
        encrypted_hmac_key: binary(&integrity, "encryptedHmacKey")?,
        encrypted_hmac_value: binary(&integrity, "encryptedHmacValue")?,
    })
}

fn find_elements(xml: &str) -> Result<Elements<'_>, Error> {
    let mut reader = NsReader::from_str(xml);
    let mut elements = Elements::default();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Error::malformed(NOT_XML))?;
        let element = match event {
            Event::Start(element) | Event::Empty(element) => element,
            Event::DocType(_) => {
                return Err(Error::malformed("the encryption descriptor has a DTD"));
            }
            Event::Eof => return Ok(elements),
            _ => continue,
        };
        let ResolveResult::Bound(Namespace(namespace)) = namespace else {
            continue;
        };
        let slot = match (namespace, element.local_name().as_ref()) {
            (ENCRYPTION, "keyData") => &mut elements.key_data,
            (ENCRYPTION, "dataIntegrity") => &mut elements.data_integrity,
            (PASSWORD, "encryptedKey") => &mut elements.encrypted_key,
            _ => continue,
        };
        if slot.replace(element).is_some() {
            return Err(Error::malformed("an element of the descriptor is repeated"));
        }
    }
}

/// The attributes that `keyData` and `encryptedKey` have in common.
fn parameters(element: &BytesStart<'_>) -> Result<Parameters, Error> {
    let cipher = text(element, "cipherAlgorithm")?;
    if cipher != "AES" {
        return Err(Error::unsupported("cipher", &cipher));
    }
    let chaining = text(element, "cipherChaining")?;
    if chaining != "ChainingModeCBC" {
        let name = chaining.strip_prefix("ChainingMode").unwrap_or(&chaining);
        return Err(Error::unsupported("chaining mode", name));
    }
    if number(element, "blockSize")? != 16 {
        return Err(Error::malformed("the block size is not that of AES"));
    }
    let hash = hash_algorithm(&text(element, "hashAlgorithm")?)?;
    if number(element, "hashSize")? as usize != hash.bytes() {
        return Err(Error::malformed("the hash size is not that of the hash"));
    }
    let salt = binary(element, "saltValue")?;
    if salt.is_empty() || number(element, "saltSize")? as usize != salt.len() {
        return Err(Error::malformed("the salt has the wrong length"));
    }
    Ok(Parameters {
        salt,
        hash,
        key_bits: check_key_bits(number(element, "keyBits")?)?,
    })
}

fn hash_algorithm(name: &str) -> Result<HashAlgorithm, Error> {
    match name {
        // Office writes no hyphen; with one the name means the same.
        "SHA1" | "SHA-1" => Ok(HashAlgorithm::Sha1),
        "SHA256" | "SHA-256" => Ok(HashAlgorithm::Sha256),
        "SHA384" | "SHA-384" => Ok(HashAlgorithm::Sha384),
        "SHA512" | "SHA-512" => Ok(HashAlgorithm::Sha512),
        other => Err(Error::unsupported("hash", other)),
    }
}

fn text(element: &BytesStart<'_>, name: &str) -> Result<String, Error> {
    // The check for repeated attributes compares each with each, so a hostile file could make
    // it slow; the first one counts instead.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Error::malformed(NOT_XML))?;
        if attribute.key.as_ref() == name {
            return attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(|value| value.trim().to_owned())
                .map_err(|_| Error::malformed(NOT_XML));
        }
    }
    Err(Error::malformed("an attribute of the descriptor is missing"))
}

fn number(element: &BytesStart<'_>, name: &str) -> Result<u32, Error> {
    text(element, name)?
        .parse()
        .map_err(|_| Error::malformed("an attribute of the descriptor is no number"))
}

fn binary(element: &BytesStart<'_>, name: &str) -> Result<Vec<u8>, Error> {
    let mut value = text(element, name)?;
    value.retain(|character| !character.is_ascii_whitespace());
    BASE64
        .decode(value)
        .map_err(|_| Error::malformed("an attribute of the descriptor is not base64"))
}
