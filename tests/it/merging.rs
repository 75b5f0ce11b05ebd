//! Merging customers and undoing it, case by case.

use serde_json::json;
use torqueflow_app::AppError;
use torqueflow_app::customers::CustomerQuery;
use torqueflow_app::customers::{
    CustomerError, KeptReason, MergeRequest, merge_preview, propose, search, suggestions_of, undo_preview,
};
use uuid::Uuid;

use crate::support::{Desk, assert_same, on_each_database, on_each_desk};

const GARAGE: &str = "\
CustomerNumber,CustomerName,Phone,PhoneLandline,Email,AddressLine1,Town,Postcode,CustomerGroupName,CustomerOnStop,\
VehicleRemindersEnabled,NotificationsEnabled,VehicleRegistration
000001,Ada Smith,,01632 960001,ada@smith.example,14 Mill Lane,Norbury,NB1 2AB,Retail,,True,,TX69RYA
000002,Mrs A Smith,07911 123456,,ada@smith.example,9 Station Road,Kelbridge,KB3 4CD,Trade,False,False,True,AB12CDE
000003,Ada Smyth,07911 123457,01632 960003,,,,,Trade,True,,,JX20ABC
";

fn on_a_desk(check: impl Fn(&Desk<'_>)) {
    on_each_desk(|open, workspace| {
        let owner = open("default");
        let desk = owner.desk(workspace);
        desk.import("garage.csv", GARAGE);
        check(&desk);
    });
}

/// The three customers of the garage.
fn customers(desk: &Desk<'_>) -> [Uuid; 3] {
    ["000001", "000002", "000003"].map(|number| desk.only(number))
}

#[test]
fn blanks_are_filled_and_everything_moves() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        let merged = desk.merge(ada, &[second, third], &[]).unwrap();
        assert_eq!(merged.moved["vehicle"], 2);
        assert_eq!(merged.moved["customer_address"], 1);
        assert_eq!(merged.mappings, 2);
        let survivor = desk.get(ada);
        assert_eq!(survivor.text("display_name"), Some("Ada Smith"));
        assert_eq!(survivor.text("title"), None, "a title goes with its name");
        assert_eq!(survivor.text("phone"), Some("+447911123456"));
        assert_eq!(survivor.text("landline"), Some("+441632960001"));
        assert_eq!(survivor.values["on_stop"], false);
        assert_eq!(
            survivor.values["notification_preferences"],
            json!({"vehicle_reminders": true, "notifications": true})
        );
        let primary: Vec<_> = survivor
            .addresses
            .iter()
            .map(|address| &address.values["is_primary"])
            .collect();
        assert_eq!(primary, [true, false], "one primary address of a type");
        for q in ["000002", "000003", "AB12CDE", "07911 123457", "smyth"] {
            assert_eq!(desk.find(q), [ada], "{q}");
        }
        assert_eq!(desk.get(second).merged_into_id, Some(ada));
        let again = desk.merge(ada, &[second], &[]);
        assert!(
            matches!(again, Err(AppError::Customer(CustomerError::Merged { .. }))),
            "{again:?}"
        );
    });
}

#[test]
fn a_choice_wins_and_consent_goes_with_its_number() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        desk.edit(second, &json!({"sms_consent": true}));
        let refused = desk.merge(ada, &[second, third], &[("phone", third), ("sms_consent", second)]);
        let Err(AppError::Customer(CustomerError::Invalid(errors))) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(errors[0].pointer, "/fields/sms_consent");
        for (field, id) in [("shoe_size", second), ("email", Uuid::nil()), ("sort_name", second)] {
            assert!(desk.merge(ada, &[second], &[(field, id)]).is_err(), "{field}");
        }
        let merged = desk
            .merge(ada, &[second, third], &[("phone", third), ("display_name", third)])
            .unwrap();
        let survivor = merged.survivor;
        assert_eq!(survivor.text("phone"), Some("+447911123457"));
        assert_eq!(survivor.values.get("sms_consent"), None);
        assert_eq!(survivor.text("sort_name"), Some("smyth ada"));
    });
}

#[test]
fn the_fullest_is_proposed_and_a_preview_changes_nothing() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        let before = desk.snapshot();
        let proposal = desk
            .wait(propose(desk.app, desk.organization(), &[ada, third]))
            .unwrap();
        assert_eq!(proposal.survivor_id, ada);
        assert_eq!(proposal.likely[0].second.id, second, "who else is likely comes with it");
        let name = proposal
            .fields
            .iter()
            .find(|field| field.field == "display_name")
            .unwrap();
        assert!(name.conflict && name.winner == Some(ada) && name.values.len() == 2);
        let request = MergeRequest {
            secondary_ids: vec![second],
            ..MergeRequest::default()
        };
        let preview = desk
            .wait(merge_preview(desk.app, desk.organization(), ada, &request))
            .unwrap();
        assert_eq!((preview.moved["vehicle"], preview.mappings), (1, 1));
        assert!(
            preview
                .changes
                .iter()
                .any(|change| change.field == "phone" && change.from == Some(second))
        );
        assert_same(&desk.snapshot(), &before);
        let merged = desk.merge(ada, &[second], &[]).unwrap();
        assert_eq!(merged.changes, preview.changes);
        assert_eq!((merged.moved, merged.mappings), (preview.moved, preview.mappings));
    });
}

#[test]
fn an_undo_keeps_what_people_changed_and_says_so() {
    on_a_desk(|desk| {
        let [ada, second, _] = customers(desk);
        let merge_id = desk.merge(ada, &[second], &[]).unwrap().merge_id;
        desk.edit(ada, &json!({"phone": "07911 123999", "notes": "Prefers mornings"}));
        let state = desk.snapshot();
        let preview = desk.wait(undo_preview(desk.app, &desk.caller, merge_id)).unwrap();
        assert_same(&desk.snapshot(), &state);
        let report = desk.undo(merge_id).unwrap();
        assert_eq!(report, preview);
        assert_eq!((report.records["vehicle"], report.mappings), (1, 1));
        let kept = report.kept.iter().find(|kept| kept.field == "phone").unwrap();
        assert_eq!(kept.reason, KeptReason::ChangedSince);
        assert_eq!((&kept.before, &kept.merged), (&json!(null), &json!("+447911123456")));
        let ada = desk.get(ada);
        assert_eq!(ada.text("phone"), Some("+447911123999"));
        assert_eq!(ada.text("notes"), Some("Prefers mornings"));
        assert_eq!(ada.values.get("on_stop"), None);
        assert_eq!(desk.get(second).merged_into_id, None);
        let twice = desk.undo(merge_id);
        assert!(
            matches!(twice, Err(AppError::Customer(CustomerError::UndoneAlready(_)))),
            "{twice:?}"
        );
    });
}

#[test]
fn merges_into_one_customer_are_undone_in_any_order() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        let before = desk.snapshot();
        for swap in [false, true] {
            let first = desk.merge(ada, &[second], &[]).unwrap().merge_id;
            // It changes the number that the first one brought.
            let later = desk
                .merge(ada, &[third], &[("phone", third), ("on_stop", third)])
                .unwrap()
                .merge_id;
            let order = if swap { [later, first] } else { [first, later] };
            let report = desk.undo(order[0]).unwrap();
            if !swap {
                assert!(
                    report.kept.iter().all(|kept| kept.reason == KeptReason::LaterMerge),
                    "{report:?}"
                );
                assert_eq!(desk.get(ada).text("phone"), Some("+447911123457"));
            }
            assert_eq!(desk.undo(order[1]).unwrap().kept, []);
            assert_same(&desk.snapshot(), &before);
        }
    });
}

#[test]
fn a_chain_is_undone_from_its_end() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        let before = desk.snapshot();
        let first = desk.merge(second, &[third], &[]).unwrap().merge_id;
        let between = desk.snapshot();
        let last = desk.merge(ada, &[second], &[]).unwrap().merge_id;
        assert_eq!(desk.find("000003"), [ada], "through both merges");
        let refused = desk.undo(first);
        let Err(AppError::Customer(CustomerError::UndoFirst { later })) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(later, last);
        desk.undo(last).unwrap();
        assert_same(&desk.snapshot(), &between);
        desk.undo(first).unwrap();
        assert_same(&desk.snapshot(), &before);
    });
}

#[test]
fn later_imports_find_the_survivor() {
    on_a_desk(|desk| {
        let [ada, second, third] = customers(desk);
        let merge_id = desk.merge(ada, &[second], &[]).unwrap().merge_id;
        // Known by the number of the hidden one: its new vehicle is the survivor's.
        desk.import("more.csv", &GARAGE.replace("AB12CDE", "KN10ABC"));
        let owner = "SELECT id(customer_id) FROM vehicle WHERE organization_id = {org} AND registration = 'KN10ABC'";
        let survivor = desk
            .query("SELECT id(id) FROM customer WHERE organization_id = {org} AND external_customer_number = '000001'");
        assert_eq!(desk.query(owner), survivor);
        // Known by nothing but the phone of the hidden one: it matches the survivor.
        let fields = json!({"first_name": "Ada", "last_name": "Smith", "phone": "07911 123456"});
        let new = desk.create(&fields);
        let found = desk
            .wait(suggestions_of(desk.app, desk.organization(), new.id))
            .unwrap();
        assert_eq!(found[0].first.id, ada);
        assert_eq!(found[0].reasons, ["same phone number and name"]);
        let report = desk.undo(merge_id).unwrap();
        assert_eq!(report.kept, []);
        assert_eq!(desk.query(owner), survivor, "what came since stays");
        let query = CustomerQuery {
            external_customer_number: Some("000002".into()),
            limit: 5,
            ..CustomerQuery::default()
        };
        let found = desk.wait(search(desk.app, desk.organization(), &query)).unwrap();
        assert_eq!(found.items[0].id, second);
        assert_ne!(second, third);
    });
}

#[test]
fn the_command_shows_asks_merges_and_undoes() {
    on_each_database(|workspace| {
        workspace.write("garage.csv", GARAGE);
        workspace.import("garage.csv --on-duplicate create", 0);
        let before = workspace.dump();
        let likely = workspace.run("merge 000001").exits(0);
        assert!(likely.stdout.contains("Mrs A Smith (000002"), "{}", likely.stdout);
        let shown = workspace.run("merge 000001 000002 --dry-run").exits(0);
        assert!(shown.stdout.contains("1 vehicle, 1 mapping"), "{}", shown.stdout);
        workspace.run("merge 000001 000002").exits(4);
        workspace.run("merge 000001 999999 --yes").exits(1);
        workspace.run("merge 000001 --undo x").exits(2);
        assert_eq!(workspace.dump(), before);
        let merged = workspace
            .run("merge 000001 000002 --field email=000002 --yes --json")
            .exits(0)
            .json();
        let merge_id = merged["merge_id"].as_str().unwrap();
        assert_ne!(workspace.dump(), before);
        let undone = workspace.run(&format!("merge --undo {merge_id} --yes")).exits(0);
        assert!(undone.stdout.contains("Undone."), "{}", undone.stdout);
        assert_eq!(workspace.dump(), before);
        let twice = workspace.run(&format!("merge --undo {merge_id} --yes")).exits(1);
        assert!(twice.stderr.contains("undone already"), "{}", twice.stderr);
    });
}

#[test]
fn a_run_can_be_taken_back_after_a_merge_was_undone_and_not_before() {
    on_each_database(|workspace| {
        workspace.write("garage.csv", GARAGE);
        let before = workspace.dump();
        let report = workspace.import("garage.csv --on-duplicate create", 0);
        let rollback = format!("rollback {} --yes", report["run_id"].as_str().unwrap());
        let merged = workspace.run("merge 000001 000002 --yes --json").exits(0).json();
        let shown = workspace.run(&format!("{rollback} --dry-run")).exits(3);
        assert!(shown.stdout.contains("merged"), "{}", shown.stdout);
        let merge_id = merged["merge_id"].as_str().unwrap();
        workspace.run(&format!("merge --undo {merge_id} --yes")).exits(0);
        workspace.run(&rollback).exits(0);
        assert_eq!(workspace.dump(), before);
    });
}
