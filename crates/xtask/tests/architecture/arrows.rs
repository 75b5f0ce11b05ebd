//! Which crate may use which: a star around `model`, and edges around the star.

use super::workspace::{Dependency, Member, PURE, member_named, members};

/// What each crate may use of ours. What is not listed is a wrong arrow.
const ARROWS: &[(&str, &[&str])] = &[
    // The vocabulary, and what could be published alone.
    ("model", &[]),
    ("msoffcrypto-rs", &[]),
    // Siblings: they never see each other.
    ("cleanup", &["model"]),
    ("dedupe", &["model"]),
    ("detection", &["model"]),
    ("tabular", &["model", "msoffcrypto-rs"]),
    // A source system: it speaks about tables.
    ("techman", &["model", "detection"]),
    // Composes the siblings, and takes source systems as values.
    ("pipeline", &["model", "cleanup", "dedupe", "detection", "tabular"]),
    // The rules of an import.
    ("engine", &["model", "dedupe", "pipeline"]),
    // The only ones that know the database.
    ("migrations", &[]),
    ("persistence", &["model", "migrations"]),
    // The use cases.
    (
        "app",
        &[
            "model",
            "cleanup",
            "dedupe",
            "detection",
            "engine",
            "persistence",
            "pipeline",
            "tabular",
            "techman",
        ],
    ),
    // The edges.
    ("api", &["model", "app", "pipeline"]),
    ("cli", &["model", "api", "app", "pipeline"]),
    // Tests and chores.
    ("test-support", &[]),
    ("msoffcrypto-fuzz", &["msoffcrypto-rs"]),
    (
        "fuzz",
        &[
            "model",
            "cleanup",
            "dedupe",
            "detection",
            "pipeline",
            "tabular",
            "techman",
            "msoffcrypto-fuzz",
        ],
    ),
    ("tests", ANY),
    ("xtask", ANY),
];

const ANY: &[&str] = &["*"];

/// What only some may use: the dependency, and who may, in whatever kind of dependency.
const RESERVED: &[(&str, &[&str])] = &[
    ("sea-orm", &["persistence", "migrations"]),
    ("sqlx", &["persistence", "migrations"]),
    ("actix-web", &["api", "cli", "tests"]),
    ("utoipa", &["api"]),
];

/// What the pure crates do not link; tests may.
const IMPURE: &[&str] = &[
    "actix-rt",
    "actix-web",
    "async-std",
    "async-trait",
    "chrono",
    "fastrand",
    "futures",
    "getrandom",
    "hyper",
    "rand",
    "rand_core",
    "reqwest",
    "sea-orm",
    "sqlx",
    "tokio",
    "ureq",
];

#[test]
fn crates_use_each_other_only_along_the_arrows() {
    for member in members() {
        let allowed = ARROWS.iter().find(|(name, _)| *name == member.name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("`{}` is new: say in ARROWS what it may use", member.name));
        for used in member.dependencies.iter().filter(|used| used.is_ours) {
            assert!(
                may_use(allowed, used),
                "wrong arrow: `{}` -> `{}`; it may use {allowed:?}",
                member.name,
                used.name
            );
        }
    }
}

/// Tests may use the test support; nothing that people run links it.
fn may_use(allowed: &[&str], used: &Dependency) -> bool {
    allowed == ANY || allowed.contains(&used.name.as_str()) || (used.is_dev && used.name == "test-support")
}

#[test]
fn what_is_reserved_is_used_only_by_those_it_is_reserved_for() {
    for (dependency, users) in RESERVED {
        for member in members().iter().filter(|member| uses(member, dependency)) {
            assert!(
                users.contains(&member.name.as_str()),
                "wrong arrow: `{}` -> `{dependency}`; only {users:?} may use it",
                member.name
            );
        }
    }
}

#[test]
fn pure_crates_link_nothing_impure() {
    for member in PURE.map(member_named) {
        for used in member.dependencies.iter().filter(|used| !used.is_dev) {
            assert!(
                !IMPURE.contains(&used.name.as_str()),
                "wrong arrow: `{}` -> `{}`; a pure crate has no async, database, HTTP, randomness or clock",
                member.name,
                used.name
            );
        }
    }
}

#[test]
fn the_arrows_allow_no_circle_and_name_known_crates() {
    for (place, (name, allowed)) in ARROWS.iter().enumerate() {
        let before = &ARROWS[..place];
        for other in allowed.iter().filter(|other| **other != "*") {
            let is_known = before.iter().any(|(earlier, _)| earlier == other);
            assert!(
                is_known,
                "`{name}` may use `{other}`, which does not come before it in ARROWS"
            );
        }
    }
}

fn uses(member: &Member, dependency: &str) -> bool {
    member.dependencies.iter().any(|used| used.name == dependency)
}
