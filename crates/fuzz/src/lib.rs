#![doc = include_str!("../README.md")]

mod mutate;
mod outcome;
mod sections;
mod targets;

pub use mutate::Mutator;
pub use targets::TARGETS;

/// One thing to try inputs on.
pub struct Target {
    /// What a person types.
    pub name: &'static str,
    /// What its inputs go through.
    pub about: &'static str,
    /// An input of more bytes tries nothing new.
    pub max_bytes: usize,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Pieces that inputs are made of.
    pub tokens: &'static [&'static str],
    /// Tries one input. Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// The target with this name.
pub fn target_named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
