//! Given names and what people are called who have them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Names of one person. A name may stand in several rows: `Ted` is an Edward or a Theodore. Short forms that begin the
/// name (`Dan`, `Alex`) need no row.
///
/// From the lists of English diminutives in general use (E. G. Withycombe, *The Oxford Dictionary of English Christian
/// Names*; US census name-matching tables), with spellings of one name that differ by more than a letter.
const ROWS: &[&[&str]] = &[
    &["albert", "bert", "bertie"],
    &["alfred", "fred", "freddie", "alfie"],
    &["alexander", "alistair", "sandy", "xander", "lex"],
    &["alexandra", "sandra", "sandy", "sasha"],
    &["andrew", "drew"],
    &["ann", "anne", "anna", "annie", "nancy", "hannah", "anita"],
    &["anthony", "antony", "tony"],
    &["antonia", "toni"],
    &["barbara", "babs", "bobbie"],
    &["bernard", "bernie"],
    &[
        "catherine",
        "katherine",
        "kathryn",
        "kate",
        "katie",
        "kathy",
        "cathy",
        "kay",
        "kit",
        "kitty",
    ],
    &["charles", "charlie", "chas", "chuck"],
    &["charlotte", "lottie", "charlie"],
    &["christina", "christine", "tina", "kirsty"],
    &["christopher", "kit", "kris"],
    &["david", "davey", "dave", "dai"],
    &["deborah", "debbie"],
    &["dorothy", "dot", "dottie", "dolly"],
    &["edward", "ted", "teddy", "ned", "eddie", "ed"],
    &["eleanor", "ellen", "nell", "nora", "ellie", "lena"],
    &[
        "elizabeth",
        "liz",
        "lizzie",
        "beth",
        "betty",
        "betsy",
        "bess",
        "libby",
        "lisa",
        "elsie",
        "eliza",
    ],
    &["emily", "millie"],
    &["frances", "fanny", "frankie"],
    &["francis", "frank", "frankie"],
    &["geoffrey", "jeffrey", "geoff", "jeff"],
    &["gerald", "gerard", "gerry", "jerry"],
    &["gillian", "jill", "jilly"],
    &["harold", "harry", "hal"],
    &["helen", "ellen", "nell", "lena"],
    &["henry", "harry", "hank", "hal"],
    &["hubert", "bert"],
    &["isabella", "isobel", "bella", "izzy"],
    &["jacqueline", "jackie"],
    &["james", "jim", "jimmy", "jamie", "hamish"],
    &["jane", "jean", "jenny", "janet", "janie"],
    &["joan", "joanna", "joanne", "jo"],
    &["johannes", "hans", "jan", "john"],
    &["john", "jack", "johnny", "jon", "ian", "sean", "ivan"],
    &["jonathan", "jon", "john"],
    &["joseph", "joe", "joey"],
    &["josephine", "jo", "josie"],
    &["judith", "judy"],
    &["lawrence", "laurence", "larry", "laurie"],
    &["louis", "lewis", "lou"],
    &[
        "margaret", "maggie", "meg", "peg", "peggy", "madge", "greta", "rita", "daisy", "margot",
    ],
    &["martha", "mattie", "patty"],
    &["mary", "maria", "marie", "molly", "polly", "may", "mamie"],
    &["matilda", "tilly", "maud"],
    &["michael", "mike", "mick", "micky"],
    &["mohammed", "muhammad", "mohamed", "mohd", "mo"],
    &["nicholas", "nick", "nicky"],
    &["nicola", "nicky"],
    &["patricia", "pat", "patsy", "trish", "tricia"],
    &["patrick", "pat", "paddy", "padraig"],
    &["penelope", "penny"],
    &["philip", "phil", "pip"],
    &["rebecca", "becky", "becca"],
    &["reginald", "reg", "rex"],
    &["richard", "dick", "rick", "ricky", "dickie"],
    &["robert", "bob", "bobby", "rob", "robin", "bert"],
    &["rosemary", "rose", "rosie"],
    &["sarah", "sally", "sadie"],
    &["stephen", "steven", "steve", "stefan"],
    &["susan", "susanna", "suzanne", "sue", "susie", "suki"],
    &["theodore", "ted", "teddy", "theo"],
    &["theresa", "teresa", "terry", "tess"],
    &["thomas", "tom", "tommy"],
    &["victoria", "vicky", "tori"],
    &["virginia", "ginny"],
    &["walter", "wally"],
    &["wilhelm", "willi"],
    &["william", "bill", "billy", "will", "willie", "liam"],
];

/// The rows in which each name stands.
static PLACES: LazyLock<FxHashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, row) in ROWS.iter().enumerate() {
        for name in *row {
            places.entry(name).or_default().push(at);
        }
    }
    places
});

/// Whether one person can have both names. They are folded.
pub(crate) fn are_of_one_name(first: &str, second: &str) -> bool {
    let (Some(first), Some(second)) = (PLACES.get(first), PLACES.get(second)) else {
        return false;
    };
    first.iter().any(|row| second.contains(row))
}

/// Whether the name stands in a row.
pub(crate) fn has_other_forms(name: &str) -> bool {
    PLACES.contains_key(name)
}
