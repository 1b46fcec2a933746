//! The flash of the whole job, async.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    probes::prepare();
    probes::job_async();
    loop {}
}
