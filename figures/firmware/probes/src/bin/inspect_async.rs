//! Stack and memory of the whole job, async; runs in QEMU.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    probes::inspect(probes::job_async)
}
