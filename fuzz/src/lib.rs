//! What the fuzz targets check: each module's `check` takes any bytes and panics where keyfob is wrong. The targets in
//! `fuzz_targets/` only hand bytes over, and `tests/seeds.rs` runs the kept corpus through the same functions.

pub mod claims;
pub mod encode;
pub mod endpoint;
pub mod framing;
pub mod head;
pub mod reply;
pub mod round_trip;

mod decode;
mod exchange;
mod json;
