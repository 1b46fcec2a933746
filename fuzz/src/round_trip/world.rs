//! The far side: streams that follow the script and write down what they are sent. It minds what it is asked for: a kept
//! stream only where it is in order, a second try only where it can do no harm. Opener and stream as the transport sees
//! them are in `line`.

use super::script::{Reply, Step, Then};
use crate::decode::{self, Decoded};
use embedded_io::ErrorKind;
use keyfob::{Channel, Endpoint, Error, ResponseError};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;

/// What can go wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Broken,
    TimedOut,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fault")
    }
}

impl std::error::Error for Fault {}

impl embedded_io::Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Broken => ErrorKind::ConnectionReset,
            Self::TimedOut => ErrorKind::TimedOut,
        }
    }
}

pub(super) struct World {
    channel: Channel,
    replies: VecDeque<Reply>,
    refuse: bool,
    fail_write: Option<usize>,
    write_at_most: usize,
    kept_is_dead: bool,
    open: Option<Stream>,
    call: Call,
}

/// One call of the transport.
#[derive(Default)]
struct Call {
    /// Where it goes, and whether it may be made twice.
    server: Server,
    repeatable: bool,
    /// Whether the kept stream was asked for, and whether a read waited in vain.
    asked: bool,
    timed_out: bool,
    /// How many streams were opened, and how many of them were lent anew.
    opened: usize,
    lent_again: usize,
    /// The replies that streams served.
    served: Vec<Reply>,
    /// What each stream was sent, and what was read from it.
    sent: Vec<Vec<u8>>,
    received: Vec<Vec<u8>>,
}

/// Scheme, host and port.
type Server = (bool, String, u16);

struct Stream {
    server: Server,
    /// What was read from it since it was opened or lent.
    seen: Vec<u8>,
    /// The call that used it last says that it was in order at its end.
    must_serve: bool,
    rest: VecDeque<u8>,
    at_most: usize,
    then: Then,
    /// So many writes and flushes until one fails.
    fail_write: Option<usize>,
    write_at_most: usize,
}

impl World {
    pub(super) fn new(channel: Channel) -> RefCell<Self> {
        RefCell::new(Self {
            channel,
            replies: VecDeque::new(),
            refuse: false,
            fail_write: None,
            write_at_most: usize::MAX,
            kept_is_dead: false,
            open: None,
            call: Call::default(),
        })
    }

    pub(super) fn script(&mut self, step: Step) {
        match step {
            Step::Reply(reply) => self.replies.push_back(reply),
            Step::Refuse => self.refuse = true,
            Step::FailWrite(n) => self.fail_write = Some(n),
            Step::WriteAtMost(n) => self.write_at_most = n,
            Step::KeptIsDead => self.kept_is_dead = true,
        }
    }

    /// A call begins that goes to `to`.
    pub(super) fn begin_call(&mut self, to: Endpoint<'_>, repeatable: bool) {
        self.call = Call { server: server(to), repeatable, ..Call::default() };
    }

    /// What is known of the call's round trip, if there was one.
    pub(super) fn end_call(&mut self, outcome: Option<Result<(), Error<Fault>>>) {
        let Some(received) = self.call.received.last() else {
            return;
        };
        let closed = matches!(
            outcome,
            Some(Err(Error::Transport(Fault::Broken)
                | Error::Closed
                | Error::Response(ResponseError::EndedEarly)))
        );
        let given_up = closed && self.call.lent_again == 1 && self.call.opened == 0;
        let harmless = received.is_empty() && !self.call.timed_out && self.call.repeatable;
        assert!(!given_up || !harmless, "the kept stream was dead, and no other was opened");
        if let Some(open) = &mut self.open {
            open.must_serve = outcome == Some(Ok(())) && open.is_in_order() == Some(true);
        }
    }

    pub(super) fn received(&self) -> &[Vec<u8>] {
        &self.call.received
    }

    pub(super) fn sent(&self) -> &[Vec<u8>] {
        &self.call.sent
    }

    pub(super) fn sent_nothing(&self) -> bool {
        self.call.sent.iter().all(Vec::is_empty)
    }

    /// How often a stream was opened in this call, and how often the kept one was lent.
    pub(super) const fn streams(&self) -> (usize, usize) {
        (self.call.opened, self.call.lent_again)
    }

    /// The step that this call's only stream followed, if that tells all of what happened.
    pub(super) fn only_step(&self) -> Option<Step> {
        match self.call.served.as_slice() {
            [reply] if self.call.opened + self.call.lent_again == 1 => Some(Step::Reply(reply.clone())),
            _ => None,
        }
    }

    /// The next reply of the script, on a stream that is new or was kept.
    fn serve(&mut self) -> bool {
        let Some(reply) = self.replies.pop_front() else {
            return false;
        };
        self.open = Some(Stream {
            server: self.call.server.clone(),
            seen: Vec::new(),
            must_serve: false,
            rest: reply.bytes.iter().copied().collect(),
            at_most: reply.at_most,
            then: reply.then,
            fail_write: self.fail_write.take(),
            write_at_most: std::mem::replace(&mut self.write_at_most, usize::MAX),
        });
        self.call.served.push(reply);
        self.call.sent.push(Vec::new());
        self.call.received.push(Vec::new());
        true
    }

    /// A call's first stream, unless the kept one was lent.
    pub(super) fn connect(&mut self, to: Endpoint<'_>) -> Result<Channel, Error<Fault>> {
        assert_eq!(self.call.lent_again, 0, "connect, and not reconnect");
        self.open_new(to)
    }

    fn open_new(&mut self, to: Endpoint<'_>) -> Result<Channel, Error<Fault>> {
        assert_eq!(server(to), self.call.server);
        let kept = self.open.take().filter(|kept| kept.must_serve && kept.server == self.call.server);
        assert!(kept.is_none() || self.call.asked, "the kept stream was in order, and not asked for");
        self.call.opened += 1;
        if std::mem::take(&mut self.refuse) || !self.serve() {
            return Err(Error::Transport(Fault::Broken));
        }
        Ok(self.channel)
    }

    /// A second stream within one call.
    pub(super) fn reconnect(&mut self, to: Endpoint<'_>) -> Result<Channel, Error<Fault>> {
        assert!(self.call.lent_again == 1 && self.call.repeatable, "sent twice");
        assert!(self.call.received.iter().all(Vec::is_empty), "sent again after a reply began");
        assert!(!self.call.timed_out, "sent again after a silence");
        self.open_new(to)
    }

    pub(super) fn again(&mut self) -> Option<Channel> {
        self.call.asked = true;
        let kept = self.open.take()?;
        assert_eq!(kept.server, self.call.server, "another server's stream");
        assert_ne!(kept.is_in_order(), Some(false), "a stream in disorder");
        // Bytes that nobody asked for would be taken for the next reply.
        if std::mem::take(&mut self.kept_is_dead) || !kept.rest.is_empty() {
            return None;
        }
        self.call.lent_again += 1;
        // After an end or a failure nothing comes.
        if kept.then != Then::Silence || !self.serve() {
            let then = if kept.then == Then::Failure { Then::Failure } else { Then::End };
            self.open = Some(Stream { seen: Vec::new(), must_serve: false, then, ..kept });
            self.call.sent.push(Vec::new());
            self.call.received.push(Vec::new());
        }
        Some(self.channel)
    }

    pub(super) fn read(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        let stream = self.open.as_mut().expect("a stream is open");
        if stream.rest.is_empty() {
            self.call.timed_out |= stream.then == Then::Silence;
            return match stream.then {
                Then::Silence => Err(Fault::TimedOut),
                Then::End => Ok(0),
                Then::Failure => Err(Fault::Broken),
            };
        }
        let n = place.len().min(stream.at_most).min(stream.rest.len());
        for (place, byte) in place.iter_mut().zip(stream.rest.drain(..n)) {
            *place = byte;
        }
        stream.seen.extend_from_slice(&place[..n]);
        self.call.received.last_mut().expect("a stream is open").extend_from_slice(&place[..n]);
        Ok(n)
    }

    /// Whether this write or flush is the one that fails; `Some(0)` takes nothing, for ever.
    pub(super) fn fails(&mut self) -> Result<bool, Fault> {
        let stream = self.open.as_mut().expect("a stream is open");
        match &mut stream.fail_write {
            None => Ok(false),
            Some(0) => Ok(true),
            Some(1) => Err(Fault::Broken),
            Some(n) => {
                *n -= 1;
                Ok(false)
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        if self.fails()? {
            return Ok(0);
        }
        let stream = self.open.as_ref().expect("a stream is open");
        let n = bytes.len().min(stream.write_at_most);
        self.call.sent.last_mut().expect("a stream is open").extend_from_slice(&bytes[..n]);
        Ok(n)
    }
}

impl Stream {
    /// Whether what was read is one whole reply after which the stream serves on; `None` where the oracle can't tell.
    fn is_in_order(&self) -> Option<bool> {
        match decode::reply(&self.seen) {
            Decoded::Complete(reply) => Some(reply.again && reply.len == self.seen.len()),
            Decoded::Undefined(_) | Decoded::Beyond => None,
            Decoded::IncompleteHead | Decoded::Incomplete | Decoded::Refused => Some(false),
        }
    }
}

fn server(to: Endpoint<'_>) -> Server {
    (to.is_https(), to.host().to_owned(), to.port())
}
