//! A reply's status line and header fields (RFC 9112 §4, §5), byte by byte and in constant memory: what the protocol uses
//! is kept, everything else skipped, however long. How the body is framed is `framing`'s affair.

use super::date;
use crate::{ResponseError, RetryAfter};

/// What the head says about the rest.
#[derive(Clone, Copy, Default)]
pub(super) struct Facts {
    pub(super) status: u16,
    pub(super) http_1_1: bool,
    pub(super) length: Option<usize>,
    pub(super) transfer: Transfer,
    /// `Connection: close`.
    pub(super) close: bool,
    /// `Content-Encoding` names a coding.
    pub(super) encoded: bool,
    pub(super) retry_after: Option<RetryAfter>,
    pub(super) date: Option<u64>,
}

/// What `Transfer-Encoding` says (RFC 9112 §6.1).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Transfer {
    #[default]
    Absent,
    /// It is there, with nothing in it so far.
    Announced,
    /// `chunked`, once and alone.
    Chunked,
    Unknown,
}

/// Fields whose text goes to whoever holds the buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Challenge,
    DpopNonce,
}

/// What a byte brought.
pub(super) enum Event {
    Nothing,
    /// A kept field begins, …
    Begin(Kept),
    /// … goes on with this byte, …
    Byte(u8),
    /// … and ends; this byte began what follows.
    End,
    /// The head is complete, and with it a kept field that had begun.
    Complete,
}

pub(super) struct Head {
    place: Place,
    field: Field,
    /// The status line's front, a name or a value in lower case, as far as they are wanted: a date is the longest.
    text: heapless::Vec<u8, 33, u8>,
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
    RetryAfter,
    Date,
    Kept(Kept),
}

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
                retry_after: None,
                date: None,
            },
        }
    }

    pub(super) fn push(&mut self, byte: u8) -> Result<Event, ResponseError> {
        match (self.place, byte) {
            (Place::Status, _) => self.status(byte)?,
            (Place::Reason | Place::ValueStart | Place::Value, b'\r') => self.place = Place::LineFeed,
            (Place::LineFeed, b'\n') => self.place = Place::LineStart,
            // A folded line (RFC 9112 §5.2): as if its break were a space.
            (Place::LineStart, b' ' | b'\t') if self.field != Field::Status => {
                self.place = Place::Value;
                return Ok(self.value(b' '));
            }
            (Place::LineStart, b'\r') => self.place = Place::LastLineFeed,
            (Place::LineStart, _) => {
                let ended = self.end_field()?;
                self.place = Place::Name;
                self.name(byte)?;
                return Ok(if ended { Event::End } else { Event::Nothing });
            }
            (Place::LastLineFeed, b'\n') => {
                self.end_field()?;
                return Ok(Event::Complete);
            }
            (Place::Name, b':') => return Ok(self.end_name()),
            (Place::Name, _) => self.name(byte)?,
            (Place::ValueStart, b' ' | b'\t') => {}
            // RFC 9110 §5.5: visible characters, spaces and tabs, and bytes beyond ASCII, whose meaning is open.
            (Place::Reason | Place::ValueStart | Place::Value, b'\t' | b' '..=b'~' | 0x80..) => {
                if self.place != Place::Reason {
                    self.place = Place::Value;
                    return Ok(self.value(byte));
                }
            }
            _ => return Err(ResponseError::Head),
        }
        Ok(Event::Nothing)
    }

    /// `HTTP/1.1 200`, then a space or the line's end; the reason may be empty and says nothing.
    fn status(&mut self, byte: u8) -> Result<(), ResponseError> {
        if self.text.len() < b"HTTP/1.1 200".len() {
            self.keep(byte);
            return Ok(());
        }
        let (
            [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                b'1',
                b'.',
                minor @ (b'0' | b'1'),
                b' ',
                digits @ ..,
            ],
            b' ' | b'\r',
        ) = (self.text.as_slice(), byte)
        else {
            return Err(ResponseError::Head);
        };
        let status = digits.iter().try_fold(0_u16, |status, digit| {
            let digit = digit.is_ascii_digit().then_some(u16::from(digit & 0x0f));
            digit.map(|digit| status.wrapping_mul(10).wrapping_add(digit))
        });
        self.facts.http_1_1 = *minor == b'1';
        self.facts.status = status
            .filter(|status| (100..600).contains(status))
            .ok_or(ResponseError::Head)?;
        self.place = if byte == b'\r' {
            Place::LineFeed
        } else {
            Place::Reason
        };
        self.clear();
        Ok(())
    }

    /// A field's name is a token (RFC 9110 §5.1), with no space before its colon (RFC 9112 §5.1).
    fn name(&mut self, byte: u8) -> Result<(), ResponseError> {
        let mark = matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        );
        if !mark && !byte.is_ascii_alphanumeric() {
            return Err(ResponseError::Head);
        }
        self.keep(byte);
        Ok(())
    }

    fn end_name(&mut self) -> Event {
        self.place = Place::ValueStart;
        self.field = match self.text.as_slice() {
            _ if self.long => Field::Skipped,
            b"content-length" => Field::ContentLength,
            b"transfer-encoding" => Field::TransferEncoding,
            b"connection" => Field::Connection,
            b"content-encoding" => Field::ContentEncoding,
            b"retry-after" => Field::RetryAfter,
            b"date" => Field::Date,
            b"www-authenticate" => Field::Kept(Kept::Challenge),
            b"dpop-nonce" => Field::Kept(Kept::DpopNonce),
            _ => Field::Skipped,
        };
        self.clear();
        if self.field == Field::TransferEncoding && self.facts.transfer == Transfer::Absent {
            self.facts.transfer = Transfer::Announced;
        }
        if let Field::Kept(kept) = self.field {
            Event::Begin(kept)
        } else {
            Event::Nothing
        }
    }

    fn value(&mut self, byte: u8) -> Event {
        match self.field {
            Field::Kept(_) => return Event::Byte(byte),
            Field::Status | Field::Skipped => {}
            Field::Connection | Field::ContentEncoding | Field::TransferEncoding if byte == b',' => {
                self.end_element();
            }
            _ => self.keep(byte),
        }
        Event::Nothing
    }

    /// One element of a list (RFC 9110 §5.6.1), of which empty ones count for nothing.
    fn end_element(&mut self) {
        let element = self.text.trim_ascii();
        if self.long || !element.is_empty() {
            let is = |name: &[u8]| !self.long && element == name;
            match self.field {
                Field::Connection => self.facts.close |= is(b"close"),
                Field::ContentEncoding => self.facts.encoded |= !is(b"identity"),
                Field::TransferEncoding if self.facts.transfer == Transfer::Announced && is(b"chunked") => {
                    self.facts.transfer = Transfer::Chunked;
                }
                Field::TransferEncoding => self.facts.transfer = Transfer::Unknown,
                _ => {}
            }
        }
        self.clear();
    }

    /// Returns whether it was a kept field.
    fn end_field(&mut self) -> Result<bool, ResponseError> {
        let text = self.text.trim_ascii();
        match self.field {
            Field::Kept(_) => return Ok(true),
            Field::Status | Field::Skipped => {}
            // RFC 9112 §6.3: one, of digits only; what is repeated or a list is somebody's attack.
            Field::ContentLength => {
                if self.facts.length.is_some() || self.long || text.is_empty() {
                    return Err(ResponseError::Framing);
                }
                self.facts.length = Some(decimal(text)?);
            }
            Field::RetryAfter | Field::Date if self.long => {}
            Field::RetryAfter => {
                let seconds = decimal(text)
                    .ok()
                    .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
                let at = || date::read(text).map(RetryAfter::At);
                self.facts.retry_after = seconds.map(RetryAfter::Seconds).or_else(at);
            }
            Field::Date => self.facts.date = date::read(text),
            Field::Connection | Field::ContentEncoding | Field::TransferEncoding => self.end_element(),
        }
        self.clear();
        Ok(false)
    }

    fn keep(&mut self, byte: u8) {
        let byte = if self.place == Place::Status {
            byte
        } else {
            byte.to_ascii_lowercase()
        };
        self.long |= self.text.push(byte).is_err();
    }

    fn clear(&mut self) {
        self.text.clear();
        self.long = false;
    }
}

/// Digits only; a number too large for the machine is a reply too large for it.
fn decimal(digits: &[u8]) -> Result<usize, ResponseError> {
    let mut number = 0_usize;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(ResponseError::Framing);
        }
        number = number
            .checked_mul(10)
            .and_then(|number| number.checked_add(usize::from(digit & 0x0f)))
            .ok_or(ResponseError::TooLarge)?;
    }
    Ok(number)
}
