use serde_json::json;
use time::macros::date;

use super::*;

fn context() -> Context {
    Context::new(date!(2026 - 11 - 22))
}

/// What a customer with `current` becomes with `given`: what changes, or what is wrong as `pointer code`.
#[track_caller]
fn check(current: &Json, given: &Json, expected: Result<Json, &[&str]>) {
    let current: Values = serde_json::from_value(current.clone()).unwrap();
    let (mut changes, errors) = change(&current, given.as_object().unwrap(), &context());
    // What is made of names is tested where it is made.
    changes.retain(|name, _| !MADE_NAMES.contains(&name.as_str()));
    let errors: Vec<_> = errors
        .iter()
        .map(|error| format!("{} {}", error.pointer, error.code))
        .collect();
    match expected {
        Ok(values) => assert_eq!((json!(changes), errors), (values, Vec::new())),
        Err(expected) => assert_eq!(errors, expected, "{changes:?}"),
    }
}

#[test]
fn a_new_customer_is_cleaned_and_needs_a_name_and_a_contact() {
    check(
        &json!({}),
        &json!({"first_name": "ada", "last_name": "SMITH", "phone": "07911 123456", "sms_consent": true}),
        Ok(json!({
            "display_name": "Ada Smith", "first_name": "Ada", "last_name": "Smith",
            "phone": "+447911123456", "phone_as_given": "07911 123456", "sms_consent": true,
        })),
    );
    check(
        &json!({}),
        &json!({"company": "Smith & Sons Ltd", "email": " Ada@Smith.example "}),
        Ok(json!({"company": "Smith & Sons Ltd", "display_name": "Smith & Sons Ltd", "email": "ada@smith.example"})),
    );
    check(
        &json!({}),
        &json!({"first_name": "Ada", "email": "a@b.example"}),
        Err(&["/last_name required_missing"]),
    );
    check(
        &json!({}),
        &json!({"company": "X Ltd"}),
        Err(&["/email contact_missing"]),
    );
    check(
        &json!({}),
        &json!({"company": "X Ltd", "email": "  "}),
        Err(&["/email contact_missing"]),
    );
}

#[test]
fn what_an_import_would_warn_of_is_refused() {
    let name = |field: &str, value: Json| {
        let mut given = json!({"company": "X Ltd", "landline": "01632 960001"});
        given[field] = value;
        given
    };
    check(
        &json!({}),
        &name("email", json!("nobody")),
        Err(&["/email email_invalid"]),
    );
    check(
        &json!({}),
        &name("phone", json!("ask Jane")),
        Err(&["/phone phone_normalisation_failed"]),
    );
    check(
        &json!({}),
        &name("sms_consent", json!(true)),
        Err(&["/sms_consent sms_consent_without_mobile"]),
    );
    check(
        &json!({}),
        &name("source_created_on", json!("31/02/2020")),
        Err(&["/source_created_on date_invalid"]),
    );
    check(
        &json!({}),
        &name("shoe_size", json!("9")),
        Err(&["/shoe_size unknown_field"]),
    );
    check(
        &json!({}),
        &name("sort_name", json!("x")),
        Err(&["/sort_name unknown_field"]),
    );
    check(
        &json!({}),
        &name("on_stop", json!("yes")),
        Err(&["/on_stop wrong_type"]),
    );
    check(
        &json!({}),
        &name("location_id", json!("Leeds")),
        Err(&["/location_id wrong_type"]),
    );
    let preferences = json!({"sms": 1, "fax": true});
    check(
        &json!({}),
        &name("notification_preferences", preferences),
        Err(&[
            "/notification_preferences/fax unknown_field",
            "/notification_preferences/sms wrong_type",
        ]),
    );
}

#[test]
fn a_change_leaves_the_rest_alone() {
    let ada = json!({
        "display_name": "Mrs Ada Smith", "title": "Mrs", "first_name": "Ada", "last_name": "Smith",
        "phone": "+447911123456", "phone_as_given": "07911 123456 MARIA", "sms_consent": true,
        "notification_preferences": {"sms": true, "email": false},
    });
    check(
        &ada,
        &json!({"notes": "Prefers mornings"}),
        Ok(json!({"notes": "Prefers mornings"})),
    );
    check(
        &ada,
        &json!({"first_name": "Eve"}),
        Ok(json!({"first_name": "Eve", "display_name": "Mrs Eve Smith"})),
    );
    check(
        &ada,
        &json!({"display_name": "Bob Jones"}),
        Ok(json!({"display_name": "Bob Jones", "title": null, "first_name": "Bob", "last_name": "Jones"})),
    );
    check(
        &ada,
        &json!({"landline": "01632 960001"}),
        Ok(json!({
            "landline": "+441632960001", "landline_as_given": "01632 960001",
        })),
    );
    check(
        &ada,
        &json!({"phone": null, "email": "a@b.example"}),
        Ok(json!({
            "phone": null, "phone_as_given": null, "sms_consent": null, "email": "a@b.example",
        })),
    );
    check(&ada, &json!({"phone": null}), Err(&["/email contact_missing"]));
    check(
        &ada,
        &json!({"notification_preferences": {"sms": null, "vehicle_reminders": true}}),
        Ok(json!({
            "notification_preferences": {"email": false, "vehicle_reminders": true},
        })),
    );
    check(
        &ada,
        &json!({"first_name": "Ada", "phone": "07911123456"}),
        Ok(json!({})),
    );
}

#[test]
fn an_imported_customer_without_a_contact_can_be_changed() {
    let cash = json!({"display_name": "Cash Sale", "first_name": "Cash", "last_name": "Sale"});
    check(&cash, &json!({"is_account": false}), Ok(json!({"is_account": false})));
    check(
        &cash,
        &json!({"last_name": null}),
        Err(&["/last_name required_missing"]),
    );
}

#[test]
fn a_company_that_is_renamed_is_called_by_its_new_name() {
    let company = json!({"display_name": "Old Ltd", "company": "Old Ltd", "email": "a@b.example"});
    check(
        &company,
        &json!({"company": "New Motors Ltd"}),
        Ok(json!({"display_name": "New Motors Ltd", "company": "New Motors Ltd"})),
    );
}

#[test]
fn an_address_is_cleaned_and_its_postcode_checked() {
    let given = json!({"line_1": "12 Mill Lane", "city": "Leeds", "postal_code": "ls63aa"});
    let (values, errors) = address(Slot::BillingAddress, given.as_object().unwrap(), &context());
    assert_eq!(errors, []);
    assert_eq!(values["postal_code"], "LS6 3AA");
    assert_eq!(values["address_type"], "billing");
    let given = json!({"line_1": "12 Mill Lane", "postal_code": "nowhere"});
    let (_, errors) = address(Slot::BillingAddress, given.as_object().unwrap(), &context());
    assert_eq!(errors[0].pointer, "/billing_address/postal_code");
    assert_eq!(errors[0].message, "Enter a valid UK postcode");
}
