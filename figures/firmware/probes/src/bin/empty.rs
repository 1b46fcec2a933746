//! What every image costs: to be subtracted.
#![no_std]
#![no_main]

#[rig::entry]
fn main() -> ! {
    loop {}
}
