//! Decrypts a file: `PASSWORD=… cargo run --example decrypt -- FILE OUT`.
//!
//! Without `PASSWORD` the password is the first line of standard input.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{self, Write};

use msoffcrypto::{DEFAULT_EXCEL_PASSWORD, EncryptedPackage, Limits, Password};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: decrypt FILE OUT".into());
    };
    let mut package = EncryptedPackage::open(File::open(input)?, &Limits::default())?;
    writeln!(io::stderr(), "{}", package.scheme())?;

    // Some workbooks are locked with a password that Excel knows, so nobody need be asked.
    let key = match package.unlock(&Password::new(DEFAULT_EXCEL_PASSWORD)) {
        Err(msoffcrypto::Error::WrongPassword) => package.unlock(&read_password()?)?,
        other => other?,
    };
    let mut plain = package.into_decrypted(key);
    io::copy(&mut plain, &mut File::create(output)?)?;
    Ok(())
}

fn read_password() -> io::Result<Password> {
    if let Ok(password) = env::var("PASSWORD") {
        return Ok(Password::new(password));
    }
    write!(io::stderr(), "password: ")?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Password::new(line))
}
