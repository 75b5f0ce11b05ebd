//! One pass over the bytes of a value, which says which of the dearer tests are worth their while.

/// Bytes of a value, without what stands between them, that are looked at one by one: a VIN has 17.
const COMPACT: usize = 20;

/// What the bytes of a value are.
#[derive(Debug, Clone, Default)]
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
    pub colons: usize,
    pub ats: usize,
    pub ampersands: usize,
    /// `+`, `(` and `)`.
    pub phone_marks: usize,
    /// Other bytes of ASCII.
    pub others: usize,
    /// Bytes beyond ASCII.
    pub beyond_ascii: usize,
    pub first: u8,
    compact: [u8; COMPACT],
    compact_len: usize,
}

impl Scan {
    pub fn of(bytes: &[u8]) -> Self {
        let mut scan = Self {
            len: bytes.len(),
            first: bytes.first().copied().unwrap_or_default(),
            ..Self::default()
        };
        for byte in bytes {
            match byte {
                b'0'..=b'9' => {
                    scan.digits += 1;
                    scan.keep(*byte);
                }
                b'a'..=b'z' | b'A'..=b'Z' => {
                    scan.letters += 1;
                    scan.keep(byte.to_ascii_uppercase());
                }
                b' ' => scan.spaces += 1,
                b'.' => scan.points += 1,
                b',' => scan.commas += 1,
                b'/' => scan.slashes += 1,
                b'-' => scan.hyphens += 1,
                b':' => scan.colons += 1,
                b'@' => scan.ats += 1,
                b'&' => scan.ampersands += 1,
                b'+' | b'(' | b')' => scan.phone_marks += 1,
                0x80.. => scan.beyond_ascii += 1,
                _ => scan.others += 1,
            }
        }
        scan
    }

    fn keep(&mut self, byte: u8) {
        if let Some(place) = self.compact.get_mut(self.compact_len) {
            *place = byte;
        }
        self.compact_len += 1;
    }

    /// The letters, in upper case, and digits, where they are few and nothing but spaces, hyphens and points stands between
    /// them.
    pub fn compact(&self) -> Option<&str> {
        let is_plain = self.is_made_of(self.alphanumeric() + self.spaces + self.hyphens + self.points);
        let compact = self.compact.get(..self.compact_len).filter(|_| is_plain)?;
        std::str::from_utf8(compact).ok()
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
