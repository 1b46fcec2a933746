//! The stack of the whole job with reqwless; runs in QEMU.
#![no_std]
#![no_main]

use rig::{host, stack};

#[rig::entry]
fn main() -> ! {
    peer_reqwless::prepare();
    host::tell("stack", stack::run(peer_reqwless::job));
    host::tell("token", peer_reqwless::kept().saturating_sub("Bearer ".len()));
    host::leave()
}
