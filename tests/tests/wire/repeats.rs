//! A kept stream that fails: when the request goes out once more, over which stream, and within which time.

use core::time::Duration;
use embedded_io::ErrorKind;
use keyfob::{
    Channel, Client, Endpoint, Error, Http1, HttpRequest, Link, Moment, Slot, TokenRequest, asynch, blocking,
};
use keyfob_tests::stream::{Broken, Stream};
use keyfob_tests::{AUTH, ID, REPLY};

/// Opens one stream after the other, keeps the last one, and notes what it was asked for.
struct Opener {
    streams: Vec<Stream>,
    open: Option<Stream>,
    channels: [Channel; 2],
    log: Vec<String>,
}

impl Opener {
    fn new(streams: impl IntoIterator<Item = Stream>) -> Self {
        let mut streams: Vec<Stream> = streams.into_iter().collect();
        streams.reverse();
        Self { streams, open: None, channels: [Channel::Authenticated; 2], log: Vec::new() }
    }

    /// Another with the same script.
    fn twin(&self) -> Self {
        Self { streams: self.streams.clone(), open: None, channels: self.channels, log: Vec::new() }
    }

    fn next(&mut self, asked: &str, within: Duration) -> Result<(&mut Stream, Channel), Error<Broken>> {
        self.log.push(format!("{asked} within {within:?}"));
        self.open = None;
        let stream = self.streams.pop().ok_or(Error::Transport(Broken(ErrorKind::ConnectionRefused)))?;
        Ok((self.open.insert(stream), self.channels[0]))
    }

    fn kept(&mut self, within: Duration) -> Option<(&mut Stream, Channel)> {
        self.log.push(format!("again within {within:?}"));
        Some((self.open.as_mut()?, self.channels[1]))
    }
}

impl blocking::Connect for Opener {
    type Error = Broken;
    type Stream<'s> = &'s mut Stream;

    fn connect(
        &mut self,
        _: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), Error<Broken>> {
        self.next("connect", within)
    }

    fn again(&mut self, within: Duration) -> Option<(&mut Stream, Channel)> {
        self.kept(within)
    }

    fn reconnect(
        &mut self,
        _: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), Error<Broken>> {
        self.next("reconnect", within)
    }
}

impl asynch::Connect for Opener {
    type Error = Broken;
    type Stream<'s> = &'s mut Stream;

    async fn connect(
        &mut self,
        _: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), Error<Broken>> {
        self.next("connect", within)
    }

    fn again(&mut self, within: Duration) -> Option<(&mut Stream, Channel)> {
        self.kept(within)
    }

    async fn reconnect(
        &mut self,
        _: Endpoint<'_>,
        within: Duration,
    ) -> Result<(&mut Stream, Channel), Error<Broken>> {
        self.next("reconnect", within)
    }
}

/// Two calls, the first of which goes well: what came of the second, and the log.
fn second_call(mut opener: Opener, second: Option<Channel>) -> (Result<u16, Error<Broken>>, Vec<String>) {
    opener.channels[1] = second.unwrap_or(Channel::Authenticated);
    let (mut blocking, mut asynch) = (Http1::new(opener.twin()), Http1::new(opener));
    let call = || HttpRequest::get(ID).within(Duration::from_secs(7));
    let mut buf = [0; 512];
    let found = {
        use blocking::RoundTrip;
        blocking.round_trip(call(), &mut buf).unwrap();
        blocking.round_trip(call(), &mut buf).map(|reply| reply.status)
    };
    let same = embassy_futures::block_on(async {
        use asynch::RoundTrip;
        asynch.round_trip(call(), &mut buf).await.unwrap();
        asynch.round_trip(call(), &mut buf).await.map(|reply| reply.status)
    });
    assert_eq!(found, same);
    assert_eq!(blocking.connector().log, asynch.connector().log);
    (found, blocking.connector().log.clone())
}

const AT_ONCE: [&str; 2] = ["connect within 7s", "again within 7s"];
const ONCE_MORE: [&str; 3] = ["connect within 7s", "again within 7s", "reconnect within 7s"];

/// It answers once; what comes then is as `then` has it, which counts calls from the start.
fn kept(then: fn(Stream) -> Stream) -> Opener {
    Opener::new([then(Stream::replying(REPLY)), Stream::replying(REPLY)])
}

#[test]
fn a_stream_that_serves_is_used_again() {
    let opener = Opener::new([Stream::replying(REPLY.repeat(2)).giving_at_most(REPLY.len())]);
    let (found, log) = second_call(opener, None);
    assert_eq!((found, &log[..]), (Ok(200), &AT_ONCE.map(String::from)[..]));
}

#[test]
fn a_stream_that_is_dead_is_replaced_once_and_the_time_goes_on() {
    let dead: [fn(Stream) -> Stream; 5] = [
        |stream| stream, // its end comes
        |stream| stream.failing_read(1),
        |stream| stream.failing_write(1),
        |stream| stream.failing_flush(1),
        |stream| stream.taking_nothing_at(1),
    ];
    for dead in dead {
        let (found, log) = second_call(kept(dead), None);
        assert_eq!((found, &log[..]), (Ok(200), &ONCE_MORE.map(String::from)[..]));
    }
}

#[test]
fn a_stream_that_is_too_slow_is_no_dead_one() {
    let slow: [fn(Stream) -> Stream; 3] =
        [|stream| stream.failing_read(1), |stream| stream.failing_write(1), |stream| stream.failing_flush(1)];
    for slow in slow {
        let mut opener = kept(slow);
        let last = opener.streams.len() - 1;
        opener.streams[last] = opener.streams[last].clone().failing_as(ErrorKind::TimedOut);
        let (found, log) = second_call(opener, None);
        let too_slow = Err(Error::Transport(Broken(ErrorKind::TimedOut)));
        assert_eq!((found, &log[..]), (too_slow, &AT_ONCE.map(String::from)[..]));
    }
}

#[test]
fn where_no_new_stream_opens_it_is_said() {
    let (found, log) = second_call(Opener::new([Stream::replying(REPLY)]), None);
    let refused = Err(Error::Transport(Broken(ErrorKind::ConnectionRefused)));
    assert_eq!((found, log.len()), (refused, 3));
}

#[test]
fn a_kept_stream_must_be_authenticated_as_well() {
    let opener = Opener::new([Stream::replying(REPLY.repeat(2)).giving_at_most(REPLY.len())]);
    let (found, log) = second_call(opener, Some(Channel::Insecure));
    assert_eq!(found, Err(Error::Config(keyfob::ConfigError::InsecureChannel)));
    assert_eq!(log, AT_ONCE);
}

#[test]
fn a_token_request_is_repeated_and_has_the_clients_time() {
    let (mut scratch, mut other) = ([0; 1024], [0; 64]);
    let mut client = Client::new(ID, AUTH).within(Duration::from_millis(2500));
    let opener = Opener::new([Stream::replying(REPLY), Stream::replying(REPLY)]);
    let mut link = Link::new(Http1::new(opener), || Moment::at_millis(0), &mut scratch);
    let mut memory = [0; 64];
    client.token(&mut link, &mut Slot::new(TokenRequest::new(), &mut memory)).unwrap();
    client.token(&mut link, &mut Slot::new(TokenRequest::new(), &mut other)).unwrap();
    assert_eq!(
        link.transport.connector().log,
        ["connect within 2.5s", "again within 2.5s", "reconnect within 2.5s"]
    );
}
