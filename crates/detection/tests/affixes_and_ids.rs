//! What most headers of a table begin or end with, which column is the id of its records, and whose the names in it are.

use std::sync::LazyLock;

use torqueflow_detection::{Detection, Detector, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// A table of lines with cells between bars, the first of which is the header, in a file of this name.
fn detect(file_name: &str, text: &str) -> Detection {
    let mut lines = text.lines().map(|line| line.trim().split('|').map(str::trim));
    let header: Vec<String> = lines.next().into_iter().flatten().map(str::to_owned).collect();
    let rows: Vec<Row> = lines
        .map(|cells| Row {
            number: 0,
            cells: cells.map(Cell::text).collect(),
        })
        .collect();
    let around = Surroundings {
        file_name: file_name.to_owned(),
        ..Surroundings::default()
    };
    DETECTOR.detect_in(&header, &rows, &around)
}

/// `expected`: the fields of the columns in their order, `-` for none.
#[track_caller]
fn check(file_name: &str, text: &str, type_id: &str, expected: &[&str]) {
    let detection = detect(file_name, text);
    let found = detection.table_type.as_ref().map(|found| found.type_id.as_str());
    let fields: Vec<String> = detection
        .columns
        .iter()
        .map(|column| column.field.map_or_else(|| "-".to_owned(), |field| field.to_string()))
        .collect();
    assert_eq!(fields, expected, "{text}: {found:?} {:?}", detection.evidence);
    assert_eq!(
        found,
        Some(type_id),
        "{text}: {:?} {:?}",
        detection.evidence,
        detection.candidates
    );
}

/// Not settled; `expected`: the candidates.
#[track_caller]
fn check_asked(file_name: &str, text: &str, expected: &[&str]) {
    let detection = detect(file_name, text);
    let candidates: Vec<&str> = detection
        .candidates
        .iter()
        .map(|other| other.type_id.as_str())
        .collect();
    assert_eq!(detection.table_type, None, "{text}: {:?}", detection.evidence);
    assert_eq!(candidates, expected, "{text}");
}

#[test]
fn a_prefix_of_the_table_is_no_part_of_a_header() {
    check(
        "dump.csv",
        "klt_id|klt_naam|klt_straat|klt_postcode|klt_plaats|klt_telefoon
         1|Jansen Bouw|Dorpsweg 4|1234 AB|Hoorn|0229 123456
         2|De Vries BV|Laan 9|2345 CD|Edam|0299 234567
         3|Bakker Hout|Kade 2|3456 EF|Zaandam|075 3456789",
        "generic.customers",
        &[
            "customer.source_id",
            "customer.display_name",
            "billing_address.line_1",
            "billing_address.postal_code",
            "billing_address.city",
            "customer.phone",
        ],
    );
    check(
        "dump.csv",
        "c_name|c_phone|c_email|c_postcode
         Ada Smith|07911 123456|ada@mill.example|LS1 4AP
         Bob Jones|07911 234567|bob@mill.example|LS6 3AA",
        "generic.customers",
        &[
            "customer.display_name",
            "customer.phone",
            "customer.email",
            "billing_address.postal_code",
        ],
    );
}

#[test]
fn a_prefix_speaks_for_what_it_is_the_beginning_of() {
    check(
        "dump.csv",
        "LIEF_NR|LIEF_NAME|LIEF_STRASSE|LIEF_PLZ|LIEF_ORT
         70001|Teile Nord GmbH|Hafenweg 3|20457|Hamburg
         70002|Reifen Berg KG|Ring 8|50667|Köln
         70003|Lack und Farbe|Markt 1|80331|München",
        "generic.suppliers",
        &[
            "supplier.code",
            "supplier.name",
            "supplier.line_1",
            "supplier.postal_code",
            "supplier.city",
        ],
    );
    check(
        "export.csv",
        "prov_nombre|prov_telefono|prov_email
         Recambios Sur|955 123 456|ventas@sur.example
         Neumáticos Rey|955 234 567|info@rey.example",
        "generic.suppliers",
        &["supplier.name", "supplier.phone", "supplier.email"],
    );
}

#[test]
fn what_is_said_of_others_makes_no_customers() {
    let detection = detect(
        "export.csv",
        "emp_name|emp_phone|emp_email
         Ada Smith|07911 123456|ada@garage.example
         Bob Jones|07911 234567|bob@garage.example",
    );
    assert_eq!(detection.table_type, None, "{:?}", detection.evidence);
}

#[test]
fn what_is_known_with_its_prefix_keeps_it() {
    check(
        "export.csv",
        "customer_id|customer_name|customer_email|customer_phone
         C1|Ada Smith|ada@mill.example|07911 123456
         C2|Bob Jones|bob@mill.example|07911 234567",
        "generic.customers",
        &[
            "customer.external_customer_number",
            "customer.display_name",
            "customer.email",
            "customer.phone",
        ],
    );
}

#[test]
fn words_for_a_kind_of_record_stand_beside_what_is_said_of_it() {
    check(
        "ricambi.csv",
        "id_ricambio|ricambio_descrizione|categoria|fornitore_nome|costo_unitario|giacenza
         R-01|Filtro olio|FILTRI|Motori Sud|8,50|24
         R-02|Pastiglie freno|FRENI|Motori Sud|22,10|6
         R-03|Cinghia|CINGHIE|Auto Parti|5,40|100",
        "generic.products",
        &[
            "product.code",
            "product.name",
            "product.family",
            "product.supplier",
            "product.cost_price",
            "product.stock_level",
        ],
    );
    check(
        "veicoli.csv",
        "id_veicolo|marca|modello|data_ingresso
         1|Fiat|Panda|10/03/2025
         2|Lancia|Ypsilon|28/07/2025
         3|Fiat|Tipo|15/01/2026",
        "generic.vehicles",
        &["vehicle.source_id", "vehicle.make", "vehicle.model", "-"],
    );
    check(
        "fleet.xlsx",
        "Van ID|Plate|Make|Model
         V1|AB12 CDE|Ford|Transit
         V2|AB13 CDE|Ford|Custom
         V3|AB14 CDE|Fiat|Ducato",
        "generic.vehicles",
        &[
            "vehicle.source_id",
            "vehicle.registration",
            "vehicle.make",
            "vehicle.model",
        ],
    );
}

#[test]
fn an_id_that_no_two_rows_share_is_the_record_s_where_names_repeat() {
    check(
        "parts.csv",
        "yard_ref_id|name|price
         9001|Mirror|40.00
         9002|Brake disc|25.50
         9003|Mirror|38.00
         9004|Brake disc|27.00
         9005|Mirror|41.00",
        "generic.products",
        &["product.source_id", "product.name", "product.retail_price"],
    );
    check(
        "proveedores.csv",
        "nombre|identificacion|telefono|direccion
         Rosa Vidal|13115|600111222|Calle Uno 4
         Pedro Luna|13116|600111223|Calle Dos 5
         Rosa Vidal|13117|600111224|Calle Tres 6",
        "generic.suppliers",
        &[
            "supplier.name",
            "supplier.source_id",
            "supplier.phone",
            "supplier.line_1",
        ],
    );
}

#[test]
fn the_id_of_something_else_identifies_no_record() {
    check(
        "parts.csv",
        "part_name|price|vehicle_id|category_id
         Mirror left|40.00|17|1
         Brake disc|25.50|18|2
         Mirror right|38.00|19|3",
        "generic.products",
        &["product.name", "product.retail_price", "-", "-"],
    );
}

#[test]
fn of_two_ids_the_one_that_counts_is_the_source_s() {
    check(
        "stock.csv",
        "Product ID|SKU|Name|Price
         4711|BRK0017A|Brake disc|25.50
         4712|BRK0018A|Brake pad|22.00
         4713|MIR0001L|Mirror left|40.00
         4714|MIR0001R|Mirror right|40.00
         4715|OIL0005W|Oil|9.00",
        "generic.products",
        &[
            "product.source_id",
            "product.code",
            "product.name",
            "product.retail_price",
        ],
    );
    check(
        "stock.csv",
        "Product ID|Name|Price
         4711|Brake disc|25.50
         4712|Brake pad|22.00
         4713|Mirror left|40.00
         4714|Mirror right|40.00
         4715|Oil|9.00",
        "generic.products",
        &["product.code", "product.name", "product.retail_price"],
    );
}

#[test]
fn names_that_most_rows_share_make_no_products() {
    let rows: Vec<String> = (0..24)
        .map(|row| format!("\nFirm {}|Oil {}|{}.00", row / 3, row % 3, row + 10))
        .collect();
    let rows = rows.concat();
    check_asked(
        "prices.csv",
        &format!("Firm|Product Description|Price{rows}"),
        &["generic.products"],
    );
    // The same parts again say the same: they are listed twice.
    let twice: Vec<String> = (0..24)
        .map(|row| format!("\nPart {}|{}.00", row % 8, row % 8 + 10))
        .collect();
    let twice = twice.concat();
    check(
        "parts.csv",
        &format!("Product Description|Price{twice}"),
        "generic.products",
        &["product.name", "product.retail_price"],
    );
}

#[test]
fn a_name_beside_those_of_whom_to_talk_to_is_the_firm_s() {
    let fields = [
        "customer.external_customer_number",
        "customer.company",
        "billing_address.city",
        "customer.email",
        "customer.first_name",
        "customer.last_name",
    ];
    check(
        "clients.csv",
        "code_client|nom|ville|email|contact_prenom|contact_nom
         CL1|Garage Roux|Lyon|a@roux.example|Léa|Petit
         CL2|Menuiserie Blanc|Nice|b@blanc.example|Hugo|Morel
         CL3|Boulangerie Noir|Lille|c@noir.example|Emma|Faure",
        "generic.customers",
        &fields,
    );
    check(
        "Kunden.csv",
        "Kundennummer|Name|Ort|E-Mail|Ansprechpartner Vorname|Ansprechpartner Nachname
         1|Bau Nord GmbH|Kiel|a@nord.example|Ina|Vogt
         2|Holz Süd KG|Ulm|b@sued.example|Jan|Kern
         3|Metall West|Köln|c@west.example|Eva|Horn",
        "generic.customers",
        &fields,
    );
    check(
        "clientes.csv",
        "codigo_cliente|nombre|ciudad|email|contacto_nombre|contacto_apellido
         1|Talleres Sol SL|Jaén|a@sol.example|Ana|Rey
         2|Obras Mar SA|Lugo|b@mar.example|Luis|Gil
         3|Pintura Luz|Vigo|c@luz.example|Eva|Sanz",
        "generic.customers",
        &fields,
    );
    // A person has both names of their own.
    check(
        "clients.csv",
        "code_client|nom|prenom|ville|email
         CL1|Petit|Léa|Lyon|a@roux.example
         CL2|Morel|Hugo|Nice|b@blanc.example",
        "generic.customers",
        &[
            "customer.external_customer_number",
            "customer.last_name",
            "customer.first_name",
            "billing_address.city",
            "customer.email",
        ],
    );
}

#[test]
fn numbers_of_persons_are_no_tax_numbers() {
    check(
        "kunder.csv",
        "Fornavn|Efternavn|CPR nr.|Telefon|Postnr
         Ida|Holm|1234|20 12 34 56|2100
         Bo|Lund|2345|20 23 45 67|8000",
        "generic.customers",
        &[
            "customer.first_name",
            "customer.last_name",
            "-",
            "customer.phone",
            "billing_address.postal_code",
        ],
    );
}

#[test]
fn of_two_columns_for_a_field_the_filled_one_counts() {
    let row = |row: usize| {
        let private = if row == 7 { "Weg 3|Kiel" } else { "|" };
        format!("\nFirma {row}|{private}|Allee {row}|Bonn|kontakt{row}@firma.example")
    };
    let rows: Vec<String> = (0..40).map(row).collect();
    let rows = rows.concat();
    check(
        "Kontakte.csv",
        &format!("Firma|Straße privat|Ort privat|Straße geschäftlich|Ort geschäftlich|E-Mail{rows}"),
        "generic.customers",
        &[
            "customer.company",
            "-",
            "-",
            "billing_address.line_1",
            "billing_address.city",
            "customer.email",
        ],
    );
}

#[test]
fn titles_stand_in_columns_of_other_names() {
    check(
        "Kunden.csv",
        "Vorname|Nachname|Geschlecht|Telefon
         Ina|Vogt|Frau|0431 123456
         Jan|Kern|Herr|0731 234567
         Eva|Horn|Frau|0221 345678",
        "generic.customers",
        &[
            "customer.first_name",
            "customer.last_name",
            "customer.title",
            "customer.phone",
        ],
    );
    check(
        "Kunden.csv",
        "Vorname|Nachname|Geschlecht|Telefon
         Ina|Vogt|w|0431 123456
         Jan|Kern|m|0731 234567",
        "generic.customers",
        &["customer.first_name", "customer.last_name", "-", "customer.phone"],
    );
}

#[test]
fn prices_with_words_for_taxes_are_prices() {
    check(
        "artikelen.csv",
        "SKU|Name|Price
         A100|Oil filter|€9,99 Incl. btw
         A101|Air filter|€19,99 Incl. btw
         A102|Pollen filter|€29,99 Incl. btw",
        "generic.products",
        &["product.code", "product.name", "product.retail_price"],
    );
}

#[test]
fn jobs_tell_of_vehicles_in_columns_that_say_so() {
    check(
        "workorders.csv",
        "Order_Number|Vehicle_VIN|Vehicle_Model|Vehicle_Year|Repair_Type|Status|Created_At
         WO-1|WVWZZZ1KZ6W612301|Golf|2016|Brakes|open|2024-05-23 08:00
         WO-2|WVWZZZ1KZ6W612302|Polo|2018|Clutch|open|2024-05-24 08:00
         WO-3|WVWZZZ1KZ6W612303|Passat|2019|Service|done|2024-05-25 08:00",
        "generic.work_orders",
        &[
            "work_order.number",
            "-",
            "-",
            "-",
            "work_order.description",
            "work_order.status",
            "work_order.opened_at",
        ],
    );
    check(
        "ordenes_trabajo.csv",
        "OT_ID|Equipo|Fecha|Costo_OT_COP|Tecnico|Estado_OT
         OT-1|Elevador|2022-01-04|549000|Ana Rey|Cerrada
         OT-2|Compresor|2022-04-23|141800|Luis Gil|Cerrada
         OT-3|Elevador|2022-04-29|675300|Ana Rey|Pendiente",
        "generic.work_orders",
        &[
            "work_order.number",
            "-",
            "work_order.opened_at",
            "work_order.total_gross",
            "-",
            "work_order.status",
        ],
    );
}

#[test]
fn systems_are_known_in_their_other_languages() {
    let headers = "Anrede|Vorname|Nachname|Firma|Straße geschäftlich|Ort geschäftlich|Postleitzahl geschäftlich|Telefon geschäftlich\
                   |Mobiltelefon|E-Mail-Adresse|Internet Frei/Gebucht|Notizen";
    let row = "||Vogt|Bau Nord GmbH|Hafen 3|Kiel|24103|0431 123456||ina@nord.example||";
    let detection = detect("Kontakte.csv", &format!("{headers}\n{row}"));
    assert_eq!(
        detection.table_type.map(|found| found.type_id).as_deref(),
        Some("outlook.customers_german")
    );
    let optional = "First Name*|Last Name*|Primary Phone (optional)|Preferred Contact Method (optional)|City (optional)\
                    |Shopmonkey Customer ID (optional)";
    let detection = detect("x.csv", optional);
    assert_eq!(
        detection.table_type.map(|found| found.type_id).as_deref(),
        Some("shopmonkey.customers")
    );
}
