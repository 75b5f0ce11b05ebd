//! What can be wrong with the TOML file of a source system.

/// Why a source's TOML file can't be used. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file is not TOML, or something in it is missing, unknown or of the wrong type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Where.
        line: usize,
        /// What the TOML reader says.
        message: String,
    },
    /// A column is mapped to a field that does not exist.
    #[error("line {line}, table `{table}`, column `{column}`: `{field}` is not a field of the catalogue")]
    UnknownField {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The column's header.
        column: String,
        /// What was written.
        field: String,
    },
    /// A field is named, outside of a column, that does not exist or that the table does not have.
    #[error("line {line}, table `{table}`: `{name}` is neither a column of the table nor a field that it fills")]
    UnknownName {
        /// Where.
        line: usize,
        /// The table's type, or the section.
        table: String,
        /// What was written.
        name: String,
    },
    /// Two columns of a table can't be told apart.
    #[error("line {line}, table `{table}`, column `{column}`: the spelling `{alias}` is already that of `{other}`")]
    DuplicateAlias {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The second column.
        column: String,
        /// The spelling.
        alias: String,
        /// The first column.
        other: String,
    },
    /// Two tables have the same type, or a type does not start with the source's id.
    #[error("line {line}: the type `{table}` must be unique and start with `{source_id}.`")]
    TypeName {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The source's id.
        source_id: String,
    },
    /// A table without required columns would be found everywhere.
    #[error("line {line}, table `{table}`: `required` must name at least one column")]
    NothingRequired {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
    },
    /// The id of the source is not one.
    #[error("line {line}: the id `{id}` must begin with a small letter and go on in small letters, digits and `_`")]
    Id {
        /// Where.
        line: usize,
        /// What was written.
        id: String,
    },
    /// A name that people see is blank.
    #[error("line {line}: `{name}` must not be blank")]
    Blank {
        /// Where.
        line: usize,
        /// Which one: `label`, `noun`, `not_imported`.
        name: &'static str,
    },
    /// A table that is not imported says where a column goes.
    #[error("line {line}, table `{table}`: a table that is not imported has no fields")]
    LeftOutWithFields {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
    },
    /// The slots of the file's tables have far more spellings than anybody writes.
    #[error("line {line}, table `{table}`: with this slot the file has too many spellings")]
    TooManySpellings {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
    },
    /// The file describes no table.
    #[error("line {line}: there is no `[[table]]`")]
    NoTable {
        /// Where.
        line: usize,
    },
}

impl SourceError {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Syntax { line, .. }
            | Self::UnknownField { line, .. }
            | Self::UnknownName { line, .. }
            | Self::DuplicateAlias { line, .. }
            | Self::TypeName { line, .. }
            | Self::NothingRequired { line, .. }
            | Self::Id { line, .. }
            | Self::Blank { line, .. }
            | Self::LeftOutWithFields { line, .. }
            | Self::TooManySpellings { line, .. }
            | Self::NoTable { line } => *line,
        }
    }

    /// What is wrong, without the line: for messages that begin with the file and the line.
    ///
    /// ```
    /// let wrong = torqueflow_detection::parse_source("id = \"a\"\nlabel = \" \"").unwrap_err();
    /// assert_eq!((wrong.line(), wrong.what().as_str()), (2, "`label` must not be blank"));
    /// ```
    pub fn what(&self) -> String {
        let text = self.to_string();
        let rest = text.strip_prefix(&format!("line {}", self.line())).unwrap_or(&text);
        rest.trim_start_matches([',', ':', ' ']).to_owned()
    }
}
