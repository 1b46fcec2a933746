//! See `keyfob_fuzz::encode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyfob_fuzz::encode::check(data));
