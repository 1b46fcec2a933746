//! What must not be seen, is not: in output, in scratch, in slots, after success, failure and at every point of a cancelled
//! call. Secrets of these tests contain `HUSH`, so that one search finds them all.

mod memory;
mod output;

use keyfob::ClientAuth;

const SECRET: &str = "s3cret+HUSH/%";

/// A reply whose token, and all else that it says, is nobody's business.
const REPLY: &str = "HTTP/1.1 200 OK\r\nX-Trace: HUSH-head\r\nDPoP-Nonce: HUSH-nonce\r\nContent-Length: 108\r\n\r\n\
    {\"access_token\":\"HUSH.token.HUSH\",\"token_type\":\"Bearer\",\"expires_in\":300,\"refresh_token\":\"HUSH\",\"scope\":\"a\"}";

/// The three ways to send a secret.
fn auths() -> [ClientAuth<'static>; 3] {
    [
        ClientAuth::secret_post("sensor-17", SECRET),
        ClientAuth::secret_basic("sensor-17", SECRET),
        ClientAuth::secret_basic_raw_nonstandard("sensor-17", SECRET),
    ]
}

#[test]
fn the_reply_above_is_as_long_as_it_says() {
    assert_eq!(REPLY.split_once("\r\n\r\n").unwrap().1.len(), 108);
}
