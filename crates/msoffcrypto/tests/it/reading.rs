//! The plaintext reads and seeks like the file it stands for.

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};

use msoffcrypto::{DecryptedPackage, Limits, Password};
use proptest::prelude::*;

use crate::support::{Agile, Standard, plaintext};

fn open(file: Vec<u8>) -> DecryptedPackage<Cursor<Vec<u8>>> {
    msoffcrypto::decrypt(Cursor::new(file), &Password::new("open sesame"), &Limits::default()).unwrap()
}

/// Seeks and reads in both, and compares.
#[track_caller]
fn check(plain: &mut (impl Read + Seek), original: &mut Cursor<Vec<u8>>, to: SeekFrom, count: usize) {
    assert_eq!(plain.seek(to).ok(), original.seek(to).ok(), "{to:?}");
    let (mut left, mut right) = (Vec::new(), Vec::new());
    plain.take(count as u64).read_to_end(&mut left).unwrap();
    original.take(count as u64).read_to_end(&mut right).unwrap();
    assert!(left == right, "{to:?}, {count} bytes");
}

fn seeks() -> impl Strategy<Value = SeekFrom> {
    prop_oneof![
        (0_u64..160_000).prop_map(SeekFrom::Start),
        (-160_000_i64..10_000).prop_map(SeekFrom::End),
        (-160_000_i64..160_000).prop_map(SeekFrom::Current),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn reads_anywhere_match_the_original(steps in prop::collection::vec((seeks(), 0_usize..90_000), 1..12)) {
        let bytes = plaintext(150_001);
        let mut original = Cursor::new(bytes.clone());
        let mut plain = open(Agile { plain: bytes, ..Agile::default() }.file());
        for (to, count) in steps {
            check(&mut plain, &mut original, to, count);
        }
    }
}

#[test]
fn standard_packages_are_read_anywhere_too() {
    let bytes = plaintext(20_001);
    let mut original = Cursor::new(bytes.clone());
    let mut plain = open(
        Standard {
            plain: bytes,
            ..Standard::default()
        }
        .file(),
    );
    for at in [19_990, 0, 4095, 4096, 12_000, 20_001] {
        check(&mut plain, &mut original, SeekFrom::Start(at), 5000);
    }
}

#[test]
fn a_seek_before_the_start_is_refused_and_changes_nothing() {
    let mut plain = open(Agile::default().file());
    plain.seek(SeekFrom::Start(100)).unwrap();
    assert!(plain.seek(SeekFrom::Current(-101)).is_err());
    assert_eq!(plain.stream_position().unwrap(), 100);
}

#[test]
fn a_seek_past_the_end_reads_nothing() {
    let mut plain = open(Agile::default().file());
    for at in [5000, 5001, u64::MAX] {
        plain.seek(SeekFrom::Start(at)).unwrap();
        assert!(plain.fill_buf().unwrap().is_empty());
    }
}

#[test]
fn an_empty_package_reads_as_empty() {
    let mut plain = open(
        Agile {
            plain: Vec::new(),
            ..Agile::default()
        }
        .file(),
    );
    assert!(plain.is_empty());
    assert_eq!(plain.read(&mut [0; 8]).unwrap(), 0);
}
