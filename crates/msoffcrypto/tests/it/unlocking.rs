//! The right password opens, every other one is refused, and changed data are found out.

use std::io::{Cursor, Read, Write};

use ms_offcrypto_writer::Ecma376AgileWriter;
use msoffcrypto::{EncryptedPackage, Error, HashAlgorithm, Limits, Password, SchemeKind};

use crate::support::{Agile, Hash, Standard, decrypt, plaintext};

/// Opens with the right password only, and gives what was encrypted.
#[track_caller]
fn check(file: &[u8], password: &str, plain: &[u8]) {
    assert_eq!(decrypt(file, password).unwrap(), plain);
    let wrong = format!("{password}!");
    assert!(matches!(decrypt(file, &wrong), Err(Error::WrongPassword)));
}

#[track_caller]
fn check_agile(agile: &Agile) {
    check(&agile.file(), agile.password, &agile.plain);
}

#[track_caller]
fn check_standard(standard: &Standard) {
    check(&standard.file(), standard.password, &standard.plain);
}

#[test]
fn agile_opens_with_every_key_length_and_hash() {
    for key_bits in [128, 192, 256] {
        for hash in Hash::ALL {
            check_agile(&Agile {
                key_bits,
                hash,
                password_key_bits: key_bits,
                password_hash: hash,
                ..Agile::default()
            });
        }
    }
}

#[test]
fn package_and_password_may_differ_in_hash_and_key_length() {
    check_agile(&Agile {
        key_bits: 128,
        hash: Hash::Sha1,
        password_key_bits: 256,
        password_hash: Hash::Sha512,
        ..Agile::default()
    });
    // A key longer than its hash is filled up.
    check_agile(&Agile {
        password_key_bits: 256,
        password_hash: Hash::Sha1,
        ..Agile::default()
    });
}

#[test]
fn lengths_around_blocks_and_segments_open() {
    for bytes in [0, 1, 15, 16, 17, 4095, 4096, 4097, 8192, 8200, 65_536, 70_000] {
        let plain = plaintext(bytes);
        check_agile(&Agile {
            plain: plain.clone(),
            ..Agile::default()
        });
    }
}

#[test]
fn standard_opens_with_every_key_length_and_version() {
    for (algorithm, key_bits, major_version) in [(0x660E, 128, 2), (0x660F, 192, 3), (0x6610, 256, 4), (0, 128, 3)] {
        check_standard(&Standard {
            major_version,
            algorithm,
            key_bits,
            ..Standard::default()
        });
    }
}

#[test]
fn passwords_of_every_script_open() {
    for password in ["", " ", "pässwörd£€", "k🔑y漢字", "VelvetSweatshop"] {
        check_agile(&Agile {
            password,
            ..Agile::default()
        });
    }
}

#[test]
fn padding_behind_the_data_is_accepted() {
    for padding in [1, 5, 16, 4096] {
        check_agile(&Agile {
            padding,
            ..Agile::default()
        });
    }
    check_standard(&Standard {
        padding: 16,
        plain: plaintext(8192),
        ..Standard::default()
    });
}

#[test]
fn no_rounds_and_many_rounds_open() {
    for spin_count in [0, 1, 100_000] {
        check_agile(&Agile {
            spin_count,
            ..Agile::default()
        });
    }
}

#[test]
fn files_of_another_writer_open() {
    let plain = plaintext(100_000);
    let mut file = Cursor::new(Vec::new());
    let mut writer = Ecma376AgileWriter::create(&mut rand::rng(), "open sesame", &mut file).unwrap();
    writer.write_all(&plain).unwrap();
    writer.finalize().unwrap();
    check(file.get_ref(), "open sesame", &plain);
}

#[test]
fn a_second_password_can_be_tried() {
    let agile = Agile::default();
    let file = Cursor::new(agile.file());
    let mut package = EncryptedPackage::open(file, &Limits::default()).unwrap();
    let wrong = package.unlock(&Password::new("wrong")).unwrap_err();
    assert!(matches!(wrong, Error::WrongPassword));
    let key = package.unlock(&Password::new(agile.password)).unwrap();
    let mut plain = Vec::new();
    package.into_decrypted(key).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, agile.plain);
}

#[test]
fn the_scheme_is_shown_before_a_password_is_known() {
    let agile = Agile {
        hash: Hash::Sha1,
        key_bits: 128,
        ..Agile::default()
    };
    let package = EncryptedPackage::open(Cursor::new(agile.file()), &Limits::default()).unwrap();
    let scheme = package.scheme();
    assert_eq!(scheme.kind, SchemeKind::Agile);
    assert_eq!(scheme.password_hash, HashAlgorithm::Sha512);
    assert_eq!(
        scheme.to_string(),
        "agile encryption: AES-128-CBC, SHA-1 (SHA-512 for the password), 10 rounds"
    );
    let file = Cursor::new(Standard::default().file());
    let package = EncryptedPackage::open(file, &Limits::default()).unwrap();
    assert_eq!(
        package.scheme().to_string(),
        "standard encryption: AES-128-ECB, SHA-1, 50000 rounds"
    );
}

#[test]
fn a_flipped_bit_anywhere_in_the_package_is_found_out() {
    let agile = Agile {
        padding: 16,
        ..Agile::default()
    };
    for at in [7, 8, 4100, 5007, 5031] {
        let mut container = agile.container(|xml| xml);
        container.streams[1].1[at] ^= 1;
        let error = decrypt(&container.build(), agile.password).unwrap_err();
        assert!(matches!(error, Error::IntegrityFailed), "{at}: {error}");
    }
}

#[test]
fn a_swapped_segment_is_found_out() {
    let agile = Agile {
        plain: plaintext(8192),
        ..Agile::default()
    };
    let mut container = agile.container(|xml| xml);
    container.streams[1].1[8..].rotate_left(4096);
    let error = decrypt(&container.build(), agile.password).unwrap_err();
    assert!(matches!(error, Error::IntegrityFailed));
}

#[test]
fn a_length_beyond_the_data_is_found_out() {
    for length in [5009_u64, 1 << 40, u64::MAX] {
        let mut container = Agile::default().container(|xml| xml);
        container.streams[1].1[..8].copy_from_slice(&length.to_le_bytes());
        let error = decrypt(&container.build(), "open sesame").unwrap_err();
        assert!(matches!(error, Error::IntegrityFailed));
    }
}

#[test]
fn secrets_are_not_printed() {
    let mut package = EncryptedPackage::open(Cursor::new(Agile::default().file()), &Limits::default()).unwrap();
    let password = Password::new("open sesame");
    let key = package.unlock(&password).unwrap();
    assert_eq!(format!("{password:?} {key:?}"), "Password(***) Key(***)");
    assert!(!format!("{:?}", package.into_decrypted(key)).contains("cipher"));
}
