//! keyfob at HTTP height: the transport copies the canned body to where a real one would have received it. What that costs is
//! a subject of its own, to be subtracted.

use crate::canned::{BODY, CLIENT_ID, SCOPE, SECRET, TOKEN_URL};
use keyfob::{
    Channel, Client, ClientAuth, Endpoint, Error, HttpReply, HttpRequest, Link, Moment, Slot, TokenRequest,
    blocking, endpoint,
};
use std::convert::Infallible;
use std::hint::black_box;

const SERVER: Endpoint<'static> = endpoint!(TOKEN_URL);

type CannedLink<'a> = Link<'a, Canned, fn() -> Moment>;

/// One request encoded, one reply parsed, one token kept; the cache is not asked.
pub fn fetched(rounds: usize) {
    with_all(|client, link, slot| {
        for _ in 0..rounds {
            let fetched = client.fetch_with(link, slot.request(), |issued| slot.keep(issued));
            assert!(black_box(fetched).is_ok());
        }
    });
}

/// The canned transport's own part of each round: without `reveal`, which is keyfob's.
pub fn canned_transport(rounds: usize) {
    let mut scratch = [0; 3072];
    for _ in 0..rounds {
        black_box(answer(black_box(&mut scratch)));
    }
}

/// A token that is there already, up to its bytes as they go on the wire.
pub fn from_memory(rounds: usize) {
    with_all(|client, link, slot| {
        for _ in 0..rounds {
            let token = black_box(&mut *client).token(link, slot);
            black_box(token.map_or(&[][..], |token| token.header_value()));
        }
    });
}

/// The same as text.
pub fn from_memory_as_text(rounds: usize) {
    with_all(|client, link, slot| {
        for _ in 0..rounds {
            let token = black_box(&mut *client).token(link, slot);
            black_box(token.map_or("", |token| token.header_str()));
        }
    });
}

/// One token is fetched before `work` begins.
fn with_all(work: impl FnOnce(&mut Client<'_>, &mut CannedLink<'_>, &mut Slot<'_>)) {
    let (mut memory, mut scratch) = ([0; 1536], [0; 3072]);
    let mut client = Client::new(SERVER, ClientAuth::secret_post(CLIENT_ID, SECRET));
    let mut slot = Slot::new(TokenRequest::new().scope(SCOPE), &mut memory);
    let clock: fn() -> Moment = || Moment::at_millis(black_box(5));
    let mut link = Link::new(Canned, clock, &mut scratch);
    let first = client.token(&mut link, &mut slot).expect("the canned reply is good");
    assert!(first.header_value().starts_with(b"Bearer ey") && first.header_value().len() > 1000);
    work(&mut client, &mut link, &mut slot);
}

struct Canned;

impl blocking::RoundTrip for Canned {
    type Error = Infallible;

    fn round_trip<'b>(
        &mut self,
        request: HttpRequest<'_>,
        reply: &'b mut [u8],
    ) -> Result<HttpReply<'b>, Error<Infallible>> {
        black_box(request.reveal(Channel::Authenticated)?);
        Ok(answer(reply))
    }
}

fn answer(reply: &mut [u8]) -> HttpReply<'_> {
    let body = black_box(BODY);
    let place = &mut reply[..body.len()];
    place.copy_from_slice(body);
    HttpReply::new(200, place)
}
