//! Currencies beside an amount. They do not change it: money is kept in the currency of the business.

/// The alphabetic codes of currencies in use (ISO 4217:2015, list one), without funds, metals and those for testing.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV \
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// How people write currencies without their code, in lower case. The dollars' letters stand before the sign.
const WORDS: &[&str] = &[
    "us$", "au$", "ca$", "nz$", "hk$", "a$", "c$", "s$", "r$", "euros", "euro", "pounds", "dollars", "kr.", "kr",
    "k\u{10d}", "z\u{142}", "ft", "lei", "sfr.", "sfr", "fr.", "fr", "rs.", "rs",
];

/// Whether a character is a currency sign (Unicode category Sc, as far as it is in use).
pub(super) fn is_sign(character: char) -> bool {
    matches!(character, '$' | '\u{a2}'..='\u{a5}' | '\u{e3f}' | '\u{17db}' | '\u{20a0}'..='\u{20c0}' | '\u{fdfc}')
}

/// Takes a currency off one end of an amount in lower case.
pub(super) fn strip(text: &str) -> Option<&str> {
    let code = |code: Option<&str>| code.is_some_and(is_code);
    if let Some((place, _)) = text.char_indices().nth_back(2)
        && code(text.get(place..))
    {
        return text.get(..place).filter(|rest| ends_apart(rest));
    }
    if let Some((place, _)) = text.char_indices().nth(3)
        && code(text.get(..place))
    {
        return text.get(place..).filter(|rest| begins_apart(rest));
    }
    WORDS.iter().find_map(|word| {
        let before = text.strip_suffix(word).filter(|rest| ends_apart(rest));
        before.or_else(|| text.strip_prefix(word).filter(|rest| begins_apart(rest)))
    })
}

fn is_code(word: &str) -> bool {
    word.len() == 3
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && CODES.split(' ').any(|code| code.eq_ignore_ascii_case(word))
}

fn ends_apart(rest: &str) -> bool {
    rest.chars().next_back().is_some_and(|last| !last.is_alphabetic())
}

fn begins_apart(rest: &str) -> bool {
    rest.chars().next().is_some_and(|first| !first.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(strip(text), expected, "{text:?}");
    }

    #[test]
    fn codes_and_words_stand_on_either_side() {
        check("12 chf", Some("12 "));
        check("chf 12", Some(" 12"));
        check("12.50gbp", Some("12.50"));
        check("us$12", Some("12"));
        check("12 z\u{142}", Some("12 "));
        check("12 xyz", None);
        check("gbp", None);
        check("mygbp 12", None);
        check("12", None);
    }
}
