//! A static place: what a `static mut` would be, with the promise in one spot.

use core::cell::UnsafeCell;

/// Memory that lives as long as the image.
pub struct Place<T>(UnsafeCell<T>);

// SAFETY: one core, and no interrupt ever looks here.
unsafe impl<T> Sync for Place<T> {}

impl<T> Place<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// # Safety
    /// Nothing else uses a reference to this place as long as this one is used.
    #[expect(clippy::mut_from_ref, reason = "the caller sees to it")]
    pub unsafe fn get(&'static self) -> &'static mut T {
        // SAFETY: the caller's.
        unsafe { &mut *self.0.get() }
    }

    /// Where it is, for looking at it raw.
    pub const fn address(&'static self) -> *mut T {
        self.0.get()
    }
}
