//! A microcontroller's TLS, in the shape of embedded-tls: one socket and one record buffer, both borrowed by the
//! connection, invariant, with a `Drop`. Closing gives the socket back, but never the buffer, so nothing that lives on
//! can hold both the buffer's owner and the connection: except a stack frame, as here, or a future, as in `line`.

use crate::network::{Connection, Network};
use core::convert::Infallible;
use core::marker::PhantomData;
use keyfob::http1::Over;
use keyfob::{Channel, Endpoint, Http1};

/// The one socket.
#[derive(Debug)]
pub struct Socket(pub Network);

/// A TLS connection over it.
#[derive(Debug)]
pub struct Tls<'a> {
    _record: &'a mut [u8],
    _socket: &'a mut Socket,
    connection: Connection,
    _invariant: PhantomData<fn(&'a ()) -> &'a ()>,
}

impl<'a> Tls<'a> {
    /// The handshake.
    #[must_use]
    pub fn open(socket: &'a mut Socket, record: &'a mut [u8], host: &str) -> Self {
        let connection = Connection::open(&socket.0, host);
        Self { _record: record, _socket: socket, connection, _invariant: PhantomData }
    }
}

impl Drop for Tls<'_> {
    fn drop(&mut self) {}
}

impl embedded_io::ErrorType for Tls<'_> {
    type Error = Infallible;
}

impl embedded_io::Read for Tls<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        embedded_io::Read::read(&mut self.connection, buf)
    }
}

impl embedded_io::Write for Tls<'_> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        embedded_io::Write::write(&mut self.connection, buf)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        embedded_io::Write::flush(&mut self.connection)
    }
}

impl embedded_io_async::Read for Tls<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        embedded_io_async::Read::read(&mut self.connection, buf).await
    }
}

impl embedded_io_async::Write for Tls<'_> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        embedded_io_async::Write::write(&mut self.connection, buf).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        embedded_io_async::Write::flush(&mut self.connection).await
    }
}

/// A board whose caller's frame is the connection's life. Another server cannot be opened before the first stream is
/// dropped: the borrow checker says so.
#[derive(Debug)]
pub struct Board {
    socket: Socket,
    record: [u8; 64],
}

impl Board {
    /// On that network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self { socket: Socket(network.clone()), record: [0; 64] }
    }

    /// Opens the one stream.
    pub fn open(&mut self, to: Endpoint<'_>) -> Over<Tls<'_>> {
        Http1::over(Tls::open(&mut self.socket, &mut self.record, to.host()), to, Channel::Authenticated)
    }
}
