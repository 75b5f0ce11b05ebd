//! Customers by hand: created, changed, found.

use std::collections::BTreeSet;

use serde_json::json;
use torqueflow_app::AppError;
use torqueflow_app::customers::{
    CustomerError, CustomerPatch, CustomerQuery, NewCustomer, create, dismiss, search, suggestions_of, update,
};

use crate::support::{Desk, on_each_desk};

fn on_a_desk(check: impl Fn(&Desk<'_>)) {
    on_each_desk(|open, workspace| check(&open("default").desk(workspace)));
}

#[test]
fn a_customer_is_created_cleaned_and_found_by_everything() {
    on_a_desk(|desk| {
        let customer = NewCustomer {
            fields: json!({
                "first_name": "zoë", "last_name": "O'NEILL", "company": "Mill Lane Motors",
                "email": "Zoe@Neill.example", "phone": "07911 123456", "external_customer_number": "C77",
            })
            .as_object()
            .unwrap()
            .clone(),
            billing_address: json!({"line_1": "12 Mill Lane", "postal_code": "ls63aa"})
                .as_object()
                .cloned(),
            shipping_address: None,
        };
        let created = desk.wait(create(desk.app, &desk.caller, &customer)).unwrap();
        assert_eq!(created.text("display_name"), Some("Zoë O'Neill"));
        assert_eq!(created.addresses[0].values["postal_code"], "LS6 3AA");
        desk.create(&json!({"company": "Another Ltd", "email": "office@another.example"}));
        for q in [
            "zoë",
            "oneill",
            "O’Neill Zoë",
            "mill lane",
            "motors",
            "zoe@neill",
            "07911 123456",
            "+44 7911 123456",
            "079111",
            "c77",
        ] {
            assert_eq!(desk.find(q), [created.id], "{q}");
        }
        assert!(desk.find("eill").is_empty(), "words are found by their beginning");
        assert!(desk.find("!!").is_empty());
        let events = desk
            .query("SELECT action, subject_type, detail FROM audit_event WHERE organization_id = {org} ORDER BY id");
        assert_eq!(events[0][..2], ["customer.created", "customer"]);
        assert!(
            events[0][2].contains("email") && !events[0][2].contains("neill"),
            "{events:?}"
        );
    });
}

#[test]
fn customers_are_found_by_the_plates_of_their_vehicles() {
    on_a_desk(|desk| {
        desk.import(
            "garage.csv",
            "CustomerNumber,CustomerName,Phone,Email,AddressLine1,Town,Postcode,CustomerGroupName,CustomerOnStop,\
             VehicleRemindersEnabled,NotificationsEnabled,VehicleRegistration\n\
             000001,Ada Smith,,ada@smith.example,,,,Retail,False,True,True,TX69RYA\n\
             000002,Bob Jones,,bob@jones.example,,,,Retail,False,True,True,AB12CDE\n",
        );
        assert_eq!(desk.find("tx69 rya"), desk.find("ada"));
        assert_eq!(desk.find("TX6"), desk.find("000001"));
        assert_eq!(desk.find("ada").len(), 1);
    });
}

#[test]
fn a_change_needs_the_version_that_was_seen_and_posts_the_keys_anew() {
    on_a_desk(|desk| {
        let ada = desk.create(&json!({"first_name": "Ada", "last_name": "Smith", "email": "ada@smith.example"}));
        let eve = desk.create(&json!({"first_name": "Eve", "last_name": "Brown", "email": "eve@brown.example"}));
        assert!(desk.suggestions().is_empty());
        let changed = desk.edit(eve.id, &json!({"email": "ada@smith.example"}));
        assert_eq!(changed.version, 2);
        let found = desk.suggestions();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first.id, found[0].second.id), (ada.id, eve.id));
        assert_eq!(found[0].reasons, ["same e-mail address"]);
        let patch = CustomerPatch::default();
        let late = desk.wait(update(desk.app, &desk.caller, eve.id, &patch, 1));
        let Err(AppError::Customer(CustomerError::VersionConflict { version: 2, .. })) = late else {
            panic!("{late:?}");
        };
        desk.edit(eve.id, &json!({"email": "eve@brown.example"}));
        assert!(desk.suggestions().is_empty());
    });
}

#[test]
fn a_dismissed_suggestion_stays_dismissed() {
    on_a_desk(|desk| {
        let mut ids = Vec::new();
        for name in ["Ada", "Eve", "Joy"] {
            let fields = json!({"first_name": name, "last_name": "Smith", "email": "office@smith.example"});
            ids.push(desk.create(&fields).id);
        }
        assert_eq!(desk.suggestions().len(), 3);
        let first = desk.suggestions()[0].id;
        for _ in 0..2 {
            desk.wait(dismiss(desk.app, &desk.caller, first)).unwrap();
        }
        assert_eq!(desk.suggestions().len(), 2);
        assert!(desk.suggestions().iter().all(|suggestion| suggestion.id != first));
        let of_third = desk
            .wait(suggestions_of(desk.app, desk.organization(), ids[2]))
            .unwrap();
        assert_eq!(of_third.len(), 2);
        assert_eq!(
            first
                .to_string()
                .parse::<torqueflow_app::customers::SuggestionId>()
                .unwrap(),
            first
        );
    });
}

#[test]
fn pages_hold_every_customer_once_in_the_order_of_their_names() {
    on_a_desk(|desk| {
        for (first, last) in [
            ("Zoe", "Éclair"),
            ("Ada", "smith"),
            ("Bob", "Smith"),
            ("Ada", "Smith"),
            ("Eve", "Żak"),
        ] {
            desk.create(&json!({"first_name": first, "last_name": last, "landline": "01632 960001"}));
        }
        let mut names = Vec::new();
        let mut ids = BTreeSet::new();
        let mut cursor = None;
        loop {
            let query = CustomerQuery {
                limit: 2,
                cursor,
                ..CustomerQuery::default()
            };
            let page = desk.wait(search(desk.app, desk.organization(), &query)).unwrap();
            for customer in page.items {
                names.push(customer.text("sort_name").unwrap().to_owned());
                assert!(ids.insert(customer.id));
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(names, ["smith ada", "smith ada", "smith bob", "éclair zoe", "żak eve"]);
    });
}
