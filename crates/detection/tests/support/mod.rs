//! Reads header rows and makes up values for them.

use torqueflow_model::{Cell, Row};

/// One header row and what is expected of it.
pub struct Case {
    pub name: String,
    pub entities: Vec<String>,
    pub source: Option<String>,
    pub columns: Vec<String>,
}

/// Reads a file of `name: entities, source` lines, each followed by a line of headers between bars.
pub fn cases(text: &str) -> Vec<Case> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut cases = Vec::new();
    while let (Some(expected), Some(headers)) = (lines.next(), lines.next()) {
        let (name, rest) = expected.split_once(": ").unwrap_or((expected, "none, -"));
        let (entities, source) = rest.split_once(", ").unwrap_or((rest, "-"));
        let words = entities.split(' ').filter(|word| *word != "none");
        cases.push(Case {
            name: name.to_owned(),
            entities: words.map(str::to_owned).collect(),
            source: (source != "-").then(|| source.to_owned()),
            columns: headers.split('|').map(str::to_owned).collect(),
        });
    }
    cases
}

/// Three rows of values such as the headers promise.
pub fn samples(columns: &[String]) -> Vec<Row> {
    (1..=3)
        .map(|number| Row {
            number: number + 1,
            cells: columns.iter().map(|header| Cell::text(value(header, number))).collect(),
        })
        .collect()
}

fn value(header: &str, number: u64) -> String {
    let header = header.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| header.contains(word));
    if has(&["mail"]) && !has(&["mailing", "marketing", "gmail"]) {
        format!("person{number}@garage.example")
    } else if has(&[
        "date", "due", "birthday", "created", "opened", "closed", "issued", "expir",
    ]) {
        format!("{:02}/0{number}/2023", number + 12)
    } else if has(&["phone", "mobile", "tel", "fax"]) {
        format!("0791112345{number}")
    } else if is_plate(&header) {
        format!("AB1{number} CDE")
    } else if has(&["vin", "chassis"]) {
        format!("WVWZZZ1KZ6W61230{number}")
    } else if has(&["post", "zip"]) {
        format!("LS{number} 4AP")
    } else if has(&[
        "name", "company", "organi", "supplier", "vendor", "customer", "client", "owner", "keeper", "contact",
        "employer",
    ]) && !has(&[" no", "number", "id", "code", "ref", "uuid", "account", "type", "group"])
    {
        let names = ["Ada Smith", "Bob Jones", "Eve Brown"];
        names
            .iter()
            .cycle()
            .nth(number as usize)
            .copied()
            .unwrap_or_default()
            .to_owned()
    } else {
        format!("{}", number * 11)
    }
}

fn is_plate(header: &str) -> bool {
    let names = ["registration", "rego", "plate", "regno", "vrm", "tag number"];
    let others = ["vat", "month", "state", "template"];
    let has = |words: &[&str]| words.iter().any(|word| header.contains(word));
    (has(&names) && !has(&others)) || header == "reg" || header.ends_with(" reg")
}
