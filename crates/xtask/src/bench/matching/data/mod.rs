//! `bench match-data`: labelled customers of a garage that does not exist.

mod firms;
mod lists;
mod people;
mod slips;
mod vehicles;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use torqueflow_test_support::rng::Rng;

use crate::step::say;

/// Write labelled records of invented families, firms and vehicles, as `bench match` reads them.
///
/// Households share phone numbers, e-mail addresses, cars and their registrations; most people have no e-mail address; names stand
/// in phone cells; registrations move to other cars and owners; firms have branches and fleets. What was written down twice has
/// the slips of typing and hearing. The same seed gives the same files.
#[derive(Args)]
pub struct MatchData {
    /// The folder; `families`, `firms` and `vehicles` are made in it.
    folder: PathBuf,
    /// How many records each has, about.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Another seed, other people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Records in the making, with who each of them is.
struct Labels {
    header: &'static [&'static str],
    /// The true identity of each record, and its cells.
    rows: Vec<(usize, Vec<String>)>,
}

impl MatchData {
    /// Writes the three sets.
    pub fn run(&self) -> anyhow::Result<()> {
        let stream = |number| Rng::stream(self.seed, number);
        let sets = [
            ("families", people::families(self.records, &mut stream(1))),
            ("firms", firms::firms(self.records, &mut stream(2))),
            ("vehicles", vehicles::vehicles(self.records, &mut stream(3))),
        ];
        for (number, (name, mut labels)) in (11..).zip(sets) {
            stream(number).shuffle(&mut labels.rows);
            labels.write(&self.folder.join(name))?;
            say(&format!(
                "{}: {} records",
                self.folder.join(name).display(),
                labels.rows.len()
            ));
        }
        Ok(())
    }
}

impl Labels {
    fn new(header: &'static [&'static str]) -> Self {
        Self {
            header,
            rows: Vec::new(),
        }
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        let id = |at: usize| format!("r{at:06}");
        let mut records = csv::Writer::from_path(folder.join("records.csv"))?;
        records.write_record(std::iter::once("record_id").chain(self.header.iter().copied()))?;
        for (at, (_, cells)) in self.rows.iter().enumerate() {
            records.write_record(std::iter::once(id(at)).chain(cells.iter().cloned()))?;
        }
        records.flush()?;
        let mut order: Vec<(usize, usize)> = self.rows.iter().enumerate().map(|(at, (who, _))| (*who, at)).collect();
        order.sort_unstable();
        let mut pairs = csv::Writer::from_path(folder.join("pairs.csv"))?;
        pairs.write_record(["id_l", "id_r"])?;
        for group in order.chunk_by(|one, other| one.0 == other.0) {
            for (place, (_, one)) in group.iter().enumerate() {
                for (_, other) in group.iter().skip(place + 1) {
                    pairs.write_record([id(*one), id(*other)])?;
                }
            }
        }
        Ok(pairs.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_records() {
        let rows = |seed| people::families(300, &mut Rng::stream(seed, 1)).rows;
        assert_eq!(rows(7), rows(7));
        assert_ne!(rows(7), rows(8));
    }

    #[test]
    fn households_share_and_most_have_no_mail() {
        let labels = people::families(2000, &mut Rng::stream(7, 1));
        let column = |name: &str| labels.header.iter().position(|header| *header == name).unwrap();
        let filled = |at: usize| labels.rows.iter().filter(|(_, cells)| !cells[at].is_empty()).count();
        let without_mail = 1.0 - filled(column("email")) as f64 / labels.rows.len() as f64;
        assert!((0.82..0.9).contains(&without_mail), "{without_mail}");
        let landline = column("phone");
        let shared = labels.rows.iter().enumerate().any(|(at, (who, cells))| {
            let others = labels.rows.iter().skip(at + 1);
            others.into_iter().any(|(other, others)| {
                who != other && !cells[landline].is_empty() && cells[landline] == others[landline]
            })
        });
        assert!(shared);
    }
}
