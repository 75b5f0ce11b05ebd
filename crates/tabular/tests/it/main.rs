//! The crate through its public interface, on files that the tests make themselves.

#[cfg(test)]
mod archive;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod structure;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbook;
