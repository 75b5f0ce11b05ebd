//! What is printed and written of a run.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use torqueflow_dedupe::{MatchLevel, Suggestion};

use super::Run;
use super::input::Labelled;
use super::outcome::{Outcome, share};
use crate::table::markdown;

/// The figures of a run.
pub fn text(run: &Run, outcome: &Outcome) -> String {
    let figure = |name: &str, value: String| vec![name.to_owned(), value];
    let (all, rows) = (outcome.all(), run.index.len());
    let micros =
        |duration: Duration, count: usize| format!("{:.1} µs", duration.as_secs_f64() * 1e6 / count.max(1) as f64);
    let scored: Duration = run.times.iter().sum();
    let p99 = run
        .times
        .get(run.times.len().saturating_sub(1) * 99 / 100)
        .copied()
        .unwrap_or_default();
    let (same, related) = run.model.expected_people();
    let mut lines = vec![
        figure("records", rows.to_string()),
        figure("pairs that are the same", outcome.pairs.to_string()),
        figure("precision", format!("{:.4}", all.precision())),
        figure("recall", format!("{:.4}", outcome.recall())),
        figure("F1", format!("{:.4}", outcome.f1())),
    ];
    for (name, band) in ["low", "medium", "high"].into_iter().zip(&outcome.bands).rev() {
        let value = format!(
            "{:.4} of {}, recall {:.4}",
            band.precision(),
            band.suggested,
            share(band.right, outcome.pairs)
        );
        lines.push(figure(&format!("precision at {name}"), value));
    }
    lines.extend([
        figure(
            "a true record in the first three",
            format!("{:.4}", share(outcome.in_first_three, outcome.rows)),
        ),
        figure(
            "rows pointed at a wrong record",
            format!("{:.4} ({})", share(outcome.misled, outcome.asked), outcome.misled),
        ),
        figure(
            "of them at high",
            format!(
                "{:.4} ({})",
                share(outcome.misled_high, outcome.asked),
                outcome.misled_high
            ),
        ),
        figure(
            "related pairs, of them the same",
            format!("{}, {}", outcome.related.suggested, outcome.related.right),
        ),
        figure(
            "pairs compared",
            format!(
                "{} ({:.1} a row)",
                outcome.compared,
                outcome.compared as f64 / outcome.asked.max(1) as f64
            ),
        ),
        figure("building the index", format!("{} a row", micros(run.build, rows))),
        figure(
            "fitting the model",
            format!(
                "{:.0} ms on {} pairs, {same:.3} same and {related:.3} related expected",
                run.fit.as_secs_f64() * 1e3,
                run.model.fitted_pairs()
            ),
        ),
        figure("finding matches, mean", micros(scored, run.times.len())),
        figure("finding matches, p99", micros(p99, 1)),
        figure(
            "memory of the index",
            format!("{} bytes a record", run.index.bytes() / rows.max(1)),
        ),
    ]);
    markdown(&["", "now"], &lines, 1)
}

/// All suggestions as a CSV.
pub fn write(path: &Path, run: &Run, labelled: &Labelled) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["id_l", "id_r", "probability", "level"])?;
    for (row, found) in labelled.records.iter().zip(&run.found) {
        for suggestion in &found.suggestions {
            let other = labelled
                .records
                .get(suggestion.record as usize)
                .map_or("", |record| record.id.as_str());
            writer.write_record([
                other,
                &row.id,
                &format!("{:.6}", suggestion.probability),
                level(suggestion),
            ])?;
        }
    }
    Ok(writer.flush()?)
}

fn level(suggestion: &Suggestion) -> &'static str {
    match suggestion.level {
        MatchLevel::Low => "low",
        MatchLevel::Medium => "medium",
        MatchLevel::High => "high",
    }
}

/// Pairs that were missed, and suggestions that are wrong.
pub fn examples(run: &Run, labelled: &Labelled, most: usize) -> String {
    let mut text = String::new();
    let line = |record: u32| {
        labelled
            .records
            .get(record as usize)
            .map(super::input::Record::line)
            .unwrap_or_default()
    };
    let mut missed: Vec<(u32, u32)> = labelled.pairs.iter().copied().collect();
    missed.sort_unstable();
    let is_suggested = |(one, other): &(u32, u32)| {
        let found = run.found.get(*other as usize);
        found.is_some_and(|found| found.suggestions.iter().any(|suggestion| suggestion.record == *one))
    };
    missed.retain(|pair| !is_suggested(pair));
    for (one, other) in missed.iter().step_by((missed.len() / most).max(1)).take(most) {
        let found = run.found.get(*other as usize);
        let relation = found.and_then(|found| found.relations.iter().find(|relation| relation.record == *one));
        let note = relation.map_or("not suggested", |relation| relation.explanation.reason.as_str());
        // Writing to a string does not fail.
        let _ = writeln!(text, "missed: {}\n        {}\n        {note}", line(*one), line(*other));
    }
    let wrong = (0_u32..)
        .zip(&run.found)
        .flat_map(|(row, found)| found.suggestions.iter().map(move |suggestion| (row, suggestion)));
    let wrong: Vec<_> = wrong
        .filter(|(row, suggestion)| !labelled.pairs.contains(&(suggestion.record, *row)))
        .collect();
    for (row, suggestion) in wrong.iter().step_by((wrong.len() / most).max(1)).take(most) {
        let _ = writeln!(
            text,
            "wrong:  {}\n        {}\n        {} {:.3}: {}",
            line(suggestion.record),
            line(*row),
            level(suggestion),
            suggestion.probability,
            suggestion.explanation.reason
        );
    }
    text
}
