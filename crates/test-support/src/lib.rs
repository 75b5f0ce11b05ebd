#![doc = include_str!("../README.md")]
#![expect(clippy::indexing_slicing, reason = "test code: a panic is the report")]

pub mod bench_data;
pub mod delimited;
pub mod older;
pub mod postgres;
pub mod rng;
pub mod sample;
pub mod workbook;
