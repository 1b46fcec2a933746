//! A token's life as a script of seconds: fresh, stale, expired, counted from when its request left.

use keyfob::blocking::RoundTrip;
use keyfob::{
    Client, Error, HttpReply, HttpRequest, Instant, Link, Moment, Plan, RejectionCode, ResponseError, Slot,
    TokenRequest, Why,
};
use keyfob_tests::modem::{Modem, ModemError};
use keyfob_tests::{AUTH, ID, TOKEN};
use std::cell::Cell;
use std::time::Duration;

const FRESH: Plan = Plan::Use;
const STALE: Plan = Plan::Refresh;
const EXPIRED: Plan = Plan::Fetch;

/// A transport that takes its time.
struct Slow<'c> {
    clock: &'c Cell<u64>,
    takes_ms: u64,
    modem: Modem,
}

impl RoundTrip for Slow<'_> {
    type Error = ModemError;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<ModemError>> {
        self.clock.set(self.clock.get().saturating_add(self.takes_ms));
        self.modem.round_trip(request, reply)
    }
}

/// What is planned at each of those instants, for a token whose request left at `sent_at`, all in milliseconds.
fn plans(expires_in: Option<&str>, sent_at: u64, at: &[u64]) -> Vec<Plan> {
    let member = expires_in.map_or(String::new(), |life| format!(r#","expires_in":{life}"#));
    let body = format!(r#"{{"access_token":"abc.def","token_type":"Bearer"{member}}}"#);
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, body.leak())]), || Moment::at_millis(sent_at), &mut scratch);
    client.token(&mut link, &mut slot).unwrap();
    at.iter().map(|at| client.plan(&slot, Instant::from_millis(*at))).collect()
}

#[test]
fn fresh_then_stale_then_expired() {
    const DAY: u64 = 86_400_000;
    // (expires_in, stale from, expired from), in milliseconds after the request left
    for (expires_in, stale_at, expires_at) in [
        (Some("300"), 270_000, 300_000),
        (Some("61"), 31_000, 61_000),
        (Some("60"), 30_000, 60_000),
        (Some("59"), 30_000, 59_000),
        (Some("3"), 2_000, 3_000),
        (Some("2"), 1_000, 2_000),
        (Some("1"), 1_000, 1_000), // too short to be stale first
        (Some("0"), 0, 0),
        (Some("-5"), 0, 0),
        (Some("3600"), 3_570_000, 3_600_000),
        (Some("\"3600\""), 3_570_000, 3_600_000),
        (Some("86400"), DAY - 30_000, DAY),
        (Some("86401"), DAY - 30_000, DAY), // no token is kept for more than a day
        (Some("4294967295"), DAY - 30_000, DAY),
        (Some("1793232000"), DAY - 30_000, DAY), // an absolute time where a life should be
        (Some("1e99"), DAY - 30_000, DAY),
        (None, 270_000, 300_000),
        (Some("null"), 270_000, 300_000),
    ] {
        for sent_at in [0, 1, 1_000_000, u64::from(u32::MAX)] {
            let plan = |after: u64| plans(expires_in, sent_at, &[sent_at + after])[0];
            let name = format!("expires_in {expires_in:?}, sent at {sent_at}");
            if stale_at > 0 {
                assert_eq!((plan(0), plan(stale_at - 1)), (FRESH, FRESH), "{name}");
            }
            if stale_at < expires_at {
                assert_eq!((plan(stale_at), plan(expires_at - 1)), (STALE, STALE), "{name}");
            }
            assert_eq!((plan(expires_at), plan(u64::MAX - sent_at)), (EXPIRED, EXPIRED), "{name}");
        }
    }
}

#[test]
fn a_clock_that_steps_back_or_starts_anew_knows_nothing() {
    assert_eq!(plans(Some("300"), 5_000, &[5_000, 4_999, 0]), [FRESH, EXPIRED, EXPIRED]);
}

/// 1000 s fetched · 1250 s used · back to 1050 s, or to 500 s: nobody knows how old it is, and later neither
#[test]
fn once_a_clock_has_stepped_back_a_token_stays_expired() {
    for stepped_to in [1_249_999, 1_050_000, 1_000_000, 500_000, 0] {
        let (mut memory, mut scratch, ms) = ([0; 64], [0; 512], Cell::new(1_000_000));
        let mut client = Client::new(ID, AUTH);
        let mut slot = Slot::new(TokenRequest::new(), &mut memory);
        let modem = Modem::new([(200, TOKEN), (503, "busy"), (503, "busy"), (200, TOKEN)]);
        let mut link = Link::new(modem, || Moment::at_millis(ms.get()), &mut scratch);
        client.token(&mut link, &mut slot).unwrap();
        ms.set(1_250_000);
        client.token(&mut link, &mut slot).unwrap();
        assert_eq!(link.transport.orders.len(), 1);

        for now in [stepped_to, 1_250_000] {
            ms.set(now);
            assert!(client.token(&mut link, &mut slot).is_err(), "{stepped_to}, then {now}");
        }
        client.token(&mut link, &mut slot).unwrap();
        assert_eq!(link.transport.orders.len(), 4);
    }
}

#[test]
fn the_end_of_time_is_no_overflow() {
    let last = u64::MAX;
    assert_eq!(plans(Some("300"), last, &[last]), [EXPIRED]);
    assert_eq!(plans(Some("300"), last - 1_000, &[last - 1_000, last - 1, last]), [FRESH, FRESH, EXPIRED]);
    assert_eq!(Instant::from_millis(last).after(std::time::Duration::MAX).as_millis(), last);
}

#[test]
fn counted_from_when_the_request_left() {
    let (mut memory, mut scratch, ms) = ([0; 64], [0; 512], Cell::new(100_000));
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let transport = Slow { clock: &ms, takes_ms: 25_000, modem: Modem::new([(200, TOKEN)]) };
    let mut link = Link::new(transport, || Moment::at_millis(ms.get()), &mut scratch);
    let token = client.token(&mut link, &mut slot).unwrap();
    assert_eq!(token.expires_at(), Instant::from_millis(400_000));
    assert_eq!(token.lease().expires_at, token.expires_at());
    assert_eq!(slot.refresh_at(), Instant::from_millis(370_000));
    assert_eq!(ms.get(), 125_000);
}

/// What each request may take, by a transport that never brings a reply but the first.
#[test]
fn a_renewal_that_hangs_leaves_the_old_token_time_to_serve() {
    struct Silent<'c> {
        clock: &'c Cell<u64>,
        limits_ms: Vec<u128>,
    }
    impl keyfob::blocking::RoundTrip for Silent<'_> {
        type Error = ();
        fn round_trip<'b>(
            &mut self,
            request: keyfob::HttpRequest<'_>,
            reply: &'b mut [u8],
        ) -> Result<keyfob::HttpReply<'b>, Error<()>> {
            self.limits_ms.push(request.time_limit().as_millis());
            if self.limits_ms.len() > 1 {
                self.clock.set(self.clock.get() + u64::try_from(request.time_limit().as_millis()).unwrap());
                return Err(Error::Transport(()));
            }
            let place = &mut reply[..TOKEN.len()];
            place.copy_from_slice(TOKEN.as_bytes());
            Ok(keyfob::HttpReply::new(200, place))
        }
    }
    let (mut memory, mut scratch, ms) = ([0; 64], [0; 512], Cell::new(0));
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let silent = Silent { clock: &ms, limits_ms: Vec::new() };
    let mut link = Link::new(silent, || Moment::at_millis(ms.get()), &mut scratch);
    client.token(&mut link, &mut slot).unwrap();
    for due_at in [270_000, 290_000, 299_000] {
        ms.set(due_at);
        let token = client.token(&mut link, &mut slot).unwrap();
        assert_eq!(token.lease().refresh_failed, Some(Why::Transport));
        assert!(ms.get() < 300_000);
    }
    assert_eq!(link.transport.limits_ms, [30_000, 15_000, 5_000, 500]);
    ms.set(300_000);
    assert!(client.token(&mut link, &mut slot).is_err());
    assert_eq!(link.transport.limits_ms.last(), Some(&30_000));
}

#[test]
fn a_limit_is_kept_in_milliseconds_and_is_never_none() {
    let longest = Duration::from_millis(u32::MAX.into());
    for (given, kept) in [
        (Duration::ZERO, Duration::ZERO),
        (Duration::from_nanos(1), Duration::from_millis(1)),
        (Duration::from_micros(999), Duration::from_millis(1)),
        (Duration::from_micros(1_999), Duration::from_millis(1)),
        (Duration::from_secs(30), Duration::from_secs(30)),
        (Duration::from_millis(u64::from(u32::MAX) - 1), Duration::from_millis(u64::from(u32::MAX) - 1)),
        (longest, longest),
        (longest + Duration::from_millis(1), longest),
        (Duration::MAX, longest),
    ] {
        assert_eq!(HttpRequest::get(ID).within(given).time_limit(), kept, "{given:?}");
    }
}

#[test]
fn a_life_of_zero_is_good_for_one_use() {
    let body = r#"{"access_token":"abc.def","token_type":"Bearer","expires_in":0}"#;
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, body)]), || Moment::at_millis(5), &mut scratch);
    for fetched in 1..4 {
        assert_eq!(client.token(&mut link, &mut slot).unwrap().header_value(), b"Bearer abc.def");
        assert_eq!(link.transport.orders.len(), fetched);
    }
    assert!(slot.token(Instant::from_millis(5)).is_none());
}

/// 0 s fetched · 270 s busy · 280 s refused · 290 s renewed · 565 s silent for too long
#[test]
fn a_failed_refresh_keeps_the_old_token_and_says_why() {
    let (mut memory, mut scratch, ms) = ([0; 64], [0; 512], Cell::new(0));
    let at = |seconds: u64| ms.set(seconds * 1000);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let script =
        [(200, TOKEN), (503, "busy"), (400, r#"{"error":"invalid_client"}"#), (200, TOKEN), (503, "busy")];
    let mut link = Link::new(Modem::new(script), || Moment::at_millis(ms.get()), &mut scratch);

    let first = client.token(&mut link, &mut slot).unwrap().lease();
    assert_eq!(first.refresh_failed, None);

    at(270);
    let stale = client.token(&mut link, &mut slot).unwrap();
    assert_eq!(stale.header_value(), b"Bearer abc.def");
    assert_eq!(stale.lease().refresh_failed, Some(Why::Response));
    assert_eq!((stale.generation(), stale.expires_at()), (first.generation, first.expires_at));

    at(280);
    let why = Why::Rejected(RejectionCode::InvalidClient);
    assert_eq!(client.token(&mut link, &mut slot).unwrap().lease().refresh_failed, Some(why));

    at(290);
    let second = client.token(&mut link, &mut slot).unwrap().lease();
    assert_eq!(second.refresh_failed, None);
    assert_ne!(second.generation, first.generation);
    assert_eq!(second.expires_at, Instant::from_millis(590_000));

    at(590); // too late for the old one
    let busy = Error::Response(ResponseError::Status(503));
    assert_eq!(client.token(&mut link, &mut slot).unwrap_err(), busy);
    assert_eq!(link.transport.orders.len(), 5);
    assert!(slot.token(Instant::from_millis(590_000)).is_none());
}

#[test]
fn a_token_that_expires_while_its_refresh_fails_is_not_lent() {
    let (mut memory, mut scratch, ms) = ([0; 64], [0; 512], Cell::new(0));
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let transport = Slow { clock: &ms, takes_ms: 0, modem: Modem::new([(200, TOKEN), (504, "")]) };
    let mut link = Link::new(transport, || Moment::at_millis(ms.get()), &mut scratch);
    client.token(&mut link, &mut slot).unwrap();

    ms.set(275_000);
    link.transport.takes_ms = 24_999;
    assert!(client.token(&mut link, &mut slot).is_ok(), "a millisecond is left");
    ms.set(275_000);
    link.transport.takes_ms = 25_000;
    let error = Error::Response(ResponseError::Status(504));
    assert_eq!(client.token(&mut link, &mut slot).unwrap_err(), error);
}

#[test]
fn a_refused_token_is_renewed_and_its_successor_stays() {
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let now = Instant::from_millis(5);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let script = [(200, TOKEN), (503, "busy"), (200, TOKEN)];
    let mut link = Link::new(Modem::new(script), || Moment::at_millis(5), &mut scratch);
    let first = client.token(&mut link, &mut slot).unwrap().generation();

    slot.distrust(first);
    assert_eq!(client.plan(&slot, now), EXPIRED);
    assert!(slot.token(now).is_none());
    // A refused token does not come back because its renewal failed.
    assert!(client.token(&mut link, &mut slot).is_err());
    assert!(slot.token(now).is_none());

    let second = client.token(&mut link, &mut slot).unwrap().generation();
    assert_ne!(second, first);
    slot.distrust(first);
    assert_eq!(client.plan(&slot, now), FRESH);
    slot.distrust(second);
    assert_eq!(client.plan(&slot, now), EXPIRED);
}

#[test]
fn what_is_forgotten_is_not_lent() {
    let (mut memory, mut scratch) = ([0; 64], [0; 512]);
    let mut client = Client::new(ID, AUTH);
    let mut slot = Slot::new(TokenRequest::new(), &mut memory);
    let mut link = Link::new(Modem::new([(200, TOKEN)]), || Moment::at_millis(5), &mut scratch);
    client.token(&mut link, &mut slot).unwrap();
    slot.forget();
    assert!(slot.token(Instant::from_millis(5)).is_none());
    assert_eq!(client.plan(&slot, Instant::from_millis(5)), EXPIRED);
    assert!(client.token(&mut link, &mut slot).is_ok());
    assert_eq!(link.transport.orders.len(), 2);
}
