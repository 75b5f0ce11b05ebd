//! Blocking keys: two records are compared if they share one.

use super::values::fingerprint;
use crate::compare::{Profile, split_address};
use crate::normal::address::split_kind;
use crate::normal::email::is_desk;
use crate::normal::vehicle::folded;
use crate::role::Field;

/// A key, and how much sharing it alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub hash: u64,
    pub strength: Strength,
}

/// How much it says that two records share a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Worth a comparison where few share it, or another weak key is shared.
    Weak,
    /// Worth a comparison.
    Strong,
}

/// What is combined to a key. The numbers keep keys of different kinds apart.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Kind {
    Phone = 100,
    PhoneLess,
    Email,
    Mailbox,
    NamePair,
    Sounds,
    SoundInitial,
    InitialSound,
    NamePostcode,
    NameTown,
    NameStreet,
    NameHouse,
    InitialsPostcode,
    InitialsStreet,
    StreetTown,
    StreetHouse,
    PostcodeHouse,
    StreetPostcode,
    Born,
    FirmWords,
    FirmBeginning,
    FirmWordPlace,
    FirmPerson,
    Plate,
    PlateLess,
    Vin,
    VinLess,
    VinEnd,
    CarOwner,
}

/// The keys of a record, each once, in order.
pub(crate) fn keys(record: &Profile<'_>, keys: &mut Keys) {
    keys.found.clear();
    keys.contact(record);
    keys.person(record);
    keys.place(record);
    keys.firm(record);
    keys.vehicle(record);
    keys.found
        .sort_unstable_by_key(|key| (key.hash, std::cmp::Reverse(key.strength)));
    keys.found.dedup_by_key(|key| key.hash);
}

/// The keys of one record, and room to make them.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub found: Vec<Key>,
}

impl Keys {
    fn push(&mut self, strength: Strength, kind: Kind, parts: &[&[u8]]) {
        if parts.iter().all(|part| !part.is_empty()) {
            self.found.push(Key {
                hash: fingerprint(kind as u8, parts),
                strength,
            });
        }
    }

    /// The code, and what is left of it without each of its signs: codes that are one slip apart share one of them.
    fn push_with_slips(&mut self, kind: Kind, code: &[u8]) {
        self.push(Strength::Strong, kind, &[code]);
        for at in 0..code.len() {
            // Two equal neighbours leave the same.
            if at > 0 && code.get(at) == code.get(at - 1) {
                continue;
            }
            let (before, rest) = code.split_at(at);
            let rest = rest.get(1..).unwrap_or_default();
            // As one part, so that the place of the gap makes no difference.
            let mut shorter = [0_u8; 24];
            let mut end = 0;
            for sign in before.iter().chain(rest) {
                if let Some(place) = shorter.get_mut(end) {
                    *place = *sign;
                    end += 1;
                }
            }
            self.push(Strength::Strong, kind, &[shorter.get(..end).unwrap_or_default()]);
        }
    }

    fn contact(&mut self, record: &Profile<'_>) {
        for phone in record.all(Field::Phone) {
            let base = phone.text.split(|sign| *sign == b'x').next().unwrap_or_default();
            if base.len() != phone.text.len() {
                self.push(Strength::Strong, Kind::Phone, &[phone.text]);
            }
            self.push_with_slips(Kind::PhoneLess, base);
        }
        for email in record.all(Field::Email) {
            self.push(Strength::Strong, Kind::Email, &[email.text]);
            let (local, _) = split_address(email.text);
            if local.len() >= 4 && !is_desk(std::str::from_utf8(local).unwrap_or_default()) {
                self.push_with_slips(Kind::Mailbox, local.get(..20).unwrap_or(local));
            }
        }
        for plate in record.all(Field::Plate) {
            let folded: Vec<u8> = folded(plate.text).collect();
            self.push(Strength::Strong, Kind::Plate, &[&folded]);
            if folded.len() >= 5 {
                self.push_with_slips(Kind::PlateLess, &folded);
            }
        }
        if let Some(born) = record.first(Field::Born) {
            self.push(Strength::Weak, Kind::Born, &[born.text]);
        }
    }

    fn person(&mut self, record: &Profile<'_>) {
        let given = record
            .first(Field::Given)
            .map_or(&b""[..], |given| first_word(given.text));
        let surname = record.first(Field::Surname).map_or(&b""[..], |surname| surname.text);
        let (given_sound, surname_sound) = (Sound::of(given), Sound::of(surname));
        let (given_sound, surname_sound) = (given_sound.text(), surname_sound.text());
        let initial = |name: &[u8]| [name.first().copied().unwrap_or_default()];
        let [first, second] = if given <= surname {
            [given, surname]
        } else {
            [surname, given]
        };
        self.push(Strength::Strong, Kind::NamePair, &[first, second]);
        let [first, second] = if given_sound <= surname_sound {
            [given_sound, surname_sound]
        } else {
            [surname_sound, given_sound]
        };
        self.push(Strength::Weak, Kind::Sounds, &[first, second]);
        if !given.is_empty() && !surname.is_empty() {
            self.push(Strength::Weak, Kind::SoundInitial, &[surname_sound, &initial(given)]);
            self.push(Strength::Weak, Kind::InitialSound, &[given_sound, &initial(surname)]);
        }
        let place = Place::of(record);
        // Whichever name is which: programs swap columns.
        for name in [given_sound, surname_sound] {
            self.push(Strength::Strong, Kind::NamePostcode, &[name, place.postcode]);
            self.push(Strength::Strong, Kind::NameTown, &[name, place.town.text()]);
            self.push(Strength::Strong, Kind::NameStreet, &[name, place.street.text()]);
            self.push(Strength::Weak, Kind::NameHouse, &[name, place.house]);
        }
        let mut initials = [initial(given), initial(surname)].concat();
        initials.sort_unstable();
        if !initials.contains(&0) {
            self.push(Strength::Weak, Kind::InitialsPostcode, &[&initials, place.postcode]);
            self.push(Strength::Weak, Kind::InitialsStreet, &[&initials, place.street.text()]);
        }
    }

    fn place(&mut self, record: &Profile<'_>) {
        let place = Place::of(record);
        self.push(Strength::Weak, Kind::StreetHouse, &[place.street.text(), place.house]);
        self.push(
            Strength::Weak,
            Kind::StreetTown,
            &[place.street.text(), place.town.text()],
        );
        self.push(Strength::Weak, Kind::PostcodeHouse, &[place.postcode, place.house]);
        self.push(
            Strength::Weak,
            Kind::StreetPostcode,
            &[place.street.text(), place.postcode],
        );
    }

    fn firm(&mut self, record: &Profile<'_>) {
        let Some(firm) = record.first(Field::Organisation) else {
            return;
        };
        let surname = record.first(Field::Surname).map_or(&b""[..], |surname| surname.text);
        if record.first(Field::Given).is_some() || !surname.is_empty() {
            let given = record
                .first(Field::Given)
                .map_or(&b""[..], |given| first_word(given.text));
            self.push(Strength::Strong, Kind::FirmPerson, &[firm.text, surname]);
            self.push(Strength::Strong, Kind::FirmPerson, &[firm.text, given]);
            return;
        }
        let mut words: Vec<&[u8]> = firm.text.split(|sign| *sign == b' ').collect();
        let beginning: Vec<u8> = words.iter().flat_map(|word| word.iter()).copied().take(6).collect();
        words.sort_unstable();
        self.push(Strength::Strong, Kind::FirmWords, &words);
        self.push(Strength::Weak, Kind::FirmBeginning, &[&beginning]);
        let place = Place::of(record);
        for word in words.iter().filter(|word| word.len() >= 3) {
            self.push(Strength::Weak, Kind::FirmBeginning, &[b"word", word]);
            for part in [place.town.text(), place.postcode, place.street.text()] {
                self.push(Strength::Strong, Kind::FirmWordPlace, &[word, part]);
            }
        }
    }

    fn vehicle(&mut self, record: &Profile<'_>) {
        let Some(vin) = record.first(Field::Vin) else {
            if let (Some(owner), Some(model)) = (record.first(Field::Owner), record.first(Field::Model)) {
                self.push(Strength::Weak, Kind::CarOwner, &[owner.text, model.text]);
            }
            return;
        };
        let folded: Vec<u8> = folded(vin.text).collect();
        self.push(Strength::Strong, Kind::Vin, &[&folded]);
        self.push_with_slips(Kind::VinLess, &folded);
        let end = folded.len().saturating_sub(6);
        self.push(Strength::Weak, Kind::VinEnd, &[folded.get(end..).unwrap_or_default()]);
    }
}

/// Where a record is, in the parts that keys are made of.
struct Place<'a> {
    postcode: &'a [u8],
    town: Sound,
    street: Sound,
    house: &'a [u8],
}

impl<'a> Place<'a> {
    fn of(record: &Profile<'a>) -> Self {
        let text = |field| record.first(field).map_or(&b""[..], |value| value.text);
        let street = std::str::from_utf8(text(Field::Street)).unwrap_or_default();
        Self {
            postcode: text(Field::Postcode),
            town: Sound::of(text(Field::Town)),
            street: Sound::of(first_word(split_kind(street).0.as_bytes())),
            house: text(Field::House),
        }
    }
}

fn first_word(phrase: &[u8]) -> &[u8] {
    phrase.split(|sign| *sign == b' ').next().unwrap_or_default()
}

/// The sound of a word, roughly: its first sound and the next consonants, letters that sound alike being one.
struct Sound {
    signs: [u8; 5],
    length: usize,
}

impl Sound {
    fn of(word: &[u8]) -> Self {
        let mut sound = Self {
            signs: [0; 5],
            length: 0,
        };
        let mut before = 0;
        for (at, sign) in word.iter().copied().filter(|sign| *sign != b' ').enumerate() {
            let class = match sign {
                b'a' | b'e' | b'i' | b'o' | b'u' | b'y' if at == 0 => b'a',
                b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' if at > 0 => 0,
                b'b' | b'p' => b'p',
                b'c' | b'k' | b'q' | b'g' | b'x' | b'j' => b'k',
                b'd' | b't' => b't',
                b's' | b'z' => b's',
                b'f' | b'v' => b'f',
                b'm' | b'n' => b'n',
                sign => sign,
            };
            if class != 0
                && class != before
                && let Some(place) = sound.signs.get_mut(sound.length)
            {
                *place = class;
                sound.length += 1;
            }
            before = class;
        }
        sound
    }

    fn text(&self) -> &[u8] {
        self.signs.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_have_one_sound() {
        for (one, other) in [
            ("smith", "smyth"),
            ("catherine", "katherine"),
            ("thomson", "tomson"),
            ("stephen", "steven"),
        ] {
            let sounds = [one, other].map(|word| Sound::of(word.as_bytes()).text().to_vec());
            if one == "stephen" {
                assert_ne!(sounds[0], sounds[1], "`ph` is no f here");
            } else {
                assert_eq!(sounds[0], sounds[1], "{one} / {other}");
            }
        }
    }

    #[test]
    fn codes_one_slip_apart_share_a_key() {
        let slips = |code: &str| {
            let mut keys = Keys::default();
            keys.push_with_slips(Kind::PlateLess, code.as_bytes());
            keys.found
        };
        let base = slips("AB12CDE");
        for near in ["AB12CDF", "AB12DCE", "AB12CD", "AB12CDEE"] {
            assert!(slips(near).iter().any(|key| base.contains(key)), "{near}");
        }
        assert!(!slips("XY65ZZZ").iter().any(|key| base.contains(key)));
    }
}
