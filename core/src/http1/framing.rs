//! Where a reply's body ends (RFC 9112 §6), and the chunks that it may come in (§7.1). What the head says comes from
//! `head`; the bytes of the body are moved by the exchange.

use super::head::{Facts, Transfer};
use crate::ResponseError;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes are still to come.
    Length(usize),
    Chunked(Chunked),
    /// The body ends where the stream does.
    UntilClose,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunked {
    /// In a chunk's size, of which so much is read.
    Size {
        digits: bool,
        size: usize,
    },
    /// In the extension behind it, or at the end of its line.
    Extension {
        size: usize,
    },
    SizeLineFeed {
        size: usize,
    },
    /// So many bytes of the chunk are still to come.
    Data(usize),
    DataReturn,
    DataLineFeed,
    /// At the start of a trailer's line, or within one.
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    LastLineFeed,
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
    /// RFC 9112 §6.3, without the ways in which two readers could understand a reply differently.
    pub(super) fn of(facts: &Facts) -> Result<Self, ResponseError> {
        match (facts.transfer, facts.length) {
            _ if matches!(facts.status, 204 | 304) => Ok(Self::Length(0)),
            (Transfer::Absent, Some(length)) => Ok(Self::Length(length)),
            (Transfer::Absent, None) => Ok(Self::UntilClose),
            (Transfer::Chunked, None) if facts.http_1_1 => Ok(Self::Chunked(Chunked::Size {
                digits: false,
                size: 0,
            })),
            _ => Err(ResponseError::Framing),
        }
    }

    pub(super) const fn next(&self) -> Next {
        match self {
            Self::Length(0) | Self::Chunked(Chunked::Complete) => Next::Nothing,
            Self::Length(rest) | Self::Chunked(Chunked::Data(rest)) => Next::Data(*rest),
            Self::Chunked(_) => Next::Framing,
            Self::UntilClose => Next::Data(usize::MAX),
        }
    }

    pub(super) const fn is_complete(&self) -> bool {
        matches!(self.next(), Next::Nothing)
    }

    /// `n` of the body's bytes were taken.
    pub(super) const fn took(&mut self, n: usize) {
        match self {
            Self::Length(rest) => *rest = rest.saturating_sub(n),
            Self::Chunked(Chunked::Data(rest)) => {
                let rest = rest.saturating_sub(n);
                *self = Self::Chunked(if rest == 0 {
                    Chunked::DataReturn
                } else {
                    Chunked::Data(rest)
                });
            }
            _ => {}
        }
    }

    /// A byte of the framing.
    pub(super) fn push(&mut self, byte: u8) -> Result<(), ResponseError> {
        if let Self::Chunked(chunked) = self {
            *chunked = chunked.push(byte)?;
        }
        Ok(())
    }
}

impl Chunked {
    fn push(self, byte: u8) -> Result<Self, ResponseError> {
        Ok(match (self, byte) {
            (Self::Size { size, .. }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = if byte.is_ascii_digit() {
                    byte & 0x0f
                } else {
                    (byte & 0x0f).wrapping_add(9)
                };
                let size = size.checked_mul(16).ok_or(ResponseError::TooLarge)?;
                Self::Size {
                    digits: true,
                    size: size | usize::from(digit),
                }
            }
            (Self::Size { digits: true, size } | Self::Extension { size }, b'\r') => {
                Self::SizeLineFeed { size }
            }
            // Spaces before an extension are bad form, and sent (RFC 9112 §7.1.1).
            (Self::Size { digits: true, size }, b';' | b' ' | b'\t')
            | (Self::Extension { size }, b'\t' | b' '..=b'~' | 0x80..) => Self::Extension { size },
            (Self::SizeLineFeed { size: 0 } | Self::TrailerLineFeed, b'\n') => Self::TrailerStart,
            (Self::SizeLineFeed { size }, b'\n') => Self::Data(size),
            (Self::DataReturn, b'\r') => Self::DataLineFeed,
            (Self::DataLineFeed, b'\n') => Self::Size {
                digits: false,
                size: 0,
            },
            (Self::TrailerStart, b'\r') => Self::LastLineFeed,
            (Self::Trailer, b'\r') => Self::TrailerLineFeed,
            (Self::TrailerStart | Self::Trailer, b'\t' | b' '..=b'~' | 0x80..) => Self::Trailer,
            (Self::LastLineFeed, b'\n') => Self::Complete,
            _ => return Err(ResponseError::Framing),
        })
    }
}
