//! One round trip over a byte stream as a machine (RFC 9112): the request goes out, the reply comes in, and a verdict says
//! whether the stream can be used again. It does no I/O; `blocking` and `asynch` drive it.
//!
//! It is strict where a lenient reader could be made to misunderstand: one `Content-Length`, of digits only; `chunked`
//! alone; no length told in two ways. It is patient where servers differ: empty reasons, odd case, folded lines,
//! interim replies, chunk extensions and trailers. Redirects are an answer and never followed.

mod connection;
mod framing;
mod head;

pub use connection::{Http1, Over};

use crate::bytes::{is_field_byte, split, split_mut};
use crate::memory::wipe;
use crate::write::Writer;
use crate::{Buffer, CapacityError, Error, HttpReply, Method, ResponseError, Revealed};
use embedded_io::ErrorKind;
use framing::{Framing, Next};
use head::{Facts, Head};

/// A reply of which more bytes than this are skipped (head, chunk sizes, trailers, a body that doesn't fit) is given up.
const MAX_SKIPPED: usize = 1 << 20;

/// A body that is said to be longer than this (a GiB) is nothing that a buffer could be grown for.
const MAX_BODY: usize = 1 << 30;

/// What an [`Exchange`] wants next.
pub enum Step<'s> {
    /// Send these bytes, all of them.
    Send(&'s [u8]),
    /// See to it that they leave.
    Flush,
    /// Read some bytes into this, at least one; then [`Exchange::received`].
    Receive(&'s mut [u8]),
    /// The reply is complete: [`Exchange::reply`].
    Done {
        /// Whether the stream can carry another exchange.
        again: bool,
    },
}

/// One request and its reply. A body that doesn't fit is an error that says how much it needs; with a status from 404 on it is
/// left out instead, for the status says it all, and the page beside it is meant for people.
///
/// The caller's buffer serves the request's head first, then the reply: give the same one
/// each time, and wipe it where a step fails or the exchange is given up: it may hold an `Authorization` that was not sent,
/// or part of a reply. It must hold the larger of both; see [`Link::new`](crate::Link::new).
pub struct Exchange<'p> {
    request: &'p Revealed<'p>,
    state: State,
    /// The buffer has no room for the body: it is only counted, to say how much is needed.
    full: bool,
    head: Head,
    framing: Framing,
    /// The last byte of the head or of the framing was a CR: nothing but a line feed may follow.
    behind_cr: bool,
    /// Where the buffer is free again, or how long it would have to be. At its front lie the lines of the head that are
    /// kept, and behind them, from `head.line_at` on, the body.
    filled: usize,
    /// How many bytes came that weren't looked at yet; 0 is the stream's end, `NOTHING` that none were asked for.
    received: usize,
    /// Bytes of the reply that were read and not kept. Its first byte is one of them.
    skipped: usize,
}

const NOTHING: usize = usize::MAX;

/// What is wrong with a reply: in one byte, since every byte of the reply is asked.
#[derive(Clone, Copy)]
enum Fault {
    Head,
    Framing,
    Compressed,
    EndedEarly,
    TooLarge,
}

impl From<Fault> for ResponseError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Head => Self::Head,
            Fault::Framing => Self::Framing,
            Fault::Compressed => Self::Compressed,
            Fault::EndedEarly => Self::EndedEarly,
            Fault::TooLarge => Self::TooLarge,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Body,
    Flush,
    ReplyHead,
    ReplyBody,
    Done { again: bool },
    Failed,
}

impl<'p> Exchange<'p> {
    /// An exchange that begins with the request that a transport was [shown](crate::HttpRequest::reveal).
    #[must_use]
    pub const fn new(request: &'p Revealed<'p>) -> Self {
        Self {
            request,
            state: State::Head,
            full: false,
            head: Head::new(),
            framing: Framing::NONE,
            behind_cr: false,
            filled: 0,
            received: NOTHING,
            skipped: 0,
        }
    }

    /// The next step.
    ///
    /// # Errors
    /// [`Error::Capacity`]: `buf` cannot hold the request's head, or the reply's body. [`Error::Response`]: the reply is
    /// not HTTP, or its length cannot be told for sure.
    pub fn step<'s>(&mut self, buf: &'s mut [u8]) -> Result<Step<'s>, Error>
    where
        'p: 's,
    {
        let state = core::mem::replace(&mut self.state, State::Failed); // unless what follows says otherwise
        match state {
            State::Head => {
                self.filled = self.write_head(buf)?;
                self.state = State::Body;
                return Ok(Step::Send(split(buf, self.filled).0));
            }
            State::Body => {
                // Its Authorization may be longer than the reply that comes to lie here.
                wipe(buf, 0..self.filled);
                self.filled = 0;
                if let Method::Post { body, .. } = self.request.method
                    && !body.is_empty()
                {
                    self.state = State::Flush;
                    return Ok(Step::Send(body));
                }
                self.state = State::ReplyHead;
                return Ok(Step::Flush);
            }
            State::Flush => {
                self.state = State::ReplyHead;
                return Ok(Step::Flush);
            }
            State::ReplyHead | State::ReplyBody => {
                self.state = state;
                if let Err(error) = self.digest(buf) {
                    self.state = State::Failed;
                    return Err(ResponseError::from(error).into());
                }
            }
            State::Done { .. } => self.state = state,
            State::Failed => return Err(ResponseError::EndedEarly.into()),
        }
        if let State::Done { again } = self.state {
            if self.full {
                if self.head.facts.status < 404 {
                    // One byte more than the body, to read what ends it.
                    let needed = self.filled.wrapping_add(1);
                    return Err(CapacityError { buffer: Buffer::Reply, needed, available: buf.len() }.into());
                }
                wipe(buf, 0..buf.len()); // of the page that is left out
            }
            return Ok(Step::Done { again });
        }
        if self.filled == buf.len() {
            self.make_room(buf);
        }
        Ok(Step::Receive(split_mut(buf, self.read_at()).1))
    }

    /// Where bytes are read to.
    const fn read_at(&self) -> usize {
        if self.full { 0 } else { self.filled }
    }

    /// `n` bytes were read to the front of what [`Step::Receive`] gave; 0 is the end of the stream.
    ///
    /// # Errors
    /// The stream claims to have read more than there was room for.
    pub fn received(&mut self, n: usize, buf: &[u8]) -> Result<(), ResponseError> {
        if n > buf.len().saturating_sub(self.read_at()) {
            self.state = State::Failed;
            return Err(ResponseError::TooLarge);
        }
        self.received = n;
        Ok(())
    }

    /// Whether `error`, which ended this exchange, only says that a kept stream was dead: no byte of a reply came. A time
    /// limit is no such sign.
    pub fn found_closed<E: embedded_io::Error>(&self, error: &Error<E>) -> bool {
        let closed = match error {
            Error::Transport(error) => error.kind() != ErrorKind::TimedOut,
            Error::Response(ResponseError::EndedEarly) | Error::Closed => true,
            _ => false,
        };
        closed && self.skipped == 0
    }

    /// The reply, once [`Step::Done`] was reached. What was written to `buf` beyond the body is wiped.
    ///
    /// # Errors
    /// [`ResponseError::EndedEarly`]: it was not reached.
    pub fn reply(self, buf: &mut [u8]) -> Result<HttpReply<'_>, ResponseError> {
        if let State::Done { .. } = self.state {
            let (kept, body) = split_mut(split_mut(buf, self.read_at()).0, self.head.line_at);
            return Ok(HttpReply::new(self.head.facts.status, body).with_head(kept));
        }
        Err(ResponseError::EndedEarly)
    }

    /// What came: through the head's reader or the framing's, the body down to where it belongs.
    #[inline(never)]
    fn digest(&mut self, buf: &mut [u8]) -> Result<(), Fault> {
        let mut at = self.read_at();
        let end = at.wrapping_add(match core::mem::replace(&mut self.received, NOTHING) {
            NOTHING => return Ok(()),
            n => n,
        });
        if at == end {
            let ends_here = self.framing.is_until_close();
            self.state = State::Done { again: false };
            return if ends_here { Ok(()) } else { Err(Fault::EndedEarly) };
        }
        while at != end {
            let n = match self.framing.next() {
                Next::Nothing => break,
                Next::Data(most) => {
                    let n = most.min(end.wrapping_sub(at));
                    self.framing.took(n);
                    if self.full {
                        self.skipped = self.skipped.wrapping_add(n);
                    } else {
                        move_down(buf, at, self.filled, n);
                    }
                    self.filled = self.filled.wrapping_add(n);
                    n
                }
                Next::Framing => {
                    self.skipped = self.skipped.wrapping_add(1);
                    let byte = buf.get(at).copied().unwrap_or_default();
                    let in_body = self.state == State::ReplyBody;
                    let behind_cr = self.behind_cr;
                    self.behind_cr = !behind_cr && byte == b'\r';
                    let fits = if behind_cr { byte == b'\n' } else { is_field_byte(byte) };
                    if self.behind_cr {
                        // The line feed that must follow tells.
                    } else if !fits {
                        return Err(if in_body { Fault::Framing } else { Fault::Head });
                    } else if in_body {
                        self.framing.push(byte)?;
                    } else if self.head.push(byte, buf, &mut self.filled)? {
                        self.end_head(buf.len())?;
                    }
                    1
                }
            };
            if self.skipped > MAX_SKIPPED {
                return Err(Fault::TooLarge);
            }
            at = at.wrapping_add(n);
        }
        wipe(buf, if self.full { 0..end } else { self.filled..end });
        if self.framing.is_complete() {
            let Facts { http_1_1, close, .. } = self.head.facts;
            // Bytes that nobody asked for would be taken for the next reply.
            self.state = State::Done { again: http_1_1 && !close && at == end };
        }
        Ok(())
    }

    /// The head is complete: a body follows, or another head behind an interim one (RFC 9110 §15.2).
    fn end_head(&mut self, available: usize) -> Result<(), Fault> {
        if let 100..200 = self.head.facts.status {
            if self.head.facts.status == 101 {
                return Err(Fault::Framing); // another protocol, which nobody asked for
            }
            self.head = Head::new();
            self.filled = 0;
            return Ok(());
        }
        self.framing = Framing::of(&mut self.head.facts)?;
        if self.head.facts.encoded && !self.framing.is_complete() {
            return Err(Fault::Compressed);
        }
        let length = self.framing.length().unwrap_or(0);
        if length > available.wrapping_sub(self.filled) {
            (self.head.line_at, self.filled) = (0, 0); // the body comes first
            if length > MAX_BODY {
                return Err(Fault::TooLarge);
            }
            if length > available {
                // No need to read it. What ends it is known already, so it is its last byte that is one more.
                (self.full, self.filled, self.head.facts.close) = (true, length.wrapping_sub(1), true);
                self.framing = Framing::COMPLETE;
            }
        }
        self.state = State::ReplyBody;
        Ok(())
    }

    /// The buffer is full, and more is to come: the body goes over the head's lines, or it is lost.
    fn make_room(&mut self, buf: &mut [u8]) {
        let body_at = core::mem::take(&mut self.head.line_at);
        self.full |= body_at == 0;
        if !self.full {
            let from = body_at;
            self.filled = self.filled.wrapping_sub(body_at);
            move_down(buf, from, 0, self.filled);
            wipe(buf, self.filled..buf.len());
        }
    }

    /// The request's head (RFC 9112 §3). `reveal` has seen to it that no value can break out of its line.
    fn write_head(&self, buf: &mut [u8]) -> Result<usize, Error> {
        let Revealed { endpoint, method, authorization } = *self.request;
        let (verb, content_type, body) = match method {
            Method::Get => ("GET ", "", None),
            Method::Post { content_type, body } => ("POST ", content_type, Some(body)),
        };
        let mut out = Writer::new(buf);
        out.text(verb).text(endpoint.target()).text(" HTTP/1.1\r\nHost: ").text(endpoint.authority());
        // Some servers answer in another form unless JSON is named; an API may have no JSON to give.
        out.text(
            "\r\nUser-Agent: keyfob\r\nAccept: application/json, */*;q=0.1\r\nAccept-Encoding: identity",
        );
        if let Some(authorization) = authorization {
            out.text("\r\nAuthorization: ").bytes(authorization);
        }
        if let Some(body) = body {
            out.text("\r\nContent-Type: ").text(content_type).text("\r\nContent-Length: ").number(body.len());
        }
        out.text("\r\n\r\n");
        Ok(out.end(Buffer::Reply)?)
    }
}

/// `buf[from..][..n]` to `to`, which lies before it.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn move_down(buf: &mut [u8], from: usize, to: usize, n: usize) {
    let cells = core::cell::Cell::from_mut(buf).as_slice_of_cells();
    for (to, from) in split(cells, to).1.iter().zip(split(cells, from).1).take(n) {
        to.set(from.get());
    }
}
