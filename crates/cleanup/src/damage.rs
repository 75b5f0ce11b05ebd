//! Texts that a program has damaged on their way here, in a way that can be undone.
//!
//! What: HTML (`O&#039;Neill`), UTF-8 that was read as Windows-1252 (`RenÃ©e`) or Mac OS Roman (`Ren√©e`), and texts of DOS (code page 850) that were
//! read as Windows-1252 (`F”rster`).
//! Why: a damaged name matches nobody, and a letter shows it.
//! Example: `RenÃ©e` becomes `Renée` where no row of the column has a character that would not have come through so.
//!
//! All rows of a column decide ([`TextVote`]). Where some contradict, nothing is undone, and each text that may be damaged
//! is reported.

use torqueflow_model::{Cell, CellKind};

use crate::evidence::{Sides, weigh};

/// What all rows say of the texts of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ColumnText {
    /// Its characters are written as HTML does.
    pub html: Damage,
    /// They were encoded twice.
    pub decoding: Damage,
    /// They were written in code page 850 and read as Windows-1252.
    pub code_page: Damage,
}

/// Whether texts were damaged in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Damage {
    /// No row says so.
    #[default]
    None,
    /// Some rows say so, and next to none contradict: it is undone.
    Proven,
    /// Some rows say so and others contradict: it is reported.
    Doubtful,
}

/// Gathers evidence over the rows of one column. Chunks of a column can be observed apart and merged in any order.
///
/// ```
/// use torqueflow_cleanup::{Damage, TextVote};
/// use torqueflow_model::Cell;
/// let mut vote = TextVote::new();
/// vote.observe(&Cell::text("RenÃ©e"));
/// assert_eq!(vote.verdict().decoding, Damage::Proven);
/// vote.observe(&Cell::text("Zoë"));
/// assert_eq!(vote.verdict().decoding, Damage::Doubtful);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextVote {
    html: u64,
    plain_ampersand: u64,
    decoded_twice: u64,
    decoded_once: u64,
    code_page: CodePageVote,
}

/// What the texts beyond ASCII of columns say of their code page. All columns of a table have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodePageVote {
    /// Texts with a character that Windows-1252 does not have, and that read well as code page 850.
    proof: u64,
    /// Others that read well as code page 850.
    fitting: u64,
    /// Others.
    unfitting: u64,
}

/// What one text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TextSigns {
    /// It has HTML (`true`), or an ampersand as it is.
    html: Option<bool>,
    /// It was encoded twice (`true`), or is beyond ASCII as it is.
    encoded_twice: Option<bool>,
    code_page: Option<DosSign>,
}

/// What a text beyond ASCII says of code page 850.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DosSign {
    Proof,
    Fitting,
    Unfitting,
}

impl TextSigns {
    pub fn of(cell: &Cell) -> Self {
        let mut signs = Self::default();
        if cell.kind != CellKind::Text {
            return signs;
        }
        let text = cell.text.as_str();
        if text.contains('&') {
            signs.html = Some(without_html(text).is_some());
        }
        // What could not be decoded at all says nothing.
        if !text.is_ascii() && !text.contains('\u{FFFD}') {
            signs.encoded_twice = Some(decoded_again(text).is_some());
            signs.code_page = Some(DosSign::of(text));
        }
        signs
    }
}

impl DosSign {
    fn of(text: &str) -> Self {
        match from_dos(text) {
            Some(_) if text.chars().any(|character| UNDEFINED.contains(&character)) => Self::Proof,
            Some(_) => Self::Fitting,
            None => Self::Unfitting,
        }
    }
}

impl CodePageVote {
    fn count(&mut self, sign: DosSign) {
        match sign {
            DosSign::Proof => self.proof += 1,
            DosSign::Fitting => self.fitting += 1,
            DosSign::Unfitting => self.unfitting += 1,
        }
    }

    /// Adds the evidence of other rows or columns of the same table.
    pub fn merge(&mut self, other: &Self) {
        self.proof += other.proof;
        self.fitting += other.fitting;
        self.unfitting += other.unfitting;
    }

    /// The verdict on the table.
    pub fn verdict(&self) -> Damage {
        match weigh(self.proof + self.fitting, self.unfitting) {
            _ if self.proof == 0 => Damage::None,
            Sides::First => Damage::Proven,
            _ => Damage::Doubtful,
        }
    }

    /// Texts that the verdict is about.
    pub fn texts(&self) -> u64 {
        self.proof + self.fitting
    }
}

impl TextVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        self.count(TextSigns::of(cell));
    }

    /// Takes into account what one cell says.
    pub(crate) fn count(&mut self, signs: TextSigns) {
        match signs.html {
            Some(true) => self.html += 1,
            Some(false) => self.plain_ampersand += 1,
            None => {}
        }
        match signs.encoded_twice {
            Some(true) => self.decoded_twice += 1,
            Some(false) => self.decoded_once += 1,
            None => {}
        }
        if let Some(sign) = signs.code_page {
            self.code_page.count(sign);
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.html += other.html;
        self.plain_ampersand += other.plain_ampersand;
        self.decoded_twice += other.decoded_twice;
        self.decoded_once += other.decoded_once;
        self.code_page.merge(&other.code_page);
    }

    /// What the column says of the code page of its table.
    pub fn code_page(&self) -> CodePageVote {
        self.code_page
    }

    /// The verdict, as far as the column by itself gives it.
    pub fn verdict(&self) -> ColumnText {
        let damage = |damaged, sound| match weigh(damaged, sound) {
            _ if damaged == 0 => Damage::None,
            Sides::First => Damage::Proven,
            // Even a few among many sound ones: nobody writes so.
            _ => Damage::Doubtful,
        };
        ColumnText {
            html: damage(self.html, self.plain_ampersand),
            decoding: damage(self.decoded_twice, self.decoded_once),
            code_page: self.code_page.verdict(),
        }
    }

    /// Rows whose HTML, and rows whose second encoding the verdict is about.
    pub fn damaged(&self) -> (u64, u64) {
        (self.html, self.decoded_twice)
    }
}

/// What a text was before it was damaged, and whether the column proves it. `None` if it is sound, as far as the column
/// says.
pub(crate) fn undo(text: &str, column: ColumnText) -> Option<(String, Damage)> {
    let mut undone: Option<String> = None;
    let mut doubtful = false;
    if column.code_page != Damage::None
        && let Some(read) = from_dos(text)
    {
        doubtful = column.code_page == Damage::Doubtful;
        undone = Some(read);
    }
    // Damage may have been done more than once.
    for _ in 0..4 {
        let now = undone.as_deref().unwrap_or(text);
        let html = (column.html != Damage::None && now.contains('&'))
            .then(|| without_html(now))
            .flatten();
        let decoded = || {
            (column.decoding != Damage::None && !now.is_ascii())
                .then(|| decoded_again(now))
                .flatten()
        };
        let (next, damage) = match html {
            Some(next) => (next, column.html),
            None => match decoded() {
                Some(next) => (next, column.decoding),
                None => break,
            },
        };
        doubtful |= damage == Damage::Doubtful;
        undone = Some(next);
    }
    undone.map(|text| (text, if doubtful { Damage::Doubtful } else { Damage::Proven }))
}

/// What is left of a text of another code page: a control character (ISO 6429, C1) that nobody types. The line break among them
/// is one.
pub(crate) fn is_remnant(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}')
}

/// What a text with such remnants may be meant as, if it has some.
pub(crate) fn meant(text: &str) -> Option<String> {
    let is_damaged = !text.is_ascii() && text.chars().any(is_remnant);
    let shown = || text.replace(is_remnant, "\u{FFFD}");
    is_damaged.then(|| from_dos(text).unwrap_or_else(shown))
}

/// What Windows-1252 leaves undefined, and decoders hand through as control characters.
const UNDEFINED: [char; 5] = ['\u{81}', '\u{8D}', '\u{8F}', '\u{90}', '\u{9D}'];

/// The letters that code page 850 has from 0x80 on, by their bytes (IBM, "Code page 850"), and the pound.
const DOS: &[(u8, &str)] = &[
    (0x80, "ÇüéâäàåçêëèïîìÄÅ"),
    (0x90, "ÉæÆôöòûùÿÖÜø£Ø"),
    (0xA0, "áíóúñÑ"),
    (0xB5, "ÁÂÀ"),
    (0xC6, "ãÃ"),
    (0xD0, "ðÐÊËÈıÍÎÏ"),
    (0xDE, "Ì"),
    (0xE0, "ÓßÔÒõÕµþÞÚÛÙýÝ"),
];

/// The text that was code page 850 before it was read as Windows-1252. `None` for what holds no letter beyond ASCII, or would
/// have capitals inside words.
fn from_dos(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut read = String::with_capacity(text.len());
    let mut after_small = false;
    for character in text.chars() {
        let letter = if character.is_ascii() {
            character
        } else {
            dos_letter(byte_of(character)?)?
        };
        if !character.is_ascii() && after_small && letter.is_uppercase() {
            return None;
        }
        after_small = letter.is_lowercase();
        read.push(letter);
    }
    Some(read)
}

fn dos_letter(byte: u8) -> Option<char> {
    DOS.iter()
        .find_map(|(first, letters)| letters.chars().nth(usize::from(byte.checked_sub(*first)?)))
}

/// Names of characters in HTML (HTML 4.01, 24) that programs write for what stands in people's data.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("pound", '£'),
    ("euro", '€'),
    ("rsquo", '\u{2019}'),
    ("lsquo", '\u{2018}'),
    ("ndash", '\u{2013}'),
    ("aacute", 'á'),
    ("agrave", 'à'),
    ("auml", 'ä'),
    ("ccedil", 'ç'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("euml", 'ë'),
    ("iacute", 'í'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ouml", 'ö'),
    ("oslash", 'ø'),
    ("uacute", 'ú'),
    ("uuml", 'ü'),
    ("szlig", 'ß'),
    ("Auml", 'Ä'),
    ("Eacute", 'É'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
];

/// The text without HTML's way of writing characters. `None` if there is none in it.
fn without_html(text: &str) -> Option<String> {
    let (mut plain, mut rest, mut found) = (String::with_capacity(text.len()), text, false);
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        rest = after;
        match after
            .split_once(';')
            .and_then(|(name, behind)| Some((character(name)?, behind)))
        {
            Some((character, behind)) => {
                plain.push(character);
                rest = behind;
                found = true;
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    found.then_some(plain)
}

/// `amp`, `#39`, `#x27`.
fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return NAMED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, character)| *character);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) if (1..=6).contains(&digits.len()) => u32::from_str_radix(digits, 16).ok()?,
        None if (1..=7).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            number.parse().ok()?
        }
        _ => return None,
    };
    char::from_u32(code).filter(|character| !character.is_control() || matches!(character, '\n' | '\r' | '\t'))
}

/// The characters that Windows-1252 has at 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}',
    '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}',
    '\u{17E}', '\u{178}',
];

/// The characters that Mac OS Roman has from 0x80 on (Apple, ROMAN.TXT), 32 a row.
const MAC_ROMAN: [&str; 4] = [
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü",
    "†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø",
    "¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ",
    "‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
];

/// The text that was UTF-8 before it was read as Windows-1252, or as Mac OS Roman. `None` for what was not.
fn decoded_again(text: &str) -> Option<String> {
    let windows = || {
        let bytes: Vec<u8> = text.chars().map(byte_of).collect::<Option<_>>()?;
        String::from_utf8(bytes).ok()
    };
    let mac = || {
        let bytes: Vec<u8> = text.chars().map(mac_byte_of).collect::<Option<_>>()?;
        String::from_utf8(bytes)
            .ok()
            .filter(|read| read.chars().all(is_written))
    };
    windows().or_else(mac)
}

/// A character of ASCII, a Latin letter, or a mark of printers: what Mac OS Roman could be instead by chance is none.
fn is_written(character: char) -> bool {
    matches!(character, '\0'..='\u{7F}' | '\u{A0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2122}')
}

fn mac_byte_of(character: char) -> Option<u8> {
    if character.is_ascii() {
        return u8::try_from(u32::from(character)).ok();
    }
    let place = MAC_ROMAN
        .iter()
        .flat_map(|row| row.chars())
        .position(|known| known == character)?;
    Some(0x80 + place as u8)
}

fn byte_of(character: char) -> Option<u8> {
    u8::try_from(u32::from(character)).ok().or_else(|| {
        let place = WINDOWS_1252.iter().position(|known| *known == character)?;
        Some(0x80 + place as u8)
    })
}

#[cfg(test)]
mod tests;
