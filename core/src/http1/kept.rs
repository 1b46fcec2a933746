//! The lines of a reply's head whose text is kept, at the front of the exchange's buffer, each as (mark, text, 0).
//!
//! A line that finds no room is dropped, not an error: a 401 serves without its challenge, and must not fail because a
//! buffer was measured for the body of a 200.

use super::head::Kept;
use crate::HttpReply;
use crate::http::speaks_of_tokens;

/// A longer line is skipped like those that mean nothing, in bytes.
const MAX_LINE: usize = 512;

const CHALLENGE: u8 = b'c';
const NONCE: u8 = b'n';

pub(super) struct KeptLines {
    line: Line,
    challenges: usize,
    nonce: bool,
    /// Bytes that lines would have taken for which there was no room.
    pub(super) dropped: usize,
}

/// The line that is being read.
enum Line {
    None,
    At(usize),
    /// It found no room, and is counted.
    Dropped,
}

impl KeptLines {
    pub(super) const NONE: Self = Self {
        line: Line::None,
        challenges: 0,
        nonce: false,
        dropped: 0,
    };

    pub(super) fn begin(&mut self, kind: Kept, buf: &mut [u8], filled: &mut usize) {
        let mark = match kind {
            Kept::Challenge if self.challenges < HttpReply::MAX_CHALLENGES => CHALLENGE,
            Kept::DpopNonce if !self.nonce => NONCE,
            _ => return,
        };
        self.line = Line::At(*filled);
        self.push(mark, buf, filled);
    }

    pub(super) fn push(&mut self, byte: u8, buf: &mut [u8], filled: &mut usize) {
        let at = match self.line {
            Line::None => return,
            Line::At(at) => at,
            Line::Dropped => {
                self.dropped = self.dropped.saturating_add(1);
                return;
            }
        };
        let len = filled.saturating_sub(at);
        let next = filled.saturating_add(1);
        if len > MAX_LINE {
            *filled = at;
            self.line = Line::None;
        } else if next < buf.len()
            && let Some(place) = buf.get_mut(*filled)
        {
            // The last byte stays free: what is still to be read needs a place.
            (*place, *filled) = (byte, next);
        } else {
            *filled = at;
            self.line = Line::Dropped;
            self.dropped = self.dropped.saturating_add(len).saturating_add(1);
        }
    }

    pub(super) fn end(&mut self, buf: &mut [u8], filled: &mut usize) {
        self.push(0, buf, filled);
        if let Line::At(at) = self.line {
            match buf.get(at..*filled).and_then(<[u8]>::split_first) {
                Some((&CHALLENGE, text)) if !speaks_of_tokens(text) => *filled = at,
                Some((&CHALLENGE, _)) => self.challenges = self.challenges.saturating_add(1),
                _ => self.nonce = true,
            }
        }
        self.line = Line::None;
    }

    /// The lines into the reply they belong to. One that is no UTF-8 says nothing.
    pub(super) fn read<'b>(kept: &'b [u8], reply: &mut HttpReply<'b>) {
        for line in kept.split(|byte| *byte == 0) {
            if let Some((mark, text)) = line.split_first()
                && let Ok(text) = core::str::from_utf8(text.trim_ascii())
            {
                match *mark {
                    CHALLENGE => reply.add_challenge(text),
                    _ => reply.dpop_nonce = Some(text),
                }
            }
        }
    }
}
