//! The rules by tables of cases, and what holds for all of them by properties.

mod support;
mod telling;

mod fate;
mod fate_addresses;
mod merge;
mod resolve;
