//! A compact way to write tables down.
//!
//! Every table but the work queue begins with `organization_id`, and so does its primary key: that is what lets the
//! schema be spread over several database servers by organisation.

use sea_orm::sea_query::{
    Alias, ColumnDef, ForeignKey, Index, IndexCreateStatement, Table, TableAlterStatement, TableCreateStatement,
};

/// The column that every table but the work queue begins with.
pub const ORGANIZATION_ID: &str = "organization_id";

/// The types that our columns have.
#[derive(Clone, Copy)]
pub enum Type {
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    DateTime,
    Timestamp,
    Json,
    Uuid,
}

use Type::{Boolean, Date, DateTime, Float, Integer, Json, Text, Timestamp, Uuid};

/// Whether a column may be null.
#[derive(Clone, Copy)]
pub enum Null {
    No,
    Yes,
}

/// A column: name, type, nullability.
pub type Column = (&'static str, Type, Null);

/// The column, ready for a statement.
pub fn column((name, kind, null): Column) -> ColumnDef {
    let mut def = ColumnDef::new(Alias::new(name));
    match kind {
        Text => def.text(),
        Integer => def.big_integer(),
        Float => def.double(),
        Boolean => def.boolean(),
        Date => def.date(),
        DateTime => def.date_time(),
        Timestamp => def.timestamp_with_time_zone(),
        Json => def.json(),
        Uuid => def.uuid(),
    };
    match null {
        Null::No => def.not_null(),
        Null::Yes => def.null(),
    };
    def
}

/// The statement that adds a column to a table.
pub fn add_column(table: &str, column: ColumnDef) -> TableAlterStatement {
    let mut alter = Table::alter();
    alter.table(Alias::new(table)).add_column(column);
    alter
}

/// A table that belongs to organisations: `organization_id` first in the columns and in the primary key.
pub fn organization_table(name: &str, columns: &[Column], key: &[&str]) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    table.col(column((ORGANIZATION_ID, Uuid, Null::No)));
    for spec in columns {
        table.col(column(*spec));
    }
    let mut primary = Index::create();
    primary.col(Alias::new(ORGANIZATION_ID));
    for part in key {
        primary.col(Alias::new(*part));
    }
    table.primary_key(&mut primary);
    table
}

/// A foreign key within the organisation: (`organization_id`, `column`) refers to (`organization_id`, `id`).
pub fn reference(table: &mut TableCreateStatement, from: &str, column: &str, to: &str) {
    table.foreign_key(
        ForeignKey::create()
            .name(format!("fk_{from}_{column}"))
            .from(Alias::new(from), (Alias::new(ORGANIZATION_ID), Alias::new(column)))
            .to(Alias::new(to), (Alias::new(ORGANIZATION_ID), Alias::new("id"))),
    );
}

/// An index within the organisation.
pub fn index(table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(format!("ix_{table}_{}", columns.join("_")))
        .table(Alias::new(table))
        .col(Alias::new(ORGANIZATION_ID));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// A unique index within the organisation.
pub fn unique_index(table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut unique = index(table, columns);
    unique.name(format!("ux_{table}_{}", columns.join("_"))).unique();
    unique
}
