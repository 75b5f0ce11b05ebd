//! What a person says of tables before they are opened: which type each has, and where its columns go.

use std::collections::{BTreeMap, BTreeSet};

use torqueflow_pipeline::{ColumnChoice, HeaderSet, Mapping, TableChoice, column_keys, column_named, nearest};

/// What a person says of the tables of some files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Types: `generic.customers`, or with the table before it, `Klanten:generic.customers`.
    pub types: Vec<String>,
    /// Columns and their fields: `Klant=customer.display_name`, or `Klanten:Klant=customer.display_name`. Without a field
    /// the column is left out.
    pub columns: Vec<String>,
    /// Whole tables.
    pub tables: Vec<TableWish>,
}

/// What a person says of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableWish {
    /// Its name: its worksheet, its file, or both; `None`: the one that has these columns.
    pub table: Option<String>,
    /// Its type.
    pub table_type: Option<String>,
    /// What becomes of its columns.
    pub mapping: Mapping,
}

/// A table that can be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTable {
    /// The name of its file.
    pub file: String,
    /// Its worksheet.
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub ordinal: usize,
    /// Its headers.
    pub headers: Vec<String>,
    /// It is recognised.
    pub is_known: bool,
}

/// What is said can't be meant of any table, or of several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WishError {
    /// It has no form that can be read.
    #[error("`{0}` does not say which column feeds which field; write it as `Header=entity.field`")]
    NoField(String),
    /// It says two things of one column.
    #[error("`{0}` is given twice; say once what becomes of a column")]
    Twice(String),
    /// It gives a table two types.
    #[error("a table has one type; `{0}` and `{1}` were given")]
    TwoTypes(String, String),
    /// No table has this name.
    #[error("there is no table `{given}`{}; the tables are {known}", meant(.nearest.as_ref()))]
    UnknownTable {
        /// What was given.
        given: String,
        /// The table that is nearest to it.
        nearest: Option<String>,
        /// All tables.
        known: String,
    },
    /// No table has this column.
    #[error("no table has a column `{given}`{}", meant(.nearest.as_ref()))]
    UnknownColumn {
        /// What was given.
        given: String,
        /// The column that is nearest to it.
        nearest: Option<String>,
    },
    /// It may be meant of several tables.
    #[error(
        "`{given}` may be meant of several tables: {tables}. Put the table and a colon before it: `{first}:{given}`"
    )]
    Ambiguous {
        /// What was given.
        given: String,
        /// The tables.
        tables: String,
        /// The first of them.
        first: String,
    },
}

fn meant(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; `{nearest}` is the nearest"))
}

impl NamedTable {
    /// The names that it has for a person, the shortest first.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.sheet.iter().cloned().collect();
        names.push(self.file.clone());
        names.extend(self.sheet.iter().map(|sheet| format!("{}:{sheet}", self.file)));
        if self.ordinal > 1 {
            for name in &mut names {
                *name = format!("{name}#{}", self.ordinal);
            }
        }
        names
    }

    /// The name that it has among all tables: of its file and its worksheet.
    pub fn full_name(&self) -> String {
        self.names().pop().unwrap_or_default()
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        self.names().iter().any(|own| own.to_lowercase() == name)
    }
}

/// The shortest name that only this one of these tables has.
pub fn name_of(tables: &[NamedTable], table: &NamedTable) -> String {
    let is_its_own = |name: &String| tables.iter().filter(|other| other.is_called(name)).count() == 1;
    let names = table.names();
    let own = names.iter().find(|name| is_its_own(name)).or(names.last());
    own.cloned().unwrap_or_default()
}

impl Wishes {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is said of each of these tables, by its place.
    ///
    /// # Errors
    ///
    /// What can't be meant of any of them, or of several.
    pub fn resolve(&self, tables: &[NamedTable]) -> Result<BTreeMap<usize, TableChoice>, WishError> {
        let mut resolved = Resolved {
            tables,
            choices: BTreeMap::new(),
            types: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for wish in &self.tables {
            let headers: Vec<&str> = wish
                .mapping
                .iter()
                .filter(|(_, choice)| !choice.is_constant())
                .map(|(header, _)| header.as_str())
                .collect();
            let places = match &wish.table {
                Some(name) => resolved.called(name)?,
                None => resolved.with(&headers, wish.table_type.as_deref())?,
            };
            resolved.add(&places, wish.table_type.as_deref(), &wish.mapping);
        }
        let mut types = Vec::new();
        for given in &self.types {
            match given.rsplit_once(':') {
                Some((table, id)) => {
                    let places = resolved.called(table)?;
                    resolved.add_type(&places, id.trim())?;
                }
                None => types.push(given.trim()),
            }
        }
        let mut columns = Mapping::new();
        for given in &self.columns {
            let (left, field) = given
                .rsplit_once('=')
                .ok_or_else(|| WishError::NoField(given.clone()))?;
            let choice = match field.trim() {
                "" => ColumnChoice::LeftOut,
                field => ColumnChoice::field(field),
            };
            match resolved.table_before(left)? {
                Some((places, header)) => resolved.add_column(&places, header, &choice)?,
                None => match columns.insert(left.trim().to_owned(), choice.clone()) {
                    Some(before) if before != choice => return Err(WishError::Twice(left.trim().to_owned())),
                    _ => {}
                },
            }
        }
        resolved.add_unnamed(&types, &columns)?;
        Ok(resolved.choices)
    }
}

/// What was made of wishes so far.
struct Resolved<'a> {
    tables: &'a [NamedTable],
    choices: BTreeMap<usize, TableChoice>,
    /// The types that were given one by one, by table.
    types: BTreeMap<usize, String>,
    /// The columns that were given one by one, by table and column.
    columns: BTreeMap<(usize, usize), ColumnChoice>,
}

impl Resolved<'_> {
    /// A type that is given alone goes before that of a whole table.
    fn add_type(&mut self, places: &[usize], table_type: &str) -> Result<(), WishError> {
        for place in places {
            let before = self.types.insert(*place, table_type.to_owned());
            if let Some(before) = before.filter(|before| before != table_type) {
                return Err(WishError::TwoTypes(before, table_type.to_owned()));
            }
        }
        self.add(places, Some(table_type), &Mapping::new());
        Ok(())
    }

    /// A column that is given alone goes before the same one of a whole table.
    fn add_column(&mut self, places: &[usize], header: &str, choice: &ColumnChoice) -> Result<(), WishError> {
        for place in places {
            let keys = self.tables.get(*place).map(|table| column_keys(&table.headers));
            let keys = keys.unwrap_or_default();
            let column = column_named(&keys, header);
            if let Some(index) = column {
                let before = self.columns.insert((*place, index), choice.clone());
                if before.is_some_and(|before| before != *choice) {
                    return Err(WishError::Twice(header.to_owned()));
                }
            }
            let mapping = self.choices.entry(*place).or_default().mapping.get_or_insert_default();
            mapping.retain(|name, _| column.is_none() || column_named(&keys, name) != column);
            mapping.insert(header.to_owned(), choice.clone());
        }
        Ok(())
    }

    fn add(&mut self, places: &[usize], table_type: Option<&str>, mapping: &Mapping) {
        for place in places {
            let choice = self.choices.entry(*place).or_default();
            if let Some(table_type) = table_type {
                choice.table_type = Some(table_type.to_owned());
            }
            if !mapping.is_empty() {
                choice.mapping.get_or_insert_default().extend(mapping.clone());
            }
        }
    }

    /// What is said without a table: all of it of the same one, unless only columns are named, each of which says itself
    /// which table it is of.
    fn add_unnamed(&mut self, types: &[&str], columns: &Mapping) -> Result<(), WishError> {
        let headers: Vec<&str> = columns.keys().map(String::as_str).collect();
        if let [first, others @ ..] = types {
            if let Some(other) = others.iter().find(|other| *other != first) {
                return Err(match self.tables {
                    [_] => WishError::TwoTypes((*first).to_owned(), (*other).to_owned()),
                    _ => self.ambiguous(other, &self.all()),
                });
            }
            let places = self.with(&headers, Some(first))?;
            self.add_type(&places, first)?;
            for (header, choice) in columns {
                self.add_column(&places, header, choice)?;
            }
            return Ok(());
        }
        for (header, choice) in columns {
            let places = self.with(&[header], None)?;
            self.add_column(&places, header, choice)?;
        }
        Ok(())
    }

    fn all(&self) -> Vec<usize> {
        (0..self.tables.len()).collect()
    }

    fn places(&self, is_meant: impl Fn(&NamedTable) -> bool) -> Vec<usize> {
        let tables = self.tables.iter().enumerate();
        tables
            .filter(|(_, table)| is_meant(table))
            .map(|(place, _)| place)
            .collect()
    }

    /// The tables with this name.
    fn called(&self, name: &str) -> Result<Vec<usize>, WishError> {
        let places = self.places(|table| table.is_called(name));
        if !places.is_empty() {
            return Ok(places);
        }
        let names: BTreeSet<String> = self.tables.iter().flat_map(NamedTable::names).collect();
        Err(WishError::UnknownTable {
            given: name.trim().to_owned(),
            nearest: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
            known: self.listed(&self.all()),
        })
    }

    /// The tables before the colon of `Klanten:Klant`, and the header behind it; `None` where the whole is a header, or may
    /// be one that is misspelt.
    fn table_before<'t>(&self, text: &'t str) -> Result<Option<(Vec<usize>, &'t str)>, WishError> {
        if !self.having(text).is_empty() {
            return Ok(None);
        }
        for (at, _) in text.match_indices(':') {
            let (table, header) = (
                text.get(..at).unwrap_or_default(),
                text.get(at + 1..).unwrap_or_default(),
            );
            if let Ok(places) = self.called(table) {
                return Ok(Some((places, header.trim())));
            }
        }
        match text.split_once(':') {
            Some((table, header)) if !self.having(header).is_empty() => self.called(table).map(|_| None),
            _ => Ok(None),
        }
    }

    /// The tables that have a column of this name.
    fn having(&self, header: &str) -> Vec<usize> {
        self.places(|table| column_named(&column_keys(&table.headers), header).is_some())
    }

    /// The tables that are meant where columns are named and no table: those that have most of the columns, as long as they
    /// are of one kind; else the one kind among them that is not recognised, or that something was said of.
    fn with(&self, headers: &[&str], table_type: Option<&str>) -> Result<Vec<usize>, WishError> {
        let mut counts = vec![0; self.tables.len()];
        for header in headers {
            let having = self.having(header);
            if having.is_empty() {
                return Err(self.unknown_column(header));
            }
            for place in having {
                if let Some(count) = counts.get_mut(place) {
                    *count += 1;
                }
            }
        }
        let most = counts.iter().max().copied().unwrap_or_default();
        let mut places = self.all();
        places.retain(|place| counts.get(*place) == Some(&most));
        if self.kinds(&places) > 1 {
            let is_spoken_of = |place: &usize| self.choices.contains_key(place);
            let unknown =
                |place: &usize| is_spoken_of(place) || self.tables.get(*place).is_some_and(|table| !table.is_known);
            let of_unknown: Vec<usize> = places.iter().copied().filter(unknown).collect();
            if self.kinds(&of_unknown) != 1 {
                let given = table_type.or(headers.first().copied()).unwrap_or_default();
                return Err(self.ambiguous(given, &places));
            }
            places = of_unknown;
        }
        Ok(places)
    }

    /// How many kinds of table these are, by their headers.
    fn kinds(&self, places: &[usize]) -> usize {
        let tables = places.iter().filter_map(|place| self.tables.get(*place));
        let kinds: BTreeSet<Option<u128>> = tables
            .map(|table| HeaderSet::of(&table.headers).map(|set| set.fingerprint()))
            .collect();
        kinds.len()
    }

    fn unknown_column(&self, header: &str) -> WishError {
        let keys: BTreeSet<String> = self
            .tables
            .iter()
            .flat_map(|table| column_keys(&table.headers))
            .collect();
        WishError::UnknownColumn {
            given: header.to_owned(),
            nearest: nearest(header, keys.iter().map(String::as_str)).map(str::to_owned),
        }
    }

    fn ambiguous(&self, given: &str, places: &[usize]) -> WishError {
        let first = places.first().and_then(|place| self.tables.get(*place));
        WishError::Ambiguous {
            given: given.to_owned(),
            tables: self.listed(places),
            first: first.map(|table| name_of(self.tables, table)).unwrap_or_default(),
        }
    }

    fn listed(&self, places: &[usize]) -> String {
        let tables = places.iter().filter_map(|place| self.tables.get(*place));
        let names: Vec<String> = tables
            .map(|table| format!("`{}`", name_of(self.tables, table)))
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(file: &str, sheet: Option<&str>, headers: &str, is_known: bool) -> NamedTable {
        NamedTable {
            file: file.to_owned(),
            sheet: sheet.map(str::to_owned),
            ordinal: 1,
            headers: headers.split('|').map(str::to_owned).collect(),
            is_known,
        }
    }

    /// A workbook of two tables that nobody recognises, and a file that somebody does.
    fn tables() -> Vec<NamedTable> {
        vec![
            table("boek.xlsx", Some("Klanten"), "Klant|Waar|Tel", false),
            table("boek.xlsx", Some("Autos"), "Kenteken|Klant|a:b", false),
            table("jobs.csv", None, "Job|Reg", true),
        ]
    }

    /// What becomes of types and columns: `place type header=field …`, or the error.
    #[track_caller]
    fn check(types: &[&str], columns: &[&str], expected: &[&str]) {
        let wishes = Wishes {
            types: types.iter().map(|text| (*text).to_owned()).collect(),
            columns: columns.iter().map(|text| (*text).to_owned()).collect(),
            tables: Vec::new(),
        };
        let shown = match wishes.resolve(&tables()) {
            Ok(choices) => choices
                .into_iter()
                .map(|(place, choice)| {
                    let mut parts = vec![place.to_string(), choice.table_type.unwrap_or_else(|| "-".to_owned())];
                    for (header, choice) in choice.mapping.unwrap_or_default() {
                        let field = match choice {
                            ColumnChoice::LeftOut => String::new(),
                            ColumnChoice::Feeds(feed) => feed.field,
                        };
                        parts.push(format!("{header}={field}"));
                    }
                    parts.join(" ")
                })
                .collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_table_is_found_by_its_columns_or_its_name() {
        check(&["g.c"], &["Waar=c.email", "Tel="], &["0 g.c Tel= Waar=c.email"]);
        check(&["Autos:g.v"], &["Kenteken=v.reg"], &["1 g.v Kenteken=v.reg"]);
        check(
            &["KLANTEN:g.c", "boek.xlsx:Autos:g.v"],
            &["Klanten:Klant=c.name", "Autos:Klant=v.customer"],
            &["0 g.c Klant=c.name", "1 g.v Klant=v.customer"],
        );
        check(&[], &["a:b=v.make"], &["1 - a:b=v.make"]);
        check(&["jobs.csv:g.j"], &[], &["2 g.j"]);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let twice = |header: &str| format!("`{header}` is given twice; say once what becomes of a column");
        check(&[], &["Waar=c.email", "Waar=c.phone"], &[&twice("Waar")]);
        check(&[], &["WAAR=c.email", "Waar=c.phone"], &[&twice("Waar")]);
        check(&[], &["Klanten:Waar=c.email", "Waar=c.phone"], &[&twice("Waar")]);
        check(&[], &["Waar=c.email", "Waar=c.email"], &["0 - Waar=c.email"]);
        let types = "a table has one type; `g.c` and `g.v` were given";
        check(&["Klanten:g.c", "Klanten:g.v"], &[], &[types]);
        check(&["Klanten:g.c", "Klanten:g.c"], &[], &["0 g.c"]);
        let wishes = Wishes {
            types: ["g.c", "g.v"].map(str::to_owned).to_vec(),
            ..Wishes::default()
        };
        let one = wishes.resolve(&[table("jobs.csv", None, "Job|Reg", true)]);
        assert_eq!(one.unwrap_err().to_string(), types);
    }

    #[test]
    fn what_is_said_alone_goes_before_a_whole_table() {
        let wishes = Wishes {
            types: vec!["g.v".to_owned()],
            columns: vec!["waar=c.phone".to_owned()],
            tables: vec![TableWish {
                table: Some("Klanten".to_owned()),
                table_type: Some("g.c".to_owned()),
                mapping: Mapping::from([("Waar".to_owned(), ColumnChoice::field("c.email"))]),
            }],
        };
        let expected = TableChoice {
            table_type: Some("g.v".to_owned()),
            mapping: Some(Mapping::from([("waar".to_owned(), ColumnChoice::field("c.phone"))])),
        };
        assert_eq!(wishes.resolve(&tables()).unwrap(), BTreeMap::from([(0, expected)]));
    }

    #[test]
    fn what_may_be_meant_of_several_is_asked_and_what_is_misspelt_is_named() {
        let both = "`Klant` may be meant of several tables: `Klanten`, `Autos`. Put the table and a colon before it: `Klanten:Klant`";
        check(&[], &["Klant=c.name"], &[both]);
        check(
            &["g.c"],
            &[],
            &[
                "`g.c` may be meant of several tables: `Klanten`, `Autos`, `jobs.csv`. Put the table and a colon before it: `Klanten:g.c`",
            ],
        );
        check(
            &[],
            &["Kentken=v.reg"],
            &["no table has a column `Kentken`; `Kenteken` is the nearest"],
        );
        check(
            &["Klantn:g.c"],
            &[],
            &["there is no table `Klantn`; `Klanten` is the nearest; the tables are `Klanten`, `Autos`, `jobs.csv`"],
        );
        check(
            &[],
            &["Klant"],
            &["`Klant` does not say which column feeds which field; write it as `Header=entity.field`"],
        );
    }
}
