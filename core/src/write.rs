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

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let end = self.len.saturating_add(bytes.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            copy(place, bytes);
        }
        self.len = end;
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// `number` in decimal.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        let mut digits = [0; 20];
        let mut rest = number;
        let mut used = 0_usize;
        for digit in digits.iter_mut().rev() {
            #[expect(clippy::cast_possible_truncation, reason = "a remainder of ten fits")]
            let last = (rest % 10) as u8;
            *digit = b'0' | last;
            rest /= 10;
            used = used.saturating_add(1);
            if rest == 0 {
                break;
            }
        }
        let start = digits.len().saturating_sub(used);
        self.bytes(digits.get(start..).unwrap_or_default())
    }

    /// The length, if all of it found room.
    pub(crate) const fn end(&self, buffer: Buffer) -> Result<usize, CapacityError> {
        if self.len <= self.out.len() {
            Ok(self.len)
        } else {
            Err(CapacityError {
                buffer,
                needed: self.len,
                available: self.out.len(),
            })
        }
    }
}

/// Copies as far as the shorter of the two goes. (`copy_from_slice` links a panic where lengths are not proven equal.)
pub(crate) fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}
