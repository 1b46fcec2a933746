//! Stack and memory of the whole job, blocking; runs in QEMU.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    probes::inspect(probes::job)
}
