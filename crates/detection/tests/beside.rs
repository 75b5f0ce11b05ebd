//! What a table is beside the others of its document: lines of invoices, rows that belong to customers and vehicles of another
//! sheet, suppliers that another sheet names; and what stays as it is.

use std::sync::LazyLock;

use torqueflow_detection::{
    Bond, ConfidenceLevel, Detection, Detector, Landmark, Surroundings, built_in_sources, parse_source,
};
use torqueflow_model::{Cell, Row};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

/// A worksheet: its name, and lines with cells between bars, the first of which is the header.
type Sheet<'a> = (&'a str, &'a str);

fn table(text: &str) -> (Vec<String>, Vec<Row>) {
    let mut lines = text.lines().map(|line| {
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<String>>()
    });
    let header = lines.next().unwrap_or_default();
    let rows = lines.map(|cells| Row {
        number: 0,
        cells: cells.into_iter().map(Cell::text).collect(),
    });
    (header, rows.collect())
}

fn around(sheet: &str) -> Surroundings {
    Surroundings {
        file_name: "export.xlsx".to_owned(),
        sheet: Some(sheet.to_owned()),
        ..Surroundings::default()
    }
}

/// What each sheet of a workbook is, and what stands around it.
fn look_with(detector: &Detector, sheets: &[Sheet<'_>]) -> Vec<(Detection, Surroundings)> {
    let tables: Vec<_> = sheets.iter().map(|(_, text)| table(text)).collect();
    let landmarks: Vec<Landmark> = sheets
        .iter()
        .zip(&tables)
        .map(|((name, _), (header, rows))| {
            let alone = detector.detect_in(header, rows, &around(name));
            detector.landmark(name, header, rows, true, &alone, &around(name))
        })
        .collect();
    let each = sheets.iter().zip(&tables).enumerate();
    each.map(|(place, ((name, _), (header, rows)))| {
        let others = landmarks.iter().enumerate().filter(|(other, _)| *other != place);
        let around = Surroundings {
            beside: detector.beside(header, rows, others.map(|(_, landmark)| landmark)),
            ..around(name)
        };
        (detector.detect_in(header, rows, &around), around)
    })
    .collect()
}

fn look(sheets: &[Sheet<'_>]) -> Vec<Detection> {
    let looked = look_with(&DETECTOR, sheets);
    looked.into_iter().map(|(detection, _)| detection).collect()
}

fn alone(sheet: Sheet<'_>) -> Detection {
    let (header, rows) = table(sheet.1);
    DETECTOR.detect_in(&header, &rows, &around(sheet.0))
}

fn type_of(detection: &Detection) -> Option<&str> {
    detection.table_type.as_ref().map(|found| found.type_id.as_str())
}

fn candidates(detection: &Detection) -> Vec<&str> {
    let types = detection.candidates.iter().map(|candidate| candidate.type_id.as_str());
    types.collect()
}

/// What the first sheet is without the others.
fn first_alone(sheets: &[Sheet<'_>]) -> Option<String> {
    let first = sheets.first()?;
    type_of(&alone(*first)).map(str::to_owned)
}

/// The first sheet is this type beside the others, and these say so in its evidence.
#[track_caller]
fn check_type(sheets: &[Sheet<'_>], expected: &str, why: &str) {
    let detection = look(sheets).remove(0);
    assert_eq!(type_of(&detection), Some(expected), "{:?}", detection.evidence);
    assert!(
        detection.evidence.iter().any(|line| line == why),
        "{:?}",
        detection.evidence
    );
    assert!(
        detection.confidence_level <= ConfidenceLevel::Medium,
        "{}",
        detection.confidence
    );
    assert_ne!(
        first_alone(sheets).as_deref(),
        Some(expected),
        "it is so without the others"
    );
}

/// The first sheet has no type beside the others: a person is asked which of these it is, and told why.
#[track_caller]
fn check_asked(sheets: &[Sheet<'_>], expected: &[&str], why: &str) {
    let detection = look(sheets).remove(0);
    assert_eq!(type_of(&detection), None, "{:?}", detection.evidence);
    assert_eq!(candidates(&detection), expected, "{:?}", detection.evidence);
    assert!(
        detection.evidence.iter().any(|line| line == why),
        "{:?}",
        detection.evidence
    );
    assert!(
        detection.warning("ambiguous_type").is_some(),
        "{:?}",
        detection.warnings
    );
}

/// All sheets are what they are without the others.
#[track_caller]
fn check_unchanged(sheets: &[Sheet<'_>], expected: &[Option<&str>]) {
    let found = look(sheets);
    let found: Vec<Option<&str>> = found.iter().map(type_of).collect();
    assert_eq!(found, expected);
    for (sheet, expected) in sheets.iter().zip(expected) {
        let detection = alone(*sheet);
        assert_eq!(type_of(&detection), *expected, "{}: {:?}", sheet.0, detection.evidence);
    }
}

const CUSTOMERS: Sheet<'_> = (
    "Customers",
    "Customer No|Customer Name|Address|Postcode|Phone|Email\n\
     C100|Ida Moor|1 Quay St|LS1 4AP|07911 123450|ida@mail.example\n\
     C101|Ned Dale|2 Quay St|LS2 4AP|07911 123451|ned@mail.example\n\
     C102|Ash Vale|3 Quay St|LS3 4AP|07911 123452|ash@mail.example\n\
     C103|Una Reed|4 Quay St|LS4 4AP|07911 123453|una@mail.example",
);
const INVOICES: Sheet<'_> = (
    "Invoices",
    "Invoice No|Invoice Date|Customer No|Net|VAT|Total|Due Date\n\
     INV-2000|13/03/2024|C100|100.00|20.00|120.00|13/04/2024\n\
     INV-2001|14/03/2024|C101|101.00|20.20|121.20|14/04/2024\n\
     INV-2002|15/03/2024|C102|102.00|20.40|122.40|15/04/2024\n\
     INV-2003|16/03/2024|C103|103.00|20.60|123.60|16/04/2024",
);
const VEHICLES: Sheet<'_> = (
    "Vehicles",
    "Reg No|Make|Model|Year|Customer No\n\
     AB12 CDE|Ford|Focus|2012|C100\nAB13 CDF|Ford|Fiesta|2013|C101\nAB14 CDG|Skoda|Fabia|2014|C102\nAB15 CDH|Seat|Ibiza|2015|C103",
);
const JOBS: Sheet<'_> = (
    "Jobs",
    "Card|Date|Reg No|Customer No|Description|Total\n\
     J500|13/03/2024|AB12 CDE|C100|Service|150.00\nJ501|14/03/2024|AB13 CDF|C101|MOT|54.85\n\
     J502|15/03/2024|AB14 CDG|C102|Brakes|310.00\nJ503|16/03/2024|AB15 CDH|C103|Clutch|720.00",
);
const STOCK: Sheet<'_> = (
    "Stock",
    "Part No|Description|Cost|Retail|Stock|Supplier\n\
     P1|Oil filter|5.00|9.00|4|Larch Paints\nP2|Air filter|6.00|11.00|2|Elm Tyres\n\
     P3|Wiper|3.00|7.00|9|Larch Paints\nP4|Bulb|1.00|2.50|30|Oak Oils",
);
const PARTIES: &str = "Name|Address|Postcode|Phone|Email\n\
    Larch Paints|1 Mill Rd|YO1 7HH|01632 960011|post@larch.example\n\
    Elm Tyres|2 Mill Rd|YO2 7HH|01632 960012|post@elm.example\n\
    Oak Oils|3 Mill Rd|YO3 7HH|01632 960013|post@oak.example";

#[test]
fn rows_that_name_the_invoices_of_another_sheet_are_their_lines() {
    // A header that nobody knows stands over the numbers of the invoices.
    check_type(
        &[
            (
                "Items",
                "Doc|Description|Part|Qty|Price|Amount\n\
                 INV-2000|Oil filter|OF1|1|12.50|12.50\nINV-2000|Brake pads|BP2|2|25.00|50.00\n\
                 INV-2001|Wiper|W3|1|8.00|8.00\nINV-2001|Oil filter|OF1|1|12.50|12.50",
            ),
            ("Invoices", &INVOICES.1.replace("Invoice No", "Doc")),
        ],
        "generic.invoice_lines",
        "column `Doc` names the invoices in “Invoices”, several rows the same one",
    );
    // What the invoice says stands in each of its lines again.
    let with_head = "Invoice No|Invoice Date|Customer Name|Part|Description|Qty|Price\n\
        INV-2000|13/03/2024|Ida Moor|OF1|Oil filter|1|12.50\nINV-2000|13/03/2024|Ida Moor|BP2|Brake pads|2|25.00\n\
        INV-2001|14/03/2024|Ned Dale|W3|Wiper|1|8.00\nINV-2001|14/03/2024|Ned Dale|OF1|Oil filter|1|12.50";
    check_type(
        &[("Sheet2", with_head), INVOICES],
        "generic.invoice_lines",
        "column `Invoice No` names the invoices in “Invoices”, several rows the same one",
    );
    let detection = look(&[("Sheet2", with_head), INVOICES]).remove(0);
    assert!(!detection.is_imported() && detection.warning("not_imported").is_some());
    // Other invoices say nothing of them.
    let others = INVOICES.1.replace("INV-2", "INV-7");
    check_unchanged(
        &[("Sheet2", with_head), ("Invoices", &others)],
        &[type_of(&alone(("Sheet2", with_head))), Some("generic.invoices")],
    );
}

#[test]
fn parts_on_the_jobs_of_another_sheet_are_no_products() {
    let parts = "Card|Part|Text|Qty|Price\nJ500|P1|Oil filter|1|9.00\nJ500|P3|Wiper|2|7.00\nJ501|P4|Bulb|2|2.50\nJ502|P1|Oil filter|1|9.00";
    let why = "column `Card` names the jobs in “Jobs”, several rows the same one";
    check_asked(
        &[("Used", parts), JOBS],
        &["generic.work_order_parts", "generic.products"],
        why,
    );
    let detection = look(&[("Used", parts), JOBS]).remove(0);
    let card = &detection.columns[0];
    assert_eq!(
        (card.header.as_str(), card.field.unwrap().to_string(), card.by.name()),
        ("Card", "work_order_part.work_order".to_owned(), "values")
    );
}

#[test]
fn rows_that_name_the_customers_of_another_sheet_are_no_second_list_of_them() {
    let customers = ["generic.customers"];
    check_asked(
        &[
            (
                "Balances",
                "Customer No|Customer Name|Balance|Oldest\nC100|Ida Moor|10.00|01/01/2024\nC102|Ash Vale|5.50|09/02/2024",
            ),
            CUSTOMERS,
        ],
        &customers,
        "column `Customer No` names the customers in “Customers”",
    );
    check_asked(
        &[
            (
                "Call log",
                "Customer Name|Phone|Notes\nIda Moor|07911 123450|rang back\nIda Moor|07911 123450|no answer\n\
                 Ned Dale|07911 123451|booked\nNed Dale|07911 123451|moved it",
            ),
            CUSTOMERS,
        ],
        &customers,
        "column `Customer Name` names the customers in “Customers”, several rows the same one",
    );
}

#[test]
fn however_sure_they_are_several_people_of_one_customer_are_asked_for() {
    let people = "Customer No|Contact Name|Phone|Email\nC100|Ida Moor|07911 123450|ida@mail.example\n\
        C100|Bo Moor|07911 123460|bo@mail.example\nC101|Ned Dale|07911 123451|ned@mail.example\n\
        C101|Kit Dale|07911 123461|kit@mail.example";
    check_asked(
        &[("People", people), CUSTOMERS],
        &["generic.customers"],
        "column `Customer No` names the customers in “Customers”, several rows the same one",
    );
    // What more is said of each customer is imported.
    let consent = "Customer No|Customer Name|SMS Consent\nC100|Ida Moor|yes\nC101|Ned Dale|no\nC102|Ash Vale|yes";
    check_unchanged(
        &[("Consent", consent), CUSTOMERS],
        &[Some("generic.customers"), Some("generic.customers")],
    );
}

#[test]
fn rows_that_name_the_vehicles_of_another_sheet_are_no_second_list_of_them() {
    check_asked(
        &[
            (
                "Data",
                "Reg No|Make|Model|Month|Km|Driver\nAB12 CDE|Ford|Focus|1|300|Ida Moor\nAB12 CDE|Ford|Focus|2|450|Ida Moor\n\
                 AB13 CDF|Ford|Fiesta|1|210|Ned Dale\nAB13 CDF|Ford|Fiesta|2|190|Ned Dale",
            ),
            VEHICLES,
        ],
        &["generic.vehicles"],
        "column `Reg No` names the vehicles in “Vehicles”, several rows the same one",
    );
}

#[test]
fn those_whom_a_list_of_parts_names_as_suppliers_are_asked_for_not_taken_for_customers() {
    check_asked(
        &[("Contacts", PARTIES), CUSTOMERS, STOCK],
        &["generic.suppliers", "generic.customers"],
        "column `Supplier` in “Stock” names as suppliers what stands in `Name`",
    );
    // Most of them are somebody else.
    let more = (0..9).map(|n| format!("\nPerson {n}|{n} Hill Rd|YO4 7HH|01632 96002{n}|p{n}@mail.example"));
    let mixed = PARTIES.to_owned() + &more.collect::<String>();
    check_unchanged(
        &[("Contacts", &mixed), STOCK],
        &[Some("generic.customers"), Some("generic.products")],
    );
    // Its own header says whose they are.
    check_unchanged(
        &[("Contacts", &PARTIES.replace("Name", "Customer Name")), STOCK],
        &[Some("generic.customers"), Some("generic.products")],
    );
}

const PAID: &str = "Invoice No|Client|Date|Amount\nR-1|Ida Moor|13/05/2024|50.00\nR-2|Ned Dale|14/05/2024|60.00\nR-3|Ash Vale|15/05/2024|70.00";

#[test]
fn a_tie_is_settled_by_a_sheet_with_the_same_columns_that_has_a_telling_name() {
    assert_eq!(
        candidates(&alone(("Sheet2", PAID))),
        ["generic.invoices", "generic.payments"]
    );
    for (name, expected, noun) in [
        ("Payments", "generic.payments", "payments"),
        ("Invoices", "generic.invoices", "invoices"),
    ] {
        let others = PAID.replace("R-", "S-");
        check_type(
            &[("Sheet2", PAID), (name, &others)],
            expected,
            &format!("“{name}” has the same columns, and is {noun}"),
        );
    }
    // Two that say otherwise settle nothing.
    let (one, other) = (PAID.replace("R-", "S-"), PAID.replace("R-", "T-"));
    let found = look(&[("Sheet2", PAID), ("Invoices", &one), ("Payments", &other)]).remove(0);
    assert_eq!(type_of(&found), None);
    assert_eq!(candidates(&found), ["generic.invoices", "generic.payments"]);
}

#[test]
fn a_sheet_that_nobody_is_sure_of_is_what_one_with_the_same_columns_is() {
    let parts = "Customer|Maker|Bin|Discription|Stock Qty|OEM P/N|Max";
    let known = format!("{parts}\n|Bosch|A1|Filter|4|B-1|9\n|ATE|A2|Valve|5|B-2|9\n|Hella|A3|Lamp|6|B-3|9");
    // A column of customers speaks against products.
    let unknown = format!("{parts}\nMoor|Bosch|A4|Belt|4|B-4|9\nDale|ATE|A5|Pad|5|B-5|9\nVale|Hella|A6|Horn|6|B-6|9");
    let sheets: &[Sheet<'_>] = &[("More", &unknown), ("Parts", &known)];
    let found = look(sheets);
    assert_eq!(type_of(&found[1]), Some("generic.products"), "{:?}", found[1].evidence);
    assert_eq!(type_of(&alone(sheets[0])), None);
    assert_eq!(type_of(&found[0]), Some("generic.products"), "{:?}", found[0].evidence);
}

#[test]
fn lists_of_the_same_kind_stay_lists() {
    let lines: Vec<&str> = CUSTOMERS.1.lines().collect();
    let (first, second) = (lines[..3].join("\n"), [lines[0], lines[3], lines[4]].join("\n"));
    let customers = Some("generic.customers");
    check_unchanged(&[("Private", &first), ("Trade", &second)], &[customers, customers]);
    // Of two years, and most of them stand in both.
    check_unchanged(
        &[("2023", CUSTOMERS.1), ("2024", &lines[..4].join("\n"))],
        &[customers, customers],
    );
    // Of two branches that write other columns.
    let leeds = "Account No|Name|Phone\nL1|Ida Moor|07911 123450\nL2|Ned Dale|07911 123451\nL3|Bo Holm|07911 123459";
    let york = "Account No|Name|Phone|Email|Town\nY1|Ash Vale|07911 123452|ash@mail.example|York\nL1|Ida Moor|07911 123450|ida@mail.example|York";
    check_unchanged(&[("Leeds", leeds), ("York", york)], &[customers, customers]);
    // Neither says more than names and numbers: none is the list of the other's customers.
    let visits = "Customer No|Customer Name|Visits\nC100|Ida Moor|3\nC101|Ned Dale|4\nC102|Ash Vale|1";
    let points = "Customer No|Customer Name|Points\nC100|Ida Moor|30\nC101|Ned Dale|40\nC102|Ash Vale|10";
    check_unchanged(&[("2023", visits), ("2024", points)], &[customers, customers]);
    check_unchanged(
        &[("New", VEHICLES.1), ("Old", VEHICLES.1)],
        &[Some("generic.vehicles"); 2],
    );
}

#[test]
fn what_refers_to_others_and_is_a_record_of_its_own_stays() {
    check_unchanged(
        &[CUSTOMERS, VEHICLES, INVOICES, JOBS, STOCK],
        &[
            Some("generic.customers"),
            Some("generic.vehicles"),
            Some("generic.invoices"),
            Some("generic.work_orders"),
            Some("generic.products"),
        ],
    );
    // Several jobs stand on one invoice, and several vehicles belong to one customer.
    let jobs = "Job No|Date|Reg No|Description|Invoice No\nJ1|13/03/2024|AB12 CDE|Service|INV-2000\n\
        J2|13/03/2024|AB12 CDE|MOT|INV-2000\nJ3|14/03/2024|AB13 CDF|Service|INV-2001\nJ4|14/03/2024|AB13 CDF|MOT|INV-2001";
    let cars = "Customer No|Customer Name|Reg No|Make\nC100|Ida Moor|AB12 CDE|Ford\nC100|Ida Moor|AB22 CDE|Ford\n\
        C101|Ned Dale|AB13 CDF|Ford\nC101|Ned Dale|AB23 CDF|Seat";
    check_unchanged(
        &[("Work", jobs), ("Cars", cars), INVOICES, CUSTOMERS],
        &[
            Some("generic.work_orders"),
            Some("generic.vehicles"),
            Some("generic.invoices"),
            Some("generic.customers"),
        ],
    );
    // Some customers have several vehicles, and some have none.
    let owners = "Customer No|Customer Name|Phone|Reg No|Make|Model\nC100|Ida Moor|07911 123450|AB12 CDE|Ford|Focus\n\
        C100|Ida Moor|07911 123450|AB22 CDE|Ford|Ka\nC100|Ida Moor|07911 123450|AB32 CDE|Kia|Rio\n\
        C101|Ned Dale|07911 123451|AB13 CDF|Ford|Fiesta\nC101|Ned Dale|07911 123451|AB23 CDF|Seat|Ibiza\n\
        C102|Ash Vale|07911 123452|||\nC103|Una Reed|07911 123453|AB15 CDH|Seat|Leon";
    check_unchanged(
        &[("Garage", owners), CUSTOMERS],
        &[Some("generic.customers_and_vehicles"), Some("generic.customers")],
    );
    // Invoices are paid in parts.
    let paid = "Invoice No|Paid On|Amount|Method\nINV-2000|20/03/2024|60.00|Card\nINV-2000|21/03/2024|60.00|Cash\n\
        INV-2001|22/03/2024|121.20|Card\nINV-2001|23/03/2024|1.20|Cash";
    check_unchanged(
        &[("Receipts", paid), INVOICES],
        &[Some("generic.payments"), Some("generic.invoices")],
    );
}

#[test]
fn numbers_that_only_look_alike_tie_nothing() {
    // Each table counts its own rows from one.
    let notes = "ID|Customer Name|Mobile\n1|Bo Holm|07911 123459\n2|Kit Marsh|07911 123458\n3|Amy Cole|07911 123457";
    let list = "ID|Customer Name|Mobile|Email\n1|Ida Moor|07911 123450|ida@mail.example\n2|Ned Dale|07911 123451|ned@mail.example\n3|Ash Vale|07911 123452|ash@mail.example";
    let looked = look_with(&DETECTOR, &[("A", notes), ("B", list)]);
    for (detection, around) in &looked {
        assert_eq!(type_of(detection), Some("generic.customers"));
        let tied = around
            .beside
            .iter()
            .filter(|other| other.bond != Bond::SameColumns && other.bond != Bond::None);
        assert_eq!(tied.count(), 0, "{:?}", around.beside);
    }
}

#[test]
fn a_workbook_of_one_sheet_has_nothing_beside_it() {
    for sheet in [CUSTOMERS, INVOICES, ("Sheet1", PARTIES), ("Sheet1", PAID)] {
        let looked = look_with(&DETECTOR, &[sheet]);
        assert_eq!(looked[0].1.beside, []);
        assert_eq!(looked[0].0, alone(sheet));
    }
}

#[test]
fn the_order_of_the_sheets_changes_nothing() {
    let items = "Invoice No|Invoice Date|Customer Name|Part|Qty|Price\nINV-2000|13/03/2024|Ida Moor|OF1|1|12.50\n\
        INV-2000|13/03/2024|Ida Moor|BP2|2|25.00\nINV-2001|14/03/2024|Ned Dale|W3|1|8.00";
    let balances = "Customer No|Customer Name|Balance\nC100|Ida Moor|10.00\nC102|Ash Vale|5.50";
    let sheets = [
        CUSTOMERS,
        INVOICES,
        ("Lines", items),
        ("Balances", balances),
        ("Contacts", PARTIES),
        STOCK,
    ];
    let expected: Vec<(&str, Detection)> = sheets.iter().map(|sheet| sheet.0).zip(look(&sheets)).collect();
    // Each sheet once in each place, forwards and backwards.
    for turn in 0..sheets.len() {
        let mut turned = sheets;
        turned.rotate_left(turn);
        for backwards in [false, true] {
            if backwards {
                turned.reverse();
            }
            for ((name, _), found) in turned.iter().zip(look(&turned)) {
                let known = expected
                    .iter()
                    .find(|(other, _)| other == name)
                    .map(|(_, detection)| detection);
                assert_eq!(Some(&found), known, "{name} in {turned:?}");
            }
        }
    }
}

#[test]
fn of_two_systems_with_the_same_columns_it_is_the_one_of_the_other_sheets() {
    let system = |id: &str, label: &str| {
        let text = format!(
            "id = \"{id}\"\nlabel = \"{label}\"\n\
             [[table]]\ntype = \"{id}.customers\"\nlabel = \"{label} customers\"\nnoun = \"customers\"\n\
             required = [\"CustRef\", \"FullName\", \"Tel\", \"PostTown\"]\n[table.columns]\n\
             CustRef = \"customer.external_customer_number\"\nFullName = \"customer.display_name\"\n\
             Tel = \"customer.phone\"\nPostTown = \"billing_address.city\"\n\
             [[table]]\ntype = \"{id}.cars\"\nlabel = \"{label} cars\"\nnoun = \"vehicles\"\n\
             required = [\"{id}Plate\", \"{id}Vin\", \"{id}Make\", \"{id}Model\"]\n[table.columns]\n\
             {id}Plate = \"vehicle.registration\"\n{id}Vin = \"vehicle.vin\"\n{id}Make = \"vehicle.make\"\n{id}Model = \"vehicle.model\"\n"
        );
        parse_source(&text).unwrap()
    };
    let mut sources = built_in_sources();
    sources.extend([system("oakbook", "Oakbook"), system("elmbook", "Elmbook")]);
    let detector = Detector::new(sources);
    let customers = "CustRef|FullName|Tel|PostTown\nC1|Ida Moor|07911 123450|Leeds";
    for id in ["oakbook", "elmbook"] {
        let cars = format!("{id}Plate|{id}Vin|{id}Make|{id}Model\nAB12 CDE|WVWZZZ1KZ6W612301|Ford|Focus");
        let looked = look_with(&detector, &[("People", customers), ("Cars", &cars)]);
        let detection = &looked[0].0;
        assert_eq!(
            type_of(detection),
            Some(format!("{id}.customers").as_str()),
            "{:?}",
            detection.evidence
        );
    }
}
