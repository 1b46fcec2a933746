//! What must be true of each call, told by a simple model of one token and by the oracles for its reply.

use super::script::{CLIENT_ID, SECRET, Script};
use super::serves;
use super::world::{Fault, World};
use crate::decode::{self, Decoded};
use crate::json::{self, Life, Verdict};
use keyfob::{Error, Generation, Instant, Plan, Slot, Token};
use std::collections::HashMap;
use std::fmt;

/// What came of a call.
pub(super) enum Outcome {
    Lent { text: Vec<u8>, generation: Generation, expires_at: Instant },
    Failed(Error<Fault>),
    Dropped,
}

impl Outcome {
    pub(super) fn of(result: Result<Token<'_>, Error<Fault>>) -> Self {
        match result {
            Ok(token) => Self::Lent {
                text: token.header_value().to_vec(),
                generation: token.generation(),
                expires_at: token.expires_at(),
            },
            Err(error) => Self::Failed(error),
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lent { expires_at, .. } => write!(f, "a token until {expires_at:?}"),
            Self::Failed(error) => error.fmt(f),
            Self::Dropped => f.write_str("a dropped future"),
        }
    }
}

/// What was so before a call.
pub(super) struct Before {
    plan: Plan,
    now: Instant,
    serving: Option<(Vec<u8>, Generation)>,
}

/// The token that the slot must hold.
struct Held {
    text: Vec<u8>,
    generation: Generation,
    sent_at: Instant,
    expires_at: Instant,
}

pub(super) struct Model<'s> {
    script: &'s Script,
    /// Tokens that replies carried, with what they said of their life.
    carried: HashMap<String, Vec<Life>>,
    /// There was a reply that the oracle could not read.
    undefined: bool,
    held: Option<Held>,
    /// The latest instant that the slot knows to have been: before it, it lends nothing.
    seen: Instant,
    lent: Vec<Generation>,
    /// How long the header value is that lies in the slot's memory, trusted or not.
    stored: usize,
}

impl<'s> Model<'s> {
    pub(super) fn new(script: &'s Script) -> Self {
        Self {
            script,
            carried: HashMap::new(),
            undefined: false,
            held: None,
            seen: Instant::from_millis(0),
            lent: Vec::new(),
            stored: 0,
        }
    }

    pub(super) fn before(plan: Plan, now: Instant, slot: &Slot<'_>) -> Before {
        let serving = slot.token(now).map(|token| (token.header_value().to_vec(), token.generation()));
        assert_eq!(serves(plan), serving.is_some());
        Before { plan, now, serving }
    }

    /// Whether the call fetched a token.
    pub(super) fn after(
        &mut self,
        before: &Before,
        outcome: &Outcome,
        now: Instant,
        slot: &Slot<'_>,
        world: &World,
    ) -> bool {
        self.note_replies(world);
        self.check_sent(world);
        let mut fetched = false;
        if before.now < self.seen {
            // A clock that went back knows nothing of the token's age, now and for good.
            assert_eq!(before.plan, Plan::Fetch);
            self.held = None;
        }
        self.seen = before.now;
        match outcome {
            Outcome::Lent { text, generation, expires_at } => {
                let token = text.strip_prefix(b"Bearer ").expect("a scheme");
                assert!(!token.is_empty() && token.iter().all(u8::is_ascii_graphic));
                let token = std::str::from_utf8(token).expect("ASCII");
                let lives = self.carried.get(token);
                assert!(lives.is_some() || self.undefined, "no reply carried this token");
                match &self.held {
                    Some(held) if held.generation == *generation => {
                        assert_eq!(held.text, *text);
                        assert!(held.sent_at <= now && now < *expires_at, "lent outside its time");
                    }
                    _ => {
                        fetched = true;
                        assert_ne!(before.plan, Plan::Use, "fetched for nothing");
                        assert!(!self.lent.contains(generation), "distrusted or forgotten, and lent");
                        // The request left when the clock was read last.
                        let ends =
                            lives.is_none_or(|lives| lives.iter().any(|life| ends(now, life, *expires_at)));
                        assert!(ends, "{expires_at:?} of {lives:?}");
                        self.check_request(world);
                        self.lent.push(*generation);
                        self.stored = text.len();
                        let text = text.clone();
                        let (generation, sent_at, expires_at) = (*generation, now, *expires_at);
                        self.seen = sent_at;
                        self.held = Some(Held { text, generation, sent_at, expires_at });
                    }
                }
                if before.plan == Plan::Use {
                    assert_eq!(world.streams(), (0, 0), "asked for nothing");
                }
            }
            Outcome::Failed(error) => {
                // A token that is about to end may do so during the call.
                assert!(slot.token(now).is_none(), "{error:?} though a token serves");
                let kept =
                    slot.token(before.now).map(|token| (token.header_value().to_vec(), token.generation()));
                assert_eq!(kept, before.serving);
            }
            Outcome::Dropped => {
                let kept =
                    slot.token(before.now).map(|token| (token.header_value().to_vec(), token.generation()));
                assert_eq!(kept, before.serving);
            }
        }
        fetched
    }

    /// A token that nobody took back is where it was, from the last instant that was seen until its end, and not beyond.
    pub(super) fn check_held(&self, slot: &Slot<'_>) {
        let Some(Held { text, generation, sent_at, expires_at }) = &self.held else {
            return;
        };
        let first = self.seen.max(*sent_at);
        if let Some(last) = expires_at.as_millis().checked_sub(1).filter(|last| *last >= first.as_millis()) {
            for at in [first.as_millis(), last] {
                let token = slot.token(Instant::from_millis(at)).expect("it still serves");
                assert_eq!((token.header_value(), token.generation()), (&text[..], *generation));
            }
        }
        assert!(slot.token(*expires_at).is_none(), "lent after its end");
        if let Some(earlier) = first.as_millis().checked_sub(1) {
            assert!(slot.token(Instant::from_millis(earlier)).is_none(), "lent by a clock that went back");
        }
    }

    /// The generation that is to be distrusted.
    pub(super) fn distrust(&mut self, previous: bool) -> Option<Generation> {
        let generation = *self.lent.iter().rev().nth(usize::from(previous))?;
        if !previous {
            self.held = None;
        }
        Some(generation)
    }

    pub(super) fn forget(&mut self) {
        (self.held, self.stored) = (None, 0);
    }

    pub(super) const fn stored(&self) -> usize {
        self.stored
    }

    /// Whatever was read in this call could be lent from now on.
    fn note_replies(&mut self, world: &World) {
        for received in world.received() {
            let decoded = decode::reply(received);
            self.undefined |= matches!(decoded, Decoded::Undefined(_) | Decoded::Beyond);
            if let Decoded::Complete(reply) = decoded
                && let Verdict::Token { token, life, .. } = json::judge(&reply.body)
            {
                self.carried.entry(token).or_default().push(life);
            }
        }
    }

    pub(super) fn check_sent(&self, world: &World) {
        let (opened, lent_again) = world.streams();
        assert!(opened <= 1 && lent_again <= 1, "opened {opened} times, lent {lent_again} times");
        let sent = world.sent().iter().filter(|sent| !sent.is_empty());
        if self.script.https && self.script.channel == keyfob::Channel::Insecure {
            assert_eq!(sent.count(), 0, "sent over a channel that isn't authenticated");
        }
    }

    /// What brought a token is one whole request, as httparse and `form_urlencoded` read it.
    fn check_request(&self, world: &World) {
        let sent = world.sent().last().expect("a request");
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut request = httparse::Request::new(&mut headers);
        let Ok(httparse::Status::Complete(head_len)) = request.parse(sent) else {
            panic!("no request");
        };
        let target = if self.script.https { "/token?x=1" } else { "/token" };
        assert_eq!((request.method, request.path, request.version), (Some("POST"), Some(target), Some(1)));
        let body = &sent[head_len..];
        let fields = |name: &str| -> Vec<&[u8]> {
            let named = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
            named.map(|header| header.value).collect()
        };
        let host: &[u8] = if self.script.https { b"id.example" } else { b"[::1]:8080" };
        assert_eq!(fields("host"), [host]);
        assert_eq!(fields("content-length"), [body.len().to_string().as_bytes()]);
        assert_eq!(fields("content-type"), [b"application/x-www-form-urlencoded"]);
        assert_eq!(fields("authorization").len(), usize::from(!self.script.posts_secret()));
        let mut expected = vec![("grant_type", "client_credentials"), ("scope", "a b")];
        if self.script.posts_secret() {
            expected.extend([("client_id", CLIENT_ID), ("client_secret", SECRET)]);
        }
        assert!(
            form_urlencoded::parse(body)
                .eq(expected.into_iter().map(|(name, value)| (name.into(), value.into())))
        );
    }
}

/// Whether a token with such a life, asked for at `sent_at`, ends then.
fn ends(sent_at: Instant, life: &Life, expires_at: Instant) -> bool {
    let (seconds, off) = match life {
        Life::Missing => (300, 0),
        Life::Exactly(seconds) => (*seconds, 0),
        Life::About(seconds) => (*seconds, 1000),
    };
    let expected = sent_at.as_millis().saturating_add(u64::from(seconds.min(86_400)) * 1000);
    expected.abs_diff(expires_at.as_millis()) <= off
}
