//! `cargo xtask ci`: runs the gates one after the other and stops at the first that fails. Which there are is the table
//! in `ci/gates.rs`; `fresh.rs` and `tree.rs` are the two that no ready-made command answers.

mod fresh;
mod gates;
mod tree;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Result;
use gates::{GATES, Gate, LONG, Work};

const USAGE: &str = "\
cargo xtask ci                   all gates
cargo xtask ci GATE…             these
cargo xtask ci --without GATE    all but this one
cargo xtask ci --full            all, and the long ones; the summary goes to target/ci.md, too
";

/// Runs the gates that are asked for.
pub(crate) fn run(arguments: &[&str]) -> Result {
    let all = || GATES.iter();
    match arguments {
        [] => through(all()).1,
        ["--full"] => {
            let (summary, outcome) = through(all().chain(LONG));
            let file = root().join("target/ci.md");
            std::fs::write(&file, summary).map_err(|error| format!("{}: {error}", file.display()))?;
            outcome
        }
        ["--without", name] => {
            let without = find(name)?;
            through(all().filter(|gate| gate.name != without.name)).1
        }
        names => {
            let gates = names.iter().map(|name| find(name)).collect::<Result<Vec<_>>>()?;
            through(gates.into_iter()).1
        }
    }
}

fn find(name: &str) -> Result<&'static Gate> {
    let mut gates = GATES.iter().chain(LONG);
    gates.clone().find(|gate| gate.name == name).ok_or_else(|| {
        let list = gates.by_ref().fold(String::new(), |mut list, gate| {
            let _ = writeln!(list, "  {:<13} {}", gate.name, gate.why);
            list
        });
        format!("{USAGE}\ngates:\n{list}")
    })
}

/// One after the other, up to the first that fails; and a table of how long each took.
fn through(gates: impl Iterator<Item = &'static Gate>) -> (String, Result) {
    let began_at = Instant::now();
    let mut summary = String::from("| gate | seconds | | what it keeps true |\n| --- | ---: | --- | --- |\n");
    let mut outcome = Ok(());
    for gate in gates {
        println!("\n== {}: {}", gate.name, gate.why);
        let gate_began_at = Instant::now();
        outcome = ask(&gate.work).map_err(|error| {
            format!("{error}\n\nThe gate `{0}` failed. Repeat it with: cargo xtask ci {0}", gate.name)
        });
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        let time = seconds(gate_began_at.elapsed());
        println!("== {} {word} in {time} s", gate.name);
        let _ = writeln!(summary, "| {} | {time} | {word} | {} |", gate.name, gate.why);
        if outcome.is_err() {
            break;
        }
    }
    let _ = writeln!(summary, "| in all | {} | | |", seconds(began_at.elapsed()));
    println!("\n{summary}");
    (summary, outcome)
}

fn ask(work: &Work) -> Result {
    match work {
        Work::Lines(lines) => lines.iter().try_for_each(|line| {
            println!("$ {line}");
            succeed(&mut command(line))
        }),
        Work::Code(check) => check(),
    }
}

/// A command from a line as it could be typed at the root. No quotes: no line needs them.
fn command(line: &str) -> Command {
    let mut words = line.split_whitespace().peekable();
    let mut variables = Vec::new();
    while let Some(variable) = words.next_if(|word| word.contains('=')) {
        variables.extend(variable.split_once('='));
    }
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).envs(variables).current_dir(root());
    command
}

/// Runs it; anything but success is an error that shows the line.
fn succeed(command: &mut Command) -> Result {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}; .ci/run installs what the gates need")),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}

/// The project's root: xtask lies directly below.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
