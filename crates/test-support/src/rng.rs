//! A small pseudo-random generator: the same seed gives the same numbers on every machine, for ever.
//!
//! It is `SplitMix64`: one addition and three mixing steps per number. Good enough to invent a garage, no good for
//! secrets.

/// A stream of numbers that depends on its seed only.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Stream number `stream` of `seed`: streams of one seed have nothing to do with each other.
    pub fn stream(seed: u64, stream: u64) -> Self {
        let mut outer = Self::new(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self::new(outer.next_u64())
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next_u64()) * limit as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True in `rate` of 1,000 cases.
    pub fn per_mille(&mut self, rate: u32) -> bool {
        self.below(1000) < rate as usize
    }

    /// One of `items`.
    pub fn pick<'items, T: ?Sized>(&mut self, items: &[&'items T]) -> &'items T {
        items[self.below(items.len())]
    }

    /// One value: each of `special` at its rate in per mille, else `ordinary`.
    pub fn draw<T: Copy>(&mut self, ordinary: T, special: &[(T, u32)]) -> T {
        let mut left = self.below(1000) as u32;
        for &(value, rate) in special {
            if left < rate {
                return value;
            }
            left -= rate;
        }
        ordinary
    }

    /// `items` in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// `count` values in random order, of which each of `special` takes exactly its share, in per mille and rounded up,
    /// and `ordinary` the rest.
    ///
    /// Dealing keeps rare things exact: one in a thousand of 300 is still one, and not one or none.
    pub fn deal<T: Copy>(&mut self, count: usize, ordinary: T, special: &[(T, u32)]) -> Vec<T> {
        let mut dealt: Vec<T> = special
            .iter()
            .flat_map(|&(value, rate)| std::iter::repeat_n(value, (count * rate as usize).div_ceil(1000)))
            .take(count)
            .collect();
        dealt.resize(count, ordinary);
        self.shuffle(&mut dealt);
        dealt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_never_change() {
        let mut rng = Rng::new(1_234_567);
        let first = [rng.next_u64(), rng.next_u64(), rng.next_u64()];
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn dealing_keeps_the_shares_exact() {
        let dealt = Rng::new(1).deal(3000, 'o', &[('a', 100), ('b', 1), ('c', 0)]);
        let count = |wanted| dealt.iter().filter(|&&dealt| dealt == wanted).count();
        assert_eq!((count('a'), count('b'), count('c'), count('o')), (300, 3, 0, 2697));
    }

    #[test]
    fn a_rare_thing_is_dealt_at_least_once() {
        let dealt = Rng::new(1).deal(10, 'o', &[('a', 1)]);
        assert_eq!(dealt.iter().filter(|&&dealt| dealt == 'a').count(), 1);
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Rng::stream(7, 0).next_u64(), Rng::stream(7, 1).next_u64());
    }

    #[test]
    fn between_reaches_both_ends() {
        let mut rng = Rng::new(5);
        let drawn: Vec<i64> = (0..200).map(|_| rng.between(-1, 1)).collect();
        assert!([-1, 0, 1].iter().all(|wanted| drawn.contains(wanted)));
    }
}
