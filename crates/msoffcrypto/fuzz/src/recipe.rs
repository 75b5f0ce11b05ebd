//! Inputs of the target: recipes for files.
//!
//! ```text
//! byte 0      which file: 1 agile, 2 standard, 3 streams, others the bytes behind it as they are
//! bytes 1-9   how it is encrypted and laid out
//! the rest    sections, divided by byte 0x1E
//! ```
//!
//! The last section of 1 and 2 changes the finished file: each three bytes are a place and what to put there. The section
//! before it, if not empty, takes the place of the stream that describes the encryption; of 3, each section is a stream.

use std::sync::LazyLock;

use crate::support::{Agile, Container, Hash, Standard, plaintext};

/// Opens what recipes encrypt.
pub const PASSWORD: &str = "open sesame";

/// Divides the sections of an input.
pub const SECTION: u8 = 0x1E;
const PARAMETERS: usize = 9;
const NAMES: [&str; 6] = [
    "EncryptionInfo",
    "EncryptedPackage",
    "Workbook",
    "WordDocument",
    "PowerPoint Document",
    "\u{6}DataSpaces",
];

/// Streams and their names.
type Streams = Vec<(&'static str, Vec<u8>)>;

/// A file to be made.
pub struct Recipe<'i> {
    kind: u8,
    parameters: [u8; PARAMETERS],
    sections: Vec<&'i [u8]>,
    raw: &'i [u8],
}

impl<'i> Recipe<'i> {
    /// Every input is a recipe; what is missing is zero.
    pub fn parse(input: &'i [u8]) -> Self {
        let (kind, raw) = input.split_first().unwrap_or((&0, &[]));
        let mut parameters = [0; PARAMETERS];
        for (parameter, byte) in parameters.iter_mut().zip(raw) {
            *parameter = *byte;
        }
        let rest = raw.get(PARAMETERS..).unwrap_or_default();
        Self {
            kind: *kind,
            parameters,
            sections: rest.split(|byte| *byte == SECTION).collect(),
            raw,
        }
    }

    /// The bytes of the file.
    pub fn build(&self) -> Vec<u8> {
        let mut file = match self.kind {
            1 => self.agile_container().build(),
            2 => self.standard_container().build(),
            3 => self.lay_out(self.streams()).build(),
            _ => return self.raw.to_vec(),
        };
        if self.kind < 3 {
            change(&mut file, self.changes());
        }
        file
    }

    /// The plaintext, where the recipe changes nothing that it was encrypted to.
    pub fn expected(&self) -> Option<Vec<u8>> {
        let is_sound = matches!(self.kind, 1 | 2) && self.description().is_empty() && self.changes().len() < 3;
        is_sound.then(|| self.plain())
    }

    /// Standard encryption prescribes so many rounds that little can be tried twice.
    pub fn is_standard(&self) -> bool {
        self.kind == 2
    }

    fn parameter(&self, index: usize) -> usize {
        self.parameters.get(index).copied().map_or(0, usize::from)
    }

    fn description(&self) -> &'i [u8] {
        self.sections.first().copied().unwrap_or_default()
    }

    fn changes(&self) -> &'i [u8] {
        self.sections.get(1).copied().unwrap_or_default()
    }

    fn plain(&self) -> Vec<u8> {
        plaintext(self.parameter(0) * 41)
    }

    fn key_bits(&self, index: usize) -> usize {
        [128, 192, 256].get(self.parameter(index) % 3).copied().unwrap_or(128)
    }

    fn hash(&self, index: usize) -> Hash {
        Hash::ALL
            .get(self.parameter(index) % 4)
            .copied()
            .unwrap_or(Hash::Sha512)
    }

    fn agile(&self) -> Agile {
        Agile {
            key_bits: self.key_bits(1),
            hash: self.hash(2),
            password_key_bits: self.key_bits(3),
            password_hash: self.hash(4),
            spin_count: self.parameter(5) as u32 % 10,
            password: PASSWORD,
            plain: self.plain(),
            padding: self.parameter(6),
        }
    }

    fn agile_container(&self) -> Container {
        let mut container = self.agile().container(|xml| xml);
        self.describe_anew(&mut container.streams, &[4, 0, 4, 0, 0x40, 0, 0, 0]);
        self.lay_out(container.streams)
    }

    fn standard_container(&self) -> Container {
        // Half a hundred thousand rounds, which the standard prescribes, are gone through once for all recipes.
        static PACKAGES: LazyLock<[Streams; 3]> = LazyLock::new(|| {
            [128, 192, 256].map(|key_bits| {
                let algorithm = 0x660E + (key_bits as u32 - 128) / 64;
                let standard = Standard {
                    key_bits,
                    algorithm,
                    plain: plaintext(255 * 41),
                    ..Standard::default()
                };
                standard.container().streams
            })
        });
        let mut streams = PACKAGES.get(self.parameter(1) % 3).cloned().unwrap_or_default();
        if let Some((_, package)) = streams.get_mut(1) {
            let plain_bytes = self.parameter(0) * 41;
            package.splice(..8, (plain_bytes as u64).to_le_bytes());
            package.truncate(8 + plain_bytes.next_multiple_of(16) + self.parameter(6));
        }
        self.describe_anew(&mut streams, &[]);
        self.lay_out(streams)
    }

    fn describe_anew(&self, streams: &mut [(&'static str, Vec<u8>)], start: &[u8]) {
        if let (Some((_, stream)), false) = (streams.first_mut(), self.description().is_empty()) {
            *stream = [start, self.description()].concat();
        }
    }

    /// A name and its bytes for each section.
    fn streams(&self) -> Streams {
        let streams = self.sections.iter().filter_map(|section| section.split_first());
        let named = streams.map(|(name, bytes)| {
            let name = NAMES.get(usize::from(*name) % NAMES.len()).copied().unwrap_or_default();
            (name, bytes.to_vec())
        });
        named.take(20).collect()
    }

    fn lay_out(&self, streams: Streams) -> Container {
        let flags = self.parameter(7);
        let mut container = Container::new(streams);
        container.sector_bytes = if flags & 1 == 0 { 512 } else { 4096 };
        container.backwards = flags & 2 != 0;
        container.table_last = flags & 4 != 0;
        container.mini_cutoff = if flags & 16 == 0 { 4096 } else { 0 };
        // Only where the last stream is the end of the file is there nothing else to cut.
        let last_bytes = container.streams.last().map_or(0, |(_, bytes)| bytes.len());
        container.cut = flags & 8 != 0 && !container.backwards && last_bytes >= container.mini_cutoff;
        container.spare_table_sectors = match self.parameter(8) {
            255 => 120,
            count => count % 4,
        };
        container
    }
}

/// Puts bytes elsewhere: each three bytes of `changes` are a place and what to put there. Places count from the start, and
/// from byte 0x8000 on from the end, where tables may be.
pub fn change(file: &mut [u8], changes: &[u8]) {
    let (changes, _) = changes.as_chunks::<3>();
    for [low, high, value] in changes {
        let place = usize::from(u16::from_le_bytes([*low, *high]));
        let place = match place.checked_sub(0x8000) {
            Some(from_end) => file.len().checked_sub(from_end + 1),
            None => Some(place),
        };
        if let Some(byte) = place.and_then(|place| file.get_mut(place)) {
            *byte = *value;
        }
    }
}

/// Recipes to begin with: every scheme and layout, with descriptions written out so that they can be changed.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![b"PK\x03\x04".to_vec(), [vec![0], Agile::default().file()].concat()];
    let lengths = [1, 99, 101, 0, 200].into_iter().cycle();
    let layouts = [0, 1, 2, 4, 8, 16].into_iter().cycle();
    for (number, (length, layout)) in (0_u8..24).zip(lengths.zip(layouts)) {
        let (bits, hash) = (number % 3, number % 4);
        let parameters = [length, bits, hash, bits, number / 4, 1, number, layout, number / 2];
        for kind in [1, 2] {
            seeds.push([&[kind], &parameters[..], &[SECTION]].concat());
        }
    }
    for kind in [1, 2] {
        let plain = [kind, 99, 2, 3, 2, 3, 1, 0, 0, 0];
        let recipe = Recipe::parse(&plain);
        let container = if kind == 1 {
            recipe.agile().container(|xml| xml)
        } else {
            recipe.standard_container()
        };
        let mut description = container
            .streams
            .into_iter()
            .next()
            .map_or(Vec::new(), |(_, bytes)| bytes);
        if kind == 1 {
            description.drain(..8);
        }
        description.retain(|byte| *byte != SECTION);
        seeds.push([&plain, &description[..], &[SECTION]].concat());
        // The start of the header, and the length of the package.
        seeds.push([&plain, &[SECTION][..], &[44, 0, 9, 48, 0, 200, 76, 0, 7]].concat());
    }
    let streams = b"\x03\0\0\0\0\0\0\0\0\0\x02some workbook\x1E\x03some document\x1E\x05x";
    seeds.push(streams.to_vec());
    seeds
}
