//! Words that headers are made of.

/// Words of which the headers of exports are made, in lower case.
const HEADER_WORDS: &[&str] = &[
    "account",
    "active",
    "address",
    "age",
    "amount",
    "balance",
    "bill",
    "billing",
    "birth",
    "brand",
    "category",
    "city",
    "classification",
    "code",
    "color",
    "colour",
    "comment",
    "comments",
    "company",
    "contact",
    "cost",
    "country",
    "county",
    "created",
    "currency",
    "customer",
    "date",
    "day",
    "department",
    "description",
    "discount",
    "due",
    "email",
    "employee",
    "end",
    "engine",
    "external",
    "fax",
    "field",
    "first",
    "forename",
    "fuel",
    "gender",
    "group",
    "id",
    "index",
    "invoice",
    "item",
    "job",
    "key",
    "kind",
    "label",
    "landline",
    "last",
    "lat",
    "latitude",
    "line",
    "lng",
    "location",
    "longitude",
    "make",
    "mileage",
    "mobile",
    "model",
    "modified",
    "month",
    "mot",
    "name",
    "net",
    "no",
    "note",
    "notes",
    "number",
    "order",
    "owner",
    "part",
    "payment",
    "phone",
    "postcode",
    "price",
    "product",
    "qty",
    "quantity",
    "rate",
    "ref",
    "reference",
    "reg",
    "region",
    "registered",
    "registration",
    "role",
    "sales",
    "service",
    "sex",
    "size",
    "sku",
    "source",
    "start",
    "state",
    "status",
    "street",
    "supplier",
    "surname",
    "tag",
    "tax",
    "tel",
    "telephone",
    "time",
    "timestamp",
    "title",
    "total",
    "town",
    "type",
    "unit",
    "updated",
    "url",
    "user",
    "username",
    "value",
    "vat",
    "vehicle",
    "version",
    "vin",
    "vrm",
    "website",
    "week",
    "year",
    "zip",
];

/// A text made of at most five words, one of which headers are made of. `firstName` and `first_name` are two words.
pub(crate) fn is_header_word(text: &str) -> bool {
    let words = split(text);
    words.len() <= 5
        && words
            .iter()
            .any(|word| HEADER_WORDS.binary_search(&word.as_str()).is_ok() || is_plural(word))
}

/// What says of which thing it is the date, number or kind only by the title above it: `Due` below `MOT`.
pub(crate) fn needs_a_title(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "business",
        "by",
        "code",
        "date",
        "day",
        "done",
        "due",
        "due date",
        "end",
        "ends",
        "evening",
        "expires",
        "expiry",
        "expiry date",
        "first",
        "from",
        "home",
        "id",
        "last",
        "last date",
        "middle",
        "next",
        "next date",
        "next due",
        "no",
        "number",
        "other",
        "previous",
        "private",
        "ref",
        "reference",
        "start",
        "starts",
        "status",
        "till",
        "to",
        "type",
        "until",
        "work",
    ];
    let text = split(text).join(" ");
    WORDS.binary_search(&text.as_str()).is_ok()
}

fn is_plural(word: &str) -> bool {
    word.strip_suffix('s')
        .is_some_and(|word| HEADER_WORDS.binary_search(&word).is_ok())
}

/// The words of a header in lower case, cut at blanks, signs and where a small letter meets a capital.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for character in text.trim().chars() {
        if !character.is_alphanumeric() || character.is_uppercase() && after_small {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        after_small = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_for_the_search() {
        assert!(HEADER_WORDS.is_sorted(), "HEADER_WORDS must be sorted");
    }

    #[test]
    fn words_are_cut_at_case_and_signs() {
        assert_eq!(split("_ID_CustomerNumber (UK)"), ["id", "customer", "number", "uk"]);
    }
}
