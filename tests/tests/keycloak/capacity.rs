//! Tokens with 50, 100 and 500 roles against the buffers of a small device: what doesn't fit says how much it needs, and
//! that is neither a byte too few nor one too many.

use crate::device::{Device, Failure};
use crate::realm::{basic, keycloak, post};
use crate::relay::Relay;
use keyfob::blocking::RoundTrip;
use keyfob::{Buffer, CapacityError, ClientAuth, Error, HttpRequest, TokenRequest};
use keyfob_std::Connector;

/// What the core's documentation begins with: a token of 2 KiB.
const SMALL_TOKEN: usize = 2048;
const SMALL_SCRATCH: usize = 3072;

/// Bodies of so many bytes come in chunks.
const CHUNKED_FROM: usize = 8192;

fn device(auth: &ClientAuth<'static>, token: usize, scratch: usize) -> Device {
    Device::with(auth.clone()).with_room(token, scratch)
}

fn too_small<T>(buffer: Buffer, needed: usize, available: usize) -> Result<T, Failure> {
    Err(Error::Capacity(CapacityError { buffer, needed, available }))
}

/// Bytes of scratch that one fetch takes. Where the reply comes in chunks, one more than it has, by which the end of the
/// last chunk is read.
fn scratch_for(auth: &ClientAuth<'static>, body: usize) -> usize {
    let end_of_chunks = usize::from(body >= CHUNKED_FROM);
    TokenRequest::new().encode_len(auth) + body + end_of_chunks
}

fn fetch(mut device: Device) -> Result<(), Failure> {
    device.token().map(|_| ())
}

/// Bytes of the reply's body, and of the token memory that its token takes: measured, not computed.
fn sizes(auth: &ClientAuth<'static>) -> (usize, usize) {
    let mut form = vec![0; 1024];
    let mut device = Device::with(auth.clone());
    let token = device.token().unwrap().header_value().len();

    let len = TokenRequest::new().encode(auth, &mut form).unwrap();
    let request = HttpRequest::post(keycloak().token(), "application/x-www-form-urlencoded", &form[..len]);
    let mut reply = vec![0; 32 * 1024];
    let body = device.link.transport.round_trip(request, &mut reply).unwrap().body.len();
    (body, token)
}

#[test]
fn a_small_device_holds_fifty_roles_and_is_told_what_more_would_take() {
    // Each client, and whether its token and its reply fit.
    for (client, token_fits, reply_fits) in
        [("roles-50", true, true), ("roles-100", false, true), ("roles-500", false, false)]
    {
        let auth = post(client);
        let (body, token) = sizes(&auth);
        let scratch = scratch_for(&auth, body);
        assert_eq!((token <= SMALL_TOKEN, scratch <= SMALL_SCRATCH), (token_fits, reply_fits), "{client}");

        let with_small_buffers = fetch(device(&auth, SMALL_TOKEN, SMALL_SCRATCH));
        let expected = match (token_fits, reply_fits) {
            (true, true) => Ok(()),
            (false, true) => too_small(Buffer::Token, token, SMALL_TOKEN),
            (_, false) => too_small(Buffer::Scratch, scratch, SMALL_SCRATCH),
        };
        assert_eq!(with_small_buffers, expected, "{client}");
    }
}

#[test]
fn exactly_what_is_needed_serves_and_a_byte_less_does_not() {
    for client in ["roles-50", "roles-100", "roles-500"] {
        let auth = post(client);
        let (body, token) = sizes(&auth);
        let scratch = scratch_for(&auth, body);

        assert_eq!(fetch(device(&auth, token, scratch)), Ok(()), "{client}");
        let tight_token = fetch(device(&auth, token - 1, scratch));
        assert_eq!(tight_token, too_small(Buffer::Token, token, token - 1), "{client}");
        let tight_scratch = fetch(device(&auth, token, scratch - 1));
        assert_eq!(tight_scratch, too_small(Buffer::Scratch, scratch, scratch - 1), "{client}");
    }
}

#[test]
fn a_program_that_follows_the_errors_gets_there() {
    // Whatever the way the credentials go: Basic takes more of the scratch.
    for auth in [post("roles-500"), basic("roles-500")] {
        let (mut token, mut scratch, mut asked) = (16, 128, 0);
        while let Err(error) = fetch(device(&auth, token, scratch)) {
            let Error::Capacity(CapacityError { buffer, needed, .. }) = error else { panic!("{error:?}") };
            match buffer {
                Buffer::Token => token = needed,
                Buffer::Scratch => scratch = needed,
                other => panic!("{other:?} is not a buffer of this program"),
            }
            asked += 1;
            assert!(asked <= 4, "{token} and {scratch} bytes are still not enough");
        }
        // Nothing too many: both were told to the byte.
        assert!(matches!(fetch(device(&auth, token - 1, scratch)), Err(Error::Capacity(_))));
        assert!(matches!(fetch(device(&auth, token, scratch - 1)), Err(Error::Capacity(_))));
    }
}

#[test]
fn what_does_not_fit_leaves_the_old_token_and_the_connection_in_order() {
    let mut device = Device::of("roles-50").with_room(SMALL_TOKEN, SMALL_SCRATCH);
    let token = device.token().unwrap();
    let (old, generation) = (token.header_str().to_owned(), token.generation());

    // The same slot, now filled by a client with ten times the roles.
    device.client.set_auth(post("roles-500"));
    assert!(matches!(device.token(), Err(Error::Capacity(_))));
    device.client.set_auth(post("roles-50"));
    let kept = device.token().unwrap();
    assert_eq!((kept.header_str(), kept.generation()), (&*old, generation));
}

#[test]
fn five_hundred_roles_come_in_chunks_and_fewer_do_not() {
    // So the number above was counted while the reply passed by: no header told it.
    for (client, chunked) in [("roles-100", false), ("roles-500", true)] {
        let relay = Relay::to(&keycloak().insecure_url);
        let mut device = Device::at(keycloak().path_at(relay.origin(), "token"), post(client))
            .over(Connector::insecure_http_loopback());
        device.token().unwrap();
        assert_eq!(relay.heard(b"transfer-encoding: chunked"), chunked, "{client}");
        assert_eq!(relay.heard(b"content-length: "), !chunked, "{client}");
    }
}
