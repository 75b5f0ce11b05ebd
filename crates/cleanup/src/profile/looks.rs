//! What a value looks like, by tests that cost next to nothing. Cleaning has the last word on each value.

use torqueflow_model::{Look, yes_or_no};

use super::scan::{Compact, Scan};
use crate::postcode::is_geographic;
use crate::vrm::{VrmShape, shape_of};

/// What one value looks like: one bit per look, in the order of [`Look::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Looks {
    /// Beyond doubt.
    pub fits: u8,
    /// Possible, or so once cleaning has repaired it.
    pub repairable: u8,
    /// It stands for no value.
    pub is_placeholder: bool,
}

impl Looks {
    pub fn of(text: &str, scan: &Scan) -> Self {
        let mut looks = Self::default();
        // Words look like nothing.
        let may_be_placeholder = may_be_placeholder(scan);
        if scan.digits + scan.ats == 0 && scan.len > LONGEST_YES && !may_be_placeholder {
            return looks;
        }
        let bytes = text.as_bytes();
        let code = may_be_code(scan).then(|| scan.compact(bytes)).flatten();
        let value = Candidate {
            text,
            scan,
            code: code.as_ref().map(Compact::as_bytes),
        };
        for (place, look) in Look::ALL.into_iter().enumerate() {
            match value.test(look) {
                Fit::Fits => looks.fits |= 1 << place,
                Fit::Repairable => looks.repairable |= 1 << place,
                Fit::No => {}
            }
        }
        let is_nothing_else = looks.fits | looks.repairable == 0;
        looks.is_placeholder = may_be_placeholder && is_nothing_else && is_placeholder(text, scan);
        looks
    }
}

/// Bytes of the longest word for yes or no that is told at a glance.
const LONGEST_YES: usize = 5;
/// Bytes of the longest postcode, and letters and digits of the longest plate.
const LONGEST_POSTCODE: usize = 10;
const LONGEST_PLATE: usize = 7;
/// Letters and digits of a VIN, one of them missing or too many.
const VIN: std::ops::RangeInclusive<usize> = 16..=18;

/// Whether a value can be a plate, a VIN or a postcode, by its length.
fn may_be_code(scan: &Scan) -> bool {
    let letters_and_digits = scan.alphanumeric();
    let is_short = scan.len <= LONGEST_POSTCODE || letters_and_digits <= LONGEST_PLATE;
    scan.digits > 0 && (is_short || VIN.contains(&letters_and_digits))
}

enum Fit {
    Fits,
    Repairable,
    No,
}

/// A value, with what its bytes are.
struct Candidate<'t> {
    text: &'t str,
    scan: &'t Scan,
    /// Its letters, in upper case, and digits, where nothing else that counts is in it.
    code: Option<&'t [u8]>,
}

impl Candidate<'_> {
    fn test(&self, look: Look) -> Fit {
        match look {
            Look::Phone => phone(self.text, self.scan),
            Look::Email => email(self.text, self.scan),
            Look::Plate => plate(self.scan, self.code),
            Look::Vin => vin(self.scan, self.code),
            Look::Postcode => postcode(self.scan, self.code),
            Look::YesNo => yes_no(self.text, self.scan),
            _ => Fit::No,
        }
    }
}

/// Nine to fifteen digits (ITU-T E.164 has fifteen at most) that begin as telephone numbers do. A number that lost its
/// zero, stands beside words, or has an O for a zero is repaired.
fn phone(text: &str, scan: &Scan) -> Fit {
    if !(9..=15).contains(&scan.digits) {
        return Fit::No;
    }
    let marks = scan.spaces + scan.hyphens + scan.points + scan.phone_marks + scan.slashes;
    let begins = text.strip_prefix('(').unwrap_or(text).starts_with(['0', '+']);
    let is_bare = scan.digits + marks == scan.len && scan.slashes < 2;
    match (is_bare, begins) {
        (true, true) => Fit::Fits,
        (true, false) if scan.digits == 10 && scan.points < 2 && matches!(scan.first, b'1'..=b'9' | b'(') => {
            Fit::Repairable
        }
        (false, true) if scan.letters <= 16 && scan.ats == 0 => Fit::Repairable,
        (false, false) if scan.letters <= 16 && scan.digits >= 10 && text.contains(" 0") => Fit::Repairable,
        _ => Fit::No,
    }
}

/// One `@` between a local part and a domain with a point. Other texts with an `@` are repaired.
fn email(text: &str, scan: &Scan) -> Fit {
    if scan.ats == 0 {
        return Fit::No;
    }
    let is_whole = scan.ats == 1 && scan.spaces + scan.commas == 0;
    let domain = text.split_once('@').map(|(local, domain)| (local.is_empty(), domain));
    match domain {
        Some((false, domain)) if is_whole && domain.contains('.') && !domain.ends_with('.') => Fit::Fits,
        _ => Fit::Repairable,
    }
}

/// The shapes that tell the year, and those of Northern Ireland. Older ones look like any code.
fn plate(scan: &Scan, code: Option<&[u8]>) -> Fit {
    let has_parts =
        (1..=4).contains(&scan.digits) && (1..=5).contains(&scan.letters) && scan.alphanumeric() <= LONGEST_PLATE;
    if !has_parts || scan.points > 1 {
        return Fit::No;
    }
    match code.map(shape_of) {
        Some(VrmShape::Current | VrmShape::Prefix | VrmShape::Suffix | VrmShape::NorthernIreland | VrmShape::Q) => {
            Fit::Fits
        }
        Some(VrmShape::Dateless) => Fit::Repairable,
        _ => Fit::No,
    }
}

/// 17 letters and digits without I, O and Q (ISO 3779). With these, framed by marks or a few characters off it is kept as
/// a chassis number.
fn vin(scan: &Scan, code: Option<&[u8]>) -> Fit {
    if !VIN.contains(&scan.alphanumeric()) || scan.digits < 2 || scan.letters < 2 {
        return Fit::No;
    }
    match code {
        Some(vin) if vin.len() == 17 && scan.spaces + scan.hyphens == 0 => {
            if vin.iter().any(|byte| b"IOQ".contains(byte)) {
                Fit::Repairable
            } else {
                Fit::Fits
            }
        }
        _ if scan.spaces <= 4 && scan.ats == 0 => Fit::Repairable,
        _ => Fit::No,
    }
}

/// British postcodes; the forms of the United States, Germany, France, Canada, the Netherlands and Ireland are possible.
fn postcode(scan: &Scan, code: Option<&[u8]>) -> Fit {
    if scan.len > LONGEST_POSTCODE || scan.digits == 0 {
        return Fit::No;
    }
    let Some(code) = code else { return Fit::No };
    if is_geographic(code) {
        return Fit::Fits;
    }
    let letters = |places: &[usize]| {
        code.iter()
            .enumerate()
            .all(|(place, byte)| byte.is_ascii_alphabetic() == places.contains(&place))
    };
    let is_foreign = match (code.len(), scan.letters) {
        (5 | 9, 0) => true,
        (6, 3) => letters(&[0, 2, 4]),
        (6, 2) => letters(&[4, 5]),
        (7, 3) => letters(&[0, 3, 4]),
        _ => false,
    };
    if is_foreign { Fit::Repairable } else { Fit::No }
}

/// The words and signs that cleaning reads as yes and no. Ones and zeros may be numbers, single letters
/// initials.
fn yes_no(text: &str, scan: &Scan) -> Fit {
    if scan.len > LONGEST_YES {
        return Fit::No;
    }
    let mut lower = [0_u8; LONGEST_YES];
    for (place, byte) in lower.iter_mut().zip(text.bytes()) {
        *place = byte.to_ascii_lowercase();
    }
    match lower.get(..scan.len).unwrap_or_default() {
        b"true" | b"false" | b"yes" | b"no" | b"y" | b"n" | b"on" | b"off" | b"ja" | b"nein" | b"oui" | b"non"
        | b"nee" | b"si" | b"sim" | b"nao" | b"tak" | b"nie" | b"nej" | b"nei" => Fit::Fits,
        b"0" | b"1" | b"-1" | b"t" | b"f" | b"x" | b"ok" => Fit::Repairable,
        _ if matches!(text, "\u{2713}" | "\u{2714}" | "\u{2717}" | "\u{2718}") => Fit::Fits,
        _ if !text.is_ascii() && yes_or_no(text).is_some() => Fit::Fits,
        _ => Fit::No,
    }
}

/// Whether a value can be a word or sign for nothing, by its length and beginning: such words have no digits, and numbers for
/// nothing no letters.
fn may_be_placeholder(scan: &Scan) -> bool {
    let begins = !scan.first.is_ascii_alphanumeric() || b"NTURWEX09".contains(&scan.first.to_ascii_uppercase());
    scan.len <= 24 && scan.beyond_ascii == 0 && (scan.digits == 0 || scan.letters == 0) && begins
}

/// Words and signs that people write for what they do not know.
fn is_placeholder(text: &str, scan: &Scan) -> bool {
    if scan.alphanumeric() == 0 {
        return text.len() <= 6;
    }
    // `N/A`.
    if scan.slashes == 1 && scan.len == 3 && text.eq_ignore_ascii_case("n/a") {
        return true;
    }
    let words = scan.compact(text.as_bytes());
    match words.as_ref().map(Compact::as_bytes) {
        Some(
            b"NA" | b"NONE" | b"NIL" | b"NULL" | b"TBA" | b"TBC" | b"TBD" | b"UNKNOWN" | b"NOTKNOWN" | b"NOTGIVEN"
            | b"NOTPROVIDED" | b"NOREG" | b"NOPLATE" | b"NOVIN" | b"NOEMAIL" | b"NOPHONE" | b"NOMOBILE" | b"NONUMBER"
            | b"REFUSED" | b"WITHHELD" | b"UNREG" | b"UNREGISTERED" | b"EXDIRECTORY" | b"XX" | b"XXX" | b"NAN"
            | b"UNDEFINED" | b"NOTAPPLICABLE",
        ) => true,
        Some([first, rest @ ..]) => rest.len() >= 2 && rest.iter().all(|byte| byte == first) && b"0X9".contains(first),
        _ => false,
    }
}
