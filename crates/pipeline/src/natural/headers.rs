//! Headers of numbers that a record has at its source, in columns that no field takes.

use torqueflow_model::{EntityKind, header_words};

/// Words for a number by which a business knows its records.
const NUMBERS: [&str; 19] = [
    "id",
    "no",
    "nr",
    "num",
    "number",
    "nummer",
    "numero",
    "número",
    "code",
    "key",
    "ref",
    "reference",
    "account",
    "acct",
    "guid",
    "uuid",
    "sku",
    "ean",
    "barcode",
];
/// How words end that are such a number in one: `Kundennummer`, `KundenNr`, `Codice`.
const ENDINGS: [&str; 7] = ["nummer", "number", "code", "nr", "codice", "codigo", "código"];
/// What other numbers there are: of telephones, taxes, houses, documents, and of the row itself.
const OTHERS: [&str; 105] = [
    "phone",
    "tel",
    "telephone",
    "mobile",
    "cell",
    "fax",
    "whatsapp",
    "vat",
    "tax",
    "gst",
    "tin",
    "ust",
    "nif",
    "cif",
    "siren",
    "siret",
    "zip",
    "postal",
    "post",
    "postcode",
    "house",
    "street",
    "line",
    "row",
    "serial",
    "s",
    "sr",
    "sl",
    "seq",
    "index",
    "pos",
    "position",
    "invoice",
    "order",
    "job",
    "bill",
    "receipt",
    "ticket",
    "booking",
    "appointment",
    "transaction",
    "policy",
    "license",
    "licence",
    "card",
    "bank",
    "iban",
    "bic",
    "sort",
    "passport",
    "insurance",
    "national",
    "country",
    "currency",
    "area",
    "region",
    "branch",
    "location",
    "bin",
    "warehouse",
    "category",
    "group",
    "type",
    "status",
    "owner",
    "rep",
    "engine",
    "motor",
    "chassis",
    "frame",
    "radio",
    "quote",
    "quotation",
    "estimate",
    "enquiry",
    "inquiry",
    "lead",
    "claim",
    "case",
    "submission",
    "entry",
    "response",
    "form",
    "session",
    "visit",
    "warranty",
    "contract",
    "deal",
    "sale",
    "sales",
    "repair",
    "service",
    "ro",
    "wo",
    "po",
    "document",
    "doc",
    "docket",
    "payment",
    "credit",
    "purchase",
    "message",
    "call",
    "event",
    "tag",
];
/// Beginnings of words for such numbers in one: `Telefonnummer`.
const OTHER_BEGINNINGS: [&str; 12] = [
    "tele", "fax", "haus", "steuer", "mobil", "handy", "ruf", "konto", "bank", "post", "umsatz", "rechnung",
];
/// Words for what a product is: its number may stand in several rows.
const PRODUCTS: [&str; 14] = [
    "item",
    "part",
    "product",
    "article",
    "artikel",
    "sku",
    "material",
    "oem",
    "ean",
    "barcode",
    "mpn",
    "catalogue",
    "catalog",
    "stock",
];
/// Words that say of a product's code whose it is.
const NO_PRODUCTS: [&str; 8] = [
    "supplier",
    "vendor",
    "family",
    "brand",
    "unit",
    "commodity",
    "nominal",
    "store",
];

/// Whether a header speaks of a number that the record of its row has at the source.
pub(super) fn names_number(header: &str, entity: EntityKind) -> bool {
    let words = header_words(header);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_number = has(&NUMBERS)
        || words
            .iter()
            .any(|word| ENDINGS.iter().any(|ending| word.ends_with(ending)));
    let begins = |word: &String| OTHER_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
    if !is_number || has(&OTHERS) || words.iter().any(begins) {
        return false;
    }
    let is_bare = words.len() == 1;
    if entity == EntityKind::Product {
        let is_products = has(&PRODUCTS) || words.iter().any(|word| word.starts_with("artikel"));
        return (is_products || is_bare && has(&["code", "ref", "reference"])) && !has(&NO_PRODUCTS);
    }
    // `No` alone counts the rows more often than it numbers customers, and keys hang on hooks.
    let is_vague = is_bare && has(&["no", "nr", "num", "number", "ref", "reference", "key"]);
    let is_key = entity == EntityKind::Vehicle && has(&["key"]);
    !is_vague && !is_key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, entity: EntityKind, expected: bool) {
        assert_eq!(names_number(header, entity), expected, "{header}");
    }

    #[test]
    fn numbers_of_the_record_are_told_from_others() {
        use EntityKind::{Customer, Product};
        for header in [
            "Kundennummer",
            "KundenNr",
            "client_no",
            "Member ID",
            "Account Ref",
            "Debtor Code",
        ] {
            check(header, Customer, true);
        }
        for header in [
            "Telefonnummer",
            "VAT Number",
            "Sr No",
            "No",
            "Hausnummer",
            "Invoice No",
            "Postal Code",
            "Notes",
            "Quote No",
            "Warranty No",
            "Submission ID",
            "Ref",
        ] {
            check(header, Customer, false);
        }
        check("Key No", EntityKind::Vehicle, false);
        check("Fleet Number", EntityKind::Vehicle, true);
        for header in ["Item code", "Part No.", "Code", "Artikelnummer", "SKU"] {
            check(header, Product, true);
        }
        for header in [
            "Tax Code",
            "Supplier Part No",
            "Bin Location Code",
            "Category Code",
            "Account No",
        ] {
            check(header, Product, false);
        }
    }
}
