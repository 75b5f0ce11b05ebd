//! Staged rows as they are read back from the disk, and what a converter of old workbooks hands back.

use std::io::Cursor;

use torqueflow_model::Row;
use torqueflow_tabular::staging::{StagingError, StagingReader, StagingWriter};
use torqueflow_tabular::{Format, Isolate, OpenError, OpenOptions, ReadSeek};
use xxhash_rust::xxh3::xxh3_64;

use super::cells;
use crate::Target;
use crate::outcome::check_file;
use crate::sections::{joined, sections, split_mode};

pub const TARGET: Target = Target {
    name: "staging",
    about: "staged rows and converted workbooks, with checksums that fit",
    max_bytes: 4 * 1024,
    seeds,
    tokens: &[
        "TFSTAGE1",
        "TFLEGACY",
        "\u{1E}",
        "\u{1}\u{3}Ada",
        "\u{2}\u{1}5",
        "\u{7}\u{4}TRUE",
    ],
    run,
};

const MAGIC: &[u8; 8] = b"TFSTAGE1";

fn run(input: &[u8]) {
    let (mode, rest) = split_mode(input);
    match mode & 3 {
        0 => check_staged(rest),
        1 => check_staged(&staged(mode, &sections(rest))),
        2 => check_converted(rest.to_vec()),
        _ => check_converted(converted(&[staged(mode, &sections(rest)), staged(mode, &[])])),
    }
}

/// Staged rows out of blocks: the first section is the head, the others are blocks of rows.
fn staged(mode: u8, blocks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let (head, blocks) = blocks
        .split_first()
        .map_or((&[0][..], blocks), |(head, rest)| (*head, rest));
    push_block(&mut bytes, head);
    let mut index = Vec::new();
    let mut rows = 0_u64;
    for block in blocks {
        index.extend((bytes.len() as u64).to_le_bytes());
        index.extend(rows.to_le_bytes());
        // The first byte of a block is how many rows it is said to have.
        let (count, payload) = split_mode(block);
        rows += u64::from(count);
        push_block(&mut bytes, payload);
    }
    let index_offset = bytes.len() as u64;
    let mut tail = index;
    tail.extend(index_offset.to_le_bytes());
    tail.extend((blocks.len() as u64).to_le_bytes());
    tail.extend(rows.wrapping_add(u64::from(mode >> 6)).to_le_bytes());
    let hash = xxh3_64(&tail);
    bytes.extend(tail);
    bytes.extend(hash.to_le_bytes());
    bytes.extend(MAGIC);
    bytes
}

fn push_block(bytes: &mut Vec<u8>, payload: &[u8]) {
    bytes.extend((payload.len() as u32).to_le_bytes());
    bytes.extend(xxh3_64(payload).to_le_bytes());
    bytes.extend(payload);
}

/// What a converter writes of these tables.
fn converted(tables: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = tables.concat();
    let directory_start = bytes.len();
    for table in tables {
        bytes.extend((table.len() as u64).to_le_bytes());
        bytes.extend([1, 2, 0, 0, 0]);
        bytes.extend("Sé".bytes().take(2));
    }
    let directory = (bytes.len() - directory_start) as u64;
    bytes.extend((tables.len() as u32).to_le_bytes());
    bytes.extend(directory.to_le_bytes());
    bytes.extend(b"TFLEGACY");
    bytes
}

/// Rows read one after the other are those that are sought, the first time and the second.
fn check_staged(bytes: &[u8]) {
    let first = read_all(bytes, 0);
    assert_eq!(shown(&first), shown(&read_all(bytes, 0)));
    let Ok(rows) = first else { return };
    for index in [1, rows.len() / 2, rows.len()] {
        if let Some(rest) = rows.get(index..) {
            let sought = read_all(bytes, index as u64);
            assert_eq!(shown(&sought), shown(&Ok(rest.to_vec())), "from row {index}");
        }
    }
    let again = written(&rows).and_then(|bytes| read_all(&bytes, 0));
    assert_eq!(shown(&again), shown(&Ok(rows)), "written again");
}

/// A number may be no number, which equals nothing, itself included: as text it does.
fn shown(rows: &Result<Vec<Row>, StagingError>) -> String {
    format!("{rows:?}")
}

fn read_all(bytes: &[u8], from: u64) -> Result<Vec<Row>, StagingError> {
    let mut reader = StagingReader::open(Cursor::new(bytes))?;
    reader.seek_to(from)?;
    let (mut rows, mut row) = (Vec::new(), Row::default());
    while reader.next_row(&mut row)? {
        rows.push(row.clone());
    }
    assert_eq!(rows.len() as u64 + from, reader.row_count());
    Ok(rows)
}

fn written(rows: &[Row]) -> Result<Vec<u8>, StagingError> {
    let mut writer = StagingWriter::new(Vec::new(), &[])?;
    for row in rows {
        writer.write(row)?;
    }
    Ok(writer.finish()?.0)
}

/// A converter that wrote these bytes, whatever it was asked to convert.
struct Converter(Vec<u8>);

impl Isolate for Converter {
    fn convert(&self, _: Format, _: &mut dyn ReadSeek) -> Result<Box<dyn ReadSeek>, OpenError> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

/// The beginning of a workbook of Excel 97-2003: a compound file whose directory names the stream.
fn old_workbook() -> Vec<u8> {
    let mut file = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    file.resize(1024, 0);
    file.splice(30..32, [9, 0]);
    file.splice(512..528, "Workbook".encode_utf16().flat_map(u16::to_le_bytes));
    file
}

fn check_converted(bytes: Vec<u8>) {
    let converter = Converter(bytes);
    let options = OpenOptions {
        isolate: Some(&converter),
        ..OpenOptions::default()
    };
    let _ = check_file(&old_workbook(), &options);
}

fn seeds() -> Vec<Vec<u8>> {
    let rows = cells::sample_rows();
    let Ok(whole) = written(&rows) else {
        return Vec::new();
    };
    // Behind the magic, the head and its length and hash: the one block of rows.
    let block = whole.get(8 + 13 + 12..).unwrap_or_default();
    let block = block.get(..block.len().saturating_sub(56)).unwrap_or_default();
    let block: Vec<u8> = [&[rows.len() as u8], block].concat();
    let head = b"\x02\x04Name\x05Phone".to_vec();
    let mut seeds = vec![
        [&[0], &whole[..]].concat(),
        [&[2], &converted(&[whole.clone(), whole.clone()])[..]].concat(),
    ];
    for mode in [1, 3, 65] {
        seeds.push(joined(mode, &[&head, &block]));
        seeds.push(joined(mode, &[&head, &b"\x01\x02\x02\x01\x03Ada\x00".to_vec(), &block]));
    }
    seeds
}
