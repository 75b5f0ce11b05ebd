//! Mistakes in a source's TOML file are found when it is read, and say where they are.

use torqueflow_detection::{check_source, parse_source};

/// A file with one table, whose `required` line and columns are given; `required` stands in line 7.
fn file(required: &str, columns: &str) -> String {
    format!(
        "id = \"wrench\"\nlabel = \"Wrench\"\n[[table]]\ntype = \"wrench.cars\"\nlabel = \"Cars\"\nnoun = \"cars\"\n\
         {required}\n[table.columns]\n{columns}\n"
    )
}

fn check(toml: &str, expected: &str) {
    let said = parse_source(toml).map_or_else(|error| error.to_string(), |_| "fine".to_owned());
    assert!(said.starts_with(expected), "{said}\n{toml}");
}

#[test]
fn mistakes_are_named_with_their_place() {
    check(
        &file("required = [\"Plate\"]", "Plate = \"vehicle.registration\""),
        "fine",
    );
    check(
        &file("required = [\"Plate\"]", "Plate = \"vehicle.plate\""),
        "line 9, table `wrench.cars`, column `Plate`: `vehicle.plate` is not a field of the catalogue",
    );
    check(
        &file(
            "required = [\"Plate\"]",
            "Plate = \"vehicle.registration\"\nVIN = \"customer.sort_name\"",
        ),
        "line 10, table `wrench.cars`, column `VIN`: `customer.sort_name` is not a field",
    );
    check(
        &file(
            "required = [[\"Plate\", \"Chassis\"]]",
            "Plate = \"vehicle.registration\"",
        ),
        "line 7, table `wrench.cars`: `Chassis` is neither a column",
    );
    check(
        &file("required = []", "Plate = \"\""),
        "line 4, table `wrench.cars`: `required` must name at least one column",
    );
    check(
        &file("required = [\"A\"]", "A = \"\"\nB = { aliases = [\"a\"] }"),
        "line 10, table `wrench.cars`, column `B`: the spelling `a` is already that of `A`",
    );
    check(&file("required = [\"A\"]", "A = 7"), "line 9: ");
    check(&file("required = [\"A\"]\ncolour = 1", "A = \"\""), "line 8: ");
    check(
        "id = \"a\"\nlabel = \"A\"\n[[table]]\ntype = \"b.cars\"\nlabel = \"\"\nnoun = \"\"",
        "line 4: the type `b.cars`",
    );
    check(
        "id = \"a\"\nlabel = \"A\"\n[spellings]\n\"x.y\" = []",
        "line 4, table `spellings`: `x.y`",
    );
    check("label = \"A\"", "line 1: missing field `id`");
    check("id = \"a\"\nlabel = \"A\"", "line 1: there is no `[[table]]`");
    for id in ["", "Wrench", "7up", "our till", "a.b", "é"] {
        check(
            &format!("id = \"{id}\"\nlabel = \"A\""),
            &format!("line 1: the id `{id}` must begin with a small letter"),
        );
    }
    check("id = \"a\"\nlabel = \" \"", "line 2: `label` must not be blank");
    check(
        &file("required = [\"A\"]\nnot_imported = \"old news\"", "A = \"\""),
        "fine",
    );
    check(
        &file("required = [\"A\"]\nnot_imported = \"\"", "A = \"\""),
        "line 8: `not_imported` must not be blank",
    );
    check(
        &file("required = [\"A\"]\nnot_imported = \"old news\"", "A = \"vehicle.vin\""),
        "line 8, table `wrench.cars`: a table that is not imported has no fields",
    );
    check("id = ", "line 1: ");
}

#[test]
fn columns_keep_the_order_of_the_file() {
    let toml = file("required = [\"Z\"]", "Z = \"\"\nA = \"vehicle.vin\"\nM = \"\"");
    let headers = parse_source(&toml).map(|source| {
        let columns = source.tables.into_iter().flat_map(|table| table.columns);
        columns.map(|column| column.header).collect::<Vec<_>>()
    });
    assert_eq!(headers, Ok(vec!["Z".to_owned(), "A".to_owned(), "M".to_owned()]));
}

/// One mistake does not hide the others.
#[test]
fn all_mistakes_are_found_at_once_in_the_order_of_lines() {
    let columns = "Plate = \"vehicle.plate\"\nVIN = { field = \"vehicle.vin\", aliases = [\"plate\"] }";
    let toml = file("required = [\"Tyres\"]\nrequired_values = [\"vehicle.make\"]", columns).replace("Wrench\"", "\"");
    let faults: Vec<String> = check_source(&toml)
        .iter()
        .map(|fault| format!("{}: {}", fault.line(), fault.what()))
        .collect();
    let expected = [
        "2: `label` must not be blank",
        "7: table `wrench.cars`: `Tyres` is neither a column of the table nor a field that it fills",
        "8: table `wrench.cars`: `vehicle.make` is neither a column of the table nor a field that it fills",
        "10: table `wrench.cars`, column `Plate`: `vehicle.plate` is not a field of the catalogue",
        "11: table `wrench.cars`, column `VIN`: the spelling `plate` is already that of `Plate`",
    ];
    assert_eq!(faults, expected);
    assert_eq!(parse_source(&toml).unwrap_err(), check_source(&toml)[0]);
    assert_eq!(check_source(&file("required = [\"A\"]", "A = \"\"")), []);
}
