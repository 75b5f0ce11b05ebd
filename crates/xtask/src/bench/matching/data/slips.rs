//! What happens to a word when somebody types it, or hears it.

use torqueflow_test_support::rng::Rng;

/// Letters and how they are heard.
const HEARD: &[(&str, &str)] = &[
    ("ph", "f"),
    ("f", "ph"),
    ("ck", "k"),
    ("c", "k"),
    ("k", "c"),
    ("y", "i"),
    ("ie", "y"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ai", "ay"),
    ("ll", "l"),
    ("tt", "t"),
    ("s", "z"),
    ("z", "s"),
    ("mac", "mc"),
    ("th", "t"),
    ("h", ""),
    ("er", "or"),
    ("ei", "ie"),
];

/// First names and what people are called who have them.
const CALLED: &[(&str, &str)] = &[
    ("Susan", "Sue"),
    ("Margaret", "Maggie"),
    ("Patricia", "Pat"),
    ("Christine", "Chris"),
    ("Elizabeth", "Liz"),
    ("Nicola", "Nicky"),
    ("Rebecca", "Becky"),
    ("Samantha", "Sam"),
    ("Amanda", "Mandy"),
    ("Joanne", "Jo"),
    ("Deborah", "Debbie"),
    ("Jacqueline", "Jackie"),
    ("Catherine", "Cathy"),
    ("Victoria", "Vicky"),
    ("Katie", "Kate"),
    ("Jessica", "Jess"),
    ("Gillian", "Jill"),
    ("David", "Dave"),
    ("Michael", "Mike"),
    ("Peter", "Pete"),
    ("Robert", "Bob"),
    ("Stephen", "Steve"),
    ("Steven", "Steve"),
    ("Andrew", "Andy"),
    ("Christopher", "Chris"),
    ("James", "Jim"),
    ("William", "Bill"),
    ("Richard", "Rick"),
    ("Kevin", "Kev"),
    ("Anthony", "Tony"),
    ("Philip", "Phil"),
    ("Geoffrey", "Geoff"),
    ("Raymond", "Ray"),
    ("Kenneth", "Ken"),
    ("Ronald", "Ron"),
    ("Terence", "Terry"),
    ("Stuart", "Stu"),
    ("Matthew", "Matt"),
    ("Daniel", "Dan"),
    ("Thomas", "Tom"),
    ("Joseph", "Joe"),
    ("Benjamin", "Ben"),
    ("Samuel", "Sam"),
    ("Frederick", "Fred"),
    ("Leonard", "Len"),
    ("Mohammed", "Mo"),
];

/// A slip of the finger: a letter left out, doubled, hit beside, or swapped with its neighbour.
pub fn mistyped(word: &str, rng: &mut Rng) -> String {
    let mut signs: Vec<char> = word.chars().collect();
    if signs.len() < 2 {
        return word.to_owned();
    }
    let at = 1 + rng.below(signs.len() - 1);
    let found = signs.get(at).copied().unwrap_or('e');
    match rng.below(4) {
        0 => drop(signs.remove(at)),
        1 => signs.insert(at, found),
        2 => signs.swap(at - 1, at),
        _ => {
            let other = beside(found, rng);
            if let Some(place) = signs.get_mut(at) {
                *place = other;
            }
        }
    }
    signs.into_iter().collect()
}

/// A key beside this one; for digits another digit.
fn beside(sign: char, rng: &mut Rng) -> char {
    const KEYS: &[&str] = &["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];
    let row = KEYS.iter().find(|row| row.contains(sign.to_ascii_lowercase()));
    let Some((row, at)) = row.and_then(|row| Some((row, row.find(sign.to_ascii_lowercase())?))) else {
        return sign;
    };
    let at = if at == 0 || (rng.per_mille(500) && at + 1 < row.len()) {
        at + 1
    } else {
        at - 1
    };
    row.chars().nth(at).unwrap_or(sign)
}

/// As somebody writes it who has heard it.
pub fn misheard(word: &str, rng: &mut Rng) -> String {
    let lower = word.to_lowercase();
    let fitting: Vec<&(&str, &str)> = HEARD
        .iter()
        .filter(|(written, _)| lower.get(1..).is_some_and(|rest| rest.contains(written)))
        .collect();
    let Some((written, heard)) = fitting.get(rng.below(fitting.len())).copied() else {
        return mistyped(word, rng);
    };
    let (first, rest) = lower.split_at_checked(1).unwrap_or((lower.as_str(), ""));
    format!("{}{}", first.to_uppercase(), rest.replacen(written, heard, 1))
}

/// What somebody of this name is called, an initial, or the name itself.
pub fn called(given: &str, rng: &mut Rng) -> String {
    let short = CALLED.iter().find(|(name, _)| *name == given).map(|(_, short)| *short);
    match short {
        Some(short) if rng.per_mille(600) => short.to_owned(),
        _ => given.chars().take(1).collect(),
    }
}

/// A registration in which look-alike signs were taken for each other, where it has some.
pub fn misread(plate: &str) -> String {
    plate
        .chars()
        .map(|sign| match sign {
            'O' => '0',
            '0' => 'O',
            '1' => 'I',
            sign => sign,
        })
        .collect()
}
