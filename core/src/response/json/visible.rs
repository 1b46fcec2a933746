//! How far a text runs without anything special: the token is a thousand such bytes, and most of what is read. Only for
//! machines with wide registers; on a small one the reader's own loop serves, and the flash is better used.

/// Few strings are longer than so many words of eight bytes.
const SHORT: usize = 3;

/// How many bytes at the front are visible ASCII and mean themselves in a string: `#` to `~`, but no `\`. (`!` would too, and
/// is rare.)
pub(super) fn run(text: &[u8]) -> usize {
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
fn long_run(text: &[u8]) -> usize {
    let mut run = blocks::<256>(text);
    run = run.wrapping_add(blocks::<64>(text.get(run..).unwrap_or_default()));
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

/// How many bytes the blocks at the front hold in which nothing is special.
fn blocks<const N: usize>(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<N>();
    // No way out of the loop over a block: only so does it become vectors.
    let whole = |block: &&[u8; N]| {
        let (highest, backslash) = block.iter().fold((0, 0), |(highest, backslash), byte| {
            (byte.wrapping_sub(b'#').max(highest), u8::from(*byte == b'\\') | backslash)
        });
        highest <= b'~' - b'#' && backslash == 0
    };
    blocks.iter().take_while(whole).count().wrapping_mul(N)
}

fn singles(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b'#'..=b'~') && **byte != b'\\').count()
}

/// At which bit of the word the first byte stands that is special, as its highest; 64 if none. (The borrow of a subtraction
/// and the carry of an addition may mark bytes behind it, none before.)
#[inline(always)]
fn marks(word: &[u8; 8]) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*word);
    let backslash = word ^ ONES.wrapping_mul(b'\\'.into());
    // Each subtraction carries into a byte's highest bit what is below its limit: 1, which is zero, or `#`.
    let below = backslash.wrapping_sub(ONES) | word.wrapping_sub(ONES.wrapping_mul(b'#'.into()));
    let above = word | word.wrapping_add(ONES); // beyond ASCII, and the last of it
    ((below | above) & ONES.wrapping_mul(0x80)).trailing_zeros()
}
