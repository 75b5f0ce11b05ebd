//! Opens bytes and shows what comes out, in one line per row.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use torqueflow_model::{CellKind, Row, RowClass};
use torqueflow_tabular::{OpenError, OpenOptions, TableHead, TableReader, open};

/// A table that was read whole.
#[derive(Debug)]
pub struct Table {
    pub head: TableHead,
    /// `2: Ada|07911 [cell_error@1]`
    pub rows: Vec<String>,
    /// `7 total`, without blank rows.
    pub left_out: Vec<String>,
    pub blank: u64,
    /// How many rows were left out that are not blank.
    pub total_left_out: u64,
    /// What was told of it at its end, in sentences.
    pub notes: Vec<String>,
}

/// Reads the first table of the sheet of this index whole.
pub fn read_with(bytes: &[u8], index: usize, options: &OpenOptions<'_>) -> Result<Table, OpenError> {
    let mut document = open("test", Box::new(Cursor::new(bytes)), options)?;
    read_rows(&mut document.read_table(index)?)
}

/// Reads all tables of the first sheet.
pub fn read_all(bytes: &[u8]) -> Result<Vec<Table>, OpenError> {
    let mut document = open("test", Box::new(Cursor::new(bytes)), &OpenOptions::default())?;
    let mut reader = document.read_table(0)?;
    let mut tables = vec![read_rows(&mut reader)?];
    while reader.next_table()? {
        tables.push(read_rows(&mut reader)?);
        assert_eq!(reader.ordinal(), tables.len());
    }
    Ok(tables)
}

fn read_rows(table: &mut TableReader<'_>) -> Result<Table, OpenError> {
    let (mut rows, mut row, mut findings) = (Vec::new(), Row::default(), Vec::new());
    while table.next_row(&mut row, &mut findings)? {
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        let mut shown = format!("{}: {}", row.number, cells.join("|"));
        for finding in &findings {
            let column = finding.column.map(|column| format!("@{column}")).unwrap_or_default();
            write!(shown, " [{}{column}]", finding.code.code()).unwrap();
        }
        rows.push(shown);
    }
    let named = table.left_out().iter().filter(|(class, _)| *class != RowClass::Blank);
    let mut left_out: Vec<(u64, &str)> = named
        .flat_map(|(class, rows)| rows.first.iter().map(move |number| (*number, class.name())))
        .collect();
    left_out.sort_unstable();
    let headers = &table.head().columns;
    Ok(Table {
        notes: table.notes().iter().map(|note| note.message(headers)).collect(),
        head: table.head().clone(),
        rows,
        left_out: left_out
            .into_iter()
            .map(|(number, class)| format!("{number} {class}"))
            .collect(),
        blank: table.left_out().count(RowClass::Blank),
        total_left_out: table.left_out().total() - table.left_out().count(RowClass::Blank),
    })
}

/// Reads the first table whole.
pub fn read(bytes: &[u8]) -> Result<Table, OpenError> {
    read_with(bytes, 0, &OpenOptions::default())
}

/// The kinds of the cells of a row, in short.
pub fn kinds(row: &Row) -> String {
    row.cells
        .iter()
        .map(|cell| match cell.kind {
            CellKind::Empty => '_',
            CellKind::Text => 't',
            CellKind::Number(_) => 'n',
            CellKind::Date(_) => 'd',
            CellKind::DateTime(_) => 'D',
            CellKind::Time(_) => 'T',
            CellKind::Boolean(_) => 'b',
            CellKind::Error => 'e',
        })
        .collect()
}

/// A workbook of one sheet out of the XML between `<sheetData>` and its end, with shared strings and styles.
pub fn xlsx(sheet_data: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>");
    package(&[("xl/worksheets/sheet1.xml", &sheet)])
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook whose parts are the usual ones, replaced or completed by `parts`.
pub fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    package_of_bytes(&parts)
}

/// As [`package`], with parts that may be no text.
pub fn package_of_bytes(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let root = format!(
        "<Relationships><Relationship Id='r1' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
    );
    let relations = format!(
        "<Relationships><Relationship Id='r1' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/>\
         <Relationship Id='r2' Type='{RELATIONS}/styles' Target='styles.xml'/>\
         <Relationship Id='r3' Type='{RELATIONS}/sharedStrings' Target='sharedStrings.xml'/></Relationships>"
    );
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='00000000000'/>\
        <numFmt numFmtId='165' formatCode='dd/mm/yyyy hh:mm'/><numFmt numFmtId='166' formatCode='[$£-809]#,##0.00'/></numFmts>\
        <cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>\
        <cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='14'/><xf numFmtId='165'/><xf numFmtId='166'/>\
        <xf numFmtId='10'/><xf numFmtId='20'/><xf numFmtId='46'/></cellXfs></styleSheet>";
    let strings = "<sst uniqueCount='18446744073709551615'><si><t>zero</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si>\
        <si><t xml:space='preserve'> a_x000D_b &amp; c </t></si><si><t/></si></sst>";
    let workbook = "<workbook><sheets><sheet name='People' sheetId='1' r:id='r1'/></sheets></workbook>";
    let usual: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let kept = usual
        .iter()
        .filter(|(name, _)| parts.iter().all(|(other, _)| other != name));
    for (name, content) in kept.chain(parts) {
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
