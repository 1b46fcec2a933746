//! What is told to `defmt` and `log`, where those are wanted: that something happened, never what was said.

/// Reports at the level of that name, with a format that both understand.
macro_rules! report {
    ($level:ident, $text:literal $(, $value:expr)*) => {{
        #[cfg(feature = "defmt")]
        defmt::$level!($text $(, $value)*);
        #[cfg(feature = "log")]
        log::$level!($text $(, $value)*);
        #[cfg(not(any(feature = "defmt", feature = "log")))]
        let _ = ($(&$value,)*);
    }};
}
pub(crate) use report;
