//! Merging and undoing at random, beside a simple model of what should be.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;

use serde_json::{Value, json};
use torqueflow_app::AppError;
use torqueflow_app::customers::CustomerError;
use torqueflow_test_support::rng::Rng;
use uuid::Uuid;

use crate::support::{Desk, assert_same, on_each_desk};

const HEADER: &str = "CustomerNumber,CustomerName,Phone,PhoneLandline,Email,AddressLine1,Town,Postcode,CustomerGroupName,\
                      CustomerOnStop,VehicleRemindersEnabled,NotificationsEnabled,VehicleRegistration\n";
const CUSTOMERS: usize = 6;

/// How many cases: more with `PROPTEST_CASES`.
fn cases() -> u64 {
    env::var("PROPTEST_CASES").map_or(3, |cases| cases.parse().unwrap())
}

fn for_each_case(check: impl Fn(&Desk<'_>, &mut Rng)) {
    on_each_desk(|open, workspace| {
        for case in 0..cases() {
            println!("case {case}");
            let owner = open(&format!("case-{case}"));
            let mut rng = Rng::stream(29, case);
            check(&owner.desk(workspace), &mut rng);
        }
    });
}

/// People who share some names, numbers and addresses, each with some vehicles, jobs and an invoice.
fn garage(rng: &mut Rng) -> String {
    let mut csv = HEADER.to_owned();
    let mut plate = 10;
    for number in 1..=CUSTOMERS {
        let name = rng.pick(&["Ada Smith", "Mrs Ada Smith", "Bob Jones", "Smith & Sons Ltd", "Eve"]);
        let phone = rng.pick(&["", "", "07911 123450", "07911 123451", "no phone", "01632 960009"]);
        let landline = rng.pick(&["", "01632 960001", "01632 960002"]);
        let email = rng.pick(&["", "ada@smith.example", "bob@jones.example", "office@smith.example"]);
        let address = rng.pick(&[",,", "1 Mill Lane,Norbury,NB1 2AB", "9 Station Road,Kelbridge,KB3 4CD"]);
        let flags = rng.pick(&["Retail,False,True,", "Trade,True,,True", ",,,", ",False,False,False"]);
        for _ in 0..=rng.below(3) {
            plate += 1;
            let flags = format!("{email},{address},{flags}");
            writeln!(csv, "C{number},{name},{phone},{landline},{flags},AB{plate}CDE").unwrap();
        }
    }
    csv
}

fn jobs(rng: &mut Rng) -> String {
    let mut csv = "JobNumber,CustomerNumber,VehicleRegistration,JobDate\n".to_owned();
    for number in 1..=CUSTOMERS * 2 {
        let customer = 1 + rng.below(CUSTOMERS);
        writeln!(csv, "{number},C{customer},,21/03/2024 09:00:00").unwrap();
    }
    csv
}

fn open(desk: &Desk<'_>, rng: &mut Rng) -> Vec<Uuid> {
    let slug = desk.organization().0.simple();
    desk.import(&format!("{slug}-garage.csv"), &garage(rng));
    desk.import(&format!("{slug}-jobs.csv"), &jobs(rng));
    people(desk)
}

/// The imported customers in the order of their numbers, and one that a person made.
fn people(desk: &Desk<'_>) -> Vec<Uuid> {
    desk.create(&json!({"first_name": "Joy", "last_name": "Smith", "email": "ada@smith.example"}));
    let mut ids = desk.find("C1");
    ids.extend((2..=CUSTOMERS).flat_map(|number| desk.find(&format!("C{number}"))));
    ids.extend(desk.find("joy"));
    assert_eq!(ids.len(), CUSTOMERS + 1);
    ids
}

/// Some of these, in random order; the first is the survivor.
fn some(rng: &mut Rng, ids: &[Uuid]) -> Vec<Uuid> {
    let mut chosen = ids.to_vec();
    rng.shuffle(&mut chosen);
    chosen.truncate(2 + rng.below(3));
    chosen
}

/// Choices for some fields.
fn choices(rng: &mut Rng, ids: &[Uuid]) -> Vec<(&'static str, Uuid)> {
    let fields = [
        "display_name",
        "email",
        "phone",
        "landline",
        "company",
        "on_stop",
        "notification_preferences.vehicle_reminders",
    ];
    let chosen: Vec<&'static str> = fields.into_iter().filter(|_| rng.per_mille(250)).collect();
    chosen
        .into_iter()
        .map(|field| (field, ids[rng.below(ids.len())]))
        .collect()
}

#[test]
fn merging_and_undoing_changes_nothing() {
    for_each_case(|desk, rng| {
        let ids = open(desk, rng);
        let before = desk.snapshot();
        for _ in 0..3 {
            let first = some(rng, &ids);
            let merged = desk.merge(first[0], &first[1..], &choices(rng, &first)).unwrap();
            let between = desk.snapshot();
            assert_ne!(between, before);
            // Another one on top: into the same customer, or taking it along.
            let left: Vec<Uuid> = ids.iter().copied().filter(|id| !first.contains(id)).collect();
            let mut second = some(rng, &left);
            second.insert(rng.below(2), first[0]);
            let on_top = desk.merge(second[0], &second[1..], &choices(rng, &second)).unwrap();
            let mut order = [merged.merge_id, on_top.merge_id];
            if second[0] != first[0] || rng.per_mille(500) {
                order.reverse();
            }
            for merge_id in order {
                desk.undo(merge_id).unwrap();
            }
            assert_same(&desk.snapshot(), &before);
        }
    });
}

#[test]
fn what_was_edited_after_a_merge_stays_edited_and_only_that() {
    for_each_case(|desk, rng| {
        let ids = open(desk, rng);
        let chosen = some(rng, &ids);
        let before: Vec<BTreeMap<String, Value>> = chosen.iter().map(|id| desk.get(*id).values).collect();
        let merged = desk.merge(chosen[0], &chosen[1..], &choices(rng, &chosen)).unwrap();
        let together = desk.get(chosen[0]).values;
        let edits = [
            ("notes", json!("Prefers mornings")),
            ("email", json!("new@address.example")),
            ("vat_number", json!("GB123456789")),
            ("on_stop", json!(true)),
            ("landline", json!("01632 960555")),
            ("phone", json!("07911 123999")),
        ];
        let mut edited = together.clone();
        for (field, value) in edits {
            if rng.per_mille(400) {
                edited = desk.edit(chosen[0], &json!({field: value})).values;
            }
        }
        let report = desk.undo(merged.merge_id).unwrap();
        let mut expected = before[0].clone();
        for column in together
            .keys()
            .chain(edited.keys())
            .filter(|column| together.get(*column) != edited.get(*column))
        {
            expected.insert(column.clone(), edited.get(column).cloned().unwrap_or_default());
        }
        expected.retain(|_, value| !value.is_null());
        assert_eq!(desk.get(chosen[0]).values, expected, "{report:#?}");
        for (id, before) in chosen.iter().zip(before).skip(1) {
            assert_eq!(desk.get(*id).values, before);
        }
        for kept in &report.kept {
            assert_ne!(together.get(&kept.field), edited.get(&kept.field), "{kept:?}");
        }
    });
}

/// What should be: who was merged into whom, and whose vehicle is whose.
#[derive(Default)]
struct Model {
    hidden: BTreeMap<Uuid, Uuid>,
    owners: BTreeMap<String, Uuid>,
    merges: Vec<Merged>,
    /// Runs that have not been taken back in full, each with the plate that it brought.
    runs: Vec<(Uuid, String)>,
}

struct Merged {
    id: Uuid,
    survivor: Uuid,
    others: Vec<Uuid>,
    /// Plate and who had it.
    moved: Vec<(String, Uuid)>,
}

impl Model {
    fn root(&self, mut id: Uuid) -> Uuid {
        while let Some(next) = self.hidden.get(&id) {
            id = *next;
        }
        id
    }

    fn merge(&mut self, id: Uuid, survivor: Uuid, others: &[Uuid]) {
        let mut moved = Vec::new();
        for (plate, owner) in self.owners.iter_mut().filter(|(_, owner)| others.contains(owner)) {
            moved.push((plate.clone(), *owner));
            *owner = survivor;
        }
        self.hidden.extend(others.iter().map(|other| (*other, survivor)));
        self.merges.push(Merged {
            id,
            survivor,
            others: others.to_vec(),
            moved,
        });
    }

    /// False where another merge has to be undone first.
    fn undo(&mut self, index: usize) -> bool {
        if self.hidden.contains_key(&self.merges[index].survivor) {
            return false;
        }
        let merged = self.merges.remove(index);
        for (plate, owner) in merged.moved {
            if self.owners.get(&plate) == Some(&merged.survivor) {
                self.owners.insert(plate, owner);
            }
        }
        self.hidden.retain(|id, _| !merged.others.contains(id));
        true
    }

    /// A vehicle goes with its run, unless a merge that stands has moved it.
    fn roll_back(&mut self, plate: &str) {
        let mut moved = self.merges.iter().flat_map(|merged| &merged.moved);
        if !moved.any(|(moved, _)| moved == plate) {
            self.owners.remove(plate);
        }
    }
}

#[test]
fn imports_merges_undos_and_rollbacks_in_any_order_do_what_a_simple_model_says() {
    for_each_case(|desk, rng| {
        let slug = desk.organization().0.simple();
        let first = [
            desk.import(&format!("{slug}-garage.csv"), &garage(rng)),
            desk.import(&format!("{slug}-jobs.csv"), &jobs(rng)),
        ];
        let ids = people(desk);
        let numbers: Vec<String> = (1..=CUSTOMERS).map(|number| format!("C{number}")).collect();
        let mut model = Model {
            owners: owners(desk),
            ..Model::default()
        };
        let mut plate = 10;
        for step in 0..10 {
            match rng.below(6) {
                0 | 1 => {
                    let customer = rng.below(CUSTOMERS);
                    plate += 1;
                    let plate = format!("KN{plate}ABC");
                    let row = format!("{},Ada Smith,,,,,,,,,,,{plate}\n", numbers[customer]);
                    let run = desk.import(&format!("{slug}-{step}.csv"), &format!("{HEADER}{row}"));
                    model.owners.insert(plate.clone(), model.root(ids[customer]));
                    model.runs.push((run, plate));
                }
                2 if !model.runs.is_empty() => {
                    let index = rng.below(model.runs.len());
                    let (run, plate) = model.runs[index].clone();
                    let report = desk.roll_back(run);
                    model.roll_back(&plate);
                    if report.is_complete() {
                        assert!(!model.owners.contains_key(&plate));
                        model.runs.remove(index);
                    }
                }
                3 if !model.merges.is_empty() => {
                    let index = rng.below(model.merges.len());
                    let id = model.merges[index].id;
                    match desk.undo(id) {
                        Ok(report) => {
                            assert!(report.kept.iter().all(|kept| kept.entity == "customer"), "{report:?}");
                            assert!(model.undo(index));
                        }
                        Err(AppError::Customer(CustomerError::UndoFirst { .. })) => assert!(!model.undo(index)),
                        Err(error) => panic!("{error}"),
                    }
                }
                _ => {
                    let visible: Vec<Uuid> = ids
                        .iter()
                        .copied()
                        .filter(|id| !model.hidden.contains_key(id))
                        .collect();
                    let chosen = some(rng, &visible);
                    if chosen.len() < 2 {
                        continue;
                    }
                    let merged = desk.merge(chosen[0], &chosen[1..], &choices(rng, &chosen)).unwrap();
                    model.merge(merged.merge_id, chosen[0], &chosen[1..]);
                }
            }
            assert_eq!(owners(desk), model.owners);
            for (number, id) in numbers.iter().zip(&ids) {
                assert_eq!(desk.find(number), [model.root(*id)], "{number}");
            }
        }
        // Undone and taken back from its end, nothing is left of it all but what a person made.
        for merged in model.merges.iter().rev() {
            desk.undo(merged.id).unwrap();
        }
        for run in model
            .runs
            .iter()
            .map(|(run, _)| *run)
            .rev()
            .chain(first.into_iter().rev())
        {
            let report = desk.roll_back(run);
            assert!(report.is_complete(), "{report:#?}");
        }
        assert_eq!(owners(desk), BTreeMap::new());
        let left = desk.query("SELECT first_name FROM customer WHERE organization_id = {org}");
        assert_eq!(left, [["Joy"]]);
    });
}

/// Whose each vehicle is, by plate.
fn owners(desk: &Desk<'_>) -> BTreeMap<String, Uuid> {
    let sql = "SELECT registration, id(customer_id) FROM vehicle WHERE organization_id = {org}";
    let rows = desk.query(sql).into_iter();
    rows.map(|row| (row[0].clone(), Uuid::parse_str(&row[1]).unwrap()))
        .collect()
}
