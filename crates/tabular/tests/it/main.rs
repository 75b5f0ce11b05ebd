//! Tests through the public interface.

mod csv;
mod encrypted;
mod hostile;
mod legacy;
mod oracle;
mod support;
mod workbook;
