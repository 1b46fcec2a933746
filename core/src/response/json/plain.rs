//! How far a string runs without anything special: the token is a thousand such bytes, and most of what is read. Only for
//! machines with wide registers; on a small one the reader's own loop serves, and the flash is better used.

use core::cell::Cell;

/// Few strings are longer than so many words of eight bytes.
const SHORT: usize = 3;

/// How many bytes at the front mean themselves in a string: printable ASCII but `"` and `\`. There may be more.
pub(super) fn run(text: &[Cell<u8>]) -> usize {
    if cfg!(not(target_pointer_width = "64")) {
        return 0;
    }
    let (words, rest) = text.as_chunks::<8>();
    let mut run = 0_usize;
    for word in words.iter().take(SHORT) {
        let marks = marks(word);
        run = run.wrapping_add(marks as usize / 8);
        if marks < 64 {
            return run;
        }
    }
    if words.len() > SHORT { long_run(text) } else { run.wrapping_add(singles(rest)) }
}

/// In blocks, which the compiler turns into vectors, then in words.
#[inline(never)]
fn long_run(text: &[Cell<u8>]) -> usize {
    let (blocks, _) = text.as_chunks::<64>();
    let is_usual = |byte: u8| byte.cast_signed() > 0x22 && byte != b'\\';
    let whole = |block: &&[Cell<u8>; 64]| block.iter().fold(true, |all, byte| all & is_usual(byte.get()));
    let mut run = blocks.iter().take_while(whole).count().wrapping_mul(64);
    let (words, rest) = text.get(run..).unwrap_or_default().as_chunks::<8>();
    for word in words {
        let marks = marks(word);
        run = run.wrapping_add(marks as usize / 8);
        if marks < 64 {
            return run;
        }
    }
    run.wrapping_add(singles(rest))
}

fn singles(text: &[Cell<u8>]) -> usize {
    let is_plain = |byte: u8| byte.cast_signed() >= 0x20 && byte != b'"' && byte != b'\\';
    text.iter().take_while(|byte| is_plain(byte.get())).count()
}

/// At which bit of the word the first byte stands that does not mean itself, as its highest; 64 if none. (The borrow of a
/// subtraction may mark bytes behind it, none before.)
#[inline(always)]
fn marks(word: &[Cell<u8>; 8]) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(word.each_ref().map(Cell::get));
    let quote = word ^ ONES.wrapping_mul(b'"'.into());
    let backslash = word ^ ONES.wrapping_mul(b'\\'.into());
    // Each subtraction carries into a byte's highest bit what is below its limit: 1 above, which is zero, or a space.
    let below =
        quote.wrapping_sub(ONES) | backslash.wrapping_sub(ONES) | word.wrapping_sub(ONES.wrapping_mul(0x20));
    ((below | word) & ONES.wrapping_mul(0x80)).trailing_zeros()
}
