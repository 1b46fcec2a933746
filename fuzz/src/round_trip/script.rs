//! The script of one round of calls: text, so that a seed can be read and written by hand.
//!
//! Steps stand between `|`. The first one is `<auth><scheme><channel> <scratch> <memory>`: `P` post, `B` Basic or `R` raw
//! Basic; `s` https or `h` http; `A` authenticated or `I` insecure; sizes in bytes. The others:
//!
//! | step | what happens |
//! | --- | --- |
//! | `c` | a blocking call |
//! | `a`, `a7` | an async call; one that is dropped after 7 polls |
//! | `r <bytes>`, `r3 <bytes>` | the next stream's reply, in reads of at most 3 bytes; then nothing more comes |
//! | `e <bytes>` | as `r`, and then the stream ends |
//! | `x <bytes>` | as `r`, and then reading fails |
//! | `n` | the next stream cannot be opened |
//! | `q5` | of the next stream's writes and flushes, the fifth fails; of 0, it takes nothing |
//! | `p3` | the next stream takes 3 bytes at once |
//! | `g` | a GET over the same transport, to the same server; `g1`: to another one; `g2`: a POST that goes out only once |
//! | `b` | the stream that is kept is known to be dead |
//! | `d`, `o` | the token lent last, or the one before it, is distrusted |
//! | `f` | the slot forgets |
//! | `t500`, `t-500` | the clock jumps by so many milliseconds |
//! | `k60` | from now on the clock goes on by so many milliseconds each time it is read |

use keyfob::{Channel, ClientAuth};

pub(super) const CLIENT_ID: &str = "sensor 17";
pub(super) const SECRET: &str = "s3cret%+\u{e4}";

pub(super) struct Script {
    auth: u8,
    pub(super) https: bool,
    pub(super) channel: Channel,
    pub(super) scratch: usize,
    pub(super) memory: usize,
    pub(super) ops: Vec<Op>,
}

pub(super) enum Op {
    /// With a number of polls, async.
    Call {
        polls: Option<usize>,
    },
    /// Something else over the same transport.
    Visit {
        other_server: bool,
        repeatable: bool,
    },
    Script(Step),
    Distrust {
        previous: bool,
    },
    Forget,
    Clock(i64),
    Tick(u64),
}

/// What is to happen to the next stream.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Reply(Reply),
    Refuse,
    FailWrite(usize),
    WriteAtMost(usize),
    KeptIsDead,
}

#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) bytes: Vec<u8>,
    /// How many bytes come at once at most.
    pub(super) at_most: usize,
    pub(super) then: Then,
}

/// What comes after a reply's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Silence,
    End,
    Failure,
}

impl Script {
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let mut steps = data.split(|byte| *byte == b'|');
        let [auth, scheme, channel, sizes @ ..] = steps.next()? else {
            return None;
        };
        let mut sizes = std::str::from_utf8(sizes).ok()?.split_ascii_whitespace();
        let mut size = || Some(usize::from(sizes.next()?.parse::<u16>().ok()?) % 4096);
        Some(Self {
            auth: *auth,
            https: *scheme == b's',
            channel: if *channel == b'A' { Channel::Authenticated } else { Channel::Insecure },
            scratch: size()?,
            memory: size()?,
            ops: steps.filter_map(Op::read).take(48).collect(),
        })
    }

    pub(super) fn auth(&self) -> ClientAuth<'static> {
        match self.auth {
            b'B' => ClientAuth::secret_basic(CLIENT_ID, SECRET),
            b'R' => ClientAuth::secret_basic_raw_nonstandard(CLIENT_ID, SECRET),
            _ => ClientAuth::secret_post(CLIENT_ID, SECRET),
        }
    }

    pub(super) const fn posts_secret(&self) -> bool {
        !matches!(self.auth, b'B' | b'R')
    }
}

impl Op {
    fn read(step: &[u8]) -> Option<Self> {
        let (letter, rest) = step.split_first()?;
        let (number, bytes) = match rest.iter().position(|byte| *byte == b' ') {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &[][..]),
        };
        let number = std::str::from_utf8(number).ok()?.trim_ascii().parse::<i64>().ok();
        let size = number.map(|number| usize::try_from(number).unwrap_or_default());
        let reply = |then| {
            let at_most = size.unwrap_or(usize::MAX).max(1);
            Op::Script(Step::Reply(Reply { bytes: bytes.to_vec(), at_most, then }))
        };
        Some(match letter {
            b'c' => Self::Call { polls: None },
            b'a' => Self::Call { polls: Some(size.unwrap_or(usize::MAX)) },
            b'g' => Self::Visit { other_server: size == Some(1), repeatable: size != Some(2) },
            b'r' => reply(Then::Silence),
            b'e' => reply(Then::End),
            b'x' => reply(Then::Failure),
            b'n' => Self::Script(Step::Refuse),
            b'q' => Self::Script(Step::FailWrite(size.unwrap_or(1))),
            b'p' => Self::Script(Step::WriteAtMost(size?.max(1))),
            b'b' => Self::Script(Step::KeptIsDead),
            b'd' => Self::Distrust { previous: false },
            b'o' => Self::Distrust { previous: true },
            b'f' => Self::Forget,
            b't' => Self::Clock(number?),
            b'k' => Self::Tick(u64::try_from(number?).ok()?),
            _ => return None,
        })
    }
}
