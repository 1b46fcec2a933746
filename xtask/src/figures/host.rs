//! Instructions and allocations on the host, by callgrind and by an allocator that counts: `figures/host`.
//!
//! A round is the difference of 1,100 and 100 rounds, divided by 1,000: start and end of the program drop out.

use super::{Found, build};
use std::path::Path;
use std::process::Command;

const FEW: u32 = 100;
const MANY: u32 = 1100;

pub(super) fn measure(root: &Path) -> crate::Result<Found> {
    let programs = build::release(root, "host", &["host"], None)?;
    let instructions = |subject| a_round(|rounds| instructions(&programs.join("rounds"), subject, rounds));
    let allocations = |subject| a_round(|rounds| allocations(&programs.join("allocations"), subject, rounds));

    // Of both without what carries the canned reply.
    let fetch = instructions("keyfob")? - instructions("keyfob_canned_transport")?;
    let oauth2 = instructions("oauth2")? - instructions("oauth2_canned_client")?;
    Ok(Found::from([
        ("instructions-fetch", fetch.round()),
        ("instructions-fetch-oauth2", oauth2.round()),
        ("instructions-fetch-ratio", (fetch / oauth2 * 1000.0).round() / 1000.0),
        ("instructions-from-memory", instructions("keyfob_from_memory")?.round()),
        ("instructions-from-memory-as-text", instructions("keyfob_from_memory_as_text")?.round()),
        ("allocations-fetch", allocations("keyfob")?),
        ("allocations-fetch-oauth2", allocations("oauth2")? - allocations("oauth2_canned_client")?),
    ]))
}

fn a_round(count: impl Fn(u32) -> crate::Result<f64>) -> crate::Result<f64> {
    Ok((count(MANY)? - count(FEW)?) / f64::from(MANY - FEW))
}

/// Instructions of the whole program. The C library picks its memcpy by what the processor can do; told that it can do
/// little, it picks the same on every machine.
fn instructions(program: &Path, subject: &str, rounds: u32) -> crate::Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .env(
            "GLIBC_TUNABLES",
            "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-ERMS,-FSRM,-AVX_Fast_Unaligned_Load",
        )
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([subject, &rounds.to_string()]);
    let output = valgrind.output().map_err(|error| build::missing(&valgrind, &error))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("{valgrind:?}: {}\n{said}", output.status))
}

fn allocations(program: &Path, subject: &str, rounds: u32) -> crate::Result<f64> {
    let printed = build::output(Command::new(program).args([subject, &rounds.to_string()]))?;
    printed.trim().parse().map_err(|_| format!("{} {subject}: no number: {printed}", program.display()))
}
