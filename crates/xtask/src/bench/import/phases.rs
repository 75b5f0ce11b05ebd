//! The phases of an import, told while the bench runs.

use std::fmt;
use std::time::Duration;

use anyhow::Context;

use crate::process::Ended;

/// What an import says on standard error when a phase begins.
const DETECTING: &str = "Opening the files";
const ANALYSING: &str = "Analysing every row";
const IMPORTING: &str = "Importing";

/// How long each phase of an import took. What was before the first is in none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phases {
    detecting: Duration,
    analysing: Duration,
    importing: Duration,
}

impl fmt::Display for Phases {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [detecting, analysing, importing] =
            [self.detecting, self.analysing, self.importing].map(|phase| phase.as_secs_f64());
        write!(
            formatter,
            "detecting took {detecting:.2} s, analysing {analysing:.2} s, importing {importing:.2} s"
        )
    }
}

/// The phases of an import that has ended.
pub fn phases(import: &Ended) -> anyhow::Result<Phases> {
    let begin = |phase: &str| {
        let line = import.lines.iter().find(|(_, line)| line == phase);
        line.map(|(at, _)| *at)
            .with_context(|| format!("the import did not say `{phase}`"))
    };
    let (detecting, analysing, importing) = (begin(DETECTING)?, begin(ANALYSING)?, begin(IMPORTING)?);
    Ok(Phases {
        detecting: analysing.saturating_sub(detecting),
        analysing: importing.saturating_sub(analysing),
        importing: import.wall.saturating_sub(importing),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_from_what_an_import_says() {
        let at = Duration::from_secs;
        let line = |seconds, text: &str| (at(seconds), text.to_owned());
        let mut ended = Ended {
            status: None,
            wall: at(60),
            busy: at(50),
            peak_bytes: 0,
            output: String::new(),
            lines: vec![line(1, DETECTING), line(3, ANALYSING), line(9, "a.csv: analysed")],
        };
        assert!(phases(&ended).is_err());
        ended.lines.push(line(10, IMPORTING));
        let expected = Phases {
            detecting: at(2),
            analysing: at(7),
            importing: at(50),
        };
        assert_eq!(phases(&ended).unwrap(), expected);
    }
}
