//! Memory that holds secrets: lent or owned, and wiped. What is written into it is its users' affair.

use crate::bytes::split_mut;
use core::ops::Range;
use zeroize::Zeroize;

/// Bytes for a token or for scratch, lent by the caller or, with `alloc`, owned. Wiped when dropped.
///
/// It is made from `&mut [u8; N]`, `&mut [u8]`, `&mut heapless::Vec<u8, N>` (all of its capacity is used) and,
/// with `alloc`, from a `Vec<u8>` (all of its length is used).
pub struct Memory<'a>(Inner<'a>);

enum Inner<'a> {
    Borrowed(&'a mut [u8]),
    #[cfg(feature = "alloc")]
    Owned(alloc::boxed::Box<[u8]>),
}

impl Memory<'_> {
    pub(crate) const fn bytes(&self) -> &[u8] {
        match &self.0 {
            Inner::Borrowed(bytes) => bytes,
            #[cfg(feature = "alloc")]
            Inner::Owned(bytes) => bytes,
        }
    }

    pub(crate) const fn bytes_mut(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Inner::Borrowed(bytes) => bytes,
            #[cfg(feature = "alloc")]
            Inner::Owned(bytes) => bytes,
        }
    }
}

impl<'a> From<&'a mut [u8]> for Memory<'a> {
    fn from(bytes: &'a mut [u8]) -> Self {
        Self(Inner::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a mut [u8; N]> for Memory<'a> {
    fn from(bytes: &'a mut [u8; N]) -> Self {
        Self(Inner::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a mut heapless::Vec<u8, N>> for Memory<'a> {
    fn from(bytes: &'a mut heapless::Vec<u8, N>) -> Self {
        // Cannot fail: N is the capacity. If it did, the memory would be too small, which is reported in its place.
        let _ = bytes.resize_default(N);
        Self(Inner::Borrowed(bytes))
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::vec::Vec<u8>> for Memory<'_> {
    fn from(bytes: alloc::vec::Vec<u8>) -> Self {
        Self(Inner::Owned(bytes.into_boxed_slice()))
    }
}

impl Drop for Memory<'_> {
    fn drop(&mut self) {
        let bytes = self.bytes_mut();
        wipe(bytes, 0..bytes.len());
    }
}

impl core::fmt::Debug for Memory<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Memory").field("len", &self.bytes().len()).finish_non_exhaustive()
    }
}

/// Scratch for the length of one operation: wiped when it ends, fails, or its future is dropped.
pub(crate) struct Wiped<'s> {
    pub(crate) bytes: &'s mut [u8],
    /// How much of it to wipe: all, until it is known that only the front was written.
    pub(crate) used: usize,
}

impl<'s> Wiped<'s> {
    pub(crate) const fn new(bytes: &'s mut [u8]) -> Self {
        let used = bytes.len();
        Self { bytes, used }
    }
}

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        wipe(self.bytes, 0..self.used);
    }
}

/// Zeroes that part of `bytes`, in a way that no compiler leaves out; a part that isn't there is none.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(crate) fn wipe(bytes: &mut [u8], part: Range<usize>) {
    let part = split_mut(split_mut(bytes, part.end).0, part.start).1;
    if cfg!(target_pointer_width = "64") {
        part.zeroize();
    } else {
        part.iter_mut().zeroize(); // byte by byte: all at once links a `memclr` ten times as large
    }
}

/// A text that is borrowed or, with `alloc`, owned; the owned one is wiped when dropped.
#[derive(Clone)]
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    #[cfg(feature = "alloc")]
    Owned(Owned),
}

impl Text<'_> {
    pub(crate) const fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            #[cfg(feature = "alloc")]
            Self::Owned(text) => &text.0,
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn into_owned(self) -> Text<'static> {
        Text::Owned(match self {
            Self::Borrowed(text) => Owned(text.into()),
            Self::Owned(text) => text,
        })
    }
}

#[cfg(feature = "alloc")]
#[derive(Clone)]
pub(crate) struct Owned(alloc::boxed::Box<str>);

#[cfg(feature = "alloc")]
impl Drop for Owned {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
