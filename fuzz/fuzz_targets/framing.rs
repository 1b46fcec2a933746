//! See `keyfob_fuzz::framing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keyfob_fuzz::framing::check(data));
