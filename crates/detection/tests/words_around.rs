//! What the words around a table and its rows say of its type: staff, suppliers, half-understood tables, rows of something else.

use std::sync::LazyLock;

use torqueflow_detection::{Detection, Detector, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// A table of lines with cells between bars, the first of which is the header, in a file of this name.
fn detect(file: &str, text: &str) -> Detection {
    let around = Surroundings {
        file_name: file.to_owned(),
        ..Surroundings::default()
    };
    detect_in(&around, text)
}

fn detect_in(around: &Surroundings, text: &str) -> Detection {
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
    DETECTOR.detect_in(&header, &rows, around)
}

fn type_of(detection: &Detection) -> &str {
    detection
        .table_type
        .as_ref()
        .map_or("none", |found| found.type_id.as_str())
}

#[track_caller]
fn check(file: &str, text: &str, expected: &str) {
    let detection = detect(file, text);
    let found = type_of(&detection);
    let candidates: Vec<_> = detection.candidates.iter().map(|one| &one.type_id).collect();
    let why = (
        &detection.evidence,
        candidates,
        detection.confidence,
        &detection.warnings,
    );
    assert_eq!(found, expected, "{file}: {text}: {why:?}");
}

/// It has no type, and these are offered, in this order.
#[track_caller]
fn check_asked(file: &str, text: &str, expected: &[&str]) {
    let detection = detect(file, text);
    assert_eq!(type_of(&detection), "none", "{file}: {text}: {:?}", detection.evidence);
    let candidates: Vec<_> = detection.candidates.iter().map(|one| one.type_id.as_str()).collect();
    assert_eq!(candidates, expected, "{file}: {text}: {:?}", detection.warnings);
}

#[test]
fn staff_are_no_customers_in_any_language() {
    for (file, headers) in [
        ("technicians.csv", "Id|First Name|Surname|Email|Mobile|Position"),
        ("Mitarbeiterliste.csv", "Nr|Vorname|Nachname|E-Mail|Mobil|Abteilung"),
        ("salaries.csv", "Matricule salarié|Prénom|Nom|E-mail|Portable|Fonction"),
        ("personeel.csv", "Id|Voornaam|Achternaam|E-mail|Mobiel|Functie"),
        ("choferes.csv", "Id|Nombre|Apellidos|Correo|Móvil|Licencia de conducir"),
        ("colaboradores.csv", "Id|Nome|Apelido|Email|Telemóvel|Função"),
        ("autisti.csv", "Id|Nome|Cognome|Email|Cellulare|Patente"),
        ("kierowcy.csv", "Id|Imię|Nazwisko|Email|Telefon|Prawo jazdy"),
        ("medarbetare.csv", "Id|Förnamn|Efternamn|E-post|Mobil|Befattning"),
        ("medarbejdere.csv", "Id|Fornavn|Efternavn|E-mail|Mobil|Stilling"),
        ("sjåfører.csv", "Id|Fornavn|Etternavn|E-post|Mobil|Førerkort"),
    ] {
        let rows = "7|Ida|Moor|ida@moor.example|07400 124001|A1\n8|Ned|Dale|ned@dale.example|07400 124002|B2";
        let text = format!("{headers}\n{rows}");
        let detection = detect(file, &text);
        assert_eq!(type_of(&detection), "generic.staff", "{file} {:?}", detection.evidence);
        assert!(!detection.is_imported());
    }
}

#[test]
fn headers_of_staff_say_so_whatever_the_file_is_called() {
    for headers in [
        "Employee No|First Name|Last Name|Email|Phone|Role",
        "First Name|Last Name|Email|Phone|Date Hired|Position",
        "Fahrernummer|Vorname|Nachname|E-Mail|Telefon|Führerscheinklasse",
        "Legajo|Nombre|Apellidos|Correo|Teléfono|Cargo",
        "Nr pracownika|Imię|Nazwisko|Email|Telefon|Stanowisko",
        "Codice dipendente|Nome|Cognome|Email|Telefono|Mansione",
    ] {
        let text = format!(
            "{headers}\n7|Ida|Moor|ida@moor.example|07400 124001|A1\n8|Ned|Dale|ned@dale.example|07400 124002|B2"
        );
        check("export.csv", &text, "generic.staff");
    }
}

#[test]
fn a_title_and_two_hints_say_what_people_are() {
    let around = Surroundings {
        file_name: "export_77.xlsx".to_owned(),
        titles: vec!["Driver List".to_owned()],
        ..Surroundings::default()
    };
    let drivers = "#|Name|Phone|Client ID|License Number\n1|Ida Moor|07400 124001|50086|740973\n2|Ned Dale|07400 124002|50087|740974";
    assert_eq!(type_of(&detect_in(&around, drivers)), "generic.staff");
    let detection = detect(
        "people.csv",
        "Name|Phone|Email|Role|Shift\nIda Moor|07400 124001|ida@moor.example|Fitter|A\nNed Dale|07400 124002|ned@dale.example|Office|B",
    );
    assert_eq!(type_of(&detection), "none", "{:?}", detection.evidence);
}

#[test]
fn users_of_a_program_are_no_customers() {
    check(
        "users.csv",
        "id|first_name|last_name|email|role|last_login\n1|Ida|Moor|ida@moor.example|admin|2025-01-02\n2|Ned|Dale|ned@dale.example|user|2025-01-03",
        "generic.users",
    );
    check_asked(
        "usuarios.csv",
        "id|nombre|apellidos|correo|telefono\n1|Ida|Moor|ida@moor.example|600111222\n2|Ned|Dale|ned@dale.example|600111223",
        &["generic.customers"],
    );
}

#[test]
fn customers_stay_customers_though_a_word_is_that_of_staff() {
    let people = "Customer Number|First Name|Last Name|Email|Mobile|Address 1|Postcode";
    let rows = "C1|Ida|Moor|ida@moor.example|07400 124001|1 Quay St|LS6 3AA";
    let more = "C2|Ned|Dale|ned@dale.example|07400 124002|2 Quay St|LS6 3AB";
    let whole = format!("{people}\n{rows}\n{more}");
    for file in [
        "Drivers Garage.csv",
        "drivers-garage-customers.csv",
        "customers by technician.csv",
        "clients par mécanicien.csv",
        "Mechanics Workshop.csv",
        "export.csv",
    ] {
        check(file, &whole, "generic.customers");
    }
    for header in [
        "Employee",
        "Technician",
        "Staff Discount",
        "Job Title",
        "Role",
        "Driver",
    ] {
        let text = format!("{people}|{header}\n{rows}|Sam Lee\n{more}|Kim Ray");
        check("export.csv", &text, "generic.customers");
    }
    check(
        "customers.csv",
        "id|name|email|phone|employee_id\n1|Larch|a@larch.example|01632 960011|7\n2|Elm|b@elm.example|01632 960012|8",
        "generic.customers",
    );
    let groups = "Name|Phone|Email|Customer Group\nIda Moor|07400 124001|ida@moor.example|Staff discount\n\
        Ned Dale|07400 124002|ned@dale.example|Employees";
    check("customers.csv", groups, "generic.customers");
    let contacts = "First Name|Last Name|Company|Job Title|Department|Email|Phone\n\
        Ida|Moor|Larch Paints|Buyer|Sales|ida@moor.example|07400 124001\nNed|Dale|Elm Tyres|Owner|Office|ned@dale.example|07400 124002";
    check("export.csv", contacts, "generic.customers");
}

#[test]
fn jobs_and_vehicles_with_technicians_and_drivers_stay_what_they_are() {
    check(
        "export.csv",
        "Job No|Reg|Description|Date In|Technician ID|Technician\n71|AB12 CDE|Brakes|12/05/2024|T1|Sam Lee\n72|BC15 DEF|Service|13/05/2024|T2|Kim Ray",
        "generic.work_orders",
    );
    check(
        "fleet.csv",
        "Reg No|Make|Model|Driver ID|Driver Name\nAB12 CDE|Ford|Focus|D1|Ann Ash\nBC15 DEF|Kia|Rio|D2|Bert Birch",
        "generic.vehicles",
    );
}

#[test]
fn suppliers_are_told_by_words_and_flags_in_any_language() {
    for (file, headers) in [
        ("vendors_2024.csv", "Number|Name|Street|Postcode|Phone|Email"),
        ("Kreditorenliste.csv", "Kundennummer|Firma|Straße|PLZ|Telefon|E-Mail"),
        (
            "fournisseurs.csv",
            "Code|Raison sociale|Adresse|Code postal|Téléphone|E-mail",
        ),
        ("crediteuren.csv", "Klantnummer|Naam|Straat|Postcode|Telefoon|E-mail"),
        (
            "proveedores.csv",
            "Código|Razón social|Dirección|Código postal|Teléfono|Correo",
        ),
        ("fornecedores.csv", "Código|Nome|Morada|Código postal|Telefone|Email"),
        ("fornitori.csv", "Codice|Ragione sociale|Indirizzo|CAP|Telefono|Email"),
        ("dostawcy.csv", "Kod|Nazwa|Ulica|Kod pocztowy|Telefon|Email"),
        ("leverantörer.csv", "Kundnummer|Namn|Adress|Postnummer|Telefon|E-post"),
        ("leverandører.csv", "Kundenr|Navn|Adresse|Postnr|Telefon|E-mail"),
    ] {
        let text = format!(
            "{headers}\nK71|Larch Paints|4 Quay St|10115|01632 960011|post@larch.example\nK72|Elm Tyres|5 Quay St|10117|01632 960012|post@elm.example"
        );
        check(file, &text, "generic.suppliers");
    }
    check(
        "tiers.csv",
        "code|nom|adresse|code_postal|ville|telephone|email|client|fournisseur\n\
         F1|Larch|4 Quay St|27200|Vernon|01 99 00 21 40|a@larch.example|0|1\nF2|Elm|5 Quay St|76190|Yvetot|01 99 00 64 27|b@elm.example|0|1",
        "generic.suppliers",
    );
}

#[test]
fn suppliers_that_are_not_understood_as_such_are_offered_first() {
    let people = "refId|lastName|firstName|phone|email\n125|Moor|Ida|(313) 555-0101|ida@moor.example\n208|Dale|Ned|(313) 555-0102|ned@dale.example";
    for file in ["vendors.csv", "Leverandørliste.csv"] {
        check_asked(file, people, &["generic.suppliers", "generic.customers"]);
    }
    check(
        "suppliers.csv",
        "vendor|aliases|mailing_address|default_terms|due_days\nLarch Paints|LP|4 Quay St Leeds|Net 30|30\nElm Tyres||5 Quay St York|Card|0",
        "generic.suppliers",
    );
}

#[test]
fn a_supplier_in_a_list_of_products_makes_no_suppliers() {
    check(
        "parts.csv",
        "Part No|Description|Supplier|Price|Stock\n77|Belt|Larch|9.99|4\n78|Bulb|Elm|2.50|10",
        "generic.products",
    );
    check(
        "price list from supplier.csv",
        "Part No|Description|Vendor|Price\n77|Belt|Larch|9.99\n78|Bulb|Elm|2.50",
        "generic.products",
    );
}

/// The columns of contacts of Zoho Books, with those that only its Indian edition has.
const ZOHO: &str = "Created Time|Last Modified Time|Contact ID|Contact Name|Company Name|Display Name|Salutation|First Name|Last Name|\
    EmailID|Phone|MobilePhone|Currency Code|Notes|Website|Status|Payment Terms Label|Payment Terms|Skype Identity|Department|\
    Designation|Facebook|Twitter|Billing Attention|Billing Address|Billing Street2|Billing City|Billing State|Billing Country|\
    Billing Code|Billing Phone|Billing Fax";

#[test]
fn a_system_that_writes_suppliers_like_customers_is_told_by_the_file() {
    let blank = "|".repeat(ZOHO.matches('|').count() - 5);
    let row = format!("2024-01-02||7|Larch Paints|Larch Paints|Larch Paints{blank}");
    let contacts = format!("{ZOHO}\n{row}");
    check("Vendors.csv", &contacts, "zoho_books.suppliers");
    check("Contacts.csv", &contacts, "zoho_books.customers");
    check("export.csv", &contacts, "zoho_books.customers");
    let banks = format!("{ZOHO}|Vendor Bank Name|Vendor Bank Code\n{row}|Bank|9");
    check("export.csv", &banks, "zoho_books.suppliers");
    // A system that has no suppliers of its own says nothing of who they are.
    let mailing = "Email Address|First Name|Last Name|Address|Phone Number|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|\
        LATITUDE|LONGITUDE|GMTOFF|DSTOFF|TIMEZONE|CC|REGION|LAST_CHANGED|LEID|EUID|NOTES|TAGS\n\
        ida@moor.example|Ida|Moor|4 Quay St|01632 960011|2|2024-01-02|||||||||||||||";
    assert_ne!(type_of(&detect("suppliers.csv", mailing)), "mailchimp.customers");
}

#[test]
fn purchases_are_known_and_left_out() {
    for file in [
        "purchases.csv",
        "compras.csv",
        "Eingangsrechnungen.csv",
        "achats.csv",
        "inköp.csv",
    ] {
        check(
            file,
            "invno|invdate|ccode|supplier|supplier_inv_no|freight|amount\n10|2025-10-10|6|Larch|A7|0|17000\n11|2025-10-20|11|Elm|B8|0|99600",
            "generic.purchase_invoices",
        );
    }
}

#[test]
fn a_half_understood_table_is_what_it_is_called() {
    check(
        "work_orders.csv",
        "id|customerId|assetId|assignedEmployeeId|description|status|priority|partsTotal|createdAt|completedAt\n\
         a1|c1|v1|e1|Brake pads|Done|1|20.10|2025-10-06T16:37:51Z|2025-10-18T19:58:40Z\na2|c2|v2|e1|Full service|Open|2|30.00|2025-10-07T16:37:51Z|",
        "generic.work_orders",
    );
    for (file, headers) in [
        ("arbetsorder.csv", "nr|datum|beskrivning|status"),
        ("zlecenia.csv", "numer|data|opis|status"),
        ("werkorders.csv", "nummer|datum|omschrijving|status"),
    ] {
        let text = format!("{headers}\n1|2025-01-02|Brakes|open\n2|2025-01-03|Service|done");
        check(file, &text, "generic.work_orders");
    }
    check(
        "veicoli.csv",
        "id|marca|modello|data_arrivo|costo\n1|Ford|Kuga|2025-03-10|2987\n2|Toyota|Yaris|2025-07-28|1052",
        "generic.vehicles",
    );
    check(
        "work orders.csv",
        "Order_Number|Vehicle_VIN|Vehicle_Model|Vehicle_Year|Repair_Type|Hours_Planned|Status|Created_At|Notes\n\
         W7|WVWZZZ1KZ6W612301|Golf|2019|Gearbox|3.5|pending|2024-05-23|Noise\nW8|WVWZZZ1KZ6W612302|Polo|2020|Battery|2.0|pending|2024-05-24|Flat",
        "generic.work_orders",
    );
}

#[test]
fn what_is_called_after_a_type_and_little_understood_is_a_question() {
    check_asked(
        "Liste clients.csv",
        "Exploitation|Référence agri|Code postal|Culture\nFerme du Bois|A1|29200|Lait\nFerme du Pin|A2|22400|Porc",
        &["generic.customers"],
    );
    // A name and a number are enough where the file says whose they are.
    check(
        "Clients.csv",
        "Numéro de carte|Nom client|Points|Remarque\n118|Samuel Roy|40|x\n996|Ida Moor|140|y",
        "generic.customers",
    );
    // Nothing of it is understood, and nothing names it.
    check_asked("zodiac.csv", "Aries|Taurus|Gemini\n1|2|3\n4|5|6", &[]);
}

fn lines(header: &str, rows: impl Iterator<Item = String>) -> String {
    std::iter::once(header.to_owned())
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn rows_that_are_not_one_record_each_are_no_records() {
    // What each customer pays for an article.
    let prices = lines(
        "FirmName|ProductDescription|Price",
        (0..24).map(|row| format!("Firm {}|Tea {}|{}.50", row / 6, row % 6, row + 7)),
    );
    assert_eq!(type_of(&detect("prices.csv", &prices)), "none");
    let by_place = "sku|name|place|qty\nB7|Belt|Leeds|4\nB7|Belt|Hull|2\nF8|Filter|Leeds|9\nF8|Filter|Hull|1";
    assert_eq!(type_of(&detect("stock.csv", by_place)), "none");
    // Which parts a sheet of metal is cut into.
    let pieces = lines(
        "Código|Nome|Qtd.|Custo|Peça",
        (0..24).map(|row| {
            format!(
                "12{}|Bobina {}|{}.5|{}.75|{}77 - Tampa",
                row % 4,
                row % 4,
                row,
                3 * row,
                row
            )
        }),
    );
    assert_eq!(type_of(&detect("pesos.csv", &pieces)), "none");
    // What is made is no part of a job.
    let made = lines(
        "wo_id|product|qty|status",
        (0..12).map(|row| format!("W{row:03}|P0{}|{}|OPEN", row % 5, row + 3)),
    );
    assert_eq!(type_of(&detect("work_orders.csv", &made)), "none");
    // The same name for ever other people.
    let people = lines(
        "Name|Phone|Email",
        (0..20).map(|row| format!("Walk In {}|07400 1240{row:02}|p{row}@moor.example", row % 3)),
    );
    assert_eq!(type_of(&detect("list.csv", &people)), "none");
}

#[test]
fn what_happens_to_vehicles_is_no_list_of_them() {
    for text in [
        "policy_no|insurer|vehicle_reg|vehicle_make|vehicle_model|start_date|end_date|premium\n\
         P71|Alpha|AB12 CDE|Ford|Focus|2025-01-01|2025-12-31|420.00\nP72|Beta|BC15 DEF|VW|Golf|2025-02-01|2026-01-31|380.00",
        "toll_id|plate|make|model|date|amount\n1|AB12 CDE|Ford|Focus|2025-01-11|6.50\n2|BC15 DEF|VW|Golf|2025-02-11|7.50",
        "Visit Ref|Customer Name|Phone|Reg|Make|Model|Date|Time\nV1|Ida Moor|07400 124001|AB12 CDE|Ford|Focus|2025-03-02|09:00\n\
         V2|Ned Dale|07400 124002|BC15 DEF|VW|Golf|2025-03-02|10:00",
    ] {
        assert_eq!(type_of(&detect("export.csv", text)), "none", "{text}");
    }
    for text in [
        "Stock No|Reg|Make|Model|Purchase Date|Purchase Price\nS1|AB12 CDE|Ford|Focus|2025-01-11|6500\nS2|BC15 DEF|VW|Golf|2025-02-11|7500",
        "Fleet No|Reg|Make|Model|Tax Expiry Date|Colour\n1|AB12 CDE|Ford|Focus|2025-01-11|Red\n2|BC15 DEF|VW|Golf|2025-02-11|Blue",
    ] {
        check("export.csv", text, "generic.vehicles");
    }
}

#[test]
fn records_that_are_repeated_stay_what_they_are() {
    let prices = lines(
        "Part No|Description|Price",
        (0..24).map(|row| format!("P{}|Belt {}|{}.50", row % 8, row % 8, row % 8 + 3)),
    );
    check("price list.csv", &prices, "generic.products");
    let vehicles = lines(
        "Reg|Make|Model|Customer Name|Phone|Email",
        (0..24).map(|row| {
            format!(
                "AB{:02} CDE|Ford|Focus|Ida Moor {}|07400 12400{}|p{}@moor.example",
                row + 10,
                row % 4,
                row % 4,
                row % 4
            )
        }),
    );
    check("export.csv", &vehicles, "generic.customers_and_vehicles");
    let parts = lines(
        "Job No|Part No|Description|Qty|Unit Price",
        (0..24).map(|row| format!("J{}|P{row}|Belt|1|9.50", row / 3)),
    );
    check("job parts.csv", &parts, "generic.work_order_parts");
    let stock = lines(
        "id|name|price|stock",
        (0..24).map(|row| format!("{row}|Door {}|{}.50|1", row % 4, row + 3)),
    );
    check("export.csv", &stock, "generic.products");
    let unnamed = lines(
        "Name|Phone|Email",
        (0..20).map(|row| {
            let name = if row % 2 == 0 {
                "- -".to_owned()
            } else {
                format!("Ida Moor {row}")
            };
            format!("{name}|07400 1240{row:02}|p{row}@moor.example")
        }),
    );
    check("contacts.csv", &unnamed, "generic.customers");
}
