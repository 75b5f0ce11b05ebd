//! Tables that are called after what they hold, of which much or little else is understood; and neighbours that are something
//! else.

use std::sync::LazyLock;

use torqueflow_detection::{Detection, Detector, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// A table of lines with cells between bars, the first of which is the header, in a file of this name.
fn detect(file: &str, text: &str) -> Detection {
    let mut lines = text
        .lines()
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()));
    let header: Vec<String> = lines.next().map(Iterator::collect).unwrap_or_default();
    let rows: Vec<Row> = lines
        .map(|cells| Row {
            number: 0,
            cells: cells.map(Cell::text).collect(),
        })
        .collect();
    let around = Surroundings {
        file_name: file.to_owned(),
        ..Surroundings::default()
    };
    DETECTOR.detect_in(&header, &rows, &around)
}

fn type_of(detection: &Detection) -> &str {
    let found = detection.table_type.as_ref();
    found.map_or("none", |found| found.type_id.as_str())
}

/// The type, and the field of each column, `-` for none, between bars.
#[track_caller]
fn check(file: &str, text: &str, type_id: &str, fields: &str) {
    let detection = detect(file, text);
    assert_eq!(type_of(&detection), type_id, "{file}: {text}: {:?}", detection.evidence);
    let found = detection.columns.iter().map(|column| column.field);
    let found: Vec<String> = found
        .map(|field| field.map_or("-".to_owned(), |field| field.to_string()))
        .collect();
    assert_eq!(found.join("|"), fields, "{file}: {text}");
}

/// No type, and these are offered.
#[track_caller]
fn check_asked(file: &str, text: &str, expected: &[&str]) {
    let detection = detect(file, text);
    assert_eq!(type_of(&detection), "none", "{file}: {text}: {:?}", detection.evidence);
    let candidates: Vec<&str> = detection.candidates.iter().map(|one| one.type_id.as_str()).collect();
    assert_eq!(candidates, expected, "{file}: {text}: {:?}", detection.warnings);
}

/// Rows of which each has its own number in all cells with a `#`.
fn rows(header: &str, row: &str) -> String {
    let rows = (0..12).map(|number| row.replace('#', &format!("{}", number + 11)));
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    lines.join("\n")
}

#[test]
fn ids_of_documents_are_known_in_every_language() {
    for (file, header) in [
        ("facturas.csv", "factura_id|cliente_id|fecha|total"),
        ("factures.csv", "id_facture|id_client|date|total"),
        ("rechnungen.csv", "rechnung_id|kunde_id|datum|gesamt"),
        ("facturen.csv", "factuur_id|klant_id|datum|totaal"),
        ("faturas.csv", "fatura_id|cliente_id|data|total"),
        ("fatture.csv", "id_fattura|id_cliente|data|totale"),
        ("faktury.csv", "id_faktury|id_klienta|data|razem"),
        ("fakturor.csv", "faktura_id|kund_id|datum|totalt"),
        ("fakturaer.csv", "faktura_id|kunde_id|dato|i alt"),
    ] {
        let text = rows(header, "#|C#|2024-03-04|18#.50");
        let fields = "invoice.number|invoice.customer|invoice.issued_on|invoice.total_gross";
        check(file, &text, "generic.invoices", fields);
    }
    let payments = rows("pago_id|factura_id|monto|fecha_pago", "P#|F#|18#.50|2024-03-04");
    let fields = "payment.number|payment.invoice|payment.amount|payment.paid_on";
    check("pagos.csv", &payments, "generic.payments", fields);
}

#[test]
fn two_words_may_stand_the_other_way_round() {
    let text = rows(
        "numero_factura|fecha|iva_total|total_factura",
        "F#|2024-03-04|3#.10|18#.50",
    );
    let fields = "invoice.number|invoice.issued_on|invoice.total_vat|invoice.total_gross";
    check("export.csv", &text, "generic.invoices", fields);
}

#[test]
fn the_word_for_the_records_is_their_name() {
    for (file, header, name) in [
        ("parts.csv", "Parts|Stock", "product.name|product.stock_level"),
        ("parts2.csv", "Parts|Stock", "product.name|product.stock_level"),
        ("members.csv", "Members|Mobile", "customer.display_name|customer.phone"),
        (
            "adherents.csv",
            "Adhérent|Téléphone",
            "customer.display_name|customer.phone",
        ),
    ] {
        let row = if header.ends_with("Stock") {
            "Belt A#|4"
        } else {
            "Ida Moor A#|07400 1240#"
        };
        let type_id = if header.ends_with("Stock") {
            "generic.products"
        } else {
            "generic.customers"
        };
        check(file, &rows(header, row), type_id, name);
    }
    // Where they lie is no name of them.
    let text = rows("Artikelnummer|Lager|Preis", "A#|Halle A#|3.50");
    check(
        "Lager.csv",
        &text,
        "generic.products",
        "product.code|-|product.retail_price",
    );
}

#[test]
fn all_of_two_columns_is_enough_of_what_is_called_so() {
    let text = rows("product|categorie", "Riem A#|Motor");
    check(
        "producten.csv",
        &text,
        "generic.products",
        "product.name|product.family",
    );
    check_asked("export.csv", &text, &[]);
}

#[test]
fn plenty_of_a_list_that_is_called_so_is_enough_beside_much_else() {
    let known = "Client No|First Name|Surname|Email|Mobile";
    let others: Vec<String> = (0..20).map(|number| format!("Reading q{number}")).collect();
    let text = rows(
        &format!("{known}|{}", others.join("|")),
        &format!("C#|Ida|Moor A#|ida#@moor.example|07400 1240#|{}", ["x7"; 20].join("|")),
    );
    assert_eq!(type_of(&detect("clients.csv", &text)), "generic.customers");
    assert_eq!(type_of(&detect("export.csv", &text)), "none");
}

#[test]
fn what_is_said_of_customers_does_not_speak_against_them() {
    // A shop knows how its customers log in and pay.
    let text = rows(
        "Nr|Passwort|Vorname|Nachname|Straße|PLZ|Ort|Telefon|E-Mail|Land|Anrede|Zahlart",
        "K#|x#y|Ida|Moor A#|Torweg #|04103|Ahlen|0176 12345#|ida#@moor.example|DE|Frau|2",
    );
    assert_eq!(type_of(&detect("Kundenliste.csv", &text)), "generic.customers");
    // A line knows to which of many orders it belongs.
    let lines = rows("Customer No|Name|Order No|Amount|Item", "C1|Ida Moor|O#|4.50|Belt");
    assert_ne!(type_of(&detect("customers.csv", &lines)), "generic.customers");
    // Suppliers are of kinds.
    for header in [
        "vendor_id|vendor_name|region|category|status",
        "proveedor_id|nombre proveedor|provincia|categoría|estado",
    ] {
        let text = rows(header, "V#|Moor Parts A#|Leeds|Tyres|active");
        let file = if header.starts_with('v') {
            "vendors.csv"
        } else {
            "proveedores.csv"
        };
        assert_eq!(type_of(&detect(file, &text)), "generic.suppliers", "{header}");
    }
    let text = rows(
        "Name|Billing Street|Billing City|Billing Postal Code|VAT Number|Phone|Email",
        "Moor Parts A#|# Gate|Leeds|LS1 4AP|GB123456789|0113 49601#|hi#@moor.example",
    );
    let fields = "supplier.name|supplier.line_1|supplier.city|supplier.postal_code|-|supplier.phone|supplier.email";
    check("vendors.csv", &text, "generic.suppliers", fields);
}

#[test]
fn a_make_and_a_model_alone_are_no_vehicle_of_a_customer() {
    let header = "ID Cliente|Nombre del cliente|Teléfono|Correo|Marca|Modelo|MAC|Plan";
    let text = rows(header, "C#|Ida Moor A#|912 3456#|ida#@moor.example|Alpha|R7#|x7|200");
    let fields = "customer.external_customer_number|customer.display_name|customer.phone|customer.email|-|-|-|-";
    check("clientes.csv", &text, "generic.customers", fields);
    let header = "Name|Phone|Make|Model|Year";
    let text = rows(header, "Ida Moor A#|07400 1240#|Ford|Focus|2014");
    assert_eq!(type_of(&detect("export.csv", &text)), "generic.customers_and_vehicles");
}

#[test]
fn another_supplier_in_every_row_is_the_number_of_the_article() {
    let header = "id|description|prix liste|prix unitaire|code fournisseur";
    let own = rows(header, "#|Courroie A#|4.50||5361A#");
    let fields = "product.source_id|product.name|product.retail_price|-|product.code";
    check("produits.csv", &own, "generic.products", fields);
    let shared = rows(header, "#|Courroie A#|4.50||F7");
    let fields = "product.source_id|product.name|product.retail_price|-|product.supplier";
    check("produits.csv", &shared, "generic.products", fields);
}

#[test]
fn numbers_are_no_street_and_a_question_no_stock() {
    let header = "adresse|vorname|nachname|strasse|plz|ort";
    let text = rows(header, "7#|Ida|Moor A#|Torweg #|04103|Ahlen");
    let fields = "-|customer.first_name|customer.last_name|billing_address.line_1|billing_address.postal_code|billing_address.city";
    check("kunden.csv", &text, "generic.customers", fields);
    let text = rows(
        "SKU|Name|In stock?|Categories|Price",
        "A#|Belt A#|1|Engine > Belts|3.50",
    );
    let fields = "product.code|product.name|-|product.family|product.retail_price";
    check("products.csv", &text, "generic.products", fields);
}

#[test]
fn units_and_taxes_at_the_end_of_a_header_change_nothing() {
    let text = rows("plate|make|model|odometer_km", "AB# CDE|Ford|Focus|64#10");
    let fields = "vehicle.registration|vehicle.make|vehicle.model|vehicle.mileage";
    check("vehicles.csv", &text, "generic.vehicles", fields);
    let text = rows("item_id|item_name|unit_price_ex_vat|cost_eur", "A#|Belt A#|3.50|2.10");
    let fields = "product.code|product.name|product.retail_price|product.cost_price";
    check("items.csv", &text, "generic.products", fields);
    let text = rows(
        "invoice_id|invoice_date|subtotal_ex_vat|total_inc_vat",
        "F#|2024-03-04|15#.50|18#.50",
    );
    let fields = "invoice.number|invoice.issued_on|invoice.total_net|invoice.total_gross";
    check("invoices.csv", &text, "generic.invoices", fields);
}

#[test]
fn rows_about_products_are_no_products() {
    // Prices as they were, how many lie where, and the lines of something.
    let text = rows("id|produit_id|prix|date_changement", "#|7#|4.50|2024-03-04");
    check_asked("historique_prix.csv", &text, &["generic.products"]);
    let text = rows("id|product_id|quantity|shelf", "#|7#|4|A7");
    check_asked("stock.csv", &text, &["generic.products"]);
    let text = rows(
        "subitem_id|service_id|description|quantity|list_price|total_price",
        "#|7|Belt A#|2|4.50|9.00",
    );
    check_asked("export.csv", &text, &["generic.products"]);
    // What a product is of is no document.
    let text = rows(
        "item_id|category_id|description|quantity|price|total",
        "A#|7|Belt A#|2|4.50|9.00",
    );
    assert_eq!(type_of(&detect("inventory.csv", &text)), "generic.products");
    // Nor is what is to be sold.
    let text = rows(
        "target_id|target_category|target_quantity|target_amount|description",
        "#|Belts|40|900|Belts A#",
    );
    assert_eq!(type_of(&detect("targets.csv", &text)), "none");
}

#[test]
fn what_was_only_offered_is_known_and_left_out() {
    for (file, header) in [
        ("quotes.csv", "id|number|client_id|date|subtotal|vat|total|status"),
        (
            "Angebote.csv",
            "ID|Nummer|Kunden-ID|Datum|Zwischensumme|MwSt|Gesamt|Status",
        ),
        ("devis.csv", "id|numéro|id client|date|sous-total|TVA|total|statut"),
        (
            "presupuestos.csv",
            "id|numero|cliente_id|fecha|subtotal|iva|total|estado",
        ),
        ("orcamentos.csv", "id|número|cliente_id|data|subtotal|IVA|total|estado"),
        ("preventivi.csv", "id|numero|id cliente|data|subtotale|IVA|totale|stato"),
        ("tilbud.csv", "id|nummer|kunde-id|dato|subtotal|moms|total|status"),
    ] {
        let text = rows(header, "#|Q#|C#|2024-03-04|15#.50|30.00|18#.50|sent");
        let detection = detect(file, &text);
        assert_eq!(type_of(&detection), "generic.quotes", "{file} {:?}", detection.evidence);
        assert!(!detection.is_imported());
    }
    // A word alone makes no documents of people.
    let text = rows("Name|Phone|Email", "Ida Moor A#|07400 1240#|ida#@moor.example");
    assert_eq!(type_of(&detect("quote requests.csv", &text)), "generic.customers");
}

#[test]
fn abbreviations_of_delivery_say_whose_an_address_is() {
    let header = "Code client|Nom client|Adresse liv adr|Adresse liv cp|Adresse liv ville|Code tournée";
    let text = rows(header, "0951#|Moor Sarl A#|# rue du Gué|62145|Liettres|T9");
    let fields = "customer.external_customer_number|customer.display_name|shipping_address.line_1|shipping_address.postal_code|shipping_address.city|-";
    check("Fichier clients.csv", &text, "generic.customers", fields);
}
