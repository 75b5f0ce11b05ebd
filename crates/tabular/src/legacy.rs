//! Workbooks of other forms, read where their parsers can do no harm.

use crate::document::TableInfo;
use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::table::TableReader;

/// A converted workbook.
pub(crate) struct LegacyWorkbook {
    tables: Vec<TableInfo>,
}

impl LegacyWorkbook {
    pub(crate) fn open(_converted: Box<dyn ReadSeek>, _limits: &Limits) -> Result<Self, OpenError> {
        Err(OpenError::Unsupported { what: "a workbook of another form".to_owned() })
    }

    pub(crate) fn tables(&self) -> Vec<TableInfo> {
        self.tables.clone()
    }

    pub(crate) fn read_table(&mut self, index: usize, _limits: &Limits) -> Result<TableReader<'_>, OpenError> {
        Err(OpenError::NoSuchTable { index })
    }
}
