//! See `keyfob_fuzz::head`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyfob_fuzz::head::check(data));
