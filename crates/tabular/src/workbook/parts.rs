//! The small parts of a workbook: where its sheets are, and how it counts days (ECMA-376 Part 1, 18.2).

use std::collections::BTreeMap;

use super::package::Package;
use super::xml::{Event, Xml, attribute, attribute_text, is_true};
use crate::document::{TableInfo, Visibility};
use crate::error::OpenError;
use crate::limits::{self, Limits};

/// A relationship of a part: its type's last word, and the part it leads to.
#[derive(Debug)]
pub(crate) struct Relation {
    kind: String,
    pub(crate) target: String,
}

/// A worksheet in its workbook.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) info: TableInfo,
    pub(crate) part: String,
}

/// What `workbook.xml` and its relationships say.
#[derive(Debug, Default)]
pub(crate) struct WorkbookParts {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) date1904: bool,
    /// Whoever opens the workbook shall calculate all of it (18.2.2, `fullCalcOnLoad`). Programs that write formulas
    /// without calculating them ask for it, and store zeros.
    pub(crate) is_uncalculated: bool,
    pub(crate) styles: Option<String>,
    pub(crate) shared_strings: Option<String>,
}

/// Finds and reads `workbook.xml`.
pub(crate) fn read(package: &mut Package<'_>, limits: &Limits) -> Result<WorkbookParts, OpenError> {
    let workbook = workbook_part(package, limits)?;
    let relations = relations(package, &workbook, limits)?;
    let by_kind = |kind: &str| {
        relations
            .values()
            .find(|relation| relation.kind == kind)
            .map(|r| r.target.clone())
    };
    let mut parts = WorkbookParts {
        styles: by_kind("styles"),
        shared_strings: by_kind("sharedStrings"),
        ..WorkbookParts::default()
    };
    let Some(part) = package.part(&workbook)? else {
        return Err(OpenError::malformed("its workbook part is missing"));
    };
    let mut xml = Xml::new(part, limits.max_token_bytes);
    loop {
        match xml.next()? {
            Event::Start {
                name: b"workbookPr",
                attributes,
                ..
            } => {
                parts.date1904 = attribute(attributes, "date1904").is_some_and(is_true);
            }
            Event::Start {
                name: b"calcPr",
                attributes,
                ..
            } => {
                parts.is_uncalculated = attribute(attributes, "fullCalcOnLoad").is_some_and(is_true);
            }
            Event::Start {
                name: b"sheet",
                attributes,
                ..
            } => add_sheet(&mut parts, attributes, &relations, limits)?,
            Event::Eof => return Ok(parts),
            _ => {}
        }
    }
}

/// The part that the package is about, by its relationships, else by its usual name.
fn workbook_part(package: &mut Package<'_>, limits: &Limits) -> Result<String, OpenError> {
    let relations = relations(package, "", limits)?;
    let named = relations
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map(|r| r.target);
    let name = named
        .filter(|name| package.contains(name))
        .unwrap_or_else(|| "xl/workbook.xml".to_owned());
    Ok(name)
}

fn add_sheet(
    parts: &mut WorkbookParts,
    raw: &[u8],
    relations: &BTreeMap<String, Relation>,
    limits: &Limits,
) -> Result<(), OpenError> {
    let relation = attribute_text(raw, "id").and_then(|id| relations.get(&id));
    // Chart sheets and the like hold no cells.
    let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") else {
        return Ok(());
    };
    let visible = match attribute(raw, "state") {
        Some(b"hidden") => Visibility::Hidden,
        Some(b"veryHidden") => Visibility::VeryHidden,
        _ => Visibility::Visible,
    };
    let info = TableInfo::new(attribute_text(raw, "name"), visible);
    parts.sheets.push(Sheet {
        info,
        part: relation.target.clone(),
    });
    limits::SHEETS.check(parts.sheets.len() as u64, limits.max_sheets as u64)
}

/// The relationships of a part (ECMA-376 Part 2, 6.5), by id; of the package for an empty name.
fn relations(package: &mut Package<'_>, of: &str, limits: &Limits) -> Result<BTreeMap<String, Relation>, OpenError> {
    const MOST_RELATIONS: usize = 100_000;
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let mut relations = BTreeMap::new();
    let Some(part) = package.part(&format!("{prefix}_rels/{file}.rels"))? else {
        return Ok(relations);
    };
    let mut xml = Xml::new(part, limits.max_token_bytes);
    loop {
        match xml.next()? {
            Event::Start {
                name: b"Relationship",
                attributes,
                ..
            } => {
                let kind = attribute_text(attributes, "Type").unwrap_or_default();
                let target = attribute_text(attributes, "Target").unwrap_or_default();
                if let Some(id) = attribute_text(attributes, "Id") {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    let relation = Relation {
                        kind,
                        target: resolve(folder, &target),
                    };
                    relations.insert(id, relation);
                }
                if relations.len() > MOST_RELATIONS {
                    return Err(OpenError::malformed("it has too many relationships"));
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of the part that a target leads to. It is only ever looked up inside the package. Some programs write
/// backslashes.
fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    let base = if target.starts_with(['/', '\\']) { "" } else { folder };
    for step in base.split('/').chain(target.split(['/', '\\'])) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_stay_inside_the_package() {
        let cases = [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../../../etc/passwd", "etc/passwd"),
            ("", "./xl/workbook.xml", "xl/workbook.xml"),
            ("", "\\xl\\workbook.xml", "xl/workbook.xml"),
            ("xl", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "..\\..\\etc\\passwd", "etc/passwd"),
        ];
        for (folder, target, part) in cases {
            assert_eq!(resolve(folder, target), part);
        }
    }
}
