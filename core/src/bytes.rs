//! What bytes are: sets of ASCII characters, and texts that differ only in case.

/// ASCII characters, one bit each: looked up in a few instructions where ranges would be compared one by one.
pub(crate) struct ByteSet([u32; 4]);

impl ByteSet {
    /// Letters, digits, and these.
    pub(crate) const fn alphanumeric_and(mut marks: &[u8]) -> Self {
        let mut words = [0; 4];
        let mut byte = 0;
        while byte < 128_u8 {
            if byte.is_ascii_alphanumeric() {
                words = Self::with(words, byte);
            }
            byte = byte.wrapping_add(1);
        }
        while let Some((mark, rest)) = marks.split_first() {
            words = Self::with(words, *mark);
            marks = rest;
        }
        Self(words)
    }

    const fn with(mut words: [u32; 4], byte: u8) -> [u32; 4] {
        if let Some((_, [word, ..])) = words.split_at_mut_checked((byte >> 5) as usize) {
            *word |= 1 << (byte & 31);
        }
        words
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 5)).is_some_and(|word| word >> (byte & 31) & 1 == 1)
    }
}

/// As `eq_ignore_ascii_case`, in one place.
#[inline(never)]
pub(crate) fn is_same_text(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}
