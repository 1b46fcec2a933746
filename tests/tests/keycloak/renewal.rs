//! Tokens that live for two seconds, by the real clock, over several renewals.

use crate::device::{Device, get};
use crate::realm::keycloak;
use keyfob::{Clock, TokenRequest, claims};
use keyfob_std::StdClock;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When the server stops to take the token, in seconds since 1970, by this computer's clock, which is the server's too.
#[derive(Deserialize)]
struct Claims {
    exp: u64,
}

/// Long enough for several lives of a token.
const WATCHED: Duration = Duration::from_secs(7);
const PAUSE: Duration = Duration::from_millis(60);

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn a_short_lived_token_is_renewed_in_time_again_and_again() {
    let mut device = Device::of("short-lived").asking_for(TokenRequest::new().scope("openid"));
    let mut generations = HashMap::new();
    let began = StdClock::new().moment().now();
    let elapsed = || StdClock::new().moment().now().as_millis() - began.as_millis();
    let mut calls = 0;

    while u128::from(elapsed()) < WATCHED.as_millis() {
        let (asked_at, asked_in) = (StdClock::new().moment().now(), seconds_since_1970());
        let token = device.client.token(&mut device.link, &mut device.slot).unwrap();
        // What is lent has not expired, neither by the core's reckoning nor by the server's.
        assert!(asked_at < token.expires_at());
        let Claims { exp } = claims::read(token.expose_token(), &mut [0; 4096]).unwrap();
        assert!(asked_in < exp, "lent after its end");
        assert_eq!(token.lease().refresh_failed, None);

        // A generation is one token: a new one each time, never an old one again.
        let text = token.expose_token().to_owned();
        assert_eq!(generations.entry(token.generation()).or_insert_with(|| text.clone()), &text);

        let answer = get(&mut device.link.transport, keycloak().userinfo(), token.header_value()).unwrap();
        calls += 1;
        // Unless its end came while the call was on its way, which the second's border allows.
        assert!(answer.status == 200 || seconds_since_1970() >= exp, "{answer:?}");
        sleep(PAUSE);
    }

    // A token is renewed when half of its life is over, so about once a second; a slow machine renews less often.
    let seconds = usize::try_from(elapsed() / 1000).unwrap();
    assert!((3..=seconds + 2).contains(&generations.len()), "{} tokens in {seconds} s", generations.len());
    assert!(calls > generations.len(), "{calls} calls with {} tokens", generations.len());
    let texts: HashSet<&String> = generations.values().collect();
    assert_eq!(texts.len(), generations.len());
}

#[test]
fn a_token_that_lay_until_its_end_is_not_lent() {
    let mut device = Device::of("short-lived");
    let token = device.token().unwrap();
    let (generation, expires_at) = (token.generation(), token.expires_at());
    let left = expires_at.as_millis().saturating_sub(StdClock::new().moment().now().as_millis());
    assert!(left <= 2_000, "{left} ms left");
    sleep(Duration::from_millis(left));
    while StdClock::new().moment().now() < expires_at {
        sleep(Duration::from_millis(1));
    }
    assert!(device.slot.token(StdClock::new().moment().now()).is_none());
    assert_ne!(device.token().unwrap().generation(), generation);
}
