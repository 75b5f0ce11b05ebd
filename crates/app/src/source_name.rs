//! What people call the source system of their files.

use torqueflow_model::fold_header;
use torqueflow_pipeline::Sources;

/// The system that stands for programs that nobody recognises. A table of it belongs to the source that a person named, or
/// that is known by its headers.
pub(crate) const NO_PARTICULAR: &str = "generic";
/// Characters of a name.
const MAX_CHARS: usize = 100;

/// It can't be the name of a source system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a source system has 1 to {MAX_CHARS} characters on one line")]
pub struct SourceNameError;

/// The source system that a person means: the id of one that is known, by its id or its name, else the name as it is given.
///
/// ```
/// use torqueflow_app::known_sources;
/// use torqueflow_app::source_name::source_named;
/// let sources = known_sources();
/// assert_eq!(source_named(&sources, "Google contacts").unwrap(), "google_contacts");
/// assert_eq!(source_named(&sources, " Bay  Manager ").unwrap(), "Bay Manager");
/// ```
pub fn source_named(sources: &Sources, given: &str) -> Result<String, SourceNameError> {
    let name = given.split_whitespace().collect::<Vec<_>>().join(" ");
    let folded = fold_header(&name);
    let is_meant = |text: &str| fold_header(text) == folded;
    let mut known = sources.definitions().iter();
    if let Some(source) = known.find(|source| is_meant(&source.id) || is_meant(&source.label)) {
        return Ok(source.id.clone());
    }
    let fits = !folded.is_empty() && name.chars().count() <= MAX_CHARS && !given.trim().contains(char::is_control);
    fits.then_some(name).ok_or(SourceNameError)
}

/// Whether it is the id of a source system whose files are recognised.
pub fn is_known(sources: &Sources, system: &str) -> bool {
    sources.definitions().iter().any(|source| source.id == system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: Option<&str>) {
        let sources = crate::known_sources();
        assert_eq!(source_named(&sources, given).ok().as_deref(), expected, "{given}");
    }

    #[test]
    fn known_systems_are_meant_by_id_and_name_and_others_by_what_is_given() {
        check("techman", Some("techman"));
        check("Techman", Some("techman"));
        check("Garage Assistant 4", Some("ga4"));
        check("no particular system", Some("generic"));
        check("Bay Manager", Some("Bay Manager"));
        check("  Our old\u{a0}till ", Some("Our old till"));
        check("Werkstatt Süd", Some("Werkstatt Süd"));
        for wrong in ["", "  ", "--", "two\nlines", &"x".repeat(101)] {
            check(wrong, None);
        }
    }
}
