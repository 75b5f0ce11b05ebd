//! Changes inputs, the same way each time it is asked to: for tests that try a few thousand inputs without an engine.

use crate::Target;

/// Inputs that follow from a target's seeds.
pub struct Mutator {
    state: u64,
    max_bytes: usize,
    tokens: &'static [&'static str],
    seeds: Vec<Vec<u8>>,
}

impl Mutator {
    /// The same `seed` gives the same inputs.
    pub fn new(target: &Target, seed: u64) -> Self {
        Self {
            state: seed,
            max_bytes: target.max_bytes,
            tokens: target.tokens,
            seeds: (target.seeds)(),
        }
    }

    /// The next input: a seed with a few changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.pick_seed();
        for _ in 0..=self.below(6) {
            self.change(&mut input);
        }
        input.truncate(self.max_bytes);
        input
    }

    /// `SplitMix64` (Steele, Lea and Flood, 2014).
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        (self.random() % end.max(1) as u64) as usize
    }

    fn pick_seed(&mut self) -> Vec<u8> {
        let index = self.below(self.seeds.len());
        self.seeds.get(index).cloned().unwrap_or_default()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let start = self.below(input.len() + 1);
        let end = (start + self.below(16)).min(input.len());
        match self.below(8) {
            0 => input.splice(start..start, [self.random() as u8]).for_each(drop),
            1 => drop(input.drain(start..end)),
            2 => {
                let piece = input.get(start..end).unwrap_or_default().repeat(self.below(30));
                input.splice(start..start, piece).for_each(drop);
            }
            3 => {
                let index = self.below(self.tokens.len());
                let token = self.tokens.get(index).copied().unwrap_or_default();
                input.splice(start..end, token.bytes()).for_each(drop);
            }
            4 => {
                let other = self.pick_seed();
                let from = self.below(other.len());
                let piece = other.into_iter().skip(from).take(64);
                input.splice(start..end, piece).for_each(drop);
            }
            _ => {
                let bits = self.random() as u8;
                if let Some(byte) = input.get_mut(start) {
                    *byte = if bits < 64 { *byte ^ (1 << (bits % 8)) } else { bits };
                }
            }
        }
    }
}
