//! What must happen with a file, out of the words of a manifest.

use std::path::Path;
use std::time::Duration;

use super::ask::{Answer, Fate, megabytes};
use super::manifest::Entry;
use super::reply::Outcome;

/// What every file is held to where its manifest does not say.
const MAX_BYTES: u64 = 300 << 20;
const MAX_TIME: Duration = Duration::from_secs(15);

/// What must happen with a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Demand {
    pub ending: Ending,
    max_bytes: u64,
    max_time: Duration,
}

/// How trying it must end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With any error.
    Refused,
    /// With one of these errors.
    RefusedAs(Vec<&'static str>),
    /// With an error or with rows.
    Any,
    /// With rows.
    Opens,
    /// With rows, or with one of these errors.
    OpensOrRefusedAs(Vec<&'static str>),
}

impl Demand {
    /// Only that it ends, and in bounds.
    pub fn to_end() -> Self {
        Self::ending(Ending::Any)
    }

    /// That it ends with an error, and in bounds.
    pub fn to_be_refused() -> Self {
        Self::ending(Ending::Refused)
    }

    fn ending(ending: Ending) -> Self {
        Self {
            ending,
            max_bytes: MAX_BYTES,
            max_time: MAX_TIME,
        }
    }

    /// Reads the column `must`: `Err or rows; no panic/abort; RSS<256MB; <10s`. `None` where it says something else.
    pub fn parse(entry: &Entry) -> Option<Self> {
        let must = entry.get("must").to_lowercase();
        let stem = Path::new(entry.file()).file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy().to_lowercase();
        let mut demand = Self::ending(ending(&must, &stem)?);
        for word in must.split([',', ';']).map(str::trim) {
            if let Some(size) = word.strip_prefix("rss<").and_then(|size| size.strip_suffix("mb")) {
                demand.max_bytes = size.trim().parse::<u64>().ok()? << 20;
            } else if let Some(time) = word.strip_prefix('<').and_then(|time| time.strip_suffix('s')) {
                demand.max_time = Duration::try_from_secs_f64(time.trim().parse().ok()?).ok()?;
            }
        }
        Some(demand)
    }

    /// What of it does not hold; empty if all does.
    pub fn broken_by(&self, answer: &Answer) -> Vec<String> {
        let mut broken = Vec::new();
        if !self.ending.allows(answer) {
            broken.push(format!("{} instead of {}", answer.summary(), self.ending.words()));
        }
        if answer.peak_bytes >= self.max_bytes {
            let (used, allowed) = (megabytes(answer.peak_bytes), megabytes(self.max_bytes));
            broken.push(format!("{used} MB of memory, more than {allowed}"));
        }
        if answer.busy >= self.max_time {
            let (took, allowed) = (answer.busy.as_secs_f64(), self.max_time.as_secs_f64());
            broken.push(format!("{took:.1} s, more than {allowed}"));
        }
        broken
    }
}

fn ending(must: &str, stem: &str) -> Option<Ending> {
    const INTEGRITY: &str = "integrity_failed";
    if must.starts_with("err or rows") {
        Some(Ending::Any)
    } else if must.starts_with("err: integrity") {
        Some(Ending::RefusedAs(vec![INTEGRITY]))
    } else if must.starts_with("err: wrong password") {
        let mut codes = vec!["wrong_password"];
        codes.extend(must.contains("or cap").then_some("limit_exceeded"));
        Some(Ending::RefusedAs(codes))
    } else if must.starts_with("err,") || must == "err" {
        Some(Ending::Refused)
    } else if must.contains(&format!("{stem} must open or give an integrity error")) {
        Some(Ending::OpensOrRefusedAs(vec![INTEGRITY]))
    } else if must.starts_with("opens") {
        Some(Ending::Opens)
    } else {
        None
    }
}

impl Ending {
    fn allows(&self, answer: &Answer) -> bool {
        let is_open = matches!(answer.fate, Fate::Said(Outcome::Read(_) | Outcome::Decrypted { .. }));
        let code = answer.code();
        match self {
            Self::Refused => !code.is_empty(),
            Self::RefusedAs(codes) => codes.contains(&code),
            Self::Any => is_open || !code.is_empty(),
            Self::Opens => is_open,
            Self::OpensOrRefusedAs(codes) => is_open || codes.contains(&code),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Refused => "an error".to_owned(),
            Self::RefusedAs(codes) => codes.join(" or "),
            Self::Any => "rows or an error".to_owned(),
            Self::Opens => "rows".to_owned(),
            Self::OpensOrRefusedAs(codes) => format!("rows or {}", codes.join(" or ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reply::Refusal;
    use super::*;

    #[track_caller]
    fn check(must: &str, expected: Option<&(Ending, u64, u64)>) {
        let demand = Demand::parse(&Entry::of(&[("file", "pkg_extra_block.xlsx"), ("must", must)]));
        let shown = demand.map(|demand| (demand.ending, demand.max_bytes >> 20, demand.max_time.as_secs()));
        assert_eq!(shown.as_ref(), expected, "{must}");
    }

    #[test]
    fn the_words_of_a_manifest_are_understood() {
        check("Err, no panic/abort, RSS<64MB, <2s", Some(&(Ending::Refused, 64, 2)));
        check(
            "Err or rows; no panic/abort; RSS<256MB; <10s",
            Some(&(Ending::Any, 256, 10)),
        );
        check(
            "Err: wrong password, bounded time (or cap)",
            Some(&(Ending::RefusedAs(vec!["wrong_password", "limit_exceeded"]), 300, 15)),
        );
        check(
            "Err: integrity (size mismatch), distinct from wrong password",
            Some(&(Ending::RefusedAs(vec!["integrity_failed"]), 300, 15)),
        );
        check(
            "opens with Passw0rd! (pkg_extra_block must open or give an integrity error)",
            Some(&(Ending::OpensOrRefusedAs(vec!["integrity_failed"]), 300, 15)),
        );
        check("opens with secret", Some(&(Ending::Opens, 300, 15)));
        check("does what it likes", None);
        check("Err, RSS<many MB", None);
    }

    #[test]
    fn what_does_not_hold_is_named() {
        let answer = |fate, seconds, megabytes: u64| Answer {
            fate,
            busy: Duration::from_secs(seconds),
            peak_bytes: megabytes << 20,
        };
        let refused = |code: &str| {
            Fate::Said(Outcome::Refused(Refusal {
                code: code.to_owned(),
                message: String::new(),
            }))
        };
        let demand = Demand::ending(Ending::RefusedAs(vec!["wrong_password"]));
        assert!(demand.broken_by(&answer(refused("wrong_password"), 1, 1)).is_empty());
        let broken = demand.broken_by(&answer(refused("malformed_file"), 20, 400));
        assert_eq!(
            broken,
            [
                "malformed_file instead of wrong_password",
                "400 MB of memory, more than 300",
                "20.0 s, more than 15"
            ]
        );
        let broken = Demand::to_end().broken_by(&answer(Fate::Hung, 1, 1));
        assert_eq!(broken, ["hung instead of rows or an error"]);
    }
}
