//! Commands as they are typed.

use std::fmt::Write as _;

use crate::args::{Common, DEFAULT_DATABASE, DEFAULT_ORGANIZATION, PasswordSource};

/// An argument as a POSIX shell takes it for just this text, typed or pasted.
pub fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    // Nothing has a meaning between single quotes but their end.
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The path of a file as an argument, which is never taken for an option.
pub fn path(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('-') {
        return quoted(&format!("./{text}"));
    }
    quoted(&text)
}

/// A command with its arguments, those that are not quoted yet.
#[derive(Debug, Clone)]
pub struct CommandLine(String);

impl CommandLine {
    /// `torqueflow` with this command.
    pub fn new(command: &str) -> Self {
        Self(format!("torqueflow {command}"))
    }

    /// The same, with an argument that is quoted already.
    pub fn with(&mut self, quoted: &str) -> &mut Self {
        let _ = write!(self.0, " {quoted}");
        self
    }

    /// The same, with an option and its value.
    pub fn option(&mut self, name: &str, value: &str) -> &mut Self {
        // A value that begins like an option belongs to its name all the same.
        if value.starts_with('-') {
            let _ = write!(self.0, " {name}={}", quoted(value));
            return self;
        }
        let _ = write!(self.0, " {name} {}", quoted(value));
        self
    }

    /// The same, with what decides where a command works and what it understands, as it was said before. A database on a
    /// server is not named: its address may hold a password.
    pub fn again(&mut self, common: &Common, password: &PasswordSource, source: Option<&str>) -> &mut Self {
        if common.database.starts_with("sqlite:") && common.database != DEFAULT_DATABASE {
            self.option("--database", &common.database);
        }
        if common.organization != DEFAULT_ORGANIZATION {
            self.option("--organization", &common.organization);
        }
        for (name, path) in [
            ("--data-dir", &common.data_dir),
            ("--sources", &common.sources),
            ("--password-file", &password.password_file),
        ] {
            if let Some(path) = path {
                self.option(name, &path.to_string_lossy());
            }
        }
        if password.password_stdin {
            self.with("--password-stdin");
        }
        for limit in &common.set_limit {
            self.option("--set-limit", limit);
        }
        if let Some(source) = source {
            self.option("--source", source);
        }
        self
    }

    /// The whole line.
    pub fn text(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// Has a shell say what it takes an argument for.
    #[track_caller]
    fn check(text: &str) {
        let said = Command::new("sh")
            .args(["-c", &format!("printf %s {}", quoted(text))])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), text);
    }

    #[test]
    fn a_shell_takes_an_argument_as_it_is() {
        for text in [
            "klanten.csv",
            "Klant=customer.display_name",
            "Kunde's Name",
            "a $HOME `date` \"b\" \\ c",
            "Straße & Nr.",
            "two\nlines",
            "'",
            "!x*?[a]{b}~;|<>()#",
            "",
        ] {
            check(text);
        }
    }

    #[test]
    fn what_begins_like_an_option_is_none() {
        assert_eq!(path(Path::new("-x.csv")), "./-x.csv");
        let mut line = CommandLine::new("import");
        line.with(&path(Path::new("my files/a.csv"))).option("--map", "-=x.y");
        assert_eq!(line.text(), "torqueflow import 'my files/a.csv' --map=-=x.y");
    }
}
