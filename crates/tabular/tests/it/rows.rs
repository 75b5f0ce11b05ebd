//! Rows that are no records, and rows that look like them and are.

use proptest::prelude::*;

use crate::support::{read, read_all, xlsx};

/// Opens text and compares the rows that are left out of its one table: `7 total`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let tables = read_all(text.as_bytes()).unwrap();
    let left_out: Vec<&String> = tables.iter().flat_map(|table| &table.left_out).collect();
    assert_eq!(left_out, expected, "{tables:#?}");
    assert_eq!(tables.len(), 1, "{tables:#?}");
}

const PEOPLE: &str = "Ref,Name,Phone,Email,Balance\n\
    A01,Ann Ash,0113 496 0101,ann@ash.example,10.00\n\
    B02,Bert Birch,0113 496 0102,bert@birch.example,0.00\n\
    C03,Cleo Cedar,0113 496 0103,cleo@cedar.example,32.50\n";

/// As [`check`], with these lines in the middle of people, as the rows 5, 6 …
#[track_caller]
fn check_among_people(lines: &str, expected: &[&str]) {
    let text = format!("{PEOPLE}{lines}\nD04,Dora Dogwood,0113 496 0104,dora@dogwood.example,1.00\n");
    check(&text, expected);
}

#[test]
fn a_repeated_header_is_left_out_anywhere() {
    check_among_people("Ref,Name,Phone,Email,Balance", &["5 repeated_header"]);
    check_among_people("\u{FEFF}REF,Name , phone,E-mail,Balance", &["5 repeated_header"]);
    check_among_people(
        "\u{FEFF}\"Ref\",\"Name\",\"Phone\",\"Email\",\"Balance\"",
        &["5 repeated_header"],
    );
    check_among_people("Ref,Name,Telephone,Email,Balance", &["5 repeated_header"]);
    check("Name,City\nAnn,York\nName,City\nBert,Bath\n", &["3 repeated_header"]);
}

#[test]
fn lines_of_reports_are_left_out_anywhere() {
    check_among_people("Page 1 of 2,,,,", &["5 page"]);
    check_among_people(",,Page 1 of 2,,", &["5 page"]);
    check_among_people("Page,1,of,2,", &["5 page"]);
    check_among_people(
        "Printed 30/11/2026 by admin,,,,\n(continued),,,,",
        &["5 page", "6 page"],
    );
    check_among_people("Run date: 30/11/2026 10:15", &["5 page"]);
    check_among_people("Carried forward,,,,42.50", &["5 page"]);
    check(
        &format!("{PEOPLE}Source: the office computer,,,,\n*** End of report ***,,,,\n"),
        &["5 page", "6 page"],
    );
}

#[test]
fn totals_are_left_out_anywhere() {
    check_among_people("Total,,,,42.50", &["5 total"]);
    check_among_people(",Sub-total,,,42.50", &["5 total"]);
    check_among_people("Grand Total for May,,,,999.99", &["5 total"]);
    check_among_people("Total people,,,,42.50", &["5 total"]);
    check_among_people("Branch Total,,,,42.50", &["5 total"]);
    check_among_people("Total customers,3,,,", &["5 total"]);
    check_among_people("(3 rows affected)", &["5 total"]);
    check_among_people(",,,,42.50", &["5 total"]);
    check(
        &format!("{PEOPLE},Total,,,42.50\nPage 2 of 2\n"),
        &["5 total", "6 page"],
    );
}

#[test]
fn subtotals_begin_a_new_sum_and_do_not_count_in_the_grand_total() {
    let text = "Invoice Number,Customer,Net,Gross\nI1,Ann,10.00,12.00\nI2,Bert,5.00,6.00\n,,15.00,18.00\n\
        I3,Ann,1.00,1.20\nI4,Cleo,2.00,2.40\n,,3.00,3.60\n,,18.00,21.60\n";
    check(text, &["4 total", "7 total", "8 total"]);
    // Ledgers of two columns have nothing but the sum to go by.
    check("Name,Balance\nAnn,10.00\nBert,5.50\nTotal,15.50\n", &["4 total"]);
    check("Name,Balance\nAnn,10.00\nBert,5.50\nTotal,7.25\nCleo,1.00\n", &[]);
}

#[test]
fn instructions_and_units_are_left_out() {
    let below_header = |line: &str| {
        format!("Name,First registered,Mileage,Price\n{line}\nAnn,01/02/2020,12000,10.00\nBert,13/02/2020,9000,12.00\n")
    };
    check(&below_header("(text),dd/mm/yyyy,miles,£"), &["2 instruction"]);
    check(
        &below_header("required,optional,optional,max 10 digits"),
        &["2 instruction"],
    );
    check(&below_header("--------,--------,------,----"), &["2 instruction"]);
    check(&below_header("Please enter one vehicle per row,,,"), &["2 instruction"]);
    check_among_people("-----,----,-----,-----,------", &["5 instruction"]);
}

#[test]
fn headings_are_left_out() {
    check_among_people("Leeds branch,,,,", &["5 section"]);
    check_among_people("*** Leeds ***,,,,", &["5 section"]);
    check_among_people("Branch: Leeds,,,,", &["5 section"]);
    let text = "Name,Phone,City\n\nLeeds,,\nAnn,0113 496 0101,Leeds\nBert,0113 496 0102,Leeds\n\nYork,,\n\
        Cleo,0113 496 0103,York\nDora,0113 496 0104,York\nEd,0113 496 0105,York\nFay,0113 496 0106,York\n\
        Gus,0113 496 0107,York\nHal,0113 496 0108,York\nIda,0113 496 0109,York\n";
    check(text, &["3 section", "7 section"]);
}

#[test]
fn what_only_looks_like_no_record_is_one() {
    for line in [
        "N05,Mr Null,,,",
        "T05,Total Tyres Ltd,0113 496 0199,,",
        "T05,Total Tyres Ltd,,,42.50",
        "T05,Total,0113 496 0199,,",
        "T05,Total,,,42.50",
        ",Total Tyres Ltd,,,12.00",
        ",Summary Ltd,,,",
        "P05,Page,,,",
        "P05,Page 1,,,",
        "Z99,,,,",
        ",,,lonely@person.example,",
        ",Mary Null,,,",
        "R05,Name,Phone,Email,0.00",
        "N/A,N/A,N/A,N/A,N/A",
        "-,-,-,-,-",
        "E05,Endeavour,,end@deavour.example,0.00",
        "C05,Customer Reference,,,1.00",
    ] {
        check_among_people(line, &[]);
    }
    for last in [
        "Endeavour Ltd,,,,",
        "Total Tyres Ltd,,,,",
        "Report Ltd,,,,",
        "Page Motors,,,,",
        "Z99,,,,",
    ] {
        check(&format!("{PEOPLE}{last}\n"), &[]);
    }
}

#[test]
fn lists_of_one_column_keep_every_row() {
    check(
        "Name\nAnn\nTotal\nPage 1 of 2\nName\nLeeds branch\n3 records\nBert\n",
        &[],
    );
}

#[test]
fn tables_of_words_keep_every_row() {
    check(
        "Name,Group,Type\nLabour,Service,Unit\nTyre,Part,Item\n\nOrder,Note,Line\nOil,Part,Item\n",
        &[],
    );
    check("First,Last\nPage,One\nTotal,Ford\nMark,Sum\n", &[]);
}

#[test]
fn sparse_tables_keep_every_row() {
    let text = "Name,Phone,Reg,Make\nAnn Ash,0113 496 0101,,\n,,AB12 CDE,Ford\n,,AB13 CDE,Kia\nBert Birch,,,\n,,AB14 CDE,Audi\n\
        Cleo Cedar,,,\n,,AB15 CDE,Seat\n";
    check(text, &[]);
}

/// Compares all tables of a text: header row, columns and rows of each.
#[track_caller]
fn check_tables(text: &str, expected: &[(u64, &str, &[&str])]) {
    let tables = read_all(text.as_bytes()).unwrap();
    let shown: Vec<_> = tables
        .iter()
        .map(|table| {
            let rows: Vec<&str> = table.rows.iter().map(String::as_str).collect();
            (table.head.header_row.unwrap(), table.head.columns.join("|"), rows)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(row, columns, rows)| (*row, (*columns).to_owned(), rows.to_vec()))
        .collect();
    assert_eq!(shown, expected, "{tables:#?}");
}

#[test]
fn a_table_below_a_title_or_a_gap_is_a_table_of_its_own() {
    let expected: &[(u64, &str, &[&str])] = &[
        (
            2,
            "Number|Name|Phone",
            &["3: 1|Ann|0113 496 0101", "4: 2|Bert|0113 496 0102"],
        ),
        (
            7,
            "Registration|Make|Model|Owner",
            &["8: AB12 CDE|Ford|Focus|1", "9: AB13 CDE|Kia|Rio|2"],
        ),
    ];
    let text = "## People\nNumber,Name,Phone\n1,Ann,0113 496 0101\n2,Bert,0113 496 0102\n\n## Cars\n\
        Registration,Make,Model,Owner\nAB12 CDE,Ford,Focus,1\nAB13 CDE,Kia,Rio,2\n";
    check_tables(text, expected);
    let tables = read_all(text.as_bytes()).unwrap();
    assert_eq!(tables[1].left_out, ["6 other_table", "7 other_table"]);
    assert_eq!(
        (tables[1].head.titles.join(" "), tables[0].blank),
        ("## Cars".to_owned(), 1)
    );
    let expected: &[(u64, &str, &[&str])] = &[
        (1, "Name|City", &["2: Ann|York"]),
        (
            4,
            "Reg|Make|Model|Colour|Mileage|MOT due|Fuel",
            &[
                "5: AB12 CDE|Ford|Focus|Red|9|01/02/2025|Petrol",
                "6: AB13 CDE|Kia|Rio|Blue|8|02/02/2025|Petrol",
            ],
        ),
    ];
    let text = "Name,City\nAnn,York\n\nReg,Make,Model,Colour,Mileage,MOT due,Fuel\nAB12 CDE,Ford,Focus,Red,9,01/02/2025,Petrol\n\
        AB13 CDE,Kia,Rio,Blue,8,02/02/2025,Petrol\n";
    check_tables(text, expected);
}

#[test]
fn a_table_directly_below_another_is_one_where_its_rows_are_others() {
    check_tables(
        "Number,Name,Phone\n1,Ann,0113 496 0101\n2,Bert,0113 496 0102\nRegistration,Make,Colour\nAB12 CDE,Ford,Red\n",
        &[
            (
                1,
                "Number|Name|Phone",
                &["2: 1|Ann|0113 496 0101", "3: 2|Bert|0113 496 0102"],
            ),
            (4, "Registration|Make|Colour", &["5: AB12 CDE|Ford|Red"]),
        ],
    );
    check_tables(
        "Number,Name,Phone\n1,Ann,0113 496 0101\n2,Bert,0113 496 0102\nName,Phone,Number\nCleo,0113 496 0103,3\n",
        &[
            (
                1,
                "Number|Name|Phone",
                &["2: 1|Ann|0113 496 0101", "3: 2|Bert|0113 496 0102"],
            ),
            (4, "Name|Phone|Number", &["5: Cleo|0113 496 0103|3"]),
        ],
    );
}

#[test]
fn tables_with_headers_in_any_language_are_told_by_what_their_columns_hold() {
    let (customers, boats, damages) = (
        "Kundenr;Etternavn;Fornavn;Kunde siden;Gate\n",
        "Registrert til;Premie;Opprettet;Takst;Vilkår;Nummer;Eier\n",
        "Registrert til;Dato for skade;Type skade;Beskrivelse;Takst\n",
    );
    let (people, boat, damage) = (
        "10;Ask;Anne;2009-03-11;Storgata 4\n11;Bjerk;Bo;2012-11-02;Fjordveien 9\n12;Dal;Eva;2014-01-20;Havnegata 2\n",
        "10;1000.0;2019-05-01;10000.0;Alt;200001;Ask,Anne\n",
        "10;2019-05-09;Brann;Tak;123123.0\n",
    );
    let heads = |text: &str| -> Vec<(Option<u64>, usize, usize)> {
        let tables = read_all(text.as_bytes()).unwrap();
        let head = |table: &crate::support::Table| (table.head.header_row, table.head.columns.len(), table.rows.len());
        tables.iter().map(head).collect()
    };
    for gap in ["", "\n"] {
        let text = format!("Kunder\n{customers}{people}{gap}Båter\n{boats}{boat}Skader\n{damages}{damage}");
        let more = gap.len() as u64;
        assert_eq!(
            heads(&text),
            [(Some(2), 5, 3), (Some(7 + more), 7, 1), (Some(10 + more), 5, 1)],
            "{text}"
        );
    }
    let text = format!("{customers}{people}\n{boats}{boat}{boat}\n{damages}{damage}");
    assert_eq!(heads(&text), [(Some(1), 5, 3), (Some(6), 7, 2), (Some(10), 5, 1)]);
    // A table without rows below its title.
    let text = format!("{customers}{people}Båter\n{boats}{boat}Skader\n{damages}");
    assert_eq!(heads(&text), [(Some(1), 5, 3), (Some(6), 7, 1), (Some(9), 5, 0)]);
    // Far below the head.
    let lines: Vec<String> = (1..3000)
        .map(|number| format!("{number};Ask;Anne;2009-03-11;Storgata 4"))
        .collect();
    let many = lines.join("\n");
    let text = format!("{customers}{many}\nSkader\n{damages}{damage}");
    assert_eq!(heads(&text), [(Some(1), 5, 2999), (Some(3002), 5, 1)]);
}

#[test]
fn records_of_words_behind_a_gap_or_a_heading_are_records() {
    let customers = "Kundenr;Etternavn;Fornavn;Kunde siden;Gate\n";
    let people =
        "10;Ask;Anne;2009-03-11;Storgata 4\n11;Bjerk;Bo;2012-11-02;Fjordveien 9\n12;Dal;Eva;2014-01-20;Havnegata 2\n";
    for between in [
        "\nukjent;Elv;Finn;ukjent;Bakken\n",
        "\n;Elv;Finn;ukjent;Bakken\n",
        "\nNavn mangler;;;;\n",
        ";Elv;;;\nukjent;Elv;Finn;vet ikke;Bakken\n",
    ] {
        let more = people.replace('1', "2");
        let tables = read_all(format!("{customers}{people}{between}{more}").as_bytes()).unwrap();
        assert_eq!(tables.len(), 1, "{between} {tables:#?}");
    }
}

#[test]
fn a_summary_below_a_list_is_another_table() {
    let list = "Reg No,Model,Chassis Number,Location,Previous,Buying Price\n\
        KAA 005M,308 T9,VF3L45GYXFS120001,Thika,NPS,3101650\nKAA 006M,308 T9,VF3L45GYXFS120002,Thika,NPS,3101650\n\
        KAA 007M,508 ACT,VF3L45GYXFS120003,Flex,NPS,3101650\n";
    let records: &[&str] = &[
        "2: KAA 005M|308 T9|VF3L45GYXFS120001|Thika|NPS|3101650",
        "3: KAA 006M|308 T9|VF3L45GYXFS120002|Thika|NPS|3101650",
        "4: KAA 007M|508 ACT|VF3L45GYXFS120003|Flex|NPS|3101650",
    ];
    let columns = "Reg No|Model|Chassis Number|Location|Previous|Buying Price";
    check_tables(
        &format!("{list},,,,,\n,MODEL,Qty,YARD,Qty,\n,308 T9,88,Double X,7,\n,508 ACT,106,Flex,12,\n"),
        &[
            (1, columns, records),
            (
                6,
                "|MODEL|Qty|YARD|Qty|",
                &["7: |308 T9|88|Double X|7|", "8: |508 ACT|106|Flex|12|"],
            ),
        ],
    );
    check_tables(
        &format!("{list},MODEL,Qty,YARD,,\n,308 T9,88,Double X,,\n,508 ACT,106,Flex,,\n"),
        &[
            (1, columns, records),
            (
                5,
                "|MODEL|Qty|YARD||",
                &["6: |308 T9|88|Double X||", "7: |508 ACT|106|Flex||"],
            ),
        ],
    );
    // A record with words only is a record.
    check(
        &format!("{list},Model,unknown,Yard,unknown,\nKAA 008M,508 ACT,VF3L45GYXFS120004,Flex,NPS,3101650\n"),
        &[],
    );
}

#[test]
fn a_header_of_two_rows_with_a_name_twice_is_one_and_its_repeat_is_left_out() {
    let row =
        |index: u32| format!("KAA 10{index}T,Alto,MA3FB32S2K0C8150{index},10{index},35{index},30{index},10{index}\n");
    let records: String = (0..5).map(row).collect();
    for last in ["GRV", "GRV 2"] {
        let upper = format!("Reg No,Model,Chassis No.,GRV,Valuation,,{last}\n");
        let text =
            format!("{upper},,,,Value,Forced,\n{records}{upper}KAA 160Z,T460,VF611C16XFD001401,105,355,305,105\n");
        let table = read(text.as_bytes()).unwrap();
        let columns = format!("Reg No|Model|Chassis No.|GRV|Valuation Value|Valuation Forced|{last}");
        assert_eq!(table.head.columns.join("|"), columns, "{:?}", table.head.evidence);
        assert_eq!(table.rows.len(), 6, "{:?}", table.rows);
        assert_eq!(table.left_out, ["8 repeated_header"]);
    }
}

#[test]
fn a_table_far_below_the_head_is_found_too() {
    let lines: Vec<String> = (1..3000).map(|number| format!("{number},Ann,0113 496 0101")).collect();
    let text = format!(
        "Number,Name,Phone\n{}\n\nCars of the yard\nRegistration,Make,Model,Owner,Colour\nAB12 CDE,Ford,Focus,1,Red\n",
        lines.join("\n")
    );
    let tables = read_all(text.as_bytes()).unwrap();
    let rows: Vec<usize> = tables.iter().map(|table| table.rows.len()).collect();
    assert_eq!(rows, [2999, 1]);
    assert_eq!(
        (tables[1].head.header_row, tables[1].head.columns.len()),
        (Some(3003), 5)
    );
}

#[test]
fn sheets_are_told_apart_as_text_is() {
    let cells = |row: usize, texts: &[&str]| {
        let cells = texts.iter().zip('A'..).filter(|(text, _)| !text.is_empty());
        let cells =
            cells.map(|(text, column)| format!("<c r='{column}{row}' t='inlineStr'><is><t>{text}</t></is></c>"));
        format!("<row r='{row}'>{}</row>", cells.collect::<String>())
    };
    let sheet = [
        cells(1, &["Number", "Name", "Phone"]),
        cells(2, &["A1", "Ann", "0113 496 0101"]),
        cells(3, &["A2", "Bert", "0113 496 0102"]),
        cells(4, &["Total customers", "2"]),
        cells(7, &["Registration", "Make", "Model", "Owner"]),
        cells(8, &["AB12 CDE", "Ford", "Focus", "A1"]),
        cells(9, &["", "", "", ""]),
        cells(10, &["AB13 CDE", "Kia", "Rio", "A2"]),
    ];
    let tables = read_all(&xlsx(&sheet.concat())).unwrap();
    assert_eq!(tables.len(), 2, "{tables:#?}");
    assert_eq!(
        (tables[0].left_out.as_slice(), tables[0].blank),
        (&["4 total".to_owned()][..], 2)
    );
    assert_eq!(tables[1].rows, ["8: AB12 CDE|Ford|Focus|A1", "10: AB13 CDE|Kia|Rio|A2"]);
    assert_eq!(tables[1].blank, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Every row below the first header is a record or is left out, once.
    #[test]
    fn every_row_is_counted_once(lines in prop::collection::vec(
        prop::sample::select(vec![
            "A1,Ann,0113 496 0101,1.00", "B2,Bert,,", ",,,1.00", ",,,", "Total,,,2.00", "Page 1 of 2,,,", "Ref,Name,Phone,Balance",
            "Registration,Make,Model,Colour", "AB12 CDE,Ford,Focus,Red", "Leeds,,,", "## Cars", "3 records", "-,-,-,-",
        ]), 1..40)) {
        let text = format!("Ref,Name,Phone,Balance\nC3,Cleo,0113 496 0103,2.00\n{}\n", lines.join("\n"));
        let tables = read_all(text.as_bytes()).unwrap();
        let first = tables[0].head.header_row.unwrap_or(0);
        let counted: u64 = tables.iter().map(|table| table.rows.len() as u64 + table.blank + table.total_left_out).sum();
        prop_assert_eq!(first + counted, lines.len() as u64 + 2);
        let whole = read(text.as_bytes()).unwrap();
        prop_assert_eq!(&whole.rows, &tables[0].rows);
    }
}
