//! Opener and stream as the transport sees them, blocking and async. The world lies beside them, so that nobody need touch
//! the transport's opener between calls: whoever does, makes it forget the stream it kept.

use super::world::{Fault, World};
use embedded_io::ErrorType;
use keyfob::{Channel, Endpoint, Error, asynch, blocking};
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

/// What opens streams.
pub(super) struct Opener<'w>(pub(super) &'w RefCell<World>);

/// The stream that is open.
pub(super) struct Line<'w>(&'w RefCell<World>);

impl ErrorType for Line<'_> {
    type Error = Fault;
}

impl embedded_io::Read for Line<'_> {
    fn read(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        self.0.borrow_mut().read(place)
    }
}

impl embedded_io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.0.borrow_mut().fails().map(drop)
    }
}

impl embedded_io_async::Read for Line<'_> {
    async fn read(&mut self, place: &mut [u8]) -> Result<usize, Fault> {
        wait().await;
        self.0.borrow_mut().read(place)
    }
}

impl embedded_io_async::Write for Line<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        wait().await;
        self.0.borrow_mut().write(bytes)
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        wait().await;
        self.0.borrow_mut().fails().map(drop)
    }
}

impl blocking::Connect for Opener<'_> {
    type Error = Fault;
    type Stream<'s>
        = Line<'s>
    where
        Self: 's;

    fn connect(&mut self, to: Endpoint<'_>, _: Duration) -> Result<(Line<'_>, Channel), Error<Fault>> {
        let channel = self.0.borrow_mut().connect(to)?;
        Ok((Line(self.0), channel))
    }

    fn again(&mut self, _: Duration) -> Option<(Line<'_>, Channel)> {
        let channel = self.0.borrow_mut().again()?;
        Some((Line(self.0), channel))
    }

    fn reconnect(&mut self, to: Endpoint<'_>, _: Duration) -> Result<(Line<'_>, Channel), Error<Fault>> {
        let channel = self.0.borrow_mut().reconnect(to)?;
        Ok((Line(self.0), channel))
    }
}

impl asynch::Connect for Opener<'_> {
    type Error = Fault;
    type Stream<'s>
        = Line<'s>
    where
        Self: 's;

    async fn connect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(Line<'_>, Channel), Error<Fault>> {
        wait().await;
        blocking::Connect::connect(self, to, within)
    }

    fn again(&mut self, within: Duration) -> Option<(Line<'_>, Channel)> {
        blocking::Connect::again(self, within)
    }

    async fn reconnect(
        &mut self,
        to: Endpoint<'_>,
        within: Duration,
    ) -> Result<(Line<'_>, Channel), Error<Fault>> {
        wait().await;
        blocking::Connect::reconnect(self, to, within)
    }
}

/// Pending once, so that a future can be dropped here.
async fn wait() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}
