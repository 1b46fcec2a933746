//! The flash of the whole job with reqwless.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    peer_reqwless::prepare();
    peer_reqwless::job();
    loop {}
}
