//! Which encoding a text file is in, told from all of its bytes in one pass of bounded memory.

use crate::error::OpenError;
use crate::options::ReadSeek;

/// The encodings that are told apart (WHATWG Encoding Standard names).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }

    pub(crate) fn whatwg(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        }
    }
}

/// What one pass over a text file tells.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) encoding: Encoding,
    /// Bytes of the byte order mark.
    pub(crate) bom_bytes: u64,
    /// The bytes are not all text in the encoding.
    pub(crate) malformed: bool,
    /// There are NUL characters.
    pub(crate) has_nul: bool,
    /// There are carriage returns.
    pub(crate) has_cr: bool,
}

impl Profile {
    /// Why this encoding, for a person.
    pub(crate) fn evidence(&self) -> Vec<String> {
        let why = match (self.encoding, self.bom_bytes > 0, self.malformed) {
            (encoding, true, _) => format!("A byte order mark says that the text is {}.", encoding.name()),
            (Encoding::Utf8, false, false) => "Every byte is valid UTF-8.".to_owned(),
            (Encoding::Utf8, false, true) => "Nearly all of the text is valid UTF-8.".to_owned(),
            (Encoding::Utf16Le | Encoding::Utf16Be, false, _) => {
                format!("Every other byte is zero, as in {}.", self.encoding.name())
            }
            (Encoding::Windows1252, false, _) => {
                "The text is not valid UTF-8, so it was read as Windows-1252 (Western European).".to_owned()
            }
        };
        vec![why]
    }
}

/// Counts over all bytes of a file.
#[derive(Debug, Default)]
struct Counts {
    total: u64,
    nul_even: u64,
    nul_odd: u64,
    control: u64,
    carriage_returns: u64,
    multibyte: u64,
    invalid: u64,
    /// Bytes of a UTF-8 sequence that the next chunk completes.
    pending: Vec<u8>,
}

/// Reads the file through and leaves the reader at the start.
pub(crate) fn profile(reader: &mut dyn ReadSeek) -> Result<Profile, OpenError> {
    reader.rewind()?;
    let mut counts = Counts::default();
    let mut head = Vec::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = reader.read(&mut buffer)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        if head.len() < 4 {
            head.extend(chunk.iter().take(4));
        }
        counts.add(chunk);
    }
    counts.invalid += u64::from(!counts.pending.is_empty());
    reader.rewind()?;
    decide(&head, &counts)
}

impl Counts {
    fn add(&mut self, chunk: &[u8]) {
        for (position, byte) in (self.total..).zip(chunk) {
            match byte {
                0 if position % 2 == 0 => self.nul_even += 1,
                0 => self.nul_odd += 1,
                b'\r' => self.carriage_returns += 1,
                b'\t' | b'\n' | 0x0B | 0x0C | 0x1A..=0x1F => {}
                1..=0x19 => self.control += 1,
                _ => {}
            }
        }
        self.total += chunk.len() as u64;
        self.count_utf8(chunk);
    }

    /// Counts valid and invalid sequences, across the borders of chunks.
    fn count_utf8(&mut self, chunk: &[u8]) {
        if self.pending.is_empty() {
            self.pending = self.count_valid(chunk);
            return;
        }
        let mut joined = std::mem::take(&mut self.pending);
        joined.extend_from_slice(chunk);
        self.pending = self.count_valid(&joined);
    }

    /// Counts the sequences of `bytes` and returns an incomplete one at its end.
    fn count_valid(&mut self, bytes: &[u8]) -> Vec<u8> {
        if bytes.is_ascii() {
            return Vec::new();
        }
        let mut rest = bytes;
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    self.multibyte += multibyte(valid);
                    return Vec::new();
                }
                Err(error) => {
                    let (valid, bad) = rest.split_at(error.valid_up_to());
                    self.multibyte += std::str::from_utf8(valid).map_or(0, multibyte);
                    let Some(length) = error.error_len() else {
                        return bad.to_vec();
                    };
                    self.invalid += 1;
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        }
    }
}

/// Characters that are not ASCII.
fn multibyte(text: &str) -> u64 {
    if text.is_ascii() {
        return 0;
    }
    text.bytes().filter(|byte| *byte >= 0xC0).count() as u64
}

/// The rule: the mark, else UTF-16 by its zeros, else UTF-8 if valid, else Windows-1252.
fn decide(head: &[u8], counts: &Counts) -> Result<Profile, OpenError> {
    let nuls = counts.nul_even + counts.nul_odd;
    let profile = |encoding, bom_bytes, malformed, has_nul| Profile {
        encoding,
        bom_bytes,
        malformed,
        has_nul,
        has_cr: counts.carriage_returns > 0,
    };
    if head.starts_with(&[0xFF, 0xFE, 0, 0]) || head.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(OpenError::Unsupported {
            what: "text in UTF-32".to_owned(),
        });
    }
    if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
        refuse_binary(counts, nuls)?;
        return Ok(profile(Encoding::Utf8, 3, counts.invalid > 0, nuls > 0));
    }
    // What is damaged inside UTF-16 shows only when it is decoded.
    if head.starts_with(&[0xFF, 0xFE]) {
        return Ok(profile(Encoding::Utf16Le, 2, true, true));
    }
    if head.starts_with(&[0xFE, 0xFF]) {
        return Ok(profile(Encoding::Utf16Be, 2, true, true));
    }
    if nuls * 4 > counts.total && counts.nul_odd > counts.nul_even * 20 {
        return Ok(profile(Encoding::Utf16Le, 0, true, true));
    }
    if nuls * 4 > counts.total && counts.nul_even > counts.nul_odd * 20 {
        return Ok(profile(Encoding::Utf16Be, 0, true, true));
    }
    refuse_binary(counts, nuls)?;
    // A stray byte in a long UTF-8 text does not make it Windows-1252, which would garble all the rest.
    let mostly_utf8 = counts.multibyte > counts.invalid.saturating_mul(20);
    if counts.invalid == 0 || mostly_utf8 {
        return Ok(profile(Encoding::Utf8, 0, counts.invalid > 0, nuls > 0));
    }
    Ok(profile(Encoding::Windows1252, 0, false, nuls > 0))
}

/// Text has few control characters. Among bytes of any kind they are one in twelve.
fn refuse_binary(counts: &Counts, nuls: u64) -> Result<(), OpenError> {
    if (counts.control + nuls) * 20 > counts.total + 40 {
        return Err(OpenError::NotATable {
            what: "binary data".to_owned(),
        });
    }
    Ok(())
}
