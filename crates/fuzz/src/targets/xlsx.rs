//! Workbooks: the zip container, and the XML within a sound one.

use std::io::{Cursor, Write};

use torqueflow_tabular::{Limits, OpenOptions};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::Target;
use crate::outcome::check_file;
use crate::sections::{change, joined, sections, split_mode};

pub const TARGET: Target = Target {
    name: "xlsx",
    about: "workbooks: the zip container, and the XML of each part within a sound one",
    max_bytes: 8 * 1024,
    seeds,
    tokens: &[
        "<row r=\"2\">",
        "</row>",
        "<row/>",
        "<c r=\"B2\" t=\"s\" s=\"1\">",
        "<c t=\"inlineStr\"><is>",
        "</is></c>",
        "</c>",
        "<v>",
        "</v>",
        "<t>",
        "</t>",
        "<si>",
        "</si>",
        "<r><t>",
        "<rPh>",
        "</rPh>",
        "t=\"b\"",
        "t=\"e\"",
        "t=\"d\"",
        "t=\"str\"",
        "<mergeCell ref=\"A1:B2\"/>",
        "&amp;",
        "&#x41;",
        "_x000D_",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "XFD1048576",
        "1048577",
        "1e300",
        "45000.5",
        "-1",
        "xml:space=\"preserve\"",
        "<xf numFmtId=\"14\"/>",
        "formatCode=\"",
        "[h]:mm:ss",
        "00000000000",
        "# ??/??",
        "yyyy\\-mm\\-dd",
        "state=\"veryHidden\"",
        "date1904=\"1\"",
        "uniqueCount=\"999999999\"",
        "Target=\"",
        "../",
        "\u{1E}",
        "<sheet name=\"B\" r:id=\"r1\"/>",
        "#SPILL!",
    ],
    run,
};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts that sections stand for, in this order. The section after the last changes the finished archive.
const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];

fn run(input: &[u8]) {
    let (mode, rest) = split_mode(input);
    let mut options = OpenOptions::default();
    if mode & 4 != 0 {
        tighten(&mut options.limits);
    } else if mode & 8 == 0 {
        // A cell far to the right takes a thousand times longer than one on the left, and tries nothing new.
        options.limits.max_columns = 64;
    }
    let bytes = match mode & 3 {
        0 => rest.to_vec(),
        kind => package(kind, rest),
    };
    // What comes out is of no interest here: anything may, as long as it holds together.
    let _ = check_file(&bytes, &options);
}

fn tighten(limits: &mut Limits) {
    limits.max_sheets = 2;
    limits.max_columns = 5;
    limits.max_cell_chars = 10;
    limits.max_row_bytes = 300;
    limits.max_rows = 20;
    limits.max_inflated_bytes = 4_000;
    limits.max_inflation_ratio = 20;
    limits.max_shared_strings_bytes = 200;
    limits.max_token_bytes = 100;
}

/// A package of parts whose checksums are right. Kind 2 packs them, 3 leaves parts out that have no section.
fn package(kind: u8, input: &[u8]) -> Vec<u8> {
    let sections = sections(input);
    let method = if kind == 2 {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    let usual = usual_parts();
    let parts = PARTS
        .iter()
        .zip(&usual)
        .enumerate()
        .filter_map(|(index, (name, usual))| {
            let own = sections.get(index).copied().filter(|section| !section.is_empty());
            let content = own.or((kind != 3).then_some(usual.as_bytes()))?;
            Some((*name, content))
        });
    let mut bytes = archive(parts, method);
    change(&mut bytes, sections.get(PARTS.len()).copied().unwrap_or_default());
    bytes
}

fn archive<'p>(parts: impl Iterator<Item = (&'p str, &'p [u8])>, method: CompressionMethod) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in parts {
        let written = archive
            .start_file(name, options)
            .and_then(|()| Ok(archive.write_all(content)?));
        assert!(written.is_ok(), "writing to memory: {written:?}");
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// What each part says where an input does not say it.
fn usual_parts() -> [String; 6] {
    [
        "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>\
         <row r='2'><c r='A2' t='s'><v>2</v></c><c r='B2' s='1'><v>7911123456</v></c></row></sheetData></worksheet>"
            .to_owned(),
        "<sst count='4' uniqueCount='4'><si><t>Name</t></si><si><r><t>Pho</t></r><r><t>ne</t></r></si>\
         <si><t xml:space='preserve'> Ada_x000D_ &amp; Co</t></si><si><t/></si></sst>"
            .to_owned(),
        "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='00000000000'/>\
         <numFmt numFmtId='165' formatCode='dd/mm/yyyy hh:mm'/><numFmt numFmtId='166' formatCode='[$£-809]#,##0.00'/>\
         </numFmts><cellStyleXfs><xf numFmtId='9'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/>\
         <xf numFmtId='14'/><xf numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='10'/><xf numFmtId='20'/>\
         <xf numFmtId='46'/></cellXfs></styleSheet>"
            .to_owned(),
        "<workbook><workbookPr date1904='0'/><sheets><sheet name='People' sheetId='1' r:id='r1'/>\
         <sheet name='Hidden' sheetId='2' state='hidden' r:id='r1'/></sheets></workbook>"
            .to_owned(),
        format!(
            "<Relationships><Relationship Id='r1' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/>\
             <Relationship Id='r2' Type='{RELATIONS}/styles' Target='styles.xml'/>\
             <Relationship Id='r3' Type='{RELATIONS}/sharedStrings' Target='/xl/sharedStrings.xml'/></Relationships>"
        ),
        format!(
            "<Relationships><Relationship Id='r1' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/>\
             </Relationships>"
        ),
    ]
}

fn seeds() -> Vec<Vec<u8>> {
    const CELLS: [&str; 7] = [
        "<row r='1'><c t='inlineStr'><is><t>Name</t></is></c><c t='str'><v>Date</v></c></row>\
         <row r='2'><c t='b'><v>1</v></c><c s='2'><v>45000.5</v></c></row>",
        "<row r='1'><c r='A1' t='e'><v>#N/A</v></c><c r='C1' t='d'><v>2021-03-04T00:00:00</v></c></row>\
         <row r='5'><c r='B5' s='7'><v>1.5</v></c><c r='XFD5' s='4'><v>1e5</v></c></row>",
        "<row r='9'><c r='A9'><f>1+1</f><v>2</v></c></row><row r='3'><c r='B3'/><c r='A3'><v>x</v></c></row>",
        "<row><c><v>1</v></c><c><v>-5</v></c></row><row/><row><c s='99'><v>1E400</v></c></row>",
        "<row r='1'><c t='s'><v>99</v></c><c t='s'><v>-1</v></c><c t='zz'><v>1</v></c><c r='$'><v>1</v></c></row>",
        "<row r='1'><c t='str'><v>a<![CDATA[<b>]]>&lt;_x0041_</v></c><!-- x --><c><v> 5 </v></c></row>",
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row><row r='1048577'><c r='ZZZZ9'><v>1</v></c></row>",
    ];
    let mut seeds: Vec<Vec<u8>> = [1, 2, 5, 1, 6, 2, 9]
        .into_iter()
        .zip(CELLS)
        .map(|(mode, cells)| {
            let sheet = format!(
                "<x:worksheet xmlns:x='m'><x:dimension ref='A1:B2'/><sheetData>{cells}</sheetData>\
                 <mergeCells count='1'><mergeCell ref='A1:B1'/></mergeCells></x:worksheet>"
            );
            joined(mode, &[sheet])
        })
        .collect();
    let usual = usual_parts();
    for mode in [1, 2, 3, 6] {
        seeds.push(joined(mode, &usual));
    }
    // The length of a name in the first header, and a byte in the central directory.
    seeds.push(joined(1, &["", "", "", "", "", "", "\u{1A}\0\u{5}\u{20}\u{7F}\u{1}"]));
    let whole = archive(
        PARTS.into_iter().zip(usual.iter().map(String::as_bytes)),
        CompressionMethod::Deflated,
    );
    seeds.push([&[0], &whole[..]].concat());
    seeds
}
