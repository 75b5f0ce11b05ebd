//! The sources that are known from the start.

use torqueflow_model::SourceDefinition;

use crate::source::parse_source;

/// The TOML files of a folder, by their names.
macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../", $folder, "/", $name, ".toml")))),*]
    };
}
pub(crate) use files;

/// One file per source; `generic` is what a table is when no system is recognised.
const FILES: &[(&str, &str)] = files!["sources":
    "akaunting",
    "autovhc",
    "auxo",
    "dmservices",
    "dvla",
    "dvsa",
    "erpnext",
    "freshbooks",
    "fuelio",
    "ga4",
    "google_contacts",
    "hubspot",
    "invoice2go",
    "invoice_ninja",
    "lubelogger",
    "mailchimp",
    "odoo",
    "onebookplus",
    "outlook",
    "quickbooks",
    "sage50",
    "sage_accounting",
    "salesforce",
    "shopify",
    "shopmonkey",
    "square",
    "stripe",
    "tekmetric",
    "velodrop",
    "wave",
    "woocommerce",
    "workshop_software",
    "xero",
    "zoho_books",
    "generic",
];

/// Every source whose file is built in. A system with an adapter of its own, such as Techman, brings its definition along.
///
/// ```
/// let sources = torqueflow_detection::built_in_sources();
/// assert!(sources.iter().any(|source| source.id == "generic"));
/// ```
pub fn built_in_sources() -> Vec<SourceDefinition> {
    // A file that does not parse is caught by the test below, so none is lost here.
    FILES.iter().filter_map(|(_, toml)| parse_source(toml).ok()).collect()
}

/// Every file of the folder is in the list, and nothing else.
#[cfg(test)]
pub(crate) fn check_folder(folder: &str, files: &[(&str, &str)]) {
    let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected: Vec<String> = files.iter().map(|(name, _)| format!("{name}.toml")).collect();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses_and_is_named_after_its_id() {
        for (name, toml) in FILES {
            match parse_source(toml) {
                Ok(source) => assert_eq!(source.id, *name),
                Err(error) => panic!("sources/{name}.toml: {error}"),
            }
        }
        assert_eq!(built_in_sources().len(), FILES.len());
    }

    #[test]
    fn every_file_in_the_folder_is_built_in() {
        check_folder("sources", FILES);
    }
}
