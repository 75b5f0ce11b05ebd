//! The words that tell people from companies.

/// Titles used on British forms, canonical spelling first, then what is folded to it.
#[rustfmt::skip]
const TITLES: &[(&str, &[&str])] = &[
    ("Mr", &["mister"]), ("Mrs", &["missus"]), ("Miss", &[]), ("Ms", &[]), ("Mx", &[]),
    ("Dr", &["doctor"]), ("Prof", &["professor"]), ("Rev", &["reverend", "revd"]), ("Sir", &[]), ("Dame", &[]),
    ("Lord", &[]), ("Lady", &[]), ("Fr", &["father"]), ("Sr", &[]), ("Master", &["mstr"]), ("Capt", &["captain", "cpt"]),
    ("Major", &["maj"]), ("Col", &["colonel"]), ("Sgt", &["sergeant"]), ("Cpl", &["corporal"]), ("Lt", &["lieutenant"]),
    ("Cmdr", &["commander"]), ("Hon", &["honourable"]), ("Judge", &[]), ("Rabbi", &[]), ("Imam", &[]), ("Sheikh", &["shaikh"]),
];

/// Words that begin a surname of several words.
pub(super) const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "du", "da", "di", "del", "della", "dos", "das", "le", "la", "ten", "ter", "st",
    "bin", "ibn", "al", "el", "o", "mac", "mc", "af", "av", "zu", "y",
];

/// Words after a surname.
pub(super) const SUFFIXES: &[&str] = &[
    "jr", "jnr", "snr", "ii", "iii", "iv", "obe", "mbe", "cbe", "phd", "bsc", "ba", "ma", "msc", "md", "esq", "qc",
    "kc", "jp",
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

/// Words that end the name of a company more often than that of a person.
const COMPANY_HINTS: &[&str] = &[
    "motors",
    "autos",
    "auto",
    "garage",
    "garages",
    "taxis",
    "taxi",
    "cabs",
    "cars",
    "hire",
    "leasing",
    "rentals",
    "services",
    "transport",
    "haulage",
    "logistics",
    "couriers",
    "recovery",
    "bodyshop",
    "tyres",
    "vans",
    "coaches",
    "builders",
    "building",
    "plumbing",
    "electrical",
    "electrics",
    "roofing",
    "scaffolding",
    "engineering",
    "solutions",
    "systems",
    "construction",
    "properties",
    "developments",
    "farm",
    "farms",
    "nurseries",
    "consulting",
    "consultants",
    "centre",
    "center",
    "trust",
    "partnership",
    "associates",
    "contractors",
    "landscapes",
    "landscaping",
    "flooring",
    "joinery",
    "catering",
    "cleaning",
    "repairs",
    "sales",
    "account",
    "customer",
    "stores",
    "supplies",
    "trading",
    "commercials",
    "fleet",
    "insurance",
    "bank",
];

/// Words that make a name an institution's wherever they stand.
const INSTITUTIONS: &[&str] = &[
    "council",
    "police",
    "nhs",
    "university",
    "school",
    "college",
    "ambulance",
    "constabulary",
];

/// Accounts for sales to nobody in particular, folded.
const COUNTER_SALES: &[&str] = &[
    "cash sale",
    "cash sales",
    "cash customer",
    "cash account",
    "cash",
    "counter sale",
    "counter sales",
    "walk in",
    "walk in customer",
    "retail customer",
    "trade customer",
    "internal",
    "workshop",
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

pub(super) fn is_suffix(word: &str) -> bool {
    is_listed(word.trim_matches(['.', ',']), SUFFIXES)
}

fn is_listed(word: &str, list: &[&str]) -> bool {
    list.iter()
        .any(|entry| entry.eq_ignore_ascii_case(word.trim_end_matches('.')))
}

/// Whether a name is a company's rather than a person's.
pub(super) fn is_company(name: &str) -> bool {
    let lower = name.to_lowercase();
    if lower.contains("t/a ") || lower.contains("trading as ") || COUNTER_SALES.contains(&lower.as_str()) {
        return true;
    }
    let words: Vec<&str> = lower
        .split([' ', ',', '-', '/'])
        .map(|word| word.trim_matches(['.', '\'', '"']))
        .filter(|word| !word.is_empty())
        .collect();
    let dotless = |word: &&str| COMPANY_TERMS.contains(&word.replace('.', "").as_str());
    let family = words.windows(2).any(|pair| {
        matches!(
            pair,
            [
                "&" | "and" | "+",
                "sons" | "son" | "co" | "daughters" | "daughter" | "partners" | "bros" | "company"
            ]
        )
    });
    if words.iter().any(dotless) || family || words.iter().any(|word| INSTITUTIONS.contains(word)) {
        return true;
    }
    let titled = words.first().is_some_and(|first| title(first).is_some());
    !titled
        && words.len() >= 2
        && words
            .last()
            .is_some_and(|last| COMPANY_HINTS.contains(last) || *last == "co")
}
