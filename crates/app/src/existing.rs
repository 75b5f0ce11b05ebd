//! Stored records that have the code of an incoming one, for runs that update what exists.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;
use torqueflow_model::{EntityKind, Record};
use torqueflow_persistence::{OrganizationId, Store};
use uuid::Uuid;

use crate::error::AppError;

/// Codes of records, by kind.
pub(crate) type Codes = HashMap<EntityKind, HashSet<String>>;

/// Records of the store, by kind and code.
pub(crate) type ByCode = HashMap<(EntityKind, String), Vec<Uuid>>;

/// The codes of records, where their kind has codes.
pub(crate) fn codes<'a>(records: impl Iterator<Item = &'a Record>) -> Codes {
    let mut codes = Codes::new();
    for record in records {
        let entity = record.slot.entity();
        if let Some(code) = entity.code_field().and_then(|field| record.text(field)) {
            codes.entry(entity).or_default().insert(code.to_owned());
        }
    }
    codes
}

/// The records that have these codes and were there before a run was made.
pub(crate) async fn find_by_code(
    store: &Store,
    organization: OrganizationId,
    codes: Codes,
    run_created_at: OffsetDateTime,
) -> Result<ByCode, AppError> {
    let mut found = ByCode::new();
    for (entity, codes) in codes {
        let codes: Vec<String> = codes.into_iter().collect();
        let records = store
            .business_find_by_code(organization, entity, &codes, run_created_at)
            .await?;
        for (code, id) in records {
            found.entry((entity, code)).or_default().push(id);
        }
    }
    Ok(found)
}
