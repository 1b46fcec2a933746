//! An opener that lends its buffers to an invariant stream with a `Drop`, as embedded-tls has them, in a future that is
//! `Send`.
//!
//! The limit, tried: where the opener is itself `Opener<'o>` and the future must be `Send`, rustc says "implementation
//! of `Connect` is not general enough". Who needs `Send` has a computer, and there an opener owns its parts; an executor
//! of one core asks for no `Send`.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::time::Duration;
use embedded_io_async::{ErrorType, Read, Write};
use keyfob::asynch::Connect;
use keyfob::{Channel, Client, Endpoint, Error, Http1, Link, Moment, ResponseError, Slot, TokenRequest};
use keyfob_tests::{AUTH, ID};

struct Socket<'a> {
    _buffer: &'a mut [u8],
}

struct Tls<'a, S> {
    _record: &'a mut [u8],
    _socket: S,
    _invariant: PhantomData<fn(&'a ()) -> &'a ()>,
}

impl<S> Drop for Tls<'_, S> {
    fn drop(&mut self) {}
}

impl<S> ErrorType for Tls<'_, S> {
    type Error = Infallible;
}

impl<S> Read for Tls<'_, S> {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(0)
    }
}

impl<S> Write for Tls<'_, S> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

struct Opener {
    record: [u8; 64],
    receive: [u8; 64],
}

impl Connect for Opener {
    type Error = Infallible;
    type Stream<'s> = Tls<'s, Socket<'s>>;

    async fn connect(
        &mut self,
        _: Endpoint<'_>,
        _: Duration,
    ) -> Result<(Tls<'_, Socket<'_>>, Channel), Error<Infallible>> {
        let socket = Socket { _buffer: &mut self.receive };
        let tls = Tls { _record: &mut self.record, _socket: socket, _invariant: PhantomData };
        Ok((tls, Channel::Authenticated))
    }
}

#[tokio::test]
async fn serves_in_a_spawned_task() {
    let task = tokio::spawn(async {
        let mut http = Http1::new(Opener { record: [0; 64], receive: [0; 64] });
        let (mut memory, mut scratch) = ([0; 512], [0; 1024]);
        let mut client = Client::new(ID, AUTH);
        let mut slot = Slot::new(TokenRequest::new(), &mut memory);
        let mut link = Link::new(&mut http, || Moment::at_millis(0), &mut scratch);
        client.token_async(&mut link, &mut slot).await.map(|_| ())
    });
    assert_eq!(task.await.unwrap(), Err(Error::Response(ResponseError::EndedEarly)));
}
