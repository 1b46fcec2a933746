//! A reply's status line and header fields (RFC 9112 §4, §5), in constant memory. Each line is gathered in the exchange's
//! buffer, behind the lines that are kept there, and judged when it is whole: what the protocol uses is noted or kept,
//! everything else skipped, however long. How the body is framed is `framing`'s affair.
//!
//! The body comes first: a line that finds no room beside it is dropped, and is no error. A 401 serves without its challenge,
//! and must not fail because a buffer was measured for the body of a 200.

use super::Fault;
use crate::bytes::{ByteSet, is_same_text, position, split};
use crate::http::speaks_of_tokens;

/// A longer line is skipped like those that mean nothing, in bytes.
const MAX_LINE: usize = 512;

/// Kept lines leave so much of the buffer to the line that is read: more than any has that tells how the body is framed.
const LINE_ROOM: usize = 64;

/// What the head says about the rest.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// 0 until the status line was read.
    pub(super) status: u16,
    pub(super) http_1_1: bool,
    pub(super) length: Option<usize>,
    pub(super) transfer: Transfer,
    /// `Connection` says anything but `keep-alive`.
    pub(super) close: bool,
    /// `Content-Encoding` names a coding.
    pub(super) encoded: bool,
}

/// What `Transfer-Encoding` says (RFC 9112 §6.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    Absent,
    /// `chunked`, once and alone.
    Chunked,
    Other,
}

pub(super) struct Head {
    /// Behind a whole line, the next may be folded onto it.
    line_start: bool,
    /// Where the line begins that is read, behind those that are kept.
    pub(super) line_at: usize,
    /// It is longer than what is there of it.
    long: bool,
    pub(super) facts: Facts,
}

/// The fields that mean something, and where each stands in the list.
const NAMES: &str = "content-length transfer-encoding connection content-encoding www-authenticate retry-after date dpop-nonce";
const CONTENT_LENGTH: usize = 0;
const TRANSFER_ENCODING: usize = 1;
const CONNECTION: usize = 2;
const CONTENT_ENCODING: usize = 3;
const WWW_AUTHENTICATE: usize = 4;

/// Of a status line, without its reason (RFC 9112 §4): `HTTP/1.1 200` and what follows.
const STATUS_LEN: usize = 13;

type Result<T> = core::result::Result<T, Fault>;

impl Head {
    pub(super) const fn new() -> Self {
        Self {
            line_start: false,
            line_at: 0,
            long: false,
            facts: Facts {
                status: 0,
                http_1_1: false,
                length: None,
                transfer: Transfer::Absent,
                close: false,
                encoded: false,
            },
        }
    }

    /// A byte of the head, a line feed for each end of a line. Returns whether it was the last. The line goes on at `buf[*end]`,
    /// with at most one byte for each that was read, so that none is overwritten unread; there is always a place left for
    /// the next.
    pub(super) fn push(&mut self, byte: u8, buf: &mut [u8], end: &mut usize) -> Result<bool> {
        if self.line_start {
            // A folded line (RFC 9112 §5.2): as if its break were a space. Nothing is folded onto the status line, of which
            // nothing is left.
            if matches!(byte, b' ' | b'\t') && *end > 0 {
                self.line_start = false;
                if !self.long
                    && let Some(line_feed) = buf.get_mut(end.wrapping_sub(1))
                {
                    *line_feed = b' ';
                }
                return Ok(false);
            }
            self.end_line(buf, end)?;
            if byte == b'\n' {
                return Ok(true);
            }
            // A byte that no name may hold shows when the line is judged.
        }
        self.line_start = byte == b'\n';
        if !self.long
            && let Some([place, _, ..]) = buf.get_mut(*end..)
            && end.wrapping_sub(self.line_at) < MAX_LINE
        {
            *place = byte;
            *end = end.wrapping_add(1);
        } else {
            self.long = true;
        }
        if self.facts.status == 0 && (*end == STATUS_LEN || self.line_start) {
            self.facts.read_status(split(buf, *end).0)?;
            // The rest, the reason, is as a line too long that has no name.
            (self.long, *end) = (true, 0);
        }
        Ok(false)
    }

    #[inline(never)]
    fn end_line(&mut self, buf: &[u8], end: &mut usize) -> Result<()> {
        let line = split(split(buf, *end).0, self.line_at).1;
        let room = buf.len().wrapping_sub(*end) >= LINE_ROOM;
        if self.facts.read_field(line, self.long)? && room && !self.long {
            self.line_at = *end;
        } else {
            *end = self.line_at;
        }
        self.long = false;
        Ok(())
    }
}

impl Facts {
    /// `HTTP/1.1 200`, then a space or the line's end; the reason may be empty and says nothing.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn read_status(&mut self, line: &[u8]) -> Result<()> {
        let (version, rest) = line.split_first_chunk().ok_or(Fault::Head)?;
        self.http_1_1 = version == b"HTTP/1.1";
        match rest {
            [b' ', hundreds @ b'1'..=b'5', tens @ b'0'..=b'9', ones @ b'0'..=b'9', b' ' | b'\n']
                if self.http_1_1 || version == b"HTTP/1.0" =>
            {
                let digit = |byte: &u8| u16::from(byte & 0x0f);
                let (tens, ones) = (digit(tens).wrapping_mul(10), digit(ones));
                self.status = digit(hundreds).wrapping_mul(100).wrapping_add(tens).wrapping_add(ones);
                Ok(())
            }
            _ => Err(Fault::Head),
        }
    }

    /// Notes what the field says, and returns whether its line is one to keep. `long`: its end is missing.
    fn read_field(&mut self, line: &[u8], long: bool) -> Result<bool> {
        // A field's name is a token (RFC 9110 §5.1), with no space before its colon (RFC 9112 §5.1).
        const TOKEN: ByteSet = ByteSet::alphanumeric_and(b"!#$%&'*+-.^_`|~");
        // No number, and no word that means something.
        const UNKNOWN: &[u8] = b"?";
        let name_len = line.iter().take_while(|byte| TOKEN.contains(**byte)).count();
        let (name, value) = split(line, name_len);
        let value = match value {
            [b':', value @ ..] if !name.is_empty() => {
                if long {
                    UNKNOWN
                } else {
                    trim(value)
                }
            }
            [] if long => UNKNOWN,
            _ => return Err(Fault::Head),
        };
        let Some(field) = position(NAMES, name, is_same_text) else { return Ok(false) };
        let is = |text: &str| is_same_text(value, text.as_bytes());
        match field {
            // RFC 9112 §6.3: one, of digits only; what is repeated or a list is somebody's attack.
            CONTENT_LENGTH => {
                if self.length.is_some() || value.is_empty() || value.len() > 20 {
                    return Err(Fault::Framing);
                }
                self.length = Some(decimal(value)?);
            }
            TRANSFER_ENCODING => {
                let chunked = self.transfer == Transfer::Absent && is("chunked");
                self.transfer = if chunked { Transfer::Chunked } else { Transfer::Other };
            }
            // A list is not worth the look: a stream can always be left unused.
            CONNECTION => self.close |= !is("keep-alive"),
            CONTENT_ENCODING => self.encoded |= !is("identity") && !is(""),
            // A server's Negotiate, NTLM, Digest and Basic must not crowd those out that speak of tokens.
            WWW_AUTHENTICATE => return Ok(speaks_of_tokens(value)),
            _ => return Ok(true),
        }
        Ok(false)
    }
}

/// Without the white space and the line's end around it. (`trim_ascii` knows more kinds of it, which cannot be here.)
fn trim(mut value: &[u8]) -> &[u8] {
    // No other byte up to the space can be here.
    while let [0..=b' ', rest @ ..] | [rest @ .., 0..=b' '] = value {
        value = rest;
    }
    value
}

/// Digits only; a number too large for the machine is a reply too large for it.
fn decimal(digits: &[u8]) -> Result<usize> {
    let mut number = 0_usize;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Fault::Framing);
        }
        let next = number.checked_mul(10).and_then(|number| number.checked_add(usize::from(digit & 0x0f)));
        number = next.ok_or(Fault::TooLarge)?;
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::{Fault, Head};
    use std::vec;

    /// What the head says of the body's length, in a buffer of so many bytes.
    fn length(head: &str, available: usize) -> Result<Option<usize>, Fault> {
        let (mut reader, mut buf, mut end) = (Head::new(), vec![0; available], 0);
        for byte in head.bytes().filter(|byte| *byte != b'\r') {
            if reader.push(byte, &mut buf, &mut end)? {
                return Ok(reader.facts.length);
            }
        }
        panic!("no end: {head}")
    }

    #[test]
    fn no_length_is_read_from_a_part_of_its_line() {
        for spaces in 0..600 {
            for (front, digits) in
                [("HTTP/1.1 200\r\n", "17"), ("HTTP/1.1 200\r\nDate: x\r\n", "00000000000000000017")]
            {
                let head = std::format!("{front}Content-Length:{:spaces$}{digits}\r\n\r\n", "");
                for available in [112, 200, 4096] {
                    match length(&head, available) {
                        Ok(length) => assert_eq!(length, Some(17), "{spaces} spaces, {available} bytes"),
                        Err(fault) => assert!(matches!(fault, Fault::Framing) && spaces > 30),
                    }
                }
            }
        }
    }
}
