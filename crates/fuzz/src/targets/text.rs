//! Text of any encoding and dialect.

use torqueflow_model::FindingCode;
use torqueflow_tabular::OpenOptions;

use crate::Target;
use crate::outcome::{Outcome, check_file};
use crate::sections::split_mode;

pub const TARGET: Target = Target {
    name: "text",
    about: "delimited text: encoding, dialect, quotes, header, footers",
    max_bytes: 8 * 1024,
    seeds,
    tokens: &[
        "\r\n",
        "\r",
        "\"",
        "\"\"",
        "\\\"",
        ";",
        "\t",
        "|",
        ", \"",
        "sep=;\n",
        "'",
        "\0",
        "\u{FEFF}",
        "é",
        "Total",
        "# ",
        "\n\n",
        "Customer Name",
        "07700 900123",
        "31/12/2024",
    ],
    run,
};

/// Inputs of this mode are repeated, so that work that grows faster than the file shows.
const REPEATED: u8 = 15;
/// Bytes that an input is repeated up to.
const REPEATED_BYTES: usize = 64 * 1024;

fn run(input: &[u8]) {
    let (mode, bytes) = split_mode(input);
    let mut options = OpenOptions::default();
    if mode & 1 != 0 {
        let limits = &mut options.limits;
        limits.max_cell_chars = 20;
        limits.max_columns = 8;
        limits.max_row_bytes = 200;
        limits.max_rows = 50;
        limits.max_quoted_lines = 3;
    }
    let outcome = if mode == REPEATED {
        check_file(&bytes.repeat(REPEATED_BYTES / bytes.len().max(1)), &options)
    } else {
        check_file(bytes, &options)
    };
    if let Ok(outcome) = outcome {
        check_lines(&outcome, bytes, mode);
    }
}

/// Every row stands on a line of its own, below the header, and no text gets lost.
fn check_lines(outcome: &Outcome, bytes: &[u8], mode: u8) {
    for table in &outcome.tables {
        let mut last = table.head.header_row.unwrap_or(0);
        assert!(table.head.title_lines <= table.head.header_row.unwrap_or(u64::MAX));
        for (row, _) in &table.rows {
            assert!(row.number > last, "line {} after line {last}", row.number);
            last = row.number;
        }
        // ASCII without quotes and below all limits comes through unchanged but for blanks between cells.
        if mode == 0 && table.error.is_none() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'\n')
        {
            let is_whole = |code| code == FindingCode::RowTooLong;
            let complaints = table.rows.iter().flat_map(|(_, findings)| findings);
            let complaints: Vec<_> = complaints.filter(|finding| !is_whole(finding.code)).collect();
            assert!(complaints.is_empty(), "{complaints:?}");
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let texts: [&[u8]; 18] = [
        b"Name,Phone,City\nAda,07700 900123,Leeds\nBob,07700 900124,York\n",
        b"Name;Betrag;Ort\r\nAda;1,50;K\xF6ln\r\n\"Bob; Sohn\";2,00;Ulm\r\n",
        b"Report of customers\n\nName\tPhone\nAda\t1\nBob\t2\nTotal\t3\n",
        b"sep=;\nName;Phone\nAda;1\n",
        b"Name,Notes\nAda,\"two\nlines\"\nBob,\"never closed\nCy,3\nDi,4\n",
        b"Name,Notes\r\nAda,\"says \"\"hi\"\"\"\r\nBob,\"a \\\"b\\\" c\"\r\n",
        b"a|b|c\r1|2|3\r4|5|6\r",
        b"\xEF\xBB\xBFName,Phone\nJos\xC3\xA9,1\n",
        b"\xFF\xFEN\0a\0m\0e\0;\0P\0\n\0A\0d\0a\0;\x001\0\n\0",
        b"\xFE\xFF\0N\0,\0P\0\n\0A\0,\x001\0\n",
        b"N\0a\0m\0e\0,\0P\0\n\0A\0d\0a\0,\x001\0\n\0",
        b"1,2,3\n4,5,6\n7,8,9\n",
        b"Name, \"Phone\", \"City\"\nAda, \"1\", \"Leeds, UK\"\n",
        b"Name,Name,,\nA,B,C,D,E\nA\n,,,\n\nA,B\n",
        b"one column\nonly\nwords\n",
        b"# exported by x\nName,Phone\nA\0da,1\xFF\n",
        b"Name Phone City\nAda 1 Leeds\nBob 2 York\n",
        b"'Name','Phone'\n'Ada','1'\n'O''Neil','2'\n",
    ];
    let seeds = texts.iter().zip([0, 0, 0, 1, 0, 2].into_iter().cycle());
    let mut seeds: Vec<Vec<u8>> = seeds.map(|(text, mode)| [&[mode], *text].concat()).collect();
    seeds.push([&[REPEATED][..], b"Ada,\"1\"\n"].concat());
    seeds.push([&[REPEATED][..], b",\""].concat());
    seeds
}
