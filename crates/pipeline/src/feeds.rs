//! Which cells of a row feed which field, where a person said more of a column than its field: in an order, in parts, put
//! together, or always the same.

use torqueflow_model::{Cell, FieldRef, MappedCell};

use crate::plan::{ColumnShape, PlannedConstant, PlannedSplit, TablePlan};

/// What a person said of columns beyond their fields.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    shapes: Vec<ColumnShape>,
    constants: Vec<PlannedConstant>,
    /// Of fields whose columns are put together: what stands between them where a column does not say.
    joined: Vec<(FieldRef, String)>,
    /// The fields whose columns have an order.
    ordered: Vec<FieldRef>,
    /// Any column is split.
    splits: bool,
}

/// A cell on its way into a field.
#[derive(Clone)]
struct Fed<'f> {
    cell: MappedCell,
    order: u16,
    join: Option<&'f str>,
}

/// The place of columns without an order: behind all others.
const LAST: u16 = u16::MAX;

impl Feeds {
    pub fn of(plan: &TablePlan) -> Self {
        let mut feeds = Self {
            constants: plan.constants.clone(),
            ..Self::default()
        };
        if plan.columns.iter().all(|column| column.shape.is_plain()) && plan.constants.is_empty() {
            return feeds;
        }
        feeds.shapes = plan.columns.iter().map(|column| column.shape.clone()).collect();
        let columns = plan
            .columns
            .iter()
            .filter_map(|column| Some((column.field?, column.shape.order, column.shape.join.as_ref())));
        let constants = plan
            .constants
            .iter()
            .map(|constant| (constant.field, constant.order, constant.join.as_ref()));
        for (field, order, join) in columns.chain(constants) {
            if let Some(join) = join.filter(|_| feeds.between(field).is_none()) {
                feeds.joined.push((field, join.clone()));
            }
            if order.is_some() && !feeds.ordered.contains(&field) {
                feeds.ordered.push(field);
            }
        }
        feeds.splits = feeds.shapes.iter().any(|shape| shape.split.is_some());
        feeds
    }

    /// What stands between the columns of a field that are put together, where a column does not say.
    fn between(&self, field: FieldRef) -> Option<&str> {
        let mut joined = self.joined.iter().filter(|(joined, _)| *joined == field);
        joined.next().map(|(_, join)| join.as_str())
    }

    /// The column that feeds a field with a part of it, from 0.
    pub fn column_of_part(&self, field: FieldRef) -> Option<usize> {
        self.shapes.iter().position(|shape| {
            let split = shape.split.as_ref();
            split.is_some_and(|split| split.into.contains(&Some(field)))
        })
    }

    /// Nothing is to be done to the cells of a row.
    pub fn is_plain(&self) -> bool {
        !self.splits && self.joined.is_empty() && self.ordered.is_empty()
    }

    /// The cells of the columns as the fields take them: in parts, in order, put together.
    pub fn arrange(&self, cells: Vec<MappedCell>) -> Vec<MappedCell> {
        let mut fed: Vec<Fed<'_>> = Vec::with_capacity(cells.len());
        for cell in cells {
            let shape = cell.column.and_then(|column| self.shapes.get(column));
            let (order, join) = shape.map_or((LAST, None), |shape| {
                (shape.order.unwrap_or(LAST), shape.join.as_deref())
            });
            let with = |cell| Fed { cell, order, join };
            match shape.and_then(|shape| shape.split.as_ref()) {
                Some(split) => fed.extend(parts(&cell, split).into_iter().map(with)),
                None => fed.push(with(cell)),
            }
        }
        for field in &self.ordered {
            put_in_order(&mut fed, *field);
        }
        if self.joined.is_empty() {
            return fed.into_iter().map(|fed| fed.cell).collect();
        }
        self.join(fed)
    }

    /// Puts those cells together that a person wants to be one.
    fn join(&self, fed: Vec<Fed<'_>>) -> Vec<MappedCell> {
        let mut cells: Vec<MappedCell> = Vec::with_capacity(fed.len());
        for Fed { cell, join, .. } in fed {
            let usual = self.between(cell.field);
            let before = usual.and_then(|usual| {
                let before = cells.iter_mut().find(|before| before.field == cell.field)?;
                Some((before, join.unwrap_or(usual)))
            });
            match before {
                Some((before, between)) => {
                    let text = format!("{}{between}{}", before.cell.text.trim(), cell.cell.text.trim());
                    before.cell = Cell::text(text);
                }
                None => cells.push(cell),
            }
        }
        cells
    }

    /// Adds what each row has, where the row says something else of the record: a constant alone makes none. Where a column
    /// says something of the field, that counts. Says whether anything was added.
    pub fn add_constants(&self, cells: &mut Vec<MappedCell>) -> bool {
        let of_row = cells.len();
        for constant in &self.constants {
            let said = cells.iter().take(of_row);
            let is_filled = said.clone().any(|cell| cell.field == constant.field);
            let has_record = said.clone().any(|cell| cell.field.slot == constant.field.slot);
            if has_record && !is_filled {
                cells.push(MappedCell {
                    field: constant.field,
                    column: None,
                    cell: Cell::text(&constant.text),
                });
            }
        }
        cells.len() > of_row
    }
}

/// Puts the cells of a field in order, in the places that they have.
fn put_in_order(fed: &mut [Fed<'_>], field: FieldRef) {
    let is_its = |fed: &Fed<'_>| fed.cell.field == field;
    let mut ordered: Vec<Fed<'_>> = fed.iter().filter(|fed| is_its(fed)).cloned().collect();
    ordered.sort_by_key(|fed| fed.order);
    for (place, fed) in fed.iter_mut().filter(|fed| is_its(fed)).zip(ordered) {
        *place = fed;
    }
}

/// The parts of a cell, each for its field. What is not in parts stays as it is.
fn parts(cell: &MappedCell, split: &PlannedSplit) -> Vec<MappedCell> {
    let texts = if split.into.is_empty() {
        texts(&cell.cell.text, &split.by, usize::MAX)
    } else {
        texts(&cell.cell.text, &split.by, split.into.len() + 1)
    };
    if texts.len() < 2 {
        return vec![cell.clone()];
    }
    let fields = std::iter::once(Some(cell.field)).chain(split.into.iter().copied());
    let rest = split.into.is_empty().then_some(Some(cell.field));
    let fields = fields.chain(std::iter::repeat(rest.flatten()));
    let parts = texts.into_iter().zip(fields).filter(|(text, _)| !text.is_empty());
    parts
        .filter_map(|(text, field)| {
            Some(MappedCell {
                field: field?,
                column: cell.column,
                cell: Cell::text(text),
            })
        })
        .collect()
}

/// A text at what stands between its parts, into so many at most; spaces around the parts do not count. Where the separator
/// is spaces, several are as good as one.
fn texts<'t>(text: &'t str, by: &str, at_most: usize) -> Vec<&'t str> {
    let mark = by.trim();
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while parts.len() + 1 < at_most {
        let cut = if !mark.is_empty() {
            rest.split_once(mark)
        } else if by.contains(['\n', '\r']) {
            rest.split_once('\n')
        } else {
            rest.split_once(char::is_whitespace)
        };
        let Some((part, behind)) = cut else { break };
        parts.push(part.trim());
        rest = behind.trim();
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Mapping, map_columns};

    /// What a row becomes below these headers by this mapping: `field=text`.
    #[track_caller]
    fn check(headers: &[&str], mapping: &serde_json::Value, row: &[&str], expected: &[&str]) {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let mapping: Mapping = serde_json::from_value(mapping.clone()).unwrap();
        let mut plan = TablePlan {
            columns: headers
                .iter()
                .map(|header| crate::plan::PlannedColumn::new(header, None, "unmapped"))
                .collect(),
            ..TablePlan::default()
        };
        map_columns(&mut plan, &headers, &mapping).unwrap();
        let feeds = Feeds::of(&plan);
        let cells = plan.columns.iter().zip(row).enumerate();
        let cells = cells.filter(|(_, (_, text))| !text.is_empty());
        let mapped = cells.filter_map(|(index, (column, text))| {
            Some(MappedCell {
                field: column.field?,
                column: Some(index),
                cell: Cell::text(*text),
            })
        });
        let mut cells = feeds.arrange(mapped.collect());
        feeds.add_constants(&mut cells);
        let shown: Vec<String> = cells
            .iter()
            .map(|cell| format!("{}={}", cell.field, cell.cell.text))
            .collect();
        assert_eq!(shown, expected, "{mapping:?}");
    }

    #[test]
    fn several_columns_of_a_field_stand_in_their_order() {
        let mapping = serde_json::json!({
            "Tel": { "field": "customer.phone", "order": 2 }, "Wie": "customer.display_name",
            "Mobiel": { "field": "customer.phone", "order": 1 }, "Werk": "customer.phone"
        });
        check(
            &["Werk", "Tel", "Wie", "Mobiel"],
            &mapping,
            &["3", "2", "Marta", "1"],
            &[
                "customer.phone=1",
                "customer.phone=2",
                "customer.display_name=Marta",
                "customer.phone=3",
            ],
        );
    }

    #[test]
    fn a_cell_is_split_into_fields() {
        let mapping = serde_json::json!({
            "Plaats": { "field": "billing_address.city", "split": { "by": ",", "into": [null, "billing_address.postal_code"] } }
        });
        let (city, code) = ("billing_address.city=Leeds", "billing_address.postal_code=LS6 3AA, UK");
        check(
            &["Plaats"],
            &mapping,
            &["Leeds, Yorkshire , LS6 3AA, UK"],
            &[city, code],
        );
        check(&["Plaats"], &mapping, &["Leeds"], &[city]);
        check(&["Plaats"], &mapping, &["Leeds,"], &[city]);
        check(&["Plaats"], &mapping, &[""], &[]);
        let words = serde_json::json!({
            "Naam": { "field": "customer.first_name", "split": { "by": " ", "into": ["customer.last_name"] } }
        });
        let names = ["customer.first_name=Marta", "customer.last_name=van der Berg"];
        check(&["Naam"], &words, &["Marta   van der Berg"], &names);
    }

    #[test]
    fn a_cell_may_hold_several_values_of_its_field() {
        let mapping = serde_json::json!({ "Tel": { "field": "customer.phone", "split": ";" } });
        check(
            &["Tel"],
            &mapping,
            &["1; 2;;3"],
            &["customer.phone=1", "customer.phone=2", "customer.phone=3"],
        );
    }

    #[test]
    fn columns_are_put_together() {
        let mapping = serde_json::json!({
            "Straat": { "field": "billing_address.line_1", "join": " " },
            "Nr": "billing_address.line_1",
            "Bus": { "field": "billing_address.line_1", "join": "/" }
        });
        let headers = ["Straat", "Nr", "Bus"];
        check(
            &headers,
            &mapping,
            &["Kerkstraat", "7", "B"],
            &["billing_address.line_1=Kerkstraat 7/B"],
        );
        check(&headers, &mapping, &["", "7", ""], &["billing_address.line_1=7"]);
        let turned = serde_json::json!({
            "Last": { "field": "customer.display_name", "order": 2, "join": " " },
            "First": { "field": "customer.display_name", "order": 1, "join": " " }
        });
        check(
            &["Last", "First"],
            &turned,
            &["Berg", "Marta"],
            &["customer.display_name=Marta Berg"],
        );
    }

    #[test]
    fn a_constant_stands_in_each_row_that_has_its_record() {
        let mapping = serde_json::json!({
            "Naam": "customer.display_name", "Soort": "customer.customer_group",
            "group": { "field": "customer.customer_group", "constant": "Retail" },
            "country": { "field": "billing_address.country_code", "constant": "NL" }
        });
        let headers = ["Naam", "Soort"];
        check(
            &headers,
            &mapping,
            &["Marta", ""],
            &["customer.display_name=Marta", "customer.customer_group=Retail"],
        );
        check(
            &headers,
            &mapping,
            &["Marta", "Trade"],
            &["customer.display_name=Marta", "customer.customer_group=Trade"],
        );
        check(&headers, &mapping, &["", ""], &[]);
    }
}
