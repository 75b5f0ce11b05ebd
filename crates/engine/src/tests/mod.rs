//! The rules by tables of cases, and what holds for all of them by properties.

mod store;
mod support;
mod telling;

mod chunks;
mod fate;
mod fate_addresses;
mod journal;
mod merge;
mod outcomes;
mod refresh;
mod resolve;
mod say_again;
