//! The lines of a reply's head that are kept, at the front of the exchange's buffer, each as `name:value` and a line feed.
//!
//! The body comes first: a line that finds no room beside it is dropped, and is no error. A 401 serves without its challenge,
//! and must not fail because a buffer was measured for the body of a 200.

use crate::http::speaks_of_tokens;

/// A longer line is skipped like those that mean nothing, in bytes.
const MAX_LINE: usize = 512;

pub(super) struct KeptLines {
    /// Where the line begins that is being read, if it is kept.
    line_at: Option<usize>,
    len: usize,
}

impl KeptLines {
    pub(super) const NONE: Self = Self { line_at: None, len: 0 };

    /// How much of the buffer they fill: never all of it, so that there is a place for what is still to be read.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn begin(&mut self, name: &[u8], buf: &mut [u8]) {
        self.line_at = Some(self.len);
        for byte in name {
            self.push(*byte, buf);
        }
        self.push(b':', buf);
    }

    #[inline(never)]
    pub(super) fn push(&mut self, byte: u8, buf: &mut [u8]) {
        let Some(line_at) = self.line_at else { return };
        if let Some([place, _, ..]) = buf.get_mut(self.len..)
            && self.len.wrapping_sub(line_at) <= MAX_LINE
        {
            *place = byte;
            self.len = self.len.wrapping_add(1);
        } else {
            (self.line_at, self.len) = (None, line_at);
        }
    }

    /// `challenge`: the line is one, and is kept only if it speaks of tokens. A server's Negotiate, NTLM, Digest and Basic
    /// must not crowd those out.
    pub(super) fn end(&mut self, challenge: bool, buf: &mut [u8]) {
        self.push(b'\n', buf);
        if let Some(line_at) = self.line_at.take()
            && challenge
            && !buf.get(line_at..self.len).is_some_and(speaks_of_tokens)
        {
            self.len = line_at;
        }
    }
}
