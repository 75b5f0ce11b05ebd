//! The field catalogue: every entity, every field, in one place.
//!
//! Templates, mapping choices, the cleanup to apply, merge and refresh policies and the docs all come from here.
//! Adding a field is one row here, one migration, and (where sources have it) aliases in their TOML files.

use crate::entity::{EntityKind, EntitySpec, IdentityRule};
use crate::field::{DateRole, FieldKind, FieldSpec, Measure, OnMissing, Storage};

use EntityKind as E;
use FieldKind::{
    Boolean, Choice, Code, CompanyName, Country, Email, FullName, Integer, Landline, LongText, PersonName, Phone,
    Postcode, Text, Title, Vin, Vrm,
};

/// Money and prices per unit.
const MONEY: FieldKind = FieldKind::Decimal { scale: 2 };
/// Prices per unit, which trade catalogues give to a hundredth of a penny.
const UNIT_PRICE: FieldKind = FieldKind::Decimal { scale: 4 };
const QUANTITY: FieldKind = FieldKind::Decimal { scale: 3 };
const PERCENT: FieldKind = FieldKind::Decimal { scale: 2 };
const HAPPENED: FieldKind = FieldKind::Date(DateRole::Past);
const DATE: FieldKind = FieldKind::Date(DateRole::Event);
const DUE: FieldKind = FieldKind::Date(DateRole::Due);
const MOMENT: FieldKind = FieldKind::DateTime(DateRole::Event);

const PREFERENCES: &str = "notification_preferences";
const WORK_ORDER_STATUSES: &[&str] = &[
    "open",
    "in_progress",
    "awaiting_parts",
    "completed",
    "invoiced",
    "cancelled",
];
const INVOICE_STATUSES: &[&str] = &["draft", "issued", "part_paid", "paid", "overdue", "void"];
const PAYMENT_METHODS: &[&str] = &[
    "cash",
    "card",
    "bank_transfer",
    "cheque",
    "direct_debit",
    "account",
    "other",
];
const FUELS: &[&str] = &[
    "petrol",
    "diesel",
    "electric",
    "hybrid",
    "plug_in_hybrid",
    "lpg",
    "other",
];

/// A field with a column, owned by the source.
const fn column(name: &'static str, label: &'static str, kind: FieldKind, example: &'static str) -> FieldSpec {
    FieldSpec {
        name,
        label,
        kind,
        storage: Storage::Column,
        mappable: true,
        source_owned: true,
        is_money: false,
        is_owner: false,
        measure: None,
        example,
    }
}

/// An amount of money.
const fn money(name: &'static str, label: &'static str, kind: FieldKind, example: &'static str) -> FieldSpec {
    let mut spec = column(name, label, kind, example);
    spec.is_money = true;
    spec
}

/// A number that counts something.
const fn measure(
    name: &'static str,
    label: &'static str,
    kind: FieldKind,
    measure: Measure,
    example: &'static str,
) -> FieldSpec {
    let mut spec = column(name, label, kind, example);
    spec.measure = Some(measure);
    spec
}

/// A field that only feeds others.
const fn input(name: &'static str, label: &'static str, kind: FieldKind, example: &'static str) -> FieldSpec {
    let mut spec = column(name, label, kind, example);
    spec.storage = Storage::Input;
    spec
}

/// A column that cleanup fills from other fields.
const fn made(name: &'static str, label: &'static str, kind: FieldKind) -> FieldSpec {
    let mut spec = column(name, label, kind, "");
    spec.mappable = false;
    spec
}

/// One key of the customer's notification preferences.
const fn preference(name: &'static str, label: &'static str, key: &'static str) -> FieldSpec {
    let mut spec = column(name, label, Boolean, "True");
    spec.storage = Storage::Json {
        column: PREFERENCES,
        key,
    };
    spec
}

const fn link(
    name: &'static str,
    label: &'static str,
    to: EntityKind,
    on_missing: OnMissing,
    example: &'static str,
) -> FieldSpec {
    column(name, label, FieldKind::Reference { to, on_missing }, example)
}

/// A link to the record that owns this one, which is nothing without it.
const fn owned_by(name: &'static str, label: &'static str, owner: EntityKind, example: &'static str) -> FieldSpec {
    let mut spec = link(name, label, owner, OnMissing::FailRow, example);
    spec.is_owner = true;
    spec
}

/// The id at the source, where no other field says it.
const SOURCE_ID: FieldSpec = input("source_id", "Id at the source", FieldKind::SourceId, "7A3F21");

const fn given(fields: &'static [&'static str]) -> IdentityRule {
    IdentityRule { fields, derived: false }
}

const fn derived(fields: &'static [&'static str]) -> IdentityRule {
    IdentityRule { fields, derived: true }
}

const LOOKUP_FIELDS: &[FieldSpec] = &[
    SOURCE_ID,
    column("name", "Name", Text, "Trade"),
    made("sort_name", "Name for sorting", Text),
];

const LOOKUP_IDENTITY: &[IdentityRule] = &[derived(&["name"])];

const fn lookup(kind: EntityKind, name: &'static str, label: &'static str, plural: &'static str) -> EntitySpec {
    EntitySpec {
        kind,
        name,
        label,
        plural,
        fields: LOOKUP_FIELDS,
        required: &[&["name"]],
        identity: LOOKUP_IDENTITY,
    }
}

/// The catalogue's row of a kind.
pub(crate) fn entity(kind: EntityKind) -> &'static EntitySpec {
    match kind {
        E::CustomerGroup => &CUSTOMER_GROUP,
        E::ProductFamily => &PRODUCT_FAMILY,
        E::Location => &LOCATION,
        E::Supplier => &SUPPLIER,
        E::Product => &PRODUCT,
        E::LabourUnit => &LABOUR_UNIT,
        E::Customer => &CUSTOMER,
        E::CustomerAddress => &CUSTOMER_ADDRESS,
        E::Vehicle => &VEHICLE,
        E::WorkOrder => &WORK_ORDER,
        E::WorkOrderNote => &WORK_ORDER_NOTE,
        E::WorkOrderPart => &WORK_ORDER_PART,
        E::WorkOrderLabour => &WORK_ORDER_LABOUR,
        E::Invoice => &INVOICE,
        E::Payment => &PAYMENT,
        E::Reminder => &REMINDER,
        E::Device => &DEVICE,
        E::RewardCode => &REWARD_CODE,
    }
}

static CUSTOMER_GROUP: EntitySpec = lookup(E::CustomerGroup, "customer_group", "Customer group", "customer groups");
static PRODUCT_FAMILY: EntitySpec = lookup(E::ProductFamily, "product_family", "Product family", "product families");
static LOCATION: EntitySpec = lookup(E::Location, "location", "Location", "locations");

static SUPPLIER: EntitySpec = EntitySpec {
    kind: E::Supplier,
    name: "supplier",
    label: "Supplier",
    plural: "suppliers",
    fields: &[
        SOURCE_ID,
        column("code", "Supplier code", Code, "EURO01"),
        column("name", "Name", CompanyName, "Northgate Motor Factors Ltd"),
        column("contact_name", "Contact", Text, "Priya Shah"),
        column("phone", "Phone", Landline, "+441632960101"),
        made("phone_as_given", "Phone as given", Text),
        made("phone_extension", "Phone extension", Text),
        column("email", "E-mail", Email, "sales@northgate.example"),
        column("line_1", "Address line 1", Text, "Unit 4"),
        column("line_2", "Address line 2", Text, "Mill Lane"),
        column("city", "Town", Text, "Leeds"),
        column("region", "County", Text, "West Yorkshire"),
        column("postal_code", "Postcode", Postcode, "LS1 4AP"),
        column("country_code", "Country", Country, "GB"),
        column("account_number", "Our account number", Code, "00417"),
    ],
    required: &[&["code", "name"]],
    identity: &[given(&["code"]), derived(&["name"])],
};

static PRODUCT: EntitySpec = EntitySpec {
    kind: E::Product,
    name: "product",
    label: "Product",
    plural: "products",
    fields: &[
        SOURCE_ID,
        column("code", "Product code", Code, "OF-1021"),
        column("name", "Name", Text, "Oil filter"),
        link(
            "family",
            "Product family",
            E::ProductFamily,
            OnMissing::CreateLookup,
            "Filters",
        ),
        link("supplier", "Supplier", E::Supplier, OnMissing::Warn, "EURO01"),
        money("cost_price", "Cost price", UNIT_PRICE, "4.1250"),
        money("retail_price", "Retail price", UNIT_PRICE, "9.9900"),
        measure("vat_rate", "VAT rate in percent", PERCENT, Measure::Percent, "20.00"),
        column("stock_level", "Stock level", QUANTITY, "12"),
        column("stock_location", "Stock location", Text, "A3-12"),
    ],
    required: &[&["code", "name"]],
    identity: &[given(&["code"]), derived(&["name"])],
};

static LABOUR_UNIT: EntitySpec = EntitySpec {
    kind: E::LabourUnit,
    name: "labour_unit",
    label: "Labour unit",
    plural: "labour units",
    fields: &[
        SOURCE_ID,
        column("code", "Labour code", Code, "MOT"),
        column("description", "Description", Text, "MOT test class 4"),
        measure("hours", "Hours", QUANTITY, Measure::Hours, "1.5"),
        money("rate_per_hour", "Rate per hour", UNIT_PRICE, "65.00"),
        measure("vat_rate", "VAT rate in percent", PERCENT, Measure::Percent, "20.00"),
    ],
    required: &[&["code", "description"]],
    identity: &[given(&["code"]), derived(&["description"])],
};

static CUSTOMER: EntitySpec = EntitySpec {
    kind: E::Customer,
    name: "customer",
    label: "Customer",
    plural: "customers",
    fields: &[
        SOURCE_ID,
        column("external_customer_number", "Customer number", Code, "C1001"),
        column("display_name", "Name", FullName, "Mrs Ada Smith"),
        input(
            "company_or_person",
            "Company or person",
            Choice(&["company", "person"]),
            "",
        ),
        column("title", "Title", Title, "Mrs"),
        column("first_name", "First name", PersonName, "Ada"),
        column("last_name", "Last name", PersonName, "Smith"),
        column("company", "Company", CompanyName, "Smith & Sons Ltd"),
        column("contact_name", "Contact", Text, "Ada Smith"),
        made("sort_name", "Name for sorting", Text),
        made("search_name", "Names for searching", Text),
        column("email", "E-mail", Email, "ada@smith.example"),
        column("phone", "Mobile", Phone, "+447911123456"),
        made("phone_as_given", "Mobile as given", Text),
        column("landline", "Landline", Landline, "+441632960001"),
        made("landline_as_given", "Landline as given", Text),
        column("phone_extension", "Extension", Text, "204"),
        input("phone_type", "Type of number", Text, ""),
        column("vat_number", "VAT number", Code, "GB123456789"),
        column("vat_exempt", "VAT exempt", Boolean, "False"),
        column("is_account", "Account customer", Boolean, "False"),
        column("on_stop", "Credit hold", Boolean, "False"),
        link(
            "customer_group",
            "Customer group",
            E::CustomerGroup,
            OnMissing::CreateLookup,
            "Trade",
        ),
        link(
            "location",
            "Location",
            E::Location,
            OnMissing::CreateLookup,
            "Main branch",
        ),
        preference("notify_vehicle_reminders", "Vehicle reminders", "vehicle_reminders"),
        preference("notify_any", "Notifications", "notifications"),
        preference("notify_sms", "Notifications by SMS", "sms"),
        preference("notify_email", "Notifications by e-mail", "email"),
        column("sms_consent", "SMS consent", Boolean, "True"),
        input("no_reminders", "No vehicle reminders", Boolean, ""),
        input("no_notifications", "No notifications", Boolean, ""),
        input("no_sms", "No SMS", Boolean, ""),
        input("no_email", "No e-mail", Boolean, ""),
        column("notes", "Notes", LongText, "Prefers mornings"),
        column("source_created_on", "Customer since", HAPPENED, "2016-03-21"),
    ],
    required: &[&["display_name", "first_name", "last_name", "company"]],
    identity: &[
        given(&["external_customer_number"]),
        derived(&["display_name", "email"]),
        derived(&["display_name", "phone"]),
        derived(&["display_name", "landline"]),
        derived(&["display_name", "vat_number"]),
        // Numbers of countries that nothing names can't be read, and are those of one person all the same.
        derived(&["display_name", "phone_as_given"]),
        derived(&["display_name", "landline_as_given"]),
    ],
};

static CUSTOMER_ADDRESS: EntitySpec = EntitySpec {
    kind: E::CustomerAddress,
    name: "customer_address",
    label: "Address",
    plural: "addresses",
    fields: &[
        SOURCE_ID,
        owned_by("customer", "Customer", E::Customer, "C1001"),
        made("address_type", "Type", Choice(&["billing", "shipping"])),
        made("is_primary", "Primary", Boolean),
        column("line_1", "Address line 1", Text, "12 Mill Lane"),
        column("line_2", "Address line 2", Text, "Headingley"),
        input("line_3", "Address line 3", Text, ""),
        input("line_4", "Address line 4", Text, ""),
        input("line_5", "Address line 5", Text, ""),
        input("house_number", "House number", Text, ""),
        column("city", "Town", Text, "Leeds"),
        column("region", "County", Text, "West Yorkshire"),
        column("postal_code", "Postcode", Postcode, "LS6 3AA"),
        column("country_code", "Country", Country, "GB"),
    ],
    required: &[&["line_1", "line_2", "city", "region", "postal_code", "country_code"]],
    identity: &[derived(&["customer", "address_type"])],
};

static VEHICLE: EntitySpec = EntitySpec {
    kind: E::Vehicle,
    name: "vehicle",
    label: "Vehicle",
    plural: "vehicles",
    fields: &[
        SOURCE_ID,
        link("customer", "Customer", E::Customer, OnMissing::FailRow, "C1001"),
        column("registration", "Registration", Vrm, "AB12CDE"),
        column("vin", "VIN", Vin, "WVWZZZ1KZ6W612305"),
        column("make", "Make", Text, "Volkswagen"),
        column("model", "Model", Text, "Golf"),
        column("colour", "Colour", Text, "Blue"),
        column("fuel", "Fuel", Choice(FUELS), "petrol"),
        measure(
            "engine_cc",
            "Engine capacity in cc",
            Integer,
            Measure::CubicCentimetres,
            "1968",
        ),
        measure("model_year", "Model year", Integer, Measure::Year, "2016"),
        column("first_registered_on", "First registered", HAPPENED, "2016-03-21"),
        measure("mileage", "Mileage", Integer, Measure::Miles, "64210"),
        column("mot_due_on", "MOT due", DUE, "2026-03-21"),
        column("service_due_on", "Service due", DUE, "2026-09-01"),
        link(
            "location",
            "Location",
            E::Location,
            OnMissing::CreateLookup,
            "Main branch",
        ),
        column("notes", "Notes", LongText, "Locking wheel nut in the boot"),
    ],
    required: &[&["registration", "vin", "make", "model"]],
    identity: &[
        derived(&["customer", "registration"]),
        derived(&["customer", "vin"]),
        derived(&["registration"]),
        derived(&["vin"]),
    ],
};

static WORK_ORDER: EntitySpec = EntitySpec {
    kind: E::WorkOrder,
    name: "work_order",
    label: "Job",
    plural: "jobs",
    fields: &[
        SOURCE_ID,
        column("number", "Job number", Code, "J20417"),
        link("customer", "Customer", E::Customer, OnMissing::FailRow, "C1001"),
        link("vehicle", "Vehicle", E::Vehicle, OnMissing::Warn, ""),
        column("registration", "Registration", Vrm, "AB12CDE"),
        column("opened_at", "Job date", MOMENT, "2024-05-13T09:30:00"),
        column("completed_at", "Completed", MOMENT, "2024-05-13T16:00:00"),
        column("status", "Status", Choice(WORK_ORDER_STATUSES), "completed"),
        measure("mileage", "Mileage", Integer, Measure::Miles, "64210"),
        column("description", "Description", LongText, "Full service"),
        money("total_net", "Net total", MONEY, "100.00"),
        money("total_vat", "VAT total", MONEY, "20.00"),
        money("total_gross", "Gross total", MONEY, "120.00"),
        link(
            "location",
            "Location",
            E::Location,
            OnMissing::CreateLookup,
            "Main branch",
        ),
    ],
    required: &[&["number", "source_id", "description", "opened_at"]],
    identity: &[given(&["number"])],
};

static WORK_ORDER_NOTE: EntitySpec = EntitySpec {
    kind: E::WorkOrderNote,
    name: "work_order_note",
    label: "Job note",
    plural: "job notes",
    fields: &[
        SOURCE_ID,
        owned_by("work_order", "Job number", E::WorkOrder, "J20417"),
        column("noted_at", "Date", MOMENT, "2024-05-13T11:05:00"),
        column("author", "Author", Text, "Sam Lee"),
        column("text", "Note", LongText, "Customer approved the brake pads"),
    ],
    required: &[&["work_order"], &["text"]],
    identity: &[],
};

static WORK_ORDER_PART: EntitySpec = EntitySpec {
    kind: E::WorkOrderPart,
    name: "work_order_part",
    label: "Part used",
    plural: "parts used",
    fields: &[
        SOURCE_ID,
        owned_by("work_order", "Job number", E::WorkOrder, "J20417"),
        link("product", "Product", E::Product, OnMissing::Warn, "OF-1021"),
        column("description", "Description", Text, "Oil filter"),
        column("quantity", "Quantity", QUANTITY, "1"),
        money("unit_price", "Unit price", UNIT_PRICE, "9.99"),
        measure("vat_rate", "VAT rate in percent", PERCENT, Measure::Percent, "20.00"),
    ],
    required: &[&["work_order"], &["product", "description"]],
    identity: &[],
};

static WORK_ORDER_LABOUR: EntitySpec = EntitySpec {
    kind: E::WorkOrderLabour,
    name: "work_order_labour",
    label: "Labour line",
    plural: "labour lines",
    fields: &[
        SOURCE_ID,
        owned_by("work_order", "Job number", E::WorkOrder, "J20417"),
        link("labour_unit", "Labour code", E::LabourUnit, OnMissing::Warn, "MOT"),
        column("description", "Description", Text, "MOT test"),
        measure("hours", "Hours", QUANTITY, Measure::Hours, "1.5"),
        money("rate_per_hour", "Rate per hour", UNIT_PRICE, "65.00"),
        column("technician", "Technician", Text, "Sam Lee"),
    ],
    required: &[&["work_order"], &["labour_unit", "description", "hours"]],
    identity: &[],
};

static INVOICE: EntitySpec = EntitySpec {
    kind: E::Invoice,
    name: "invoice",
    label: "Invoice",
    plural: "invoices",
    fields: &[
        SOURCE_ID,
        column("number", "Invoice number", Code, "INV-10077"),
        link("work_order", "Job number", E::WorkOrder, OnMissing::Warn, "J20417"),
        link("customer", "Customer", E::Customer, OnMissing::FailRow, "C1001"),
        column("issued_on", "Invoice date", DATE, "2024-05-13"),
        column("due_on", "Due", DUE, "2024-06-12"),
        money("total_net", "Net total", MONEY, "100.00"),
        money("total_vat", "VAT total", MONEY, "20.00"),
        money("total_gross", "Gross total", MONEY, "120.00"),
        column("status", "Status", Choice(INVOICE_STATUSES), "paid"),
    ],
    required: &[&["number", "source_id"]],
    identity: &[given(&["number"])],
};

static PAYMENT: EntitySpec = EntitySpec {
    kind: E::Payment,
    name: "payment",
    label: "Payment",
    plural: "payments",
    fields: &[
        SOURCE_ID,
        column("number", "Payment number", Code, "P9001"),
        link("invoice", "Invoice number", E::Invoice, OnMissing::FailRow, "INV-10077"),
        link("customer", "Customer", E::Customer, OnMissing::Warn, "C1001"),
        column("paid_on", "Payment date", DATE, "2024-05-14"),
        column("method", "Method", Choice(PAYMENT_METHODS), "card"),
        money("amount", "Amount", MONEY, "120.00"),
    ],
    required: &[&["amount"]],
    identity: &[given(&["number"])],
};

static REMINDER: EntitySpec = EntitySpec {
    kind: E::Reminder,
    name: "reminder",
    label: "Reminder",
    plural: "reminders",
    fields: &[
        SOURCE_ID,
        link("vehicle", "Vehicle", E::Vehicle, OnMissing::FailRow, ""),
        column("registration", "Registration", Vrm, "AB12CDE"),
        column("kind", "Type", Text, "MOT"),
        column("due_on", "Due", DUE, "2026-03-21"),
        column("sent_on", "Sent", DATE, "2026-02-21"),
    ],
    required: &[&["kind", "due_on"]],
    identity: &[derived(&["registration", "kind", "due_on"])],
};

static DEVICE: EntitySpec = EntitySpec {
    kind: E::Device,
    name: "device",
    label: "Device",
    plural: "devices",
    fields: &[
        SOURCE_ID,
        column("serial_number", "Serial number", Code, "SN-004411"),
        link("product", "Product code", E::Product, OnMissing::FailRow, "OF-1021"),
        link("customer", "Customer number", E::Customer, OnMissing::FailRow, "C1001"),
        link(
            "location",
            "Location",
            E::Location,
            OnMissing::CreateLookup,
            "Main branch",
        ),
    ],
    required: &[&["serial_number"]],
    identity: &[given(&["serial_number"])],
};

static REWARD_CODE: EntitySpec = EntitySpec {
    kind: E::RewardCode,
    name: "reward_code",
    label: "Reward code",
    plural: "reward codes",
    fields: &[
        SOURCE_ID,
        column("code", "Code", Code, "SPRING-7Q4"),
        column("scheme", "Scheme", Text, "Spring service"),
    ],
    required: &[&["code"]],
    identity: &[given(&["code"])],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ColumnType;

    #[test]
    fn every_rule_names_fields_that_exist() {
        for kind in EntityKind::ALL {
            let spec = kind.spec();
            assert_eq!(spec.kind, kind);
            let known = |name: &&str| spec.fields.iter().any(|field| field.name == *name);
            assert!(
                spec.required.iter().all(|group| group.iter().all(known)),
                "{kind}: required"
            );
            assert!(
                spec.identity.iter().all(|rule| rule.fields.iter().all(known)),
                "{kind}: identity"
            );
        }
    }

    #[test]
    fn names_are_unique_within_an_entity() {
        for kind in EntityKind::ALL {
            let mut names: Vec<_> = kind.fields().iter().map(|field| field.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), kind.fields().len(), "{kind}");
        }
    }

    #[test]
    fn references_lead_to_what_is_imported_before() {
        for kind in EntityKind::ALL {
            for field in kind.fields() {
                if let FieldKind::Reference { to, .. } = field.kind {
                    assert!(to < kind, "{kind}.{} refers to {to}", field.name);
                    assert_eq!(field.kind.column_type(), ColumnType::Uuid);
                }
            }
        }
    }

    #[test]
    fn what_is_owned_has_one_owner_and_owns_nothing() {
        let owned = EntityKind::ALL.into_iter().filter(|kind| kind.owner().is_some());
        let owned: Vec<_> = owned.collect();
        assert_eq!(
            owned,
            [
                E::CustomerAddress,
                E::WorkOrderNote,
                E::WorkOrderPart,
                E::WorkOrderLabour
            ]
        );
        for kind in owned {
            let links = kind.fields().iter().filter(|field| field.is_owner);
            assert_eq!(links.count(), 1, "{kind}");
            assert_eq!(kind.owns().count(), 0, "{kind}");
        }
        assert_eq!(E::Customer.owns().collect::<Vec<_>>(), [E::CustomerAddress]);
    }
}
