//! A future as the connection's frame: [`worker`] owns the socket and its buffer for ever, and [`Line`] polls it for
//! each call. So it needs no task, a blocking caller can hold it as well, and it switches servers by itself. Bytes cross
//! by way of the desk, `N` at a time.

use crate::board::{Socket, Tls};
use core::cell::RefCell;
use core::convert::Infallible;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use embassy_futures::select::{Either, select};
use embedded_io_async::{ErrorType, Read, Write};
use keyfob::{Channel, Endpoint, Error, asynch, blocking};

/// Where a caller's orders and the worker's answers lie.
#[derive(Debug)]
pub struct Desk<const N: usize>(RefCell<Papers<N>>);

#[derive(Debug)]
struct Papers<const N: usize> {
    order: Option<Order>,
    answer: Option<usize>,
    bytes: [u8; N],
}

#[derive(Clone, Copy, Debug)]
enum Order {
    /// To the host whose name lies on the desk.
    Open {
        host_len: usize,
    },
    Write(usize),
    Flush,
    Read(usize),
}

impl<const N: usize> Default for Desk<N> {
    fn default() -> Self {
        Self(RefCell::new(Papers { order: None, answer: None, bytes: [0; N] }))
    }
}

impl<const N: usize> Desk<N> {
    async fn order(&self) -> Order {
        poll_fn(|_| self.0.borrow_mut().order.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    fn answer(&self, n: usize) {
        self.0.borrow_mut().answer = Some(n);
    }

    fn host(&self, len: usize) -> String {
        String::from_utf8_lossy(&self.0.borrow().bytes[..len]).into()
    }

    /// A caller who gave up leaves its order behind; the next order interrupts it.
    async fn replaced(&self) {
        let order_lies_here = || self.0.borrow().order.is_some();
        poll_fn(|_| if order_lies_here() { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Serves one connection until another is wanted; says to where.
    async fn serve(&self, stream: &mut (impl Read<Error = Infallible> + Write)) -> usize {
        loop {
            let order = self.order().await;
            if let Order::Open { host_len } = order {
                return host_len;
            }
            if let Either::First(n) = select(self.carry_out(order, stream), self.replaced()).await {
                self.answer(n);
            }
        }
    }

    async fn carry_out(&self, order: Order, stream: &mut (impl Read<Error = Infallible> + Write)) -> usize {
        match order {
            Order::Open { .. } => 0,
            Order::Write(n) => {
                let part = self.0.borrow().bytes;
                stream.write_all(&part[..n]).await.ok();
                n
            }
            Order::Flush => {
                stream.flush().await.ok();
                0
            }
            Order::Read(n) => {
                let mut part = [0; N];
                let n = stream.read(&mut part[..n]).await.unwrap_or(0);
                self.0.borrow_mut().bytes = part;
                n
            }
        }
    }
}

/// Owns the one socket and its buffer for ever: open, serve, close, open.
pub async fn worker<const N: usize>(desk: &Desk<N>, socket: &mut Socket, record: &mut [u8]) {
    let Order::Open { mut host_len } = desk.order().await else {
        return;
    };
    loop {
        let to = desk.host(host_len);
        let mut tls = Tls::open(socket, record, &to);
        desk.answer(0);
        host_len = desk.serve(&mut tls).await; // and `tls` is closed before the next is opened
    }
}

/// A caller's end of the desk.
#[derive(Debug)]
pub struct Line<'d, F, const N: usize> {
    desk: &'d Desk<N>,
    worker: Pin<&'d mut F>,
}

impl<'d, F: Future<Output = ()>, const N: usize> Line<'d, F, N> {
    /// A line to that worker.
    #[must_use]
    pub fn new(desk: &'d Desk<N>, worker: Pin<&'d mut F>) -> Self {
        Self { desk, worker }
    }

    fn post(&self, order: Order, bytes: &[u8]) {
        let mut papers = self.desk.0.borrow_mut();
        papers.bytes[..bytes.len()].copy_from_slice(bytes);
        (papers.order, papers.answer) = (Some(order), None);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let _ = self.worker.as_mut().poll(cx);
        self.desk.0.borrow_mut().answer.take().map_or(Poll::Pending, Poll::Ready)
    }

    async fn done(&mut self) -> usize {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn done_now(&mut self) -> usize {
        loop {
            if let Poll::Ready(n) = self.poll(&mut Context::from_waker(Waker::noop())) {
                return n;
            }
        }
    }

    fn take(&self, n: usize, buf: &mut [u8]) -> usize {
        buf[..n].copy_from_slice(&self.desk.0.borrow().bytes[..n]);
        n
    }
}

impl<F, const N: usize> ErrorType for Line<'_, F, N> {
    type Error = Infallible;
}

impl<F: Future<Output = ()>, const N: usize> Read for Line<'_, F, N> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        self.post(Order::Read(buf.len().min(N)), &[]);
        let n = self.done().await;
        Ok(self.take(n, buf))
    }
}

impl<F: Future<Output = ()>, const N: usize> Write for Line<'_, F, N> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        let n = buf.len().min(N);
        self.post(Order::Write(n), &buf[..n]);
        Ok(self.done().await)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        self.post(Order::Flush, &[]);
        self.done().await;
        Ok(())
    }
}

impl<F: Future<Output = ()>, const N: usize> embedded_io::Read for Line<'_, F, N> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        self.post(Order::Read(buf.len().min(N)), &[]);
        let n = self.done_now();
        Ok(self.take(n, buf))
    }
}

impl<F: Future<Output = ()>, const N: usize> embedded_io::Write for Line<'_, F, N> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        let n = buf.len().min(N);
        self.post(Order::Write(n), &buf[..n]);
        Ok(self.done_now())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.post(Order::Flush, &[]);
        self.done_now();
        Ok(())
    }
}

impl<F: Future<Output = ()>, const N: usize> asynch::Connect for Line<'_, F, N> {
    type Error = Infallible;
    type Stream<'s>
        = &'s mut Self
    where
        Self: 's;

    async fn connect(
        &mut self,
        to: Endpoint<'_>,
        _: Duration,
    ) -> Result<(&mut Self, Channel), Error<Infallible>> {
        let host = to.host().as_bytes();
        self.post(Order::Open { host_len: host.len() }, host);
        self.done().await;
        Ok((self, Channel::Authenticated))
    }

    fn again(&mut self, _: Duration) -> Option<(&mut Self, Channel)> {
        Some((self, Channel::Authenticated))
    }
}

impl<F: Future<Output = ()>, const N: usize> blocking::Connect for Line<'_, F, N> {
    type Error = Infallible;
    type Stream<'s>
        = &'s mut Self
    where
        Self: 's;

    fn connect(&mut self, to: Endpoint<'_>, _: Duration) -> Result<(&mut Self, Channel), Error<Infallible>> {
        let host = to.host().as_bytes();
        self.post(Order::Open { host_len: host.len() }, host);
        self.done_now();
        Ok((self, Channel::Authenticated))
    }

    fn again(&mut self, _: Duration) -> Option<(&mut Self, Channel)> {
        Some((self, Channel::Authenticated))
    }
}
