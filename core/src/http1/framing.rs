//! Where a reply's body ends (RFC 9112 §6), and the chunks that it may come in (§7.1). What the head says comes from
//! `head`; the bytes of the body are moved by the exchange.

use super::head::{Facts, Transfer};
use super::{Fault, MAX_BODY};

#[derive(Clone, Copy)]
pub(super) struct Framing {
    part: Part,
    /// Bytes of the body, or of the chunk, that are still to come; or as much of the chunk's size as is read.
    rest: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The body, of a length that the head tells.
    Length,
    /// The body, which ends where the stream does.
    UntilClose,
    /// A chunk's size, before and behind its first digit, and blanks behind it.
    Size,
    SizeDigits,
    Blanks,
    /// A chunk's data, and its end.
    Data,
    DataEnd,
    /// The start of a trailer's line, and the rest of it; or the rest of a size's, an extension.
    LineStart,
    Line,
    Complete,
}

/// What the next bytes are.
pub(super) enum Next {
    /// Up to so many are the body's.
    Data(usize),
    /// One is the framing's.
    Framing,
    /// None: the body is complete.
    Nothing,
}

impl Framing {
    /// Of a reply whose head isn't known yet.
    pub(super) const NONE: Self = Self { part: Part::Size, rest: 0 };

    pub(super) const COMPLETE: Self = Self { part: Part::Complete, rest: 0 };

    /// RFC 9112 §6.3, without the ways in which two readers could understand a reply differently.
    pub(super) fn of(facts: &mut Facts) -> Result<Self, Fault> {
        let (part, rest) = match (facts.transfer, facts.length) {
            (transfer, length) if matches!(facts.status, 204 | 304) => {
                // They have no body. What is said of one all the same may come yet, so nothing else will.
                facts.close |= transfer != Transfer::Absent || length.unwrap_or(0) > 0;
                (Part::Length, 0)
            }
            (Transfer::Absent, Some(length)) => (Part::Length, length),
            (Transfer::Absent, None) => (Part::UntilClose, usize::MAX),
            (Transfer::Chunked, None) if facts.http_1_1 => (Part::Size, 0),
            _ => return Err(Fault::Framing),
        };
        Ok(Self { part, rest })
    }

    pub(super) fn next(&self) -> Next {
        match self.part {
            Part::Length if self.rest == 0 => Next::Nothing,
            Part::Complete => Next::Nothing,
            Part::Length | Part::UntilClose | Part::Data => Next::Data(self.rest),
            _ => Next::Framing,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        matches!(self.next(), Next::Nothing)
    }

    pub(super) fn is_until_close(&self) -> bool {
        self.part == Part::UntilClose
    }

    /// The body's length, where the head tells it.
    pub(super) fn length(&self) -> Option<usize> {
        (self.part == Part::Length).then_some(self.rest)
    }

    /// `n` of the body's bytes were taken.
    pub(super) fn took(&mut self, n: usize) {
        if self.part != Part::UntilClose {
            self.rest = self.rest.wrapping_sub(n); // never more than `next` said
        }
        if self.part == Part::Data && self.rest == 0 {
            self.part = Part::DataEnd;
        }
    }

    /// A byte of the framing, a line feed for each end of a line.
    pub(super) fn push(&mut self, byte: u8) -> Result<(), Fault> {
        self.part = match self.part {
            Part::Size | Part::SizeDigits if byte.is_ascii_hexdigit() => {
                let digit = if byte <= b'9' { byte & 0x0f } else { (byte & 0x0f).wrapping_add(9) };
                if self.rest > MAX_BODY >> 4 {
                    return Err(Fault::TooLarge);
                }
                self.rest = self.rest << 4 | usize::from(digit);
                Part::SizeDigits
            }
            Part::SizeDigits | Part::Blanks | Part::Line if byte == b'\n' => {
                if self.rest > 0 {
                    Part::Data
                } else {
                    Part::LineStart
                }
            }
            Part::DataEnd if byte == b'\n' => Part::Size,
            Part::LineStart if byte == b'\n' => Part::Complete,
            // Blanks before an extension are bad form, and sent (RFC 9112 §7.1.1); nothing else may follow them.
            Part::SizeDigits | Part::Blanks if matches!(byte, b' ' | b'\t') => Part::Blanks,
            Part::SizeDigits | Part::Blanks if byte == b';' => Part::Line,
            Part::LineStart | Part::Line => Part::Line,
            _ => return Err(Fault::Framing),
        };
        Ok(())
    }
}
