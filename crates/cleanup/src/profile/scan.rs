//! One pass over the bytes of a value, which says which of the dearer tests are worth their while.

/// Bytes of a value, without what stands between them, that are looked at one by one: a VIN has 17.
const COMPACT: usize = 20;

/// What the bytes of a value are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scan {
    pub len: usize,
    pub digits: usize,
    /// Letters from A to Z.
    pub letters: usize,
    pub spaces: usize,
    pub points: usize,
    pub commas: usize,
    pub slashes: usize,
    pub hyphens: usize,
    pub ats: usize,
    pub ampersands: usize,
    /// `+`, `(` and `)`.
    pub phone_marks: usize,
    /// Bytes beyond ASCII.
    pub beyond_ascii: usize,
    pub first: u8,
}

/// What a byte may be. Each class has a counter of a few bits in one number, so that a byte is counted by one addition,
/// without a branch for the processor to guess wrong.
const CLASSES: [&[u8]; 10] = [b"0123456789", LETTERS, b" ", b".", b",", b"/", b"-", b"@", b"&", b"+()"];
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BEYOND_ASCII: usize = CLASSES.len();
/// Bits of a counter: eleven of them fit into 64.
const COUNTER: usize = 5;
/// How many bytes can be counted before a counter is full.
const COUNTED_AT_ONCE: usize = (1 << COUNTER) - 1;
/// What each byte adds to the counters.
static COUNTS: [u64; 256] = counts();

#[expect(clippy::indexing_slicing, reason = "checked by the compiler, which runs it")]
const fn counts() -> [u64; 256] {
    let mut counts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        counts[byte] = if byte >= 0x80 { 1 << (COUNTER * BEYOND_ASCII) } else { 0 };
        byte += 1;
    }
    let mut class = 0;
    while class < CLASSES.len() {
        let mut place = 0;
        while place < CLASSES[class].len() {
            counts[CLASSES[class][place] as usize] = 1 << (COUNTER * class);
            place += 1;
        }
        class += 1;
    }
    counts
}

impl Scan {
    #[expect(clippy::indexing_slicing, reason = "the table has an entry for each byte")]
    pub fn of(bytes: &[u8]) -> Self {
        let mut sums = [0_usize; CLASSES.len() + 1];
        for part in bytes.chunks(COUNTED_AT_ONCE) {
            let counted: u64 = part.iter().map(|byte| COUNTS[usize::from(*byte)]).sum();
            for (class, sum) in sums.iter_mut().enumerate() {
                *sum += (counted >> (COUNTER * class)) as usize & COUNTED_AT_ONCE;
            }
        }
        // In the order of the classes.
        let [
            digits,
            letters,
            spaces,
            points,
            commas,
            slashes,
            hyphens,
            ats,
            ampersands,
            phone_marks,
            beyond_ascii,
        ] = sums;
        Self {
            len: bytes.len(),
            digits,
            letters,
            spaces,
            points,
            commas,
            slashes,
            hyphens,
            ats,
            ampersands,
            phone_marks,
            beyond_ascii,
            first: bytes.first().copied().unwrap_or_default(),
        }
    }

    /// The letters, in upper case, and digits of the value that this is of, where they are few and nothing but spaces, hyphens
    /// and points stands between them.
    pub fn compact(&self, bytes: &[u8]) -> Option<Compact> {
        let known = self.alphanumeric() + self.spaces + self.hyphens + self.points;
        if self.alphanumeric() > COMPACT || !self.is_made_of(known) {
            return None;
        }
        let mut compact = Compact {
            bytes: [0; COMPACT],
            len: 0,
        };
        for byte in bytes {
            if let Some(place) = compact.bytes.get_mut(compact.len) {
                *place = byte.to_ascii_uppercase();
            }
            compact.len += usize::from(byte.is_ascii_alphanumeric());
        }
        Some(compact)
    }

    pub fn alphanumeric(&self) -> usize {
        self.digits + self.letters
    }

    /// These bytes are all that there are.
    fn is_made_of(&self, bytes: usize) -> bool {
        bytes == self.len
    }

    /// Digits and the marks of numbers.
    pub fn is_numeric(&self) -> bool {
        let signs = usize::from(matches!(self.first, b'-' | b'+'));
        self.digits > 0 && self.is_made_of(self.digits + self.points + self.commas + signs)
    }

    /// Letters and digits, with hyphens and slashes perhaps, and digits among them.
    pub fn is_code(&self) -> bool {
        let marks = self.hyphens + self.slashes + self.points;
        self.digits > 0 && self.letters > 0 && self.is_made_of(self.alphanumeric() + marks)
    }

    /// A number may stand in it, perhaps with a unit or a currency.
    pub fn may_hold_number(&self) -> bool {
        self.digits > 0 && self.letters <= 8 && self.ats == 0 && self.len <= 32
    }

    /// Parts of a date may stand in it: numbers apart from each other, or a number and the name of a month.
    pub fn may_hold_date(&self) -> bool {
        let apart = self.slashes + self.hyphens + self.points + self.spaces + self.commas;
        (3..=16).contains(&self.digits)
            && apart > 0
            && (self.letters == 0 || (3..=18).contains(&self.letters))
            && self.len <= 40
            && self.ats + self.beyond_ascii + self.ampersands + self.phone_marks == 0
            && (self.letters > 0 || self.slashes == 2 || self.hyphens == 2 || self.points == 2 || self.spaces == 2)
    }
}

/// The letters, in upper case, and digits of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compact {
    bytes: [u8; COMPACT],
    len: usize,
}

impl Compact {
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
