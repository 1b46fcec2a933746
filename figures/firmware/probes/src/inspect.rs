//! Runs the job on a painted stack and looks for secrets afterwards. What is printed, xtask reads.

use crate::{MEMORY, SCRATCH, SECRET, parts, prepare};
use rig::place::Place;
use rig::{host, stack};

/// A search finds what has this many bytes in common.
const WINDOW: usize = 8;

static TOKEN: Place<[u8; 1536]> = Place::new([0; 1536]);

/// The whole inspection; ends the run.
pub fn inspect(job: extern "C" fn()) -> ! {
    prepare();
    host::tell("stack", stack::run(job));

    let token = copy_of_token();
    host::tell("token", token.len());
    let secrets = [SECRET.as_bytes(), token];
    host::tell("windows_in_stack", found(stack::bytes(), &secrets));
    host::tell("windows_in_scratch", found(scratch(), &secrets));
    host::tell("windows_in_state", found_in_state(&secrets));

    // The search must be able to find: planted copies, the shortest that count.
    host::tell("planted_in_memory", found(memory(), &[&token[token.len().saturating_sub(WINDOW)..]]));
    stack::plant(&token[..WINDOW.min(token.len())]);
    host::tell("planted_in_stack", found(stack::bytes(), &secrets));
    scratch()[100..][..WINDOW].copy_from_slice(&SECRET.as_bytes()[WINDOW..][..WINDOW]);
    host::tell("planted_in_scratch", found(scratch(), &secrets));

    parts().2.forget();
    host::tell("windows_in_memory_after_forget", found(memory(), &secrets));
    host::leave()
}

/// The token as the slot lends it, without its scheme; kept where keyfob never was.
fn copy_of_token() -> &'static [u8] {
    const SCHEME: usize = "Bearer ".len();
    let (client, link, slot) = parts();
    // From memory: nobody is asked.
    let value = client.token(link, slot).map_or(&[][..], |token| token.header_value());
    // SAFETY: no other reference to TOKEN exists.
    let copy = unsafe { TOKEN.get() };
    match value.get(SCHEME..).filter(|value| value.len() <= copy.len()) {
        Some(value) => {
            copy[..value.len()].copy_from_slice(value);
            &copy[..value.len()]
        }
        None => &[],
    }
}

/// Client, slot and link themselves, beyond the buffers that they point to.
fn found_in_state(secrets: &[&[u8]]) -> usize {
    let (client, link, slot) = parts();
    found(bytes_of(client), secrets) + found(bytes_of(link), secrets) + found(bytes_of(slot), secrets)
}

/// How many windows of the secrets occur in `place`.
fn found(place: &[u8], secrets: &[&[u8]]) -> usize {
    let occurs = |window: &&[u8]| {
        let first = window[0];
        place.windows(WINDOW).any(|there| there[0] == first && there == *window)
    };
    secrets.iter().map(|secret| secret.windows(WINDOW).filter(occurs).count()).sum()
}

fn memory() -> &'static mut [u8] {
    // SAFETY: one core; the slot's own reference is not in use meanwhile. A raw look at memory is the purpose.
    unsafe { MEMORY.get() }
}

fn scratch() -> &'static mut [u8] {
    // SAFETY: as in `memory`, for the link's.
    unsafe { SCRATCH.get() }
}

fn bytes_of<T>(value: &T) -> &[u8] {
    // SAFETY: padding may be uninitialised by the letter; in a static of this image each byte has a value.
    unsafe { core::slice::from_raw_parts((&raw const *value).cast::<u8>(), size_of::<T>()) }
}
