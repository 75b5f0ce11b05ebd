//! What a third record says: where it is next to certainly the same as two others, those are the same too.
//!
//! A record that has only a phone number and one that has only an address have nothing to be compared by; the one that has both
//! brings them together. That a third one agrees is not counted as evidence of its own, for it is the same evidence again: the pair
//! is taken for as sure as the weaker of the two links, a little less, and never for high.

use crate::compare::{Profile, compare};
use crate::index::RecordNumber;
use crate::level::Level;
use crate::model::Weights;
use crate::role::Field;

use super::{Kept, Matcher, Raise};

/// From here on a link is next to certain (.99), in bits.
const CERTAIN: f64 = 6.63;
/// What is taken off the weaker link.
const LESS: f64 = 2.0;
/// A pair that is brought together stays below this (.985): medium.
const MOST: f64 = 6.0;

/// The records that a record is next to certainly the same as, once they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Links {
    certain: Option<Vec<(RecordNumber, f64)>>,
}

impl Links {
    /// Raises the score of a pair that a third record brings together.
    pub fn strengthen(&mut self, matcher: &Matcher<'_>, weights: &Weights, one: &Profile<'_>, kept: &mut Kept) {
        if !(LEAST..MOST).contains(&kept.score.bits) || is_conflict(kept) {
            return;
        }
        let certain = self.certain.get_or_insert_with(|| certain(matcher, weights, one));
        let (mut this, mut third) = (Profile::default(), Profile::default());
        matcher.index.profile(kept.record, &mut this);
        let mut best: Option<(RecordNumber, f64)> = None;
        for (record, bits) in certain.iter().filter(|(record, _)| *record != kept.record) {
            matcher.index.profile(*record, &mut third);
            let link = weights.score(&compare(&this, &third, matcher.index)).bits;
            let bits = (bits.min(link) - LESS).min(MOST);
            if link >= CERTAIN
                && best.is_none_or(|(_, best)| bits > best)
                && matcher.index.share_a_key(kept.record, *record)
            {
                best = Some((*record, bits));
            }
        }
        if let Some((record, bits)) = best.filter(|(_, bits)| *bits > kept.score.bits) {
            kept.raise = Some((Raise::Third(record), bits - kept.score.bits));
            kept.score.bits = bits;
            kept.score.related_bits = kept.score.related_bits.min(-bits);
        }
    }
}

/// A pair with fewer bits of its own is not brought together.
const LEAST: f64 = -8.0;
/// At most this many are asked for what they say.
const MOST_THIRDS: usize = 8;

/// All candidates, also those that come later, that are next to certainly the same.
fn certain(matcher: &Matcher<'_>, weights: &Weights, one: &Profile<'_>) -> Vec<(RecordNumber, f64)> {
    let mut other = Profile::default();
    let mut certain = Vec::new();
    for candidate in &matcher.room.candidates {
        matcher.index.profile(*candidate, &mut other);
        let bits = weights.score(&compare(one, &other, matcher.index)).bits;
        if bits >= CERTAIN {
            certain.push((*candidate, bits));
        }
    }
    certain.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    certain.truncate(MOST_THIRDS);
    certain
}

/// Something tells the two apart, whatever a third one says.
fn is_conflict(kept: &Kept) -> bool {
    let telling = [
        Field::Given,
        Field::Surname,
        Field::Born,
        Field::Generation,
        Field::Vin,
        Field::ExternalId,
        Field::Organisation,
    ];
    telling
        .into_iter()
        .any(|field| kept.compared.levels[field] == Some(Level::Other))
}
