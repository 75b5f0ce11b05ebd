//! The business tables: what the garage works with, and what imports fill.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Boolean, Date, DateTime, Integer, Json, Text, Timestamp, Uuid};
use crate::table::{Column, Type, index, organization_table, reference};

/// What every business table has besides its own columns. Versions only ever grow.
const COMMON: &[Column] = &[
    ("id", Uuid, No),
    ("created_at", Timestamp, No),
    ("updated_at", Timestamp, No),
    ("version", Integer, No),
];

/// A business table: name, own columns (all nullable), links (column, table).
type BusinessTable = (
    &'static str,
    &'static [(&'static str, Type)],
    &'static [(&'static str, &'static str)],
);

/// In the order of their links.
const TABLES: &[BusinessTable] = &[
    ("customer_group", &[("name", Text), ("sort_name", Text)], &[]),
    ("product_family", &[("name", Text), ("sort_name", Text)], &[]),
    ("location", &[("name", Text), ("sort_name", Text)], &[]),
    (
        "supplier",
        &[
            ("code", Text),
            ("name", Text),
            ("contact_name", Text),
            ("phone", Text),
            ("phone_as_given", Text),
            ("phone_extension", Text),
            ("email", Text),
            ("line_1", Text),
            ("line_2", Text),
            ("city", Text),
            ("region", Text),
            ("postal_code", Text),
            ("country_code", Text),
            ("account_number", Text),
        ],
        &[],
    ),
    (
        "product",
        &[
            ("code", Text),
            ("name", Text),
            ("family_id", Uuid),
            ("supplier_id", Uuid),
            ("cost_price", Integer),
            ("retail_price", Integer),
            ("vat_rate", Integer),
            ("stock_level", Integer),
            ("stock_location", Text),
        ],
        &[("family_id", "product_family"), ("supplier_id", "supplier")],
    ),
    (
        "labour_unit",
        &[
            ("code", Text),
            ("description", Text),
            ("hours", Integer),
            ("rate_per_hour", Integer),
            ("vat_rate", Integer),
        ],
        &[],
    ),
    (
        "customer",
        &[
            ("external_customer_number", Text),
            ("display_name", Text),
            ("title", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("company", Text),
            ("contact_name", Text),
            ("sort_name", Text),
            ("email", Text),
            ("phone", Text),
            ("phone_as_given", Text),
            ("landline", Text),
            ("landline_as_given", Text),
            ("phone_extension", Text),
            ("vat_number", Text),
            ("vat_exempt", Boolean),
            ("is_account", Boolean),
            ("on_stop", Boolean),
            ("customer_group_id", Uuid),
            ("location_id", Uuid),
            ("notification_preferences", Json),
            ("sms_consent", Boolean),
            ("notes", Text),
            ("source_created_on", Date),
        ],
        &[("customer_group_id", "customer_group"), ("location_id", "location")],
    ),
    (
        "customer_address",
        &[
            ("customer_id", Uuid),
            ("address_type", Text),
            ("is_primary", Boolean),
            ("line_1", Text),
            ("line_2", Text),
            ("city", Text),
            ("region", Text),
            ("postal_code", Text),
            ("country_code", Text),
        ],
        &[("customer_id", "customer")],
    ),
    (
        "vehicle",
        &[
            ("customer_id", Uuid),
            ("registration", Text),
            ("vin", Text),
            ("make", Text),
            ("model", Text),
            ("colour", Text),
            ("fuel", Text),
            ("engine_cc", Integer),
            ("model_year", Integer),
            ("first_registered_on", Date),
            ("mileage", Integer),
            ("mot_due_on", Date),
            ("service_due_on", Date),
            ("location_id", Uuid),
            ("notes", Text),
        ],
        &[("customer_id", "customer"), ("location_id", "location")],
    ),
    (
        "work_order",
        &[
            ("number", Text),
            ("customer_id", Uuid),
            ("vehicle_id", Uuid),
            ("registration", Text),
            ("opened_at", DateTime),
            ("completed_at", DateTime),
            ("status", Text),
            ("mileage", Integer),
            ("description", Text),
            ("total_net", Integer),
            ("total_vat", Integer),
            ("total_gross", Integer),
            ("location_id", Uuid),
        ],
        &[
            ("customer_id", "customer"),
            ("vehicle_id", "vehicle"),
            ("location_id", "location"),
        ],
    ),
    (
        "work_order_note",
        &[
            ("work_order_id", Uuid),
            ("noted_at", DateTime),
            ("author", Text),
            ("text", Text),
        ],
        &[("work_order_id", "work_order")],
    ),
    (
        "work_order_part",
        &[
            ("work_order_id", Uuid),
            ("product_id", Uuid),
            ("description", Text),
            ("quantity", Integer),
            ("unit_price", Integer),
            ("vat_rate", Integer),
        ],
        &[("work_order_id", "work_order"), ("product_id", "product")],
    ),
    (
        "work_order_labour",
        &[
            ("work_order_id", Uuid),
            ("labour_unit_id", Uuid),
            ("description", Text),
            ("hours", Integer),
            ("rate_per_hour", Integer),
            ("technician", Text),
        ],
        &[("work_order_id", "work_order"), ("labour_unit_id", "labour_unit")],
    ),
    (
        "invoice",
        &[
            ("number", Text),
            ("work_order_id", Uuid),
            ("customer_id", Uuid),
            ("issued_on", Date),
            ("due_on", Date),
            ("total_net", Integer),
            ("total_vat", Integer),
            ("total_gross", Integer),
            ("status", Text),
        ],
        &[("work_order_id", "work_order"), ("customer_id", "customer")],
    ),
    (
        "payment",
        &[
            ("number", Text),
            ("invoice_id", Uuid),
            ("customer_id", Uuid),
            ("paid_on", Date),
            ("method", Text),
            ("amount", Integer),
        ],
        &[("invoice_id", "invoice"), ("customer_id", "customer")],
    ),
    (
        "reminder",
        &[
            ("vehicle_id", Uuid),
            ("registration", Text),
            ("kind", Text),
            ("due_on", Date),
            ("sent_on", Date),
        ],
        &[("vehicle_id", "vehicle")],
    ),
    (
        "device",
        &[
            ("serial_number", Text),
            ("product_id", Uuid),
            ("customer_id", Uuid),
            ("location_id", Uuid),
        ],
        &[
            ("product_id", "product"),
            ("customer_id", "customer"),
            ("location_id", "location"),
        ],
    ),
    ("reward_code", &[("code", Text), ("scheme", Text)], &[]),
];

/// What people and the importer look up by.
const INDEXES: &[(&str, &[&str])] = &[
    ("customer_group", &["sort_name"]),
    ("product_family", &["sort_name"]),
    ("location", &["sort_name"]),
    ("customer", &["external_customer_number"]),
    ("customer", &["sort_name"]),
    ("customer_address", &["customer_id"]),
    ("customer_address", &["postal_code"]),
    ("vehicle", &["customer_id"]),
    ("vehicle", &["vin"]),
    ("work_order", &["customer_id"]),
    ("work_order", &["vehicle_id"]),
    ("work_order_note", &["work_order_id"]),
    ("work_order_part", &["work_order_id"]),
    ("work_order_labour", &["work_order_id"]),
    ("invoice", &["customer_id"]),
    ("invoice", &["work_order_id"]),
    ("payment", &["invoice_id"]),
    ("reminder", &["vehicle_id"]),
    ("device", &["customer_id"]),
];

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    for (name, own, links) in TABLES {
        let mut columns = COMMON.to_vec();
        columns.extend(own.iter().map(|(column, kind)| (*column, *kind, Yes)));
        let mut table = organization_table(name, &columns, &["id"]);
        for (column, to) in *links {
            reference(&mut table, name, column, to);
        }
        schema.create_table(table).await?;
    }
    for (table, columns) in INDEXES {
        schema.create_index(index(table, columns)).await?;
    }
    Ok(())
}
