//! Which columns identify records, and what becomes of ids that do not.

use torqueflow_model::EntityKind::{self, Customer, Vehicle};
use torqueflow_pipeline::{OwnerRule, id_text};

use crate::support::clean;

/// Cleans a text and compares the ids of its records of this kind, row by row, each with the codes about ids.
#[track_caller]
fn check(entity: EntityKind, text: &str, expected: &[&str]) {
    let (file, rows) = clean(text);
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let mut records = row.row.records.iter().filter(|record| record.slot.entity() == entity);
            let id = records.next().map(|record| id_text(&record.source_id, 0));
            let id = id.map(|id| if id.starts_with('~') { "~".to_owned() } else { id });
            let told = ["id_conflict", "id_damaged", "record_of_nobody", "required_missing"];
            let codes = row.codes().into_iter().filter(|code| told.contains(code));
            std::iter::once(id.unwrap_or_default())
                .chain(codes.map(str::to_owned))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let notes: Vec<&String> = file.tables.iter().flat_map(|table| &table.notes).collect();
    assert_eq!(shown, expected, "{notes:?}");
}

#[test]
fn the_id_of_an_owner_or_an_account_is_not_the_customer_s() {
    check(
        Customer,
        "Customer Number,First Name,Last Name,Email,Owner ID\nC1,Ann,Ash,ann@ash.example,U1\nC2,Bert,Birch,bert@birch.example,U1\n\
         C3,Cora,Cole,cora@cole.example,U2\n",
        &["C1", "C2", "C3"],
    );
    check(
        Customer,
        "First Name,Last Name,Email,Account ID\nAnn,Ash,ann@ash.example,NORTH\nBert,Birch,bert@birch.example,NORTH\n\
         Cora,Cole,cora@cole.example,SOUTH\n",
        &[
            "ann ash|ann@ash.example",
            "bert birch|bert@birch.example",
            "cora cole|cora@cole.example",
        ],
    );
    check(
        Customer,
        "Account No,First Name,Last Name,Email\nA1,Ann,Ash,ann@ash.example\nA2,Bert,Birch,bert@birch.example\n",
        &["A1", "A2"],
    );
}

#[test]
fn the_id_of_a_model_is_not_the_vehicle_s() {
    check(
        Vehicle,
        "Registration,Make,Model,CAP ID,Mileage\nAK19 AAA,Ford,Focus,5511,100\nAK19 AAB,Ford,Focus,5511,200\nAK20 AAC,Kia,Rio,5512,300\n",
        &["AK19AAA", "AK19AAB", "AK20AAC"],
    );
}

#[test]
fn of_different_people_with_one_id_the_first_keeps_it() {
    check(
        Customer,
        "Customer Number,First Name,Last Name,Email\nC1,Ann,Ash,ann@ash.example\nC2,Bert,Birch,bert@birch.example\n\
         C2,Cora,Cole,cora@cole.example\nC2,BERT,Birch,\nC3,Dan,Dale,dan@dale.example\n",
        &["C1", "C2", "C2|cora cole|cora@cole.example id_conflict", "C2", "C3"],
    );
}

#[test]
fn a_number_with_a_point_and_zeros_is_the_number() {
    check(
        Customer,
        "Customer Number,First Name,Last Name\n1002.0,Ann,Ash\n1003.0,Bert,Birch\n1002,Ann,Ash\n",
        &["1002", "1003", "1002"],
    );
    check(
        Customer,
        "Customer Number,First Name,Last Name\n10.0,Ann,Ash\n10.5,Bert,Birch\n",
        &["10.0", "10.5"],
    );
}

#[test]
fn a_number_that_lost_digits_identifies_nobody() {
    check(
        Customer,
        "Customer Number,First Name,Last Name,Email\nC1,Ann,Ash,ann@ash.example\nC2,Bert,Birch,bert@birch.example\n\
         1.23457E+15,Cora,Cole,cora@cole.example\n",
        &["C1", "C2", "cora cole|cora@cole.example id_damaged"],
    );
    check(
        Customer,
        "Customer Number,First Name,Last Name,Email\n1.23457E+15,Ann,Ash,ann@ash.example\n1.23457E+15,Bert,Birch,bert@birch.example\n",
        &["ann ash|ann@ash.example", "bert birch|bert@birch.example"],
    );
}

#[test]
fn a_customer_with_several_vehicles_is_one() {
    check(
        Customer,
        "Customer Number,Customer Name,Registration,Make\n7,Ann Ash,AK19 AAA,Ford\n7,\"ASH, Ann\",AK19 AAB,Kia\n8,Bert Birch,AK19 AAC,Ford\n",
        &["7", "7", "8"],
    );
}

#[test]
fn a_vehicle_needs_a_plate_a_vin_or_an_owner() {
    check(
        Vehicle,
        "Registration,VIN,Make,Model,Customer Number\nAK19 AAA,,Ford,Focus,\n,,Ford,Focus,C1\n,,Ford,Fiesta,\n",
        &["AK19AAA", "~", "~ required_missing"],
    );
}

#[test]
fn a_plate_that_two_cars_have_is_that_of_the_first() {
    check(
        Vehicle,
        "Registration,Make,Model,VIN,Year\nAK19 AAA,Ford,Focus,WF0AXXWPMA1234567,2012\nAK19 AAA,Honda,Jazz,JHMGK5830HX200001,2017\n\
         ak19aaa,Honda,Jazz,JHMGK5830HX200001,2017\nAK19 AAA,Ford,Focus,WF0AXXWPMA1234576,2012\nAK19 AAB,Kia,Rio,KNADM5A39E6123456,2014\n",
        &[
            "AK19AAA",
            "AK19AAA|JHMGK5830HX200001 id_conflict",
            "AK19AAA|JHMGK5830HX200001 id_conflict",
            "AK19AAA",
            "AK19AAB",
        ],
    );
    check(
        Vehicle,
        "Registration,Make,Model,Year\nAK19 AAA,Ford,Focus,2012\nAK19 AAA,Honda,Jazz,2017\nAK19 AAA,FORD,Focus Zetec,2012\n\
         AK19 AAA,Ford,Fiesta,2012\n",
        &["AK19AAA", "AK19AAA|honda|jazz|2017 id_conflict", "AK19AAA", "AK19AAA"],
    );
    check(
        Vehicle,
        "Customer Number,Customer Name,Registration,Make,Model,VIN\n7,Ann Ash,AK19 AAA,Ford,Focus,WF0AXXWPMA1234567\n\
         8,Bert Birch,AK19 AAA,Honda,Jazz,JHMGK5830HX200001\n8,Bert Birch,AK19 AAA,Kia,Rio,KNADM5A39E6123456\n",
        &["7|AK19AAA", "8|AK19AAA", "8|AK19AAA|KNADM5A39E6123456 id_conflict"],
    );
}

#[test]
fn foreign_plates_that_are_cut_otherwise_are_others() {
    check(
        Vehicle,
        "Registration,Make,Model\n48245-1,Toyota,Hilux\n4824-51,Toyota,Hilux\n48245 1,Toyota,Hilux\nAK19-AAA,Ford,Focus\nAK 19 AAA,Ford,Focus\n",
        &["482451", "482451|4824-51 id_conflict", "482451", "AK19AAA", "AK19AAA"],
    );
    check(
        Vehicle,
        "Kennzeichen;Marke\nM-AB 123;VW\nMA-B 123;VW\nM-AB 123;VW\nB-CD 45;BMW\n",
        &["MAB123", "MAB123|MA-B 123 id_conflict", "MAB123", "BCD45"],
    );
}

#[test]
fn people_of_one_name_and_address_are_told_apart_by_their_firms_and_numbers() {
    check(
        Customer,
        "First Name,Last Name,Email,Company\nAnn,Ash,ann@ash.example,Ash Haulage Ltd\nAnn,Ash,ann@ash.example,Birch Bakery\n\
         Ann,Ash,ann@ash.example,ASH HAULAGE\nAnn,Ash,ann@ash.example,\n",
        &[
            "ann ash|ann@ash.example",
            "ann ash|ann@ash.example|birch bakery id_conflict",
            "ann ash|ann@ash.example",
            "ann ash|ann@ash.example",
        ],
    );
    check(
        Customer,
        "Kundennummer,First Name,Last Name,Email\n17001,Ann,Ash,ann@ash.example\n17002,Ann,Ash,ann@ash.example\n17005,Bert,Birch,bert@birch.example\n",
        &[
            "ann ash|ann@ash.example",
            "ann ash|ann@ash.example|17002 id_conflict",
            "bert birch|bert@birch.example",
        ],
    );
    // The row's own number says nothing of who it is, nor does one that stands again.
    check(
        Customer,
        "Sr No,First Name,Last Name,Email,Depot Nummer\n1,Ann,Ash,ann@ash.example,4\n2,Ann,Ash,ann@ash.example,5\n3,Bert,Birch,bert@birch.example,5\n",
        &[
            "ann ash|ann@ash.example",
            "ann ash|ann@ash.example",
            "bert birch|bert@birch.example",
        ],
    );
}

#[test]
fn firms_of_one_name_and_address_are_told_apart_by_their_tax_numbers() {
    check(
        Customer,
        "Company,Email,VAT Number\nAsh Haulage Ltd,info@ash.example,GB123456782\nAsh Haulage Ltd,info@ash.example,GB987654324\n\
         Ash Haulage Ltd,info@ash.example,123 4567 82\nAsh Haulage Ltd,info@ash.example,\nAsh Haulage Ltd,info@ash.example,pending\n\
         Ash Haulage Ltd,info@ash.example,987 6543 24\n",
        &[
            "ash haulage ltd|info@ash.example",
            "ash haulage ltd|info@ash.example|987654324 id_conflict",
            "ash haulage ltd|info@ash.example",
            "ash haulage ltd|info@ash.example",
            "ash haulage ltd|info@ash.example",
            "ash haulage ltd|info@ash.example|987654324 id_conflict",
        ],
    );
    check(
        Customer,
        "Codice gestionale,Ragione Sociale,Cod. Fiscale,P. IVA,E-mail\n0027,Frassino Srl,01781180309,01781180309,info@frassino.example\n\
         0036,Frassino Srl,04007091216,04007091216,info@frassino.example\n0037,Betulla Srl,04007091225,04007091225,info@betulla.example\n",
        &[
            "frassino srl|info@frassino.example",
            "frassino srl|info@frassino.example|04007091216|0036 id_conflict",
            "betulla srl|info@betulla.example",
        ],
    );
    // The number at the business tells firms apart too.
    check(
        Customer,
        "Codice gestionale,Ragione Sociale,E-mail,Telefono\n0027,Frassino Srl,info@frassino.example,06 4451 0001\n\
         0036,Frassino Srl,info@frassino.example,06 4451 0001\n0037,Betulla Srl,info@betulla.example,06 4451 0003\n",
        &[
            "frassino srl|info@frassino.example",
            "frassino srl|info@frassino.example|0036 id_conflict",
            "betulla srl|info@betulla.example",
        ],
    );
    // Where it is known to be the customer's, it is what they go by.
    check(
        Customer,
        "Codice,Ragione Sociale,E-mail,Telefono\n0027,Frassino Srl,info@frassino.example,06 4451 0001\n\
         0036,Frassino Srl,info@frassino.example,06 4451 0001\n0037,Betulla Srl,info@betulla.example,06 4451 0003\n",
        &["0027", "0036", "0037"],
    );
}

#[test]
fn a_part_number_of_two_parts_is_that_of_the_first() {
    check(
        EntityKind::Product,
        "Product Code,Product Name,Retail Price\nF1,Oil filter,9.50\nF2,Air filter red,12.00\nF2,Air filter blue,14.00\nF3,Wiper,8.00\n\
         F3,Wiper blade,8.50\nF4,Bulb H7,3.00\nF4,Bulb H4,3.00\nF5,Fuse,1.00\n",
        &[
            "F1",
            "F2",
            "F2|air filter blue id_conflict",
            "F3",
            "F3",
            "F4",
            "F4",
            "F5",
        ],
    );
}

#[test]
fn buses_of_one_plate_are_told_apart_by_their_fleet_numbers() {
    check(
        Vehicle,
        "Fleet No,Registration,Model,Model Year\n1201,AK18 AAA,Enviro,2018\n1202,AK18 AAA,Enviro,2018\n1203,AK18 AAB,Enviro,2018\n",
        &["AK18AAA", "AK18AAA|1202 id_conflict", "AK18AAB"],
    );
    // Two numbers that were mistyped do not make the others worthless.
    let others = (0..98).map(|number| {
        let (tens, ones) = (letter(number / 10), letter(number % 10));
        format!("{},BK18 A{tens}{ones},Enviro,2018\n", 2000 + u32::from(number))
    });
    let others = others.collect::<Vec<_>>().concat();
    let (_, rows) = clean(&format!(
        "Fleet No,Registration,Model,Model Year\n1201,AK18 AAA,Enviro,2018\n1202,AK18 AAA,Enviro,2018\n1202,AK18 AAB,Enviro,2018\n{others}"
    ));
    let ids: Vec<_> = rows.iter().take(3).map(|row| row.id(Vehicle).unwrap()).collect();
    assert_eq!(ids, ["AK18AAA", "AK18AAA|1202", "AK18AAB"]);
    // The same car under two numbers of a dealer's stock.
    check(
        Vehicle,
        "Stock No,Registration,Model,VIN\n501,AK18 AAA,Focus,WF0AXXWPMA1234567\n733,AK18 AAA,Focus,WF0AXXWPMA1234567\n",
        &["AK18AAA", "AK18AAA"],
    );
}

fn letter(place: u8) -> char {
    char::from(b'A' + place)
}

#[test]
fn the_number_of_a_car_is_not_the_customer_s() {
    check(
        Customer,
        "Vehicle No,First Name,Last Name,Email\n17001,Ann,Ash,ann@ash.example\n17002,Ann,Ash,ann@ash.example\n17005,Bert,Birch,bert@birch.example\n",
        &[
            "ann ash|ann@ash.example",
            "ann ash|ann@ash.example",
            "bert birch|bert@birch.example",
        ],
    );
}

#[test]
fn a_name_with_a_tax_number_is_one_customer() {
    check(
        Customer,
        "Customer Name,VAT Number,Address,City\nAsh Haulage Ltd,GB123456782,1 Mill Lane,Leeds\nASH HAULAGE LTD,GB123456782,,Leeds\n\
         Birch Bakery,GB987654324,2 Mill Lane,Leeds\nAsh Haulage Ltd,GB555555558,9 Quay St,York\n",
        &[
            "ash haulage ltd|GB123456782",
            "ash haulage ltd|GB123456782",
            "birch bakery|GB987654324",
            "ash haulage ltd|GB555555558",
        ],
    );
}

#[test]
fn customers_of_whom_rows_say_the_same_and_too_little_are_told_once() {
    let check = |text: &str, expected: &[u64]| {
        let (file, _) = clean(text);
        let namesakes = &file.tables[0].plan.namesakes;
        assert_eq!(namesakes.first, expected, "{text}");
        let told = file.tables[0].column_findings.iter();
        let told = told.filter(|found| found.finding.code.code() == "namesake_unclear");
        assert_eq!(told.count(), usize::from(!expected.is_empty()));
    };
    check(
        "Customer Name,Registration,Make\nAsh Haulage,AK19 AAA,Ford\nBert Birch,AK19 AAB,Kia\nASH HAULAGE,AK19 AAC,Ford\n",
        &[4],
    );
    check(
        "Customer Name,Address,City,Email\nAnn Ash,1 Mill Lane,Leeds,\nAnn Ash,9 Quay St,York,\nAnn Ash,1 Mill Lane,Leeds,\n\
         Bert Birch,,,bert@birch.example\nBert Birch,,,bert@birch.example\n",
        &[4],
    );
    // Duplicates are looked for by name and postcode.
    check(
        "Customer Name,Address,Postcode\nAnn Ash,1 Mill Lane,LS1 4AP\nAnn Ash,1 Mill Lane,LS1 4AP\n",
        &[],
    );
    check(
        "Customer Number,Customer Name,Registration\n7,Ann Ash,AK19 AAA\n8,Ann Ash,AK19 AAB\n",
        &[],
    );
}

#[test]
fn parts_of_one_name_are_told_apart_by_codes_that_no_field_takes() {
    check(
        EntityKind::Product,
        "Description,Stock Qty,Rack,Cross\nSensor,2,R1,CDJ2B16\nSensor,1,R1,CDJ2B17\nValve,4,R1,KX10179\nSensor,5,R1,CDJ2B16\n",
        &["sensor", "sensor", "valve", "sensor"],
    );
    check(
        EntityKind::Product,
        "Description,Stock Qty,Rack,Cross\nSensor,2,R1,CDJ2B16\nSensor,1,R1,CDJ2B17\nValve,4,R1,KX10179\nPump,5,R1,PU10179\n",
        &["sensor", "sensor|CDJ2B17 id_conflict", "valve", "pump"],
    );
    // The number that a few parts have with a customer.
    check(
        EntityKind::Product,
        "P/N,Customer P/N,Description,Stock Qty\nA100,,Valve,2\nA101,,Pump,1\nA102,,Hose,4\n,7712,Grip,5\n,7713,Grip,5\nA103,,Belt,5\n,7714,Grip,5\n",
        &[
            "A100",
            "A101",
            "A102",
            "grip",
            "grip|7713 id_conflict",
            "A103",
            "grip|7714 id_conflict",
        ],
    );
    // A counter of rows and a bin say nothing of what the part is.
    check(
        EntityKind::Product,
        "Pos,Description,Stock Qty,Bin\n1,Sensor,2,BIN01A\n2,Sensor,1,BIN02A\n3,Valve,4,BIN03A\n",
        &["sensor", "sensor", "valve"],
    );
}

#[test]
fn variants_of_a_product_are_products_with_its_title() {
    let text = "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n\
        vase,Vase Magnolia,Lark,Size,Small,V1,10.00,a.jpg\nvase,,,,Large,V1,14.00,b.jpg\nvase,,,,,,,c.jpg\nvase,,,,Huge,V2,19.00,\n\
        bowl,Bowl,Lark,Colour,Red,,7.00,\nbowl,,,,Blue,,7.00,d.jpg\nbowl,,,,Red,,7.00,\n\
        cup,Cup,Lark,Size,Small,V1,3.00,\ncup,,,,Large,V1,4.00,\njug,Jug,Lark,Size,Small,J1,3.50,\n";
    let (file, rows) = clean(text);
    assert_eq!(file.tables[0].plan.owners, OwnerRule::Above);
    let shown: Vec<String> = rows
        .iter()
        .filter(|row| row.row.is_record())
        .map(|row| {
            assert!(!row.row.has_error(), "{:?}", row.codes());
            let name = row.text(EntityKind::Product, "name").unwrap_or_default();
            format!("{name}: {}", row.id(EntityKind::Product).unwrap_or_default())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Vase Magnolia: V1",
            "Vase Magnolia: V1|vase magnolia|large",
            "Vase Magnolia: V2",
            "Bowl: bowl",
            "Bowl: bowl|bowl|Blue",
            "Bowl: bowl",
            "Cup: V1|cup",
            "Cup: V1|cup|cup|Large",
            "Jug: J1",
        ]
    );
    let told: Vec<u64> = rows
        .iter()
        .filter(|row| row.codes().contains(&"id_conflict"))
        .map(|row| row.row.number)
        .collect();
    assert_eq!(told, [3, 9, 10]);
}

#[test]
fn a_price_list_without_names_has_no_variants() {
    let text = "Code,Description,Price,Brand\nA1,Oil filter,9.50,Lark\nA2,,9.50,Lark\nA3,Wiper,8.00,Wren\nA4,,7.00,Wren\nA5,Bulb,1.00,Lark\n";
    let (file, rows) = clean(text);
    assert_eq!(file.tables[0].plan.owners, OwnerRule::Own);
    let names: Vec<_> = rows.iter().map(|row| row.text(EntityKind::Product, "name")).collect();
    assert_eq!(names, [Some("Oil filter"), None, Some("Wiper"), None, Some("Bulb")]);
    assert!(rows.iter().all(|row| row.codes().is_empty()));
}

#[test]
fn what_agreeing_rows_add_tells_further_rows_apart() {
    check(
        Vehicle,
        "Registration,Make,Model,VIN\nAK19 AAA,Ford,Focus,\nAK19 AAA,Ford,Focus,WF0AXXWPMA1234567\nAK19 AAA,Ford,Focus,WF0BXXWPNB7654321\n",
        &["AK19AAA", "AK19AAA", "AK19AAA|WF0BXXWPNB7654321 id_conflict"],
    );
}
