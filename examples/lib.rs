//! The examples; each is in a folder of its own.
