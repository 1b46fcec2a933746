//! Whole calls of `Client::token` and `token_async`, several in a row, over streams that follow a script: replies cut
//! anywhere, failures at any read or write, futures dropped at any poll, clocks that jump, buffers of any size.
//!
//! Whatever happens: no panic; scratch is all zero after each call; a token that is lent was in a reply, is visible
//! ASCII and has not expired (but for the call that fetched it); what fails leaves the old token in place; nothing is
//! sent over a channel that isn't authenticated, unless the endpoint allows it; what is sent is one whole request. A
//! stream that is in order serves again, for the same server only; one that isn't does not; and what may be sent twice
//! is, but only over a kept stream that turned out to be dead.
//!
//! Input: a script; see `script`.

mod line;
mod model;
mod script;
mod visit;
mod world;

use keyfob::{
    Buffer, CapacityError, Client, Endpoint, Error, Http1, Instant, Link, Moment, Plan, Slot, TokenRequest,
};
use line::Opener;
use model::{Model, Outcome};
use script::{Op, Script};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use world::{Fault, World};

/// Plays one script.
pub fn check(data: &[u8]) {
    let Some(script) = Script::read(data) else {
        return;
    };
    let (mut scratch, mut memory) = (vec![0; script.scratch], vec![0; script.memory]);
    let mut client = client(&script);
    let mut slot = Slot::new(TokenRequest::new().scope("a b"), &mut memory[..]);
    let world = World::new(script.channel);
    let mut transport = Http1::new(Opener(&world));
    let mut model = Model::new(&script);
    let (clock, tick) = (Cell::new(1_000_000_u64), Cell::new(0));

    for op in &script.ops {
        match op {
            Op::Call { polls } => {
                let now = Instant::from_millis(clock.get().saturating_add(tick.get()));
                let before = Model::before(client.plan(&slot, now), now, &slot);
                world.borrow_mut().begin_call(client.endpoint(), true);
                let read_clock = || {
                    clock.set(clock.get().saturating_add(tick.get()));
                    Moment::at_millis(clock.get())
                };
                let mut link = Link::new(&mut transport, read_clock, &mut scratch[..]);
                let outcome = match polls {
                    None => Outcome::of(client.token(&mut link, &mut slot)),
                    Some(polls) => {
                        let call = client.token_async(&mut link, &mut slot);
                        poll(call, *polls).map_or(Outcome::Dropped, Outcome::of)
                    }
                };
                // Not dropped: that would wipe what is to be looked at here.
                core::mem::forget(link);
                assert!(scratch.iter().all(|byte| *byte == 0), "left in scratch after {outcome:?}");
                if let (Outcome::Failed(Error::Capacity(error)), None) = (&outcome, polls) {
                    check_capacity(&script, &world.borrow(), *error);
                }
                let ended = Instant::from_millis(clock.get());
                // A future that is never polled does nothing.
                let fetched =
                    *polls != Some(0) && model.after(&before, &outcome, ended, &slot, &world.borrow());
                world.borrow_mut().end_call(match outcome {
                    Outcome::Failed(error) => Some(Err(error)),
                    Outcome::Lent { .. } if fetched => Some(Ok(())),
                    _ => None,
                });
            }
            Op::Visit { other_server, repeatable } => {
                visit::check(&script, &mut transport, &world, *other_server, *repeatable);
                model.check_sent(&world.borrow());
            }
            Op::Script(step) => world.borrow_mut().script(step.clone()),
            Op::Distrust { previous } => {
                if let Some(generation) = model.distrust(*previous) {
                    slot.distrust(generation);
                }
            }
            Op::Forget => {
                slot.forget();
                model.forget();
            }
            Op::Clock(step) => clock.set(clock.get().saturating_add_signed(*step)),
            Op::Tick(step) => tick.set(*step),
        }
        model.check_held(&slot);
    }
    core::mem::forget(slot); // as above
    assert!(memory[model.stored()..].iter().all(|byte| *byte == 0), "left in the slot's memory");
}

fn client(script: &Script) -> Client<'static> {
    let endpoint = if script.https {
        Endpoint::https("https://id.example/token?x=1")
    } else {
        Endpoint::insecure_http("http://[::1]:8080/token")
    };
    Client::new(endpoint.unwrap(), script.auth())
}

/// Polls at most so often; `None` where that was not enough, and the future is dropped.
fn poll<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    })
}

/// A buffer that was too small says how large it must be: with that, the same call gets further, with less it doesn't.
fn check_capacity(script: &Script, world: &World, error: CapacityError) {
    let available = if error.buffer == Buffer::Token { script.memory } else { script.scratch };
    assert!(error.available == available && error.needed > available, "{error:?}");
    let (Some(step), true) = (world.only_step(), error.needed < 1 << 14) else {
        return;
    };
    let again = |len: usize| -> Result<(), Error<Fault>> {
        let (mut scratch, mut memory) = (vec![0; script.scratch], vec![0; script.memory]);
        if error.buffer == Buffer::Token { &mut memory } else { &mut scratch }.resize(len, 0);
        let mut client = client(script);
        let mut slot = Slot::new(TokenRequest::new().scope("a b"), &mut memory[..]);
        let world = World::new(script.channel);
        world.borrow_mut().script(step.clone());
        world.borrow_mut().begin_call(client.endpoint(), true);
        let mut transport = Http1::new(Opener(&world));
        let mut link = Link::new(&mut transport, || Moment::at_millis(0), &mut scratch[..]);
        client.token(&mut link, &mut slot).map(drop)
    };
    let enough = again(error.needed);
    if let Err(Error::Capacity(more)) = enough {
        // First the request must fit, then its head behind it, then the reply, then the token.
        assert!(more.buffer != error.buffer || more.needed > error.needed, "{error:?}, then {more:?}");
        assert!(more.buffer == Buffer::Token || world.sent_nothing(), "{error:?}, then {more:?}");
    }
    let one_less = CapacityError { available: error.needed - 1, ..error };
    match again(error.needed - 1) {
        Err(Error::Capacity(less)) => assert_eq!(less, one_less, "{error:?}"),
        // With more of a line gathered, its name is judged where it was skipped before: there is no reply either way.
        Err(other) => assert_eq!(enough, Err(other), "{error:?}"),
        Ok(()) => panic!("{error:?}, and a byte less serves"),
    }
}

/// Whether the plan would lend what is kept.
fn serves(plan: Plan) -> bool {
    plan != Plan::Fetch
}
