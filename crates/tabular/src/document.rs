//! An opened file and its tables.

use std::io::{Seek, SeekFrom};

use msoffcrypto::{DEFAULT_EXCEL_PASSWORD, EncryptedPackage, Password};
use strum::IntoStaticStr;

use crate::error::OpenError;
use crate::format::{self, Container, Format};
use crate::legacy::LegacyWorkbook;
use crate::limits::{self, Limits};
use crate::options::{OpenOptions, ReadSeek};
use crate::rows::without_nul;
use crate::table::TableReader;
use crate::text;
use crate::workbook::{self, Package, Workbook};

/// Whether a person sees a worksheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// As usual.
    #[default]
    Visible,
    /// Hidden; the program's menu shows it.
    Hidden,
    /// Hidden so that only a macro shows it.
    VeryHidden,
}

/// A table of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableInfo {
    /// The worksheet's name; `None` for text.
    pub name: Option<String>,
    /// Whether a person sees it. Hidden sheets are read like any other.
    pub visible: Visibility,
}

impl TableInfo {
    pub(crate) fn new(name: Option<String>, visible: Visibility) -> Self {
        let name = name.map(|name| without_nul(&name));
        Self { name, visible }
    }
}

/// Something worth knowing about the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[non_exhaustive]
#[strum(serialize_all = "snake_case")]
pub enum Note {
    /// A password was given, and the file is not encrypted.
    PasswordNotNeeded,
    /// The file is encrypted with the password that Excel uses when nobody gave one.
    DefaultPassword,
    /// The name of the file says that it is of another form.
    NameDiffers {
        /// What it really is.
        format: Format,
    },
}

impl Note {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The note for a person.
    pub fn message(&self) -> String {
        match self {
            Self::PasswordNotNeeded => "The file is not protected, so the password was not used.".to_owned(),
            Self::DefaultPassword => "The workbook is protected with Excel's own default password.".to_owned(),
            Self::NameDiffers { format } => format!("By its content, the file is {}.", format.label()),
        }
    }
}

/// An opened file. Its tables are read one after the other.
pub struct Document<'a> {
    format: Format,
    encrypted: bool,
    notes: Vec<Note>,
    tables: Vec<TableInfo>,
    content: Content<'a>,
    limits: Limits,
}

/// What the tables are read from.
enum Content<'a> {
    Text(Box<dyn ReadSeek + 'a>, text::Profile),
    Workbook(Box<Workbook<'a>>),
    Legacy(LegacyWorkbook),
}

/// Opens a file. What it is, is told by its content; `name` only serves the notes.
///
/// A text file is read through once, to know its encoding. An encrypted workbook is decrypted while it is read.
pub fn open<'a>(
    name: &str,
    mut reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
) -> Result<Document<'a>, OpenError> {
    let length = reader.seek(SeekFrom::End(0))?;
    limits::FILE_BYTES.check(length, options.limits.max_file_bytes)?;
    let mut notes = Vec::new();
    let container = format::container(reader.as_mut())?;
    let (reader, encrypted) = match container {
        Container::Compound => unlock(reader, options, &mut notes)?,
        Container::Zip | Container::Text => (reader, false),
    };
    if !encrypted && options.password.is_some() {
        notes.push(Note::PasswordNotNeeded);
    }
    let (format, content) = match (container, encrypted) {
        (Container::Text, _) => open_text(reader)?,
        (Container::Zip, _) | (Container::Compound, true) => open_package(reader, options)?,
        (Container::Compound, false) => open_compound(reader, options)?,
    };
    if name_differs(name, format) {
        notes.push(Note::NameDiffers { format });
    }
    let tables = match &content {
        Content::Text(..) => vec![TableInfo::new(None, Visibility::Visible)],
        Content::Workbook(workbook) => workbook.tables(),
        Content::Legacy(workbook) => workbook.tables(),
    };
    Ok(Document {
        format,
        encrypted,
        notes,
        tables,
        content,
        limits: options.limits.clone(),
    })
}

/// Decrypts a compound file that holds an encrypted package: with the person's password, else with Excel's own. Trying one
/// is slow on purpose. Any other compound file comes back as it is.
fn unlock<'a>(
    mut reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
    notes: &mut Vec<Note>,
) -> Result<(Box<dyn ReadSeek + 'a>, bool), OpenError> {
    let limits = options.limits.decryption();
    reader.rewind()?;
    if let Err(msoffcrypto::Error::NotEncrypted { .. }) = EncryptedPackage::open(&mut *reader, &limits) {
        reader.rewind()?;
        return Ok((reader, false));
    }
    reader.rewind()?;
    let mut package = EncryptedPackage::open(reader, &limits)?;
    let excels_own = Password::new(DEFAULT_EXCEL_PASSWORD);
    for password in options.password.into_iter().chain([&excels_own]) {
        match package.unlock(password) {
            Ok(key) => {
                if password.expose() == DEFAULT_EXCEL_PASSWORD {
                    notes.push(Note::DefaultPassword);
                }
                return Ok((Box::new(package.into_decrypted(key)), true));
            }
            Err(msoffcrypto::Error::WrongPassword) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(match options.password {
        Some(_) => msoffcrypto::Error::WrongPassword.into(),
        None => OpenError::NeedsPassword,
    })
}

fn open_text<'a>(mut reader: Box<dyn ReadSeek + 'a>) -> Result<(Format, Content<'a>), OpenError> {
    let profile = text::profile(reader.as_mut())?;
    Ok((Format::Csv, Content::Text(reader, profile)))
}

fn open_package<'a>(
    reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
) -> Result<(Format, Content<'a>), OpenError> {
    let package = Package::open(reader, &options.limits)?;
    let format = workbook::zip_format(&package)?;
    if format == Format::Xlsx {
        let workbook = Workbook::open(package, &options.limits)?;
        return Ok((format, Content::Workbook(Box::new(workbook))));
    }
    let mut reader = package.into_reader();
    open_legacy(format, reader.as_mut(), options)
}

fn open_compound<'a>(
    mut reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
) -> Result<(Format, Content<'a>), OpenError> {
    let format = format::compound(reader.as_mut())?;
    open_legacy(format, reader.as_mut(), options)
}

/// Has a workbook converted where its parser can do no harm.
fn open_legacy<'a>(
    format: Format,
    mut reader: &mut (dyn ReadSeek + 'a),
    options: &OpenOptions<'_>,
) -> Result<(Format, Content<'a>), OpenError> {
    let Some(isolate) = options.isolate else {
        return Err(OpenError::Unsupported {
            what: format.label().to_owned(),
        });
    };
    reader.rewind()?;
    let converted = isolate.convert(format, &mut reader)?;
    Ok((
        format,
        Content::Legacy(LegacyWorkbook::open(converted, &options.limits)?),
    ))
}

/// The name's ending belongs to another form.
fn name_differs(name: &str, format: Format) -> bool {
    let Some((_, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let known: &[&str] = match format {
        Format::Csv => &["xlsx", "xlsm", "xltx", "xlsb", "xls", "ods"],
        Format::Xlsx => &["csv", "txt", "tsv", "xlsb", "xls", "ods"],
        Format::Xlsb => &["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods"],
        Format::Xls => &["csv", "txt", "tsv", "xlsx", "xlsm", "xlsb", "ods"],
        Format::Ods => &["csv", "txt", "tsv", "xlsx", "xlsm", "xlsb", "xls"],
    };
    known.contains(&ending.to_ascii_lowercase().as_str())
}

impl Document<'_> {
    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The file had to be decrypted.
    pub fn was_encrypted(&self) -> bool {
        self.encrypted
    }

    /// What is worth knowing about the file as a whole.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The tables in the order of the file: one per worksheet, and one of a text file.
    pub fn tables(&self) -> &[TableInfo] {
        &self.tables
    }

    /// Opens a table by its index in [`tables`](Self::tables). It can be read again by opening it again.
    pub fn read_table(&mut self, index: usize) -> Result<TableReader<'_>, OpenError> {
        if index >= self.tables.len() {
            return Err(OpenError::NoSuchTable { index });
        }
        match &mut self.content {
            Content::Text(reader, profile) => text::read_table(reader.as_mut(), profile, &self.limits),
            Content::Workbook(workbook) => workbook.read_table(index, &self.limits),
            Content::Legacy(workbook) => workbook.read_table(index, &self.limits),
        }
    }
}
