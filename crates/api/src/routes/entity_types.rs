//! What can be imported, with its fields and rules.

use actix_web::{get, web};
use serde::Serialize;
use torqueflow_model::{EntityKind, EntitySpec, FieldKind, FieldSpec};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::SignedIn;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_entity_types);
}

/// A kind of record that can be imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "reward_code",
    "label": "Reward code",
    "plural": "reward codes",
    "required": [["code"]],
    "fields": [{
        "name": "code", "label": "Code", "kind": "code", "scale": null, "money": false, "choices": [], "refers_to": null,
        "mappable": true, "source_owned": true, "example": "SPRING-7Q4"
    }]
})))]
struct EntityTypeView {
    /// Its stable name.
    name: &'static str,
    /// What people call one.
    label: &'static str,
    /// What people call several.
    plural: &'static str,
    /// Of each of these groups of fields a record must have one, else its row fails.
    required: Vec<Vec<&'static str>>,
    /// Its fields.
    fields: Vec<FieldView>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "total_gross", "label": "Gross total", "kind": "decimal", "scale": 2, "money": true, "choices": [],
    "refers_to": null, "mappable": true, "source_owned": true, "example": "120.00"
})))]
struct FieldView {
    /// Its stable name within its entity.
    name: &'static str,
    /// What people call it.
    label: &'static str,
    /// What it holds, which decides how it is cleaned; new kinds may come.
    kind: &'static str,
    /// Digits after the point, of a decimal.
    #[schema(required)]
    scale: Option<u8>,
    /// Whether it is an amount of money.
    money: bool,
    /// The words that it knows; others are kept as they are, with a warning.
    choices: Vec<&'static str>,
    /// The entity that it leads to, of a reference.
    #[schema(required)]
    refers_to: Option<&'static str>,
    /// Whether a column of a file can be mapped to it; others are made from it.
    mappable: bool,
    /// Whether a later import may update it, as long as nobody changed it here.
    source_owned: bool,
    /// A valid value; empty where there is none.
    example: &'static str,
}

/// The kinds of records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct EntityTypePage {
    /// All of them, in import order: what comes later may refer to what comes earlier.
    items: Vec<EntityTypeView>,
    /// Null: there is one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List the entity types
///
/// What can be imported: every kind of record with its fields, which are also the choices for mapping a column
/// (`customer.phone`).
#[utoipa::path(tag = "catalogue", responses((status = 200, description = "The kinds of records.", body = EntityTypePage)))]
#[get("/entity-types")]
async fn list_entity_types(_caller: SignedIn) -> web::Json<EntityTypePage> {
    web::Json(EntityTypePage {
        items: EntityKind::ALL.into_iter().map(|kind| entity(kind.spec())).collect(),
        next_cursor: None,
    })
}

fn entity(spec: &'static EntitySpec) -> EntityTypeView {
    EntityTypeView {
        name: spec.name,
        label: spec.label,
        plural: spec.plural,
        required: spec.required.iter().map(|group| group.to_vec()).collect(),
        fields: spec.fields.iter().map(field).collect(),
    }
}

fn field(spec: &'static FieldSpec) -> FieldView {
    let (scale, choices, refers_to) = match spec.kind {
        FieldKind::Decimal { scale } => (Some(scale), Vec::new(), None),
        FieldKind::Choice(words) => (None, words.to_vec(), None),
        FieldKind::Reference { to, .. } => (None, Vec::new(), Some(to.name())),
        _ => (None, Vec::new(), None),
    };
    FieldView {
        name: spec.name,
        label: spec.label,
        kind: kind_name(spec.kind),
        scale,
        money: spec.is_money,
        choices,
        refers_to,
        mappable: spec.mappable,
        source_owned: spec.source_owned,
        example: spec.example,
    }
}

/// The stable name of a kind of field.
fn kind_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::LongText => "long_text",
        FieldKind::Code => "code",
        FieldKind::SourceId => "source_id",
        FieldKind::Title => "title",
        FieldKind::PersonName => "person_name",
        FieldKind::FullName => "full_name",
        FieldKind::CompanyName => "company_name",
        FieldKind::Email => "email",
        FieldKind::Phone => "phone",
        FieldKind::Landline => "landline",
        FieldKind::Boolean => "boolean",
        FieldKind::Date(_) => "date",
        FieldKind::DateTime(_) => "date_time",
        FieldKind::Vrm => "registration",
        FieldKind::Vin => "vin",
        FieldKind::Postcode => "postcode",
        FieldKind::Country => "country",
        FieldKind::Decimal { .. } => "decimal",
        FieldKind::Integer => "integer",
        FieldKind::Choice(_) => "choice",
        FieldKind::Reference { .. } => "reference",
        FieldKind::Json => "json",
        _ => "text",
    }
}
