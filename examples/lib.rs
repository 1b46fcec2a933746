//! The examples; each is in a folder of its own.

/// README's programs are compiled here.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
