use std::io::Cursor;

use proptest::prelude::*;
use time::macros::{date, datetime, time};
use torqueflow_model::{Cell, CellKind, Row};

use super::*;

fn cell(kind: CellKind) -> Cell {
    let text = if kind == CellKind::Empty {
        String::new()
    } else {
        format!("{kind:?}")
    };
    Cell { text, kind }
}

fn sample_row(number: u64) -> Row {
    let kinds = [
        CellKind::Empty,
        CellKind::Text,
        CellKind::Number(0.1 + number as f64),
        CellKind::Date(date!(2024 - 02 - 29)),
        CellKind::DateTime(datetime!(2024-02-29 12:34:56)),
        CellKind::Time(time!(09:50)),
        CellKind::Boolean(true),
        CellKind::Boolean(false),
        CellKind::Error,
    ];
    Row {
        number,
        cells: kinds.into_iter().map(cell).collect(),
    }
}

fn staged(rows: u64) -> Vec<u8> {
    let mut writer = StagingWriter::new(Vec::new(), &["A".to_owned(), "Bé".to_owned()]).unwrap();
    for index in 0..rows {
        writer.write(&sample_row(index * 3 + 2)).unwrap();
    }
    let (bytes, info) = writer.finish().unwrap();
    assert_eq!((info.rows, info.bytes), (rows, bytes.len() as u64));
    bytes
}

/// Reads everything that can be read.
fn read_all(bytes: &[u8]) -> Result<Vec<Row>, StagingError> {
    let mut reader = StagingReader::open(Cursor::new(bytes))?;
    let (mut rows, mut row) = (Vec::new(), Row::default());
    while reader.next_row(&mut row)? {
        rows.push(row.clone());
    }
    Ok(rows)
}

#[test]
fn rows_come_back_as_they_were() {
    for count in [0, 1, 255, 256, 257, 1000] {
        let rows = read_all(&staged(count)).unwrap();
        assert_eq!(rows.len() as u64, count);
        assert!(
            rows.iter()
                .zip(0..)
                .all(|(row, index)| *row == sample_row(index * 3 + 2)),
            "{count}"
        );
    }
}

#[test]
fn any_row_can_be_sought() {
    let mut reader = StagingReader::open(Cursor::new(staged(1000))).unwrap();
    assert_eq!((reader.row_count(), reader.columns().len()), (1000, 2));
    let mut row = Row::default();
    for index in [999, 0, 255, 256, 257, 511, 512, 700] {
        reader.seek_to(index).unwrap();
        assert_eq!(reader.position(), index);
        assert!(reader.next_row(&mut row).unwrap());
        assert_eq!(row.number, index * 3 + 2);
    }
    reader.seek_to(1000).unwrap();
    assert!(!reader.next_row(&mut row).unwrap());
    assert!(matches!(
        reader.seek_to(1001),
        Err(StagingError::NoSuchRow { index: 1001 })
    ));
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = staged(300);
    for length in 0..bytes.len() {
        assert!(read_all(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn every_changed_byte_is_an_error() {
    let bytes = staged(3);
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 0x20;
        assert!(read_all(&changed).is_err(), "{index}");
    }
}

/// Staged rows with one block, which has the bytes of `payload`, and an index that says what it likes.
fn forged(payload: &[u8], first_rows: &[u64], rows: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for block in [&[0][..], payload] {
        bytes.extend((block.len() as u32).to_le_bytes());
        bytes.extend(xxhash_rust::xxh3::xxh3_64(block).to_le_bytes());
        bytes.extend(block);
    }
    let index = bytes.len() as u64;
    let blocks = first_rows.iter().flat_map(|row| [21, *row]);
    let tail = blocks.chain([index, first_rows.len() as u64, rows]);
    let tail: Vec<u8> = tail.flat_map(u64::to_le_bytes).collect();
    bytes.extend(&tail);
    bytes.extend(xxhash_rust::xxh3::xxh3_64(&tail).to_le_bytes());
    bytes.extend(MAGIC);
    bytes
}

#[test]
fn an_index_that_does_not_fit_the_rows_is_an_error() {
    let three_rows = [1, 0, 0, 2, 0, 0, 3, 0, 0];
    assert_eq!(read_all(&forged(&three_rows, &[0], 3)).unwrap().len(), 3);
    for (first_rows, rows) in [
        (&[0, 0][..], 3),
        (&[0, 1], 3),
        (&[0, 3], 3),
        (&[1], 3),
        (&[], 3),
        (&[0], 0),
        (&[0], 4),
    ] {
        let read = read_all(&forged(&three_rows, first_rows, rows));
        assert!(read.is_err(), "{first_rows:?} of {rows}: {read:?}");
    }
}

#[test]
fn a_row_comes_back_with_the_row_that_it_belongs_to_wherever_reading_begins() {
    let owner = |index: u64| Owner {
        number: index + 1,
        occurrence: index % 2,
        cells: if index.is_multiple_of(3) {
            Vec::new()
        } else {
            sample_row(0).cells
        },
    };
    let mut writer = StagingWriter::new(Vec::new(), &["A".to_owned()]).unwrap();
    for index in 0..600 {
        let belongs = (index % 5 != 0).then(|| owner(index));
        writer.write_owned(&sample_row(index + 2), belongs.as_ref()).unwrap();
    }
    let (bytes, _) = writer.finish().unwrap();
    let mut reader = StagingReader::open(Cursor::new(bytes)).unwrap();
    let mut row = Row::default();
    for index in [599, 300, 0, 1, 256, 255] {
        reader.seek_to(index).unwrap();
        assert!(reader.next_row(&mut row).unwrap());
        assert_eq!(row, sample_row(index + 2));
        assert_eq!(
            reader.owner().cloned(),
            (index % 5 != 0).then(|| owner(index)),
            "{index}"
        );
    }
}

proptest! {
    #[test]
    fn junk_never_panics(junk in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_all(&junk);
    }
}
