//! What the service adds: who did what, keys to come in with, answers that are given once, merges, and taking runs back.

use sea_orm::sea_query::{Alias, ConditionalStatement, Expr, ExprTrait, Index};
use sea_orm::{DbBackend, DbErr};

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Boolean, Integer, Json, Text, Timestamp, Uuid};
use crate::table::{Column, add_column, column, index, organization_table, unique_index};

/// New tables below an organisation: name, columns, the rest of the primary key.
const TABLES: &[(&str, &[Column], &[&str])] = &[
    // Every change of state, decision and security event; never rows. Written with what it tells of, sealed later.
    (
        "audit_event",
        &[
            ("id", Uuid, No),
            ("occurred_at", Timestamp, No),
            ("actor", Text, No),
            ("role", Text, Yes),
            ("ip", Text, Yes),
            ("request_id", Text, Yes),
            ("action", Text, No),
            ("subject_type", Text, Yes),
            ("subject_id", Text, Yes),
            ("run_id", Uuid, Yes),
            ("detail", Json, No),
            // The place in the organisation's chain and its link; null until sealed.
            ("seq", Integer, Yes),
            ("mac", Text, Yes),
        ],
        &["id"],
    ),
    // The secret itself is shown once and not kept.
    (
        "api_key",
        &[
            ("id", Uuid, No),
            ("name", Text, No),
            ("prefix", Text, No),
            ("secret_hash", Text, No),
            ("role", Text, No),
            // The capabilities that it is limited to; null: all of its role.
            ("capabilities", Json, Yes),
            ("created_by", Text, No),
            ("created_at", Timestamp, No),
            ("last_used_at", Timestamp, Yes),
            ("expires_at", Timestamp, Yes),
            ("revoked_at", Timestamp, Yes),
        ],
        &["id"],
    ),
    // Capabilities that an owner gave to a role beyond what it has anyway.
    (
        "role_grant",
        &[
            ("role", Text, No),
            ("capability", Text, No),
            ("granted_by", Text, No),
            ("created_at", Timestamp, No),
        ],
        &["role", "capability"],
    ),
    // Single-use stand-ins for a token, for one URL.
    (
        "ticket",
        &[
            ("id", Uuid, No),
            ("secret_hash", Text, No),
            ("url", Text, No),
            ("caller", Json, No),
            ("expires_at", Timestamp, No),
            ("used_at", Timestamp, Yes),
        ],
        &["id"],
    ),
    // Answers to creating requests, given again when the request is repeated.
    (
        "idempotency_key",
        &[
            ("key", Text, No),
            ("operation", Text, No),
            ("fingerprint", Text, No),
            // Null while the first request is being answered.
            ("status", Integer, Yes),
            ("body", Text, Yes),
            ("created_at", Timestamp, No),
            ("expires_at", Timestamp, No),
        ],
        &["key"],
    ),
    // What people taught the detection: the headers of a table, and what they mean.
    (
        "saved_mapping",
        &[
            ("id", Uuid, No),
            ("name", Text, No),
            // Fingerprint of the folded headers, in order.
            ("header_hash", Uuid, No),
            ("table_type", Text, No),
            ("headers", Json, No),
            ("mapping", Json, No),
            ("created_by", Text, No),
            ("created_at", Timestamp, No),
            ("updated_at", Timestamp, No),
        ],
        &["id"],
    ),
    (
        "customer_merge",
        &[
            ("id", Uuid, No),
            ("survivor_id", Uuid, No),
            // merged, undone.
            ("status", Text, No),
            // The other customers and the chosen fields.
            ("request", Json, No),
            ("created_by", Text, No),
            ("created_at", Timestamp, No),
            ("undone_by", Text, Yes),
            ("undone_at", Timestamp, Yes),
            // What an undo left as people had changed it since.
            ("report", Json, Yes),
        ],
        &["id"],
    ),
    // Every write of a merge, in order, with what was there before and after.
    (
        "customer_merge_entry",
        &[
            ("merge_id", Uuid, No),
            ("ordinal", Integer, No),
            // survivor, moved, mapping, hidden.
            ("kind", Text, No),
            ("entity_type", Text, No),
            ("record_id", Uuid, No),
            // Whose record or mapping it was.
            ("customer_id", Uuid, Yes),
            ("source_system", Text, Yes),
            ("source_id", Text, Yes),
            // The changed fields.
            ("before", Json, Yes),
            ("after", Json, Yes),
            // The version of the record after the merge, and after it was undone.
            ("version_after", Integer, Yes),
            ("undo_version", Integer, Yes),
        ],
        &["merge_id", "ordinal"],
    ),
    // Pairs of customers that a person said are two. The id follows from the pair.
    (
        "duplicate_dismissal",
        &[
            ("id", Uuid, No),
            ("first_id", Uuid, No),
            ("second_id", Uuid, No),
            ("created_by", Text, No),
            ("created_at", Timestamp, No),
        ],
        &["id"],
    ),
    // What became of each write of a run when the run was taken back: of the entries of its journal, and of the records
    // that it created.
    (
        "import_rollback_result",
        &[
            ("run_id", Uuid, No),
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("ordinal", Integer, No),
            ("entity_type", Text, No),
            ("record_id", Uuid, No),
            // reversed, kept, blocked, failed.
            ("outcome", Text, No),
            ("reason", Text, Yes),
            // The version of the record after it was put back; null where it was deleted or left.
            ("version_after", Integer, Yes),
            // The mapping that went with a created record.
            ("mapping_source_system", Text, Yes),
            ("mapping_source_id", Text, Yes),
        ],
        &["run_id", "job_id", "row_number", "ordinal"],
    ),
];

/// New columns: table, column, and its default where it may not be null.
const COLUMNS: &[(&str, Column, Option<i32>)] = &[
    // Who made the run.
    ("import_run", ("created_by", Text, Yes), None),
    // Workers take the run up by themselves; others are driven by the program that made them.
    ("import_run", ("background", Boolean, No), Some(0)),
    // When the uploads and staged rows of the ended run were removed.
    ("import_run", ("expired_at", Timestamp, Yes), None),
    // How far taking it back is: counts per outcome and the place to go on from.
    ("import_run", ("rollback", Json, Yes), None),
    // The place of the table in its file.
    ("import_job", ("table_index", Integer, No), Some(0)),
    // Rows whose analysis is committed.
    ("import_job", ("analysed", Integer, No), Some(0)),
    // How often it was started; from the second time on, rows that have a result are left alone.
    ("import_job", ("attempt", Integer, No), Some(1)),
    // Only the head of the file was looked at so far.
    ("import_job", ("provisional", Boolean, No), Some(0)),
    // What people said of the table; it outlives a new detection.
    ("import_job", ("choices", Json, Yes), None),
    // Grows with each change by a person.
    ("import_job", ("version", Integer, No), Some(1)),
    // The version of the record after this write.
    ("import_journal", ("version_after", Integer, Yes), None),
    // What the mapping said before, where it was there already.
    ("import_journal", ("mapping_before", Json, Yes), None),
    // The customer that this one was merged into; such a customer is hidden.
    ("customer", ("merged_into_id", Uuid, Yes), None),
    // The folded words of all its names: what people search by.
    ("customer", ("search_name", Text, Yes), None),
];

const INDEXES: &[(&str, &[&str])] = &[
    ("audit_event", &["run_id"]),
    ("saved_mapping", &["header_hash"]),
    ("customer_merge", &["survivor_id"]),
    ("import_journal", &["record_id"]),
    ("import_rollback_result", &["run_id", "outcome"]),
    ("customer", &["merged_into_id"]),
    ("customer_merge_entry", &["record_id"]),
    // The codes by which the business knows its records, for updating by code.
    ("supplier", &["code"]),
    ("product", &["code"]),
    ("labour_unit", &["code"]),
    ("work_order", &["number"]),
    ("invoice", &["number"]),
    ("payment", &["number"]),
    ("device", &["serial_number"]),
    ("reward_code", &["code"]),
];

/// What a search goes through by ranges, and so by bytes: index, table, expressions after the organisation, condition.
/// `{bytes}` is the collation that compares them.
const SEARCHED: &[(&str, &str, &str, &str)] = &[
    (
        "ix_customer_listed",
        "customer",
        "(COALESCE(sort_name, '') COLLATE {bytes}), id",
        "WHERE merged_into_id IS NULL",
    ),
    ("ix_customer_email", "customer", "email COLLATE {bytes}", ""),
    ("ix_customer_phone", "customer", "phone COLLATE {bytes}", ""),
    ("ix_customer_landline", "customer", "landline COLLATE {bytes}", ""),
    (
        "ix_vehicle_registration_bytes",
        "vehicle",
        "registration COLLATE {bytes}, customer_id",
        "",
    ),
];

/// Links that no other index leads along. Deleting what they lead to has to look for them. Most are null.
const LINKS: &[(&str, &str)] = &[
    ("product", "family_id"),
    ("product", "supplier_id"),
    ("customer", "customer_group_id"),
    ("customer", "location_id"),
    ("vehicle", "location_id"),
    ("work_order", "location_id"),
    ("work_order_part", "product_id"),
    ("work_order_labour", "labour_unit_id"),
    ("payment", "customer_id"),
    ("device", "product_id"),
    ("device", "location_id"),
];

/// Look-ups that can't name an organisation yet: who comes in, and which runs have work to do.
const GLOBAL_INDEXES: &[(&str, &str)] = &[
    ("api_key", "secret_hash"),
    ("ticket", "secret_hash"),
    ("import_run", "status"),
];

/// What the sealer looks for: few events wait at any time, among very many that do not.
const UNSEALED: &str = "CREATE INDEX ix_audit_event_unsealed ON audit_event (organization_id, id) WHERE seq IS NULL";

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    for (name, columns, key) in TABLES {
        schema.create_table(organization_table(name, columns, key)).await?;
    }
    for (table, spec, default) in COLUMNS {
        let mut added = column(*spec);
        match (spec.1, default) {
            (Boolean, Some(number)) => {
                added.default(*number != 0);
            }
            (_, Some(number)) => {
                added.default(*number);
            }
            (_, None) => {}
        }
        schema.alter_table(add_column(table, added)).await?;
    }
    for (table, columns) in INDEXES {
        schema.create_index(index(table, columns)).await?;
    }
    let bytes = match schema.backend() {
        DbBackend::Postgres => "\"C\"",
        _ => "BINARY",
    };
    for (name, table, expressions, condition) in SEARCHED {
        let expressions = expressions.replace("{bytes}", bytes);
        let sql = format!("CREATE INDEX {name} ON {table} (organization_id, {expressions}) {condition}");
        schema.execute(&sql).await?;
    }

    for (table, column) in LINKS {
        let mut partial = index(table, &[column]);
        partial.and_where(Expr::col(Alias::new(*column)).is_not_null());
        schema.create_index(partial).await?;
    }
    for (table, name) in GLOBAL_INDEXES {
        let mut global = Index::create();
        global
            .name(format!("ix_{table}_{name}"))
            .table(Alias::new(*table))
            .col(Alias::new(*name));
        schema.create_index(global).await?;
    }
    schema.create_index(unique_index("audit_event", &["seq"])).await?;
    schema.execute(UNSEALED).await?;
    Ok(())
}
