//! `cargo xtask figures --peers`: keyfob beside others that do the same job. Nothing here gates: times and memory belong
//! to the machine that they were measured on, so the file says which and when.

mod server;

use super::firmware::{TARGET, inspect};
use super::{build, elf, number, read_json, reply, write_json};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const FILE: &str = "figures/peers.json";
/// An odd number has a median.
const RUNS: &str = "41";

const PLAIN: &str = "rustls and ring by hand";
const REQWLESS: &str = "reqwless 0.14, serde-json-core";

#[derive(Serialize, Deserialize)]
struct Peers {
    date: String,
    machine: String,
    rustc: String,
    figures: Vec<Row>,
}

/// One figure of keyfob and of a peer, measured in the same run.
#[derive(Serialize, Deserialize)]
struct Row {
    figure: String,
    unit: String,
    keyfob: f64,
    peer: f64,
    which: String,
}

impl Row {
    fn new(figure: &str, unit: &str, keyfob: f64, peer: f64, which: &str) -> Self {
        Self { figure: figure.into(), unit: unit.into(), keyfob, peer, which: which.into() }
    }
}

/// Measures and writes the file.
pub(super) fn measure(root: &Path) -> crate::Result {
    let mut figures = programs(root)?;
    figures.extend(images(root)?);
    for row in &figures {
        println!("{}: {} {}, {}: {}", row.figure, number(row.keyfob), row.unit, row.which, number(row.peer));
    }
    let date = build::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?.trim().to_owned();
    let peers = Peers { date, machine: machine(), rustc: build::RUSTC.into(), figures };
    write_json(&root.join(FILE), &peers)
}

/// README's table, from what the file says.
pub(super) fn table(root: &Path) -> crate::Result<String> {
    let peers: Peers = read_json(&root.join(FILE))?;
    let mut text =
        String::from("| figure | keyfob | peer | which | share |\n| --- | ---: | ---: | --- | ---: |\n");
    for Row { figure, unit, keyfob, peer, which } in &peers.figures {
        let share = keyfob / peer;
        let (keyfob, peer) = (number(*keyfob), number(*peer));
        let _ = writeln!(text, "| {figure} | {keyfob} {unit} | {peer} {unit} | {which} | {share:.2} |");
    }
    let Peers { date, machine, rustc, .. } = peers;
    let _ = writeln!(text, "\nMeasured on {date}: {machine}, rustc {rustc}.");
    Ok(text)
}

/// Start, a token over https, exit: CPU time, peak memory, size of the file.
fn programs(root: &Path) -> crate::Result<Vec<Row>> {
    // One by one: built together they would share their features.
    let mut folder = PathBuf::new();
    for package in ["runs", "plain", "token"] {
        folder = build::release(root, "peers", &[package], None)?;
    }
    let [plain, token] = ["plain", "token"].map(|name| folder.join(name));
    let server = server::start(reply::whole(root)?)?;
    let costs = build::output(
        Command::new(folder.join("runs"))
            .arg(RUNS)
            .args([&token, &plain])
            .env("TOKEN_URL", &server.token_url)
            .env("CLIENT_ID", "sensor-17")
            .env("CLIENT_SECRET", "Xq7Zc0VbN3mLk9JhGf5Ds2aPoIuYtReW")
            .env("CA_FILE", &server.ca_file),
    )?;
    let cost = |line: &str| {
        let (micros, kib) = line.split_once(' ')?;
        Some((micros.parse::<f64>().ok()?, kib.parse::<f64>().ok()?))
    };
    let costs: Option<Vec<_>> = costs.lines().map(cost).collect();
    let Some([ours, theirs]) = costs.as_deref().and_then(|costs| costs.first_chunk()) else {
        return Err("`runs` told no costs".into());
    };
    #[expect(clippy::cast_precision_loss, reason = "sizes of files")]
    let kilobytes = |path: &Path| {
        let size = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.len();
        Ok::<_, String>((size as f64 / 1000.0).round())
    };
    Ok(vec![
        Row::new(
            "CPU from start to exit, one token over https",
            "ms",
            ours.0 / 1000.0,
            theirs.0 / 1000.0,
            PLAIN,
        ),
        Row::new("its peak resident memory", "KiB", ours.1, theirs.1, PLAIN),
        Row::new("its file, stripped", "kB", kilobytes(&token)?, kilobytes(&plain)?, PLAIN),
    ])
}

/// Flash and stack of the whole job on a Cortex-M4.
#[expect(clippy::cast_precision_loss, reason = "sizes of small images")]
fn images(root: &Path) -> crate::Result<Vec<Row>> {
    let images = build::release(root, "firmware", &["probes"], Some(TARGET))?;
    build::release(root, "firmware", &["peer-reqwless"], Some(TARGET))?;
    let flash = |name: &str| Ok::<_, String>(elf::read(&images.join(name))?.flash as f64);
    let stack = |name: &str| inspect(root, &images.join(name))?.value("stack");
    let empty = flash("empty")?;
    let flash = |name: &str| Ok::<_, String>(flash(name)? - empty);
    Ok(vec![
        Row::new("Flash of the whole job, blocking", "bytes", flash("token")?, flash("reqwless")?, REQWLESS),
        Row::new(
            "Flash of the whole job, async",
            "bytes",
            flash("token_async")?,
            flash("reqwless")?,
            REQWLESS,
        ),
        Row::new(
            "Stack of the whole job, blocking",
            "bytes",
            stack("inspect")?,
            stack("reqwless_inspect")?,
            REQWLESS,
        ),
        Row::new(
            "Stack of the whole job, async",
            "bytes",
            stack("inspect_async")?,
            stack("reqwless_inspect")?,
            REQWLESS,
        ),
    ])
}

/// Processor, cores and system, as Linux names them.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, name: &str, mark: char| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(mark));
        value.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().trim_matches('"').to_owned())
    };
    let processor = after(&read("/proc/cpuinfo"), "model name", ':');
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = after(&read("/etc/os-release"), "PRETTY_NAME", '=');
    format!("{processor}, {cores} cores, {system}")
}
