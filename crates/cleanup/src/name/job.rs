//! The job behind a customer's name.

use torqueflow_model::fold;

/// Words before a colon that only say what follows, folded.
const LABELS: &[&str] = &[
    "attn",
    "attention",
    "fao",
    "re",
    "ref",
    "c o",
    "tel",
    "mob",
    "mobile",
    "phone",
    "email",
    "e mail",
    "name",
    "contact",
    "owner",
    "driver",
    "keeper",
    "customer",
    "client",
    "company",
    "note",
    "notes",
    "nb",
    "ps",
    "account",
    "acc",
    "address",
    "http",
    "https",
    "mailto",
];

/// Takes the job off a name of the form `Smith Ltd:Van fleet`, which `QuickBooks` gives the jobs of a customer, those of jobs
/// too: `Smith Ltd:Van fleet:Repairs` (Intuit, "Customer:Job"). It writes no space beside the colon.
pub(super) fn split_job(name: &str) -> Option<(&str, &str)> {
    let (customer, job) = name.split_once(':')?;
    let has_word = |text: &str| text.chars().filter(|character| character.is_alphabetic()).count() >= 2;
    let is_time = customer.ends_with(|c: char| c.is_ascii_digit()) && job.starts_with(|c: char| c.is_ascii_digit());
    let spaced = customer.ends_with(' ') || job.starts_with([' ', ':', '/', '\\']);
    let is_label = LABELS.contains(&fold(customer).as_str());
    (!spaced && !is_time && !is_label && has_word(customer) && !job.trim().is_empty()).then_some((customer, job))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<(&str, &str)>) {
        assert_eq!(split_job(name), expected, "{name}");
    }

    #[test]
    fn the_job_is_behind_the_colon() {
        check("Smith Ltd:Van fleet", Some(("Smith Ltd", "Van fleet")));
        check("Smith, Ada:MOT 2024", Some(("Smith, Ada", "MOT 2024")));
        check("Smith Ltd:Van fleet:Repairs", Some(("Smith Ltd", "Van fleet:Repairs")));
    }

    #[test]
    fn other_colons_are_left_alone() {
        for name in [
            "Attn:Ada Smith",
            "c/o:Ada Smith",
            "Smith: the tall one",
            "Smith :x",
            "10:30",
            "Ada Lowe 10:30",
            "https://smith.example",
            "A:B",
            "Smith:",
            ":x",
        ] {
            check(name, None);
        }
    }
}
