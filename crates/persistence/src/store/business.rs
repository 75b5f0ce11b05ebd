//! Reading the business tables, by the catalogue.

use std::collections::{BTreeMap, HashSet};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use torqueflow_model::import::BusinessRow;
use torqueflow_model::{ColumnType, DateRole, EntityKind, FieldKind, Value as ModelValue};
use uuid::Uuid;

use super::batch::business_columns;
use super::padded_chunks;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// The records with these ids that exist.
    pub async fn business_load(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
        ids: &[Uuid],
    ) -> Result<Vec<BusinessRow>, StoreError> {
        self.business_load_by(organization, kind, "id", ids).await
    }

    /// The records whose column has one of these values (ids or text).
    pub async fn business_load_by<T>(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
        column: &str,
        values: &[T],
    ) -> Result<Vec<BusinessRow>, StoreError>
    where
        T: Clone + Into<sea_orm::Value>,
    {
        let columns = business_columns(kind);
        let mut loaded = Vec::new();
        for chunk in padded_chunks(values) {
            let mut select = organization_select(organization, kind);
            select.columns(["id", "version"].map(Alias::new));
            select.columns(columns.iter().map(|(name, _)| Alias::new(name)));
            select.and_where(Expr::col(Alias::new(column)).is_in(chunk));
            for row in self.reader.query_all(&select).await? {
                loaded.push(read_row(&row, &columns)?);
            }
        }
        Ok(loaded)
    }

    /// Every record of a kind, with what hides it. For comparing databases, not for serving requests.
    pub(crate) async fn business_load_all(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
    ) -> Result<Vec<BusinessRow>, StoreError> {
        let mut columns = business_columns(kind);
        if kind == EntityKind::Customer {
            columns.push(("merged_into_id".to_owned(), ColumnType::Uuid));
        }
        let mut select = organization_select(organization, kind);
        select.columns(["id", "version"].map(Alias::new));
        select.columns(columns.iter().map(|(name, _)| Alias::new(name)));
        let rows = self.reader.query_all(&select).await?;
        rows.iter().map(|row| read_row(row, &columns)).collect()
    }

    /// The records that have one of these codes in their [`code_field`](EntityKind::code_field) and were created up to
    /// a moment: code and id. Customers that were merged into others are hidden.
    pub async fn business_find_by_code(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
        codes: &[String],
        created_until: OffsetDateTime,
    ) -> Result<Vec<(String, Uuid)>, StoreError> {
        let Some(column) = kind.code_field() else {
            return Ok(Vec::new());
        };
        let mut found = HashSet::new();
        for chunk in padded_chunks(codes) {
            let mut select = organization_select(organization, kind);
            select.columns([column, "id"].map(Alias::new));
            select.and_where(Expr::col(Alias::new(column)).is_in(chunk));
            select.and_where(Expr::col(Alias::new("created_at")).lte(created_until));
            if kind == EntityKind::Customer {
                select.and_where(Expr::col(Alias::new("merged_into_id")).is_null());
            }
            for row in self.reader.query_all(&select).await? {
                found.insert((row.try_get("", column)?, row.try_get("", "id")?));
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Which of these ids are records of this kind that are not hidden; with a moment, only those created after it.
    pub async fn business_existing(
        &self,
        organization: OrganizationId,
        kind: EntityKind,
        ids: &[Uuid],
        created_after: Option<OffsetDateTime>,
    ) -> Result<HashSet<Uuid>, StoreError> {
        let mut existing = HashSet::new();
        for chunk in padded_chunks(ids) {
            let mut select = organization_select(organization, kind);
            select.column(Alias::new("id"));
            select.and_where(Expr::col(Alias::new("id")).is_in(chunk));
            // A customer that was merged into another is hidden: nothing new leads to it.
            if kind == EntityKind::Customer {
                select.and_where(Expr::col(Alias::new("merged_into_id")).is_null());
            }
            if let Some(moment) = created_after {
                select.and_where(Expr::col(Alias::new("created_at")).gt(moment));
            }
            for row in self.reader.query_all(&select).await? {
                existing.insert(row.try_get("", "id")?);
            }
        }
        Ok(existing)
    }
}

pub(super) fn organization_select(organization: OrganizationId, kind: EntityKind) -> SelectStatement {
    let mut select = Query::select();
    select
        .from(Alias::new(kind.name()))
        .and_where(Expr::col(Alias::new("organization_id")).eq(organization.0));
    select
}

pub(super) fn read_row(row: &QueryResult, columns: &[(String, ColumnType)]) -> Result<BusinessRow, StoreError> {
    let mut values = BTreeMap::new();
    for (name, kind) in columns {
        if let Some(value) = read_value(row, name, *kind)? {
            values.insert(name.clone(), value);
        }
    }
    Ok(BusinessRow {
        id: row.try_get("", "id")?,
        version: row.try_get("", "version")?,
        values,
    })
}

fn read_value(row: &QueryResult, name: &str, kind: ColumnType) -> Result<Option<serde_json::Value>, StoreError> {
    use serde_json::Value;
    Ok(match kind {
        ColumnType::Text => row.try_get::<Option<String>>("", name)?.map(Value::from),
        ColumnType::BigInteger => row.try_get::<Option<i64>>("", name)?.map(Value::from),
        ColumnType::Boolean => row.try_get::<Option<bool>>("", name)?.map(Value::from),
        ColumnType::Float => row.try_get::<Option<f64>>("", name)?.map(Value::from),
        ColumnType::Json => row.try_get::<Option<Value>>("", name)?,
        ColumnType::Date => row
            .try_get::<Option<Date>>("", name)?
            .map(|date| Value::from(ModelValue::Date(date).to_string())),
        ColumnType::DateTime => row
            .try_get::<Option<PrimitiveDateTime>>("", name)?
            .map(|moment| Value::from(ModelValue::DateTime(moment).to_string())),
        ColumnType::Timestamp => row
            .try_get::<Option<OffsetDateTime>>("", name)?
            .map(|moment| Value::from(moment.unix_timestamp())),
        ColumnType::Uuid => row
            .try_get::<Option<Uuid>>("", name)?
            .map(|id| Value::from(id.to_string())),
    })
}

/// What a column of this type keeps for a value as [`BusinessRow`] has it: the way back from reading it.
pub(super) fn column_value(kind: ColumnType, json: &serde_json::Value) -> sea_orm::Value {
    let of_kind = |kind| ModelValue::from_json(kind, json);
    match kind {
        ColumnType::Text => json.as_str().into(),
        ColumnType::BigInteger => json.as_i64().into(),
        ColumnType::Boolean => json.as_bool().into(),
        ColumnType::Float => json.as_f64().into(),
        ColumnType::Json => Some(json.clone()).filter(|json| !json.is_null()).into(),
        ColumnType::Date => match of_kind(FieldKind::Date(DateRole::Event)) {
            Some(ModelValue::Date(date)) => Some(date).into(),
            _ => None::<Date>.into(),
        },
        ColumnType::DateTime => match of_kind(FieldKind::DateTime(DateRole::Event)) {
            Some(ModelValue::DateTime(moment)) => Some(moment).into(),
            _ => None::<PrimitiveDateTime>.into(),
        },
        ColumnType::Timestamp => {
            let moment = json
                .as_i64()
                .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
            moment.into()
        }
        ColumnType::Uuid => json.as_str().and_then(|text| Uuid::parse_str(text).ok()).into(),
    }
}
