//! Source systems written by people, in TOML.

use torqueflow_detection::{Detector, built_in_sources, parse_source};
use torqueflow_model::SourceDefinition;

use super::cells;
use crate::Target;
use crate::sections::{SECTION, split_mode};

pub const TARGET: Target = Target {
    name: "sources",
    about: "source systems in TOML, and what is detected by them",
    max_bytes: 4 * 1024,
    seeds,
    tokens: &[
        "[[table]]\n",
        "[table.columns]\n",
        "[spellings]\n",
        "[slots.customer]\n",
        "id = \"",
        "label = \"",
        "type = \"",
        "noun = \"",
        "required = [",
        "required_values = [",
        "excluded = [",
        "slots = [",
        "without = [",
        "prefixes = [",
        "prefix_needed = true",
        "date_order = \"day_first\"",
        "{ field = \"customer.email\", aliases = [",
        "\"*.notes\"",
        "\"billing_address\"",
        "\"vehicle.vrm\"",
        "\"\"\"",
        "= \"\"\n",
        "\u{1E}",
    ],
    run,
};

/// The text before the first section mark is the file; what is behind it is a table to detect.
fn run(input: &[u8]) {
    let (_, rest) = split_mode(input);
    let text = String::from_utf8_lossy(rest);
    let (file, table) = text.split_once(char::from(SECTION)).unwrap_or((&text, ""));
    let parsed = parse_source(file);
    assert_eq!(parsed, parse_source(file), "parsed twice");
    match parsed {
        Ok(source) => detect(source, table),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// The headers that a source names are headers of its tables.
fn detect(source: SourceDefinition, table: &str) {
    let mut rows = cells::rows(table);
    let header: Vec<String> = rows.remove(0).cells.into_iter().map(|cell| cell.text).collect();
    let tables = source.tables.clone();
    let detector = Detector::new(vec![source]);
    let detection = detector.detect(&header, &rows);
    assert_eq!(detection.columns.len(), header.len());
    for table in &tables {
        let own: Vec<String> = table.columns.iter().map(|column| column.header.clone()).collect();
        let detection = detector.detect_type(&table.type_id, &own, &rows);
        assert!(
            detection.is_some_and(|detection| detection.columns.len() == own.len()),
            "{}",
            table.type_id
        );
        assert!(
            table
                .required
                .iter()
                .flatten()
                .all(|index| *index < table.columns.len())
        );
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let small = "id = \"acme\"\nlabel = \"Acme\"\n\n[spellings]\n\"customer.email\" = [\"Mail\"]\n\n[slots.billing_address]\n\
        prefixes = [\"Bill\"]\nprefix_needed = true\n\n[[table]]\ntype = \"acme.customers\"\nlabel = \"Acme customers\"\n\
        noun = \"customers\"\nrequired = [\"Name\", [\"Mail\", \"Phone\"]]\nrequired_values = [[\"customer.email\", \
        \"customer.phone\"]]\nexcluded = [\"VIN\"]\ndate_order = \"day_first\"\nslots = [\"customer\", \"billing_address\"]\n\
        without = [\"customer.notes\"]\n\n[table.columns]\n\"Name\" = \"customer.full_name\"\n\"Other\" = \"\"\n\
        \"Phone\" = { field = \"customer.phone\", aliases = [\"Tel\", \"Telephone\"] }\n";
    let rows = "Name\u{1F}Tel\u{1F}Bill City\nAda\u{1F}07911 123456\u{1F}Leeds";
    let mut seeds = vec![
        format!("0{small}{}{rows}", char::from(SECTION)).into_bytes(),
        format!("0{small}").into_bytes(),
        b"0id = 5".to_vec(),
    ];
    // What the built-in systems know, in words of our own.
    for source in built_in_sources().iter().take(4) {
        let tables = source.tables.iter().take(2).map(|table| {
            let columns = table.columns.iter().take(12).map(|column| {
                let field = column.field.map(|field| field.to_string()).unwrap_or_default();
                format!("{:?} = {field:?}\n", column.header)
            });
            let (type_id, columns) = (&table.type_id, columns.collect::<String>());
            format!("[[table]]\ntype = {type_id:?}\nlabel = \"L\"\nnoun = \"rows\"\n[table.columns]\n{columns}")
        });
        let (id, tables) = (&source.id, tables.collect::<String>());
        seeds.push(format!("0id = {id:?}\nlabel = \"L\"\n{tables}").into_bytes());
    }
    seeds
}
