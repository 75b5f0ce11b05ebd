//! `ci`: what a change must pass.

use std::time::{Duration, Instant};

use crate::conformance::Conformance;
use crate::dependencies;
use crate::step::{cargo, run, say};
use crate::test::Test;

/// Requests per operation and phase: few, so that the step stays short. `conformance` by itself makes more.
const CONFORMANCE_EXAMPLES: u32 = 20;

/// A step: its name and what it does.
type Step = (&'static str, fn() -> anyhow::Result<()>);

const STEPS: [Step; 6] = [
    ("format", || run(cargo().args(["fmt", "--all", "--check"]))),
    ("dependencies", dependencies::check),
    ("lints", || {
        // With the features that it has by itself, as people build it.
        run(cargo().args(["clippy", "--package", "torqueflow-cli", "--", "-D", "warnings"]))?;
        run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("documentation", || {
        let mut doc = cargo();
        run(doc
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("tests", || Test::default().run()),
    ("conformance", || {
        let bounded = Conformance {
            examples: CONFORMANCE_EXAMPLES,
        };
        bounded.run()
    }),
];

/// Runs the steps in order; says at the end how long each took.
pub fn check() -> anyhow::Result<()> {
    run_steps(&STEPS, say)
}

fn run_steps(steps: &[Step], mut say: impl FnMut(&str)) -> anyhow::Result<()> {
    let mut result = Ok(());
    let mut lines = Vec::new();
    for (name, step) in steps {
        let start = Instant::now();
        if result.is_ok() {
            result = step();
            lines.push(outcome(name, start.elapsed(), result.is_ok()));
        } else {
            lines.push(format!("{name:<14}         not run"));
        }
    }
    for line in &lines {
        say(line);
    }
    result
}

fn outcome(name: &str, duration: Duration, passed: bool) -> String {
    let verdict = if passed { "passed" } else { "FAILED" };
    format!("{name:<14}{:>6.1} s {verdict}", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_stops_and_every_step_is_told() {
        let steps: [Step; 3] = [
            ("first", || Ok(())),
            ("second", || anyhow::bail!("broken")),
            ("third", || unreachable!("a step after a failed one")),
        ];
        let mut told = Vec::new();
        let error = run_steps(&steps, |line| told.push(line.to_owned())).unwrap_err();
        assert_eq!(error.to_string(), "broken");
        assert_eq!(
            told,
            [
                "first            0.0 s passed",
                "second           0.0 s FAILED",
                "third                  not run"
            ]
        );
    }
}
