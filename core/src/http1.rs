//! One round trip over a byte stream as a machine (RFC 9112): the request goes out, the reply comes in, and a verdict says
//! whether the stream can be used again. It does no I/O; `blocking` and `asynch` drive it.
//!
//! It is strict where a lenient reader could be made to misunderstand: one `Content-Length`, of digits only; `chunked`
//! alone; no length told in two ways. It is patient where servers differ: empty reasons, odd case, folded lines,
//! interim replies, chunk extensions and trailers. Redirects are an answer and never followed.

mod date;
mod framing;
mod head;
mod kept;

use crate::write::Writer;
use crate::{
    Buffer, CapacityError, Channel, ConfigError, Endpoint, Error, HttpReply, Method, ResponseError, Revealed,
};
use embedded_io::ErrorKind;
use framing::{Framing, Next};
use head::{Event, Facts, Head};
use kept::KeptLines;
use zeroize::Zeroize;

/// A reply of which more bytes than this are skipped (head, chunk sizes, trailers, a body that doesn't fit) is given up.
const MAX_SKIPPED: usize = 1 << 20;

/// An opener of byte streams, made a transport of whole requests. The stream stays for the next call to the same
/// server, where the opener can keep it.
#[derive(Debug)]
pub struct Http1<C> {
    /// The opener.
    pub connector: C,
    /// Where the opener's stream leads, if it can be used again.
    pub(crate) kept: Option<Server>,
}

impl<C> Http1<C> {
    /// A transport over the streams that `connector` opens.
    #[must_use]
    pub const fn new(connector: C) -> Self {
        Self {
            connector,
            kept: None,
        }
    }
}

impl Http1<()> {
    /// A transport over one `stream` that is open already and leads to `to`'s server.
    #[must_use]
    pub fn over<S>(stream: S, to: Endpoint<'_>, channel: Channel) -> Over<S> {
        Over {
            stream,
            channel,
            server: Server::of(to),
        }
    }
}

/// A transport over one stream. A call to another server, or after the stream's end, is [`Error::Closed`].
#[derive(Debug)]
pub struct Over<S> {
    pub(crate) stream: S,
    pub(crate) channel: Channel,
    /// Where it leads, while it can be used.
    pub(crate) server: Option<Server>,
}

impl<S> Over<S> {
    /// Whether another call to the same server can be made.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.server.is_some()
    }

    /// The stream, to close it properly where that takes it by value.
    pub fn into_stream(self) -> S {
        self.stream
    }
}

/// Scheme, host and port by their text: a hash could be made to send one server's secret to another. A server with a
/// longer name is served, but its stream isn't kept.
#[derive(Debug)]
pub(crate) struct Server {
    tls: bool,
    port: u16,
    host: heapless::Vec<u8, 64, u8>,
}

impl Server {
    pub(crate) fn of(endpoint: Endpoint<'_>) -> Option<Self> {
        let host = heapless::Vec::from_slice(endpoint.host().as_bytes()).ok()?;
        Some(Self {
            tls: endpoint.is_https(),
            port: endpoint.port(),
            host,
        })
    }

    pub(crate) fn is_of(&self, endpoint: Endpoint<'_>) -> bool {
        self.tls == endpoint.is_https()
            && self.port == endpoint.port()
            && self.host.eq_ignore_ascii_case(endpoint.host().as_bytes())
    }
}

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

/// One request and its reply. The caller's buffer serves the request's head first, then the reply: give the same one
/// each time. It must hold the larger of both; see [`Link::new`](crate::Link::new).
pub struct Exchange<'p> {
    request: Revealed<'p>,
    state: State,
    head: Head,
    kept: KeptLines,
    /// What the buffer holds at its front: the kept lines of the head, then the body, which begins at `body_at`.
    filled: usize,
    body_at: usize,
    /// Where the next bytes are read to: behind what is filled or, once there is no room, over it.
    read_at: usize,
    /// How much of the body was read over what was filled, and so is lost: it is only counted.
    lost: Option<usize>,
    /// How many bytes came that weren't looked at yet; 0 is the stream's end.
    received: Option<usize>,
    /// Bytes of the buffer that were written at all, and bytes of the reply that found no place there.
    written: usize,
    skipped: usize,
    /// A byte of a reply came.
    began: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Body { head_len: usize },
    Flush,
    ReplyHead,
    ReplyBody(Framing),
    Done { again: bool },
    Failed,
}

impl<'p> Exchange<'p> {
    /// An exchange that begins with the request that a transport was [shown](crate::HttpRequest::reveal).
    #[must_use]
    pub const fn new(request: Revealed<'p>) -> Self {
        Self {
            request,
            state: State::Head,
            head: Head::new(),
            kept: KeptLines::NONE,
            filled: 0,
            body_at: 0,
            read_at: 0,
            lost: None,
            received: None,
            written: 0,
            skipped: 0,
            began: false,
        }
    }

    /// The next step.
    ///
    /// # Errors
    /// [`Error::Capacity`]: `buf` holds neither the request's head, or not the whole reply. [`Error::Response`]: the
    /// reply is not HTTP, or its length cannot be told for sure. [`Error::Config`]: a header's value holds control
    /// characters; nothing was sent.
    pub fn step<'s>(&mut self, buf: &'s mut [u8]) -> Result<Step<'s>, Error>
    where
        'p: 's,
    {
        let state = self.state;
        self.state = State::Failed; // unless what follows says otherwise
        match state {
            State::Head => {
                let head_len = self.write_head(buf)?;
                self.state = State::Body { head_len };
                self.written = head_len;
                Ok(Step::Send(buf.get(..head_len).unwrap_or_default()))
            }
            State::Body { head_len } => {
                // Its Authorization may be longer than the reply that comes to lie here.
                buf.get_mut(..head_len).unwrap_or_default().zeroize();
                match self.request.method {
                    Method::Post { body, .. } if !body.is_empty() => {
                        self.state = State::Flush;
                        Ok(Step::Send(body))
                    }
                    _ => {
                        self.state = State::ReplyHead;
                        Ok(Step::Flush)
                    }
                }
            }
            State::Flush => {
                self.state = State::ReplyHead;
                Ok(Step::Flush)
            }
            State::ReplyHead | State::ReplyBody(_) => {
                self.state = self.digest(state, buf)?;
                if let State::Done { again } = self.state {
                    return Ok(Step::Done { again });
                }
                if self.filled < buf.len() {
                    self.read_at = self.filled;
                } else {
                    // No room for what is still to come; how much that is, a longer buffer must know.
                    self.read_at = 0;
                    self.lost = self.lost.or(Some(0));
                }
                Ok(Step::Receive(buf.get_mut(self.read_at..).unwrap_or_default()))
            }
            State::Done { again } => {
                self.state = state;
                Ok(Step::Done { again })
            }
            State::Failed => Err(ResponseError::EndedEarly.into()),
        }
    }

    /// `n` bytes were read to the front of what [`Step::Receive`] gave; 0 is the end of the stream.
    ///
    /// # Errors
    /// The stream claims to have read more than there was room for.
    pub fn received(&mut self, n: usize, buf: &[u8]) -> Result<(), ResponseError> {
        if n > buf.len().saturating_sub(self.read_at) {
            self.state = State::Failed;
            return Err(ResponseError::TooLarge);
        }
        self.received = Some(n);
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
        closed && !self.began
    }

    /// The reply, once [`Step::Done`] was reached. What was written to `buf` beyond the body is wiped.
    ///
    /// # Errors
    /// [`ResponseError::EndedEarly`]: it was not reached.
    pub fn reply(self, buf: &mut [u8]) -> Result<HttpReply<'_>, ResponseError> {
        let State::Done { .. } = self.state else {
            return Err(ResponseError::EndedEarly);
        };
        let (used, beyond) = buf
            .split_at_mut_checked(self.filled)
            .ok_or(ResponseError::EndedEarly)?;
        let beyond_len = self.written.saturating_sub(self.filled);
        beyond.get_mut(..beyond_len).unwrap_or_default().zeroize();
        let (kept, body) = used
            .split_at_mut_checked(self.body_at)
            .ok_or(ResponseError::EndedEarly)?;
        let Facts {
            status,
            retry_after,
            date,
            ..
        } = self.head.facts;
        let mut reply = HttpReply::new(status, body);
        (reply.retry_after, reply.date) = (retry_after, date);
        KeptLines::read(kept, &mut reply);
        Ok(reply)
    }

    /// What came: through the head's reader or the framing's, the body down to where it belongs.
    fn digest(&mut self, mut state: State, buf: &mut [u8]) -> Result<State, Error> {
        let mut at = self.read_at;
        let end = match self.received.take() {
            None => return Ok(state), // nothing was asked for yet
            Some(0) if state == State::ReplyBody(Framing::UntilClose) => {
                return self.complete(false, buf.len());
            }
            Some(0) => return Err(ResponseError::EndedEarly.into()),
            Some(n) => at.saturating_add(n),
        };
        self.began = true;
        self.written = self.written.max(end);
        while let Some(&byte) = buf.get(at).filter(|_| at < end) {
            match &mut state {
                State::ReplyHead => {
                    at = at.saturating_add(1);
                    self.skip(1)?;
                    match self.head.push(byte)? {
                        Event::Nothing => {}
                        Event::Complete => {
                            self.kept.end(buf, &mut self.filled);
                            state = self.begin_body(buf.len())?;
                        }
                        Event::Begin(kind) => self.kept.begin(kind, buf, &mut self.filled),
                        Event::Byte(byte) => self.kept.push(byte, buf, &mut self.filled),
                        Event::End => self.kept.end(buf, &mut self.filled),
                    }
                }
                State::ReplyBody(framing) => match framing.next() {
                    Next::Nothing => break,
                    Next::Framing => {
                        at = at.saturating_add(1);
                        self.skip(1)?;
                        framing.push(byte)?;
                    }
                    Next::Data(most) => {
                        let n = most.min(end.saturating_sub(at));
                        framing.took(n);
                        self.take(n, at, buf)?;
                        at = at.saturating_add(n);
                    }
                },
                _ => break,
            }
        }
        match state {
            State::ReplyBody(framing) if framing.is_complete() => {
                let Facts { http_1_1, close, .. } = self.head.facts;
                // Bytes that nobody asked for would be taken for the next reply.
                self.complete(http_1_1 && !close && at == end, buf.len())
            }
            state => Ok(state),
        }
    }

    /// The head is complete: a body follows, or another head behind an interim one (RFC 9110 §15.2).
    fn begin_body(&mut self, available: usize) -> Result<State, Error> {
        let facts = &self.head.facts;
        if let 100..200 = facts.status {
            if facts.status == 101 {
                return Err(ResponseError::Framing.into()); // another protocol, which nobody asked for
            }
            (self.head, self.kept, self.filled) = (Head::new(), KeptLines::NONE, 0);
            return Ok(State::ReplyHead);
        }
        let framing = Framing::of(facts)?;
        if facts.encoded && !framing.is_complete() {
            return Err(ResponseError::Compressed.into());
        }
        if let Framing::Length(length) = framing
            && length > available.saturating_sub(self.filled)
        {
            return Err(self.capacity(length, available).into());
        }
        self.body_at = self.filled;
        Ok(State::ReplyBody(framing))
    }

    /// `n` bytes of the body, which lie at `at`.
    fn take(&mut self, n: usize, at: usize, buf: &mut [u8]) -> Result<(), ResponseError> {
        if let Some(lost) = &mut self.lost {
            *lost = lost.saturating_add(n);
            return self.skip(n);
        }
        if at > self.filled {
            move_down(buf, at, self.filled, n);
        }
        self.filled = self.filled.saturating_add(n);
        Ok(())
    }

    /// The reply is complete: unless some of it was lost.
    fn complete(&self, again: bool, available: usize) -> Result<State, Error> {
        match self.lost {
            None => Ok(State::Done { again }),
            // One byte more than the body, to read what ends it.
            Some(lost) => Err(self.capacity(lost.saturating_add(1), available).into()),
        }
    }

    /// The buffer lacks room for `more` than it holds, and for the lines that would have been kept in a longer one.
    const fn capacity(&self, more: usize, available: usize) -> CapacityError {
        let needed = self.filled.saturating_add(self.kept.dropped).saturating_add(more);
        CapacityError {
            buffer: Buffer::Reply,
            needed,
            available,
        }
    }

    const fn skip(&mut self, n: usize) -> Result<(), ResponseError> {
        self.skipped = self.skipped.saturating_add(n);
        if self.skipped > MAX_SKIPPED {
            Err(ResponseError::TooLarge)
        } else {
            Ok(())
        }
    }

    /// The request's head (RFC 9112 §3); nothing of it can break out of its line.
    fn write_head(&self, buf: &mut [u8]) -> Result<usize, Error> {
        let Revealed {
            endpoint,
            method,
            authorization,
            accept,
        } = self.request;
        let is_value = |value: &[u8]| {
            value
                .iter()
                .all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
        };
        let mut out = Writer::new(buf);
        out.text(if let Method::Get = method { "GET " } else { "POST " });
        out.text(endpoint.target()).text(" HTTP/1.1\r\nHost: ");
        let (open, close) = if endpoint.is_ipv6() { ("[", "]") } else { ("", "") };
        out.text(open).text(endpoint.host()).text(close);
        if !endpoint.has_default_port() {
            out.text(":").number(endpoint.port().into());
        }
        out.text("\r\nUser-Agent: keyfob\r\nAccept: ")
            .text(accept)
            .text("\r\nAccept-Encoding: identity\r\n");
        if let Some(value) = authorization {
            if !is_value(value) {
                return Err(ConfigError::HeaderValue.into());
            }
            out.text("Authorization: ").bytes(value).text("\r\n");
        }
        if let Method::Post { content_type, body } = method {
            if !is_value(content_type.as_bytes()) {
                return Err(ConfigError::HeaderValue.into());
            }
            out.text("Content-Type: ")
                .text(content_type)
                .text("\r\nContent-Length: ")
                .number(body.len())
                .text("\r\n");
        }
        out.text("\r\n");
        Ok(out.end(Buffer::Reply)?)
    }
}

/// `buf[from..][..n]` to `to`, which lies before it.
fn move_down(buf: &mut [u8], from: usize, to: usize, n: usize) {
    for i in 0..n {
        let byte = buf.get(from.saturating_add(i)).copied().unwrap_or_default();
        if let Some(place) = buf.get_mut(to.saturating_add(i)) {
            *place = byte;
        }
    }
}
