//! `bench match`: how well and how fast records of the same person, firm or vehicle are found.

mod data;
mod input;
mod outcome;
mod report;

pub use data::MatchData;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use torqueflow_dedupe::{Found, Index, Matcher, Model, Scope};

use super::machine;
use crate::table::print;
use input::{Columns, Labelled, Mapped};
use outcome::Outcome;

/// Match labelled records, and print how well and how fast that went.
///
/// One configuration for all: the shipped model, re-fitted without labels where there are enough records.
#[derive(Args)]
pub struct MatchBench {
    /// A CSV with the records.
    records: PathBuf,
    /// A CSV with the pairs that are the same: `id_l,id_r`.
    pairs: PathBuf,
    /// What columns hold, as `header=role`, comma-separated. Columns that are not named are left out.
    #[arg(long, value_delimiter = ',', required = true)]
    map: Vec<Mapped>,
    /// The column with the records' ids.
    #[arg(long, default_value = "record_id", value_name = "HEADER")]
    id: String,
    /// A column with two values: the records with the first in alphabetical order are stored, the others arrive, and only they ask.
    #[arg(long, value_name = "HEADER")]
    source: Option<String>,
    /// Write what was suggested: `id_l,id_r,probability,level`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Keep the shipped model as it is.
    #[arg(long)]
    no_fit: bool,
    /// Print so many pairs that were missed, and so many that are wrong, with the reasons.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    show: usize,
}

/// What was measured of a run.
pub(super) struct Run {
    pub index: Index,
    pub model: Model,
    pub scope: Scope,
    /// What was found, by record.
    pub found: Vec<Found>,
    pub build: Duration,
    pub fit: Duration,
    /// How long each record that asked took.
    pub times: Vec<Duration>,
}

impl MatchBench {
    /// Matches, and prints.
    pub fn run(&self) -> anyhow::Result<()> {
        let columns = Columns {
            id: &self.id,
            source: self.source.as_deref(),
            map: &self.map,
        };
        let labelled = Labelled::read(&self.records, &self.pairs, &columns)?;
        let run = Run::of(&labelled, !self.no_fit);
        let outcome = Outcome::of(&run, &labelled);
        print(&report::text(&run, &outcome));
        print(&machine::describe());
        if self.show > 0 {
            print(&report::examples(&run, &labelled, self.show));
        }
        self.out
            .as_deref()
            .map_or(Ok(()), |path| report::write(path, &run, &labelled))
    }
}

impl Run {
    fn of(labelled: &Labelled, fits: bool) -> Self {
        let start = Instant::now();
        let mut index = Index::new();
        for record in &labelled.records {
            index.add(&record.cells());
        }
        let build = start.elapsed();
        let scope = labelled.scope();
        let start = Instant::now();
        let shipped = Model::shipped();
        let model = if fits { index.fit(&shipped, scope) } else { shipped };
        let fit = start.elapsed();
        let mut matcher = Matcher::new(&index, &model);
        let (mut found, mut times) = (Vec::new(), Vec::new());
        for record in index.numbers() {
            let start = Instant::now();
            found.push(matcher.find(record, scope, usize::MAX));
            if record >= scope.stored {
                times.push(start.elapsed());
            }
        }
        times.sort_unstable();
        Self {
            index,
            model,
            scope,
            found,
            build,
            fit,
            times,
        }
    }
}
