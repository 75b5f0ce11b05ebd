//! A workbook that inflates to much more than it is.

use std::io::{Cursor, Read};

use flate2::{Compress, Compression, Crc, FlushCompress};
use zip::ZipArchive;

use super::package::package;

/// What the packed piece of the bomb inflates to.
const PIECE_BYTES: usize = 16 << 20;
const ROW_BYTES: usize = 64 << 10;

/// A workbook whose sheet inflates to this many bytes of rows, and says that it inflates to so many. Nothing of that size
/// is made for it.
pub fn bomb(inflated_bytes: u64, declared_bytes: u64) -> Vec<u8> {
    // Long rows: a sheet can't have very many.
    let row = format!("<row><c t=\"str\"><v>{}</v></c></row>", "a".repeat(ROW_BYTES));
    let piece = row.repeat(PIECE_BYTES / row.len()).into_bytes();
    let mut deflate = Compress::new(Compression::best(), false);
    let mut packed = Vec::with_capacity(PIECE_BYTES / 8);
    // A full flush ends at a whole byte and forgets what was before, so that the piece can stand any number of times.
    deflate.compress_vec(&piece, &mut packed, FlushCompress::Full).unwrap();
    let mut sheet = pack(b"<worksheet><sheetData>");
    sheet.extend(packed.repeat((inflated_bytes / piece.len() as u64) as usize));
    // An empty last block.
    sheet.extend([3, 0]);
    archive_with("xl/worksheets/sheet1.xml", &sheet, declared_bytes)
}

/// Deflated, up to a whole byte.
fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(1_024);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(bytes, &mut packed, FlushCompress::Full).unwrap();
    packed
}

/// The parts of a workbook, and one that is packed already.
fn archive_with(name: &str, packed: &[u8], declared_bytes: u64) -> Vec<u8> {
    let usual = package(&[]);
    let mut usual = ZipArchive::new(Cursor::new(usual)).unwrap();
    let mut archive = Archive::default();
    for index in 0..usual.len() {
        let mut part = usual.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        archive.add(&name, 0, &bytes, bytes.len() as u64, crc(&bytes));
    }
    archive.add(name, 8, packed, declared_bytes, 0);
    archive.finish()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A zip archive that says of its parts what it is told (APPNOTE 4.3).
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    parts: u16,
}

impl Archive {
    fn add(&mut self, name: &str, method: u16, packed: &[u8], inflated_bytes: u64, crc: u32) {
        let start = self.bytes.len() as u32;
        // The inflated size is in the extra field, where there is room for it (APPNOTE 4.5.3).
        let mut extra = [1_u16, 8].map(u16::to_le_bytes).concat();
        extra.extend(inflated_bytes.to_le_bytes());
        let mut common = [45_u16, 0, method, 0, 0].map(u16::to_le_bytes).concat();
        common.extend([crc, packed.len() as u32, u32::MAX].map(u32::to_le_bytes).concat());
        common.extend([name.len() as u16, extra.len() as u16].map(u16::to_le_bytes).concat());
        self.bytes.extend(0x0403_4B50_u32.to_le_bytes());
        self.bytes.extend(&common);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(&extra);
        self.bytes.extend(packed);
        self.directory.extend(0x0201_4B50_u32.to_le_bytes());
        self.directory.extend(45_u16.to_le_bytes());
        self.directory.extend(&common);
        self.directory.extend([0_u16, 0, 0].map(u16::to_le_bytes).concat());
        self.directory.extend([0, start].map(u32::to_le_bytes).concat());
        self.directory.extend(name.as_bytes());
        self.directory.extend(&extra);
        self.parts += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        let (start, size) = (self.bytes.len() as u32, self.directory.len() as u32);
        self.bytes.extend(&self.directory);
        self.bytes.extend(0x0605_4B50_u32.to_le_bytes());
        self.bytes
            .extend([0, 0, self.parts, self.parts].map(u16::to_le_bytes).concat());
        self.bytes.extend([size, start].map(u32::to_le_bytes).concat());
        self.bytes.extend(0_u16.to_le_bytes());
        self.bytes
    }
}
