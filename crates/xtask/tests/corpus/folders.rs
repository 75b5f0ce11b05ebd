use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use torqueflow_test_support::sample::SampleTable;
use torqueflow_test_support::workbook::{encrypt_xlsx, xlsx_bytes};

/// A folder with a manifest and these files.
fn folder(manifest: &str, files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manifest.csv"), manifest).unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Runs the chore; compares its success, and looks for pieces of what it prints.
#[track_caller]
fn check(folder: &Path, succeeds: bool, pieces: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_torqueflow-xtask"));
    let output = command.args(["corpus", "--this-build"]).arg(folder).output().unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.success(), succeeds, "{text}");
    let unpadded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(unpadded.contains(piece), "`{piece}` is not in\n{text}");
    }
}

fn workbook() -> Vec<u8> {
    let row = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<String>>();
    let rows = [row(&["Ada", "07700 900123"]), row(&["Bob", "07700 900124"])];
    let table = SampleTable::new("People", &["Name", "Phone"], rows);
    xlsx_bytes(&[table]).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn properties_of_text_files_are_counted() {
    let manifest = "file,delimiter,encoding,header_rows,preamble_lines,n_columns\n\
        plain.csv,\",\",ascii,1,0,2\ntitled.csv,;,latin-1,1,2,3\n";
    let titled = b"Customers\n\nName;Town;Price\nAda;K\xF6ln;150\nBob;Ulm;275\nCy;Bonn;300\n";
    let plain = b"Name,Phone\nAda,07700 900123\nBob,07700 900124\n";
    let right = folder(manifest, &[("plain.csv", plain), ("titled.csv", titled)]);
    let lines = [
        "| delimiter | 2 | 2 | 100.0 % | 98.5 % |",
        "| column count | 2 | 2 |",
        "| encoding | 2 | 2 |",
    ];
    check(right.path(), true, &lines);
    let wrong = folder(
        &manifest.replace("ascii,1,0,2", "ascii,1,0,5"),
        &[("plain.csv", plain), ("titled.csv", titled)],
    );
    let lines = [
        "| column count | 1 | 2 | 50.0 % | 92 % |",
        "column count: 50.0 % are right, and 92 % must be",
    ];
    check(wrong.path(), false, &lines);
}

#[test]
fn encrypted_workbooks_open_with_their_password_only() {
    let manifest = |hash: &str| {
        format!(
            "file,scheme,cipher,keybits,chaining,hash,password,password_known,plain_sha256\n\
             locked.xlsx,agile,AES,256,CBC,SHA512,secret,yes,{hash}\nplain.xlsx,none(zip),,,,,,n/a,\n"
        )
    };
    let plain = workbook();
    let locked = encrypt_xlsx(&plain, "secret").unwrap();
    let files: [(&str, &[u8]); 2] = [("locked.xlsx", &locked), ("plain.xlsx", &plain)];
    let right = folder(&manifest(&sha256(&plain)), &files);
    let lines = [
        "| agile AES 256 CBC SHA512 | opens, with its password only | 1 | 1 |",
        "| none(zip) | opens | 1 | 1 |",
    ];
    check(right.path(), true, &lines);
    let wrong = folder(&manifest("00"), &files);
    check(
        wrong.path(),
        false,
        &["locked.xlsx: another plaintext than that listed"],
    );
}

#[test]
fn files_that_mean_harm_are_held_to_their_demands() {
    let manifest = "file,bytes,must\njunk.xlsx,4,\"Err, no panic/abort, RSS<300MB, <15s\"\n\
        fine.xlsx,9,Err or rows; no panic/abort; RSS<300MB; <15s\n";
    let fine = workbook();
    let files: [(&str, &[u8]); 2] = [("junk.xlsx", b"PK\x03\x04"), ("fine.xlsx", &fine)];
    let right = folder(manifest, &files);
    check(
        right.path(),
        true,
        &[
            "| junk.xlsx | malformed_file | holds |",
            "| fine.xlsx | 2 rows | holds |",
        ],
    );
    let wrong = folder(&manifest.replace("Err or rows;", "Err: wrong password;"), &files);
    check(
        wrong.path(),
        false,
        &["| FAILS |", "fine.xlsx: 2 rows instead of wrong_password"],
    );
}

#[test]
fn cells_are_compared_with_those_of_another_reader() {
    let manifest = "file,calamine_1\n\
        people.xlsx,\"(0, 0) SharedString(\"\"Name\"\") ; (1, 1) String(\"\"07700 900123\"\") ; END ; \"\n";
    let book = workbook();
    let right = folder(manifest, &[("people.xlsx", &book)]);
    check(right.path(), true, &["| people.xlsx | 2 rows | holds | 2 | 2 |"]);
    let wrong = folder(&manifest.replace("900123", "900129"), &[("people.xlsx", &book)]);
    check(
        wrong.path(),
        false,
        &["row 2, column 2: \"07700 900123\" (Text) instead of"],
    );
}

#[test]
fn a_folder_that_is_none_is_refused() {
    check(
        folder("name,size\na,1\n", &[]).path(),
        false,
        &["has none of the columns"],
    );
    check(folder("file,must\n", &[]).path(), false, &["names no file"]);
    check(Path::new("/nowhere"), false, &["failed to read /nowhere/manifest.csv"]);
}
