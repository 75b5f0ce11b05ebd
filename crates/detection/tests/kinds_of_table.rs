//! What a table is, where its headers alone would say something else: by its values, its columns of yes and no, the words
//! around it, and what is not understood.

use std::sync::LazyLock;

use torqueflow_detection::{Detection, Detector, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// Knows no system.
static GENERIC: LazyLock<Detector> = LazyLock::new(|| {
    let generic = built_in_sources().into_iter().filter(|source| source.id == "generic");
    Detector::new(generic.collect())
});

/// A table of lines with cells between bars, the first of which is the header.
fn detect_with(detector: &Detector, text: &str, around: &Surroundings) -> Detection {
    let mut lines = text
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let header: Vec<String> = lines
        .next()
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let rows: Vec<Row> = lines
        .map(|cells| Row {
            number: 0,
            cells: cells.into_iter().map(Cell::text).collect(),
        })
        .collect();
    detector.detect_in(&header, &rows, around)
}

fn detect_in(text: &str, around: &Surroundings) -> Detection {
    detect_with(&DETECTOR, text, around)
}

fn detect(text: &str) -> Detection {
    detect_in(text, &Surroundings::default())
}

fn type_of(detection: &Detection) -> Option<&str> {
    detection.table_type.as_ref().map(|found| found.type_id.as_str())
}

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let detection = detect(text);
    assert_eq!(type_of(&detection), expected, "{text}: {:?}", detection.evidence);
}

fn called(file_name: &str, sheet: Option<&str>, title: &str) -> Surroundings {
    Surroundings {
        file_name: file_name.to_owned(),
        sheet: sheet.map(str::to_owned),
        titles: if title.is_empty() {
            Vec::new()
        } else {
            vec![title.to_owned()]
        },
        ..Surroundings::default()
    }
}

/// The field of a column, whether or not the table is recognised.
#[track_caller]
fn check_field(text: &str, header: &str, expected: Option<&str>) {
    let detection = detect(text);
    let column = detection.columns.iter().find(|column| column.header == header);
    let field = column.and_then(|column| column.field).map(|field| field.to_string());
    assert_eq!(field.as_deref(), expected, "{text}: {header}");
}

const PARTIES: &str = "Name|Street|City|Postcode|Phone|Email\n\
    Larch Paints|4 Quay St|Leeds|LS1 4AP|01632 960011|post@larch.example\n\
    Elm Tyres|5 Quay St|York|YO1 7HH|01632 960012|post@elm.example";

#[test]
fn the_words_around_a_table_tell_suppliers_from_customers() {
    let check = |around: &Surroundings, expected| {
        let detection = detect_in(PARTIES, around);
        assert_eq!(
            type_of(&detection),
            Some(expected),
            "{around:?} {:?}",
            detection.evidence
        );
    };
    check(&called("", None, ""), "generic.customers");
    check(&called("", None, "Vendors"), "generic.suppliers");
    check(&called("suppliers-2024.csv", None, ""), "generic.suppliers");
    check(&called("book.xlsx", Some("Vendors"), ""), "generic.suppliers");
    // What its sheet is called says more than what the file is called.
    check(&called("suppliers.xlsx", Some("Customers"), ""), "generic.customers");
}

#[test]
fn a_header_with_the_word_vendor_tells_suppliers() {
    check(
        "vendor_name|email|contact_first_name|contact_last_name|vendor_currency|phone|address_line_1|city|postal_code\n\
         Larch Paints|post@larch.example|Ida|Moor|GBP|01632 960011|4 Quay St|Leeds|LS1 4AP\n\
         Elm Tyres|post@elm.example|Ned|Dale|GBP|01632 960012|5 Quay St|York|YO1 7HH",
        Some("generic.suppliers"),
    );
}

#[test]
fn yes_and_no_tell_whose_list_it_is() {
    let list = |customer: [&str; 2], supplier: [&str; 2]| {
        format!(
            "Name|Street|City|Customer|Supplier\nLarch Paints|4 Quay St|Leeds|{}|{}\nElm Tyres|5 Quay St|York|{}|{}",
            customer[0], supplier[0], customer[1], supplier[1]
        )
    };
    check(&list(["0", "0"], ["1", "1"]), Some("generic.suppliers"));
    check(&list(["TRUE", "TRUE"], ["FALSE", ""]), Some("generic.customers"));
    check_field(&list(["0", "0"], ["1", "1"]), "Name", Some("supplier.name"));
}

#[test]
fn lines_totals_taxes_and_histories_of_documents_are_known_and_left_out() {
    let check = |text: &str, expected: &str| {
        let detection = detect(text);
        assert!(!detection.is_imported(), "{text}: {:?}", detection.evidence);
        // Of a system that is known, they may be called something else.
        let detection = detect_with(&GENERIC, text, &Surroundings::default());
        assert!(!detection.is_imported(), "{text}: {:?}", detection.evidence);
        let noun = detection.table_type.as_ref().map(|found| found.noun.as_str());
        assert_eq!(noun, Some(expected), "{text}: {:?}", detection.evidence);
        assert!(detection.warning("not_imported").is_some(), "{:?}", detection.warnings);
        assert!(detection.candidates.is_empty(), "{:?}", detection.candidates);
    };
    check(
        "invoice_number|item_name|item_type|quantity|price|total|tax\nI-7|Wiper|product|2|8.00|16.00|\nI-8|Valet|service|1|30.00|30.00|",
        "invoice lines",
    );
    check(
        "invoice_number|code|name|amount|sort_order\nI-7|sub_total|Sub-Total|16.00|1\nI-7|total|Total|16.00|2",
        "totals of invoices",
    );
    check(
        "bill_number|item_name|tax_name|tax_rate|amount\nB-1|Wiper|VAT|20|1.60\nB-2|Valet|VAT|20|6.00",
        "taxes of invoice lines",
    );
    check(
        "invoice_number|status|notify|description\nI-7|sent|0|I-7 sent\nI-7|paid|0|I-7 paid",
        "entries of the history of invoices",
    );
    check(
        "bill_number|status|billed_at|due_at|amount|vendor_name\nB-1|paid|2024-03-01|2024-04-01|16.00|Larch Paints\n\
         B-2|open|2024-03-02|2024-04-02|30.00|Elm Tyres",
        "invoices of suppliers",
    );
}

#[test]
fn parts_that_name_their_job_are_no_stock() {
    let parts = "PartID|JobID|Partnumber|PartName|Quantity|UnitPrice|Amount\n1|2|77101|Drive belt|1|41.20|41.20\n2|3|W90|Weight|4|3|12";
    let detection = detect(parts);
    assert_ne!(
        type_of(&detection),
        Some("generic.products"),
        "{:?}",
        detection.evidence
    );
}

#[test]
fn a_tie_is_put_to_a_person() {
    let tie = "Client|Invoice Number|Amount|Date\nLarch Paints|1|5.00|20/10/2024\nElm Tyres|2|8.50|21/10/2024";
    let detection = detect(tie);
    assert_eq!(type_of(&detection), None);
    let candidates: Vec<_> = detection
        .candidates
        .iter()
        .map(|found| found.type_id.as_str())
        .collect();
    assert_eq!(candidates, ["generic.invoices", "generic.payments"]);
    assert!(detection.warning("ambiguous_type").is_some());
    let paid = detect_in(tie, &called("x.csv", None, "Payments"));
    assert_eq!(type_of(&paid), Some("generic.payments"));
    let billed = detect_in(tie, &called("invoices.csv", None, ""));
    assert_eq!(type_of(&billed), Some("generic.invoices"));
}

#[test]
fn the_same_invoice_number_in_several_rows_speaks_for_payments() {
    check(
        "Client|Invoice Number|Amount|Date\nLarch Paints|1|5.00|20/10/2024\nLarch Paints|1|8.50|21/10/2024\nElm Tyres|2|9.00|22/10/2024",
        Some("generic.payments"),
    );
}

#[test]
fn a_blank_column_speaks_neither_for_nor_against() {
    // Card payments: nothing is an invoice without its number.
    let payments = "id|Created date (UTC)|Amount|Amount Refunded|Currency|Fee|Status|Customer Email|Invoice ID\n\
        ch_77|2026-03-01 10:00:00|120.00|0.00|gbp|2.00|Paid|ida@moor.example|\n\
        ch_78|2026-03-02 11:00:00|60.00|0.00|gbp|1.00|Paid|ned@dale.example|";
    check(payments, Some("generic.payments"));
    check_field(payments, "id", Some("payment.number"));
    check_field(payments, "Created date (UTC)", Some("payment.paid_on"));
    // A blank column takes no field from a filled one.
    let parts = "Item Name|Item code|Part No.|Qty\nOil filter|100817||2\nOil filter|100164||1\nFuel filter|100200||3";
    check_field(parts, "Item code", Some("product.code"));
    // All that it would be recognised by is blank.
    check(
        "ccode|cname|address|phone|contact|email\n1|RETAIL|||| \n2|HEAD OFFICE||||",
        None,
    );
}

#[test]
fn documents_with_names_in_them_are_no_customers() {
    let documents = "Id|AccountId|State|LastUpdated|DocumentDate|DocumentNumber|Comment|Name|EmailRecipient|DocumentStatus|TotalAmount|SubtotalAmount|TotalTaxAmount\n\
        a7|2437|synced|2024-01-28|2024-01-28|1||Ida Moor|ida@moor.example|unsent|60.00|50.00|10.00\n\
        b7|2437|synced|2024-01-29|2024-01-29|2||Ned Dale|ned@dale.example|paid|12.00|10.00|2.00\n\
        c7|2437|synced|2024-01-30|2024-01-30|3||Ida Moor|ida@moor.example|sent|24.00|20.00|4.00";
    check(documents, Some("generic.invoices"));
    for (header, field) in [
        ("DocumentNumber", Some("invoice.number")),
        ("DocumentDate", Some("invoice.issued_on")),
        ("TotalAmount", Some("invoice.total_gross")),
        ("SubtotalAmount", Some("invoice.total_net")),
        ("AccountId", None),
        ("State", None),
    ] {
        check_field(documents, header, field);
    }
}

#[test]
fn totals_of_lines_are_not_those_of_the_invoice() {
    let lines = "Invoice Date|Invoice Number|Due Date|Status|Quantity|SubTotal|Total\n\
        01/11/2024|I-1|01/12/2024|sent|2|46.00|50.00\n01/11/2024|I-1|01/12/2024|sent|1|46.00|5.20\n02/11/2024|I-2|02/12/2024|paid|1|10.00|12.00";
    check(lines, Some("generic.invoices"));
    check_field(lines, "SubTotal", Some("invoice.total_net"));
    check_field(lines, "Total", None);
    assert!(detect(lines).warning("lines_not_imported").is_some());
    // A credit note that has the number of an invoice is no line of it.
    let credited = "Doc Type|Invoice Number|Invoice Date|Total\nFA|20|13/02/2024|90.00\nNC|21|13/02/2024|-12.50\nFA|21|14/03/2024|20.00";
    check_field(credited, "Total", Some("invoice.total_gross"));
}

#[test]
fn codes_and_counters_are_no_plates() {
    // Of the shape of plates, but none of them is possible.
    check_field("Make|Model|Ref\nFord|Focus|FOU0001\nFiat|500|FOU0002", "Ref", None);
    check_field(
        "Make|Model|Ref\nFord|Focus|AB12 CDE\nFiat|500|BC15 DEF",
        "Ref",
        Some("vehicle.registration"),
    );
    let licences =
        "Name|Address|City|Zip|License #\nLarch Ltd|4 Quay St|Leeds|LS1 4AP|1\nElm Ltd|5 Quay St|York|YO1 7HH|45";
    check(licences, Some("generic.customers"));
    check_field(licences, "License #", None);
    // Plates of other countries count as well.
    check(
        "Registration|Name|Customer Number|Phone\nMFT555|Ida Moor|19|01632 960011\nFGK203|Ned Dale|20|01632 960012",
        Some("generic.customers_and_vehicles"),
    );
}

#[test]
fn what_a_vehicle_is_called_is_no_owner() {
    let cars =
        "Name|VIN|Plate|Make|Model|Year\nLittle Corsa||AB12 CDE|VAUXHALL|Corsa|2012\nVan 2||BC15 DEF|FORD|Transit|2015";
    check(cars, Some("generic.vehicles"));
    check_field(cars, "Name", None);
    let owned =
        "Name|VIN|Plate|Make|Model|Year\nIda Moor||AB12 CDE|VAUXHALL|Corsa|2012\nNed Dale||BC15 DEF|FORD|Transit|2015";
    check(owned, Some("generic.customers_and_vehicles"));
}

const PEOPLE: &str = "Customer Number|First Name|Last Name|Email|Mobile|Address 1|Postcode";

#[test]
fn who_looks_after_an_account_is_no_number_of_its_address() {
    let accounts = "Id|Name|BillingStreet|BillingCity|BillingAddress|Phone|OwnerId\n\
        001A|Ellwood Motors|14 Mill Lane|Norbury|{\"city\": \"Norbury\"}|01632 960001|005X\n\
        001B|Robb Tyres|2 High Street|Leeds|{\"city\": \"Leeds\"}|01632 960002|005X";
    check(accounts, Some("generic.customers"));
    check_field(accounts, "OwnerId", None);
    check_field(accounts, "BillingStreet", Some("billing_address.line_1"));
    check_field(accounts, "BillingAddress", None);
}

#[test]
fn the_parts_of_a_numbered_address_are_those_of_the_address() {
    let contacts = "First Name|Last Name|Email|Address 1: Street 1|Address 1: City|Address 1: State/Province|\
        Address 1: ZIP/Postal Code|Address 1: Country/Region\n\
        Marta|Ellwood|marta@ellwood.example|14 Mill Lane|Columbus|Ohio|43004|United States";
    for (header, field) in [
        ("Address 1: Street 1", "line_1"),
        ("Address 1: City", "city"),
        ("Address 1: State/Province", "region"),
        ("Address 1: ZIP/Postal Code", "postal_code"),
        ("Address 1: Country/Region", "country_code"),
    ] {
        check_field(contacts, header, Some(&format!("billing_address.{field}")));
    }
}

#[test]
fn who_rents_something_for_a_time_is_no_list_of_customers() {
    let rentals = |headers: &str| {
        format!(
            "{headers}\n4213|Anette|Hansen|Shelf|042|No|2024-10-15|2024-11-11\n\
             1012|Merete|Nielsen|Shelf|001|No|2024-09-01|2024-11-09"
        )
    };
    check(
        &rentals("Customer No|First Name|Last Name|Type|Equipment|Long Term|Start Date|End Date"),
        None,
    );
    check(
        &rentals("KundeNr|Fornavn|Efternavn|Type|Udstyr|Langtid|StartDato|SlutDato"),
        None,
    );
}

#[test]
fn what_a_file_is_called_tells_suppliers_from_customers_and_what_is_owed_to_them() {
    let check_named = |text: &str, file: &str, expected: Option<&str>| {
        let detection = detect_in(text, &called(file, None, ""));
        assert_eq!(type_of(&detection), expected, "{file}: {:?}", detection.evidence);
    };
    let firms = "Azienda|Dipendenti|Telefono|Sito Web|Partita IVA|Città\n\
        Ricambi Bellini Srl|3-9|+39 348 555 0142|www.bellini.example|01234567890|Mestre\n\
        Gomme Rossi Srl|1-2|+39 348 555 0143|www.rossi.example|01234567891|Padova";
    check_named(firms, "fornitori.csv", Some("generic.suppliers"));
    check_named(firms, "clienti.csv", Some("generic.customers"));
    let owed = "Entidade|Documento|N.º Doc.|Estado|Data Venc|Data Doc.|Valor Total|Valor Pendente\n\
        Peças Norte Lda|VFA|2025/1971|PEN|25/07/2025|25/06/2025|925,58|925,58\n\
        Tintas Sul Lda|VFA|2025/2054|PEN|31/07/2025|01/07/2025|246,00|246,00";
    check_named(owed, "fornecedores.csv", None);
}

#[test]
fn lines_of_orders_are_lines_in_any_language() {
    for headers in [
        "id|commande_id|produit_id|designation|prix_unitaire|quantite",
        "id|ordine_id|prodotto_id|descrizione|prezzo_unitario|quantita",
        "id|order_id/id|product_id/id|name|price_unit|product_uom_qty",
    ] {
        let lines =
            format!("{headers}\n1|C1|P10|Oil filter|9.95|2\n2|C1|P11|Air filter|14.50|1\n3|C2|P10|Oil filter|9.95|1");
        check(&lines, Some("generic.invoice_lines"));
    }
}

#[test]
fn of_two_names_the_one_that_tells_rows_apart_is_the_name() {
    let parts = "SKU|Nazwa|Produkt|Kolor\n43200|Rama 140x70|Perata|Natural\n43218|Noga B|Perata|Natural\n\
        43219|Blat 120x60|Cofete|Brown\n43220|Blat 140x60|Cofete|Brown";
    check_field(parts, "Nazwa", Some("product.name"));
    check_field(parts, "Produkt", None);
    let variants = "id|handle|name|price|inventory_total\nA1|stroller|Stroller red|10.00|1\nA2|stroller|Stroller blue|10.00|2\n\
        A3|toy|Toy rabbit|5.00|0\nA4|toy|Toy bear|5.00|3";
    check_field(variants, "handle", None);
}

#[test]
fn kinds_of_article_are_no_family_and_titles_of_contacts_no_titles() {
    let articles = "name|type|default_code|barcode|standard_price\n\
        Rahmen beschichtet|Einlagerbares Produkt|M1000|201203201123|85.25\n\
        Rahmen roh|Einlagerbares Produkt|M1001|201203201124|68.76";
    check_field(articles, "type", None);
    check_field(articles, "default_code", Some("product.code"));
    check_field(articles, "standard_price", Some("product.cost_price"));
    let firms = "KlantID|NaamKlant|Contactpersoon|TitelContactpersoon|Plaats|Telefoon|Telefax\n\
        1|City Cyclists|Chris Jansen|Mr.|Utrecht|030 555 0101|030 555 0109\n2|Pathfinders|Christine Maas|Miss|Delft|015 555 0102|015 555 0108";
    check_field(firms, "TitelContactpersoon", None);
    check_field(firms, "Telefax", None);
}

#[test]
fn what_can_only_be_something_else_is_that() {
    let cars = "id_coche|marca|modelo|ano|matricula|id_cliente\n1|Hyundai|Veracruz|2007|5N1AN0NU4AC266862|1\n\
        2|Audi|A6|2012|WAUBFAFL6BN537814|2";
    check_field(cars, "matricula", Some("vehicle.vin"));
    check_field(cars, "id_coche", Some("vehicle.source_id"));
    let stock = "id|articulo|precioNeto|stock|puVenta\n1|Clip|699|5200|0.25\n2|Marcador|31|25|7";
    check_field(stock, "puVenta", Some("product.retail_price"));
    check_field(stock, "precioNeto", None);
}

#[test]
fn a_list_of_vehicles_with_their_owners_is_both_whatever_it_is_called() {
    let fleet = "Customer Name|Phone|Registration|Make|Model\nFarrow Haulage Ltd|01632 960040|AB12 CDE|Ford|Transit\n\
        Hanna Lund|01632 960041|BC15 DEF|Kia|Rio";
    let detection = detect_in(fleet, &called("garage.xlsx", Some("Fleet"), ""));
    assert_eq!(
        type_of(&detection),
        Some("generic.customers_and_vehicles"),
        "{:?}",
        detection.evidence
    );
}

#[test]
fn a_stock_of_vehicles_that_names_buyers_is_of_vehicles() {
    let stock = "Reg No|Model|Chassis No.|Client|GRV|Valuation|Parking Bay|Tracker Fitted|Released By|Gate Pass\n\
        KCT100T|Alto|MA3FB32S2K0C81500|Ann Otieno|100|350|B1|Yes|JM|77\nKDH160Z|T460|VF611C16XFD001400|Bo Lund|105|355|B2|No|JM|78";
    check(stock, Some("generic.vehicles"));
    check_field(stock, "Client", Some("vehicle.customer"));
}

#[test]
fn words_of_contact_that_name_no_field_of_ours_stay_unmapped() {
    for (header, values) in [
        ("Preferred Contact", ["Email", "SMS"]),
        ("Account Owner", ["Sam Lee", "Sam Lee"]),
        ("Owner", ["Sam Lee", "Kim Ray"]),
        ("Contract", ["Gold plan", "Silver plan"]),
        ("Contact Date", ["12/05/2024", "25/05/2024"]),
        ("Customer Status", ["Active", "Lapsed"]),
        ("Stage", ["Won", "Lost"]),
        ("Account#", ["ACC1", "ACC2"]),
        ("Account", ["ACC1", "ACC2"]),
    ] {
        let text = format!(
            "{PEOPLE}|{header}\nC1|Ida|Moor|ida@moor.example|07400 124001|1 Quay St|LS6 3AA|{}\n\
             C2|Ned|Dale|ned@dale.example|07400 124002|2 Quay St|LS6 3AB|{}",
            values[0], values[1]
        );
        check_field(&text, header, None);
        check(&text, Some("generic.customers"));
    }
}

#[test]
fn hints_orders_and_slashes_do_not_change_what_a_header_means() {
    let cars = "Reg|Make|Model|MOT Due (dd/mm/yyyy)|Mileage (miles)|Engine (cc)|Cust#\n\
        AB12 CDE|Ford|Focus|12/04/2026|57452|1596|1001\nBC15 DEF|Fiat|500|13/05/2026|12000|1242|1002";
    for (header, field) in [
        ("MOT Due (dd/mm/yyyy)", "vehicle.mot_due_on"),
        ("Mileage (miles)", "vehicle.mileage"),
        ("Engine (cc)", "vehicle.engine_cc"),
        ("Cust#", "vehicle.customer"),
    ] {
        check_field(cars, header, Some(field));
    }
    let parts = "Part No|Description|price_sell|price_cost\n77|Belt|9.99|4.10\n78|Bulb|2.50|0.90";
    check_field(parts, "price_sell", Some("product.retail_price"));
    check_field(parts, "price_cost", Some("product.cost_price"));
    let people = "Name|Email|Province/State|Zip/Postcode\nIda Moor|ida@moor.example|Kent|ME1 1AA\nNed Dale|ned@dale.example|Devon|EX1 1AA";
    check_field(people, "Province/State", Some("billing_address.region"));
    check_field(people, "Zip/Postcode", Some("billing_address.postal_code"));
}

#[test]
fn an_exact_header_keeps_its_field_and_one_that_never_fits_does_not() {
    let cars = "Reg|Make|Model|Capacity\nAB12 CDE|Grove|GMK|45T\nTBA|Grove|RT|300T\nBC15 DEF / CD16 EFG|Grove|AT|N/A\nDE17 FGH|Grove|AT|60T";
    check_field(cars, "Reg", Some("vehicle.registration"));
    check_field(cars, "Capacity", None);
}

#[test]
fn of_two_prices_the_regular_one_is_the_price_and_goods_are_no_family() {
    let shop = "SKU|Name|Type|Sale price|Regular price\nA1|Mug|simple|4.00|5.00\nA2|Cap|variable||9.00";
    check_field(shop, "Regular price", Some("product.retail_price"));
    check_field(shop, "Sale price", None);
    check_field(shop, "Type", None);
}

#[test]
fn a_firm_beside_a_person_is_who_is_billed() {
    let list = "Customer|Primary Phone|Email Address|Full Name|Street|City|Zip Code\n\
        Larch Paints LLC|336-656-7881|post@larch.example|Ida Moor|4 Quay St|Leeds|LS1 4AP\n\
        City of York|336-222-0000|post@york.example|Ned Dale|5 Quay St|York|YO1 7HH";
    check_field(list, "Customer", Some("customer.display_name"));
    check_field(list, "Full Name", Some("customer.contact_name"));
}

#[test]
fn columns_that_a_known_system_does_not_list_are_understood_too() {
    let columns = "_ID|_ID_Customer|Registration|Make|Model|Colour|DateofReg|EngineCC|FuelType|VIN|MOTDueDate|Contract";
    check_field(columns, "MOTDueDate", Some("vehicle.mot_due_on"));
    check_field(columns, "Contract", None);
    assert_eq!(type_of(&detect(columns)), Some("ga4.vehicles"));
}

#[test]
fn a_half_understood_table_is_a_question() {
    let many: Vec<String> = (1..=32).map(|number| format!("Zodiac {number}")).collect();
    let text = format!("Name|Email|City|{}", many.join("|"));
    let detection = detect(&text);
    assert_eq!(type_of(&detection), None, "{}", detection.confidence);
    let whole = detect("Name|Email|City|Phone");
    assert_eq!(type_of(&whole), Some("generic.customers"));
}

#[test]
fn values_that_are_numbers_or_addresses_put_a_wrong_header_right() {
    let swapped = "Name|Phone|Email
        Ada Lowe|ada@lowe.example|07911 123456
        Bo Ray|bo@ray.example|07911 123457";
    check_field(swapped, "Phone", Some("customer.email"));
    check_field(swapped, "Email", Some("customer.phone"));
    let warnings = detect(swapped).warnings;
    let told = warnings
        .iter()
        .filter(|warning| warning.code == "values_contradict_header");
    assert_eq!(told.count(), 2, "{warnings:?}");
    let contact = "id_cliente|nombre|contacto|correo
        1|Ana Ruiz|9 3349 0580|ana@ruiz.example
        2|Eva Sol|92224630, 92224631|eva@sol.example
        3|Leo Mar|+56 9 2222 4632|";
    check_field(contact, "contacto", Some("customer.phone"));
    let names = "id_cliente|nombre|contacto|correo
        1|Ruiz Ltda|Ana Ruiz|ana@ruiz.example
        2|Sol Ltda|Eva Sol|eva@sol.example";
    check_field(names, "contacto", Some("customer.contact_name"));
}

#[test]
fn a_column_of_numbers_is_no_fuel_make_or_town() {
    let costs = "Marca|Modelo|Matricula|Combustivel|Ano|Cor
        Fiat|Doblo|71-ND-81|515.33|2023|Branco
        Fiat|Doblo|71-ND-82|434.77|2023|Branco
        Opel|Astra|71-ND-83|402.81|2022|Preto";
    check_field(costs, "Combustivel", None);
    check_field(costs, "Marca", Some("vehicle.make"));
    check_field(costs, "Ano", Some("vehicle.model_year"));
    let fuels = "Marca|Modelo|Matricula|Combustivel
        Fiat|Doblo|71-ND-81|Diesel
        Opel|Astra|71-ND-82|Gasolina";
    check_field(fuels, "Combustivel", Some("vehicle.fuel"));
    let numbers = "Reg|Make|Model|Colour
        AB12 CDE|17|Golf|4
        AB13 CDE|18|Polo|7
        AB14 CDE|17|Golf|5
        AB15 CDE|18|Polo|4
        AB16 CDE|19|Up|7";
    check_field(numbers, "Make", None);
    check_field(numbers, "Model", Some("vehicle.model"));
    check_field(numbers, "Colour", None);
}

#[test]
fn the_year_of_a_row_is_no_model_year() {
    let by_month = "Reg|Make|Model|Colour|Month|Year
        AB12 CDE|Ford|Focus|Blue|1|2024
        AB13 CDE|Ford|Fiesta|Red|2|2024";
    check_field(by_month, "Year", None);
    let by_rows = "Reg|Make|Model|Colour|Year
        AB12 CDE|Ford|Focus|Blue|2023
        AB13 CDE|Ford|Fiesta|Red|2023
        AB12 CDE|Ford|Focus|Blue|2024
        AB13 CDE|Ford|Fiesta|Red|2024";
    check_field(by_rows, "Year", None);
    let by_vehicle = "Reg|Make|Model|Colour|Year
        AB12 CDE|Ford|Focus|Blue|2018
        AB13 CDE|Ford|Fiesta|Red|2019
        AB12 CDE|Ford|Focus|Blue|2018";
    check_field(by_vehicle, "Year", Some("vehicle.model_year"));
}

#[test]
fn yes_in_another_language_says_whose_list_it_is() {
    check(
        "Name|Ort|PLZ|Kunde
        Feld GmbH|Bonn|53111|Ja
        Korn KG|Kiel|24103|Ja",
        Some("generic.customers"),
    );
}

#[test]
fn customers_of_whom_each_row_has_a_plate_have_vehicles() {
    let named = |text: &str, file: &str, expected| {
        let detection = detect_in(text, &called(file, None, ""));
        assert_eq!(type_of(&detection), Some(expected), "{text}: {:?}", detection.evidence);
    };
    let plates = "Placa|Cliente|Cedula|Telefono|Telefono 2\n\
        KLM203|ROJAS CALVO LIZ|4279720|3205550138|3205550139\nNDX904|YAIR RETA BUSTOS|7303021|0|3205550140\n\
        LMH22F|MONJE PULIDO ROY|1036608271|3205550141|0";
    named(plates, "clientes.csv", "generic.customers_and_vehicles");
    named(
        "Plate|Customer Name|Email|Phone|City\nAB12 CDE|Ann Ash|ann@ash.example|01632 960011|Leeds\n\
         AB13 CDE|Bert Birch|bert@birch.example|01632 960012|York",
        "customers.csv",
        "generic.customers_and_vehicles",
    );
    // One in three has none, or the codes are no plates.
    named(
        "Plate|Customer Name|Email|Phone|City\nAB12 CDE|Ann Ash|ann@ash.example|01632 960011|Leeds\n\
         |Bert Birch|bert@birch.example|01632 960012|York\nAB14 CDE|Cora Cole|cora@cole.example|01632 960013|York",
        "customers.csv",
        "generic.customers",
    );
    // A fleet is not that of its drivers because the sheet says so.
    named(
        "Reg No|Make|Model|Driver Name\nAB12 CDE|Ford|Focus|Ann Ash\nAB13 CDE|Kia|Rio|Bert Birch",
        "fleet list.csv",
        "generic.vehicles",
    );
}

#[test]
fn part_numbers_have_many_names() {
    for header in [
        "P/N",
        "OEM P/N",
        "OE number",
        "Mfr part no",
        "MPN",
        "Manufacturer Part No.",
        "OEM Part Number",
    ] {
        let text = format!("OEM|{header}|Description|Stock Qty\nSMC|CDJ2B16|Cylinder|2\nFesto|1017969|Valve|5");
        check(&text, Some("generic.products"));
        check_field(&text, header, Some("product.code"));
        check_field(&text, "OEM", None);
    }
    let text = "Customer P/N|OEM P/N|Description|Stock Qty\nX-77120|CDJ2B16|Cylinder|2\nX-88120|1017969|Valve|5";
    check_field(text, "OEM P/N", Some("product.code"));
    check_field(text, "Customer P/N", None);
}
