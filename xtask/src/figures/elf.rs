//! Reads a linked image: what lies in flash, and which of it is a panic or Rust's own library.

use object::elf::{SHF_ALLOC, SHT_NOBITS};
use object::read::elf::{ElfFile32, FileHeader, SectionHeader};
use object::{Endianness, Object, ObjectSymbol, SymbolKind};
use std::path::Path;

/// Functions that end in a panic. The names are Rust's own, private and changing: hence the label in
/// `figures/firmware/rig/src/panic.rs`, to which every panic must come, whatever it is called. It counts as one.
const PANICS: &[&str] = &[
    "a_panic_can_be_reached",
    "rust_begin_unwind",
    "core::panicking::",
    "panic_fmt",
    "panic_bounds_check",
    "panic_const",
    "unwrap_failed",
    "expect_failed",
    "slice_index_fail",
    "slice_error_fail",
    "slice_start_index",
    "slice_end_index",
    "slice_index_order",
    "len_mismatch_fail",
    "already_borrowed",
    "already_mutably_borrowed",
    "assert_failed",
    "capacity_overflow",
    "handle_alloc_error",
];

/// Crates that come with the compiler, and the names that its runtime must have.
const LIBRARY: &[&str] =
    &["core::", "<core::", "compiler_builtins::", "memcpy", "memmove", "memset", "memcmp", "__aeabi"];

/// What an image holds.
pub(super) struct Image {
    /// Bytes of flash: code, constants and the first values of variables.
    pub(super) flash: u64,
    /// Bytes of Rust's own library in it.
    pub(super) of_rust: u64,
    /// Names of what can panic.
    pub(super) panics: Vec<String>,
}

pub(super) fn read(path: &Path) -> crate::Result<Image> {
    let failed = |error: String| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let file = ElfFile32::<Endianness>::parse(&*bytes).map_err(|error| failed(error.to_string()))?;
    let endian = file.endian();
    let sections = file.elf_header().sections(endian, &*bytes).map_err(|error| failed(error.to_string()))?;
    let in_flash = |section: &&object::elf::SectionHeader32<Endianness>| {
        section.sh_flags(endian) & SHF_ALLOC == SHF_ALLOC && section.sh_type(endian) != SHT_NOBITS
    };
    let flash = sections.iter().filter(in_flash).map(|section| u64::from(section.sh_size(endian))).sum();

    let (mut of_rust, mut panics) = (0, Vec::new());
    for symbol in file.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == SymbolKind::Text)
    {
        let name = symbol.name().map_err(|error| failed(error.to_string()))?;
        let name = format!("{:#}", rustc_demangle::demangle(name));
        if PANICS.iter().any(|panic| name.contains(panic)) {
            panics.push(name.clone());
        }
        if LIBRARY.iter().any(|library| name.starts_with(library)) {
            of_rust += symbol.size();
        }
    }
    Ok(Image { flash, of_rust, panics })
}
