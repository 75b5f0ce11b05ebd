//! What becomes of a column, as the specification describes it. What is read and shown are the types of the pipeline.

use utoipa::ToSchema;

/// What becomes of a column: the field that it feeds (`customer.phone`, `billing_address.city`), more than its field, or null:
/// it is left out.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(examples("customer.phone"))]
#[expect(dead_code, reason = "a description of what the pipeline reads and writes")]
pub enum ColumnMapping {
    /// The field.
    Field(String),
    /// The field, and how the column feeds it.
    Feed(ColumnFeed),
    /// Left out.
    LeftOut,
}

/// How a column feeds a field. Several columns may feed the same one: of each row the first that is filled counts, and what the
/// others say is told; `order` says which is first, and `join` makes one value of all of them.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(
    json!({ "field": "customer.phone", "order": 1 }),
    json!({ "field": "billing_address.city", "split": { "by": ",", "into": ["billing_address.postal_code"] } }),
    json!({ "field": "customer.display_name", "order": 2, "join": " " }),
    json!({ "field": "customer.customer_group", "constant": "Retail" })
))]
#[expect(dead_code, reason = "a description of what the pipeline reads and writes")]
pub struct ColumnFeed {
    /// The field: `customer.phone`, `billing_address.city`.
    field: String,
    /// Its place among the columns of the same field. Those without one come behind, in the order of the file.
    #[schema(minimum = 1, maximum = 1000, nullable = false)]
    order: Option<u16>,
    /// Its cells hold several values.
    #[schema(nullable = false)]
    split: Option<ColumnSplit>,
    /// All filled columns of the field are put together, in their order, with this text before the column's own. A column of
    /// the field that has none is put together with the first such text of the field.
    #[schema(nullable = false)]
    join: Option<String>,
    /// The text that each row has in the field where no column fills it. The name of the entry is then any that is no column's;
    /// where it is a column's, the column itself is left out. A constant makes no record of its own: only rows that say
    /// something else of the record get it.
    #[schema(nullable = false, min_length = 1)]
    constant: Option<String>,
}

/// How cells are taken apart: by a text, into values of the column's own field; or into several fields.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(examples(";"))]
#[expect(dead_code, reason = "a description of what the pipeline reads and writes")]
pub enum ColumnSplit {
    /// What stands between values of the same field: `;` in `0113 496 0101; 07700 900123`.
    By(String),
    /// The fields of the parts.
    Parts(SplitParts),
}

/// The fields of the parts of a cell. The first part goes to the column's `field`, the next ones to these fields; the last field
/// gets all that is left. Spaces around a part do not count. A cell without the text between its parts goes to `field` whole.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "by": ",", "into": ["billing_address.postal_code"] })))]
#[expect(dead_code, reason = "a description of what the pipeline reads and writes")]
pub struct SplitParts {
    /// What stands between the parts. Spaces alone are any number of them.
    #[schema(min_length = 1)]
    by: String,
    /// The fields of the second part and those behind it; null leaves a part out.
    #[serde(default)]
    into: Vec<Option<String>>,
}
