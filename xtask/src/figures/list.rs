//! The figures: name, what it is, unit, budget. The only place where a budget is written.

use super::{Entry, number};
use std::fmt::Write as _;

/// One figure, as it stands in figures.json and in a table of README.
pub(super) struct Figure {
    pub(super) name: &'static str,
    /// README's words for it.
    what: &'static str,
    pub(super) unit: &'static str,
    pub(super) budget: Option<f64>,
    /// How far, in parts of the whole, a fresh measurement may lie from the written one.
    pub(super) tolerance: f64,
    table: &'static str,
}

pub(super) const TABLES: &[&str] = &["firmware", "host"];

pub(super) const FIGURES: &[Figure] = &[
    firmware("flash-blocking", "Flash of the whole job", "bytes", Some(8192.0)),
    firmware(
        "flash-blocking-library",
        "Of that flash: Rust's own library, which formats, copies and divides",
        "bytes",
        None,
    ),
    firmware("flash-async", "Flash of the whole job, async", "bytes", None),
    firmware("panics-blocking", "Panics that can be reached", "symbols", Some(0.0)),
    firmware("panics-async", "Panics that can be reached, async", "symbols", None),
    firmware("stack-blocking", "Stack of the whole job", "bytes", Some(1024.0)),
    firmware("stack-async", "Stack of the whole job, async, its future included", "bytes", None),
    firmware(
        "secrets-left-after-token",
        "Copies of secret or token left in stack, scratch and state",
        "windows",
        Some(0.0),
    ),
    firmware(
        "secrets-left-after-forget",
        "Copies of the token left in its memory after `forget`",
        "windows",
        Some(0.0),
    ),
    host("instructions-fetch", "A token fetched", "instructions", None),
    host("instructions-fetch-oauth2", "A token fetched by the oauth2 crate", "instructions", None),
    Figure { budget: Some(0.2), ..host("instructions-fetch-ratio", "keyfob's share of that", "ratio", None) },
    host("instructions-from-memory", "A token from memory", "instructions", Some(100.0)),
    host("instructions-from-memory-as-text", "A token from memory, as `&str`", "instructions", None),
    allocations("allocations-fetch", "Allocations for a token fetched", Some(0.0)),
    allocations("allocations-fetch-oauth2", "Allocations for a token fetched by the oauth2 crate", None),
];

/// Bytes of an image are exact: same compiler, same lock file, same bytes.
const fn firmware(name: &'static str, what: &'static str, unit: &'static str, budget: Option<f64>) -> Figure {
    Figure { name, what, unit, budget, tolerance: 0.0, table: "firmware" }
}

/// Instructions include those of the C library's memcpy, of which machines have different ones.
const fn host(name: &'static str, what: &'static str, unit: &'static str, budget: Option<f64>) -> Figure {
    Figure { name, what, unit, budget, tolerance: 0.02, table: "host" }
}

const fn allocations(name: &'static str, what: &'static str, budget: Option<f64>) -> Figure {
    Figure { tolerance: 0.0, ..host(name, what, "allocations", budget) }
}

/// A table of README, from what figures.json says.
pub(super) fn table(name: &str, entries: &[Entry]) -> String {
    let mut text = String::from("| figure | measured | budget |\n| --- | ---: | ---: |\n");
    for (figure, entry) in FIGURES.iter().zip(entries).filter(|(figure, _)| figure.table == name) {
        let unit = if figure.unit == "ratio" { String::new() } else { format!(" {}", figure.unit) };
        let budget = entry.budget.map_or(String::new(), |budget| format!("≤ {}", number(budget)));
        let _ = writeln!(text, "| {} | {}{unit} | {budget} |", figure.what, number(entry.value));
    }
    text
}
