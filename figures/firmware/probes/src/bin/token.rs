//! The flash of the whole job, blocking.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    probes::prepare();
    probes::job();
    loop {}
}
