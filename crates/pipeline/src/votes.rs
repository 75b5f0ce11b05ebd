//! The votes of all rows of a table on how its columns are to be read, and what a person is told of them.

use torqueflow_cleanup::{
    CodePageVote, ColumnDateOrder, ColumnDecimalMark, Damage, DateNumbers, DateVote, DecimalMark, NumberVote, TextVote,
};
use torqueflow_model::{DateOrder, FieldKind, Measure, Row, fold_accents};

use crate::facts::{PlannedFacts, PlannedUnit, PlannedUnixTime};
use crate::origins::OriginVotes;
use crate::plan::{PlannedColumn, TablePlan};
use crate::profiles::ProfileVotes;

/// Takes the votes of all rows of a table: the profiles of its columns, with what they say of the order of day and month, the
/// mark before decimals, units and damage to texts; where its numbers are from; and which of its columns are ids.
#[derive(Debug)]
pub struct TableVotes {
    /// Mapped columns of which the rows were not asked.
    open: Vec<usize>,
    profiles: ProfileVotes,
    origins: OriginVotes,
}

impl TableVotes {
    /// No votes yet, on what is open in this plan.
    pub fn of(plan: &TablePlan) -> Self {
        let is_open = |column: &PlannedColumn| column.field.is_some() && column.facts.is_none();
        let columns = plan.columns.iter().enumerate().filter(|(_, column)| is_open(column));
        let open: Vec<usize> = columns.map(|(index, _)| index).collect();
        Self {
            profiles: ProfileVotes::of(plan, !open.is_empty()),
            open,
            origins: OriginVotes::of(plan),
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.origins.is_empty() && self.profiles.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        self.origins.observe(row);
        self.profiles.observe(row);
    }

    /// Settles in the plan what the rows say. Says, in sentences, what a person should know of it. `known`: the order of day
    /// and month that the source keeps.
    pub fn settle(&self, plan: &mut TablePlan, known: Option<DateOrder>) -> Vec<String> {
        let mark = self.common_mark(plan);
        let code_page = self.code_page();
        let mut notes = Vec::new();
        for index in &self.open {
            let (Some(column), Some(votes)) = (plan.columns.get_mut(*index), self.profiles.column(*index)) else {
                continue;
            };
            let mut facts = PlannedFacts::default();
            if column.holds_dates() {
                settle_dates(votes.dates(), known, column, &mut facts, &mut notes);
            }
            if column.holds_numbers() {
                settle_numbers(votes.numbers(), mark, column, &mut facts, &mut notes);
            }
            settle_texts(votes.texts(), column, &mut facts, &mut notes);
            settle_code_page(votes.texts(), code_page, column, &mut facts, &mut notes);
            column.facts = Some(facts);
        }
        notes.extend(self.origins.settle(plan));
        notes.extend(self.profiles.settle(plan));
        notes
    }

    /// Whether the table was written in another code page than it was read in, by all of its columns that are asked.
    fn code_page(&self) -> Damage {
        let mut vote = CodePageVote::default();
        let columns = self.open.iter().filter_map(|index| self.profiles.column(*index));
        columns.for_each(|votes| vote.merge(&votes.texts().code_page()));
        vote.verdict()
    }

    /// The mark before decimals, if all columns that prove one prove the same.
    fn common_mark(&self, plan: &TablePlan) -> Option<DecimalMark> {
        let proven = self.open.iter().filter_map(|index| {
            let column = plan.columns.get(*index).filter(|column| column.holds_numbers())?;
            let votes = self.profiles.column(*index)?;
            match votes.numbers().decimal_mark(is_whole(column), None) {
                ColumnDecimalMark::Proven(mark) => Some(mark),
                ColumnDecimalMark::Assumed(_) | ColumnDecimalMark::Mixed => None,
            }
        });
        let marks: Vec<DecimalMark> = proven.collect();
        let first = *marks.first()?;
        marks.iter().all(|mark| *mark == first).then_some(first)
    }
}

fn is_whole(column: &PlannedColumn) -> bool {
    column.field.is_some_and(|field| field.spec.kind == FieldKind::Integer)
}

fn settle_dates(
    vote: &DateVote,
    known: Option<DateOrder>,
    column: &mut PlannedColumn,
    facts: &mut PlannedFacts,
    notes: &mut Vec<String>,
) {
    let header = &column.header;
    facts.swapped_dates = vote.has_swapped_dates();
    if let Some(numbers) = vote.unix_time() {
        let (unit, name) = match numbers {
            DateNumbers::UnixMilliseconds => (PlannedUnixTime::Milliseconds, "milliseconds"),
            _ => (PlannedUnixTime::Seconds, "seconds"),
        };
        facts.unix_time = Some(unit);
        notes.push(format!(
            "The numbers of column `{header}` were read as Unix time in {name}, by Universal Time."
        ));
    }
    // A person has said it.
    if column.date_order.is_some() {
        return;
    }
    let order = vote.verdict(known);
    match order {
        ColumnDateOrder::Assumed(_) if known.is_some() || !vote.has_ambiguous_dates() => {}
        ColumnDateOrder::Assumed(assumed) => notes.push(format!(
            "No row of column `{header}` proves the order of day and month; {} was assumed.",
            order_name(assumed)
        )),
        ColumnDateOrder::Mixed => notes.push(format!(
            "Column `{header}` mixes day-first and month-first dates; the ambiguous ones are left out."
        )),
        ColumnDateOrder::Proven(proven) if vote.contradictions() > 0 => notes.push(format!(
            "The dates of column `{header}` are {}, but for {} that can only be the other way round; the ambiguous ones were \
             read as nearly all are.",
            order_name(proven),
            rows(vote.contradictions())
        )),
        ColumnDateOrder::Proven(_) => {}
    }
    column.date_order = Some(order.into());
}

fn order_name(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayFirst => "day first",
        DateOrder::MonthFirst => "month first",
    }
}

/// `1 row`, `2 rows`.
fn rows(count: u64) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

fn settle_numbers(
    vote: &NumberVote,
    common: Option<DecimalMark>,
    column: &PlannedColumn,
    facts: &mut PlannedFacts,
    notes: &mut Vec<String>,
) {
    let is_whole = is_whole(column);
    let mark = vote.decimal_mark(is_whole, common);
    facts.decimal_mark = Some(mark.into());
    facts.unit = unit(vote, column);
    notes.extend(mark_note(vote, mark, common, column));
    match facts.unit {
        Some(PlannedUnit::Kilometres) => notes.push(format!(
            "Column `{}` holds kilometres, by its header; they were converted to miles.",
            column.header
        )),
        Some(PlannedUnit::Litres) => notes.push(format!(
            "Column `{}` holds litres; they were converted to cubic centimetres.",
            column.header
        )),
        Some(PlannedUnit::Fractions) => notes.push(format!(
            "Column `{}` holds rates as fractions of one (0.2 for 20 %); they were converted to percent.",
            column.header
        )),
        None => {}
    }
}

/// What a person should know of the mark before decimals, if anything.
fn mark_note(
    vote: &NumberVote,
    mark: ColumnDecimalMark,
    common: Option<DecimalMark>,
    column: &PlannedColumn,
) -> Option<String> {
    let is_whole = is_whole(column);
    let header = &column.header;
    let open = |mark| vote.open(mark, is_whole);
    match mark {
        ColumnDecimalMark::Mixed => Some(format!(
            "Column `{header}` marks decimals with a point in some rows and with a comma in others (`{}`, `{}`); numbers that \
             could be either are left out.",
            vote.proof(DecimalMark::Point, is_whole),
            vote.proof(DecimalMark::Comma, is_whole)
        )),
        ColumnDecimalMark::Proven(mark) => {
            let (proof, contradiction) = (vote.proof(mark, is_whole), vote.proof(mark.other(), is_whole));
            let decides = open(DecimalMark::Point) + open(DecimalMark::Comma) > 0;
            if contradiction.count() > 0 {
                Some(format!(
                    "Column `{header}` marks decimals with a {}, but for {} such as `{contradiction}`, read by themselves.",
                    mark_name(mark),
                    rows(contradiction.count())
                ))
            } else if proof.count() == 1 && decides && mark == DecimalMark::Comma {
                Some(format!(
                    "Only `{proof}` shows that column `{header}` marks decimals with a comma; the other rows were read so."
                ))
            } else {
                None
            }
        }
        ColumnDecimalMark::Assumed(_) => (common.is_none() && open(DecimalMark::Point) > 0).then(|| {
            format!(
                "No row of column `{header}` shows whether a point marks decimals or thousands; decimals were assumed."
            )
        }),
    }
}

fn mark_name(mark: DecimalMark) -> &'static str {
    match mark {
        DecimalMark::Point => "point",
        DecimalMark::Comma => "comma",
    }
}

fn unit(vote: &NumberVote, column: &PlannedColumn) -> Option<PlannedUnit> {
    match column.field?.spec.measure? {
        Measure::Miles => names_kilometres(&column.header).then_some(PlannedUnit::Kilometres),
        Measure::CubicCentimetres => vote.are_litres().then_some(PlannedUnit::Litres),
        Measure::Percent => vote.are_fractions().then_some(PlannedUnit::Fractions),
        _ => None,
    }
}

/// Whether a header names kilometres, and not miles beside them: `Current KM`, `odometer_km`, `currentKm`. A header in the
/// language of a country that has no miles does so too, whatever it says: `Laufleistung`.
fn names_kilometres(header: &str) -> bool {
    const KILOMETRES: [&str; 32] = [
        "km",
        "kms",
        "kilometre",
        "kilometres",
        "kilometer",
        "kilometers",
        "kilometrage",
        "kilometerstand",
        "kmstand",
        "laufleistung",
        "tachostand",
        "fahrleistung",
        "kilometrique",
        "compteur",
        "tellerstand",
        "kilometros",
        "kilometraje",
        "cuentakilometros",
        "odometro",
        "quilometros",
        "quilometragem",
        "kilometragem",
        "hodometro",
        "chilometri",
        "kilometri",
        "chilometraggio",
        "contachilometri",
        "percorrenza",
        "przebieg",
        "licznika",
        "korstracka",
        "kjorelengde",
    ];
    const MILES: [&str; 3] = ["mi", "mile", "miles"];
    let header = fold_accents(header);
    let words: Vec<&str> = header.split(|character: char| !character.is_alphanumeric()).collect();
    let is = |word: &&str, known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    let is_kilometres = |word: &&str| is(word, &KILOMETRES) || word.ends_with("Km") || word.ends_with("KM");
    words.iter().any(is_kilometres) && !words.iter().any(|word| is(word, &MILES))
}

fn settle_texts(vote: &TextVote, column: &PlannedColumn, facts: &mut PlannedFacts, notes: &mut Vec<String>) {
    let verdict = vote.verdict();
    let (html, twice) = vote.damaged();
    facts.html = verdict.html.into();
    facts.encoded_twice = verdict.decoding.into();
    if verdict.html == Damage::Proven {
        notes.push(format!(
            "{} of column `{}` held HTML such as `&amp;`, which was undone.",
            rows(html),
            column.header
        ));
    }
    if verdict.decoding == Damage::Proven {
        notes.push(format!(
            "{} of column `{}` had been encoded twice (`RenÃ©e` for `Renée`), which was undone.",
            rows(twice),
            column.header
        ));
    }
}

fn settle_code_page(
    vote: &TextVote,
    code_page: Damage,
    column: &PlannedColumn,
    facts: &mut PlannedFacts,
    notes: &mut Vec<String>,
) {
    let texts = vote.code_page().texts();
    if texts == 0 {
        return;
    }
    facts.code_page = code_page.into();
    if code_page == Damage::Proven {
        notes.push(format!(
            "{} of column `{}` had been written in code page 850 (`F”rster` for `Förster`), which was undone.",
            rows(texts),
            column.header
        ));
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Cell, FieldRef};

    use super::*;

    /// A plan of columns `header=field` whose rows were asked, and what was said of it.
    fn settle(columns: &[(&str, &str)], rows: &[&[&str]]) -> (TablePlan, Vec<String>) {
        let column = |(header, field): &(&str, &str)| PlannedColumn::new(header, FieldRef::parse(field), "alias");
        let mut plan = TablePlan {
            type_id: None,
            source_system: None,
            columns: columns.iter().map(column).collect(),
            required_values: Vec::new(),
            header: crate::HeaderChoice::AsFound,
            date1904: false,
            ..TablePlan::default()
        };
        let mut votes = TableVotes::of(&plan);
        for row in rows {
            votes.observe(&Row {
                number: 1,
                cells: row.iter().map(|text| Cell::text(*text)).collect(),
            });
        }
        let notes = votes.settle(&mut plan, None);
        (plan, notes)
    }

    #[track_caller]
    fn check(column: (&str, &str), texts: &[&str], expected: &[&str]) {
        let rows: Vec<[&str; 1]> = texts.iter().map(|text| [*text]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(<[&str; 1]>::as_slice).collect();
        assert_eq!(settle(&[column], &rows).1, expected, "{texts:?}");
    }

    const PRICE: (&str, &str) = ("Price", "product.retail_price");

    #[test]
    fn what_decides_is_said_once_per_column() {
        check(PRICE, &["1.50", "2.75", "1,250"], &[]);
        check(PRICE, &["4,20", "3,50", "1.250"], &[]);
        check(
            PRICE,
            &["4,20", "1.250"],
            &["Only `4,20` shows that column `Price` marks decimals with a comma; the other rows were read so."],
        );
        check(
            PRICE,
            &["4,20", "4.20"],
            &[
                "Column `Price` marks decimals with a point in some rows and with a comma in others (`4.20`, `4,20`); numbers \
               that could be either are left out.",
            ],
        );
        check(
            PRICE,
            &["1.250", "12"],
            &["No row of column `Price` shows whether a point marks decimals or thousands; decimals were assumed."],
        );
        check(("Clock", "vehicle.mileage"), &["64,210", "12,000", "7"], &[]);
    }

    #[test]
    fn a_contradiction_among_many_is_said_and_changes_nothing() {
        let mut texts = vec!["4,20"; 100];
        texts.push("4.20");
        check(
            PRICE,
            &texts,
            &["Column `Price` marks decimals with a comma, but for 1 row such as `4.20`, read by themselves."],
        );
    }

    #[test]
    fn a_column_without_proof_follows_the_others() {
        let columns = [PRICE, ("Stock", "product.stock_level")];
        let (plan, notes) = settle(&columns, &[&["1.250", "0,5"], &["3.000", "12"]]);
        assert_eq!(notes, Vec::<String>::new());
        let facts = plan.columns[0].facts.unwrap();
        assert_eq!(facts.decimal_mark, Some(crate::PlannedDecimalMark::AssumedComma));
    }

    #[track_caller]
    fn check_cleaned(plan: &TablePlan, row: &Row, field: &str, expected: &str) {
        let cleaner = crate::Cleaner::new(plan, None, time::macros::date!(2026 - 11 - 21));
        let clean = cleaner.clean(row);
        let value = clean.records.iter().find_map(|record| record.get(field));
        assert_eq!(value.map(ToString::to_string).as_deref(), Some(expected), "{row:?}");
    }

    #[test]
    fn rows_are_cleaned_by_what_their_column_says() {
        let columns = [("Code", "product.code"), PRICE, ("Stock", "product.stock_level")];
        let rows: [&[&str]; 3] = [
            &["A1", "4,20", "10"],
            &["A2", "1.355,90", "1"],
            &["A3", "1.250", "0,500"],
        ];
        let (plan, _) = settle(&columns, &rows);
        let row = |texts: &[&str]| Row {
            number: 2,
            cells: texts.iter().map(|text| Cell::text(*text)).collect(),
        };
        check_cleaned(&plan, &row(rows[2]), "retail_price", "1250.0000");
        check_cleaned(&plan, &row(rows[2]), "stock_level", "0.500");
        check_cleaned(&plan, &row(&["A5", "3,125", "7"]), "retail_price", "3.1250");
    }

    #[test]
    fn numbers_in_a_column_of_dates_count_as_the_workbook_does() {
        let columns = [("Number", "invoice.number"), ("Date", "invoice.issued_on")];
        let (mut plan, _) = settle(&columns, &[]);
        let row = Row {
            number: 2,
            cells: vec![
                Cell::text("INV-1"),
                Cell {
                    text: "45000".to_owned(),
                    kind: torqueflow_model::CellKind::Number(45_000.0),
                },
            ],
        };
        check_cleaned(&plan, &row, "issued_on", "2023-03-15");
        plan.date1904 = true;
        check_cleaned(&plan, &row, "issued_on", "2027-03-16");
    }

    #[test]
    fn what_was_settled_is_kept_as_it_was() {
        let rows: [&[&str]; 2] = [&["1715592600", "1.6"], &["1715592601", "2.0"]];
        let (plan, _) = settle(
            &[("Date", "vehicle.mot_due_on"), ("Engine", "vehicle.engine_cc")],
            &rows,
        );
        let json = serde_json::to_value(&plan).unwrap();
        assert_eq!(json["columns"][0]["facts"], serde_json::json!({"unix_time": "seconds"}));
        assert_eq!(serde_json::from_value::<TablePlan>(json).unwrap(), plan);
        let older = r#"{"type_id":null,"source_system":null,"required_values":[],
            "columns":[{"header":"A","field":null,"by":"alias","date_order":null}]}"#;
        let older: TablePlan = serde_json::from_str(older).unwrap();
        assert_eq!((older.date1904, older.columns[0].facts), (false, None));
    }

    #[test]
    fn headers_name_kilometres() {
        for header in [
            "KM",
            "Current KM",
            "current_km",
            "Odometer (km)",
            "currentKm",
            "Kilometres",
            "Km-Stand",
            "Kilométrage",
            "Kilómetros",
            "Przebieg",
        ] {
            assert!(names_kilometres(header), "{header}");
        }
        for header in ["Mileage", "Miles", "Odometer", "Miles/km", "KMH Ltd", ""] {
            assert!(!names_kilometres(header), "{header}");
        }
    }

    #[test]
    fn units_unix_time_and_damage_are_said() {
        check(
            ("KM", "vehicle.mileage"),
            &["103000"],
            &["Column `KM` holds kilometres, by its header; they were converted to miles."],
        );
        check(
            ("Engine", "vehicle.engine_cc"),
            &["1.6", "2.0"],
            &["Column `Engine` holds litres; they were converted to cubic centimetres."],
        );
        check(
            ("IVA", "product.vat_rate"),
            &["0,22", "0,05", "0"],
            &["Column `IVA` holds rates as fractions of one (0.2 for 20 %); they were converted to percent."],
        );
        check(("IVA", "product.vat_rate"), &["22", "5", "0"], &[]);
        check(
            ("Date", "invoice.issued_on"),
            &["1715592600", "1715592601"],
            &["The numbers of column `Date` were read as Unix time in seconds, by Universal Time."],
        );
        check(
            ("Make", "vehicle.make"),
            &["Citro\u{c3}\u{ab}n", "Ford"],
            &["1 row of column `Make` had been encoded twice (`RenÃ©e` for `Renée`), which was undone."],
        );
        check(
            ("Model", "vehicle.model"),
            &["K\u{81}bel", "Caf\u{201a}", "Golf"],
            &[
                "2 rows of column `Model` had been written in code page 850 (`F”rster` for `Förster`), which was undone.",
            ],
        );
        check(("Make", "vehicle.make"), &["Citroën", "Ford", "H&R"], &[]);
    }
}
