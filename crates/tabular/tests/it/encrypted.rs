use std::io::{Cursor, Write as _};

use ms_offcrypto_writer::Ecma376AgileWriter;
use torqueflow_tabular::{Note, OpenError, OpenOptions, Password, open};

use crate::support::{read_with, xlsx};

fn plain() -> Vec<u8> {
    xlsx("<row r='1'><c r='A1' t='str'><v>Name</v></c></row><row r='2'><c r='A2' t='s'><v>0</v></c></row>")
}

pub fn encrypted(password: &str) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = Ecma376AgileWriter::create(&mut rand::rng(), password, &mut bytes).unwrap();
    writer.write_all(&plain()).unwrap();
    writer.into_inner().unwrap();
    bytes.into_inner()
}

/// Opens with a password, if any; compares the notes and the first row, or the error's code.
#[track_caller]
fn check(bytes: &[u8], password: Option<&str>, expected: Result<&[&str], &str>) {
    let password = password.map(Password::new);
    let options = OpenOptions {
        password: password.as_ref(),
        ..OpenOptions::default()
    };
    match open("test.xlsx", Box::new(Cursor::new(bytes)), &options) {
        Ok(document) => {
            let notes: Vec<&str> = document.notes().iter().map(Note::code).collect();
            assert_eq!(Ok(notes.as_slice()), expected);
            assert_eq!(read_with(bytes, 0, &options).unwrap().rows, ["2: zero"]);
        }
        Err(error) => assert_eq!(Err(error.code()), expected),
    }
}

#[test]
fn the_right_password_opens() {
    check(&encrypted("pässwörd£€"), Some("pässwörd£€"), Ok(&[]));
    check(&encrypted(""), Some(""), Ok(&[]));
}

#[test]
fn a_wrong_or_missing_password_is_said() {
    check(&encrypted("right"), Some("wrong"), Err("wrong_password"));
    check(&encrypted("right"), None, Err("password_required"));
    assert_eq!(
        OpenError::WrongPassword.message(),
        "Could not open the file - please check the password and try again."
    );
}

#[test]
fn excels_own_password_is_tried_too() {
    check(&encrypted("VelvetSweatshop"), None, Ok(&["default_password"]));
    check(
        &encrypted("VelvetSweatshop"),
        Some("VelvetSweatshop"),
        Ok(&["default_password"]),
    );
    check(&encrypted("VelvetSweatshop"), Some("other"), Ok(&["default_password"]));
}

#[test]
fn a_password_for_an_open_file_is_not_used() {
    check(&plain(), Some("secret"), Ok(&["password_not_needed"]));
}

#[test]
fn a_damaged_package_is_no_wrong_password() {
    let mut bytes = encrypted("right");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let password = Password::new("right");
    let options = OpenOptions {
        password: Some(&password),
        ..OpenOptions::default()
    };
    let error = open("x", Box::new(Cursor::new(bytes)), &options).err();
    assert!(!matches!(error, None | Some(OpenError::WrongPassword)), "{error:?}");
}
