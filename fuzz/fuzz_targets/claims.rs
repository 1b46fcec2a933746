//! See `keyfob_fuzz::claims`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyfob_fuzz::claims::check(data));
