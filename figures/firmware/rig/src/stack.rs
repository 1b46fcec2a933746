//! A stack of its own for the job: painted before, looked at after. So neither the looking nor the printing, which
//! happen on the main stack, touch what the job left behind.

use crate::place::Place;
use core::arch::global_asm;

const WORDS: usize = 2048;
const PAINT: u32 = 0xa5a5_a5a5;

#[repr(align(8))]
struct Words([u32; WORDS]);

static STACK: Place<Words> = Place::new(Words([0; WORDS]));

// The old stack pointer waits in r4, which every function must preserve.
global_asm!(
    ".section .text.run_on_stack, \"ax\", %progbits",
    ".global run_on_stack",
    ".type run_on_stack, %function",
    ".thumb_func",
    "run_on_stack:",
    "push {{r4, lr}}",
    "mov r4, sp",
    "mov sp, r1",
    "blx r0",
    "mov sp, r4",
    "pop {{r4, pc}}",
    ".size run_on_stack, . - run_on_stack",
    ".text",
);

unsafe extern "C" {
    /// Calls `job` with the stack pointer at `top`, and comes back on the old stack.
    fn run_on_stack(job: extern "C" fn(), top: *mut u32);
}

/// Runs `job` on the painted stack. Returns how many bytes of it were used: `job`'s own frame and all below it.
pub fn run(job: extern "C" fn()) -> usize {
    // SAFETY: no reference to STACK is held anywhere, and the job keeps to it.
    unsafe {
        STACK.get().0.fill(PAINT);
        run_on_stack(job, STACK.address().add(1).cast());
    }
    let untouched = bytes().chunks_exact(4).take_while(|word| *word == PAINT.to_ne_bytes()).count();
    (WORDS - untouched) * 4
}

/// What the job left behind.
pub fn bytes() -> &'static [u8] {
    // SAFETY: the job has ended; nothing writes here until the next `run`, which takes no reference across.
    unsafe { core::slice::from_raw_parts(STACK.address().cast::<u8>(), WORDS * 4) }
}

/// Writes `what` to the stack's lower end: the proof that a search of it can find something.
pub fn plant(what: &[u8]) {
    // SAFETY: as in `bytes`.
    unsafe {
        core::ptr::copy_nonoverlapping(what.as_ptr(), STACK.address().cast::<u8>(), what.len().min(WORDS * 4))
    }
}
