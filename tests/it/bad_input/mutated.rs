//! Workbooks of older forms in which some bytes were changed. Their parsers may crash, hang, or read something; the
//! program that has them read goes on.

use torqueflow_test_support::older::{ods_bytes, xls_bytes, xlsb_bytes};
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use super::{assert_says, good, run_bounded};
use crate::support::{Workspace, csv_file, on_each_database, with_part};

const MUTANTS: usize = 8;

/// Changes some bytes, of the records rather than of the container.
fn mutate(bytes: &mut [u8], rng: &mut Rng) {
    for _ in 0..=rng.below(20) {
        let place = rng.below(bytes.len());
        bytes[place] = match rng.below(3) {
            0 => 0xFF,
            1 => bytes[place] ^ (1 << rng.below(8)),
            _ => rng.below(256) as u8,
        };
    }
}

fn tables() -> Vec<SampleTable> {
    Garage::generate(&SampleOptions { customers: 5, seed: 9 }).tables()
}

/// Looks into mutants one by one; each is read, or refused with its name.
#[track_caller]
fn check(name: &str, whole: &[u8], change: impl Fn(&mut Rng) -> Vec<u8>) {
    let workspace = Workspace::on_sqlite();
    let mut rng = Rng::new(whole.len() as u64);
    let mut refused = 0;
    for _ in 0..MUTANTS {
        workspace.write(name, change(&mut rng));
        let ran = run_bounded(
            &workspace,
            &format!("detect {name} --json --set-limit conversion_seconds=1"),
        );
        let file = &ran.json()["files"][0];
        assert_eq!(file["file"], name);
        if let Some(message) = file["error"]["message"].as_str() {
            refused += 1;
            assert!(message.ends_with(" again.") || message.ends_with('.'), "{message}");
        }
        assert!((0..4).contains(&ran.code), "{}", ran.stderr);
    }
    println!("{name}: {refused} of {MUTANTS} refused");
    assert!(refused > 0);
}

#[test]
fn a_mutated_xls_is_read_or_refused() {
    let whole = xls_bytes(&tables()).unwrap();
    check("garage.xls", &whole, |rng| {
        let mut mutant = whole.clone();
        mutate(&mut mutant[512..], rng);
        mutant
    });
}

#[test]
fn a_mutated_xlsb_is_read_or_refused() {
    let whole = xlsb_bytes(&tables()).unwrap();
    check("garage.xlsb", &whole, |rng| {
        let mut mutant = whole.clone();
        mutate(&mut mutant, rng);
        mutant
    });
}

#[test]
fn a_mutated_ods_is_read_or_refused() {
    let whole = ods_bytes(&tables()).unwrap();
    check("garage.ods", &whole, |rng| {
        with_part(&whole, "content.xml", |content| {
            let mut bytes = content.into_bytes();
            mutate(&mut bytes, rng);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
}

#[test]
fn a_mutated_one_leaves_the_database_as_it_was() {
    let mut old = xls_bytes(&[good()]).unwrap();
    // Where the sectors of the file are listed.
    old[512..520].fill(0xFF);
    let spreadsheet = with_part(&ods_bytes(&[good()]).unwrap(), "content.xml", |content| {
        content.replace("</table:table-row>", "<table:table-row>")
    });
    for (name, bytes, cure) in [
        ("old.xls", old, "save it again"),
        ("old.ods", spreadsheet, "save it as .xlsx"),
    ] {
        on_each_database(|workspace| {
            workspace.write("good.csv", csv_file(&good()));
            workspace.import("good.csv", 0);
            let before = (workspace.dump(), workspace.written());
            workspace.write(name, &bytes);
            let refused = run_bounded(workspace, &format!("import {name}")).exits(1);
            assert_says(&refused, name, &["damaged", cure]);
            assert_eq!((workspace.dump(), workspace.written()), before);
        });
    }
}
