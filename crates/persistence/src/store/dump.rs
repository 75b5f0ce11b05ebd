//! The canonical dump: what an organisation's business tables say, in a form that can be compared across databases.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use torqueflow_model::EntityKind;
use uuid::Uuid;

use crate::entity::import_mapping::{Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// The business tables of an organisation, one line of JSON per mapping and per record without one, sorted by source
/// system, entity type and source id. Links are shown as the target's source id; ids, times and versions are left out.
/// Two databases with the same dump hold the same data. It is read whole into memory.
pub async fn dump(store: &Store, organization: OrganizationId) -> Result<String, StoreError> {
    let names = source_names(store, organization).await?;
    let mut lines = BTreeSet::new();
    for kind in EntityKind::ALL {
        for row in store.business_load_all(organization, kind).await? {
            let values: serde_json::Map<_, _> = row
                .values
                .into_iter()
                .map(|(column, value)| {
                    let linked = value
                        .as_str()
                        .filter(|_| column.ends_with("_id"))
                        .and_then(|text| Uuid::parse_str(text).ok())
                        .map(|id| first_name(&names, id));
                    (column, linked.unwrap_or(value))
                })
                .collect();
            let values = serde_json::Value::Object(values);
            let unmapped = vec![(String::new(), kind.name().to_owned(), String::new())];
            for (system, entity, source_id) in names.get(&row.id).unwrap_or(&unmapped) {
                lines.insert(format!("{system}\t{entity}\t{source_id}\t{values}"));
            }
        }
    }
    let mut text = lines.into_iter().collect::<Vec<_>>().join("\n");
    text.push('\n');
    Ok(text)
}

type SourceName = (String, String, String);

async fn source_names(
    store: &Store,
    organization: OrganizationId,
) -> Result<HashMap<Uuid, Vec<SourceName>>, StoreError> {
    let rows: Vec<(Uuid, String, String, String)> = Entity::find()
        .select_only()
        .columns([
            Column::RecordId,
            Column::SourceSystem,
            Column::EntityType,
            Column::SourceId,
        ])
        .filter(Column::OrganizationId.eq(organization.0))
        .into_tuple()
        .all(&store.reader)
        .await?;
    let mut names: HashMap<Uuid, Vec<SourceName>> = HashMap::new();
    for (record_id, system, entity, source_id) in rows {
        names.entry(record_id).or_default().push((system, entity, source_id));
    }
    for list in names.values_mut() {
        list.sort_unstable();
    }
    Ok(names)
}

fn first_name(names: &HashMap<Uuid, Vec<SourceName>>, id: Uuid) -> serde_json::Value {
    names
        .get(&id)
        .and_then(|list| list.first())
        .map_or(serde_json::Value::from("unmapped"), |(system, _, source_id)| {
            serde_json::Value::from(format!("{system}:{source_id}"))
        })
}
