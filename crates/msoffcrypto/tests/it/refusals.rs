//! What is not read is refused by name.

use std::io::Cursor;

use msoffcrypto::{EncryptedPackage, Error, Limits, Password, is_compound_file};

use crate::support::{Agile, Container, Standard, decrypt};

#[track_caller]
fn check(file: &[u8], message: &str) {
    assert_eq!(decrypt(file, "open sesame").unwrap_err().to_string(), message);
}

/// Checks an agile file whose description was changed.
#[track_caller]
fn check_xml(from: &str, to: &str, message: &str) {
    let file = Agile::default().file_with(|xml| {
        assert!(xml.contains(from), "{xml}");
        xml.replace(from, to)
    });
    check(&file, message);
}

/// Checks an agile file whose description was changed without changing its meaning.
#[track_caller]
fn check_same(change: impl FnOnce(String) -> String) {
    let agile = Agile::default();
    assert_eq!(decrypt(&agile.file_with(change), agile.password).unwrap(), agile.plain);
}

/// Checks a compound file of one stream, padded so that it lies outside the mini stream.
#[track_caller]
fn check_stream(name: &'static str, head: &[u8], message: &str) {
    let mut bytes = head.to_vec();
    bytes.resize(5000, 0);
    check(&Container::new([(name, bytes)]).build(), message);
}

#[test]
fn files_that_are_no_compound_files_are_not_encrypted() {
    let message = "not an encrypted Office document: it is no compound file";
    for head in ["", "P", "PK\x03\x04", "<html><body>", "id,name\r\n1,Ann\r\n"] {
        assert!(!is_compound_file(head.as_bytes()));
        check(head.as_bytes(), message);
    }
}

#[test]
fn documents_of_office_97_are_told_apart() {
    let plain = [0x09, 0x08, 2, 0, 0, 6, 0x42, 0, 0, 0];
    let message = "not an encrypted Office document: \
        it is an Excel 97-2003 workbook (.xls) without a password";
    check_stream("Workbook", &plain, message);
    check_stream("BOOK", &plain, message);
    let message = "not an encrypted Office document: \
        it is a Word 97-2003 document (.doc) without a password";
    check_stream("WordDocument", &[0; 12], message);
    let message = "not an encrypted Office document: \
        it is a PowerPoint 97-2003 presentation (.ppt) without a password";
    check_stream("PowerPoint Document", &[], message);
    let message = "not an encrypted Office document: it is a compound file without encryption";
    check_stream("Contents", &[], message);
}

#[test]
fn passwords_of_office_97_are_refused_by_name() {
    for (body, name) in [
        (&[0x2F, 0, 6, 0, 1, 0, 1, 0, 1, 0][..], "RC4 encryption"),
        (&[0x2F, 0, 6, 0, 1, 0, 2, 0, 2, 0], "RC4 CryptoAPI encryption"),
        (&[0x2F, 0, 6, 0, 0, 0, 1, 2, 3, 4], "XOR obfuscation"),
        (&[0x2F, 0, 4, 0, 1, 2, 3, 4], "XOR obfuscation"),
    ] {
        let head = [&[0x09, 0x08, 2, 0, 0, 6], body].concat();
        let message = format!("unsupported encryption: {name} of an Excel 97-2003 workbook");
        check_stream("Workbook", &head, &message);
    }
    let mut word = [0; 12];
    word[11] = 1;
    let message = "unsupported encryption: encryption of a Word 97-2003 document";
    check_stream("WordDocument", &word, message);
}

#[test]
fn rights_management_is_refused_by_name() {
    let message = "unsupported encryption: information rights management";
    check_stream("EncryptedPackage", &[], message);
    check_stream("\u{9}DRMContent", &[], message);
}

#[test]
fn other_versions_are_refused_by_name() {
    for (major, minor, name) in [
        (3, 3, "extensible encryption"),
        (4, 3, "extensible encryption"),
        (1, 1, "RC4 encryption"),
        (5, 2, "encryption version 5.2"),
    ] {
        let mut container = Agile::default().container(|xml| xml);
        container.streams[0].1[..4].copy_from_slice(&[major, 0, minor, 0]);
        check(&container.build(), &format!("unsupported encryption: {name}"));
    }
}

#[test]
fn other_ciphers_of_agile_encryption_are_refused_by_name() {
    for cipher in ["RC2", "DES", "3DES"] {
        let to = format!("cipherAlgorithm=\"{cipher}\"");
        let message = format!("unsupported encryption: cipher {cipher}");
        check_xml("cipherAlgorithm=\"AES\"", &to, &message);
    }
    check_xml("ModeCBC", "ModeCFB", "unsupported encryption: chaining mode CFB");
    check_xml("\"SHA512\"", "\"MD5\"", "unsupported encryption: hash MD5");
    check_xml(
        "keyBits=\"256\"",
        "keyBits=\"64\"",
        "unsupported encryption: AES key length 64",
    );
}

#[test]
fn a_hostile_name_is_cut_before_it_is_shown() {
    let name = format!("\"{}\"", "x".repeat(100_000));
    let message = format!("unsupported encryption: hash {}", "x".repeat(40));
    check_xml("\"SHA512\"", &name, &message);
}

#[test]
fn other_algorithms_of_standard_encryption_are_refused_by_name() {
    let check = |standard: Standard, name: &str| {
        check(&standard.file(), &format!("unsupported encryption: {name}"));
    };
    check(
        Standard {
            algorithm: 0x6801,
            ..Standard::default()
        },
        "cipher RC4",
    );
    check(
        Standard {
            algorithm: 0,
            flags: 4,
            ..Standard::default()
        },
        "cipher RC4",
    );
    check(
        Standard {
            algorithm: 0x1234,
            ..Standard::default()
        },
        "cipher 0x1234",
    );
    check(
        Standard {
            algorithm_hash: 0x8003,
            ..Standard::default()
        },
        "hash MD5",
    );
    check(
        Standard {
            flags: 0x34,
            ..Standard::default()
        },
        "encryption by an external provider",
    );
}

#[test]
fn encryption_for_certificates_only_is_refused_by_name() {
    let message = "unsupported encryption: encryption without a password (certificates only)";
    check_xml("p:encryptedKey", "c:encryptedKey", message);
}

#[test]
fn a_description_without_integrity_is_refused() {
    let message = "unsupported encryption: agile encryption without `dataIntegrity`";
    check_xml("<dataIntegrity", "<somethingElse", message);
}

#[test]
fn a_dtd_is_refused() {
    let message = "malformed document: the encryption descriptor has a DTD";
    check_xml("<encryption ", "<!DOCTYPE a [<!ENTITY b \"c\">]><encryption ", message);
}

#[test]
fn a_repeated_element_is_refused() {
    let message = "malformed document: an element of the descriptor is repeated";
    check_xml("<keyEncryptors>", "<keyData/><keyEncryptors>", message);
}

#[test]
fn wrong_sizes_are_refused() {
    for (from, to, what) in [
        ("saltSize=\"16\"", "saltSize=\"17\"", "the salt has the wrong length"),
        (
            "hashSize=\"64\"",
            "hashSize=\"20\"",
            "the hash size is not that of the hash",
        ),
        (
            "blockSize=\"16\"",
            "blockSize=\"8\"",
            "the block size is not that of AES",
        ),
        (
            "spinCount=\"10\"",
            "spinCount=\"-1\"",
            "an attribute of the descriptor is no number",
        ),
        ("spinCount=\"10\"", "", "an attribute of the descriptor is missing"),
        (
            "KeyValue=\"",
            "KeyValue=\"*",
            "an attribute of the descriptor is not base64",
        ),
        (
            "HmacKey=\"",
            "HmacKey=\"AAAA",
            "an encrypted value has the wrong length",
        ),
        (
            "</encryption>",
            "</encryptio>",
            "the encryption descriptor is not well-formed XML",
        ),
    ] {
        check_xml(from, to, &format!("malformed document: {what}"));
    }
}

#[test]
fn xml_that_means_the_same_reads_the_same() {
    check_same(|xml| xml.replace("<p:", "<key:").replace("xmlns:p=", "xmlns:key="));
    check_same(|xml| xml.replace("/><dataIntegrity", "></keyData><dataIntegrity"));
    check_same(|xml| xml.replace('"', "'"));
    check_same(|xml| xml.replace("\"SHA512\"", "\"&#83;HA512\""));
    check_same(|xml| format!("\u{feff}{xml}\0\0"));
    check_same(|xml| {
        let xml = xml.replace("<encryption xmlns=", "<e:encryption xmlns:e=");
        let xml = xml.replace("</encryption>", "</e:encryption>");
        xml.replace("<keyData", "<e:keyData")
            .replace("<dataIntegrity", "<e:dataIntegrity")
    });
}

#[test]
fn too_many_rounds_are_refused_before_the_work() {
    let file = Agile::default().file_with(|xml| xml.replace("spinCount=\"10\"", "spinCount=\"4294967295\""));
    check(&file, "spin count is 4294967295, more than the 10000000 allowed");

    let mut limits = Limits::default();
    limits.max_spin_count = 9;
    let error = EncryptedPackage::open(Cursor::new(Agile::default().file()), &limits).unwrap_err();
    assert!(matches!(
        error,
        Error::LimitExceeded {
            limit: "spin count",
            value: 10,
            maximum: 9
        }
    ));
}

#[test]
fn too_long_a_description_is_refused_before_it_is_read() {
    let file = Agile::default().file_with(|xml| xml + &" ".repeat(1 << 20));
    let error = decrypt(&file, "open sesame").unwrap_err();
    assert!(matches!(
        error,
        Error::LimitExceeded {
            limit: "length of the encryption info",
            ..
        }
    ));
}

#[test]
fn many_attributes_are_no_slow_work() {
    let attributes = "a='' ".repeat(100_000);
    check_same(|xml| xml.replace("<keyData ", &format!("<keyData {attributes}")));
}

#[test]
fn a_failing_reader_is_reported_as_such() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    impl std::io::Seek for Failing {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(1000)
        }
    }
    let password = Password::new("open sesame");
    let error = msoffcrypto::decrypt(Failing, &password, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Io(_)));
}
