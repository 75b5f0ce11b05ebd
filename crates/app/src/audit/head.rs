//! Heads of a chain: how many entries it had, and the last one's link, kept where the database's writers can't change it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use torqueflow_persistence::{AuditHead, OrganizationId};
use uuid::Uuid;

use crate::error::AppError;

/// Heads that a chain is checked against, by the number of entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads(Vec<AuditHead>);

impl Heads {
    /// Reads what a person gives: `COUNT:MAC`, or the name of a file with one head on each line.
    ///
    /// A line is `TIME ORGANISATION COUNT:MAC`, as sealing writes it, or just `COUNT:MAC`. Those of other organisations
    /// are left out.
    pub fn read(organization: OrganizationId, given: &str) -> Result<Self, AppError> {
        if let Some(head) = parse(given) {
            return Ok(Self(vec![head]));
        }
        let path = Path::new(given);
        let text = std::fs::read_to_string(path).map_err(AppError::io(path))?;
        let mut heads = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (of, head) = match words.as_slice() {
                [head] => (None, *head),
                [_, of, head] => (Some(*of), *head),
                _ => (None, line),
            };
            let head = parse(head).ok_or_else(|| AppError::AuditHead {
                given: format!("{given}: {line}"),
            })?;
            if of.is_none_or(|of| Uuid::parse_str(of) == Ok(organization.0)) {
                heads.push(head);
            }
        }
        heads.sort_by_key(|head| head.count);
        Ok(Self(heads))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of chains with this many entries.
    pub(super) fn at(&self, count: i64) -> impl Iterator<Item = &AuditHead> {
        self.0.iter().filter(move |head| head.count == count)
    }

    /// The one of the longest chain.
    pub(super) fn longest(&self) -> Option<&AuditHead> {
        self.0.iter().max_by_key(|head| head.count)
    }
}

/// `COUNT:MAC`, 64 hexadecimal digits of it.
fn parse(text: &str) -> Option<AuditHead> {
    let (count, mac) = text.trim().split_once(':')?;
    let is_mac = mac.len() == 64 && mac.bytes().all(|byte| byte.is_ascii_hexdigit());
    let count = count.parse().ok().filter(|count| *count > 0)?;
    is_mac.then(|| AuditHead {
        count,
        mac: mac.to_ascii_lowercase(),
    })
}

/// Adds a line with the head to the file, which only this user can read when it is new.
pub(super) fn append(path: &Path, organization: OrganizationId, head: &AuditHead) -> Result<(), AppError> {
    let time = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
    let line = format!("{time} {} {}:{}\n", organization.0, head.count, head.mac);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // One write, so that lines of several processes do not mix.
    options
        .open(path)
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(AppError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(parse(text).map(|head| head.count), expected, "{text}");
    }

    #[test]
    fn a_head_is_a_number_and_a_link() {
        let mac = "a".repeat(64);
        check(&format!("12:{mac}"), Some(12));
        check(&format!(" 1:{mac}\n"), Some(1));
        check(&format!("0:{mac}"), None);
        check(&format!("-1:{mac}"), None);
        check(&format!("12:{}", "g".repeat(64)), None);
        check("12:abc", None);
        check("heads.txt", None);
        check("C:heads.txt", None);
    }
}
