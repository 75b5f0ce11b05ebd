use std::io::Cursor;

use calamine::{Data, Ods, Reader, Xls, Xlsb};

use super::*;
use crate::sample::{Garage, SampleOptions};

fn tables() -> Vec<SampleTable> {
    Garage::generate(&SampleOptions { customers: 60, seed: 3 }).tables()
}

/// Checks that a reader sees every table cell by cell, as text, number or date.
#[track_caller]
fn check<R: Reader<Cursor<Vec<u8>>>>(write: fn(&[SampleTable]) -> io::Result<Vec<u8>>)
where
    R::Error: std::fmt::Debug,
{
    let tables = tables();
    let bytes = write(&tables).unwrap();
    assert!(bytes == write(&tables).unwrap(), "the same tables give the same bytes");
    let mut workbook = R::new(Cursor::new(bytes)).unwrap();
    let tabs: Vec<&str> = tables.iter().map(|table| table.tab).collect();
    assert_eq!(workbook.sheet_names(), tabs);
    let mut dates = 0;
    for table in &tables {
        let range = workbook.worksheet_range(table.tab).unwrap();
        for (row, column, text, typed) in cells(table) {
            let read = range.get((row, column)).unwrap();
            match (typed, read) {
                (Typed::Text, Data::String(read)) => {
                    assert_eq!(
                        read.replace("\r\n", "\n"),
                        text.replace("\r\n", "\n").trim_end_matches('\n')
                    );
                }
                (Typed::Number(number), read) => assert_eq!(read.to_string(), number.to_string()),
                (Typed::Date(_), Data::DateTime(_) | Data::DateTimeIso(_)) => dates += 1,
                (_, read) => panic!("{}: {text}: {read:?}", table.tab),
            }
        }
    }
    assert!(dates > 0);
}

#[test]
fn a_reader_sees_what_was_written() {
    check::<Xls<_>>(xls_bytes);
    check::<Xlsb<_>>(xlsb_bytes);
    check::<Ods<_>>(ods_bytes);
}

#[test]
fn a_protected_workbook_says_so() {
    let opened = Xls::new(Cursor::new(xls_protected_bytes(&tables()).unwrap()));
    assert!(matches!(opened, Err(calamine::XlsError::Password)));
}
