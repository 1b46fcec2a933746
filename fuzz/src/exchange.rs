//! Drives `http1::Exchange` over a reply that is there already, in pieces of any size, and tells what came of it.

use keyfob::http1::{Exchange, Step};
use keyfob::{Buffer, CapacityError, Channel, Endpoint, Error, HttpRequest, RetryAfter};

/// A buffer of this length holds the request's head, and all of `reply`.
pub(crate) fn roomy(reply: &[u8]) -> usize {
    reply.len() + 256
}

/// How many bytes each read brings at most: the two sizes take turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reads(pub(crate) usize, pub(crate) usize);

impl Reads {
    pub(crate) const WHOLE: Self = Self(usize::MAX, usize::MAX);
    pub(crate) const SINGLE: Self = Self(1, 1);
}

/// A reply as the exchange gave it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) challenges: Vec<String>,
    pub(crate) dpop_nonce: Option<String>,
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) date: Option<u64>,
    pub(crate) again: bool,
    /// How many bytes of the stream were read.
    pub(crate) taken: usize,
}

/// An input of the targets `head` and `framing`: two sizes of reads, the size of a buffer, and a reply.
pub(crate) struct Input<'d> {
    pub(crate) reads: Reads,
    pub(crate) buf_len: usize,
    pub(crate) reply: &'d [u8],
}

impl<'d> Input<'d> {
    pub(crate) fn of(data: &'d [u8]) -> Option<Self> {
        let ([first, second, high, low], reply) = data.split_first_chunk()?;
        Some(Self {
            reads: Reads(usize::from(*first) + 1, usize::from(*second) + 1),
            buf_len: usize::from(u16::from_be_bytes([*high, *low])) % 1024,
            reply,
        })
    }
}

/// One GET whose reply is `reply`, at whose end the stream ends.
pub(crate) fn run(reply: &[u8], reads: Reads, buf_len: usize) -> Result<Got, Error> {
    let request = HttpRequest::get(Endpoint::insecure_http("http://a/").unwrap());
    let mut exchange = Exchange::new(request.reveal(Channel::Insecure).unwrap());
    let mut buf = vec![0; buf_len];
    let (mut rest, mut sizes) = (reply, [reads.0, reads.1].into_iter().cycle());
    let again = loop {
        match exchange.step(&mut buf)? {
            Step::Send(bytes) => {
                assert!(bytes.starts_with(b"GET / HTTP/1.1\r\n") && bytes.ends_with(b"\r\n\r\n"));
            }
            Step::Flush => {}
            Step::Receive(place) => {
                assert!(!place.is_empty(), "nothing can be read into no room");
                let n = rest.len().min(place.len()).min(sizes.next().unwrap_or(1));
                let (now, later) = rest.split_at(n);
                place[..n].copy_from_slice(now);
                rest = later;
                exchange.received(n, &buf)?;
            }
            Step::Done { again } => break again,
        }
    };
    let start = buf.as_ptr().addr();
    let got_reply = exchange.reply(&mut buf)?;
    let body_end = got_reply.body.as_ptr().addr() - start + got_reply.body.len();
    let got = Got {
        status: got_reply.status,
        challenges: got_reply.challenges().map(Into::into).collect(),
        dpop_nonce: got_reply.dpop_nonce().map(Into::into),
        retry_after: got_reply.retry_after(),
        date: got_reply.date(),
        body: got_reply.body.to_vec(),
        again,
        taken: reply.len() - rest.len(),
    };
    assert!(buf[body_end..].iter().all(|byte| *byte == 0), "bytes are left beyond the body");
    Ok(got)
}

/// The outcome in a buffer of `buf_len` bytes, which must be the same however the bytes come.
pub(crate) fn run_in_all_splits(reply: &[u8], reads: Reads, buf_len: usize) -> Result<Got, Error> {
    let whole = run(reply, Reads::WHOLE, buf_len);
    for reads in [reads, Reads::SINGLE] {
        match (&whole, run(reply, reads, buf_len)) {
            (Ok(whole), Ok(split)) => {
                // How much was read beyond the reply, and so whether the stream serves again, may differ.
                let split = Got { again: whole.again, taken: whole.taken, ..split };
                assert_eq!(*whole, split, "{reads:?} in {buf_len} bytes");
            }
            (Err(whole), Err(split)) => assert_eq!(*whole, split, "{reads:?} in {buf_len} bytes"),
            (whole, split) => panic!("{reads:?} in {buf_len} bytes: {whole:?} or {split:?}"),
        }
    }
    whole
}

/// A page whose status says it all is left out where it doesn't fit, and not waited for.
pub(crate) fn is_left_out(status: u16, body: &[u8]) -> bool {
    status >= 404 && body.is_empty()
}

/// A buffer too small says how large it must be: neither more nor less.
pub(crate) fn check_capacity(reply: &[u8], reads: Reads, buf_len: usize) {
    let Err(Error::Capacity(error)) = run(reply, reads, buf_len) else {
        return;
    };
    assert_eq!((error.buffer, error.available), (Buffer::Reply, buf_len));
    assert!(error.needed > buf_len, "{error:?}");
    if error.needed > 1 << 14 {
        return; // a Content-Length that this reply never keeps
    }
    // The request's head goes first: only when that fits is anything known of the reply.
    let enough = run(reply, reads, error.needed);
    if let Err(Error::Capacity(more)) = enough {
        assert!(run(b"", reads, buf_len) == Err(error.into()), "{error:?}, then {more:?}");
    }
    match run(reply, reads, error.needed - 1) {
        Ok(_) => panic!("{error:?}, and less is enough"),
        Err(Error::Capacity(less)) => {
            assert_eq!(less, CapacityError { available: error.needed - 1, ..error });
        }
        // More room shows more of what is wrong.
        Err(other) => assert_eq!(enough, Err(other)),
    }
}
