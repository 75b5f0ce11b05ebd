//! The rules by tables of cases, and what holds for all of them by properties.

mod store;
mod support;
mod telling;

mod alike;
mod anything;
mod chunks;
mod confirmed;
mod fate;
mod fate_addresses;
mod journal;
mod links;
mod merge;
mod names;
mod outcomes;
mod refresh;
mod repeats;
mod resolve;
mod say_again;
mod values;
