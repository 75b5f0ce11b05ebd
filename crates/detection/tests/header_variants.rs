//! However a header row is written, it is that of the same table: in any case and order, with marks of other programs, and with
//! a slip of the keyboard or two.

use torqueflow_detection::{Detection, Detector, built_in_sources};

/// Headers shorter than this are other words with one letter changed.
const SHORTEST: usize = 7;

/// The type of a table, or those that it may be.
fn told(detection: &Detection) -> Vec<String> {
    let found = detection.table_type.iter().map(|found| found.type_id.clone());
    found
        .chain(detection.candidates.iter().map(|one| one.type_id.clone()))
        .collect()
}

/// All tables of known systems, with all of their columns.
fn each_table(check: impl Fn(&Detector, &str, &[String])) {
    let sources = built_in_sources();
    let detector = Detector::new(sources.clone());
    for source in sources.iter().filter(|source| source.id != "generic") {
        for table in &source.tables {
            let columns: Vec<String> = table.columns.iter().map(|column| column.header.clone()).collect();
            check(&detector, &table.type_id, &columns);
        }
    }
}

#[track_caller]
fn check_same(detector: &Detector, type_id: &str, columns: &[String], varied: &[String], how: &str) {
    let (expected, found) = (detector.detect(columns, &[]), detector.detect(varied, &[]));
    assert_eq!(told(&found), told(&expected), "{type_id} {how}: {varied:?}");
}

#[test]
fn case_order_and_marks_make_no_difference() {
    each_table(|detector, type_id, columns| {
        let of = |change: &dyn Fn(&String) -> String| columns.iter().map(change).collect::<Vec<_>>();
        let mut marked = columns.to_vec();
        if let Some(first) = marked.first_mut() {
            first.insert(0, '\u{feff}');
        }
        let reversed: Vec<String> = columns.iter().rev().cloned().collect();
        for (how, varied) in [
            ("upper", of(&|text| text.to_uppercase())),
            ("lower", of(&|text| text.to_lowercase())),
            ("trailing", of(&|text| format!(" {text} \u{a0}"))),
            ("no-break", of(&|text| text.replace(' ', "\u{a0}"))),
            (
                "dashes",
                of(&|text| text.replace('-', "\u{2013}").replace('\'', "\u{2019}")),
            ),
            ("slashes", of(&|text| text.replace('/', " / "))),
            ("marked", marked),
            ("reversed", reversed),
        ] {
            check_same(detector, type_id, columns, &varied, how);
        }
    });
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most.max(1)
    }

    /// A letter dropped, doubled, or swapped with its neighbour.
    fn slip(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let place = 1 + self.below(letters.len() - 2);
        match self.below(3) {
            0 => {
                letters.remove(place);
            }
            1 => {
                let letter = letters.get(place).copied().unwrap_or('x');
                letters.insert(place, letter);
            }
            _ => letters.swap(place, place - 1),
        }
        letters.into_iter().collect()
    }
}

#[test]
fn a_slip_or_two_make_no_difference() {
    let numbers = std::cell::RefCell::new(Numbers(20_240_311));
    let result = std::cell::RefCell::new((Vec::new(), 0));
    each_table(|detector, type_id, columns| {
        let plain = |text: &&usize| {
            let header = &columns[**text];
            header.chars().count() >= SHORTEST && header.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
        };
        let all: Vec<usize> = (0..columns.len()).collect();
        let long: Vec<usize> = all.iter().filter(plain).copied().collect();
        let expected = told(&detector.detect(columns, &[]));
        for slips in [1, 1, 2, 2] {
            if long.len() < slips {
                continue;
            }
            let mut numbers = numbers.borrow_mut();
            let mut varied = columns.to_vec();
            for _ in 0..slips {
                let place = long[numbers.below(long.len())];
                if varied[place] == columns[place] {
                    varied[place] = numbers.slip(&columns[place]);
                }
            }
            let found = told(&detector.detect(&varied, &[]));
            let mut result = result.borrow_mut();
            result.1 += 1;
            if found != expected {
                result.0.push(format!("{type_id}: {found:?} {varied:?}"));
            }
        }
    });
    let (wrong, tried) = result.into_inner();
    // A slip may make a short signature one that anybody could have written.
    assert!(
        wrong.len() * 50 <= tried,
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
