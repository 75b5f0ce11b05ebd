//! A writer of compound files ([MS-CFB]), with the liberties that real writers take.

const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const TABLE: u32 = 0xFFFF_FFFD;
const HEADER_TABLE_SECTORS: usize = 109;

/// Streams, and how to lay them out.
#[derive(Clone)]
pub struct Container {
    pub streams: Vec<(&'static str, Vec<u8>)>,
    pub sector_bytes: usize,
    /// Writes the sectors of each stream last to first.
    pub backwards: bool,
    /// Writes the allocation table behind everything else.
    pub table_last: bool,
    /// Table sectors beyond those that are needed.
    pub spare_table_sectors: usize,
    /// Leaves the unused end of the last sector out.
    pub cut: bool,
    /// Streams shorter than this go into the mini stream.
    pub mini_cutoff: usize,
}

/// Data sectors and their chains, numbered from `base` on.
struct Layout {
    base: usize,
    sectors: Vec<Vec<u8>>,
    next: Vec<u32>,
    first_directory: u32,
    first_mini_table: u32,
}

impl Container {
    pub fn new(streams: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        Self {
            streams: streams.into_iter().collect(),
            sector_bytes: 512,
            backwards: false,
            table_last: false,
            spare_table_sectors: 0,
            cut: false,
            mini_cutoff: 4096,
        }
    }

    pub fn build(&self) -> Vec<u8> {
        let data = self.lay_out(0).sectors.len();
        let (tables, lists) = self.table_counts(data);
        let reserved = tables + lists;
        let (base, first_reserved) = if self.table_last { (0, data) } else { (reserved, 0) };
        let layout = self.lay_out(base);

        let mut table = vec![FREE; reserved + data];
        table[first_reserved..first_reserved + reserved].fill(TABLE);
        table[base..base + data].copy_from_slice(&layout.next);
        let used_bytes = table.len() * 4 % self.sector_bytes;
        table.resize(tables * self.sector_bytes / 4, FREE);

        let numbers: Vec<u32> = (0..tables).map(|at| (first_reserved + at) as u32).collect();
        let first_list = first_reserved + tables;
        let mut reserved_sectors = self.list_sectors(&numbers, first_list);
        // The lists of table sectors stand behind the table, unless the table is to be cut.
        let table_bytes: Vec<u8> = table.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        let chunks = table_bytes.chunks(self.sector_bytes).map(<[u8]>::to_vec);
        reserved_sectors.splice(0..0, chunks);

        let mut file = self.header(&layout, &numbers, first_list, lists);
        file.resize(self.sector_bytes, 0);
        if self.table_last {
            file.extend(layout.sectors.into_iter().flatten());
            file.extend(reserved_sectors.into_iter().flatten());
            if self.cut && lists == 0 && used_bytes > 0 {
                file.truncate(file.len() - self.sector_bytes + used_bytes);
            }
        } else {
            file.extend(reserved_sectors.into_iter().flatten());
            file.extend(layout.sectors.into_iter().flatten());
            let tail = self
                .streams
                .last()
                .map_or(0, |(_, bytes)| bytes.len() % self.sector_bytes);
            if self.cut && tail > 0 {
                file.truncate(file.len() - self.sector_bytes + tail);
            }
        }
        file
    }

    /// Sectors for the table and for the lists of its sectors, which count themselves.
    fn table_counts(&self, data: usize) -> (usize, usize) {
        let entries = self.sector_bytes / 4;
        let (mut tables, mut lists) = (1, 0);
        loop {
            let needed = (data + tables + lists).div_ceil(entries) + self.spare_table_sectors;
            let needed_lists = needed.saturating_sub(HEADER_TABLE_SECTORS).div_ceil(entries - 1);
            if (needed, needed_lists) == (tables, lists) {
                return (tables, lists);
            }
            (tables, lists) = (needed, needed_lists);
        }
    }

    fn list_sectors(&self, numbers: &[u32], first_list: usize) -> Vec<Vec<u8>> {
        let entries = self.sector_bytes / 4 - 1;
        let rest = numbers.get(HEADER_TABLE_SECTORS..).unwrap_or_default();
        let count = rest.len().div_ceil(entries);
        (1..)
            .zip(rest.chunks(entries))
            .map(|(number, chunk)| {
                let mut list = chunk.to_vec();
                list.resize(entries, FREE);
                list.push(if number < count {
                    (first_list + number) as u32
                } else {
                    END
                });
                list.iter().flat_map(|entry| entry.to_le_bytes()).collect()
            })
            .collect()
    }

    fn lay_out(&self, base: usize) -> Layout {
        let mut layout = Layout {
            base,
            sectors: Vec::new(),
            next: Vec::new(),
            first_directory: END,
            first_mini_table: END,
        };
        let is_mini = |bytes: &[u8]| bytes.len() < self.mini_cutoff;
        let (mut mini, mut mini_next) = (Vec::new(), Vec::<u32>::new());
        let mut firsts = vec![END; self.streams.len()];
        for (first, (_, bytes)) in firsts.iter_mut().zip(&self.streams) {
            if is_mini(bytes) && !bytes.is_empty() {
                *first = mini_next.len() as u32;
                mini.extend_from_slice(bytes);
                mini.resize(mini.len().next_multiple_of(64), 0);
                mini_next.extend(mini_next.len() as u32 + 1..(mini.len() / 64) as u32);
                mini_next.push(END);
            }
        }
        let mini_table: Vec<u8> = mini_next.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        layout.first_mini_table = self.add(&mut layout, &mini_table, 0xFF);
        let first_mini = self.add(&mut layout, &mini, 0);
        // The directory's length is known before its contents are, so its place is taken first.
        let directory_bytes = (self.streams.len() + 1) * 128;
        let directory_at = layout.sectors.len();
        layout.first_directory = self.add(&mut layout, &vec![0; directory_bytes], 0);
        for (first, (_, bytes)) in firsts.iter_mut().zip(&self.streams) {
            if !is_mini(bytes) {
                *first = self.add(&mut layout, bytes, 0);
            }
        }
        let mut directory = entry("Root Entry", 5, FREE, 1, first_mini, mini.len());
        for (at, ((name, bytes), first)) in self.streams.iter().zip(&firsts).enumerate() {
            let right = if at + 1 < firsts.len() { at as u32 + 2 } else { FREE };
            directory.extend(entry(name, 2, right, FREE, *first, bytes.len()));
        }
        let count = directory.len().div_ceil(self.sector_bytes);
        for (at, chunk) in directory.chunks(self.sector_bytes).enumerate() {
            let place = if self.backwards { count - 1 - at } else { at };
            layout.sectors[directory_at + place][..chunk.len()].copy_from_slice(chunk);
        }
        layout
    }

    /// Adds a chain of sectors and gives its first one.
    fn add(&self, layout: &mut Layout, bytes: &[u8], filler: u8) -> u32 {
        let count = bytes.len().div_ceil(self.sector_bytes);
        let first = layout.base + layout.sectors.len();
        let mut sectors: Vec<Vec<u8>> = bytes.chunks(self.sector_bytes).map(<[u8]>::to_vec).collect();
        for sector in &mut sectors {
            sector.resize(self.sector_bytes, filler);
        }
        let mut next: Vec<u32> = (1..=count).map(|at| (first + at) as u32).collect();
        if let Some(last) = next.last_mut() {
            *last = END;
        }
        let mut start = first;
        if self.backwards && count > 0 {
            sectors.reverse();
            next = (0..count).map(|at| (first + at).wrapping_sub(1) as u32).collect();
            next[0] = END;
            start = first + count - 1;
        }
        layout.sectors.extend(sectors);
        layout.next.extend(next);
        if count == 0 { END } else { start as u32 }
    }

    fn header(&self, layout: &Layout, numbers: &[u32], first_list: usize, lists: usize) -> Vec<u8> {
        let is_large = self.sector_bytes == 4096;
        let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        header.resize(24, 0);
        let version = if is_large { 4 } else { 3 };
        for number in [0x3E, version, 0xFFFE, if is_large { 12 } else { 9 }, 6] {
            header.extend(u16::to_le_bytes(number));
        }
        header.resize(44, 0);
        let first_list = if lists > 0 { first_list as u32 } else { END };
        let mini_tables = u32::from(layout.first_mini_table != END);
        for number in [
            numbers.len() as u32,
            layout.first_directory,
            0,
            self.mini_cutoff as u32,
            layout.first_mini_table,
            mini_tables,
            first_list,
            lists as u32,
        ] {
            header.extend(number.to_le_bytes());
        }
        for at in 0..HEADER_TABLE_SECTORS {
            header.extend(numbers.get(at).unwrap_or(&FREE).to_le_bytes());
        }
        header
    }
}

fn entry(name: &str, kind: u8, right: u32, child: u32, first: u32, bytes: usize) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let name_bytes = entry.len() as u16 + 2;
    entry.resize(64, 0);
    entry.extend(name_bytes.to_le_bytes());
    entry.extend([kind, 1]);
    for number in [FREE, right, child] {
        entry.extend(number.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(first.to_le_bytes());
    entry.extend((bytes as u64).to_le_bytes());
    entry
}
