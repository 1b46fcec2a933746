//! `cargo xtask fuzz`: each target of fuzz/ for a while, from its kept corpus, as many at once as there are cores. What a
//! target is stands in fuzz/.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::Result;

const USAGE: &str = "cargo xtask fuzz [--seconds N] [TARGET…]   20 seconds and all targets if not said";

/// Targets and the dictionaries that help them.
const TARGETS: &[(&str, Option<&str>)] = &[
    ("reply", Some("json")),
    ("head", Some("http")),
    ("framing", Some("http")),
    ("endpoint", Some("url")),
    ("encode", None),
    ("round_trip", Some("script")),
    ("claims", Some("json")),
];

/// Builds the targets, runs them, tells how often each was run.
///
/// # Errors
/// A target doesn't build, or it found something: the file that does it is named.
pub(crate) fn run(arguments: &[&str]) -> Result {
    let (seconds, names) = match arguments {
        ["--seconds", seconds, names @ ..] => (seconds.parse::<u32>().map_err(|_| USAGE)?, names),
        names => (20, names),
    };
    let mut targets = TARGETS.to_vec();
    targets.retain(|(name, _)| names.is_empty() || names.contains(name));
    if targets.is_empty() || (!names.is_empty() && targets.len() != names.len()) {
        return Err(USAGE.into());
    }
    let root = root();
    every_target_is_known(&root)?;
    let built = cargo_fuzz(&root, "build").status().map_err(missing)?;
    if !built.success() {
        return Err(format!("cargo fuzz build: {built}"));
    }
    let waiting = Mutex::new(targets.into_iter());
    let next = || waiting.lock().ok()?.next();
    let lane = || -> Result {
        while let Some((target, words)) = next() {
            let executions = fuzz(&root, target, words, seconds)?;
            println!("{target}: {executions} executions in {seconds} s, nothing found");
        }
        Ok(())
    };
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().try_for_each(|lane| lane.join().map_err(|_| "a lane panicked")?)
    })
}

/// A target that is in fuzz/ but not in the table would never run.
fn every_target_is_known(root: &Path) -> Result {
    let folder = root.join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in files {
        let path = file.map_err(|error| error.to_string())?.path();
        let name = path.file_stem().unwrap_or_default();
        if !TARGETS.iter().any(|(target, _)| *target == name) {
            return Err(format!("{} is not in the table of xtask/src/fuzz.rs", path.display()));
        }
    }
    Ok(())
}

/// Runs one target; what it tells goes to a log. Returns how often it ran.
fn fuzz(root: &Path, target: &str, words: Option<&str>, seconds: u32) -> Result<u64> {
    // New inputs go to the first folder, the kept corpus is only read.
    let found = root.join("fuzz/target/found").join(target);
    fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let log = found.with_extension("log");
    let to = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let dictionary = words.map(|words| format!("-dict={}/fuzz/dictionaries/{words}.dict", root.display()));
    let ended = cargo_fuzz(root, "run")
        .arg(target)
        .arg(&found)
        .arg(root.join("fuzz/corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .args(dictionary)
        .args(["-max_len=2048", "-timeout=10", "-print_final_stats=1"])
        .stdout(Stdio::null())
        .stderr(to)
        .status()
        .map_err(missing)?;
    let told = fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    if !ended.success() {
        let last: Vec<&str> = told.lines().rev().take(40).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return Err(format!("{}\n{target} found something ({})", last.join("\n"), log.display()));
    }
    told.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
        .ok_or_else(|| format!("{target} doesn't say how often it ran: {}", log.display()))
}

/// Without a sanitizer: keyfob forbids unsafe code, so it would find nothing at half the speed.
fn cargo_fuzz(root: &Path, verb: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["+nightly", "fuzz", verb, "--sanitizer", "none"]).current_dir(root.join("fuzz"));
    cargo
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn missing(error: std::io::Error) -> String {
    format!("cargo: {error}; .ci/run installs what the gates need")
}

fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
