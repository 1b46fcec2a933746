//! A reply's status line and header fields (RFC 9112 §4, §5), byte by byte and in constant memory: what the protocol uses
//! is kept, everything else skipped, however long. How the body is framed is `framing`'s affair.

use super::Fault;
use super::kept::KeptLines;
use crate::bytes::ByteSet;

/// What the head says about the rest.
#[derive(Clone, Copy)]
pub(super) struct Facts {
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
    place: Place,
    field: Field,
    /// The status line's front, a name, or a value that matters, as far as they can matter: a `Content-Length` of 20
    /// digits is the longest. All but the first in lower case.
    text: heapless::Vec<u8, 20, u8>,
    /// It was longer than that.
    long: bool,
    pub(super) facts: Facts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Status,
    Reason,
    /// Behind a line's CR.
    LineFeed,
    /// Behind a whole line: the next may be folded onto it.
    LineStart,
    Name,
    ValueStart,
    Value,
    /// Behind the CR of the empty line.
    LastLineFeed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// The status line, behind which nothing can be folded.
    Status,
    Skipped,
    ContentLength,
    TransferEncoding,
    Connection,
    ContentEncoding,
    /// Its text goes to the kept lines.
    Kept,
    KeptChallenge,
}

const FIELDS: [(&[u8], Field); 8] = [
    (b"content-length", Field::ContentLength),
    (b"transfer-encoding", Field::TransferEncoding),
    (b"connection", Field::Connection),
    (b"content-encoding", Field::ContentEncoding),
    (b"retry-after", Field::Kept),
    (b"date", Field::Kept),
    (b"dpop-nonce", Field::Kept),
    (b"www-authenticate", Field::KeptChallenge),
];

type Result<T> = core::result::Result<T, Fault>;

impl Head {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Status,
            field: Field::Status,
            text: heapless::Vec::new(),
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

    /// Returns whether this byte was the head's last.
    pub(super) fn push(&mut self, byte: u8, kept: &mut KeptLines, buf: &mut [u8]) -> Result<bool> {
        match (self.place, byte) {
            (Place::Status, _) => self.status(byte)?,
            (Place::Reason | Place::ValueStart | Place::Value, b'\r') => self.place = Place::LineFeed,
            (Place::LineFeed, b'\n') => self.place = Place::LineStart,
            // A folded line (RFC 9112 §5.2): as if its break were a space.
            (Place::LineStart, b' ' | b'\t') if self.field != Field::Status => {
                self.place = Place::Value;
                self.value(b' ', kept, buf);
            }
            (Place::LineStart, b'\r') => self.place = Place::LastLineFeed,
            (Place::LineStart, _) => {
                self.end_field(kept, buf)?;
                self.place = Place::Name;
                self.name(byte)?;
            }
            (Place::LastLineFeed, b'\n') => {
                self.end_field(kept, buf)?;
                return Ok(true);
            }
            (Place::Name, b':') => {
                self.place = Place::ValueStart;
                let known = FIELDS.iter().find(|(name, _)| !self.long && *name == self.text.as_slice());
                self.field = known.map_or(Field::Skipped, |(_, field)| *field);
                if let Field::Kept | Field::KeptChallenge = self.field {
                    kept.begin(&self.text, buf);
                }
                self.clear();
            }
            (Place::Name, _) => self.name(byte)?,
            // RFC 9110 §5.5: visible characters, spaces and tabs, and bytes beyond ASCII, whose meaning is open.
            (Place::ValueStart, b' ' | b'\t') | (Place::Reason, b'\t' | b' '..=b'~' | 0x80..) => {}
            (Place::ValueStart | Place::Value, b'\t' | b' '..=b'~' | 0x80..) => {
                self.place = Place::Value;
                self.value(byte, kept, buf);
            }
            _ => return Err(Fault::Head),
        }
        Ok(false)
    }

    /// `HTTP/1.1 200`, then a space or the line's end; the reason may be empty and says nothing.
    fn status(&mut self, byte: u8) -> Result<()> {
        if self.text.len() < b"HTTP/1.1 200".len() {
            self.keep(byte);
            return Ok(());
        }
        let Some((version, [minor, b' ', a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9'])) =
            self.text.split_last_chunk()
        else {
            return Err(Fault::Head);
        };
        if version != b"HTTP/1." || !matches!(minor, b'0' | b'1') || !matches!(byte, b' ' | b'\r') {
            return Err(Fault::Head);
        }
        self.facts.http_1_1 = *minor == b'1';
        self.facts.status = [*a, *b, *c]
            .into_iter()
            .fold(0, |status: u16, digit| status.wrapping_mul(10).wrapping_add(u16::from(digit & 0x0f)));
        self.place = if byte == b'\r' { Place::LineFeed } else { Place::Reason };
        self.clear();
        Ok(())
    }

    /// A field's name is a token (RFC 9110 §5.1), with no space before its colon (RFC 9112 §5.1).
    fn name(&mut self, byte: u8) -> Result<()> {
        const TOKEN: ByteSet = ByteSet::alphanumeric_and(b"!#$%&'*+-.^_`|~");
        if !TOKEN.contains(byte) {
            return Err(Fault::Head);
        }
        self.keep(byte);
        Ok(())
    }

    fn value(&mut self, byte: u8, kept: &mut KeptLines, buf: &mut [u8]) {
        match self.field {
            Field::Kept | Field::KeptChallenge => kept.push(byte, buf),
            Field::Skipped => {}
            _ => self.keep(byte),
        }
    }

    fn end_field(&mut self, kept: &mut KeptLines, buf: &mut [u8]) -> Result<()> {
        let text = self.text.trim_ascii_end();
        let is = |value: &[u8]| !self.long && text == value;
        match self.field {
            Field::Status | Field::Skipped => {}
            Field::Kept | Field::KeptChallenge => kept.end(self.field == Field::KeptChallenge, buf),
            // RFC 9112 §6.3: one, of digits only; what is repeated or a list is somebody's attack.
            Field::ContentLength => {
                if self.facts.length.is_some() || self.long || text.is_empty() {
                    return Err(Fault::Framing);
                }
                self.facts.length = Some(decimal(text)?);
            }
            Field::TransferEncoding => {
                let chunked = self.facts.transfer == Transfer::Absent && is(b"chunked");
                self.facts.transfer = if chunked { Transfer::Chunked } else { Transfer::Other };
            }
            // A list of more than that is not worth the look: a stream can always be left unused.
            Field::Connection => self.facts.close |= !is(b"keep-alive"),
            Field::ContentEncoding => self.facts.encoded |= !is(b"identity") && !is(b""),
        }
        self.clear();
        Ok(())
    }

    #[inline(never)]
    fn keep(&mut self, byte: u8) {
        let byte = if self.place == Place::Status { byte } else { byte.to_ascii_lowercase() };
        self.long |= self.text.push(byte).is_err();
    }

    fn clear(&mut self) {
        self.text.clear();
        self.long = false;
    }
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
