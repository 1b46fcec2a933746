//! The end of every panic, made so that it can be counted. The count itself is `cargo xtask figures`.
//!
//! A handler that loops may be inlined into each place that panics, and leave no name behind. This one jumps to a
//! label written in assembler, in a section of its own: the optimiser can neither see through it nor rename it, and
//! the linker drops it exactly if nothing refers to it. So the label is in an image if and only if a panic can be
//! reached.

use core::arch::global_asm;
use core::panic::PanicInfo;

// In QEMU it leaves through semihosting's SYS_EXIT with ADP_Stopped_RunTimeErrorUnknown: exit code 1.
global_asm!(
    ".section .text.a_panic_can_be_reached, \"ax\", %progbits",
    ".global a_panic_can_be_reached",
    ".type a_panic_can_be_reached, %function",
    ".thumb_func",
    "a_panic_can_be_reached:",
    "movs r0, #0x18",
    "movw r1, #0x0023",
    "movt r1, #0x0002",
    "bkpt 0xab",
    "b .",
    ".size a_panic_can_be_reached, . - a_panic_can_be_reached",
    ".text",
);

unsafe extern "C" {
    fn a_panic_can_be_reached() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: the label above takes nothing and never returns.
    unsafe { a_panic_can_be_reached() }
}
