//! A record as it is compared: its values by field, each with how many records hold it.

use crate::role::Field;

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    pub field: Field,
    /// Plain ASCII.
    pub text: &'a [u8],
    /// Records with this value, those that are compared among them.
    pub holders: u32,
    /// Of first names: it is on the list of those that people bear.
    pub is_listed: bool,
}

/// The values of a record, sorted by field.
#[derive(Debug, Default)]
pub(crate) struct Profile<'a> {
    values: Vec<Value<'a>>,
    /// Where the values of each field begin, and how many there are.
    at: [(u8, u8); Field::COUNT],
}

impl<'a> Profile<'a> {
    /// Holds nothing from now on.
    pub fn clear(&mut self) {
        self.values.clear();
        self.at = [(0, 0); Field::COUNT];
    }

    /// Adds a value; fields come in order.
    pub fn push(&mut self, value: Value<'a>) {
        let begin = self.values.len() as u8;
        self.values.push(value);
        if let Some((at, count)) = self.at.get_mut(value.field as usize) {
            if *count == 0 {
                *at = begin;
            }
            *count += 1;
        }
    }

    /// The values of a field.
    pub fn all(&self, field: Field) -> &[Value<'a>] {
        let (at, count) = self.at.get(field as usize).copied().unwrap_or_default();
        self.values
            .get(usize::from(at)..usize::from(at) + usize::from(count))
            .unwrap_or_default()
    }

    /// The first value of a field.
    pub fn first(&self, field: Field) -> Option<&Value<'a>> {
        self.all(field).first()
    }

    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }
}
