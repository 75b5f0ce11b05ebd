//! Inputs that are made of sections.

pub use msoffcrypto_fuzz::{SECTION, change};

/// The first byte, which says how to try the rest; 0 where there is none.
pub fn split_mode(input: &[u8]) -> (u8, &[u8]) {
    input.split_first().map_or((0, input), |(mode, rest)| (*mode, rest))
}

/// The sections of an input; at least one.
pub fn sections(input: &[u8]) -> Vec<&[u8]> {
    input.split(|byte| *byte == SECTION).collect()
}

/// An input that says `mode` and has these sections.
pub fn joined<S: AsRef<[u8]>>(mode: u8, sections: &[S]) -> Vec<u8> {
    let mut input = vec![mode];
    for (index, section) in sections.iter().enumerate() {
        if index > 0 {
            input.push(SECTION);
        }
        input.extend_from_slice(section.as_ref());
    }
    input
}
