//! What every image shares and no figure is about: start, panic, byte port, stack, report. The job is elsewhere.
#![no_std]

pub mod host;
pub mod panic;
pub mod place;
pub mod port;
pub mod stack;

pub use cortex_m_rt::entry;

/// Polls `future` until it is done. Nothing here sleeps, so a waker has nothing to do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    loop {
        if let core::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
