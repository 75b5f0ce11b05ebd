//! No bytes whatever make the crate panic, loop or ask for much memory.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{Agile, Standard, decrypt, plaintext};

/// Files that differ in what their bytes mean: both schemes, both places of a package.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut large = Agile::default().container(|xml| xml);
    large.sector_bytes = 4096;
    let mut listed = Agile::default().container(|xml| xml);
    listed.spare_table_sectors = 200;
    vec![
        Agile::default().file(),
        Agile {
            plain: plaintext(100),
            ..Agile::default()
        }
        .file(),
        Standard {
            plain: plaintext(100),
            ..Standard::default()
        }
        .file(),
        large.build(),
        listed.build(),
    ]
});

/// The interesting places of a file: header, tables and directory come first.
fn place(length: usize, index: Index, is_early: bool) -> usize {
    index.index(if is_early { length.min(3000) } else { length })
}

/// Runs the whole way through; the result does not matter, that there is one does.
fn check(file: &[u8]) {
    let _ = decrypt(file, "open sesame");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn changed_bytes_never_panic(
        file in 0_usize..5,
        changes in prop::collection::vec((any::<Index>(), any::<bool>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = FILES[file].clone();
        for (index, is_early, value) in changes {
            let at = place(bytes.len(), index, is_early);
            bytes[at] = value;
        }
        check(&bytes);
    }

    #[test]
    fn changed_numbers_never_panic(
        file in 0_usize..5,
        changes in prop::collection::vec((any::<Index>(), prop_oneof![
            0_u32..64, Just(u32::MAX), 0xFFFF_FFF0..=u32::MAX, any::<u32>(),
        ]), 1..5),
    ) {
        let mut bytes = FILES[file].clone();
        for (index, value) in changes {
            let at = place(bytes.len() - 4, index, true) / 4 * 4;
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        check(&bytes);
    }

    #[test]
    fn cut_files_never_panic(file in 0_usize..5, length in any::<Index>()) {
        let bytes = &FILES[file];
        check(&bytes[..length.index(bytes.len())]);
    }

    #[test]
    fn arbitrary_bytes_behind_the_signature_never_panic(
        tail in prop::collection::vec(any::<u8>(), 0..4000),
    ) {
        check(&tail);
        let mut bytes = FILES[0][..68].to_vec();
        bytes.extend(&tail);
        check(&bytes);
    }

    #[test]
    fn arbitrary_descriptions_never_panic(
        version in prop_oneof![Just([4_u8, 0, 4, 0]), Just([3, 0, 2, 0]), any::<[u8; 4]>()],
        tail in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut container = Agile::default().container(|xml| xml);
        container.streams[0].1 = [&version[..], &tail].concat();
        check(&container.build());
    }

    #[test]
    fn arbitrary_xml_never_panics(xml in "(<[a-z:]{1,9}( xmlns(:[a-z])?='[a-z]{0,9}')?/?>|</[a-z:]*>|&[#a-z0-9]*;?|[ -~]){0,40}") {
        check(&Agile::default().file_with(|_| xml));
    }
}
