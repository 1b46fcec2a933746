//! `application/x-www-form-urlencoded` (RFC 6749 Appendix B, WHATWG URL §5.2): one name or value at a time.

use crate::bytes::{ByteSet, split};
use crate::write::Writer;
use crate::{Buffer, CapacityError};

/// Writes `text`, encoded, into `out` and returns the length: a space becomes `+`, letters, digits and `*-._` stay,
/// every other byte becomes `%XX`.
///
/// ```
/// let mut out = [0; 64];
/// let len = keyfob::request::form::encode(" %&+£€", &mut out)?;
/// assert_eq!(&out[..len], b"+%25%26%2B%C2%A3%E2%82%AC"); // the vector of RFC 6749 Appendix B
/// # Ok::<(), keyfob::CapacityError>(())
/// ```
///
/// # Errors
/// `out` is shorter than [`encode_len`]; then nothing was written.
pub fn encode(text: &str, out: &mut [u8]) -> Result<usize, CapacityError> {
    let needed = encode_len(text);
    if needed > out.len() {
        return Err(CapacityError { buffer: Buffer::Output, needed, available: out.len() });
    }
    write(&mut Writer::new(out), text, Space::Plus);
    Ok(needed)
}

/// The length of what [`encode`] writes, in bytes.
#[must_use]
pub fn encode_len(text: &str) -> usize {
    let mut count = Writer::new(&mut []);
    write(&mut count, text, Space::Plus);
    count.len()
}

/// How a space is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// `+`, as in a body.
    Plus,
    /// `%20`, as in Basic credentials: the letter of RFC 6749 would be `+`, which some servers don't take.
    Percent,
}

/// Writes `text`, encoded, with a length that the writer counts.
pub(crate) fn write(out: &mut Writer<'_>, text: &str, space: Space) {
    pieces(text, space, |piece| {
        out.bytes(piece);
    });
}

/// Hands over the encoded text piece by piece: whole runs of characters that stay as they are.
pub(crate) fn pieces(text: &str, space: Space, mut take: impl FnMut(&[u8])) {
    let mut rest = text.as_bytes();
    loop {
        let plain = rest.iter().position(|byte| !PLAIN.contains(*byte)).unwrap_or(rest.len());
        let (run, special) = split(rest, plain);
        take(run);
        let [byte, after @ ..] = special else { return };
        if *byte == b' ' && space == Space::Plus {
            take(b"+");
        } else {
            take(&[b'%', hex(byte >> 4), hex(byte & 0x0f)]);
        }
        rest = after;
    }
}

const fn hex(nibble: u8) -> u8 {
    nibble.wrapping_add(if nibble < 10 { b'0' } else { b'A' - 10 })
}

/// What stays as it is (WHATWG URL §1.3).
const PLAIN: ByteSet = ByteSet::alphanumeric_and(b"*-._");
