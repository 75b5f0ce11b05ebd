//! The forms that values have.

use torqueflow_model::Shape;

/// Bytes of a form; longer ones are cut.
const LONGEST: usize = 16;
/// Forms that are counted; a column with more has none worth telling.
const MOST: usize = 64;
/// Forms that are told.
const TOLD: usize = 5;

/// Counts the forms of a column's values.
#[derive(Debug, Clone, Default)]
pub(super) struct Shapes {
    counts: Vec<([u8; LONGEST], u64)>,
    /// Where the form of the last value stands.
    last: usize,
    are_too_many: bool,
}

impl Shapes {
    pub fn observe(&mut self, bytes: &[u8], has_digits: bool) {
        if !self.are_too_many {
            self.add(form(bytes, has_digits), 1);
        }
    }

    fn add(&mut self, form: [u8; LONGEST], count: u64) {
        if let Some((_, known)) = self.counts.get_mut(self.last).filter(|(known, _)| *known == form) {
            *known += count;
            return;
        }
        if let Some(place) = self.counts.iter().position(|(known, _)| *known == form) {
            self.last = place;
            if let Some((_, known)) = self.counts.get_mut(place) {
                *known += count;
            }
        } else if self.counts.len() < MOST {
            self.last = self.counts.len();
            self.counts.push((form, count));
        } else {
            self.are_too_many = true;
            self.counts = Vec::new();
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if other.are_too_many {
            self.are_too_many = true;
            self.counts = Vec::new();
        }
        for (form, count) in &other.counts {
            if !self.are_too_many {
                self.add(*form, *count);
            }
        }
    }

    /// The commonest ones; of equals, the first by their text.
    pub fn result(&self) -> Vec<Shape> {
        let mut counts = self.counts.clone();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let shape = |(form, count): &([u8; LONGEST], u64)| {
            let end = form.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
            let text = form.get(..end).unwrap_or_default();
            Shape {
                shape: String::from_utf8_lossy(text).into_owned(),
                count: *count,
            }
        };
        counts.iter().take(TOLD).map(shape).collect()
    }
}

/// Digits as `9`, letters as `A`. In words and in long values stretches of them are one: `A+`, `9+`.
#[expect(clippy::indexing_slicing, reason = "the table has an entry for each byte")]
fn form(bytes: &[u8], has_digits: bool) -> [u8; LONGEST] {
    let mut form = [0; LONGEST];
    let shortens = !has_digits || bytes.len() > LONGEST;
    if !shortens && bytes.is_ascii() {
        for (place, byte) in form.iter_mut().zip(bytes) {
            *place = CLASSES[usize::from(*byte)];
        }
        return form;
    }
    let (mut at, mut previous, mut is_marked) = (0, 0, false);
    for byte in bytes {
        let class = CLASSES[usize::from(*byte)];
        // The second and later bytes of a character beyond ASCII are no letters of their own.
        if class == 0 {
            continue;
        }
        let is_repeated = shortens && class == previous && matches!(class, b'9' | b'A');
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
        shapes.observe(value.as_bytes(), value.bytes().any(|byte| byte.is_ascii_digit()));
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
                shapes.observe(value.as_bytes(), true);
            }
        }
        assert_eq!(shapes.result(), []);
    }
}
