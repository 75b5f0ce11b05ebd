//! Links: which operations take what a list or the making of something gives.

use serde_json::{Map, Value, json};

/// Links the answers of collections (`/customers`) to the operations on what is in them (`/customers/{customer_id}`, and
/// below it).
pub fn add(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    let targets = targets(paths);
    for (path, item) in paths {
        let beginning = format!("{path}/{{");
        let below = || targets.iter().filter(|target| target.path.starts_with(&beginning));
        for (method, status) in [("get", "200"), ("post", "201")] {
            let Some(answer) = item.pointer_mut(&format!("/{method}/responses/{status}")) else {
                continue;
            };
            let Some(id) = place_of_id(answer, &schemas) else {
                continue;
            };
            let links: Map<String, Value> = below()
                .filter_map(|target| Some((target.operation.clone(), target.link(path, id)?)))
                .collect();
            if let Some(answer) = answer.as_object_mut().filter(|_| !links.is_empty()) {
                answer.insert("links".to_owned(), links.into());
            }
        }
    }
}

/// An operation that is about one thing.
struct Target {
    path: String,
    operation: String,
}

fn targets(paths: &Map<String, Value>) -> Vec<Target> {
    let operations = paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flat_map(Map::values);
        operations.filter_map(move |operation| {
            Some(Target {
                path: path.clone(),
                operation: operation.get("operationId")?.as_str()?.to_owned(),
            })
        })
    });
    operations.collect()
}

impl Target {
    /// The link from the collection at this path. None to what needs more than the collection and the thing.
    fn link(&self, collection: &str, id: &str) -> Option<Value> {
        let mut parameters = Map::new();
        for name in parameters_of(collection) {
            parameters.insert(name.to_owned(), format!("$request.path.{name}").into());
        }
        let rest = self.path.strip_prefix(collection)?;
        let [name] = parameters_of(rest).collect::<Vec<_>>()[..] else {
            return None;
        };
        parameters.insert(name.to_owned(), format!("$response.body#{id}").into());
        Some(json!({ "operationId": self.operation, "parameters": parameters }))
    }
}

/// The names in the braces of a path.
fn parameters_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split('}').next())
}

/// Where an answer has the id of a thing: a page in its first item, a thing in itself.
fn place_of_id(answer: &Value, schemas: &Value) -> Option<&'static str> {
    let schema = answer.pointer("/content/application~1json/schema")?;
    let properties = properties(schema, schemas)?;
    if properties.get("id").is_some() {
        return Some("/id");
    }
    let items = self::properties(properties.get("items")?.get("items")?, schemas)?;
    items.get("id").map(|_| "/items/0/id")
}

/// The properties of the schema that a reference leads to.
fn properties<'a>(reference: &Value, schemas: &'a Value) -> Option<&'a Value> {
    let name = reference.get("$ref")?.as_str()?.rsplit('/').next()?;
    schemas.get(name)?.get("properties")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_lead_to_what_is_in_them() {
        let answer = |schema: &str| {
            let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
            json!({ "content": { "application/json": { "schema": reference } } })
        };
        let mut document = json!({
            "paths": {
                "/runs/{run_id}/matches": { "get": { "operationId": "list", "responses": { "200": answer("Page") } } },
                "/runs/{run_id}/matches/{match_id}": { "patch": { "operationId": "decide", "responses": {} } },
                "/runs/{run_id}/matches/{match_id}/notes/{note_id}": { "get": { "operationId": "note", "responses": {} } }
            },
            "components": { "schemas": {
                "Page": { "properties": { "items": { "items": { "$ref": "#/components/schemas/Match" } } } },
                "Match": { "properties": { "id": {} } }
            } }
        });
        add(&mut document);
        let links = &document["paths"]["/runs/{run_id}/matches"]["get"]["responses"]["200"]["links"];
        let expected = json!({ "decide": {
            "operationId": "decide",
            "parameters": { "run_id": "$request.path.run_id", "match_id": "$response.body#/items/0/id" }
        } });
        assert_eq!(*links, expected);
    }
}
