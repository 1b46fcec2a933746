//! A byte stream with a script: what it answers, how much it takes and gives at a time, and which call fails.

use core::fmt;
use embedded_io::{ErrorKind, ErrorType};

/// What the script says about failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub ErrorKind);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the script says so")
    }
}

impl core::error::Error for Broken {}

impl embedded_io::Error for Broken {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

/// A stream that answers with fixed bytes and then ends. Calls are counted from 0.
#[derive(Clone, Debug)]
pub struct Stream {
    reply: Vec<u8>,
    given: usize,
    /// What was written so far.
    pub sent: Vec<u8>,
    /// How often it was read, written and flushed.
    pub calls: Calls,
    script: Script,
}

/// How often each call came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Reads, the failed one included.
    pub read: usize,
    /// Writes, the failed one included.
    pub write: usize,
    /// Flushes, the failed one included.
    pub flush: usize,
}

#[derive(Clone, Copy, Debug)]
struct Script {
    read_most: usize,
    write_most: usize,
    read_fails: Option<usize>,
    write_fails: Option<usize>,
    takes_nothing: Option<usize>,
    flush_fails: Option<usize>,
    failure: ErrorKind,
}

impl Stream {
    /// A stream that gives all of `reply` as soon as it is asked.
    #[must_use]
    pub fn replying(reply: impl AsRef<[u8]>) -> Self {
        Self {
            reply: reply.as_ref().to_vec(),
            given: 0,
            sent: Vec::new(),
            calls: Calls::default(),
            script: Script {
                read_most: usize::MAX,
                write_most: usize::MAX,
                read_fails: None,
                write_fails: None,
                takes_nothing: None,
                flush_fails: None,
                failure: ErrorKind::ConnectionReset,
            },
        }
    }

    /// No read gives more bytes than `most`.
    #[must_use]
    pub fn giving_at_most(mut self, most: usize) -> Self {
        self.script.read_most = most;
        self
    }

    /// No write takes more bytes than `most`.
    #[must_use]
    pub fn taking_at_most(mut self, most: usize) -> Self {
        self.script.write_most = most;
        self
    }

    /// The read of that number fails.
    #[must_use]
    pub fn failing_read(mut self, number: usize) -> Self {
        self.script.read_fails = Some(number);
        self
    }

    /// The write of that number fails.
    #[must_use]
    pub fn failing_write(mut self, number: usize) -> Self {
        self.script.write_fails = Some(number);
        self
    }

    /// What fails, fails as this: else, the connection is reset.
    #[must_use]
    pub fn failing_as(mut self, failure: ErrorKind) -> Self {
        self.script.failure = failure;
        self
    }

    /// The write of that number takes nothing, and says so.
    #[must_use]
    pub fn taking_nothing_at(mut self, number: usize) -> Self {
        self.script.takes_nothing = Some(number);
        self
    }

    /// The flush of that number fails.
    #[must_use]
    pub fn failing_flush(mut self, number: usize) -> Self {
        self.script.flush_fails = Some(number);
        self
    }
}

/// The number of this call, which is counted.
fn number(calls: &mut usize) -> usize {
    *calls += 1;
    *calls - 1
}

impl ErrorType for Stream {
    type Error = Broken;
}

impl embedded_io::Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        if Some(number(&mut self.calls.read)) == self.script.read_fails {
            return Err(Broken(self.script.failure));
        }
        let rest = &self.reply[self.given..];
        let n = rest.len().min(buf.len()).min(self.script.read_most);
        buf[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}

impl embedded_io::Write for Stream {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Broken> {
        let number = Some(number(&mut self.calls.write));
        if number == self.script.write_fails {
            return Err(Broken(self.script.failure));
        }
        if number == self.script.takes_nothing {
            return Ok(0);
        }
        let n = buf.len().min(self.script.write_most);
        self.sent.extend_from_slice(&buf[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> Result<(), Broken> {
        if Some(number(&mut self.calls.flush)) == self.script.flush_fails {
            return Err(Broken(self.script.failure));
        }
        Ok(())
    }
}

/// Each call waits once before it does anything, so that a future can be dropped there.
impl embedded_io_async::Read for Stream {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        embassy_futures::yield_now().await;
        embedded_io::Read::read(self, buf)
    }
}

impl embedded_io_async::Write for Stream {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Broken> {
        embassy_futures::yield_now().await;
        embedded_io::Write::write(self, buf)
    }

    async fn flush(&mut self) -> Result<(), Broken> {
        embassy_futures::yield_now().await;
        embedded_io::Write::flush(self)
    }
}
