//! The tables that the importer itself works with: organisations, runs, jobs, mappings, journal, matches.

use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, Table};

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Boolean, Date, Float, Integer, Json, Text, Timestamp, Uuid};
use crate::table::{Column, column, index, organization_table, reference, unique_index};

/// Tables below an organisation: name, columns, the rest of the primary key.
const TABLES: &[(&str, &[Column], &[&str])] = &[
    (
        "import_run",
        &[
            ("id", Uuid, No),
            ("status", Text, No),
            ("mode", Text, Yes),
            ("options", Json, No),
            // What makes two starts of the same import the same run: the files and the options.
            ("fingerprint", Uuid, Yes),
            // The date that the cleanup takes for today.
            ("as_of", Date, No),
            ("error_code", Text, Yes),
            ("error_message", Text, Yes),
            // Grows with every committed change that a person could see.
            ("progress_version", Integer, No),
            // Tables that it has had, those that were removed too: the ordinal of the next one.
            ("tables_made", Integer, No),
            ("created_at", Timestamp, No),
            ("analysed_at", Timestamp, Yes),
            ("started_at", Timestamp, Yes),
            ("finished_at", Timestamp, Yes),
        ],
        &["id"],
    ),
    (
        "import_file",
        &[
            ("id", Uuid, No),
            ("run_id", Uuid, No),
            ("position", Integer, No),
            ("name", Text, No),
            ("size_bytes", Integer, No),
            ("sha256", Text, No),
            ("blob_key", Text, No),
            ("status", Text, No),
            ("encrypted", Boolean, No),
            ("notes", Json, No),
            ("error_code", Text, Yes),
            ("error_message", Text, Yes),
        ],
        &["id"],
    ),
    (
        "import_job",
        &[
            ("id", Uuid, No),
            ("run_id", Uuid, No),
            ("file_id", Uuid, No),
            // Stands in the ids of its records: fixed, and no other table of the run ever has it.
            ("ordinal", Integer, No),
            // Its place in the import order, which changes as tables come and are understood anew.
            ("position", Integer, No),
            ("sheet", Text, Yes),
            ("status", Text, No),
            ("table_type", Text, Yes),
            ("label", Text, Yes),
            ("noun", Text, Yes),
            ("source_system", Text, Yes),
            ("entities", Json, No),
            ("confidence", Float, No),
            ("confidence_level", Text, No),
            ("header_row", Integer, Yes),
            ("encoding", Text, Yes),
            ("delimiter", Text, Yes),
            // Headers, fields and date orders: the plan by which rows are cleaned.
            ("plan", Json, No),
            ("warnings", Json, No),
            ("staged_key", Text, Yes),
            ("row_count", Integer, Yes),
            // Staged rows whose batches are committed; where a resumed import goes on.
            ("checkpoint", Integer, No),
            ("imported", Integer, No),
            ("updated", Integer, No),
            ("skipped_duplicate", Integer, No),
            ("skipped_choice", Integer, No),
            ("unchanged", Integer, No),
            ("failed", Integer, No),
            ("entity_counts", Json, No),
            ("error_code", Text, Yes),
            ("error_message", Text, Yes),
        ],
        &["id"],
    ),
    // A record of which its first row alone does not tell all: other rows hold it too, or the same content.
    (
        "import_record",
        &[
            ("run_id", Uuid, No),
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("slot", Text, No),
            ("row_index", Integer, No),
            // Fingerprint of (source system, entity, source id), or of the content where there is no id.
            ("key_hash", Uuid, No),
            // Which of several equal contents; 0 for records with an id.
            ("occurrence", Integer, No),
            // The id that it will get.
            ("record_id", Uuid, No),
            // Values that later rows of the same record add to the first.
            ("fills", Json, Yes),
        ],
        &["job_id", "row_number", "slot"],
    ),
    (
        "import_duplicate",
        &[
            ("id", Uuid, No),
            ("run_id", Uuid, No),
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("slot", Text, No),
            ("record_id", Uuid, No),
            // The identity of the incoming record, and that of what it matches: of a stored record its id.
            ("key_hash", Uuid, No),
            ("occurrence", Integer, No),
            ("label", Text, No),
            ("match_record_id", Uuid, No),
            ("match_key", Uuid, No),
            ("match_occurrence", Integer, No),
            // Where the match stands, if it is one of the run.
            ("match_job_id", Uuid, Yes),
            ("match_row_number", Integer, Yes),
            ("level", Text, No),
            ("confidence", Float, No),
            ("reasons", Json, No),
            ("action", Text, Yes),
        ],
        &["id"],
    ),
    (
        "import_mapping",
        &[
            ("source_system", Text, No),
            ("entity_type", Text, No),
            ("source_id", Text, No),
            ("record_id", Uuid, No),
            // True where we concluded the id, false where the source gave it.
            ("derived", Boolean, No),
            // How it came to be: created, merged, skipped.
            ("origin", Text, No),
            ("row_hash", Uuid, No),
            // Per source-owned field what was last imported, raw and cleaned.
            ("imported_values", Json, No),
            ("run_id", Uuid, No),
            ("created_at", Timestamp, No),
            ("updated_at", Timestamp, No),
        ],
        &["source_system", "entity_type", "source_id"],
    ),
    // The writes of a run, in order, with what was there before. What it created is told by the ids of the records, and is
    // here only where another row brought a record than the one that its id names.
    (
        "import_journal",
        &[
            ("run_id", Uuid, No),
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("ordinal", Integer, No),
            ("entity_type", Text, No),
            ("record_id", Uuid, No),
            ("action", Text, No),
            ("mapping_source_system", Text, Yes),
            ("mapping_source_id", Text, Yes),
            ("before", Json, Yes),
        ],
        &["run_id", "job_id", "row_number", "ordinal"],
    ),
    // Records that a run has found unchanged: up to 256 whose ids differ in the number of the row alone.
    (
        "import_confirmation",
        &[
            ("run_id", Uuid, No),
            ("job_id", Uuid, No),
            // The run that wrote last what is confirmed.
            ("confirmed_run_id", Uuid, No),
            // The first of the rows.
            ("row_number", Integer, No),
            ("entity_type", Text, No),
            // What the ids have in common, and which of the rows behind it.
            ("base_id", Uuid, No),
            ("offsets", Text, No),
            ("records", Integer, No),
        ],
        &["run_id", "job_id", "row_number", "entity_type", "base_id", "confirmed_run_id"],
    ),
    (
        "import_row_result",
        &[("job_id", Uuid, No), ("row_number", Integer, No), ("outcome", Text, No)],
        &["job_id", "row_number"],
    ),
    (
        "import_finding",
        &[
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("ordinal", Integer, No),
            ("severity", Text, No),
            ("code", Text, No),
            ("column_index", Integer, Yes),
            ("field", Text, Yes),
            ("value", Text, No),
            ("detail", Text, No),
        ],
        &["job_id", "row_number", "ordinal"],
    ),
    (
        "import_row_choice",
        &[
            ("job_id", Uuid, No),
            ("row_number", Integer, No),
            ("included", Boolean, No),
        ],
        &["job_id", "row_number"],
    ),
];

/// Foreign keys below an organisation: from table, column, to table.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("import_file", "run_id", "import_run"),
    ("import_job", "run_id", "import_run"),
    ("import_job", "file_id", "import_file"),
];

const INDEXES: &[(&str, &[&str])] = &[
    ("import_run", &["fingerprint"]),
    ("import_file", &["run_id", "position"]),
    ("import_job", &["run_id", "position"]),
    ("import_duplicate", &["run_id", "record_id"]),
    ("import_duplicate", &["job_id", "row_number"]),
    ("import_mapping", &["record_id"]),
    ("import_confirmation", &["confirmed_run_id", "entity_type", "base_id"]),
];

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    let mut organization = Table::create();
    organization.table(Alias::new("organization"));
    organization.col(column(("id", Uuid, No)).primary_key());
    organization.col(column(("slug", Text, No)).unique_key());
    organization.col(column(("created_at", Timestamp, No)));
    schema.create_table(organization).await?;

    // The work queue: the one table that is asked across organisations. A row is a lease on a run or job.
    let mut work_lease = Table::create();
    work_lease.table(Alias::new("work_lease"));
    work_lease.col(column(("id", Uuid, No)).primary_key());
    for spec in [
        ("organization_id", Uuid, No),
        ("kind", Text, No),
        ("owner", Text, No),
        ("token", Uuid, No),
        ("expires_at", Timestamp, No),
        ("attempts", Integer, No),
    ] {
        work_lease.col(column(spec));
    }
    schema.create_table(work_lease).await?;

    for (name, columns, key) in TABLES {
        let mut table = organization_table(name, columns, key);
        for (from, column, to) in REFERENCES.iter().filter(|(from, ..)| from == name) {
            reference(&mut table, from, column, to);
        }
        schema.create_table(table).await?;
    }
    for (table, columns) in INDEXES {
        schema.create_index(index(table, columns)).await?;
    }
    schema
        .create_index(unique_index("import_record", &["run_id", "key_hash", "occurrence"]))
        .await
}
