//! `cargo xtask …`: the door to the gates, the figures and the real Keycloak. Each verb has a file of its own.

mod ci;
mod figures;
mod fuzz;
mod keycloak;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask ci [GATE…] [--full]         the gates: all, these, or the long ones, too
cargo xtask keycloak up | down | test   the real Keycloak: start, stop, run the suite against it
cargo xtask figures [--peers]           measure, write figures.json, generate README's tables
cargo xtask fuzz [--seconds N]          each fuzz target for N seconds
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["ci", rest @ ..] => ci::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["keycloak", rest @ ..] => keycloak::run(rest),
        ["figures", rest @ ..] => figures::run(rest),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What went wrong, in a line that says who can mend it.
type Result<T = (), E = String> = std::result::Result<T, E>;
