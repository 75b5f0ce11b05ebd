//! Headers of numbers that a record has at its source, in columns that no field takes.

use torqueflow_model::{EntityKind, fold_accents, fold_header, header_words};

/// Words for a number by which a business knows its records.
const NUMBERS: [&str; 21] = [
    "id",
    "no",
    "nr",
    "num",
    "number",
    "nummer",
    "numero",
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
    "mpn",
    "pn",
    "handle",
];
/// How words end that are such a number in one: `Kundennummer`, `KundenNr`, `Codice`.
const ENDINGS: [&str; 7] = ["nummer", "number", "code", "nr", "codice", "codigo", "código"];
/// What other numbers there are: of telephones, taxes, houses, documents, and of the row itself.
const OTHERS: [&str; 111] = [
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
    "shelf",
    "rack",
    "bay",
    "date",
    "time",
    "image",
];
/// Beginnings of words for such numbers in one: `Telefonnummer`.
const OTHER_BEGINNINGS: [&str; 14] = [
    "tele", "fax", "haus", "steuer", "mobil", "handy", "ruf", "konto", "bank", "post", "umsatz", "rechnung", "serie",
    "lager",
];
/// Words for what people have, or buy: its number does not say who they are.
const THINGS: [&str; 35] = [
    "vehicle",
    "car",
    "veh",
    "fahrzeug",
    "fahrgestell",
    "plate",
    "reg",
    "registration",
    "rego",
    "vrm",
    "vrn",
    "vin",
    "kennzeichen",
    "placa",
    "matricula",
    "targa",
    "fleet",
    "asset",
    "unit",
    "stock",
    "item",
    "part",
    "product",
    "article",
    "material",
    "sku",
    "ean",
    "machine",
    "equipment",
    "device",
    "room",
    "property",
    "trailer",
    "truck",
    "van",
];
/// Words for what a product is: its number may stand in several rows.
const PRODUCTS: [&str; 17] = [
    "item",
    "part",
    "product",
    "article",
    "artikel",
    "sku",
    "material",
    "oem",
    "oe",
    "pn",
    "handle",
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
/// Headers of what variants of a product differ in, folded, without accents.
const OPTIONS: [&str; 32] = [
    "option",
    "option1",
    "option2",
    "option3",
    "optionvalue",
    "option1value",
    "option2value",
    "option3value",
    "attribute1value",
    "attribute1values",
    "attribute2value",
    "attribute2values",
    "attribute3value",
    "attribute3values",
    "variant",
    "variantname",
    "varianttitle",
    "variation",
    "size",
    "packsize",
    "colour",
    "color",
    "grosse",
    "farbe",
    "talla",
    "tamano",
    "taille",
    "couleur",
    "maat",
    "kleur",
    "rozmiar",
    "kolor",
];

/// What a column without a field may say of the record of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// A number that the record has at its source.
    Number,
    /// What a variant of a product differs in from the others.
    Option,
    /// Nothing by its header, but its values may be codes of products.
    Perhaps,
}

/// What a header says of a column without a field, in a table of this kind of record.
pub(super) fn tells(header: &str, entity: EntityKind) -> Option<Tells> {
    if names_number(header, entity) {
        return Some(Tells::Number);
    }
    if entity != EntityKind::Product {
        return None;
    }
    if OPTIONS.contains(&fold_header(&fold_accents(header)).as_str()) {
        return Some(Tells::Option);
    }
    let words = words_of(header);
    let is_other = words.iter().any(|word| {
        let word = word.as_str();
        OTHERS.contains(&word)
            || NO_PRODUCTS.contains(&word)
            || OTHER_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
    });
    (!is_other && !words.is_empty()).then_some(Tells::Perhaps)
}

/// Whether a header speaks of a number that the record of its row has at the source.
fn names_number(header: &str, entity: EntityKind) -> bool {
    let words = words_of(header);
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
    if !is_bare && has(&["handle"]) || matches!(entity, EntityKind::Customer | EntityKind::Supplier) && has(&THINGS) {
        return false;
    }
    if entity == EntityKind::Product {
        let is_products = has(&PRODUCTS) || words.iter().any(|word| word.starts_with("artikel"));
        return (is_products || is_bare && has(&["code", "ref", "reference"])) && !has(&NO_PRODUCTS);
    }
    // `No` alone counts the rows more often than it numbers customers, and keys hang on hooks.
    let is_vague = is_bare && has(&["no", "nr", "num", "number", "ref", "reference", "key"]);
    let is_key = entity == EntityKind::Vehicle && has(&["key"]);
    !is_vague && !is_key
}

/// The words of a header without accents, with `P/N` as one of them.
fn words_of(header: &str) -> Vec<String> {
    let mut words = header_words(&fold_accents(header));
    if let Some(place) = words.windows(2).position(|pair| pair == ["p", "n"]) {
        words.splice(place..place + 2, ["pn".to_owned()]);
    }
    words
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
            "Vehicle No",
            "Plate Number",
            "VIN Number",
            "Reg No",
            "Fleet Number",
            "Unit No",
        ] {
            check(header, Customer, false);
        }
        check("Key No", EntityKind::Vehicle, false);
        check("Fleet Number", EntityKind::Vehicle, true);
        for header in [
            "Item code",
            "Part No.",
            "Code",
            "Artikelnummer",
            "SKU",
            "P/N",
            "OEM P/N",
            "Customer P/N",
            "OE Number",
            "Mfr part no",
            "MPN",
            "Handle",
        ] {
            check(header, Product, true);
        }
        for header in [
            "Tax Code",
            "Supplier Part No",
            "Bin Location Code",
            "Category Code",
            "Account No",
            "Handle Type",
        ] {
            check(header, Product, false);
        }
    }

    #[test]
    fn what_variants_differ_in_is_known_by_its_header() {
        let check = |header: &str, expected| assert_eq!(tells(header, EntityKind::Product), expected, "{header}");
        check("Option1 Value", Some(Tells::Option));
        check("Größe", Some(Tells::Option));
        check("Colour", Some(Tells::Option));
        check("Option1 Name", Some(Tells::Perhaps));
        check("Serial No", None);
        check("Lagerplatz", None);
        assert_eq!(tells("Colour", EntityKind::Customer), None);
    }
}
