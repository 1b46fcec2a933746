//! One open stream: TCP, with or without TLS over it, under the call's deadline. How it is opened is `connector`'s affair.

use crate::deadline::Deadline;
use crate::error::{Error, Phase};
use rustls::ClientConnection;
use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;

/// Records that a server may have sent on an idle stream, session tickets for one, before it counts as noisy.
const MAX_IDLE_READS: usize = 16;

/// An open stream to a server, lent by its [`Connector`](crate::Connector).
pub struct Stream {
    socket: TcpStream,
    tls: Option<ClientConnection>,
    deadline: Deadline,
}

/// The socket with what is left of the deadline as the time-out of each call.
struct Timed<'t> {
    socket: &'t TcpStream,
    deadline: Deadline,
}

impl Stream {
    pub(crate) const fn plain(socket: TcpStream, deadline: Deadline) -> Self {
        Self { socket, tls: None, deadline }
    }

    /// Shakes hands. When this returns, the server is who the certificate says; the last message of the handshake
    /// leaves together with the request.
    pub(crate) fn secure(
        socket: TcpStream,
        mut tls: ClientConnection,
        deadline: Deadline,
    ) -> Result<Self, Error> {
        let mut timed = Timed { socket: &socket, deadline };
        while tls.is_handshaking() {
            if tls.wants_write() {
                send_records(&mut tls, &mut timed, Phase::Handshake)?;
            } else if receive_records(&mut tls, &mut timed, Phase::Handshake)? == 0 {
                return Err(Error::Closed(Phase::Handshake));
            }
        }
        match tls.alpn_protocol() {
            None | Some(b"http/1.1") => Ok(Self { socket, tls: Some(tls), deadline }),
            Some(_) => Err(Error::Incompatible),
        }
    }

    pub(crate) const fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    pub(crate) const fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// Whether an idle stream can carry another request: the server neither closed it nor sent bytes that nobody asked
    /// for, which would be taken for the next reply. It looks and doesn't wait.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.socket.set_nonblocking(true).is_ok()
            && self.nothing_came()
            && self.socket.set_nonblocking(false).is_ok()
    }

    fn nothing_came(&mut self) -> bool {
        let would_block = |error: io::Error| error.kind() == io::ErrorKind::WouldBlock;
        let Some(tls) = &mut self.tls else {
            return self.socket.peek(&mut [0]).is_err_and(would_block);
        };
        for _ in 0..MAX_IDLE_READS {
            match tls.process_new_packets() {
                Ok(state) if state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed() => {}
                _ => return false,
            }
            match tls.read_tls(&mut &self.socket) {
                Ok(1..) => {}
                Ok(0) => return false,
                Err(error) => return would_block(error),
            }
        }
        false
    }
}

impl embedded_io::ErrorType for Stream {
    type Error = Error;
}

impl embedded_io::Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let mut timed = Timed { socket: &self.socket, deadline: self.deadline };
        let Some(tls) = &mut self.tls else {
            return timed.read(buf).map_err(|error| Error::from_io(&error, Phase::Receive));
        };
        loop {
            match tls.reader().read(buf) {
                Ok(n) => return Ok(n),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // The end came without a word of the server's: an attacker can do that.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Error::Truncated),
                Err(error) => return Err(Error::from_io(&error, Phase::Receive)),
            }
            if tls.wants_write() {
                send_records(tls, &mut timed, Phase::Receive)?;
            }
            receive_records(tls, &mut timed, Phase::Receive)?;
        }
    }
}

impl embedded_io::Write for Stream {
    /// With TLS it is encrypted into a buffer, and leaves with [`flush`](embedded_io::Write::flush) or when that is
    /// full: head and body of a request travel together.
    fn write(&mut self, buf: &[u8]) -> Result<usize, Error> {
        let mut timed = Timed { socket: &self.socket, deadline: self.deadline };
        let failed = |error| Error::from_io(&error, Phase::Send);
        let Some(tls) = &mut self.tls else {
            return timed.write(buf).map_err(failed);
        };
        let n = tls.writer().write(buf).map_err(failed)?;
        if n > 0 || buf.is_empty() {
            return Ok(n);
        }
        send_records(tls, &mut timed, Phase::Send)?;
        tls.writer().write(buf).map_err(failed)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let mut timed = Timed { socket: &self.socket, deadline: self.deadline };
        match &mut self.tls {
            Some(tls) => send_records(tls, &mut timed, Phase::Send),
            None => Ok(()),
        }
    }
}

impl Drop for Stream {
    /// Says good-bye if that needs no waiting: the server then knows that nobody cut the stream.
    fn drop(&mut self) {
        if let Some(tls) = &mut self.tls
            && self.socket.set_nonblocking(true).is_ok()
        {
            tls.send_close_notify();
            let _ = tls.write_tls(&mut &self.socket);
        }
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("peer", &self.socket.peer_addr().ok())
            .field("secure", &self.is_secure())
            .finish_non_exhaustive()
    }
}

fn send_records(tls: &mut ClientConnection, timed: &mut Timed<'_>, phase: Phase) -> Result<(), Error> {
    while tls.wants_write() {
        match tls.write_tls(timed) {
            Ok(0) => return Err(Error::Closed(phase)),
            Ok(_) => {}
            Err(error) => return Err(Error::from_io(&error, phase)),
        }
    }
    Ok(())
}

/// Reads once and digests what came. `Ok(0)` is the end of the TCP stream.
fn receive_records(tls: &mut ClientConnection, timed: &mut Timed<'_>, phase: Phase) -> Result<usize, Error> {
    let n = tls.read_tls(timed).map_err(|error| Error::from_io(&error, phase))?;
    if let Err(error) = tls.process_new_packets() {
        // The alert that tells the server why; the error is what counts here.
        let _ = send_records(tls, timed, phase);
        return Err(Error::from(&error));
    }
    Ok(n)
}

impl Read for Timed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        retried(|| {
            self.socket.set_read_timeout(Some(self.deadline.left()?))?;
            self.socket.read(buf)
        })
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        retried(|| {
            self.socket.set_write_timeout(Some(self.deadline.left()?))?;
            self.socket.write(buf)
        })
    }

    /// All records at once: without it, each would be a packet of its own.
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        retried(|| {
            self.socket.set_write_timeout(Some(self.deadline.left()?))?;
            self.socket.write_vectored(bufs)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A signal's handler ran: that is no reason to stop.
fn retried(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
