//! The words that tell people from companies.

/// Titles used on forms in Britain and on the Continent, canonical spelling first, then what is folded to it. Those that are also
/// given names or surnames, such as Pan and Don, are not among them.
#[rustfmt::skip]
const TITLES: &[(&str, &[&str])] = &[
    ("Mr", &["mister"]), ("Mrs", &["missus"]), ("Miss", &[]), ("Ms", &[]), ("Mx", &[]),
    ("Dr", &["doctor"]), ("Prof", &["professor"]), ("Rev", &["reverend", "revd"]), ("Sir", &[]), ("Dame", &[]),
    ("Lord", &[]), ("Lady", &[]), ("Fr", &["father"]), ("Sr", &[]), ("Master", &["mstr"]), ("Capt", &["captain", "cpt"]),
    ("Major", &["maj"]), ("Col", &["colonel"]), ("Sgt", &["sergeant"]), ("Cpl", &["corporal"]), ("Lt", &["lieutenant"]),
    ("Cmdr", &["commander"]), ("Hon", &["honourable"]), ("Judge", &[]), ("Rabbi", &[]), ("Imam", &[]), ("Sheikh", &["shaikh"]),
    ("Herr", &[]), ("Frau", &[]), ("Fräulein", &["fraulein"]), ("Monsieur", &[]), ("Madame", &[]), ("Mme", &[]), ("Mlle", &[]),
    ("Mademoiselle", &[]), ("Dhr", &[]), ("Mevr", &[]), ("Mevrouw", &[]), ("Sra", &[]), ("Srta", &[]), ("Señor", &[]), ("Señora", &[]),
    ("Sig.ra", &["sigra"]), ("Signor", &[]), ("Signora", &[]), ("Dott", &[]), ("Dott.ssa", &["dottssa"]), ("Pani", &[]), ("Hr", &[]),
    ("Fru", &[]),
];

/// Words that begin a surname of several words.
pub(super) const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "du", "da", "di", "del", "della", "dos", "das", "le", "la", "ten", "ter", "st",
    "bin", "ibn", "al", "el", "o", "mac", "mc", "af", "av", "zu", "y",
];

/// Letters and words behind a name, as they are written, then what is folded to them: of descent, honours and degrees.
#[rustfmt::skip]
const SUFFIXES: &[(&str, &[&str])] = &[
    ("Jr", &["junior"]), ("Jnr", &[]), ("Sr", &["senior"]), ("Snr", &[]), ("II", &[]), ("III", &[]), ("IV", &[]),
    ("Esq", &["esquire"]), ("MBE", &[]), ("OBE", &[]), ("CBE", &[]), ("KBE", &[]), ("DBE", &[]), ("GBE", &[]), ("BEM", &[]),
    ("KCB", &[]), ("QPM", &[]), ("PhD", &[]), ("DPhil", &[]), ("MPhil", &[]), ("BSc", &[]), ("MSc", &[]), ("BEng", &[]),
    ("MEng", &[]), ("CEng", &[]), ("MBA", &[]), ("LLB", &[]), ("LLM", &[]), ("MBBS", &[]), ("FRCS", &[]), ("MRCVS", &[]),
    ("FRCVS", &[]), ("FRICS", &[]), ("MRICS", &[]), ("FCA", &[]), ("ACCA", &[]),
];

/// Letters behind a name that are also surnames, given names or initials: they count only where the way in which they are
/// written sets them apart. Jack Ma has no degree.
const AMBIGUOUS_SUFFIXES: &[&str] = &[
    "MA", "BA", "MD", "JP", "QC", "KC", "DL", "MP", "RN", "VC", "GC", "CB", "CH",
];

/// Titles that people write behind a name. The others, such as Judge, Lord and Major, are surnames there.
const TRAILING_TITLES: &[&str] = &["Mr", "Mrs", "Miss", "Ms", "Mx", "Dr", "Prof", "Rev"];

/// Titles that are given names or words of firms as well, so that they alone prove no person.
const RANKS: &[&str] = &[
    "Lady", "Lord", "Master", "Major", "Judge", "Hon", "Col", "Capt", "Sr", "Fr", "Dame", "Imam",
];

/// Salutations that no British form lists: with one of them a column of titles holds salutations, and not jobs. Folded.
#[rustfmt::skip]
const OTHER_SALUTATIONS: &[&str] = &[
    "messrs", "sirs", "madam", "sister", "brother", "pastor", "canon", "bishop", "deacon", "archdeacon", "baron", "baroness",
    "count", "countess", "viscount", "duke", "duchess", "earl", "cllr", "councillor", "brig", "brigadier", "gen", "general",
    "admiral", "pte", "private", "wg cdr", "flt lt", "sqn ldr", "gp capt", "lance cpl", "ssgt", "wo1", "wo2",
    "herr", "frau", "fräulein", "m", "mme", "mlle", "monsieur", "madame", "mademoiselle", "sig", "sigra", "signor", "signora",
    "señor", "señora", "senor", "senora", "sra", "srta", "don", "doña", "dhr", "mevr", "mevrouw", "mw", "heer", "hr", "fru",
    "pan", "pani", "panstwo", "państwo", "ing", "dipl ing", "mag", "dott", "dottssa", "familie", "eheleute", "snr", "d", "dna", "haji", "hajji", "shri", "smt", "kum",
];

/// Terms that only companies have (the British ones of cleanco's list, and others).
const COMPANY_TERMS: &[&str] = &[
    "ltd",
    "limited",
    "plc",
    "llp",
    "cic",
    "cio",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "gmbh",
    "llc",
    "ltda",
    "pty",
    "holdings",
    "group",
    "association",
    "society",
    "enterprises",
    "industries",
    "company",
];

/// The canonical spelling of a title, with or without its full stop.
pub(super) fn title(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches(['.', ',']);
    let is_title = |name: &&str| name.eq_ignore_ascii_case(word);
    TITLES
        .iter()
        .find(|(canonical, others)| is_title(canonical) || others.iter().any(is_title))
        .map(|(canonical, _)| *canonical)
}

pub(super) fn is_particle(word: &str) -> bool {
    is_listed(word, PARTICLES)
}

/// The letters behind a name as they are written: `ph.d.` is `PhD`. Those that may be a name are not among them.
pub(super) fn suffix(word: &str) -> Option<&'static str> {
    let bare = without_stops(word);
    let is_suffix = |name: &&str| name.eq_ignore_ascii_case(&bare);
    SUFFIXES
        .iter()
        .find(|(written, others)| is_suffix(written) || others.iter().any(is_suffix))
        .map(|(written, _)| *written)
}

/// As [`suffix`], also for letters that may be a name, where they stand in capitals as nothing else does.
pub(super) fn suffix_in_capitals(word: &str) -> Option<&'static str> {
    let bare = without_stops(word);
    let ambiguous = AMBIGUOUS_SUFFIXES.iter().find(|letters| **letters == bare);
    suffix(word).or(ambiguous.copied())
}

fn without_stops(word: &str) -> String {
    word.chars()
        .filter(|character| !matches!(character, '.' | ','))
        .collect()
}

/// The title that a word behind a name is.
pub(super) fn trailing_title(word: &str) -> Option<&'static str> {
    title(word).filter(|title| TRAILING_TITLES.contains(title))
}

/// A title that may be a given name, or a word of a firm: Lady Johana.
pub(super) fn is_rank(title: &str) -> bool {
    RANKS.contains(&title)
}

/// Whether a text is nothing but salutations: `Mr`, `Mr & Mrs`, `Herr Dr.`
pub(super) fn is_salutation(text: &str) -> bool {
    let folded = torqueflow_model::fold(text);
    let is_known =
        |word: &str| word == "and" || joins_titles(word) || title(word).is_some() || OTHER_SALUTATIONS.contains(&word);
    !folded.is_empty() && (OTHER_SALUTATIONS.contains(&folded.as_str()) || folded.split(' ').all(is_known))
}

/// `and` between two titles, in other languages. Between names some of these words join the parts of one surname.
pub(super) fn joins_titles(word: &str) -> bool {
    const WORDS: [&str; 5] = ["und", "et", "en", "og", "och"];
    // One letter in upper case is an initial.
    matches!(word, "y" | "e" | "i") || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_listed(word: &str, list: &[&str]) -> bool {
    list.iter()
        .any(|entry| entry.eq_ignore_ascii_case(word.trim_end_matches('.')))
}

/// A term that only companies have, such as `Ltd` and `L.L.P.`
pub(super) fn is_company_term(word: &str) -> bool {
    COMPANY_TERMS.contains(&word.replace('.', "").as_str())
}
