//! Number formats: from a stored number to what a person sees (ECMA-376 Part 1, 18.8.31).

mod code;
mod digits;
mod layout;
mod render;
pub(crate) mod serial;

pub(crate) use code::{Class, NumberFormat};
pub(crate) use digits::push_general;
pub(crate) use render::push_formatted;
