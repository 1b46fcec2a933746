//! A byte port: the UART of the board (CMSDK APB UART 0), polled, by volatile reads and writes.
//!
//! The compiler knows nothing of what comes out of it, so no canned reply lands in an image, and nothing that handles
//! a reply is optimised away. In QEMU a socket hangs on it, with a server at the other end.

use core::convert::Infallible;
use core::ptr::{read_volatile, write_volatile};
use embedded_io::ErrorType;

const DATA: *mut u32 = 0x4000_4000 as *mut u32;
const STATE: *mut u32 = 0x4000_4004 as *mut u32;
const CTRL: *mut u32 = 0x4000_4008 as *mut u32;
const BAUDDIV: *mut u32 = 0x4000_4010 as *mut u32;

const TX_FULL: u32 = 1;
const RX_FULL: u32 = 2;
const TX_AND_RX_ENABLED: u32 = 3;

/// The port, opened.
pub struct Port(());

impl Port {
    /// Turns the UART on.
    pub fn open() -> Self {
        // SAFETY: the registers of a UART that this image alone uses.
        unsafe {
            write_volatile(BAUDDIV, 16);
            write_volatile(CTRL, TX_AND_RX_ENABLED);
        }
        Self(())
    }

    fn put(&mut self, byte: u8) {
        // SAFETY: as in `open`.
        unsafe {
            while read_volatile(STATE) & TX_FULL != 0 {}
            write_volatile(DATA, u32::from(byte));
        }
    }

    fn take(&mut self) -> u8 {
        // SAFETY: as in `open`.
        unsafe {
            while read_volatile(STATE) & RX_FULL == 0 {}
            read_volatile(DATA) as u8
        }
    }
}

impl ErrorType for Port {
    type Error = Infallible;
}

impl embedded_io::Read for Port {
    /// One byte a call: the port has no buffer.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let Some(first) = buf.first_mut() else {
            return Ok(0);
        };
        *first = self.take();
        Ok(1)
    }
}

impl embedded_io::Write for Port {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        for byte in buf {
            self.put(*byte);
        }
        Ok(buf.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl embedded_io_async::Read for Port {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        yield_once().await;
        embedded_io::Read::read(self, buf)
    }
}

impl embedded_io_async::Write for Port {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        yield_once().await;
        embedded_io::Write::write(self, buf)
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Not ready at first, as no real port is: without it the compiler would fold a future into a plain function.
async fn yield_once() {
    let mut asked = false;
    core::future::poll_fn(move |_| {
        if core::mem::replace(&mut asked, true) {
            core::task::Poll::Ready(())
        } else {
            core::task::Poll::Pending
        }
    })
    .await
}
