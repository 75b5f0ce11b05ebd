//! Compound files as writers really lay them out, and as attackers do.

use std::io::Cursor;

use msoffcrypto::{EncryptedPackage, Error, Limits};

use crate::support::{Agile, Container, decrypt, plaintext};

/// A file of `bytes` plaintext bytes opens, whatever `change` does to its layout.
#[track_caller]
fn check(bytes: usize, change: impl FnOnce(&mut Container)) {
    let agile = Agile {
        plain: plaintext(bytes),
        ..Agile::default()
    };
    let mut container = agile.container(|xml| xml);
    change(&mut container);
    let plain = decrypt(&container.build(), agile.password).unwrap();
    assert!(plain == agile.plain);
}

/// A file with patched bytes is refused.
#[track_caller]
fn check_patched(at: usize, patch: &[u8], what: &str) {
    let mut file = Agile::default().file();
    file[at..at + patch.len()].copy_from_slice(patch);
    let message = format!("malformed document: {what}");
    assert_eq!(decrypt(&file, "open sesame").unwrap_err().to_string(), message);
}

/// Where the directory of a file starts.
fn directory_of(file: &[u8]) -> usize {
    let root: Vec<u8> = "Root".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.windows(8).position(|window| window == root).unwrap()
}

/// Where the directory of the default file starts.
fn directory_at() -> usize {
    directory_of(&Agile::default().file())
}

#[test]
fn small_and_large_sectors_open() {
    for sector_bytes in [512, 4096] {
        for bytes in [100, 5000, 300_000] {
            check(bytes, |container| container.sector_bytes = sector_bytes);
        }
    }
}

#[test]
fn chains_in_any_order_open() {
    for bytes in [100, 5000, 300_000] {
        check(bytes, |container| container.backwards = true);
    }
}

#[test]
fn a_package_in_the_mini_stream_opens() {
    check(1400, |_| ());
    check(1400, |container| container.mini_cutoff = 0);
}

#[test]
fn a_partial_last_sector_opens() {
    check(5000, |container| container.cut = true);
    check(5000, |container| {
        container.cut = true;
        container.sector_bytes = 4096;
    });
}

#[test]
fn an_allocation_table_that_stops_early_opens() {
    check(5000, |container| {
        container.cut = true;
        container.table_last = true;
    });
}

#[test]
fn an_allocation_table_that_runs_past_the_file_opens() {
    check(5000, |container| container.spare_table_sectors = 5);
}

#[test]
fn a_table_too_long_for_the_header_opens() {
    check(9_000_000, |_| ());
    check(5000, |container| container.spare_table_sectors = 300);
}

#[test]
fn names_are_compared_without_regard_to_case() {
    check(5000, |container| {
        container.streams[0].0 = "ENCRYPTIONINFO";
        container.streams[1].0 = "encryptedpackage";
    });
}

#[test]
fn streams_of_other_names_are_passed_over() {
    check(5000, |container| {
        for name in ["\u{5}SummaryInformation", "Version", ""] {
            container.streams.insert(0, (name, plaintext(600)));
        }
    });
}

#[test]
fn a_package_inside_an_embedded_object_is_not_taken_for_the_file() {
    // The entry of the workbook has the streams as children now, no longer as siblings.
    let mut container = Agile::default().container(|xml| xml);
    container.streams.insert(0, ("Workbook", vec![0; 5000]));
    let mut file = container.build();
    let at = 128 + directory_of(&file);
    let right = file[at + 72..at + 76].to_vec();
    file[at + 72..at + 76].fill(0xFF);
    file[at + 76..at + 80].copy_from_slice(&right);
    let error = decrypt(&file, "open sesame").unwrap_err();
    assert!(matches!(error, Error::NotEncrypted { .. }), "{error}");
}

#[test]
fn names_without_a_valid_length_are_refused() {
    for (entry, length) in [(0, 0), (1, 0), (1, 1), (1, 3), (2, 66), (2, 0xFFFE)] {
        let at = directory_at() + entry * 128 + 64;
        let what = "a directory entry has no valid name or type";
        check_patched(at, &u16::to_le_bytes(length), what);
    }
}

#[test]
fn a_directory_tree_that_returns_to_itself_is_refused() {
    let what = "a chain or tree returns to itself";
    check_patched(directory_at() + 128 + 68, &2_u32.to_le_bytes(), what);
    check_patched(directory_at() + 128 + 68, &1_u32.to_le_bytes(), what);
}

#[test]
fn a_directory_link_outside_the_directory_is_refused() {
    let what = "a directory entry lies outside the directory";
    check_patched(directory_at() + 76, &1000_u32.to_le_bytes(), what);
    check_patched(directory_at() + 76, &0xFFFF_FFF0_u32.to_le_bytes(), what);
}

#[test]
fn a_chain_that_returns_to_itself_is_refused() {
    // The table is sector 0; each entry of a data sector points back to the first of them.
    let mut file = Agile::default().file();
    let first = (directory_at() / 512) as u32;
    for entry in file[516..1024].chunks_mut(4) {
        entry.copy_from_slice(&first.to_le_bytes());
    }
    let error = decrypt(&file, "open sesame").unwrap_err().to_string();
    assert_eq!(error, "malformed document: a chain or tree returns to itself");
}

#[test]
fn a_list_of_table_sectors_that_returns_to_itself_is_refused() {
    let mut file = Agile::default().container(|xml| xml);
    file.spare_table_sectors = 300;
    let mut file = file.build();
    let first = u32::from_le_bytes(file[68..72].try_into().unwrap());
    let end = (first as usize + 2) * 512;
    file[end - 4..end].copy_from_slice(&first.to_le_bytes());
    let error = decrypt(&file, "open sesame").unwrap_err().to_string();
    assert_eq!(error, "malformed document: a chain or tree returns to itself");
}

#[test]
fn counts_larger_than_the_file_are_refused() {
    for at in [44, 64, 72] {
        let what = "an allocation table is larger than the file";
        check_patched(at, &20_000_000_u32.to_le_bytes(), what);
    }
}

#[test]
fn impossible_sector_sizes_are_refused() {
    for shift in [0_u16, 8, 11, 16, 0xFFFF] {
        let what = "the sector size is neither 512 nor 4096";
        check_patched(30, &shift.to_le_bytes(), what);
    }
    check_patched(32, &[7], "the mini sector size is not 64");
}

#[test]
fn a_stream_longer_than_the_file_is_refused() {
    let at = directory_at() + 2 * 128 + 120;
    check_patched(at, &u32::MAX.to_le_bytes(), "a stream is longer than the file");
}

#[test]
fn the_upper_half_of_a_length_counts_only_with_large_sectors() {
    let at = directory_at() + 2 * 128 + 124;
    let mut file = Agile::default().file();
    file[at..at + 4].fill(0xAB);
    assert!(decrypt(&file, "open sesame").is_ok());
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let file = Agile::default().file();
    // The last sector may be partial, but not miss bytes of its stream.
    for length in (0..file.len() - 512).step_by(97) {
        assert!(decrypt(&file[..length], "open sesame").is_err(), "{length}");
    }
}

#[test]
fn limits_on_directory_and_fragments_hold() {
    let open = |file: Vec<u8>, limits: &Limits| {
        EncryptedPackage::open(Cursor::new(file), limits)
            .unwrap_err()
            .to_string()
    };
    let mut limits = Limits::default();
    limits.max_directory_entries = 1;
    let message = "number of directory entries is 2, more than the 1 allowed";
    assert_eq!(open(Agile::default().file(), &limits), message);

    let mut limits = Limits::default();
    limits.max_fragments = 3;
    let mut container = Agile::default().container(|xml| xml);
    container.backwards = true;
    let message = "number of fragments of a stream is 4, more than the 3 allowed";
    assert_eq!(open(container.build(), &limits), message);
}
