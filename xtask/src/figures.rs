//! `cargo xtask figures`: measures, writes figures.json, generates README's tables from it, and fails over budget.
//!
//! What is measured, in which unit and within which budget is the table in `figures/list.rs`. How is in `firmware.rs`
//! (flash, panics, stack, secrets left behind), `host.rs` (instructions, allocations) and `peers.rs` (time, memory,
//! binaries, beside others; no gate). `build.rs` holds the toolchain that the figures belong to.

mod build;
mod elf;
mod firmware;
mod host;
mod list;
mod peers;
mod readme;
mod reply;

use list::{FIGURES, Figure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "figures.json";

/// What a measurement found: values by the names of the list.
type Found = BTreeMap<&'static str, f64>;

/// One entry of figures.json.
#[derive(Serialize, Deserialize, PartialEq)]
struct Entry {
    figure: String,
    #[serde(serialize_with = "whole_if_it_is")]
    value: f64,
    unit: String,
    #[serde(serialize_with = "whole_if_there")]
    budget: Option<f64>,
}

/// Runs the verb.
pub(crate) fn run(arguments: &[&str]) -> crate::Result {
    let root = build::root();
    match arguments {
        [] => {
            let entries = measured(&root)?;
            write_json(&root.join(FILE), &entries)?;
            let written = tables(&root, &entries).and_then(|tables| readme::write(&root, &tables));
            within_budget(&entries).and(written)
        }
        ["--check"] => {
            let entries = measured(&root)?;
            within_budget(&entries)?;
            let written: Vec<Entry> = read_json(&root.join(FILE))?;
            same(&written, &entries)?;
            readme::check(&root, &tables(&root, &written)?)
        }
        ["--peers"] => {
            peers::measure(&root)?;
            readme::write(&root, &tables(&root, &read_json::<Vec<Entry>>(&root.join(FILE))?)?)
        }
        _ => Err("cargo xtask figures [--check | --peers]".into()),
    }
}

fn measured(root: &Path) -> crate::Result<Vec<Entry>> {
    let mut found = firmware::measure(root)?;
    found.append(&mut host::measure(root)?);
    let entry = |figure: &Figure| {
        let value = *found.get(figure.name).ok_or_else(|| format!("{} was not measured", figure.name))?;
        println!("{:45} {:>10} {}", figure.name, number(value), figure.unit);
        Ok(Entry { figure: figure.name.into(), value, unit: figure.unit.into(), budget: figure.budget })
    };
    FIGURES.iter().map(entry).collect()
}

fn within_budget(entries: &[Entry]) -> crate::Result {
    let over = |entry: &&Entry| entry.budget.is_some_and(|budget| entry.value > budget);
    let lines: Vec<String> = entries
        .iter()
        .filter(over)
        .map(|entry| {
            let budget = number(entry.budget.unwrap_or_default());
            format!(
                "over budget: {} is {} {}, may be {budget}",
                entry.figure,
                number(entry.value),
                entry.unit
            )
        })
        .collect();
    if lines.is_empty() { Ok(()) } else { Err(lines.join("\n")) }
}

/// What figures.json says must be what is measured, within what the list allows.
fn same(written: &[Entry], measured: &[Entry]) -> crate::Result {
    const MEND: &str = "run `cargo xtask figures` and commit what it writes";
    if written.len() != measured.len() {
        return Err(format!(
            "{FILE} has {} figures, measured were {}: {MEND}",
            written.len(),
            measured.len()
        ));
    }
    for ((written, measured), figure) in written.iter().zip(measured).zip(FIGURES) {
        let apart = (written.value - measured.value).abs();
        let alike = (&written.figure, &written.unit, written.budget)
            == (&measured.figure, &measured.unit, measured.budget)
            && apart <= figure.tolerance * measured.value.abs();
        if !alike {
            let (old, new) = (number(written.value), number(measured.value));
            return Err(format!(
                "{FILE} says {} {old}, measured is {} {new}: {MEND}",
                written.figure, measured.figure
            ));
        }
    }
    Ok(())
}

/// README's tables by name, as they should read.
fn tables(root: &Path, entries: &[Entry]) -> crate::Result<Vec<(&'static str, String)>> {
    let mut tables: Vec<_> = list::TABLES.iter().map(|table| (*table, list::table(table, entries))).collect();
    tables.push(("peers", peers::table(root)?));
    Ok(tables)
}

/// With a mark at every thousand; three decimals where it isn't whole.
fn number(value: f64) -> String {
    if value.fract() != 0.0 {
        return format!("{value:.3}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> crate::Result {
    let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    std::fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> crate::Result<T> {
    let text = read(path)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> crate::Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn whole_if_there<S: serde::Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => whole_if_it_is(value, to),
        None => to.serialize_none(),
    }
}

/// 8192, not 8192.0.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::cast_possible_truncation,
    reason = "serde's; it is whole"
)]
fn whole_if_it_is<S: serde::Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 { to.serialize_i64(*value as i64) } else { to.serialize_f64(*value) }
}

#[cfg(test)]
mod tests {
    use super::{Entry, FIGURES, number, same, within_budget};

    fn entries() -> Vec<Entry> {
        let entry = |figure: &super::Figure| Entry {
            figure: figure.name.into(),
            value: figure.budget.unwrap_or(1000.0),
            unit: figure.unit.into(),
            budget: figure.budget,
        };
        FIGURES.iter().map(entry).collect()
    }

    #[test]
    fn what_is_at_its_budget_passes_and_what_is_over_is_named() {
        let mut measured = entries();
        assert_eq!(within_budget(&measured), Ok(()));
        let budget = measured[0].value;
        measured[0].value += 1.0;
        let error = within_budget(&measured).unwrap_err();
        let (over, budget) = (number(budget + 1.0), number(budget));
        assert_eq!(error, format!("over budget: flash-blocking is {over} bytes, may be {budget}"));
    }

    #[test]
    fn bytes_differ_by_one_and_instructions_by_more() {
        let written = entries();
        let with = |name: &str, value: f64| {
            let mut measured = entries();
            measured.iter_mut().find(|entry| entry.figure == name).unwrap().value = value;
            measured
        };
        assert_eq!(same(&written, &entries()), Ok(()));
        assert!(same(&written, &with("flash-async", 1001.0)).is_err());
        assert_eq!(same(&written, &with("instructions-fetch", 1019.0)), Ok(()));
        assert!(same(&written, &with("instructions-fetch", 1021.0)).is_err());
        assert!(same(&written[1..], &entries()).is_err());
    }

    #[test]
    fn numbers_read_well() {
        let texts = [0.0, 999.0, 1000.0, 1_234_567.0, 0.2].map(number);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567", "0.200"]);
    }
}
