//! The forms that values have.

use torqueflow_model::Shape;

/// Bytes of a form; longer ones are cut.
const LONGEST: usize = 16;
/// Forms that are counted; a column with more has none worth telling.
const MOST: usize = 64;
/// Forms that are told.
const TOLD: usize = 5;

/// A form as one number, whose order is that of the bytes.
type Form = u128;

/// Counts the forms of a column's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Shapes {
    counts: Vec<(Form, u64)>,
    /// Where the form of the last value stands.
    last: usize,
    are_too_many: bool,
}

impl Shapes {
    /// Where a value's form stands, which stays so; `None` once there are too many.
    pub fn place(&mut self, bytes: &[u8], has_digits: bool) -> Option<u8> {
        if self.are_too_many {
            return None;
        }
        self.place_of(form(bytes, has_digits))
    }

    /// Counts a value whose form stands there.
    pub fn count(&mut self, place: Option<u8>) {
        if let Some((_, count)) = place.and_then(|place| self.counts.get_mut(usize::from(place))) {
            *count += 1;
        }
    }

    fn place_of(&mut self, form: Form) -> Option<u8> {
        let is_last = self.counts.get(self.last).is_some_and(|(known, _)| *known == form);
        if !is_last {
            let known = self.counts.iter().position(|(known, _)| *known == form);
            self.last = known.unwrap_or(self.counts.len());
            if known.is_none() && self.last >= MOST {
                self.are_too_many = true;
                self.counts = Vec::new();
                return None;
            }
            if known.is_none() {
                self.counts.push((form, 0));
            }
        }
        u8::try_from(self.last).ok()
    }

    pub fn merge(&mut self, other: &Self) {
        if other.are_too_many {
            self.are_too_many = true;
            self.counts = Vec::new();
        }
        for (form, more) in &other.counts {
            if self.are_too_many {
                return;
            }
            let place = self.place_of(*form);
            if let Some((_, count)) = place.and_then(|place| self.counts.get_mut(usize::from(place))) {
                *count += more;
            }
        }
    }

    /// The commonest ones; of equals, the first by their text.
    pub fn result(&self) -> Vec<Shape> {
        let mut counts = self.counts.clone();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let shape = |(form, count): &(Form, u64)| {
            let bytes = form.to_be_bytes();
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            Shape {
                shape: String::from_utf8_lossy(text).into_owned(),
                count: *count,
            }
        };
        counts.iter().take(TOLD).map(shape).collect()
    }
}

/// Digits as `9`, letters as `A`. In words and in long values stretches of them are one: `A+`, `9+`.
fn form(bytes: &[u8], has_digits: bool) -> Form {
    let is_shortened = !has_digits || bytes.len() > LONGEST;
    let form = if is_shortened || !bytes.is_ascii() {
        form_of_parts(bytes, is_shortened)
    } else {
        form_of_places(bytes)
    };
    Form::from_be_bytes(form)
}

/// The form in which each byte has its place.
#[expect(clippy::indexing_slicing, reason = "the table has an entry for each byte")]
fn form_of_places(bytes: &[u8]) -> [u8; LONGEST] {
    let mut form = [0; LONGEST];
    for (place, byte) in form.iter_mut().zip(bytes) {
        *place = CLASSES[usize::from(*byte)];
    }
    form
}

#[expect(clippy::indexing_slicing, reason = "the table has an entry for each byte")]
fn form_of_parts(bytes: &[u8], is_shortened: bool) -> [u8; LONGEST] {
    let mut form = [0; LONGEST];
    let (mut at, mut previous, mut is_marked) = (0, 0, false);
    for byte in bytes {
        let class = CLASSES[usize::from(*byte)];
        // The second and later bytes of a character beyond ASCII are no letters of their own.
        if class == 0 {
            continue;
        }
        let is_repeated = is_shortened && class == previous && matches!(class, b'9' | b'A');
        previous = class;
        if is_repeated && is_marked {
            continue;
        }
        is_marked = is_repeated;
        let Some(place) = form.get_mut(at) else { break };
        *place = if is_repeated { b'+' } else { class };
        at += 1;
    }
    form
}

/// What stands in a form for each byte.
static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "checked by the compiler, which runs it")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => b'9',
            0x80..=0xBF => 0,
            b'a'..=b'z' | b'A'..=b'Z' | 0xC0.. => b'A',
            other => other,
        };
        byte += 1;
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let mut shapes = Shapes::default();
        let place = shapes.place(value.as_bytes(), value.bytes().any(|byte| byte.is_ascii_digit()));
        shapes.count(place);
        assert_eq!(
            shapes.result().first().map(|shape| shape.shape.as_str()),
            Some(expected),
            "{value}"
        );
    }

    #[test]
    fn codes_show_each_place_and_words_do_not() {
        check("AB12 CDE", "AA99 AAA");
        check("INV-0042", "AAA-9999");
        check("Ada Smith", "A+ A+");
        check("A. Lowe", "A. A+");
        check("Zoë", "A+");
        check("12 Mill Lane, Leeds LS6", "9+ A+ A+, A+ A+9");
    }

    #[test]
    fn too_many_forms_are_none() {
        let mut shapes = Shapes::default();
        for length in 1..=16 {
            for digits in 0..length {
                let value: String = (0..length)
                    .map(|place| if place == digits { '9' } else { 'a' })
                    .collect();
                let place = shapes.place(value.as_bytes(), true);
                shapes.count(place);
            }
        }
        assert_eq!(shapes.result(), []);
    }
}
