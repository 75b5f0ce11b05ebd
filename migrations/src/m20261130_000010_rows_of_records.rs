//! All rows of a record are known, not its first one alone; and a decision on a match is kept with the pair that it is on.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Integer, Text, Timestamp, Uuid};
use crate::table::{Column, index, organization_table};

/// A row that holds a record again, after the row in which it was met first.
const IMPORT_REPEAT: &[Column] = &[
    ("run_id", Uuid, No),
    // Fingerprint of its identity.
    ("key_hash", Uuid, No),
    ("job_id", Uuid, No),
    ("row_number", Integer, No),
    ("slot", Text, No),
    ("row_index", Integer, No),
];

/// What a person decided on an incoming record and what it matched.
const IMPORT_DECISION: &[Column] = &[
    ("run_id", Uuid, No),
    // The incoming record, by its identity.
    ("key_hash", Uuid, No),
    ("occurrence", Integer, No),
    // The matched record: its id where it is stored, its identity where it is one of the run.
    ("match_id", Uuid, No),
    ("match_occurrence", Integer, No),
    // Where the two stood then, for records whose identity changes with the mapping.
    ("job_id", Uuid, No),
    ("row_number", Integer, No),
    ("slot", Text, No),
    ("match_job_id", Uuid, Yes),
    ("match_row_number", Integer, Yes),
    // Null: a decision was taken back.
    ("action", Text, Yes),
    ("decided_at", Timestamp, No),
];

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    let key = ["job_id", "row_number", "slot"];
    schema
        .create_table(organization_table("import_repeat", IMPORT_REPEAT, &key))
        .await?;
    schema
        .create_index(index("import_repeat", &["run_id", "key_hash"]))
        .await?;
    let key = ["run_id", "key_hash", "occurrence", "match_id", "match_occurrence"];
    schema
        .create_table(organization_table("import_decision", IMPORT_DECISION, &key))
        .await?;
    schema.create_index(index("import_decision", &["job_id", "row_number"])).await
}
