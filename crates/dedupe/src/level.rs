//! Comparison levels: how far two values of a field agree.

/// How far two values of one field agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Level {
    /// Equal once normalised.
    Same,
    /// Two names that one person goes by, or signs that are taken for each other in a registration.
    Nickname,
    /// Off by what one slip of a finger makes.
    Close,
    /// One is part of the other: an initial, one of two surnames, a postal district.
    Part,
    /// Off by a little more.
    Alike,
    /// A faint likeness.
    Vague,
    /// Different, and one of the two looks corrupted: it is no known first name.
    Odd,
    /// Different.
    Other,
}

impl Level {
    /// How many there are.
    pub(crate) const COUNT: usize = 8;

    /// All, the best first.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Same,
        Self::Nickname,
        Self::Close,
        Self::Part,
        Self::Alike,
        Self::Vague,
        Self::Odd,
        Self::Other,
    ];

    /// Whether the values agree at least roughly.
    pub const fn is_agreement(self) -> bool {
        matches!(
            self,
            Self::Same | Self::Nickname | Self::Close | Self::Part | Self::Alike
        )
    }

    /// Whether the values are equal, or as good as.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::Same | Self::Nickname | Self::Close)
    }
}

/// One thing per level.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct PerLevel(pub [f64; Level::COUNT]);

impl PerLevel {
    /// To nine decimals, which come back from text as they were.
    pub fn rounded(self) -> Self {
        Self(self.0.map(rounded))
    }
}

/// To nine decimals, and never nothing.
pub(crate) fn rounded(share: f64) -> f64 {
    ((share * 1e9).round() / 1e9).max(1e-9)
}

#[expect(clippy::indexing_slicing, reason = "there is one for each level")]
impl std::ops::Index<Level> for PerLevel {
    type Output = f64;

    fn index(&self, level: Level) -> &f64 {
        &self.0[level as usize]
    }
}

#[expect(clippy::indexing_slicing, reason = "there is one for each level")]
impl std::ops::IndexMut<Level> for PerLevel {
    fn index_mut(&mut self, level: Level) -> &mut f64 {
        &mut self.0[level as usize]
    }
}
