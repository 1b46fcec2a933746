//! Lines to the host and the way out, by Arm semihosting: QEMU prints and ends.

use core::arch::asm;

const SYS_WRITEC: u32 = 0x03;
const SYS_EXIT: u32 = 0x18;
const APPLICATION_EXIT: u32 = 0x2_0026;

/// Prints `name value`.
pub fn tell(name: &str, value: usize) {
    name.bytes().for_each(print);
    print(b' ');
    let mut divisor = 1;
    while value / divisor >= 10 {
        divisor *= 10;
    }
    while divisor > 0 {
        print(b'0' + (value / divisor % 10) as u8);
        divisor /= 10;
    }
    print(b'\n');
}

/// Ends the run with exit code 0. (A panic ends it with 1.)
pub fn leave() -> ! {
    // SAFETY: SYS_EXIT takes its reason by value.
    unsafe { call(SYS_EXIT, APPLICATION_EXIT) };
    loop {}
}

fn print(byte: u8) {
    // SAFETY: SYS_WRITEC takes the address of one byte.
    unsafe { call(SYS_WRITEC, (&raw const byte) as u32) };
}

unsafe fn call(operation: u32, parameter: u32) {
    // SAFETY: the caller's.
    unsafe {
        asm!("bkpt 0xab", inout("r0") operation => _, in("r1") parameter, options(nostack));
    }
}
