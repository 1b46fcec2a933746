//! A writer into a slice that counts on past its end, so that who has too little learns how much is needed.

use crate::{Buffer, CapacityError};

/// Over an empty slice it only counts.
pub(crate) struct Writer<'b> {
    out: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    pub(crate) const fn new(out: &'b mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Bytes written, or that would have been.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The place of the next `len` bytes, to be filled, if there is one.
    pub(crate) fn place(&mut self, len: usize) -> Option<&mut [u8]> {
        let at = self.len;
        self.len = at.saturating_add(len);
        self.out.get_mut(at..self.len)
    }

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(place) = self.place(bytes.len()) {
            copy(place, bytes);
        }
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// `number` in decimal.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        let mut power = 10_usize.pow(usize::MAX.ilog10());
        while power > 0 {
            let front = number.checked_div(power).unwrap_or(0);
            if front > 0 || power == 1 {
                #[expect(clippy::cast_possible_truncation, reason = "a remainder of ten fits")]
                self.bytes(&[b'0' | (front % 10) as u8]);
            }
            power /= 10;
        }
        self
    }

    /// The length, if all of it found room.
    pub(crate) const fn end(&self, buffer: Buffer) -> Result<usize, CapacityError> {
        if self.len <= self.out.len() {
            Ok(self.len)
        } else {
            Err(CapacityError { buffer, needed: self.len, available: self.out.len() })
        }
    }
}

/// Copies as far as the shorter of the two goes. (`copy_from_slice` links a panic where lengths are not proven equal.)
#[cfg(target_pointer_width = "64")]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// The same where flash is dear: hidden from the compiler, which would link a `memcpy` larger than all that is copied.
#[cfg(not(target_pointer_width = "64"))]
#[inline(never)]
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    let to = core::hint::black_box(core::cell::Cell::from_mut(to).as_slice_of_cells());
    for (to, from) in to.iter().zip(core::hint::black_box(from)) {
        to.set(*from);
    }
}
