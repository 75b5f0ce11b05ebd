//! Finding the numbers in what a cell says.

use torqueflow_model::CellKind;

use super::number::{self, Number, NumberKind};
use super::reading::{Reading, Zeros};
use crate::text::{stands_for_blank, whole_number};

/// What a cell of a telephone column says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scan {
    /// The numbers, as written, without repeats.
    pub numbers: Vec<Found>,
    /// Words and digits beside them that mean nothing to us.
    pub words: String,
    /// The cell says that there is no number.
    pub placeholder: bool,
    /// Nothing but as many digits as numbers have, with the signs that stand between them.
    pub is_bare: bool,
}

/// One number of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub e164: String,
    pub kind: NumberKind,
    pub extension: Option<String>,
    /// Digits had to be added or exchanged.
    pub repaired: bool,
}

const PLACEHOLDERS: &[&str] = &[
    "na",
    "none",
    "no",
    "tba",
    "tbc",
    "unknown",
    "not known",
    "nil",
    "x",
    "xx",
    "xxx",
    "no phone",
    "no number",
    "no mobile",
    "no tel",
    "ex directory",
    "exdirectory",
    "withheld",
    "not given",
    "not provided",
    "none given",
    "no landline",
    "refused",
];
/// Words that only say what kind of number follows.
const LABELS: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "ph",
    "mob",
    "mobile",
    "cell",
    "home",
    "work",
    "office",
    "land",
    "landline",
    "line",
    "day",
    "daytime",
    "eve",
    "evening",
    "no",
    "number",
    "t",
    "m",
    "h",
    "w",
    "p",
    "main",
    "direct",
    "contact",
    "call",
    "on",
];
const EXTENSIONS: &[&str] = &["x", "ext", "extn", "extension", "xtn", "exten", "#"];
const CONJUNCTIONS: &[&str] = &["or", "and", "&"];

/// Reads a cell. What its numbers do not say themselves `reading` says.
pub(super) fn scan(text: &str, kind: CellKind, reading: Reading) -> Scan {
    if reading.is_british()
        && let Some(found) = well_formed(text)
    {
        return Scan {
            numbers: vec![found],
            ..Scan::default()
        };
    }
    let exact = digits_as_shown(text, kind);
    let (text, exponent_or_fraction) = match &exact {
        Some(digits) => (digits.as_str(), true),
        None => (text, false),
    };
    if is_placeholder(text) {
        return Scan {
            placeholder: true,
            ..Scan::default()
        };
    }
    let (text, letters_for_zeros) = zeros_for_letters(text);
    let mut scan = Reader::new(reading).read(&text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    scan.is_bare = (6..=15).contains(&digits) && text.chars().all(is_in_number);
    for found in &mut scan.numbers {
        found.repaired |= exponent_or_fraction && kind == CellKind::Text || letters_for_zeros;
    }
    scan
}

/// The usual ways of writing a British number, read without looking at anything else.
fn well_formed(text: &str) -> Option<Found> {
    let mut digits = [0_u8; 15];
    let mut len = 0;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(len)? = byte;
                len += 1;
            }
            b' ' | b'(' | b')' | b'-' => {}
            b'+' if index == 0 => {}
            _ => return None,
        }
    }
    let digits = std::str::from_utf8(digits.get(..len)?).ok()?;
    let national = if text.starts_with('+') {
        digits.strip_prefix("44")?
    } else {
        match digits.strip_prefix("0044") {
            Some(national) => national,
            None if len == 11 => digits.strip_prefix('0')?,
            None => return None,
        }
    };
    let national = if national.len() == 11 {
        national.strip_prefix('0')?
    } else {
        national
    };
    if national.len() != 10 || is_filler(national) {
        return None;
    }
    let Number { e164, kind } = number::british(national)?;
    Some(Found {
        e164,
        kind,
        extension: None,
        repaired: false,
    })
}

/// The digits of a number that the file types as one, or that a spreadsheet wrote as one.
pub(super) fn digits_as_shown(text: &str, kind: CellKind) -> Option<String> {
    whole_number(text, kind).or_else(|| undo_spreadsheet(text))
}

/// `7.700900982E+9` and `7700900982.0` as the digits that they were.
fn undo_spreadsheet(text: &str) -> Option<String> {
    if let Some((digits, zeros)) = text.split_once('.')
        && digits.len() >= 9
        && matches!(zeros, "0" | "00")
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(digits.to_owned());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (whole, fraction) = mantissa.split_once(['.', ','])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let mut digits = format!("{whole}{fraction}");
    let all_digits = whole.len() == 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
    // A number that was rounded for show is lost; only zeros at its end may be missing.
    let missing = (exponent + 1).checked_sub(digits.len())?;
    if !all_digits || exponent > 15 || missing > 2 {
        return None;
    }
    digits.extend(std::iter::repeat_n('0', missing));
    Some(digits)
}

fn is_placeholder(text: &str) -> bool {
    let words = torqueflow_model::fold(text);
    if stands_for_blank(text) || PLACEHOLDERS.contains(&words.as_str()) {
        return true;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let only_digits = !text.chars().any(char::is_alphabetic);
    only_digits && !digits.is_empty() && is_filler(&digits)
}

/// All digits alike, or nothing but zeros at the end.
pub(super) fn is_filler(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    let first = bytes.next();
    let alike = bytes.all(|byte| Some(byte) == first);
    let counted = matches!(
        digits,
        "01234567890" | "0123456789" | "1234567890" | "12345678901" | "123456789" | "01234567891"
    );
    alike || counted || (digits.len() >= 9 && digits.ends_with("0000000"))
}

/// Letter O for zero, where it stands among digits.
fn zeros_for_letters(text: &str) -> (String, bool) {
    let characters: Vec<char> = text.chars().collect();
    let mut replaced = false;
    let among_digits = |index: usize| {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let no_letter =
            |neighbour: Option<&char>| !neighbour.is_some_and(|c| c.is_alphabetic() && !matches!(c, 'O' | 'o'));
        let digit = |neighbour: Option<&char>| neighbour.is_some_and(char::is_ascii_digit);
        no_letter(before) && no_letter(after) && (digit(before) || digit(after))
    };
    let text = characters.iter().enumerate().map(|(index, &character)| {
        if matches!(character, 'O' | 'o') && among_digits(index) {
            replaced = true;
            '0'
        } else {
            character
        }
    });
    let text = text.collect();
    (text, replaced)
}

/// Cuts a text into runs of digits and words, and reads the runs.
struct Reader {
    reading: Reading,
    scan: Scan,
    words: Vec<String>,
    /// Runs of digits that are no number by themselves.
    unread: Vec<String>,
    /// The last word asked for an extension.
    extension_follows: bool,
    /// A word that says nothing stood behind digits.
    word_behind: bool,
}

impl Reader {
    fn new(reading: Reading) -> Self {
        Self {
            reading,
            scan: Scan::default(),
            words: Vec::new(),
            unread: Vec::new(),
            extension_follows: false,
            word_behind: false,
        }
    }

    fn read(mut self, text: &str) -> Scan {
        let mut run = String::new();
        let mut word = String::new();
        for character in text.chars() {
            let starts_number = character == '+' && run.contains(|c: char| c.is_ascii_digit());
            if is_in_number(character) && !starts_number && word.is_empty() {
                run.push(character);
            } else if character.is_alphabetic() || (!word.is_empty() && is_in_word(character)) {
                self.end_run(&mut run);
                word.push(character);
            } else {
                self.end_word(&mut word);
                self.end_run(&mut run);
                match character {
                    '#' => self.end_word(&mut "#".to_owned()),
                    _ if is_in_number(character) => run.push(character),
                    _ => {}
                }
            }
        }
        self.end_word(&mut word);
        self.end_run(&mut run);
        self.finish()
    }

    fn end_word(&mut self, word: &mut String) {
        let lower = word.trim_matches(['.', '\'', '-']).to_lowercase();
        if lower.is_empty() {
            word.clear();
        } else if EXTENSIONS.contains(&lower.as_str()) && !self.scan.numbers.is_empty() {
            self.extension_follows = true;
            word.clear();
        } else if LABELS.contains(&lower.as_str()) || CONJUNCTIONS.contains(&lower.as_str()) {
            self.word_behind |= !self.unread.is_empty();
            word.clear();
        } else {
            self.words.push(std::mem::take(word));
        }
    }

    fn end_run(&mut self, run: &mut String) {
        let run = std::mem::take(run);
        if !run.contains(|c: char| c.is_ascii_digit()) {
            return;
        }
        let rest = if std::mem::take(&mut self.extension_follows) {
            self.take_extension(&run)
        } else {
            &run
        };
        if rest.contains(|c: char| c.is_ascii_digit()) && !self.read_run(rest) {
            self.unread.push(rest.trim().to_owned());
        }
    }

    /// Gives the last number the first digits of a run as its extension. What follows them is left.
    fn take_extension<'r>(&mut self, run: &'r str) -> &'r str {
        let run_of_digits = run.trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = run_of_digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(run_of_digits.len());
        match (run_of_digits.split_at_checked(end), self.scan.numbers.last_mut()) {
            (Some((digits, rest)), Some(last)) if digits.len() <= 7 => {
                last.extension = Some(digits.to_owned());
                rest
            }
            _ => run,
        }
    }

    /// Reads one number, or several that only a slash or a space keeps apart.
    fn read_run(&mut self, run: &str) -> bool {
        if !ends_in_alternative(run)
            && let Some(found) = self.read_number(run)
        {
            self.add(found);
            return true;
        }
        if run.contains(['/', '\\']) {
            let mut any = false;
            for part in run
                .split(['/', '\\'])
                .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
            {
                if self.read_run(part) {
                    any = true;
                } else {
                    self.unread.push(part.trim().to_owned());
                }
            }
            if !any {
                self.unread.clear();
            }
            return any;
        }
        let two = run.match_indices(' ').find_map(|(at, _)| {
            let (left, right) = run.split_at_checked(at)?;
            Some((self.read_number(left)?, self.read_number(right)?))
        });
        match two {
            Some((first, second)) => {
                self.add(first);
                self.add(second);
                true
            }
            None => false,
        }
    }

    fn add(&mut self, found: Found) {
        if !self.scan.numbers.iter().any(|other| other.e164 == found.e164) {
            self.scan.numbers.push(found);
        }
    }

    /// One number: national, with a country, or with the damage that spreadsheets do.
    fn read_number(&self, run: &str) -> Option<Found> {
        let trimmed = run.trim_matches(|c: char| !c.is_ascii_digit() && c != '+');
        let plus = trimmed.starts_with('+');
        let digits: String = trimmed
            .replace("(0)", if plus { "" } else { "0" })
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let (number, repaired) = self.resolve(run, &digits, plus)?;
        if is_filler(number.e164.trim_start_matches('+')) {
            return None;
        }
        Some(Found {
            e164: number.e164,
            kind: number.kind,
            extension: None,
            repaired,
        })
    }

    fn resolve(&self, run: &str, digits: &str, plus: bool) -> Option<(Number, bool)> {
        if plus {
            let digits = digits.strip_prefix("00").unwrap_or(digits);
            return Some((number::international(digits)?, false));
        }
        if let Some(international) = digits.strip_prefix("00") {
            return Some((number::international(international)?, false));
        }
        if !self.reading.is_british() {
            return Some((self.read_abroad(run, digits)?, false));
        }
        // The relay service's prefix (Relay UK), and the American way out to Britain.
        let digits = digits
            .strip_prefix("18001")
            .filter(|rest| rest.len() == 11)
            .unwrap_or(digits);
        if digits.len() == 15
            && let Some(international) = digits.strip_prefix("011")
        {
            return Some((number::international(international)?, false));
        }
        if let Some(national) = digits.strip_prefix('0') {
            return Some((number::british(national)?, false));
        }
        let with_code = digits.strip_prefix("44").filter(|rest| matches!(rest.len(), 10 | 11));
        if let Some(number) = with_code.and_then(|rest| number::british(rest.strip_prefix('0').unwrap_or(rest))) {
            return Some((number, true));
        }
        let lost_zero = number::may_lose_zero(digits) && self.may_have_had_zero(run, digits);
        lost_zero.then(|| number::british(digits))?.map(|number| (number, true))
    }

    /// A number as it is dialled in another country. None begins with a zero in North America, so one that does is from
    /// home. A number that is grouped as the column's North American ones are is not read as one of its row's country.
    fn read_abroad(&self, run: &str, digits: &str) -> Option<Number> {
        let country = self.reading.country?;
        let is_grouped = groups(run) == [3, 3, 4] && number::looks_american(digits) && run.trim().contains(['-', '.']);
        let read = number::domestic(digits, country);
        if self.reading.column_is_american && is_grouped {
            return read.filter(|number| number.e164.starts_with("+1"));
        }
        let from_home = || {
            let national = digits.strip_prefix('0')?;
            (country.is_north_american() && self.reading.home_is_british).then(|| number::british(national))?
        };
        read.or_else(from_home)
    }

    /// Whether a zero may have been in front of these digits. What is grouped as North America does never had one; what
    /// could be a number there needs evidence that it is not.
    fn may_have_had_zero(&self, run: &str, digits: &str) -> bool {
        let looks_american = number::looks_american(digits);
        match self.reading.zeros {
            Zeros::Kept => false,
            _ if looks_american && groups(run) == [3, 3, 4] => false,
            Zeros::Lost => true,
            Zeros::Unknown => digits.starts_with('7') || number::american(digits).is_none(),
        }
    }

    fn finish(mut self) -> Scan {
        if self.scan.numbers.is_empty() && self.words.is_empty() && self.unread.len() > 1 {
            // Only something like a comma keeps the parts of one number apart, or a letter that was hit by mistake.
            if let Some(mut found) = self.read_number(&self.unread.join("-")) {
                found.repaired |= self.word_behind;
                self.unread.clear();
                self.add(found);
            }
        }
        self.words.append(&mut self.unread);
        self.scan.words = self.words.join(" ");
        self.scan
    }
}

/// A number of which the last digits have others behind a slash, as `01483 123456/7`: these are no digits of the same number.
fn ends_in_alternative(run: &str) -> bool {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let parts = run.rsplit_once(['/', '\\']);
    parts.is_some_and(|(number, last)| matches!(digits(last), 1 | 2) && digits(number) >= 7)
}

/// How many digits stand together in each part of a number: `204-555-0184` has 3, 3 and 4.
pub(super) fn groups(run: &str) -> Vec<usize> {
    run.split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .filter(|len| *len > 0)
        .collect()
}

pub(super) fn is_in_number(character: char) -> bool {
    character.is_ascii_digit()
        || matches!(
            character,
            ' ' | '+' | '(' | ')' | '-' | '.' | '/' | '\\' | '[' | ']' | '\u{2010}'..='\u{2015}'
        )
}

fn is_in_word(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '-' | '.')
}
