//! Archives through the public interface.

use std::io::{Cursor, Read as _, Write as _};

use torqueflow_tabular::archive::{Archive, is_archive};
use torqueflow_tabular::{Limits, OpenError, OpenOptions, open};
use zip::write::SimpleFileOptions;

use crate::support::xlsx;

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        if name.ends_with('/') {
            archive.add_directory(*name, options).unwrap();
        } else {
            archive.start_file(*name, options).unwrap();
            archive.write_all(content).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

/// Says of each entry that it is encrypted (APPNOTE.TXT 4.4.4, bit 0).
fn encrypted(mut bytes: Vec<u8>) -> Vec<u8> {
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places = bytes.windows(4).enumerate().filter(|(_, window)| window == mark);
        for place in places.map(|(place, _)| place).collect::<Vec<_>>() {
            bytes[place + flags] |= 1;
        }
    }
    bytes
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The members with their texts, and the note.
type Content = (Vec<(String, String)>, Option<String>);

fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Content, OpenError> {
    let mut archive = Archive::open(name, Box::new(Cursor::new(bytes)), limits)?;
    let mut members = Vec::new();
    for (index, member) in archive.members().to_vec().into_iter().enumerate() {
        let mut content = Vec::new();
        archive.read(index)?.read_to_end(&mut content)?;
        members.push((member.name, String::from_utf8_lossy(&content).into_owned()));
    }
    Ok((members, archive.note()))
}

#[track_caller]
fn refused(bytes: &[u8], expected: &str) {
    let error = read("a.zip", bytes, &Limits::default()).unwrap_err();
    assert!(error.message().contains(expected), "{}", error.message());
}

#[test]
fn a_zip_is_opened_as_its_tables() {
    let bytes = zip(&[
        ("2024/", b""),
        ("2024/customers.csv", b"Name\nAda\n"),
        ("vehicles.TXT", b"Reg\nAB12 CDE\n"),
        ("__MACOSX/._customers.csv", b"junk"),
        (".hidden.csv", b"junk"),
        ("~$open.xlsx", b"junk"),
        ("../../etc/passwd.csv", b"Name\nroot\n"),
        ("photo.jpg", b"junk"),
        ("more.zip", b"PK"),
    ]);
    let (members, note) = read("export.zip", &bytes, &Limits::default()).unwrap();
    let shown: Vec<(&str, &str)> = members
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let expected = [
        ("export.zip/2024/customers.csv", "Name\nAda\n"),
        ("export.zip/vehicles.TXT", "Reg\nAB12 CDE\n"),
        ("export.zip/etc/passwd.csv", "Name\nroot\n"),
    ];
    assert_eq!(shown, expected);
    let told = "Left out of the archive, since they are no tables: photo.jpg, more.zip.";
    assert_eq!(note.as_deref(), Some(told));
}

#[test]
fn gzip_is_opened_as_its_one_file() {
    let twice = [gzip(b"Name\n"), gzip(b"Ada\n")].concat();
    let (members, note) = read("a.csv.gz", &twice, &Limits::default()).unwrap();
    assert_eq!(members, [("a.csv.gz/a.csv".to_owned(), "Name\nAda\n".to_owned())]);
    assert_eq!(note, None);
}

#[test]
fn workbooks_and_texts_are_no_archives() {
    let workbook = xlsx("<row><c><v>1</v></c></row>");
    let ods = zip(&[("mimetype", b"x"), ("content.xml", b"<x/>")]);
    let document = zip(&[("[Content_Types].xml", b""), ("_rels/.rels", b""), ("word/a.xml", b"")]);
    let broken = b"PK\x03\x04 and nothing more".to_vec();
    for bytes in [
        workbook.clone(),
        ods,
        document,
        broken,
        b"Name\nAda\n".to_vec(),
        Vec::new(),
    ] {
        assert!(!is_archive(&mut Cursor::new(&bytes)).unwrap());
    }
    for bytes in [zip(&[("book.xlsx", workbook.as_slice())]), gzip(&workbook)] {
        let mut file = Cursor::new(&bytes);
        assert!(is_archive(&mut file).unwrap());
        assert_eq!(file.position(), 0);
        let mut archive = Archive::open("a", Box::new(file), &Limits::default()).unwrap();
        let mut inside = Vec::new();
        archive.read(0).unwrap().read_to_end(&mut inside).unwrap();
        assert_eq!(inside, workbook);
    }
}

#[test]
fn what_is_no_archive_of_tables_is_refused_by_name() {
    refused(&zip(&[("photo.jpg", b"junk")]), "an archive without a table in it");
    refused(&zip(&[]), "an archive without a table in it");
    refused(
        &encrypted(zip(&[("a.csv", b"Name\nAda\n")])),
        "an encrypted zip archive",
    );
    let cut = gzip(b"Name\nAda\n");
    refused(&cut[..12], "it ends too early");
    assert_eq!(
        read("a.tar.gz", &cut, &Limits::default()).unwrap_err().code(),
        "not_a_table"
    );
}

#[test]
fn an_archive_in_an_archive_is_not_opened() {
    let inner = zip(&[("a.csv", b"Name\nAda\n")]);
    let packed = gzip(&inner);
    let mut archive = Archive::open("a.zip.gz", Box::new(Cursor::new(&packed)), &Limits::default()).unwrap();
    let mut member = Vec::new();
    archive.read(0).unwrap().read_to_end(&mut member).unwrap();
    let error = open("a.zip", Box::new(Cursor::new(member)), &OpenOptions::default())
        .err()
        .unwrap();
    assert!(error.message().contains("a zip archive"), "{error}");
}

#[test]
fn what_all_members_inflate_to_is_bounded() {
    let text = b"Name\nAda Lowe\n".repeat(10_000);
    let bytes = zip(&[("a.csv", text.as_slice()), ("b.csv", text.as_slice())]);
    let limited = |bytes: &[u8], name: &str, value: u64| {
        let mut limits = Limits::default();
        let setting = Limits::settings()
            .iter()
            .find(|known| known.limit.name == name)
            .unwrap();
        (setting.set)(&mut limits, value);
        read("a.zip", bytes, &limits).map_err(|error| error.message())
    };
    let size = text.len() as u64;
    for (name, edge) in [("inflated_bytes", 2 * size), ("file_bytes", size)] {
        limited(&bytes, name, edge).unwrap();
        let message = limited(&bytes, name, edge - 1).unwrap_err();
        assert!(message.contains(&format!("`{name}`")), "{message}");
    }
    let packed = gzip(&text);
    for (name, edge) in [("inflated_bytes", size), ("file_bytes", size)] {
        limited(&packed, name, edge).unwrap();
        limited(&packed, name, edge - 1).unwrap_err();
    }
    let bomb = vec![b' '; 33 << 20];
    for bytes in [gzip(&bomb), zip(&[("a.csv", bomb.as_slice())])] {
        let message = limited(&bytes, "inflation_ratio", 100).unwrap_err();
        assert!(message.contains("`inflation_ratio`"), "{message}");
    }
}
