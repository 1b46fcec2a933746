//! `runs TIMES PROGRAM …`: starts each program in turn, so many times, and prints for each a line with the medians of
//! CPU time (user and system, in µs) and of the peak resident memory (in KiB), as the kernel accounts for them.
//!
//! A process of its own, because a child inherits its parent's peak until it has one itself: so the parent must be small.

use std::process::{Command, Stdio};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let times = arguments.next().and_then(|times| times.parse().ok()).expect("a number of times");
    let programs: Vec<String> = arguments.collect();
    let mut costs = vec![Vec::new(); programs.len()];
    for _ in 0..times {
        for (program, costs) in programs.iter().zip(&mut costs) {
            costs.push(run(program));
        }
    }
    for costs in &mut costs {
        println!("{} {}", median(costs, |cost| cost.0), median(costs, |cost| cost.1));
    }
}

/// CPU time and peak memory of one run.
#[expect(clippy::zombie_processes, reason = "wait4 is the wait")]
fn run(program: &str) -> (i64, i64) {
    let child = Command::new(program).stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts");
    let pid = i32::try_from(child.id()).expect("a process id");
    let mut status = 0;
    // SAFETY: all zeros are a valid rusage; wait4 writes to both places and to nothing else.
    let (ended, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid, &raw mut status, 0, &raw mut usage), usage)
    };
    assert!(ended == pid && status == 0, "{program} failed: {status}");
    let micros = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
    (micros(usage.ru_utime) + micros(usage.ru_stime), usage.ru_maxrss)
}

fn median(costs: &mut [(i64, i64)], which: fn(&(i64, i64)) -> i64) -> i64 {
    costs.sort_unstable_by_key(which);
    which(&costs[costs.len() / 2])
}
