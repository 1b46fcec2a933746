//! The server goes away and comes back, with new keys: what was kept serves on, what fails says why, and all recovers.

use crate::device::Device;
use crate::quickstart;
use crate::realm::{keycloak, post};
use keyfob::{Clock, Error, Moment, Plan, TokenRequest, Why};
use keyfob_std::{Environment, Error as Transport, StdClock};
use std::time::Duration;

/// The real clock, and how far it is ahead of itself: so that nobody waits five minutes for a token's end.
struct Ahead(Duration);

impl Clock for Ahead {
    fn moment(&mut self) -> Moment {
        Moment::at_millis(StdClock::new().moment().now().after(self.0).as_millis())
    }
}

/// A token of 300 s is due for renewal then, and still serves.
const DUE: Duration = Duration::from_secs(280);
const OVER: Duration = Duration::from_secs(301);
const DOWN: Error<Transport> = Error::Transport(Transport::Refused);

#[test]
fn a_server_that_is_away_for_a_while() {
    let openid = TokenRequest::new().scope("openid");
    let userinfo = keycloak().userinfo();
    let mut device = Device::of("plain").asking_for(openid);
    assert_eq!(device.call(userinfo).unwrap().status, 200);
    let token = device.token().unwrap();
    let (fresh, generation) = (token.header_str().to_owned(), token.generation());
    let mut later = Device::of("plain").asking_for(openid).by_clock(Ahead(Duration::ZERO));
    let token = later.token().unwrap();
    let (old, of_later) = (token.header_str().to_owned(), token.generation());

    let variables = [
        ("TOKEN_URL", keycloak().token().url()),
        ("CLIENT_ID", "plain"),
        ("CLIENT_SECRET", "plain-secret"),
        ("CA_FILE", keycloak().ca_file.to_str().unwrap()),
    ];
    let environment = Environment::from_variables(variables).unwrap().unwrap();
    let mut source = environment.source().unwrap();
    let of_source = source.token().unwrap().generation();

    let stopped = keycloak().stop();

    // A fresh token is lent without asking anyone.
    let token = device.token().unwrap();
    assert_eq!((token.header_str(), token.lease().refresh_failed), (&*fresh, None));
    assert_eq!(device.call(userinfo).unwrap_err(), DOWN);
    // One that is due is lent as well, and says that its renewal failed.
    later.link.clock.0 = DUE;
    let token = later.token().unwrap();
    assert_eq!((token.header_str(), token.lease().refresh_failed), (&*old, Some(Why::Transport)));
    let now = later.link.clock.moment().now();
    assert_eq!(later.client.plan(&later.slot, now), Plan::Refresh);
    // One that is over is not; but it stays where it was.
    later.link.clock.0 = OVER;
    assert_eq!(later.token().unwrap_err(), DOWN);
    assert_eq!(later.slot.just_kept().unwrap().generation(), of_later);
    // Whoever comes now gets none, and neither does who was refused.
    assert_eq!(Device::with(post("plain")).token().unwrap_err(), DOWN);
    source.distrust(of_source);
    assert_eq!(source.token().unwrap_err(), DOWN);
    quickstart::assert_says_that_nobody_listens();

    drop(stopped); // it starts again

    // Its keys are new, so the old token is refused; the connection that died is replaced without a word.
    let answer = device.call(userinfo).unwrap();
    assert_eq!(answer.status, 401);
    assert!(answer.challenges[0].contains("invalid_token"), "{answer:?}");
    device.slot.distrust(generation);
    assert_eq!(device.call(userinfo).unwrap().status, 200);
    let token = device.token().unwrap();
    assert_ne!(token.generation(), generation);
    assert_eq!(token.lease().refresh_failed, None);
    assert_ne!(source.token().unwrap().generation(), of_source);
}
