//! Encrypted workbooks: each opens with its password and with no other, or is refused by name.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Results;
use super::ask::{Answer, Asker, Fate};
use super::demand::Demand;
use super::manifest::{Entry, Manifest};
use super::reply::Outcome;
use super::worker::Task;
use crate::table;

/// What opens nothing.
const WRONG_PASSWORD: &str = "certainly not this one";

const HASHES: [&str; 4] = ["SHA1", "SHA256", "SHA384", "SHA512"];

/// What is demanded of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is not encrypted, and opens.
    Plain,
    /// Its password opens it; another one is a wrong one.
    Opens,
    /// Nobody knows its password: no other opens it.
    Locked,
    /// It is refused by name.
    Refused,
}

impl Kind {
    fn of(entry: &Entry) -> Self {
        let is_read = (entry.get("scheme").starts_with("agile") || entry.get("scheme").starts_with("standard"))
            && entry.get("cipher") == "AES"
            && ["CBC", "ECB"].contains(&entry.get("chaining"))
            && HASHES.contains(&entry.get("hash"));
        match (is_read, entry.get("password_known")) {
            (true, "yes") => Self::Opens,
            (true, _) => Self::Locked,
            (false, _) if entry.get("scheme").starts_with("none") => Self::Plain,
            (false, _) => Self::Refused,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Plain => "opens",
            Self::Opens => "opens, with its password only",
            Self::Locked => "does not open",
            Self::Refused => "is refused by name",
        }
    }
}

/// Tries every file and compares with what its manifest demands.
pub fn check(manifest: &Manifest, asker: &Asker) -> anyhow::Result<Results> {
    let mut failures = Vec::new();
    let mut groups: BTreeMap<(String, &str), (u32, u32)> = BTreeMap::new();
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    for entry in &manifest.entries {
        let kind = Kind::of(entry);
        let broken = match kind {
            Kind::Plain => plain(entry, asker)?,
            Kind::Opens => opens(entry, asker)?,
            Kind::Locked => locked(entry, asker)?,
            Kind::Refused => refused(entry, asker, &mut names)?,
        };
        let group = groups.entry((scheme(entry), kind.words())).or_default();
        group.0 += 1;
        group.1 += u32::from(broken.is_empty());
        failures.extend(broken.iter().map(|what| format!("{}: {what}", entry.file())));
    }
    let rows = groups.iter().map(|((scheme, demand), (files, hold))| {
        let words = [scheme.clone(), (*demand).to_owned()];
        words.into_iter().chain([files.to_string(), hold.to_string()]).collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut text = table::markdown(&["encryption", "what must hold", "files", "holds"], &rows, 2);
    text.push_str("\nRefused:\n");
    for (name, count) in names {
        writeln!(text, "{count:>4} {name}")?;
    }
    Ok(Results { text, failures })
}

fn scheme(entry: &Entry) -> String {
    let parts = ["scheme", "cipher", "keybits", "chaining", "hash"].map(|column| entry.get(column));
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn plain(entry: &Entry, asker: &Asker) -> anyhow::Result<Vec<String>> {
    let answer = asker.ask(Task::Read, entry.file(), None)?;
    let mut broken = Demand::to_end().broken_by(&answer);
    if !matches!(answer.fate, Fate::Said(Outcome::Read(_))) {
        broken.push(format!("{} instead of rows", answer.summary()));
    }
    Ok(broken)
}

fn opens(entry: &Entry, asker: &Asker) -> anyhow::Result<Vec<String>> {
    let answer = asker.ask(Task::Decrypt, entry.file(), Some(entry.get("password")))?;
    let mut broken = Demand::to_end().broken_by(&answer);
    let expected = entry.get("plain_sha256");
    match &answer.fate {
        Fate::Said(Outcome::Decrypted { sha256 }) if expected.is_empty() || sha256 == expected => {}
        Fate::Said(Outcome::Decrypted { .. }) => broken.push("another plaintext than that listed".to_owned()),
        _ => broken.push(format!("its password: {}", explained(&answer))),
    }
    broken.extend(wrong(entry, asker)?);
    Ok(broken)
}

fn wrong(entry: &Entry, asker: &Asker) -> anyhow::Result<Vec<String>> {
    let answer = asker.ask(Task::Decrypt, entry.file(), Some(WRONG_PASSWORD))?;
    let mut broken = Demand::to_end().broken_by(&answer);
    if answer.code() != "wrong_password" {
        broken.push(format!("another password: {}", explained(&answer)));
    }
    Ok(broken)
}

fn locked(entry: &Entry, asker: &Asker) -> anyhow::Result<Vec<String>> {
    let answer = asker.ask(Task::Decrypt, entry.file(), Some(WRONG_PASSWORD))?;
    Ok(Demand::to_be_refused().broken_by(&answer))
}

/// A refusal by name says what the file is.
fn refused(entry: &Entry, asker: &Asker, names: &mut BTreeMap<String, u32>) -> anyhow::Result<Vec<String>> {
    let answer = asker.ask(Task::Read, entry.file(), Some(entry.get("password")))?;
    let mut broken = Demand::to_end().broken_by(&answer);
    if answer.code() == "unsupported_format" {
        *names.entry(explained(&answer)).or_default() += 1;
    } else {
        broken.push(format!("not refused by name: {}", explained(&answer)));
    }
    Ok(broken)
}

/// What came out, in the words of the message.
fn explained(answer: &Answer) -> String {
    match &answer.fate {
        Fate::Said(Outcome::Refused(refusal)) => refusal.message.clone(),
        _ => answer.summary(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: [&str; 5], expected: Kind) {
        let names = ["scheme", "cipher", "chaining", "hash", "password_known"];
        let columns: Vec<(&str, &str)> = names.into_iter().zip(columns).collect();
        assert_eq!(Kind::of(&Entry::of(&columns)), expected, "{columns:?}");
    }

    #[test]
    fn what_is_demanded_follows_from_the_encryption() {
        check(["agile", "AES", "CBC", "SHA512", "yes"], Kind::Opens);
        check(["standard v3.2", "AES", "ECB", "SHA1", "yes"], Kind::Opens);
        check(["agile", "AES", "CBC", "SHA512", "no"], Kind::Locked);
        check(["agile", "AES", "CFB", "SHA512", "yes"], Kind::Refused);
        check(["agile", "AES", "CBC", "MD5", "yes"], Kind::Refused);
        check(["agile", "RC2", "CBC", "SHA1", "yes"], Kind::Refused);
        check(["xls", "", "", "", "no"], Kind::Refused);
        check(["none(zip)", "", "", "", "n/a"], Kind::Plain);
    }
}
