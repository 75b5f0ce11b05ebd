//! The steps of an import on files that the tests make themselves.

#[cfg(test)]
mod columns;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
