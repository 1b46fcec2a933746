//! The far side: an opener of streams, blocking and async, whose streams follow the script and write down what they are
//! sent.

use super::script::{Reply, Step, Then};
use embedded_io::{ErrorKind, ErrorType};
use keyfob::{Channel, Endpoint, Error, asynch, blocking};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

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
    /// The replies that streams were opened for in this call, and how many of them were lent anew.
    served: Vec<Reply>,
    lent_again: usize,
    opened: usize,
    /// What each stream of this call was sent, and what was read from it.
    sent: Vec<Vec<u8>>,
    received: Vec<Vec<u8>>,
}

struct Stream {
    rest: VecDeque<u8>,
    at_most: usize,
    then: Then,
    /// So many writes and flushes until one fails.
    fail_write: Option<usize>,
    write_at_most: usize,
}

/// The stream that is open.
pub(super) struct Line<'w>(&'w mut World);

impl World {
    pub(super) fn new(channel: Channel) -> Self {
        Self {
            channel,
            replies: VecDeque::new(),
            refuse: false,
            fail_write: None,
            write_at_most: usize::MAX,
            kept_is_dead: false,
            open: None,
            served: Vec::new(),
            lent_again: 0,
            opened: 0,
            sent: Vec::new(),
            received: Vec::new(),
        }
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

    pub(super) fn begin_call(&mut self) {
        self.served.clear();
        self.sent.clear();
        self.received.clear();
        (self.lent_again, self.opened) = (0, 0);
    }

    pub(super) fn received(&self) -> &[Vec<u8>] {
        &self.received
    }

    pub(super) fn sent(&self) -> &[Vec<u8>] {
        &self.sent
    }

    pub(super) fn sent_nothing(&self) -> bool {
        self.sent.iter().all(Vec::is_empty)
    }

    /// How often a stream was opened in this call, and how often the kept one was lent.
    pub(super) const fn streams(&self) -> (usize, usize) {
        (self.opened, self.lent_again)
    }

    /// The step that this call's only stream followed, if that tells all of what happened.
    pub(super) fn only_step(&self) -> Option<Step> {
        match self.served.as_slice() {
            [reply] if self.opened == 1 && self.lent_again == 0 => Some(Step::Reply(reply.clone())),
            _ => None,
        }
    }

    /// The next reply of the script, on a stream that is new or was kept.
    fn serve(&mut self) -> bool {
        let Some(reply) = self.replies.pop_front() else {
            return false;
        };
        self.open = Some(Stream {
            rest: reply.bytes.iter().copied().collect(),
            at_most: reply.at_most,
            then: reply.then,
            fail_write: self.fail_write.take(),
            write_at_most: std::mem::replace(&mut self.write_at_most, usize::MAX),
        });
        self.served.push(reply);
        self.sent.push(Vec::new());
        self.received.push(Vec::new());
        true
    }

    fn open_new(&mut self, to: Endpoint<'_>) -> Result<(Line<'_>, Channel), Error<Fault>> {
        assert!(matches!(to.host(), "id.example" | "::1"));
        self.opened += 1;
        self.open = None;
        if std::mem::take(&mut self.refuse) || !self.serve() {
            return Err(Error::Transport(Fault::Broken));
        }
        let channel = self.channel;
        Ok((Line(self), channel))
    }

    fn lend_again(&mut self) -> Option<(Line<'_>, Channel)> {
        let kept = self.open.take()?;
        if std::mem::take(&mut self.kept_is_dead) {
            return None;
        }
        self.lent_again += 1;
        // Bytes left over from the last reply come first; after an end or a failure nothing does.
        if kept.then != Then::Silence || !self.serve() {
            let then = if kept.then == Then::Failure { Then::Failure } else { Then::End };
            self.open = Some(Stream { rest: VecDeque::new(), then, ..kept });
            self.sent.push(Vec::new());
            self.received.push(Vec::new());
        } else if let Some(open) = &mut self.open {
            let mut rest = kept.rest;
            rest.append(&mut open.rest);
            open.rest = rest;
        }
        let channel = self.channel;
        Some((Line(self), channel))
    }
}

impl Line<'_> {
    fn read_now(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        let stream = self.0.open.as_mut().expect("a stream is open");
        if stream.rest.is_empty() {
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
        self.0.received.last_mut().expect("a stream is open").extend_from_slice(&place[..n]);
        Ok(n)
    }

    /// Whether this write or flush is the one that fails; `Some(0)` takes nothing, for ever.
    fn fails(&mut self) -> Result<bool, Fault> {
        let stream = self.0.open.as_mut().expect("a stream is open");
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

    fn write_now(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        if self.fails()? {
            return Ok(0);
        }
        let stream = self.0.open.as_ref().expect("a stream is open");
        let n = bytes.len().min(stream.write_at_most);
        self.0.sent.last_mut().expect("a stream is open").extend_from_slice(&bytes[..n]);
        Ok(n)
    }
}

impl ErrorType for Line<'_> {
    type Error = Fault;
}

impl embedded_io::Read for Line<'_> {
    fn read(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        self.read_now(place)
    }
}

impl embedded_io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        self.write_now(bytes)
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.fails().map(drop)
    }
}

impl embedded_io_async::Read for Line<'_> {
    async fn read(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        wait().await;
        self.read_now(place)
    }
}

impl embedded_io_async::Write for Line<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        wait().await;
        self.write_now(bytes)
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        wait().await;
        self.fails().map(drop)
    }
}

impl blocking::Connect for World {
    type Error = Fault;
    type Stream<'s> = Line<'s>;

    fn connect(&mut self, to: Endpoint<'_>, _: Duration) -> Result<(Line<'_>, Channel), Error<Fault>> {
        self.open_new(to)
    }

    fn again(&mut self, _: Duration) -> Option<(Line<'_>, Channel)> {
        self.lend_again()
    }
}

impl asynch::Connect for World {
    type Error = Fault;
    type Stream<'s> = Line<'s>;

    async fn connect(&mut self, to: Endpoint<'_>, _: Duration) -> Result<(Line<'_>, Channel), Error<Fault>> {
        wait().await;
        self.open_new(to)
    }

    fn again(&mut self, _: Duration) -> Option<(Line<'_>, Channel)> {
        self.lend_again()
    }
}

/// Pending once, so that a future can be dropped here.
async fn wait() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}
