//! Imports, people's changes and rollbacks in any order, against a model of a few dozen lines that knows no versions: it
//! remembers who wrote what in which order, by looking at the tables before and after.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use torqueflow_app::DuplicateAction;
use torqueflow_app::options::{OnDuplicate, Orphans, RunOptions};
use torqueflow_app::rollback::EntityOutcomes;
use torqueflow_model::EntityKind;
use torqueflow_test_support::postgres::TestDatabase;
use uuid::Uuid;

use crate::support::{Contents, Library, Row};

/// Cases without `PROPTEST_CASES`.
const CASES: u32 = 8;
/// People that files are about. Few, so that files overlap.
const PEOPLE: u8 = 9;

#[test]
fn rollbacks_follow_the_model_on_sqlite() {
    check_against_model(TestDatabase::sqlite());
}

#[test]
fn rollbacks_follow_the_model_on_postgresql() {
    check_against_model(TestDatabase::postgresql());
}

#[test]
fn an_import_that_is_taken_back_leaves_nothing_on_sqlite() {
    check_nothing_left(TestDatabase::sqlite());
}

#[test]
fn an_import_that_is_taken_back_leaves_nothing_on_postgresql() {
    check_nothing_left(TestDatabase::postgresql());
}

/// A line of a file.
#[derive(Debug, Clone)]
struct Line {
    person: u8,
    /// What the file says of them, bit by bit.
    fields: u8,
    group: u8,
}

/// A file, or two that belong together.
#[derive(Debug, Clone)]
struct Import {
    /// From Techman, with jobs; else from nowhere in particular, without.
    techman: bool,
    lines: Vec<Line>,
    on_duplicate: DuplicateAction,
    orphans: Orphans,
}

#[derive(Debug, Clone)]
enum Step {
    Import(Import),
    /// A person changes some record.
    Edit(prop::sample::Index),
    /// A person adds a vehicle to some customer.
    AddVehicle(prop::sample::Index),
    /// Some run is taken back, as far as that goes.
    RollBack(prop::sample::Index),
}

fn import() -> impl Strategy<Value = Import> {
    let line = (0..PEOPLE, any::<u8>(), 0_u8..3).prop_map(|(person, fields, group)| Line { person, fields, group });
    let action = prop::sample::select(vec![
        DuplicateAction::Skip,
        DuplicateAction::Merge,
        DuplicateAction::Merge,
        DuplicateAction::Create,
    ]);
    let orphans = prop::sample::select(vec![Orphans::Fail, Orphans::Unlinked]);
    (any::<bool>(), prop::collection::vec(line, 1..8), action, orphans).prop_map(
        |(techman, lines, on_duplicate, orphans)| Import {
            techman,
            lines,
            on_duplicate,
            orphans,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => import().prop_map(Step::Import),
        2 => any::<prop::sample::Index>().prop_map(Step::Edit),
        1 => any::<prop::sample::Index>().prop_map(Step::AddVehicle),
        3 => any::<prop::sample::Index>().prop_map(Step::RollBack),
    ]
}

impl Import {
    fn options(&self) -> RunOptions {
        RunOptions {
            source_system: self.techman.then(|| "techman".to_owned()),
            on_duplicate: OnDuplicate::all(self.on_duplicate),
            orphans: self.orphans,
            ..RunOptions::default()
        }
    }

    fn files(&self) -> Vec<(&'static str, String)> {
        if !self.techman {
            let mut text = "Customer ID,First Name,Last Name,Email,Landline,Address,City,Postcode\n".to_owned();
            for line in &self.lines {
                writeln!(text, "A-{},{}", line.person, line.plain()).unwrap();
            }
            return vec![("customers.csv", text)];
        }
        let mut customers = "CustomerNumber,CustomerName,Phone,PhoneLandline,Email,AddressLine1,Town,Postcode,\
                             CustomerGroupName,CustomerOnStop,VehicleRemindersEnabled,NotificationsEnabled,\
                             VehicleRegistration,VehicleMake\n"
            .to_owned();
        let mut jobs = "JobNumber,CustomerNumber,VehicleRegistration,JobDate\n".to_owned();
        for (number, line) in self.lines.iter().enumerate() {
            customers += &line.techman();
            // Some belong to a customer of another line, or to nobody.
            let customer = (line.person + line.group) % (PEOPLE + 1);
            let registration = line.registration();
            if line.fields & 16 == 0 {
                continue;
            }
            writeln!(jobs, "{number:05},{customer:06},{registration},21/03/2024 09:00:00").unwrap();
        }
        vec![("CustomersAndVehicles.csv", customers), ("Jobs.csv", jobs)]
    }
}

impl Line {
    fn when(&self, bit: u8, text: String) -> String {
        if self.fields & (1 << bit) == 0 {
            String::new()
        } else {
            text
        }
    }

    /// The first two share an address, which makes it worth less.
    fn email(&self) -> String {
        format!("mail{}@ellwood.example", self.person.max(1))
    }

    fn first_name(&self) -> &'static str {
        ["Marta", "Jonas", "Edith"][usize::from(self.person % 3)]
    }

    fn registration(&self) -> String {
        format!("TX{:02}RYA", 60 + self.person / 2)
    }

    fn plain(&self) -> String {
        [
            self.first_name().to_owned(),
            "Ellwood".to_owned(),
            self.email(),
            self.when(0, format!("01632 96000{}", self.person)),
            self.when(1, format!("{} Mill Lane", self.person)),
            self.when(2, "Norbury".to_owned()),
            self.when(3, "NB1 2AB".to_owned()),
        ]
        .join(",")
    }

    fn techman(&self) -> String {
        let flag = |bit: u8| if self.fields & (1 << bit) == 0 { "False" } else { "True" }.to_owned();
        let cells = [
            format!("{:06}", self.person),
            format!("{} Ellwood", self.first_name()),
            self.when(0, format!("07181 05032{}", self.person)),
            self.when(1, format!("01632 96077{}", self.person)),
            self.email(),
            self.when(2, format!("{} Station Road", self.person)),
            self.when(2, "Kelbridge".to_owned()),
            self.when(3, "KB3 4CD".to_owned()),
            self.when(4, ["Retail", "Trade", "Fleet"][usize::from(self.group)].to_owned()),
            flag(5),
            flag(6),
            flag(7),
            self.when(6, self.registration()),
            "Ford".to_owned(),
        ];
        cells.join(",") + "\n"
    }
}

/// Who wrote to a record.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Writer {
    Person,
    Run(usize),
}

/// A write to a record: what changed columns said before; `None` where the record was not there.
#[derive(Debug, Clone)]
struct Write {
    writer: Writer,
    record: (String, String),
    before: Option<Row>,
    changed: BTreeSet<String>,
    undone: bool,
}

/// A mapping that a run rewrote, and what it said before.
#[derive(Debug, Clone)]
struct Rewritten {
    run: usize,
    mapping: (String, String),
    before: Row,
}

/// What ought to be in the tables, and how it came there.
#[derive(Default, Clone)]
struct Model {
    contents: Contents,
    writes: Vec<Write>,
    rewritten: Vec<Rewritten>,
    runs: Vec<Uuid>,
    /// What rollbacks did, and why something stayed.
    seen: BTreeSet<&'static str>,
}

impl Model {
    /// Takes over what somebody did.
    fn observe(&mut self, writer: Writer, after: Contents) {
        for (key, row) in after.iter().filter(|(key, _)| is_business(&key.0)) {
            let before = self.contents.get(key);
            if before != Some(row) {
                let columns = row.keys().chain(before.into_iter().flat_map(BTreeMap::keys));
                let of = |row: Option<&Row>, column: &String| row.and_then(|row| row.get(column)).cloned();
                let changed = columns.filter(|column| of(before, column) != of(Some(row), column));
                self.writes.push(Write {
                    writer,
                    record: key.clone(),
                    before: before.cloned(),
                    changed: changed.cloned().collect(),
                    undone: false,
                });
            }
        }
        for (key, row) in after.iter().filter(|(key, _)| key.0 == "import_mapping") {
            if let (Writer::Run(run), Some(before)) = (writer, self.contents.get(key))
                && before != row
            {
                self.rewritten.push(Rewritten {
                    run,
                    mapping: key.clone(),
                    before: before.clone(),
                });
            }
        }
        self.contents = after;
    }

    /// What remains when a run is taken back.
    fn roll_back(&mut self, run: usize) {
        // What stays is seen by trying, as if nothing owned anything.
        let mut tried = self.clone();
        tried.take_back(run, &BTreeSet::new());
        let stays = tried
            .writes
            .iter()
            .filter(|write| write.writer == Writer::Run(run) && !write.undone);
        let staying: BTreeSet<_> = stays.map(|write| write.record.clone()).collect();
        self.take_back(run, &staying);
    }

    /// Takes a run back, but for what these records own.
    fn take_back(&mut self, run: usize, staying: &BTreeSet<(String, String)>) {
        let id = self.runs[run].to_string();
        let rewritten: Vec<_> = self.rewritten_by(run).map(|mine| mine.mapping.clone()).collect();
        // New mappings to records that were there before go alone.
        self.contents.retain(|key, row| {
            let own = key.0 == "import_mapping" && row["run_id"] == id;
            let is_new = own && !rewritten.contains(key);
            !is_new || row["origin"] == "created"
        });
        for kind in EntityKind::ALL.into_iter().rev() {
            for place in (0..self.writes.len()).rev() {
                let write = &self.writes[place];
                let is_owned = self.owner(&write.record).is_some_and(|owner| staying.contains(&owner));
                if write.writer == Writer::Run(run) && !write.undone && write.record.0 == kind.name() && !is_owned {
                    self.undo(place, &id);
                }
            }
        }
        for mine in self
            .rewritten
            .extract_if(.., |mine| mine.run == run)
            .collect::<Vec<_>>()
        {
            self.write_back(run, &id, mine);
        }
    }

    /// What owns a record.
    fn owner(&self, record: &(String, String)) -> Option<(String, String)> {
        let (link, owner) = match record.0.as_str() {
            "customer_address" => ("customer_id", "customer"),
            "work_order_note" | "work_order_part" | "work_order_labour" => ("work_order_id", "work_order"),
            _ => return None,
        };
        let id = self.contents.get(record)?.get(link)?;
        Some((owner.to_owned(), id.clone()))
    }

    fn rewritten_by(&self, run: usize) -> impl Iterator<Item = &Rewritten> {
        self.rewritten.iter().filter(move |rewritten| rewritten.run == run)
    }

    /// A change stays with the mapping that came with it, when another run rewrote that since.
    fn came_with_rewritten_mapping(&self, write: &Write, run_id: &str) -> bool {
        let Writer::Run(run) = write.writer else { return false };
        self.rewritten_by(run)
            .filter(|mine| mine.before["record_id"] == write.record.1)
            .filter_map(|mine| self.contents.get(&mine.mapping))
            .any(|row| row["run_id"] != run_id)
    }

    /// A rewritten mapping says again what it said, unless another run rewrote it since or what came with it stays.
    fn write_back(&mut self, run: usize, run_id: &str, rewritten: Rewritten) {
        let record = &rewritten.before["record_id"];
        let mut writes = self.writes.iter();
        let stays = writes.any(|write| write.writer == Writer::Run(run) && write.record.1 == *record && !write.undone);
        match self.contents.get_mut(&rewritten.mapping) {
            Some(row) if !stays && row["run_id"] == run_id => *row = rewritten.before,
            _ => self.rewritten.push(rewritten),
        }
    }

    fn undo(&mut self, place: usize, run_id: &str) {
        let write = &self.writes[place];
        let record = write.record.clone();
        let later = self.writes[place + 1..]
            .iter()
            .filter(|later| later.record == record && !later.undone);
        if later.count() > 0 {
            return;
        }
        if write.before.is_some() && self.came_with_rewritten_mapping(write, run_id) {
            return;
        }
        if let Some(before) = &write.before {
            let row = self.contents.get_mut(&record).unwrap();
            for column in &write.changed {
                row.remove(column);
                if let Some(value) = before.get(column) {
                    row.insert(column.clone(), value.clone());
                }
            }
        } else {
            let needed = self.contents.iter().any(|((table, _), row)| match table.as_str() {
                "import_mapping" => row["record_id"] == record.1 && row["run_id"] != run_id,
                _ => row
                    .iter()
                    .any(|(column, id)| column.ends_with("_id") && *id == record.1),
            });
            if needed {
                return;
            }
            self.contents.remove(&record);
            self.contents
                .retain(|(table, _), row| table != "import_mapping" || row["record_id"] != record.1);
        }
        self.writes[place].undone = true;
    }

    /// Records of these tables that are there, in a fixed order.
    fn records(&self, tables: &[&str]) -> Vec<(String, String)> {
        let keys = self.contents.keys();
        keys.filter(|(table, _)| tables.contains(&table.as_str()))
            .cloned()
            .collect()
    }
}

fn is_business(table: &str) -> bool {
    EntityKind::from_name(table).is_some()
}

fn run_step(library: &Library, model: &mut Model, number: usize, step: &Step) {
    match step {
        Step::Import(import) => {
            let id = library.import(&import.files(), &import.options());
            model.runs.push(id);
            model.observe(Writer::Run(model.runs.len() - 1), library.contents());
        }
        Step::Edit(which) => {
            let columns = [
                ("customer", "notes"),
                ("customer", "landline"),
                ("vehicle", "colour"),
                ("work_order", "description"),
                ("customer_address", "line_2"),
                ("customer_group", "name"),
            ];
            let records = model.records(&columns.map(|(table, _)| table));
            if records.is_empty() {
                return;
            }
            let (table, id) = which.get(&records);
            let fitting: Vec<_> = columns.iter().filter(|(known, _)| known == table).collect();
            let column = fitting[number % fitting.len()].1;
            library.edit(table, id, column, &format!("changed in step {number}"));
            model.observe(Writer::Person, library.contents());
        }
        Step::AddVehicle(which) => {
            let customers = model.records(&["customer"]);
            if customers.is_empty() {
                return;
            }
            library.add_vehicle(&which.get(&customers).1, &format!("JX{number:02}ABC"));
            model.observe(Writer::Person, library.contents());
        }
        Step::RollBack(which) => {
            let runs: Vec<usize> = (0..model.runs.len()).filter(|run| model.can_roll_back(*run)).collect();
            if runs.is_empty() {
                return;
            }
            let run = *which.get(&runs);
            let report = library.roll_back(model.runs[run]);
            model.seen.extend(report.reasons.iter().map(|reason| reason.code));
            let outcomes = report.entities.values();
            let count = |of: fn(&EntityOutcomes) -> i64| outcomes.clone().map(of).sum::<i64>();
            let seen = [
                ("deleted", count(|outcomes| outcomes.deleted)),
                ("restored", count(|outcomes| outcomes.restored)),
                ("unlinked", count(|outcomes| outcomes.unlinked)),
            ];
            model
                .seen
                .extend(seen.iter().filter(|(_, count)| *count > 0).map(|(name, _)| *name));
            model.roll_back(run);
        }
    }
}

impl Model {
    /// The run has written something that stands.
    fn can_roll_back(&self, run: usize) -> bool {
        let id = self.runs[run].to_string();
        let mut writes = self.writes.iter().filter(|write| write.writer == Writer::Run(run));
        let mut mappings = self.contents.iter().filter(|((table, _), _)| table == "import_mapping");
        writes.any(|write| !write.undone) || mappings.any(|(_, row)| row["run_id"] == id)
    }
}

fn config() -> Config {
    Config {
        cases: env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap()),
        rng_seed: RngSeed::Fixed(23),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    }
}

fn check_against_model(database: TestDatabase) {
    let library = RefCell::new(Library::new(database));
    let seen = RefCell::new(BTreeSet::new());
    let first = import().prop_map(Step::Import);
    let steps = (first, prop::collection::vec(step(), 2..9));
    let outcome = TestRunner::new(config()).run(&steps, |(first, steps)| {
        library.borrow_mut().begin_anew();
        let library = library.borrow();
        let mut model = Model::default();
        for (number, step) in std::iter::once(&first).chain(&steps).enumerate() {
            run_step(&library, &mut model, number, step);
            assert_same(&library.contents(), &model.contents, number);
        }
        seen.borrow_mut().extend(model.seen);
        Ok(())
    });
    outcome.unwrap();
    let seen = seen.into_inner();
    println!("{seen:?}");
    // Otherwise the cases have not tried what they are for. What blocks a record, or keeps what it
    // owns, comes about too seldom, and is tried in `rollback`.
    for what in ["deleted", "restored", "unlinked", "changed_since"] {
        assert!(seen.contains(what), "{what}: {seen:?}");
    }
}

#[track_caller]
fn assert_same(actual: &Contents, expected: &Contents, step: usize) {
    let missing: Vec<_> = expected
        .iter()
        .filter(|(key, row)| actual.get(*key) != Some(row))
        .collect();
    let surplus: Vec<_> = actual
        .iter()
        .filter(|(key, row)| expected.get(*key) != Some(row))
        .collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "after step {step}\nexpected {missing:#?}\nfound {surplus:#?}"
    );
}

/// Something is imported, then something else on top of it, which is taken back, imported again, and both are taken back.
fn check_nothing_left(database: TestDatabase) {
    let library = RefCell::new(Library::new(database));
    let outcome = TestRunner::new(config()).run(&(import(), import()), |(below, above)| {
        library.borrow_mut().begin_anew();
        let library = library.borrow();
        let first = library.import(&below.files(), &below.options());
        let before = library.contents();
        let second = library.import(&above.files(), &above.options());
        let imported = library.dump();
        if library.contents() == before {
            // All of it was known.
            return Ok(());
        }
        assert!(library.roll_back(second).is_complete());
        assert_same(&library.contents(), &before, 2);

        let again = library.import(&above.files(), &above.options());
        assert_eq!(library.dump(), imported, "the same file can be imported again");
        assert!(library.roll_back(again).is_complete());
        if !before.is_empty() {
            assert!(library.roll_back(first).is_complete());
        }
        assert_same(&library.contents(), &Contents::new(), 5);
        Ok(())
    });
    outcome.unwrap();
}
