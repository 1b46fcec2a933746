//! One whole operation as a machine: a request is built in scratch, carried, and its reply read there. What carries it is
//! the driver's affair; it borrows neither slot nor scratch, so a slot may sit behind a lock.
//!
//! ```
//! use keyfob::{Client, ClientAuth, HttpReply, Moment, Plan, Slot, TokenRequest, endpoint, fetch::FetchStep};
//!
//! let (mut memory, mut scratch) = ([0; 256], [0; 512]);
//! let mut client = Client::new(endpoint!("https://id.example/token"), ClientAuth::secret_post("a", "b"));
//! let mut slot = Slot::new(TokenRequest::new(), &mut memory);
//!
//! let mut fetch = client.fetch(slot.request(), Moment::at_millis(0))?;
//! let FetchStep::RoundTrip { request, reply } = fetch.step(&mut scratch)? else { unreachable!() };
//! # let _ = request;
//! // … carry `request`; its reply comes to lie in `reply` …
//! let text = br#"{"access_token":"abc.def","token_type":"Bearer","expires_in":300}"#;
//! reply[..text.len()].copy_from_slice(text);
//! let issued = fetch.replied(HttpReply::new(200, &mut reply[..text.len()]))?;
//! slot.keep(issued)?;
//! let used = fetch.finish();
//! scratch[..used].fill(0);
//! assert_eq!(client.plan(&slot, Moment::at_millis(5).now()), Plan::Use);
//! # Ok::<(), keyfob::Error>(())
//! ```

use crate::auth::Method;
use crate::bytes::{split, split_mut};
use crate::report::report;
use crate::response::{self, Issued};
use crate::write::Writer;
use crate::{
    Buffer, CapacityError, Client, ConfigError, Error, HttpReply, HttpRequest, Moment, TokenRequest, Why,
};

/// What a [`Fetch`] wants next.
#[non_exhaustive]
pub enum FetchStep<'s> {
    /// Carry `request`, with its reply into `reply`; then [`Fetch::replied`] or [`Fetch::failed`].
    RoundTrip {
        /// What to send.
        request: HttpRequest<'s>,
        /// Where the reply's body is to lie.
        reply: &'s mut [u8],
    },
}

/// One fetch on its way. Dropped at any point, it leaves the client as it was.
pub struct Fetch<'x, 'a> {
    client: &'x mut Client<'a>,
    request: TokenRequest<'x>,
    moment: Moment,
    /// In milliseconds.
    within: u32,
    /// The scratch: where it begins, how long it is, and how far it was written.
    scratch_at: usize,
    scratch_len: usize,
    used: usize,
    /// How its front is used, in bytes: the Authorization header's value; that and the body. The reply follows.
    authorization_len: usize,
    request_len: usize,
}

impl<'a> Client<'a> {
    /// Begins a fetch, whether there is a token or not. `moment` is when: the token's life counts from it, since
    /// the request leaves after it.
    ///
    /// # Errors
    /// [`Error::Config`]: the credentials or the request cannot be sent.
    pub fn fetch<'x>(
        &'x mut self,
        request: TokenRequest<'x>,
        moment: Moment,
    ) -> Result<Fetch<'x, 'a>, Error> {
        let within = self.within;
        let fetch = self.begin(request, moment, within);
        fetch.check()?;
        Ok(fetch)
    }

    /// As [`fetch`](Self::fetch); the first step finds the mistakes.
    pub(crate) fn begin<'x>(
        &'x mut self,
        request: TokenRequest<'x>,
        moment: Moment,
        within: u32,
    ) -> Fetch<'x, 'a> {
        // All of the scratch was used, until it is known how much.
        Fetch {
            client: self,
            request,
            moment,
            within,
            scratch_at: 0,
            scratch_len: 0,
            used: usize::MAX,
            authorization_len: 0,
            request_len: 0,
        }
    }
}

impl<'a> Fetch<'_, 'a> {
    /// The next step, in `scratch`; give the same one each time, and wipe it when the fetch is over.
    ///
    /// # Errors
    /// [`Error::Capacity`]: the scratch cannot hold the request.
    pub fn step<'s>(&mut self, scratch: &'s mut [u8]) -> Result<FetchStep<'s>, Error>
    where
        'a: 's,
    {
        self.write(scratch)?;
        let (request, reply) = self.round_trip(scratch);
        Ok(FetchStep::RoundTrip { request, reply })
    }

    fn check(&self) -> Result<(), ConfigError> {
        let mistake = self.client.auth.mistake.or(self.request.mistake);
        if mistake.is_some() {
            report!(warn, "token request failed: {:?}", Why::Config);
        }
        mistake.map_or(Ok(()), Err)
    }

    /// Writes what is sent to the front of `scratch`.
    pub(crate) fn write(&mut self, scratch: &mut [u8]) -> Result<(), Error> {
        self.check()?;
        (self.scratch_at, self.scratch_len) = (scratch.as_ptr().addr(), scratch.len());
        let auth = &self.client.auth;
        let mut out = Writer::new(scratch);
        if let Method::Basic(write) = auth.method {
            write(&mut out, auth.client_id.as_str(), auth.secret.as_str());
        }
        self.authorization_len = out.len();
        self.request.write(auth, &mut out);
        self.request_len = out.len();
        self.used = self.request_len;
        if self.used > self.scratch_len {
            report!(warn, "token request failed: {:?}", Why::Capacity);
            return Err(self.capacity(self.used).into());
        }
        Ok(())
    }

    /// What was written, as a request, and the place for its reply behind it.
    pub(crate) fn round_trip<'s>(&self, scratch: &'s mut [u8]) -> (HttpRequest<'s>, &'s mut [u8])
    where
        'a: 's,
    {
        let (sent, reply) = split_mut(scratch, self.request_len);
        let (authorization, body) = split(sent, self.authorization_len);
        let request = HttpRequest::token(self.client.endpoint, authorization, body);
        (request.within_millis(self.within), reply)
    }

    /// The reply is there: what it means. The token is lent from where the reply lies.
    ///
    /// # Errors
    /// [`Error::Rejected`] or [`Error::Response`], as [`response::read`] has them.
    #[expect(clippy::needless_pass_by_value, reason = "a reply is read once: it is unescaped in place")]
    pub fn replied<'b>(&mut self, reply: HttpReply<'b>) -> Result<Issued<'b>, Error> {
        // A transport wipes what it wrote beyond the body's end.
        let body_end =
            reply.body.as_ptr().addr().wrapping_add(reply.body.len()).wrapping_sub(self.scratch_at);
        self.used = self.used.max(body_end); // one that lies elsewhere makes it all of the scratch, at worst
        match response::read_from(reply.status, reply.body, self.client.token_types) {
            Ok(issued) => Ok(issued.issued_to(self.client.identity(), self.moment.now())),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// The round trip failed, or the token found no place. Returns the error as the caller is to see it: a reply
    /// buffer that was too small is the scratch behind it.
    pub fn failed<E>(&mut self, error: Error<E>) -> Error<E> {
        report!(warn, "token request failed: {:?}", error.why());
        match error {
            Error::Capacity(CapacityError { buffer: Buffer::Reply, needed, .. }) => {
                Error::Capacity(self.capacity(needed.saturating_add(self.request_len)))
            }
            error => error,
        }
    }

    /// The token found its place. Returns how many bytes at the front of the scratch were written: wipe them.
    #[must_use = "so much of the scratch holds secrets"]
    pub fn finish(self) -> usize {
        report!(info, "token fetched from {}", self.client.endpoint.host());
        self.used.min(self.scratch_len)
    }

    const fn capacity(&self, needed: usize) -> CapacityError {
        CapacityError { buffer: Buffer::Scratch, needed, available: self.scratch_len }
    }
}
